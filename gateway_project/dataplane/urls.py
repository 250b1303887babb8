"""The paths of the data plane; the express door resolves them, Django never sees them."""

from django.urls import URLPattern, path

from .express import ExpressView
from .views import anthropic, facts, gemini, models, openai

_OPENAI: dict[str, type[ExpressView]] = {
    "chat/completions": openai.ChatCompletions,
    "completions": openai.Completions,
    "responses": openai.Responses,
    "embeddings": openai.Embeddings,
    "moderations": openai.Moderations,
    "images/generations": openai.ImageGenerations,
    "images/edits": openai.ImageEdits,
    "audio/speech": openai.Speech,
    "audio/transcriptions": openai.Transcriptions,
    "audio/translations": openai.Translations,
    "rerank": openai.Rerank,
    "messages": anthropic.Messages,
    "messages/count_tokens": anthropic.MessagesCount,
}
_GEMINI: dict[str, type[ExpressView]] = {
    "generateContent": gemini.Generate,
    "streamGenerateContent": gemini.GenerateStream,
    "countTokens": gemini.GenerateCount,
    "embedContent": gemini.EmbedContent,
    "batchEmbedContents": gemini.BatchEmbedContents,
}

urlpatterns: list[URLPattern] = [
    path("", facts.Root.as_view()),
    path("health", facts.Health.as_view()),
    path("healthz", facts.Healthz.as_view()),
    *(
        path(f"{prefix}/{name}", view.as_view())
        for prefix in ("v1", "api/v1")
        for name, view in _OPENAI.items()
    ),
    # Before the models themselves, whose names may hold colons too.
    *(
        path(f"{prefix}/models/<path:model>:{name}", view.as_view())
        for prefix in ("v1beta", "v1")
        for name, view in _GEMINI.items()
    ),
    path("v1/models", models.Models.as_view()),
    path("api/v1/models", models.Models.as_view()),
    path("models", models.Models.as_view()),
    path("v1beta/models", models.GeminiModels.as_view()),
    path("v1/models/<path:model>", models.Model.as_view()),
    path("api/v1/models/<path:model>", models.Model.as_view()),
    path("models/<path:model>", models.Model.as_view()),
    path("v1beta/models/<path:model>", models.GeminiModel.as_view()),
]
