"""Both sides of this dialect."""

from providers.dialects.dialect import CallerSide, ProviderSide

from . import answers, asking, telling
from .errors import ERRORS as ERRORS
from .reading import Reader
from .writing import Renderer

CALLER = CallerSide(parse=asking.parse, render=answers.render, renderer=Renderer)
PROVIDER = ProviderSide(render=telling.render, parse=answers.parse, reader=Reader)
