import json
from typing import Any

import openai
from openai.types import CompletionUsage

from .speaker import BOTH, HELLO, RESULTS, SCHEMAS, Raised, Speaker, Told

ASKED = [{"role": "user", "content": HELLO}]
WITH_USAGE = {"include_usage": True}
TOOLS = [
    {
        "type": "function",
        "function": {"name": name, "parameters": schema, "strict": True},
    }
    for name, schema in SCHEMAS.items()
]
RAISED = Raised(
    wrong_key=openai.AuthenticationError,
    unknown_model=openai.NotFoundError,
    unsayable=openai.BadRequestError,
    forbidden=openai.InternalServerError,
    limited=openai.RateLimitError,
    failing=openai.InternalServerError,
    broken=openai.APIError,
)


class OpenAIChat(Speaker):
    name = "openai-chat"
    endpoint = "/v1/chat/completions"
    raised = RAISED
    passes_to = "OPENAI"
    unsaid = "logit_bias"
    thinking = {"reasoning_effort": "high"}

    def __init__(self, url: str, key: str) -> None:
        self.client = openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)

    def plain(self, model: str) -> Told:
        answer = self.client.chat.completions.create(model=model, messages=ASKED)
        return told(answer.choices[0].message.content, answer.usage)

    def streamed(self, model: str) -> Told:
        chunks = list(
            self.client.chat.completions.create(
                model=model, messages=ASKED, stream=True, stream_options=WITH_USAGE
            )
        )
        texts = [c.delta.content or "" for each in chunks for c in each.choices]
        return told("".join(texts), chunks[-1].usage)

    def use_tools(
        self, model: str, *, stream: bool, thinking: bool = False, then: str = ""
    ) -> tuple[list[tuple[str, Any]], str]:
        options = {**(self.thinking if thinking else {}), "tools": TOOLS}
        messages: list[Any] = [{"role": "user", "content": BOTH}]
        first = self._called(model, messages, stream=stream, **options)
        calls = [each.function for each in first.tool_calls]
        results = [
            {
                "role": "tool",
                "tool_call_id": each.id,
                "content": RESULTS[each.function.name],
            }
            for each in first.tool_calls
        ]
        messages += [first, *results]
        answer = self._called(then or model, messages, stream=stream, **options)
        return [(c.name, json.loads(c.arguments)) for c in calls], answer.content

    def _called(
        self, model: str, messages: list[Any], *, stream: bool, **options: Any
    ) -> Any:
        asked = {"model": model, "messages": messages, **options}
        if not stream:
            return self.client.chat.completions.create(**asked).choices[0].message
        with self.client.chat.completions.stream(**asked) as events:
            return events.get_final_completion().choices[0].message

    def say_what_cannot_be_said(self, model: str) -> None:
        self.client.chat.completions.create(
            model=model, messages=ASKED, logit_bias={"50256": -100}
        )

    def close(self) -> None:
        self.client.close()


def told(text: str | None, usage: CompletionUsage | None) -> Told:
    assert text is not None
    assert usage is not None
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    details = usage.prompt_tokens_details
    assert details is not None
    return Told(
        text, usage.prompt_tokens, usage.completion_tokens, details.cached_tokens
    )
