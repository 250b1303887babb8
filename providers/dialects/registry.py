"""Which dialect each conversation is held in, on either side of the gateway."""

from collections.abc import Mapping

from providers.operations import Operation
from providers.types import Adapter

from .anthropic import sides as anthropic
from .bedrock import sides as bedrock
from .completions import sides as completions
from .dialect import CallerSide, ProviderSide
from .gemini import sides as gemini
from .openai import sides as openai
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


def provider_side(adapter: Adapter) -> ProviderSide:
    """Return how providers of this kind are told a conversation."""
    if adapter.caps_by_max_tokens:
        return openai.COMPATIBLE
    return _PROVIDERS[adapter.converses]
