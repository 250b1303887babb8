"""What each kind of provider may say, in its own dialect: whole, and streamed."""

from collections.abc import Mapping

from . import anthropic, bedrock, gemini, openai
from .told import Told

SAID: Mapping[str, Mapping[str, Told]] = {
    "OPENAI_COMPATIBLE": openai.SAID,
    "ANTHROPIC": anthropic.SAID,
    "GEMINI": gemini.SAID,
    "BEDROCK": bedrock.SAID,
}
# What servers say that take their dialect lightly.
SLOPPY = {"bare"}
