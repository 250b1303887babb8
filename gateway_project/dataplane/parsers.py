"""How each operation's body is read, whatever the content type says: `curl -d` calls JSON a form."""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from rest_framework.parsers import BaseParser

from providers.dialects.errors import AskError
from providers.operations import Operation

from .asks import conversations, forms, generating, others
from .asks.asked import Asked
from .errors import not_understood
from .request import ExpressRequest


class Read(Protocol):
    def __call__(self, body: bytes, /) -> Asked: ...


class AskParser(BaseParser):
    """Make an `Asked` of a body. `read` raises an `AskError` or a `Refusal`."""

    media_type = "application/json"
    read: ClassVar[Read]

    def parse(  # type: ignore[override]  # whole bytes, not a stream
        self, stream: bytes, media_type: bytes, parser_context: ExpressRequest
    ) -> Asked:
        """Raises a `Refusal` that names what is wrong."""
        try:
            return self.asked(stream, media_type, parser_context.path_args)
        except AskError as error:
            raise not_understood(error) from None

    def asked(
        self, body: bytes, media_type: bytes, path_args: Mapping[str, Any]
    ) -> Asked:
        return type(self).read(body)


class ChatParser(AskParser):
    read = staticmethod(conversations.chat)


class CompletionParser(AskParser):
    read = conversations.COMPLETIONS.parse


class ResponseParser(AskParser):
    read = conversations.RESPONSES.parse


class MessageParser(AskParser):
    read = conversations.MESSAGES.parse


class MessageCountParser(AskParser):
    read = conversations.MESSAGES_COUNT.parse


class EmbeddingParser(AskParser):
    read = others.EMBEDDINGS.parse


class ModerationParser(AskParser):
    read = staticmethod(others.moderation)


class ImageParser(AskParser):
    read = others.IMAGES.parse


class SpeechParser(AskParser):
    read = staticmethod(others.speech)


class RerankParser(AskParser):
    read = others.RERANK.parse


class FormParser(AskParser):
    """Read a form with a file in it."""

    media_type = "multipart/form-data"
    operation: ClassVar[Operation]

    def asked(
        self, body: bytes, media_type: bytes, path_args: Mapping[str, Any]
    ) -> Asked:
        return forms.parse(body, media_type, self.operation)


class ImageEditParser(FormParser):
    operation = Operation.IMAGE_EDITS


class TranscriptionParser(FormParser):
    operation = Operation.TRANSCRIPTIONS


class TranslationParser(FormParser):
    operation = Operation.TRANSLATIONS


class GenerateParser(AskParser):
    """Read a request in Gemini's dialect, whose model stands in the path."""

    def asked(
        self, body: bytes, media_type: bytes, path_args: Mapping[str, Any]
    ) -> Asked:
        return generating.generate(body, path_args["model"], stream=False)


class GenerateStreamParser(AskParser):
    def asked(
        self, body: bytes, media_type: bytes, path_args: Mapping[str, Any]
    ) -> Asked:
        return generating.generate(body, path_args["model"], stream=True)


class GenerateCountParser(AskParser):
    def asked(
        self, body: bytes, media_type: bytes, path_args: Mapping[str, Any]
    ) -> Asked:
        return generating.count(body, path_args["model"])


class GeminiEmbedParser(AskParser):
    operation: ClassVar[Operation] = Operation.GEMINI_EMBED

    def asked(
        self, body: bytes, media_type: bytes, path_args: Mapping[str, Any]
    ) -> Asked:
        return generating.embed(body, path_args["model"], self.operation)


class GeminiEmbedBatchParser(GeminiEmbedParser):
    operation = Operation.GEMINI_EMBED_BATCH
