"""Images, documents and sounds, as blocks."""

import re
from typing import Any

from providers.dialects.conversation import Audio, File, Image
from providers.dialects.errors import Unsayable

Block = dict[str, Any]

_IMAGES = {
    "image/gif": "gif",
    "image/jpeg": "jpeg",
    "image/jpg": "jpeg",
    "image/png": "png",
    "image/webp": "webp",
}
_OFFICE = "application/vnd.openxmlformats-officedocument"
_DOCUMENTS = {
    "application/csv": "csv",
    "application/msword": "doc",
    "application/pdf": "pdf",
    "application/vnd.ms-excel": "xls",
    f"{_OFFICE}.spreadsheetml.sheet": "xlsx",
    f"{_OFFICE}.wordprocessingml.document": "docx",
    "text/csv": "csv",
    "text/html": "html",
    "text/markdown": "md",
    "text/plain": "txt",
    "text/x-markdown": "md",
}
_EXTENSIONS = frozenset(_DOCUMENTS.values())
_SOUNDS = frozenset(
    [
        "aac",
        "flac",
        "m4a",
        "mka",
        "mkv",
        "mp3",
        "mp4",
        "mpeg",
        "mpga",
        "ogg",
        "opus",
        "pcm",
        "wav",
        "webm",
        "x-aac",
    ]
)
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9\-()\[\]]+")
_MOST_NAME_LETTERS = 180


def image(part: Image) -> Block:
    if part.url or not part.data:
        # Bedrock fetches from S3 alone, and what the operator's account may read there is
        # not for callers to choose.
        raise Unsayable(
            "Amazon Bedrock takes an image only as its bytes in base64.", field=part.at
        )
    form = _IMAGES.get(_bare(part.media_type))
    if form is None:
        raise Unsayable(
            "Amazon Bedrock takes images of the types gif, jpeg, png and webp.",
            field=part.at,
        )
    return {"image": {"format": form, "source": {"bytes": part.data}}}


def sound(part: Audio) -> Block:
    if part.form not in _SOUNDS:
        raise Unsayable(
            "Amazon Bedrock does not take audio in this encoding.", field=part.at
        )
    return {"audio": {"format": part.form, "source": {"bytes": part.data}}}


def document(part: File, names: dict[str, int]) -> Block:
    """Return the block under a name that is not yet one of `names`, to which it is added.

    `names` says of each how often it was wanted.
    """
    if part.url or part.id or not part.data:
        raise Unsayable(
            "Amazon Bedrock takes a document only as its bytes in base64.",
            field=part.at,
        )
    stem, _, extension = part.name.rpartition(".")
    form = _DOCUMENTS.get(_bare(part.media_type), extension.lower())
    if form not in _EXTENSIONS:
        raise Unsayable(
            "Amazon Bedrock takes documents of the types "
            + ", ".join(sorted(_EXTENSIONS))
            + ".",
            field=part.at,
        )
    name = _name(stem or part.name, names)
    return {"document": {"format": form, "name": name, "source": {"bytes": part.data}}}


def _name(wanted: str, taken: dict[str, int]) -> str:
    plain = _NOT_IN_A_NAME.sub(" ", wanted).strip()[:_MOST_NAME_LETTERS] or "document"
    name, times = plain, taken.get(plain, 0) + 1
    if times > 1:
        name = f"{plain} ({times})"
        while name in taken:
            times += 1
            name = f"{plain} ({times})"
    taken[plain] = times
    taken.setdefault(name, 1)
    return name


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()
