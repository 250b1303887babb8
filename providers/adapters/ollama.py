"""Ollama, in the dialect of OpenAI it serves below `/v1`. It wants no key unless a proxy does."""

from providers.operations import Operation
from providers.types import Adapter

from . import openai_wire

ADAPTER = Adapter(
    speaks=frozenset({Operation.CHAT, Operation.COMPLETIONS, Operation.EMBEDDINGS}),
    converses=Operation.CHAT,
    outbound=openai_wire.outbound,
    shown=openai_wire.SHOWN,
    caps_by_max_tokens=True,
)
