"""What the far side thinks, says and counts, in nobody's dialect."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .answers import Orders


@dataclass
class Heard:
    """`texts` is all that counts as prompt. `choice` is auto, none, a tool's name or a must."""

    model: str
    texts: list[str]
    last: str
    tools: dict[str, Any] = field(default_factory=dict)
    choice: str = "auto"
    after_result: bool = False
    parallel: bool = True
    wants_json: bool = False
    schema: Any = None
    thinks: bool = False
    most_words: int | None = None
    stops: list[str] = field(default_factory=list)

    @property
    def orders(self) -> Orders:
        return Orders.in_name(self.model)


@dataclass
class Called:
    id: str
    name: str
    arguments: str


@dataclass
class Said:
    """`why` is `end`, `length`, `stop` or `calls`. The counts are words."""

    thinking: str
    text: str
    calls: list[Called]
    why: str
    stop: str
    prompt: int
    cached: int
    completion: int
    reasoning: int


def say(heard: Heard) -> Said:
    thinking = "Let me think: naïve café 🤔." if heard.thinks else ""
    calls = _calls(heard)
    text, why, stop = ("", "calls", "") if calls else _text(heard)
    prompt = sum(words_in(text) for text in heard.texts)
    spoken = words_in(text) + sum(1 + words_in(each.arguments) for each in calls)
    return Said(
        thinking,
        text,
        calls,
        why,
        stop,
        prompt=prompt,
        cached=prompt // 4,
        completion=spoken + words_in(thinking),
        reasoning=words_in(thinking),
    )


def words_in(text: str) -> int:
    return len(text.split())


def pieces(text: str) -> Iterator[str]:
    yield from re.findall(r"\s*\S+", text)


def signature_of(text: str) -> str:
    """Return the seal the far side puts on its own reasoning."""
    seal = hashlib.sha256(f"far side {text}".encode()).digest()
    return base64.b64encode(seal).decode()


def id_of(prefix: str, heard: Heard) -> str:
    """Return an id that is another one for another request."""
    seed = json.dumps([heard.model, heard.texts])
    return prefix + hashlib.sha256(seed.encode()).hexdigest()[:24]


def _calls(heard: Heard) -> list[Called]:
    if not heard.tools or heard.choice == "none":
        return []
    if heard.after_result and heard.choice == "auto":
        return []
    names = list(heard.tools)
    if heard.choice in names:
        names = [heard.choice]
    several = heard.parallel and "both" in heard.last
    return [
        Called(
            id_of(f"{number}", heard),
            name,
            json.dumps(filled(heard.tools[name]), ensure_ascii=False),
        )
        for number, name in enumerate(names[: 2 if several else 1])
    ]


def _text(heard: Heard) -> tuple[str, str, str]:
    text = f"The far side heard: {heard.last} Ça va, 日本 🚀?"
    if heard.wants_json:
        text = json.dumps(filled(heard.schema or {}), ensure_ascii=False)
    stop = min(
        (stop for stop in heard.stops if stop in text), key=text.index, default=""
    )
    if stop:
        return text[: text.index(stop)], "stop", stop
    words = list(pieces(text))
    if heard.most_words is not None and len(words) > heard.most_words:
        return "".join(words[: heard.most_words]), "length", ""
    return text, "end", ""


def filled(schema: Any) -> Any:
    """Return a value with all properties that a simple schema has."""
    schema = schema or {}
    if "enum" in schema:
        return schema["enum"][0]
    match str(schema.get("type", "object")).lower():
        case "object":
            return {
                name: filled(inner)
                for name, inner in schema.get("properties", {}).items()
            }
        case "array":
            return [filled(schema.get("items"))]
        case "integer":
            return 7
        case "number":
            return 1.5
        case "boolean":
            return True
        case _:
            return "Zürich"
