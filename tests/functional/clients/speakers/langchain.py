from dataclasses import replace
from typing import Any

import openai
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from langchain_core.tools import BaseTool, tool
from langchain_openai import ChatOpenAI

from .chat import RAISED
from .speaker import BOTH, HELLO, RESULTS, Speaker, Told


@tool
def weather(city: str) -> str:
    """Tell the weather."""
    return RESULTS["weather"]


@tool
def clock(zone: str) -> str:
    """Tell the time."""
    return RESULTS["clock"]


TOOLS: dict[str, BaseTool] = {"weather": weather, "clock": clock}


class LangChain(Speaker):
    name = "langchain-openai"
    endpoint = "/v1/chat/completions"
    raised = replace(RAISED, forbidden=openai.APIError, failing=openai.APIError)
    passes_to = "OPENAI"
    unsaid = "logit_bias"

    def __init__(self, url: str, key: str) -> None:
        self._url, self._key = url, key

    def chat(self, model: str, **options: Any) -> ChatOpenAI:
        return ChatOpenAI(
            model=model,
            base_url=f"{self._url}/v1",
            api_key=self._key,
            max_retries=0,
            stream_usage=True,
            **options,
        )

    def plain(self, model: str) -> Told:
        return told(self.chat(model).invoke(HELLO))

    def streamed(self, model: str) -> Told:
        return told(whole(self.chat(model), HELLO))

    def use_tools(
        self, model: str, *, stream: bool, thinking: bool = False, then: str = ""
    ) -> tuple[list[tuple[str, Any]], str]:
        bound, other = (
            self.chat(each).bind_tools(list(TOOLS.values()))
            for each in (model, then or model)
        )
        messages: list[Any] = [HumanMessage(BOTH)]
        first = whole(bound, messages) if stream else bound.invoke(messages)
        results = [TOOLS[call["name"]].invoke(call) for call in first.tool_calls]
        messages += [first, *results]
        answer = whole(other, messages) if stream else other.invoke(messages)
        return [(c["name"], c["args"]) for c in first.tool_calls], answer.text

    def say_what_cannot_be_said(self, model: str) -> None:
        self.chat(model, logit_bias={50256: -100}).invoke(HELLO)

    def close(self) -> None:
        """Its connections are the library's, for as long as the process lives."""


def whole(asked: Any, given: Any) -> AIMessageChunk:
    first, *rest = asked.stream(given)
    for chunk in rest:
        first += chunk
    return first


def told(answer: AIMessage) -> Told:
    usage = answer.usage_metadata
    assert usage is not None
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    cached = usage["input_token_details"]["cache_read"]
    return Told(answer.text, usage["input_tokens"], usage["output_tokens"], cached)
