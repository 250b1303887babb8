"""The content of a caller's messages, block by block."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from providers.dialects.caching import cache_of
from providers.dialects.conversation import (
    File,
    Image,
    Part,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from providers.dialects.fields import Fields, wrong
from providers.dialects.written import written

from .seals import call_signature_in, hidden_in, signature_in

Unsaid = dict[str, Any]

_PDF, _PLAIN = "application/pdf", "text/plain"


def parts_of(message: Fields, unsaid: Unsaid) -> tuple[Part, ...]:
    """Return the message's content; what no other dialect has goes into `unsaid`."""
    content = message.any("content")
    path = message.path("content")
    if isinstance(content, str):
        return (Text(content, at=path),)
    if content is None:
        message.need("content", "a text or a list of blocks")
    if not isinstance(content, list):
        raise wrong(path, "a text or a list of blocks", content)
    return tuple(_parts(message, unsaid))


def _parts(message: Fields, unsaid: Unsaid) -> Iterator[Part]:
    seal: Signature | None = None
    blocks = list(message.objects("content"))
    for block, following in zip_longest(blocks, blocks[1:]):
        if block.any("type") == "redacted_thinking":
            data = block.needed_text("data")
            unsaid.update(block.rest())
            before_call = following is not None and following.any("type") == "tool_use"
            seal = call_signature_in(data) if before_call else None
            if seal is None:
                yield Thinking("", hidden_in(data), block.at)
            continue
        if (part := _part(block, unsaid, seal)) is not None:
            yield part
        seal = None


def _part(block: Fields, unsaid: Unsaid, seal: Signature | None) -> Part | None:
    kind = block.needed_text("type")
    if kind == "tool_use":
        part: Part | None = _tool_use(block, unsaid, seal)
    elif kind in _KINDS:
        part = _KINDS[kind](block, unsaid)
    else:
        # A search result, a server's tool: good in this dialect, and said in no other.
        unsaid[block.at] = True
        return None
    unsaid.update(block.rest())
    return part


def text_in(block: Fields, unsaid: Unsaid) -> Text:
    text = block.text("text")
    if text is None:
        block.need("text", "a text")
    if block.items("citations"):
        unsaid[block.path("citations")] = True
    return Text(text or "", block.at, cache_of(block))


def _image(block: Fields, unsaid: Unsaid) -> Image | None:
    if (block.mapping("transformations") or {}).get("oversized_image") == "error":
        unsaid[block.path("transformations")] = True
    source = _source(block)
    image = Image(at=block.at, cache=cache_of(block))
    match source.needed_text("type"):
        case "base64":
            data, kind = source.needed_text("data"), source.needed_text("media_type")
            image = replace(image, data=data, media_type=kind)
        case "url":
            image = replace(image, url=source.needed_text("url"))
        case _:
            # A file that Anthropic keeps: no other provider can see it.
            unsaid[source.at] = True
            return None
    unsaid.update(source.rest())
    return image


def _document(block: Fields, unsaid: Unsaid) -> File | None:
    citations = block.object("citations")
    if citations is not None and citations.flag("enabled"):
        unsaid[citations.path("enabled")] = True
    source = _source(block)
    name = block.text("title") or ""
    document = _file(source, File(name=name, at=block.at, cache=cache_of(block)))
    if document is None:
        unsaid[source.at] = True
    else:
        unsaid.update(source.rest())
    return document


def _file(source: Fields, file: File) -> File | None:
    match source.needed_text("type"):
        case "base64":
            data, kind = source.needed_text("data"), source.needed_text("media_type")
            return replace(file, data=data, media_type=kind)
        case "url":
            return replace(file, url=source.needed_text("url"), media_type=_PDF)
        case "text":
            source.one_of("media_type", {_PLAIN})
            return _plain(file, source.needed_text("data"))
        case "content" if isinstance(text := source.any("content"), str):
            return _plain(file, text)
        case _:
            # A file that Anthropic keeps, or blocks that are there to be cited one by one.
            return None


def _plain(file: File, text: str) -> File:
    data = b64encode(text.encode(errors="replace")).decode()
    return replace(file, data=data, media_type=_PLAIN)


def _thinking(block: Fields, _: Unsaid) -> Thinking:
    text, signature = block.text("thinking"), block.text("signature")
    return Thinking(text or "", signature_in(signature or ""), block.at)


def _tool_use(block: Fields, unsaid: Unsaid, seal: Signature | None) -> ToolCall:
    arguments = block.mapping("input") or {}
    # Claude's own way to call, and what an answer says when nobody asked for another.
    if (block.mapping("caller") or {}).get("type", "direct") != "direct":
        unsaid[block.path("caller")] = True
    return ToolCall(
        id=block.needed_text("id"),
        name=block.needed_text("name"),
        arguments=_written(arguments, block.path("input")),
        signature=seal,
        at=block.at,
        cache=cache_of(block),
    )


def _written(arguments: Mapping[str, Any], path: str) -> str:
    return written(arguments, path).decode()


def _tool_result(block: Fields, unsaid: Unsaid) -> ToolResult:
    parts: tuple[Part, ...] = ()
    if "content" in block:
        parts = parts_of(block, unsaid)
    return ToolResult(
        call_id=block.needed_text("tool_use_id"),
        parts=tuple(p for p in parts if isinstance(p, Text | Image | File)),
        failed=block.flag("is_error") or False,
        at=block.at,
        cache=cache_of(block),
    )


def _source(block: Fields) -> Fields:
    block.need("source", "an object")
    return Fields(block.any("source"), block.path("source"))


_KINDS: dict[str, Callable[[Fields, Unsaid], Part | None]] = {
    "text": text_in,
    "image": _image,
    "document": _document,
    "thinking": _thinking,
    "tool_result": _tool_result,
}
