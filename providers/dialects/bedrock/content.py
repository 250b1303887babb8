"""The parts of a conversation, as blocks of the Converse API."""

import re
from collections.abc import Iterable
from typing import Any, assert_never

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

from .media import Block, document, image, sound
from .models import Family, caches
from .reasoning import reasoning_block

_ID = re.compile(r"[a-zA-Z0-9_.:-]{1,64}")


class Writer:
    """Writes the parts of one request, in which no two documents may have the same name."""

    __slots__ = ("_family", "_names")

    def __init__(self, family: Family) -> None:
        self._family = family
        self._names: dict[str, int] = {}

    def blocks(self, parts: Iterable[Part]) -> list[Block]:
        """Return the blocks, a cache point behind each part that asks for one."""
        blocks: list[Block] = []
        for part in parts:
            block = self._block(part)
            if block is None:
                continue
            blocks.append(block)
            if ttl := _cache(part):
                blocks += cache_point(ttl, self._family)
        return blocks

    def _block(self, part: Part) -> Block | None:
        match part:
            case Text() | Declined():
                # An empty text is an error there, and says nothing.
                return {"text": part.text} if part.text else None
            case Image():
                return image(part)
            case File():
                return document(part, self._names)
            case Audio():
                return sound(part)
            case Thinking():
                return reasoning_block(part, self._family)
            case ToolCall():
                return _tool_use(part)
            case ToolResult():
                return self._tool_result(part)
            case _:
                assert_never(part)

    def _tool_result(self, part: ToolResult) -> Block:
        content = [block for each in part.parts if (block := self._block(each))]
        result: dict[str, Any] = {
            "toolUseId": call_id(part.call_id),
            "content": content,
        }
        if part.failed:
            # Not every model takes a status, and success is what none means.
            result["status"] = "error"
        return {"toolResult": result}


def cache_point(ttl: str, family: Family) -> list[Block]:
    """Return the block that asks to keep what is before it; none where nothing is kept."""
    if not caches(family):
        return []
    point = {"type": "default"}
    if ttl != "5m" and family not in (Family.NOVA, Family.NOVA_2):
        point["ttl"] = ttl
    return [{"cachePoint": point}]


def call_id(given: str) -> str:
    return given if _ID.fullmatch(given) else id_for(given, "call_")


def _tool_use(part: ToolCall) -> Block:
    arguments = arguments_object(part.arguments)
    if arguments is None:
        raise Unsayable(
            "Amazon Bedrock takes only a JSON object as the arguments of a tool call.",
            field=part.at,
        )
    return {
        "toolUse": {
            "toolUseId": call_id(part.id),
            "name": part.name,
            "input": arguments,
        }
    }


def _cache(part: Part) -> str:
    match part:
        case Thinking() | Declined():
            return ""
        case ToolResult():
            # Within a result there are no cache points; its end is the next place.
            return part.cache or max((each.cache for each in part.parts), default="")
        case _:
            return part.cache
