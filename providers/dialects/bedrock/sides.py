"""Amazon Bedrock's Converse API, which providers speak and no caller does."""

from providers.dialects.dialect import ProviderSide

from .answers import parse
from .streams import ConverseReader
from .telling import render

PROVIDER = ProviderSide(render=render, parse=parse, reader=ConverseReader)
