from collections.abc import Hashable

from providers import tokens

from .reading import compact, json_in

# An answer has a few texts. One with so many is broken; further ones count as one.
_MOST_TEXTS = 256
_FURTHER = "further"


class Texts:
    """The texts of one answer, each growing by its deltas, to be counted at the end.

    Of all together so much is kept as `tokens.count` would look at, of each text its
    beginning. What is kept depends on the texts alone, not on how they were cut into deltas
    or in which order these came.
    """

    __slots__ = ("_begun", "_json", "_share", "_sizes")

    def __init__(self) -> None:
        self._begun: dict[Hashable, bytearray] = {}
        self._sizes: dict[Hashable, int] = {}
        self._json: set[Hashable] = set()
        self._share = tokens.MOST_BYTES

    def add(self, name: Hashable, text: str) -> None:
        """Add to the text of that name."""
        if text:
            self.add_bytes(name, text.encode("utf-8", "replace"))

    def add_json(self, name: Hashable, text: str) -> None:
        """Add to a text that is JSON, and counts as it is without blanks.

        A plain answer has the value where a streamed one has its text.
        """
        if len(self._json) < _MOST_TEXTS:
            self._json.add(name)
        self.add(name, text)

    def add_bytes(self, name: Hashable, text: bytes) -> None:
        if not text:
            return
        if name not in self._begun:
            name = self._begin(name)
        self._sizes[name] += len(text)
        begun = self._begun[name]
        room = self._share - len(begun)
        if room > 0:
            begun += text[:room]

    def tokens(self) -> int:
        """Return how many tokens the texts are."""
        total = 0
        for name, begun in self._begun.items():
            text, size = bytes(begun), self._sizes[name]
            value = json_in(text) if name in self._json and len(text) == size else None
            if value is not None:
                text = compact(value).encode()
                size = len(text)
            total += tokens.scaled(text, size)
        return total

    def _begin(self, name: Hashable) -> Hashable:
        if len(self._begun) >= _MOST_TEXTS:
            name = _FURTHER
            if name in self._begun:
                return name
        self._begun[name], self._sizes[name] = bytearray(), 0
        self._share = tokens.MOST_BYTES // len(self._begun)
        for each in self._begun.values():
            del each[self._share :]
        return name
