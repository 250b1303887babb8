"""What a response repeats of the request it answers, with OpenAI's defaults."""

from collections.abc import Mapping
from typing import Any

import orjson

_SAME = (
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "previous_response_id",
    "prompt_cache_key",
    "safety_identifier",
    "user",
)
_DEFAULTS: Mapping[str, Any] = {
    "frequency_penalty": 0.0,
    "metadata": {},
    "parallel_tool_calls": True,
    "presence_penalty": 0.0,
    "temperature": 1.0,
    "tool_choice": "auto",
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
}


def of(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return it of a request whose fields may be anything: it need not have been parsed.

    What is nested too deeply to be written is not repeated: nobody looked at it before.
    """
    repeated = _repeated(body)
    if not _can_be_written(repeated):
        usual = _repeated({})
        repeated = {
            name: value if _can_be_written(value) else usual[name]
            for name, value in repeated.items()
        }
    # These tell what was done, not what was asked: nothing is kept of a translated answer.
    return repeated | {"background": False, "service_tier": "default", "store": False}


def _repeated(body: Mapping[str, Any]) -> dict[str, Any]:
    repeated = {name: body.get(name) for name in _SAME}
    for name, usual in _DEFAULTS.items():
        given = body.get(name)
        repeated[name] = usual if given is None else given
    reasoning = _object(body, "reasoning")
    summary = reasoning.get("summary") or reasoning.get("generate_summary")
    repeated["reasoning"] = {"effort": reasoning.get("effort"), "summary": summary}
    text = _object(body, "text")
    repeated["text"] = {
        "format": text.get("format") or {"type": "text"},
        "verbosity": text.get("verbosity") or "medium",
    }
    tools = body.get("tools")
    repeated["tools"] = (
        [_tool(each) for each in tools] if isinstance(tools, list) else []
    )
    return repeated


def _can_be_written(value: Any) -> bool:
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError:
        return False
    return True


def _tool(tool: Any) -> Any:
    if not isinstance(tool, dict) or tool.get("type") != "function":
        return tool
    return {"description": None, "parameters": None, "strict": None} | tool


def _object(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    return value if isinstance(value, dict) else {}
