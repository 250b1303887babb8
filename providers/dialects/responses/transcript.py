"""What one WebSocket connection remembers, and the requests its frames stand for.

OpenAI keeps the responses of a connection in its memory, so that a turn names the one before
it by `previous_response_id` and sends what is new, even when nothing is stored. Here such a
turn becomes a `POST /v1/responses` that says the whole conversation, which every provider
understands. The last 16 responses are remembered, as long as all that is kept of them is at
most 16 MiB; an id that is not among them passes on, for the provider that may keep it.

What is kept is kept as JSON: parsed, it may take twenty times the memory.

Turns of one lane (`stream_id`) come one after another: `turn` is called when the one before
it in its lane has ended, and `remember` when its response is whole or was cut off. A turn
that failed or was refused leaves no trace, so that it can be tried again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

MOST_RESPONSES = 16
MOST_BYTES = 16 * 2**20

_CREATE = "response.create"
_APPEND = "response.append"
# Words of the connection, not of a request.
_ENVELOPE = frozenset({"type", "stream_id", "event_id", "response", "generate"})
# What an appended turn does not take over. A choice that forced a call would force it again.
_OF_ONE_TURN = frozenset({"input", "previous_response_id", "tool_choice"})
_LANE = re.compile(r"[A-Za-z0-9_.-]{1,256}")
# Stands in a request that is only to be judged, when there is no input yet.
_YET_TO_COME = "."

Item = Mapping[str, Any]


class FrameRefused(Exception):
    """A frame that asks for no response: status 400. `stream_id` is the lane to answer on."""

    def __init__(
        self, message: str, *, code: str, param: str | None, stream_id: str | None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.param = param
        self.stream_id = stream_id


class _NestedTooDeep(Exception):
    """orjson reads deeper than it writes; nobody else nests so deep."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A request for a response: `body` is what a POST would say, with `stream` set.

    When `generates` is false, no model is to be asked: the turn only prepares what a later
    one continues. `before` and `new` are the items of the conversation so far, each as the
    inside of a JSON array, and `settings` is what an appended turn takes over, as an object.
    """

    body: bytes = field(repr=False)
    stream_id: str | None
    generates: bool
    stored: bool
    # The very bytes that are remembered: turns that continue one response share them.
    before: bytes = field(repr=False)
    new: bytes = field(repr=False)
    settings: bytes = field(repr=False)

    @property
    def said(self) -> bytes:
        return _joined(self.before, self.new)

    @property
    def size(self) -> int:
        parts = (self.body, self.before, self.new, self.settings)
        return sum(len(each) for each in parts)


@dataclass(frozen=True, slots=True)
class _Remembered:
    response_id: str
    stream_id: str | None
    whole: bytes = field(repr=False)
    settings: bytes = field(repr=False)

    @property
    def size(self) -> int:
        return len(self.whole) + len(self.settings)


class Transcript:
    def __init__(
        self, *, most_responses: int = MOST_RESPONSES, most_bytes: int = MOST_BYTES
    ) -> None:
        self._most_responses = most_responses
        self._most_bytes = most_bytes
        self._kept: list[_Remembered] = []

    def turn(self, frame: Mapping[str, Any]) -> Turn:
        """Return the request of a decoded frame. Raises `FrameRefused`."""
        reading = _Frame(frame)
        try:
            if reading.kind == _APPEND:
                return self._appended(reading)
            if reading.kind == _CREATE:
                return self._continued(reading, reading.fields)
        except _NestedTooDeep:
            raise reading.refused(
                "Something in the frame is nested too deep.",
                code="invalid_json",
                param=None,
            ) from None
        raise reading.refused(
            "type must be response.create or response.append.",
            code="unknown_event_type",
            param="type",
        )

    def remember(self, turn: Turn, response: Mapping[str, Any]) -> None:
        """Keep the response of a turn; one without id and output is not kept."""
        id, output = response.get("id"), response.get("output")
        if not isinstance(id, str) or not isinstance(output, list):
            return
        stored = turn.stored and response.get("store") is not False
        try:
            whole = _joined(turn.said, _inside(_as_input(output, stored=stored)))
        except _NestedTooDeep:
            return
        self._kept.append(_Remembered(id, turn.stream_id, whole, turn.settings))
        size = sum(each.size for each in self._kept)
        while len(self._kept) > self._most_responses or size > self._most_bytes:
            size -= self._kept.pop(0).size

    def _appended(self, frame: "_Frame") -> Turn:
        last = next(
            (
                each
                for each in reversed(self._kept)
                if each.stream_id == frame.stream_id
            ),
            None,
        )
        if last is None:
            raise frame.refused(
                "websocket request received before response.create",
                code="invalid_request_error",
                param="type",
            )
        body = orjson.loads(last.settings) | frame.fields
        if body.get("previous_response_id") is None:
            return frame.turn(body, last.whole)
        return self._continued(frame, body)

    def _continued(self, frame: "_Frame", body: dict[str, Any]) -> Turn:
        id = body.get("previous_response_id")
        before = next((each for each in self._kept if each.response_id == id), None)
        if before is None:
            return frame.turn(body, b"")
        del body["previous_response_id"]
        return frame.turn(body, before.whole)


class _Frame:
    """A frame and what it asks for: its fields stand beside `type`, or under `response`."""

    __slots__ = ("fields", "generates", "kind", "stream_id")

    def __init__(self, frame: Mapping[str, Any]) -> None:
        lane = frame.get("stream_id")
        self.stream_id = _good_lane(lane)
        if lane is not None and self.stream_id is None:
            raise self.refused(
                "stream_id must be 1 to 256 letters, digits, dots, dashes or underscores.",
                code="invalid_stream_id",
                param="stream_id",
            )
        self.kind = frame.get("type")
        nested = frame.get("response")
        said = nested if isinstance(nested, dict) else frame
        self.generates = said.get("generate") is not False
        self.fields = {
            name: value for name, value in said.items() if name not in _ENVELOPE
        }

    def turn(self, body: dict[str, Any], before: bytes) -> Turn:
        """Return the turn that continues `before` with the input of this frame."""
        if not isinstance(body.get("model"), str) or not body["model"]:
            raise self.refused(
                "model is missing; it must be the name of a model.",
                code="missing_required_parameter",
                param="model",
            )
        new = _inside(self._input())
        said = _joined(before, new)
        if before or isinstance(body.get("input"), list):
            body["input"] = orjson.Fragment(b"[%b]" % said)
        if not said and not self.generates:
            body["input"] = _YET_TO_COME
        body["stream"] = True
        kept = {name: body[name] for name in body if name not in _OF_ONE_TURN}
        return Turn(
            _written(body),
            self.stream_id,
            self.generates,
            body.get("store") is not False,
            before,
            new,
            _written(kept),
        )

    def _input(self) -> list[Item]:
        given = self.fields.get("input")
        if given is None:
            return []
        if isinstance(given, str):
            part = {"type": "input_text", "text": given}
            return [{"type": "message", "role": "user", "content": [part]}]
        if isinstance(given, list):
            return given
        raise self.refused(
            "input must be a text or a list of items.",
            code="invalid_value",
            param="input",
        )

    def refused(self, message: str, *, code: str, param: str | None) -> FrameRefused:
        return FrameRefused(message, code=code, param=param, stream_id=self.stream_id)


def lane_of(frame: Mapping[str, Any]) -> str | None:
    """Return the lane of a decoded frame; one that is wrong is none."""
    return _good_lane(frame.get("stream_id"))


def _good_lane(lane: object) -> str | None:
    return lane if isinstance(lane, str) and _LANE.fullmatch(lane) else None


def _inside(items: list[Item]) -> bytes:
    """Return the items as the inside of a JSON array."""
    return _written(items)[1:-1]


def _written(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        # What was read from JSON can be written as JSON but for its depth.
        raise _NestedTooDeep from None


def _joined(before: bytes, after: bytes) -> bytes:
    return b"%b,%b" % (before, after) if before and after else before or after


def _as_input(output: list[Any], *, stored: bool) -> list[Item]:
    """Return what a response put out as input of the next turn.

    A provider that stores nothing does not know its own ids again, nor reasoning that is
    neither signed nor encrypted.
    """
    items: list[Item] = [each for each in output if isinstance(each, dict)]
    if stored:
        return items
    return [
        {name: value for name, value in each.items() if name != "id"}
        for each in items
        if each.get("type") != "reasoning" or each.get("encrypted_content")
    ]
