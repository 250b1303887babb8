"""Servers that took over OpenAI's dialect: vLLM, Mistral, Groq, Jina, LM Studio and many more.

Few of them know its Responses, so those are translated into chats. Some rank as well, the
way Cohere and Jina do it.
"""

from providers.operations import Operation
from providers.types import Adapter

from . import openai_wire

ADAPTER = Adapter(
    speaks=frozenset(
        {
            Operation.CHAT,
            Operation.COMPLETIONS,
            Operation.EMBEDDINGS,
            Operation.MODERATIONS,
            Operation.RERANK,
            *openai_wire.IMAGES_AND_AUDIO,
        }
    ),
    converses=Operation.CHAT,
    outbound=openai_wire.outbound,
    shown=openai_wire.SHOWN,
    caps_by_max_tokens=True,
)
