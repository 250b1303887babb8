"""OpenAI's Responses, as callers speak it."""

from providers.dialects.dialect import CallerSide

from .answers import render
from .asking import parse
from .errors import ERRORS
from .streams import ResponseRenderer

CALLER = CallerSide(parse=parse, render=render, renderer=ResponseRenderer)

__all__ = ["CALLER", "ERRORS"]
