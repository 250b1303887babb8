"""OpenAI's chat completions, as callers speak it and as providers do."""

from dataclasses import replace
from functools import partial

from providers.dialects.dialect import CallerSide, ProviderSide
from providers.dialects.openai_errors import ERRORS

from . import answering, answers, asking, telling
from .reader import ChatReader
from .renderer import ChatRenderer

__all__ = ["CALLER", "COMPATIBLE", "ERRORS", "PROVIDER"]

CALLER = CallerSide(parse=asking.parse, render=answering.render, renderer=ChatRenderer)
PROVIDER = ProviderSide(render=telling.render, parse=answers.parse, reader=ChatReader)
# OpenAI's reasoning models refuse `max_tokens`; many servers after its model know nothing else.
COMPATIBLE = replace(PROVIDER, render=partial(telling.render, compatible=True))
