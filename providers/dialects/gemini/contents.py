"""Gemini's contents, read as the turns of a conversation."""

from dataclasses import dataclass
from typing import Any

from providers.dialects.conversation import Part, Role, Signature, Text, Thinking, Turn
from providers.dialects.errors import BadField
from providers.dialects.neighbours import joined

from . import media, signatures
from .calls import Calls
from .spelling import ProtoFields

_ROLES = {
    "user": Role.USER,
    "function": Role.USER,
    "model": Role.ASSISTANT,
}
# Each part holds one of these.
_DATA = (
    "text",
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
    "toolCall",
    "toolResponse",
)


def turns(body: ProtoFields, unsaid: dict[str, Any]) -> tuple[Turn, ...]:
    """Return the turns; what cannot be put into one is added to `unsaid`."""
    body.need("contents", "a list of contents")
    reader = _Reader(unsaid)
    found: list[_Said] = []
    for index, content in enumerate(body.objects("contents")):
        said = reader.content(index, content)
        # A client that keeps a stream as its history keeps a content for each chunk.
        if found and found[-1].role is said.role is Role.ASSISTANT:
            found[-1].parts += said.parts
        else:
            found.append(said)
    if not found:
        path = body.path("contents")
        raise BadField(f"{path} must have at least one content.", field=path)
    return tuple(_turn(said) for said in found if said.parts)


def _turn(said: "_Said") -> Turn:
    is_models = said.role is Role.ASSISTANT
    parts = joined(said.parts) if is_models else said.parts
    return Turn(said.role, tuple(parts), at=said.at)


def system(body: ProtoFields, unsaid: dict[str, Any]) -> tuple[Turn, ...]:
    """Return the system instruction as a turn, if there is one."""
    at = body.path("systemInstruction")
    given = body.any("systemInstruction")
    if given is None:
        return ()
    if isinstance(given, str):
        return (Turn(Role.SYSTEM, (Text(given, at=at),), at=at),)
    content = ProtoFields(given, at)
    content.any("role")  # Google ignores it here.
    parts: list[Part] = []
    for part in content.objects("parts"):
        part.need("text", "a text")
        parts.append(Text(part.text("text") or "", at=part.path("text")))
        unsaid.update(part.rest())
    unsaid.update(content.rest())
    return (Turn(Role.SYSTEM, tuple(parts), at=at),) if parts else ()


@dataclass(slots=True)
class _Said:
    role: Role
    parts: list[Part]
    at: str


class _Reader:
    def __init__(self, unsaid: dict[str, Any]) -> None:
        self._unsaid = unsaid
        self._calls = Calls(unsaid)

    def content(self, index: int, content: ProtoFields) -> _Said:
        role = _ROLES[content.one_of("role", _ROLES) or "user"]
        if role is Role.USER:
            content.need("parts", "a list of parts")
        self._calls.begin(index)
        parts = [
            said
            for part in content.objects("parts")
            for said in self._part(part, content)
        ]
        self._unsaid.update(content.rest())
        return _Said(role, parts, content.at)

    def _part(self, part: ProtoFields, content: ProtoFields) -> list[Part]:
        kinds = [name for name in _DATA if name in part]
        signature = part.text("thoughtSignature")
        if len(kinds) > 1 or not (kinds or signature):
            raise BadField(f"{part.at} must hold one kind of data.", field=part.at)
        # Notes of the client to itself.
        part.any("partMetadata")
        seal = signatures.from_caller(signature) if signature else None
        thought = part.flag("thought")
        found: list[Part]
        match kinds[0] if kinds else "text":
            case "text":
                text = part.text("text") or ""
                found = _text(text, bool(thought), seal, part)
            case "inlineData":
                found = self._inline(part)
            case "fileData":
                found = self._linked(part)
            case "functionCall":
                found = [self._calls.call(part, seal)]
            case "functionResponse":
                found = [self._calls.result(part)]
            case _:
                # Tools of Google's own, which no other provider has run.
                found = []
        self._unsaid.update(part.rest())
        return found

    def _inline(self, part: ProtoFields) -> list[Part]:
        blob = part.message("inlineData")
        blob.need("mimeType", "a media type")
        blob.need("data", "base64")
        data = media.standard_base64(blob.text("data") or "")
        media_type = blob.text("mimeType") or ""
        blob.any("displayName")
        self._unsaid.update(blob.rest())
        return [media.inline(data, media_type, part.at)]

    def _linked(self, part: ProtoFields) -> list[Part]:
        file = part.message("fileData")
        file.need("fileUri", "a URI")
        uri = file.text("fileUri") or ""
        media_type = file.text("mimeType") or ""
        file.any("displayName")
        self._unsaid.update(file.rest())
        if media.is_googles(uri):
            self._unsaid[file.path("fileUri")] = uri
            return []
        return [media.linked(uri, media_type, part.at)]


def _text(
    text: str, thought: bool, seal: Signature | None, part: ProtoFields
) -> list[Part]:
    at = part.path("text")
    if thought:
        return [Thinking(text, seal, at=at)]
    found: list[Part] = [Text(text, at=at)] if text else []
    if seal:
        # Gemini seals its hidden reasoning onto the text that came of it.
        found.append(Thinking("", seal, at=part.at))
    return found
