"""How each dialect shows its callers an error; whole answers are bytes before they get here."""

from typing import ClassVar

from rest_framework.renderers import JSONRenderer

from providers.dialects.anthropic import sides as anthropic
from providers.dialects.dialect import ErrorsShown
from providers.dialects.gemini import sides as gemini
from providers.dialects.openai import sides as openai
from providers.dialects.responses import sides as responses


class OpenAIRenderer(JSONRenderer):
    errors: ClassVar[ErrorsShown] = openai.ERRORS


class ResponsesRenderer(OpenAIRenderer):
    errors = responses.ERRORS


class AnthropicRenderer(OpenAIRenderer):
    errors = anthropic.ERRORS


class GeminiRenderer(OpenAIRenderer):
    errors = gemini.ERRORS
