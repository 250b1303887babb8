// Reads one task per line, `{"script": "openai/chat", ...}`, and prints one line of JSON for
// each: what the script found, or what it failed with. One process for all of them: starting
// Node and loading the clients takes longer than the tests do.

import { subscribe } from "node:diagnostics_channel";
import { createInterface } from "node:readline";

import { facts } from "./facts.mjs";

globalThis.AI_SDK_LOG_WARNINGS = false;

const origins = new Set();
subscribe("undici:request:create", ({ request }) => origins.add(request.origin));

for await (const line of createInterface({ input: process.stdin })) {
  const { script, ...task } = JSON.parse(line);
  const { default: run } = await import(`./${script}.mjs`);
  origins.clear();
  const found = await run(task).catch((error) => ({ error: facts(error) }));
  console.log(JSON.stringify({ ...found, origins: [...origins] }));
}
