"""Media types, and which part of a conversation holds which."""

from urllib.parse import urlsplit

from providers.dialects.conversation import Audio, File, Image

# The encodings Gemini hears, by the names OpenAI's clients give them.
AUDIO = {
    "wav": "audio/wav",
    "mp3": "audio/mp3",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "aac": "audio/aac",
    "aiff": "audio/aiff",
    "m4a": "audio/m4a",
}
_FORMS = {media_type: form for form, media_type in AUDIO.items()} | {
    "audio/mpeg": "mp3",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
}

# Not the machine's own table: what is sent must not depend on where the gateway runs.
_ENDINGS = AUDIO | {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "heic": "image/heic",
    "heif": "image/heif",
    "pdf": "application/pdf",
    "json": "application/json",
    "xml": "text/xml",
    "html": "text/html",
    "css": "text/css",
    "csv": "text/csv",
    "md": "text/markdown",
    "txt": "text/plain",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mov": "video/mov",
}


def inline(data: str, media_type: str, at: str) -> Image | Audio | File:
    kind = media_type.partition(";")[0].strip().lower()
    if kind.startswith("image/"):
        return Image(data=data, media_type=kind, at=at)
    if kind.startswith("audio/"):
        return Audio(
            data=data, form=_FORMS.get(kind, kind.removeprefix("audio/")), at=at
        )
    return File(data=data, media_type=kind, at=at)


def linked(url: str, media_type: str, at: str) -> Image | File:
    kind = media_type.partition(";")[0].strip().lower()
    if (kind or guessed(url)).startswith("image/"):
        return Image(url=url, media_type=kind, at=at)
    return File(url=url, media_type=kind, at=at)


def guessed(url: str) -> str:
    """Return the media type that the end of a URL's path or of a file's name suggests."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    return _ENDINGS.get(path.rpartition(".")[2].lower(), "")


def standard_base64(data: str) -> str:
    """Return the data in the plain alphabet with padding; Google's clients use that of URLs."""
    if "-" in data or "_" in data:
        data = data.replace("-", "+").replace("_", "/")
    return data + "=" * (-len(data) % 4)


def is_googles(uri: str) -> bool:
    """True for a file that only Google's servers can fetch."""
    return uri.startswith(
        ("gs://", "files/", "https://generativelanguage.googleapis.com/")
    )
