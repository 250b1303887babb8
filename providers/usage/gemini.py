"""Contents, as Gemini streams them: each event a small answer with the usage so far."""

from typing import Any

from providers.types import Usage

from .estimates import completed
from .reading import compact, count, index_of, object_, object_in, objects, text
from .stated import by_gemini
from .streams import EventMeter

# More candidates than anybody gets.
_MOST_CANDIDATES = 100


class GeminiMeter(EventMeter):
    """Nothing announces the end; every candidate says why it finished."""

    __slots__ = ("_asked", "_blocked", "_finished", "_metadata")

    def __init__(self, request: bytes) -> None:
        super().__init__(request)
        self._asked: int | None = None
        self._blocked = False
        self._finished: set[int] = set()
        self._metadata: dict[str, Any] = {}

    @property
    def complete(self) -> bool:
        if self._asked is None:
            self._asked = _candidates_asked(self._request)
        return self._blocked or len(self._finished) >= self._asked

    def of_plain(self, answers: list[dict[str, Any]]) -> Usage:
        """Return the usage of a plain answer, or of a stream that came as an array."""
        for answer in answers:
            self._note(answer)
            self._read(answer)
        return self.usage()

    def _tells(self, block: bytes) -> bool:
        return (
            b'"finishReason"' in block
            or b'"blockReason"' in block
            or b'"error"' in block
            or (self._stated is not None and b'"usageMetadata"' in block)
        )

    def _note(self, event: dict[str, Any]) -> None:
        if event.get("error"):
            self.failed = True
        if text(object_(event, "promptFeedback"), "blockReason"):
            self._blocked = True
        for place, candidate in enumerate(objects(event, "candidates")):
            if text(candidate, "finishReason"):
                self._finished.add(index_of(candidate, place) % _MOST_CANDIDATES)
        metadata = object_(event, "usageMetadata")
        if count(metadata, "candidatesTokenCount") is not None and self.complete:
            self._stated = by_gemini(metadata) or self._stated

    def _read(self, event: dict[str, Any]) -> None:
        self._metadata = object_(event, "usageMetadata") or self._metadata
        for place, candidate in enumerate(objects(event, "candidates")):
            index = index_of(candidate, place)
            for part in objects(object_(candidate, "content"), "parts"):
                self._read_part(index, part)

    def _read_part(self, index: int, part: dict[str, Any]) -> None:
        kind = "thought" if part.get("thought") is True else "text"
        self._texts.add((kind, index), text(part, "text"))
        call = object_(part, "functionCall")
        self._texts.add(("name", index), text(call, "name"))
        if call.get("args"):
            self._texts.add(("args", index), compact(call["args"]))
        code = object_(part, "executableCode")
        self._texts.add(("code", index), text(code, "code"))

    def _estimate(self) -> Usage:
        self._read_held()
        spoken, begun = self._texts.tokens(), by_gemini(self._metadata)
        if begun and not spoken and self.complete:
            # It leaves a count out that is nought: of a blocked prompt, of thoughts alone.
            return begun
        return completed(self._request, spoken, begun)


def _candidates_asked(request: bytes) -> int:
    config = object_(object_in(request), "generationConfig")
    return min(count(config, "candidateCount") or 1, _MOST_CANDIDATES)
