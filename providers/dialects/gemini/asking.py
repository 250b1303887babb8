"""A request to `generateContent`, read as an `Ask`."""

from collections.abc import Mapping
from typing import Any

from providers.dialects.choosing import fitting
from providers.dialects.conversation import Ask

from . import contents, generation
from .spelling import ProtoFields
from .tools import tools

# Nothing in the answer depends on these: labels are for bills, tiers for waiting, and `store`
# for Google's own logs.
_DROPPED = ("labels", "serviceTier", "store")
# Thresholds that ask for no filter.
_UNFILTERED = ("BLOCK_NONE", "OFF", "HARM_BLOCK_THRESHOLD_UNSPECIFIED")


def parse(body: Mapping[str, Any]) -> Ask:
    """Return the request; `model` and `stream` come from the URL and are there already.

    Raises `BadField`. What only Gemini can be told is among the `unsaid`.
    """
    rest = {k: v for k, v in body.items() if k not in ("model", "stream")}
    return read(ProtoFields(rest), model=body["model"], stream=body["stream"])


def read(body: ProtoFields, *, model: str, stream: bool) -> Ask:
    unsaid: dict[str, Any] = {}
    system = contents.system(body, unsaid)
    turns = contents.turns(body, unsaid)
    functions, choice = tools(body, unsaid)
    said, names = generation.read(body.object("generationConfig"), unsaid)
    _filters(body, unsaid)
    for name in _DROPPED:
        body.any(name)
    unsaid.update(body.rest())
    return Ask(
        model=model,
        turns=system + turns,
        tools=functions,
        # Google's own tools are among the unsaid.
        tool_choice=choice if unsaid else fitting(choice, functions),
        stream=stream,
        names={"turns": body.path("contents"), **names},
        unsaid=unsaid,
        **said,
    )


def _filters(body: ProtoFields, unsaid: dict[str, Any]) -> None:
    # A threshold is a promise about what the caller will not see; nobody else can give it.
    for setting in body.objects("safetySettings"):
        threshold = setting.text("threshold") or "HARM_BLOCK_THRESHOLD_UNSPECIFIED"
        if threshold.upper() not in _UNFILTERED:
            unsaid[setting.path("threshold")] = threshold
