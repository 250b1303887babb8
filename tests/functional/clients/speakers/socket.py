import json
from dataclasses import replace
from typing import Any

import openai
import websockets
from openai.types.responses import Response

from .chat import RAISED
from .responses import TOOLS, OpenAIResponses, result_of, told
from .speaker import BOTH, HELLO, Speaker, Told


class ToldOfAnError(Exception):
    """The client hands an error on a socket to its user as one more event."""


class OpenAISocket(Speaker):
    """Each call opens a socket; what belongs together is said on one."""

    name = "openai-socket"
    endpoint = "/v1/responses"
    raised = replace(
        RAISED,
        wrong_key=websockets.exceptions.InvalidStatus,
        unknown_model=ToldOfAnError,
        unsayable=ToldOfAnError,
        forbidden=ToldOfAnError,
        limited=ToldOfAnError,
        failing=ToldOfAnError,
        broken=ToldOfAnError,
    )
    passes_to = "OPENAI"
    native_path = "/responses"
    unsaid = "max_tool_calls"
    streams = (True, True)
    thinking = OpenAIResponses.thinking

    def __init__(self, url: str, key: str) -> None:
        self.client = openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)

    def plain(self, model: str) -> Told:
        with self.opened() as socket:
            return told(turn(socket, model=model, input=HELLO)[0])

    def streamed(self, model: str) -> Told:
        with self.opened() as socket:
            answer, deltas = turn(socket, model=model, input=HELLO)
        return replace(told(answer), text="".join(deltas))

    def use_tools(
        self, model: str, *, stream: bool, thinking: bool = False, then: str = ""
    ) -> tuple[list[tuple[str, Any]], str]:
        options = {**(self.thinking if thinking else {}), "tools": TOOLS}
        asked = {"store": False, **options}
        with self.opened() as socket:
            question = [{"role": "user", "content": BOTH}]
            first, _ = turn(socket, **asked, model=model, input=question)
            calls = [each for each in first.output if each.type == "function_call"]
            results = [result_of(call) for call in calls]
            asked |= {"model": then or model, "previous_response_id": first.id}
            answer, deltas = turn(socket, **asked, input=results)
        text = "".join(deltas) if stream else answer.output_text
        return [(c.name, json.loads(c.arguments)) for c in calls], text

    def say_what_cannot_be_said(self, model: str) -> None:
        with self.opened() as socket:
            turn(socket, model=model, input=HELLO, max_tool_calls=3)

    def opened(self) -> Any:
        return self.client.responses.connect(max_retries=0)

    def close(self) -> None:
        self.client.close()


def turn(socket: Any, **asked: Any) -> tuple[Response, list[str]]:
    """Ask, and return the finished response and the deltas of its text."""
    socket.send({"type": "response.create", **asked})
    deltas: list[str] = []
    for event in socket:
        if event.type == "response.output_text.delta":
            deltas.append(event.delta)
        elif event.type == "error":
            raise ToldOfAnError(event.to_json())
        elif event.type in ("response.completed", "response.incomplete"):
            return event.response, deltas
    raise AssertionError("the socket was closed in the middle of a turn")
