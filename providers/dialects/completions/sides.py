"""OpenAI's text completions, of before there was chat, as callers still speak it."""

from providers.dialects.dialect import CallerSide
from providers.dialects.openai_errors import ERRORS

from . import answers, asking

__all__ = ["CALLER", "ERRORS"]

CALLER = CallerSide(
    parse=asking.parse,
    render=answers.render,
    renderer=answers.CompletionRenderer,
)
