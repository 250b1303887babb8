"""OpenAI itself."""

from providers.operations import Operation
from providers.types import Adapter

from . import openai_wire

ADAPTER = Adapter(
    speaks=frozenset(
        {
            Operation.CHAT,
            Operation.COMPLETIONS,
            Operation.RESPONSES,
            Operation.EMBEDDINGS,
            Operation.MODERATIONS,
            *openai_wire.IMAGES_AND_AUDIO,
        }
    ),
    converses=Operation.CHAT,
    outbound=openai_wire.outbound,
    shown=openai_wire.SHOWN,
)
