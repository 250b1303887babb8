"""What clients of every dialect do first: take the bytes apart."""

import json
from typing import Any

Event = tuple[str, Any]


def events_in(body: bytes) -> list[Event]:
    """Return the name and the data of each event; `[DONE]` stays a text."""
    if not body:
        return []
    text = body.decode()
    assert text.endswith("\n\n")
    return [_event(each) for each in text.removesuffix("\n\n").split("\n\n")]


def _event(text: str) -> Event:
    *named, data = text.split("\n")
    assert data.startswith("data: ")
    name = ""
    if named:
        [line] = named
        assert line.startswith("event: ")
        name = line.removeprefix("event: ")
    data = data.removeprefix("data: ")
    return name, data if data == "[DONE]" else json.loads(data)
