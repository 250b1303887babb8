"""Log probabilities: Gemini has two lists side by side, OpenAI one in the other."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from providers.dialects import lenient

_Entry = Mapping[str, Any]


def entries(candidate: dict[str, Any]) -> tuple[_Entry, ...] | None:
    """Return OpenAI's list, None when the candidate has none."""
    result = candidate.get("logprobsResult")
    if not isinstance(result, dict):
        return None
    chosen = lenient.objects(result, "chosenCandidates")
    others = lenient.objects(result, "topCandidates")
    nothing: dict[str, Any] = {}
    pairs = zip_longest(chosen, others[: len(chosen)], fillvalue=nothing)
    return tuple(
        {
            **_entry(token),
            "top_logprobs": [_entry(e) for e in lenient.objects(top, "candidates")],
        }
        for token, top in pairs
    )


def _entry(token: dict[str, Any]) -> dict[str, Any]:
    # A log probability of zero is a certainty, and protocol buffers leave zeros out.
    value = token.get("logProbability", 0.0)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return {
        "token": lenient.text(token, "token"),
        "logprob": value if number else 0.0,
        "bytes": None,
    }


def result(given: Sequence[_Entry]) -> dict[str, Any]:
    """Return Gemini's lists."""
    said: dict[str, Any] = {"chosenCandidates": [_candidate(each) for each in given]}
    if any(each.get("top_logprobs") for each in given):
        said["topCandidates"] = [
            {"candidates": [_candidate(e) for e in each.get("top_logprobs") or ()]}
            for each in given
        ]
    return said


def _candidate(entry: _Entry) -> dict[str, Any]:
    return {
        "token": entry.get("token", ""),
        "logProbability": entry.get("logprob", 0.0),
    }
