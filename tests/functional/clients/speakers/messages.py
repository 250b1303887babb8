from typing import Any

import anthropic
from anthropic.types import Message

from .speaker import BOTH, HELLO, RESULTS, SCHEMAS, Raised, Speaker, Told

ASKED = [{"role": "user", "content": HELLO}]
MOST = {"max_tokens": 4000}
TOOLS = [{"name": name, "input_schema": schema} for name, schema in SCHEMAS.items()]


class AnthropicMessages(Speaker):
    name = "anthropic"
    endpoint = "/v1/messages"
    raised = Raised(
        wrong_key=anthropic.AuthenticationError,
        unknown_model=anthropic.NotFoundError,
        unsayable=anthropic.BadRequestError,
        forbidden=anthropic.InternalServerError,
        limited=anthropic.RateLimitError,
        failing=anthropic.InternalServerError,
        broken=anthropic.APIStatusError,
    )
    passes_to = "ANTHROPIC"
    unsaid = "container"
    thinking = {"thinking": {"type": "adaptive", "display": "summarized"}}

    def __init__(self, url: str, key: str) -> None:
        self.client = anthropic.Anthropic(base_url=url, api_key=key, max_retries=0)

    def plain(self, model: str) -> Told:
        answer = self.client.messages.create(model=model, messages=ASKED, **MOST)
        return told(answer)

    def streamed(self, model: str) -> Told:
        asked = {"model": model, "messages": ASKED, **MOST}
        with self.client.messages.stream(**asked) as stream:
            text = "".join(stream.text_stream)
            answer = told(stream.get_final_message())
        assert text == answer.text
        return answer

    def use_tools(
        self, model: str, *, stream: bool, thinking: bool = False, then: str = ""
    ) -> tuple[list[tuple[str, Any]], str]:
        options = {**(self.thinking if thinking else {}), "tools": TOOLS, **MOST}
        messages: list[Any] = [{"role": "user", "content": BOTH}]
        first = self._called(model, messages, stream=stream, **options)
        assert first.stop_reason == "tool_use"
        calls = [block for block in first.content if block.type == "tool_use"]
        results = [
            {"type": "tool_result", "tool_use_id": c.id, "content": RESULTS[c.name]}
            for c in calls
        ]
        messages += [
            {"role": "assistant", "content": first.content},
            {"role": "user", "content": results},
        ]
        answer = self._called(then or model, messages, stream=stream, **options)
        return [(c.name, c.input) for c in calls], told(answer).text

    def _called(
        self, model: str, messages: list[Any], *, stream: bool, **options: Any
    ) -> Message:
        asked = {"model": model, "messages": messages, **options}
        if not stream:
            return self.client.messages.create(**asked)
        with self.client.messages.stream(**asked) as events:
            return events.get_final_message()

    def say_what_cannot_be_said(self, model: str) -> None:
        self.client.messages.create(
            model=model, messages=ASKED, extra_body={"container": "c"}, **MOST
        )

    def close(self) -> None:
        self.client.close()


def told(answer: Message) -> Told:
    text = "".join(block.text for block in answer.content if block.type == "text")
    usage = answer.usage
    read = usage.cache_read_input_tokens or 0
    written = usage.cache_creation_input_tokens or 0
    return Told(text, usage.input_tokens + read + written, usage.output_tokens, read)
