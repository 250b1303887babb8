"""Which dialect each conversation is held in, on either side of the gateway."""

from collections.abc import Callable, Mapping

from providers.operations import Operation
from providers.types import Adapter

from .anthropic import passing as passing_to_anthropic
from .anthropic import sides as anthropic
from .bedrock import sides as bedrock
from .completions import sides as completions
from .dialect import CallerSide, ProviderSide
from .gemini import passing as passing_to_gemini
from .gemini import sides as gemini
from .openai import sides as openai
from .responses import passing as passing_to_openai
from .responses import sides as responses

CALLERS: Mapping[Operation, CallerSide] = {
    Operation.CHAT: openai.CALLER,
    Operation.COMPLETIONS: completions.CALLER,
    Operation.RESPONSES: responses.CALLER,
    Operation.MESSAGES: anthropic.CALLER,
    Operation.GENERATE: gemini.CALLER,
}
_PROVIDERS: Mapping[Operation, ProviderSide] = {
    Operation.CHAT: openai.PROVIDER,
    Operation.MESSAGES: anthropic.PROVIDER,
    Operation.GENERATE: gemini.PROVIDER,
    Operation.CONVERSE: bedrock.PROVIDER,
}

_OWN_REASONING: Mapping[Operation, Callable[[bytes], bytes]] = {
    Operation.RESPONSES: passing_to_openai.own_reasoning_only,
    Operation.MESSAGES: passing_to_anthropic.own_reasoning_only,
    Operation.MESSAGES_COUNT: passing_to_anthropic.own_reasoning_only,
    Operation.GENERATE: passing_to_gemini.own_reasoning_only,
}


def without_strange_reasoning(operation: Operation, body: bytes) -> bytes:
    """Return a body that passes without the reasoning that its provider has not signed.

    To the byte what it was, where there is none.
    """
    own_reasoning_only = _OWN_REASONING.get(operation)
    return own_reasoning_only(body) if own_reasoning_only else body


def provider_side(adapter: Adapter) -> ProviderSide:
    """Return how providers of this kind are told a conversation."""
    if adapter.caps_by_max_tokens:
        return openai.COMPATIBLE
    return _PROVIDERS[adapter.converses]
