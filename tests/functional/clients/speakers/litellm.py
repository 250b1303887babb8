import json
from dataclasses import replace
from typing import Any, ClassVar

import litellm

from .chat import ASKED, TOOLS, WITH_USAGE, told
from .speaker import BOTH, RESULTS, Raised, Speaker, Told


class LiteLLM(Speaker):
    """One library that speaks three dialects; the prefix of a model says which."""

    raised = Raised(
        wrong_key=litellm.AuthenticationError,
        unknown_model=litellm.NotFoundError,
        unsayable=litellm.BadRequestError,
        forbidden=litellm.BadGatewayError,
        limited=litellm.RateLimitError,
        failing=litellm.BadGatewayError,
        broken=litellm.exceptions.MidStreamFallbackError,
    )
    prefix: ClassVar[str]
    base: ClassVar[str]

    def __init__(self, url: str, key: str) -> None:
        self._ours = {"api_base": url + self.base, "api_key": key, "max_retries": 0}

    def plain(self, model: str) -> Told:
        answer = self.complete(model, ASKED)
        return told(answer.choices[0].message.content, answer.usage)

    def streamed(self, model: str) -> Told:
        answer = self._whole(model, ASKED)
        return told(answer.choices[0].message.content, answer.usage)

    def use_tools(
        self, model: str, *, stream: bool, thinking: bool = False, then: str = ""
    ) -> tuple[list[tuple[str, Any]], str]:
        ask = self._whole if stream else self.complete
        messages: list[Any] = [{"role": "user", "content": BOTH}]
        first = ask(model, messages, tools=TOOLS).choices[0].message
        calls = [each.function for each in first.tool_calls]
        results = [
            {
                "role": "tool",
                "tool_call_id": each.id,
                "content": RESULTS[each.function.name],
            }
            for each in first.tool_calls
        ]
        answer = ask(then or model, [*messages, first, *results], tools=TOOLS)
        text = answer.choices[0].message.content
        return [(c.name, json.loads(c.arguments)) for c in calls], text

    def complete(self, model: str, messages: list[Any], **options: Any) -> Any:
        return litellm.completion(
            model=f"{self.prefix}/{model}", messages=messages, **self._ours, **options
        )

    def _whole(self, model: str, messages: list[Any], **options: Any) -> Any:
        asked = {"stream": True, "stream_options": WITH_USAGE, **options}
        chunks = list(self.complete(model, messages, **asked))
        return litellm.stream_chunk_builder(chunks, messages=messages)

    def close(self) -> None:
        """Its connections are the library's, for as long as the process lives."""


class LiteLLMOpenAI(LiteLLM):
    name, prefix, base = "litellm-openai", "openai", "/v1"
    endpoint = "/v1/chat/completions"
    passes_to = "OPENAI"
    unsaid = "logit_bias"

    def say_what_cannot_be_said(self, model: str) -> None:
        self.complete(model, ASKED, logit_bias={"50256": -100})


class LiteLLMAnthropic(LiteLLM):
    name, prefix, base = "litellm-anthropic", "anthropic", ""
    endpoint = "/v1/messages"
    passes_to = "ANTHROPIC"


class LiteLLMGemini(LiteLLM):
    # Of Gemini's errors it reads the text before the status, and no event of a stream.
    raised = replace(
        LiteLLM.raised,
        forbidden=litellm.BadRequestError,
        failing=litellm.APIConnectionError,
    )
    name, prefix, base = "litellm-gemini", "gemini", "/v1beta"
    endpoint = "/v1beta/models/{model}:{method}"
    passes_to = "GEMINI"
