"""Gemini's `generateContent`, spoken to callers and to providers."""

from providers.dialects.dialect import CallerSide, ErrorsShown, ProviderSide

from . import answers, asking, telling
from .errors import Errors
from .reader import Reader
from .renderer import Renderer

CALLER = CallerSide(asking.parse, answers.render, Renderer)
PROVIDER = ProviderSide(telling.render, answers.parse, Reader)
ERRORS: ErrorsShown = Errors()
