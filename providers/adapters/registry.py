"""Which adapter speaks to which kind of provider. A new kind is a new line here."""

from collections.abc import Mapping

from providers.types import Adapter

from . import anthropic, azure, bedrock, gemini, mock, ollama, openai, openai_compatible

ADAPTERS: Mapping[str, Adapter] = {
    "OPENAI": openai.ADAPTER,
    "OPENAI_COMPATIBLE": openai_compatible.ADAPTER,
    "AZURE": azure.ADAPTER,
    "ANTHROPIC": anthropic.ADAPTER,
    "GEMINI": gemini.ADAPTER,
    "BEDROCK": bedrock.ADAPTER,
    "OLLAMA": ollama.ADAPTER,
    "MOCK": mock.ADAPTER,
}
