from gateway_project.dataplane import parsers
from gateway_project.dataplane.renderers import ResponsesRenderer

from .inference import Inference
from .sockets import ResponsesOpening, ResponsesPreparing


class ChatCompletions(Inference):
    """`POST /v1/chat/completions`, plain and streamed."""

    parser_classes = [parsers.ChatParser]


class Completions(Inference):
    """`POST /v1/completions`, plain and streamed."""

    parser_classes = [parsers.CompletionParser]


class Responses(Inference):
    """`POST /v1/responses`, plain and streamed; `GET` with an upgrade is its WebSocket."""

    parser_classes = [parsers.ResponseParser]
    renderer_classes = [ResponsesRenderer]
    opening = ResponsesOpening
    preparing = ResponsesPreparing


class Embeddings(Inference):
    """`POST /v1/embeddings`."""

    parser_classes = [parsers.EmbeddingParser]


class Moderations(Inference):
    """`POST /v1/moderations`."""

    parser_classes = [parsers.ModerationParser]


class ImageGenerations(Inference):
    """`POST /v1/images/generations`, plain and streamed."""

    parser_classes = [parsers.ImageParser]


class ImageEdits(Inference):
    """`POST /v1/images/edits`: a form with images in it."""

    parser_classes = [parsers.ImageEditParser]


class Speech(Inference):
    """`POST /v1/audio/speech`: sound, as it is made."""

    parser_classes = [parsers.SpeechParser]


class Transcriptions(Inference):
    """`POST /v1/audio/transcriptions`: a form with a recording in it."""

    parser_classes = [parsers.TranscriptionParser]


class Translations(Inference):
    """`POST /v1/audio/translations`: a form with a recording in it."""

    parser_classes = [parsers.TranslationParser]


class Rerank(Inference):
    """`POST /v1/rerank`: documents in the order in which they answer a query."""

    parser_classes = [parsers.RerankParser]
