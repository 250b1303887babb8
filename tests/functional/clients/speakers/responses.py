import json
from dataclasses import replace
from typing import Any

import openai
from openai.types.responses import Response

from .chat import RAISED
from .speaker import BOTH, HELLO, RESULTS, SCHEMAS, Speaker, Told

TOOLS = [
    {"type": "function", "name": name, "parameters": schema, "strict": True}
    for name, schema in SCHEMAS.items()
]


class OpenAIResponses(Speaker):
    name = "openai-responses"
    endpoint = "/v1/responses"
    # An error event of OpenAI's own making is one more event to its client, which then
    # misses the end.
    raised = replace(RAISED, broken=(openai.APIError, RuntimeError))
    passes_to = "OPENAI"
    native_path = "/responses"
    unsaid = "max_tool_calls"
    thinking = {
        "reasoning": {"effort": "high", "summary": "auto"},
        "include": ["reasoning.encrypted_content"],
    }

    def __init__(self, url: str, key: str) -> None:
        self.client = openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)

    def plain(self, model: str) -> Told:
        return told(self.client.responses.create(model=model, input=HELLO))

    def streamed(self, model: str) -> Told:
        with self.client.responses.stream(model=model, input=HELLO) as events:
            deltas = [e.delta for e in events if e.type == "response.output_text.delta"]
            answer = told(events.get_final_response())
        assert "".join(deltas) == answer.text
        return answer

    def use_tools(
        self, model: str, *, stream: bool, thinking: bool = False, then: str = ""
    ) -> tuple[list[tuple[str, Any]], str]:
        options = {**(self.thinking if thinking else {}), "tools": TOOLS}
        given: list[Any] = [{"role": "user", "content": BOTH}]
        first = self._called(model, given, stream=stream, **options)
        given += first.output
        calls = [each for each in first.output if each.type == "function_call"]
        given += [result_of(call) for call in calls]
        answer = self._called(then or model, given, stream=stream, **options)
        return [(c.name, json.loads(c.arguments)) for c in calls], answer.output_text

    def _called(
        self, model: str, given: list[Any], *, stream: bool, **options: Any
    ) -> Response:
        asked = {"model": model, "input": given, "store": False, **options}
        if not stream:
            return self.client.responses.create(**asked)
        with self.client.responses.stream(**asked) as events:
            return events.get_final_response()

    def say_what_cannot_be_said(self, model: str) -> None:
        self.client.responses.create(model=model, input=HELLO, max_tool_calls=3)

    def close(self) -> None:
        self.client.close()


def result_of(call: Any) -> dict[str, Any]:
    return {
        "type": "function_call_output",
        "call_id": call.call_id,
        "output": RESULTS[call.name],
    }


def told(answer: Response) -> Told:
    assert answer.status == "completed"
    usage = answer.usage
    assert usage is not None
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens
    cached = usage.input_tokens_details.cached_tokens
    return Told(answer.output_text, usage.input_tokens, usage.output_tokens, cached)
