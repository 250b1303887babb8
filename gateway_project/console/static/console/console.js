// Copies the text of the element a button names: <button data-copy="id">.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const label = button.querySelector("[data-copy-label]") || button;
  const before = button.dataset.before || label.textContent;
  button.dataset.before = before;
  label.textContent = (await copied(source)) ? "Copied" : "Press Ctrl+C";
  setTimeout(() => { label.textContent = before; }, 2000);
});

async function copied(source) {
  // Selected in any case: outside HTTPS and localhost a browser has no clipboard to offer.
  const range = document.createRange();
  range.selectNodeContents(source);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
