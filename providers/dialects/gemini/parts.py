"""Single parts of a conversation as Gemini's."""

from collections.abc import Mapping
from typing import Any

from providers.dialects.calls import arguments_object
from providers.dialects.conversation import (
    Audio,
    Declined,
    File,
    Image,
    Part,
    Text,
    ToolCall,
)
from providers.dialects.conversation import ToolResult as Result
from providers.dialects.errors import BadField, Unsayable

from . import media

_Json = dict[str, Any]


def told(part: Part, names: Mapping[str, str]) -> _Json:
    """Return the part; `names` says which function a call with an id was of."""
    match part:
        case Text(text=text) | Declined(text=text):
            return {"text": text}
        case Image():
            return _image(part)
        case File():
            return _file(part)
        case Audio():
            return _audio(part)
        case Result():
            return _result(part, names)
    raise Unsayable(f"The model's provider cannot be told {part.at}.", field=part.at)


def call(part: ToolCall, signature: str) -> _Json:
    arguments = arguments_object(part.arguments)
    if arguments is None:
        raise Unsayable(
            f"The arguments of {part.at} are not a JSON object; the model's provider"
            " cannot be told any other.",
            field=part.at,
        )
    said: _Json = {"functionCall": {"name": part.name, "args": arguments}}
    if part.id:
        said["functionCall"]["id"] = part.id
    if signature:
        said["thoughtSignature"] = signature
    return said


def _image(part: Image) -> _Json:
    if part.url:
        return _linked(part.url, part.media_type, part.at)
    return _inline(part.media_type, part.data)


def _file(part: File) -> _Json:
    if part.id:
        raise Unsayable(
            f"{part.at} is a file that another provider keeps.", field=part.at
        )
    media_type = part.media_type or media.guessed(part.name)
    if part.url:
        return _linked(part.url, media_type, part.at)
    if not media_type:
        raise Unsayable(
            f"{part.at} must say its media type, or have a name that tells it.",
            field=part.at,
        )
    return _inline(media_type, part.data)


def _audio(part: Audio) -> _Json:
    if part.form not in media.AUDIO:
        raise Unsayable(
            f"{part.at} must be one of {', '.join(media.AUDIO)}.", field=part.at
        )
    return _inline(media.AUDIO[part.form], part.data)


def _inline(media_type: str, data: str) -> _Json:
    return {"inlineData": {"mimeType": media_type, "data": data}}


def _linked(url: str, media_type: str, at: str) -> _Json:
    if not url.startswith(("https://", "gs://")):
        raise Unsayable(
            f"{at} must be an https URL for the model's provider.", field=at
        )
    linked: _Json = {"fileUri": url}
    if media_type := media_type or media.guessed(url):
        linked["mimeType"] = media_type
    return {"fileData": linked}


def _result(part: Result, names: Mapping[str, str]) -> _Json:
    if part.call_id not in names:
        raise BadField(
            f"{part.at} answers no tool call that was made before it.", field=part.at
        )
    return {
        "functionResponse": {
            "id": part.call_id,
            "name": names[part.call_id],
            "response": _response(part),
        }
    }


def _response(part: Result) -> Any:
    texts: list[str] = []
    for each in part.parts:
        if not isinstance(each, Text):
            raise Unsayable(
                f"{each.at or part.at} is in a tool's result, where the model's provider"
                " takes nothing but text.",
                field=each.at or part.at,
            )
        texts.append(each.text)
    said = texts[0] if len(texts) == 1 else texts or ""
    if part.failed:
        return {"error": said}
    whole = arguments_object(said) if said and isinstance(said, str) else None
    return {"result": said} if whole is None else whole
