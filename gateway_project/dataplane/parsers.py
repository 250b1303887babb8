from rest_framework.parsers import BaseParser

from . import chat


class ChatParser(BaseParser):
    """Read a chat completion, whatever the content type says: `curl -d` calls it a form."""

    media_type = "application/json"

    def parse(  # type: ignore[override]  # whole bytes, not a stream
        self, stream: bytes
    ) -> chat.Chat:
        return chat.parse(stream)
