from dataclasses import dataclass
from typing import Any

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PDF = "JVBERi0xLjQK"
WAV = "UklGRg=="
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "Where."}},
    "required": ["city"],
    "additionalProperties": False,
}
USER = {"role": "user", "content": "hi"}
FUNCTION = {"name": "weather", "description": "Tells it.", "parameters": SCHEMA}
CLAUDE = ("ANTHROPIC",)
GEMINI = ("GEMINI",)
OPENAI = ("OPENAI",)


@dataclass(frozen=True)
class Asked:
    """`fields` are a request's besides its model; `beyond` the kinds that refuse them."""

    fields: dict[str, Any]
    beyond: tuple[str, ...] = ()


def user(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": list(parts)}
