"""What can be asked of a provider, each by the name of its endpoint in its dialect."""

from enum import StrEnum


class Operation(StrEnum):
    CHAT = "chat.completions"
    COMPLETIONS = "completions"
    RESPONSES = "responses"
    MESSAGES = "messages"
    MESSAGES_COUNT = "messages.count_tokens"
    GENERATE = "generateContent"
    GENERATE_COUNT = "countTokens"
    CONVERSE = "converse"
    EMBEDDINGS = "embeddings"
    MODERATIONS = "moderations"
    IMAGES = "images.generations"
    IMAGE_EDITS = "images.edits"
    SPEECH = "audio.speech"
    TRANSCRIPTIONS = "audio.transcriptions"
    TRANSLATIONS = "audio.translations"
    RERANK = "rerank"
    GEMINI_EMBED = "embedContent"
    GEMINI_EMBED_BATCH = "batchEmbedContents"


# Requests for the next turn of a conversation: each can be translated into each other's dialect.
CONVERSATIONS = frozenset(
    {
        Operation.CHAT,
        Operation.COMPLETIONS,
        Operation.RESPONSES,
        Operation.MESSAGES,
        Operation.GENERATE,
        Operation.CONVERSE,
    }
)

# What these answer is sound or text of whichever form was asked for; all others answer JSON.
FREE_IN_FORM = frozenset(
    {Operation.SPEECH, Operation.TRANSCRIPTIONS, Operation.TRANSLATIONS}
)

# Counting tokens takes none.
FREE = frozenset({Operation.MESSAGES_COUNT, Operation.GENERATE_COUNT})
