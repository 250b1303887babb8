from gateway_project.dataplane import parsers
from gateway_project.dataplane.renderers import GeminiRenderer
from providers.dialects.gemini import counting

from .counting import Count
from .inference import Inference


class Generate(Inference):
    """`POST /v1beta/models/{model}:generateContent`."""

    parser_classes = [parsers.GenerateParser]
    renderer_classes = [GeminiRenderer]


class GenerateStream(Generate):
    """`POST /v1beta/models/{model}:streamGenerateContent`, as events or as a growing array."""

    parser_classes = [parsers.GenerateStreamParser]


class GenerateCount(Count):
    """`POST /v1beta/models/{model}:countTokens`."""

    parser_classes = [parsers.GenerateCountParser]
    renderer_classes = [GeminiRenderer]
    parse = staticmethod(counting.parse)
    render = staticmethod(counting.answer)


class EmbedContent(Generate):
    """`POST /v1beta/models/{model}:embedContent`."""

    parser_classes = [parsers.GeminiEmbedParser]


class BatchEmbedContents(Generate):
    """`POST /v1beta/models/{model}:batchEmbedContents`."""

    parser_classes = [parsers.GeminiEmbedBatchParser]
