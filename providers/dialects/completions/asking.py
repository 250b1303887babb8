"""Reading a request for a text completion as one thing a user says."""

from collections.abc import Mapping
from typing import Any

from providers.dialects import openai_sampling
from providers.dialects.conversation import Ask, Role, Text, Turn
from providers.dialects.errors import BadField, Unsayable
from providers.dialects.fields import Fields, wrong

_NAMES = {"turns": "prompt", "choices": "n"}


def parse(body: Mapping[str, Any]) -> Ask:
    """Read the request. Raises an `AskError`."""
    fields = Fields(body)
    model = fields.needed_text("model")
    text = _prompt(fields)
    sampling = openai_sampling.sampling(fields)
    unsaid = _unsaid(fields)
    ask = Ask(
        model=model,
        turns=(Turn(Role.USER, (text,), at="prompt"),),
        max_tokens=fields.count("max_tokens"),
        names=_NAMES,
        unsaid=unsaid,
        **sampling,
    )
    openai_sampling.leave(fields, unsaid)
    return ask


def _prompt(fields: Fields) -> Text:
    fields.need("prompt", "a text")
    prompt = fields.any("prompt")
    at = "prompt"
    if isinstance(prompt, list):
        if any(isinstance(each, int | list) for each in prompt):
            message = "prompt must be a text for this model, not tokens."
            raise Unsayable(message, field="prompt")
        if len(prompt) > 1:
            message = "prompt may hold one text alone for this model."
            raise Unsayable(message, field="prompt")
        prompt, at = (prompt[0], "prompt[0]") if prompt else ("", at)
    if not isinstance(prompt, str):
        raise wrong(at, "a text", prompt)
    if not prompt:
        raise BadField(f"{at} must not be empty.", field=at)
    return Text(prompt, at=at)


def _unsaid(fields: Fields) -> openai_sampling.Unsaid:
    """Return what only a text completion can do; `best_of` 1 is one answer and no choosing."""
    found: dict[str, Any] = {
        "suffix": fields.text("suffix"),
        "echo": fields.flag("echo"),
        "logprobs": fields.count("logprobs", 0),
        "best_of": fields.count("best_of"),
    }
    if found["best_of"] == 1:
        del found["best_of"]
    return {
        name: value
        for name, value in found.items()
        if value is not None and value is not False and value != ""
    }
