"""Reading the content of a message: one text, or parts of several kinds."""

from collections.abc import Callable, Mapping
from typing import Any

from providers.dialects import data_urls
from providers.dialects.caching import cache_of
from providers.dialects.conversation import Audio, Declined, File, Image, Part, Text
from providers.dialects.errors import BadField
from providers.dialects.fields import Fields, wrong
from providers.dialects.openai_sampling import Unsaid, leave

_DETAILS = ("auto", "low", "high", "original")


def parts_of(message: Fields, kinds: Mapping[str, "Kind"], unsaid: Unsaid) -> list[Any]:
    """Return the parts of `content`; an empty text is none."""
    content = message.any("content")
    at = message.path("content")
    if content is None:
        return []
    if isinstance(content, str):
        return [Text(content, at=at)] if content else []
    if not isinstance(content, list):
        raise wrong(at, "a text or a list of parts", content)
    return [
        part
        for fields in message.objects("content")
        if (part := _part(fields, kinds, unsaid)) is not None
    ]


def _part(fields: Fields, kinds: Mapping[str, "Kind"], unsaid: Unsaid) -> Part | None:
    fields.need("type", "one of " + ", ".join(sorted(kinds)))
    kind = fields.one_of("type", kinds) or ""
    # A hint of OpenAI's own, for a lifetime no other provider offers.
    fields.any("prompt_cache_breakpoint")
    part = kinds[kind](fields, cache_of(fields), unsaid)
    leave(fields, unsaid)
    return part


def _text(fields: Fields, cache: str, _: Unsaid) -> Part | None:
    text = fields.needed_text("text")
    return Text(text, fields.at, cache) if text else None


def _refusal(fields: Fields, _: str, __: Unsaid) -> Part:
    return Declined(fields.needed_text("refusal"), fields.at)


def _image(fields: Fields, cache: str, unsaid: Unsaid) -> Part:
    image = _inner(fields, "image_url")
    url = image.needed_text("url")
    # `auto` is what no detail means.
    detail = (image.one_of("detail", _DETAILS) or "auto").removeprefix("auto")
    leave(image, unsaid)
    if url[:5].lower() != "data:":
        return Image(url=url, detail=detail, at=fields.at, cache=cache)
    media_type, data = _content(url, image.path("url"))
    return Image(
        data=data, media_type=media_type, detail=detail, at=fields.at, cache=cache
    )


def _audio(fields: Fields, cache: str, unsaid: Unsaid) -> Part:
    audio = _inner(fields, "input_audio")
    data, form = audio.needed_text("data"), audio.needed_text("format")
    leave(audio, unsaid)
    return Audio(data, form, fields.at, cache)


def _file(fields: Fields, cache: str, unsaid: Unsaid) -> Part:
    file = _inner(fields, "file")
    data, id = file.text("file_data"), file.text("file_id")
    name = file.text("filename") or ""
    leave(file, unsaid)
    if (data is None) == (id is None):
        raise BadField(f"{file.at} must have file_data or file_id.", field=file.at)
    if data is None:
        return File(id=id or "", name=name, at=fields.at, cache=cache)
    media_type, content = _content(data, file.path("file_data"))
    return File(
        data=content, media_type=media_type, name=name, at=fields.at, cache=cache
    )


def _inner(fields: Fields, name: str) -> Fields:
    fields.need(name, "an object")
    return Fields(fields.any(name), fields.path(name))


def _content(url: str, at: str) -> tuple[str, str]:
    found = data_urls.split(url)
    if found is None or not found[0]:
        message = f"{at} must be a data URL with a media type and base64 content."
        raise BadField(message, field=at)
    return found


Kind = Callable[[Fields, str, Unsaid], Part | None]

IN_SYSTEM: Mapping[str, Kind] = {"text": _text}
IN_USER: Mapping[str, Kind] = {
    "text": _text,
    "image_url": _image,
    "input_audio": _audio,
    "file": _file,
}
IN_ASSISTANT: Mapping[str, Kind] = {"text": _text, "refusal": _refusal}
IN_RESULT: Mapping[str, Kind] = {"text": _text, "image_url": _image, "file": _file}
