"""The parts of which the content of a message and the output of a function are made."""

from collections.abc import Callable, Set
from mimetypes import MimeTypes

from providers.dialects import data_urls
from providers.dialects.conversation import Audio, Declined, File, Image, Part, Text
from providers.dialects.errors import BadField, MissingField
from providers.dialects.fields import Fields, wrong
from providers.dialects.openai_sampling import Unsaid, leave

FOR_USERS: Set[str] = frozenset(
    {"input_text", "output_text", "input_image", "input_file", "input_audio"}
)
FOR_ASSISTANTS: Set[str] = frozenset({"input_text", "output_text", "refusal"})
FOR_RESULTS: Set[str] = frozenset({"input_text", "input_image", "input_file"})

# OpenAI keeps what a breakpoint marks for thirty minutes at least; no shorter word will do.
_BREAKPOINT = "1h"
_DETAILS = frozenset({"auto", "low", "high", "original"})
# The tables of Python itself: what a caller says must not mean something else on each host.
_MEDIA_TYPES = MimeTypes(filenames=())


def parts(
    holder: Fields, name: str, allowed: Set[str], unsaid: Unsaid
) -> tuple[Part, ...]:
    """Read a text or a list of parts; what cannot be told goes into `unsaid`."""
    holder.need(name, "a text or a list of parts")
    value = holder.any(name)
    if isinstance(value, str):
        return (Text(value, at=holder.path(name)),)
    if not isinstance(value, list):
        raise wrong(holder.path(name), "a text or a list of parts", value)
    return tuple(_part(each, allowed, unsaid) for each in holder.objects(name))


def _part(part: Fields, allowed: Set[str], unsaid: Unsaid) -> Part:
    part.need("type", "one of " + ", ".join(sorted(allowed)))
    kind = part.one_of("type", allowed)
    read = _READERS[kind or ""](part, unsaid)
    leave(part, unsaid)
    return read


def _text(part: Fields, unsaid: Unsaid) -> Part:
    part.need("text", "a text")
    # What OpenAI found out about its own text tells a model nothing.
    part.any("annotations")
    part.any("logprobs")
    return Text(part.text("text") or "", at=part.at, cache=_cache(part))


def _refusal(part: Fields, unsaid: Unsaid) -> Part:
    part.need("refusal", "a text")
    return Declined(part.text("refusal") or "", at=part.at)


def _image(part: Fields, unsaid: Unsaid) -> Part:
    url = part.text("image_url")
    detail = part.one_of("detail", _DETAILS)
    if not url and "file_id" not in part:
        path = part.path("image_url")
        raise MissingField(f"{path} is missing; it must be a URL.", field=path)
    cache, told = _cache(part), "" if detail in (None, "auto") else str(detail)
    if not url or url[:5].lower() != "data:":
        return Image(url=url or "", detail=told, at=part.at, cache=cache)
    media_type, data = _of_data_url(url, part.path("image_url"))
    return Image(data, media_type, detail=told, at=part.at, cache=cache)


def _file(part: Fields, unsaid: Unsaid) -> Part:
    name = part.text("filename") or ""
    data, url, kept = (
        part.text("file_data"),
        part.text("file_url"),
        part.text("file_id"),
    )
    if sum(map(bool, (data, url, kept))) != 1:
        raise BadField(
            f"{part.at} must have exactly one of file_data, file_id and file_url.",
            field=part.at,
        )
    if part.one_of("detail", _DETAILS) not in (None, "auto"):
        unsaid[part.path("detail")] = True
    cache = _cache(part)
    if not data:
        return File(url=url or "", id=kept or "", name=name, at=part.at, cache=cache)
    if data[:5].lower() == "data:":
        media_type, data = _of_data_url(data, part.path("file_data"))
    else:
        media_type = _MEDIA_TYPES.guess_type(name)[0] or "application/pdf"
    return File(data, media_type, name=name, at=part.at, cache=cache)


def _audio(part: Fields, unsaid: Unsaid) -> Part:
    part.need("input_audio", "an object with data and format")
    audio = Fields(part.any("input_audio"), part.path("input_audio"))
    audio.need("data", "a text in base64")
    audio.need("format", "mp3 or wav")
    form = audio.one_of("format", {"mp3", "wav"}) or ""
    data = audio.text("data") or ""
    leave(audio, unsaid)
    return Audio(data, form, at=part.at, cache=_cache(part))


def _of_data_url(url: str, field: str) -> tuple[str, str]:
    found = data_urls.split(url)
    if not found:
        raise BadField(f"{field} must be base64 when it is a data URL.", field=field)
    return found


def _cache(part: Fields) -> str:
    point = part.object("prompt_cache_breakpoint")
    if point is None:
        return ""
    point.one_of("mode", {"explicit"})
    return _BREAKPOINT


_READERS: dict[str, Callable[[Fields, Unsaid], Part]] = {
    "input_text": _text,
    "output_text": _text,
    "refusal": _refusal,
    "input_image": _image,
    "input_file": _file,
    "input_audio": _audio,
}
