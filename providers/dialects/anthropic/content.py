"""The turns of a conversation as a provider's messages."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from providers.dialects.calls import arguments_object, id_for
from providers.dialects.conversation import (
    Audio,
    Declined,
    File,
    Image,
    Part,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from providers.dialects.errors import Unsayable

from .seals import is_own, own_block

Block = dict[str, Any]

_IMAGES = frozenset({"image/gif", "image/jpeg", "image/png", "image/webp"})
_GOOD_ID = re.compile(r"[a-zA-Z0-9_-]+")


def blocks_of(parts: Iterable[Part]) -> list[Block]:
    """Return the content of one message. Raises `Unsayable`."""
    blocks = [block for part in parts for block in _blocks(part)]
    # Anthropic wants the results of tools before whatever else the user says.
    return sorted(blocks, key=lambda block: block["type"] != "tool_result")


def system_blocks(parts: Iterable[Part]) -> list[Block]:
    blocks: list[Block] = []
    for part in parts:
        if not isinstance(part, Text):
            raise Unsayable("Anthropic takes only text as instructions.", field=part.at)
        blocks.extend(_blocks(part))
    return blocks


def cached(block: Block, cache: str) -> Block:
    """Mark the block as the end of what shall be kept."""
    if cache:
        # Five minutes are what a mark without a time means.
        ttl = {} if cache == "5m" else {"ttl": cache}
        block["cache_control"] = {"type": "ephemeral", **ttl}
    return block


def _blocks(part: Part) -> Iterator[Block]:
    match part:
        case Text(text) | Declined(text):
            # An empty text is refused, and says nothing.
            if text:
                yield cached({"type": "text", "text": text}, _cache(part))
        case Thinking(text, signature):
            # What it cannot verify, Anthropic refuses: others' reasoning stays behind.
            if signature is not None and is_own(part):
                yield own_block(text, signature)
        case Image():
            yield cached({"type": "image", "source": _image(part)}, part.cache)
        case File():
            yield cached(_document(part), part.cache)
        case ToolCall():
            yield cached(_tool_use(part), part.cache)
        case ToolResult():
            yield cached(_tool_result(part), part.cache)
        case Audio():
            raise Unsayable("Anthropic's models do not hear.", field=part.at)


def _cache(part: Text | Declined) -> str:
    return part.cache if isinstance(part, Text) else ""


def _image(image: Image) -> Block:
    if image.url:
        return {"type": "url", "url": image.url}
    if image.media_type not in _IMAGES:
        raise Unsayable(
            "Anthropic takes images as GIF, JPEG, PNG or WebP.", field=image.at
        )
    return {"type": "base64", "media_type": image.media_type, "data": image.data}


def _document(file: File) -> Block:
    block: Block = {"type": "document", "source": _source(file)}
    if file.name:
        block["title"] = file.name
    return block


def _source(file: File) -> Block:
    if file.id:
        raise Unsayable("Anthropic cannot see files kept elsewhere.", field=file.at)
    if file.url and file.media_type in ("", "application/pdf"):
        return {"type": "url", "url": file.url}
    if file.data and file.media_type == "application/pdf":
        return {"type": "base64", "media_type": file.media_type, "data": file.data}
    if file.data and file.media_type == "text/plain":
        return {"type": "text", "media_type": "text/plain", "data": _plain(file)}
    raise Unsayable("Anthropic takes files as PDF or plain text.", field=file.at)


def _plain(file: File) -> str:
    try:
        return base64.b64decode(file.data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Unsayable(
            "Plain text must be UTF-8, in base64.", field=file.at
        ) from error


def _tool_use(call: ToolCall) -> Block:
    return {
        "type": "tool_use",
        "id": _call_id(call.id),
        "name": call.name,
        "input": _arguments(call),
    }


def _arguments(call: ToolCall) -> orjson.Fragment:
    arguments = arguments_object(call.arguments)
    if arguments is None:
        raise Unsayable(
            "Anthropic takes the arguments of a tool call only as a JSON object.",
            field=call.at,
        )
    return arguments


def _tool_result(result: ToolResult) -> Block:
    block: Block = {"type": "tool_result", "tool_use_id": _call_id(result.call_id)}
    if content := [each for part in result.parts for each in _blocks(part)]:
        block["content"] = content
    if result.failed:
        block["is_error"] = True
    return block


def _call_id(id: str) -> str:
    return id if _GOOD_ID.fullmatch(id) else id_for(id, "toolu_")
