"""The paths of the data plane; the express door resolves them, Django never sees them."""

from django.urls import URLPattern, path

from .views import ChatCompletions, Health, Healthz, Model, Models, Root

urlpatterns: list[URLPattern] = [
    path("", Root.as_view()),
    path("health", Health.as_view()),
    path("healthz", Healthz.as_view()),
    path("v1/chat/completions", ChatCompletions.as_view()),
    path("api/v1/chat/completions", ChatCompletions.as_view()),
    path("v1/models", Models.as_view()),
    path("api/v1/models", Models.as_view()),
    path("models", Models.as_view()),
    path("v1/models/<path:model>", Model.as_view()),
    path("api/v1/models/<path:model>", Model.as_view()),
    path("models/<path:model>", Model.as_view()),
]
