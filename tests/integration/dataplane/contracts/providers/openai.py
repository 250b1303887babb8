"""Chat completions, with what OpenAI's compatible servers say beside them."""

from typing import Any

from .told import Told, told

_HEAD = {"id": "chatcmpl-1", "created": 1_772_366_400, "model": "real-model"}
_USAGE = {
    "prompt_tokens": 20,
    "completion_tokens": 9,
    "total_tokens": 29,
    "prompt_tokens_details": {"cached_tokens": 8, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 3},
}


def _answer(*messages: dict[str, Any], finish: str = "stop", **more: Any) -> Told:
    whole = [
        {"index": index, **_message(message), "finish_reason": finish, **more}
        for index, message in enumerate(messages)
    ]
    deltas = [
        (index, delta, more)
        for index, message in enumerate(messages)
        for delta in _deltas(message)
    ]
    return told(
        {**_HEAD, "object": "chat.completion", "choices": whole, "usage": _USAGE},
        *(_chunk(index, delta, None, **more) for index, delta, more in deltas),
        *(_chunk(index, {}, finish) for index in range(len(messages))),
        {**_HEAD, "object": "chat.completion.chunk", "choices": [], "usage": _USAGE},
        "[DONE]",
    )


def _message(said: dict[str, Any]) -> dict[str, Any]:
    usual = {"role": "assistant", "content": None, "refusal": None}
    return {"message": {**usual, **said}, "logprobs": None}


def _deltas(said: dict[str, Any]) -> list[dict[str, Any]]:
    deltas = [{"role": "assistant", "content": ""}]
    for name, value in said.items():
        if name == "tool_calls":
            deltas += [each for call in value for each in _call_deltas(call, value)]
        elif isinstance(value, str):
            half = len(value) // 2
            deltas += [{name: value[:half]}, {name: value[half:]}]
        else:
            deltas.append({name: value})
    return deltas


def _call_deltas(call: dict[str, Any], calls: list[Any]) -> list[dict[str, Any]]:
    index, function = calls.index(call), call["function"]
    opening = {**call, "index": index, "function": {**function, "arguments": ""}}
    arguments = {"index": index, "function": {"arguments": function["arguments"]}}
    return [{"tool_calls": [opening]}, {"tool_calls": [arguments]}]


def _chunk(
    index: int, delta: dict[str, Any], finish: str | None, **more: Any
) -> dict[str, Any]:
    choice = {"index": index, "delta": delta, "finish_reason": finish, **more}
    return {**_HEAD, "object": "chat.completion.chunk", "choices": [choice]}


def _call(id: str, arguments: str, **more: Any) -> dict[str, Any]:
    function = {"name": "weather", "arguments": arguments}
    return {"id": id, "type": "function", "function": function, **more}


def _logprob(token: str, *others: str) -> dict[str, Any]:
    told = {"token": token, "logprob": -0.25, "bytes": list(token.encode())}
    ranked = [{"token": each, "logprob": -2.5, "bytes": None} for each in others]
    return {**told, "top_logprobs": ranked}


_DETAILS = [
    {"type": "reasoning.text", "text": "Hm.", "signature": "c2ln", "index": 0},
    {"type": "reasoning.encrypted", "data": "c2Vj", "index": 1},
]
_GOOGLE = {"google": {"thought_signature": "c2ln"}}

SAID = {
    "text": _answer({"content": "Grüße 🚀"}),
    "calls": _answer(
        {
            "content": "Let me look.",
            "tool_calls": [_call("call_1", '{"city":"Oslo"}'), _call("call_2", "")],
        },
        finish="tool_calls",
    ),
    "signed call": _answer(
        {"tool_calls": [_call("call_1", "{}", extra_content=_GOOGLE)]},
        finish="tool_calls",
    ),
    "call cut off": _answer({"tool_calls": [_call("call_1", '{"ci')]}, finish="length"),
    "reasoning": _answer({"reasoning_content": "Hm, naïve.", "content": "Yes."}),
    "reasoning details": _answer({"reasoning_details": _DETAILS, "content": "Yes."}),
    "declined": _answer({"refusal": "I can't help with that."}),
    "filtered": _answer({"content": "Half of"}, finish="content_filter"),
    "length": _answer({"content": "It was a dark and"}, finish="length"),
    "nothing": _answer({}),
    "nothing but length": _answer({}, finish="length"),
    "several": _answer({"content": "One"}, {"content": "Two"}),
    "logprobs": _answer(
        {"content": "Hé"},
        logprobs={"content": [_logprob("H", "J", "Y"), _logprob("é")], "refusal": None},
    ),
    "bare": told(
        {"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]},
        {"choices": [{"delta": {"content": "Hi"}}]},
        {"choices": [{"delta": {}, "finish_reason": "stop"}]},
        "[DONE]",
    ),
}
