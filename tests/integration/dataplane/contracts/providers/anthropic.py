"""Messages."""

from typing import Any

from .told import Told, told

_USAGE = {
    "input_tokens": 12,
    "cache_creation_input_tokens": 5,
    "cache_read_input_tokens": 3,
    "cache_creation": {"ephemeral_5m_input_tokens": 5, "ephemeral_1h_input_tokens": 0},
    "output_tokens": 9,
    "output_tokens_details": {"thinking_tokens": 4},
    "service_tier": "standard",
}
_HEAD = {"id": "msg_1", "type": "message", "role": "assistant", "model": "real-model"}
_EMPTY: dict[str, dict[str, Any]] = {
    "text": {"text": ""},
    "thinking": {"thinking": "", "signature": ""},
    "tool_use": {"input": {}},
}


def _answer(*blocks: dict[str, Any], stop: str = "end_turn", **more: Any) -> Told:
    stopped = {"stop_reason": stop, "stop_sequence": None, **more}
    begun = {"content": [], "stop_reason": None, "stop_sequence": None}
    return told(
        {**_HEAD, "content": [_plain(each) for each in blocks], **stopped}
        | {"usage": _USAGE},
        {"type": "message_start", "message": {**_HEAD, **begun, "usage": _USAGE}},
        {"type": "ping"},
        *(
            event
            for index, block in enumerate(blocks)
            for event in _events(index, block)
        ),
        {
            "type": "message_delta",
            "delta": stopped,
            "usage": {
                "output_tokens": 9,
                "output_tokens_details": {"thinking_tokens": 4},
            },
        },
        {"type": "message_stop"},
    )


def _plain(block: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in block.items() if name != "deltas"}


def _events(index: int, block: dict[str, Any]) -> list[dict[str, Any]]:
    empty = {**_plain(block), **_EMPTY.get(block["type"], {})}
    at = {"index": index}
    return [
        {"type": "content_block_start", **at, "content_block": empty},
        *(
            {"type": "content_block_delta", **at, "delta": delta}
            for delta in block.get("deltas", ())
        ),
        {"type": "content_block_stop", **at},
    ]


def _text(text: str) -> dict[str, Any]:
    return {
        "type": "text",
        "text": text,
        "deltas": [
            {"type": "text_delta", "text": each} for each in (text[:3], text[3:])
        ],
    }


def _thinking(text: str, signature: str) -> dict[str, Any]:
    return {
        "type": "thinking",
        "thinking": text,
        "signature": signature,
        "deltas": [
            {"type": "thinking_delta", "thinking": text},
            {"type": "signature_delta", "signature": signature},
        ],
    }


def _call(id: str, written: str, **arguments: Any) -> dict[str, Any]:
    pieces = ["", written[:4], written[4:]] if written else [""]
    return {
        "type": "tool_use",
        "id": id,
        "name": "weather",
        "input": arguments,
        "deltas": [
            {"type": "input_json_delta", "partial_json": each} for each in pieces
        ],
    }


_REDACTED = {"type": "redacted_thinking", "data": "c2VjcmV0"}
_WHY = {"type": "refusal", "category": "bio", "explanation": "It may do harm."}

SAID = {
    "text": _answer(_text("Grüße 🚀")),
    "calls": _answer(
        _text("Let me look."),
        _call("toolu_1", '{"city":"Oslo"}', city="Oslo"),
        _call("toolu_2", ""),
        stop="tool_use",
    ),
    "reasoning": _answer(_thinking("Hm, naïve.", "c2ln"), _REDACTED, _text("Yes.")),
    "hidden reasoning": _answer(_thinking("", "c2ln"), _text("Yes.")),
    "declined": _answer(_text("I "), stop="refusal", stop_details=_WHY),
    "declined without a word": _answer(stop="refusal"),
    "length": _answer(_text("It was a dark and"), stop="max_tokens"),
    "context full": _answer(_text("And so"), stop="model_context_window_exceeded"),
    "sequence": _answer(_text("One"), stop="stop_sequence", stop_sequence="Two"),
    "paused": _answer(_text("Searching"), stop="pause_turn"),
    "nothing": _answer(),
    "bare": told(
        {"content": [{"type": "text", "text": "Hi"}], "stop_reason": "end_turn"},
        {"type": "message_start", "message": {}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text"}},
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "text_delta", "text": "Hi"},
        },
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
        {"type": "message_stop"},
    ),
}
