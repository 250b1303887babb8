"""Why an answer ended, in Gemini's words and in nobody's."""

from providers.dialects.conversation import Stop
from providers.errors import UpstreamBroken

_STOPS = {
    "STOP": Stop.END,
    "MAX_TOKENS": Stop.LENGTH,
    "CONTINUATION": Stop.LENGTH,
}
# The model tried to say something and it came to nothing: no answer to hand on as one.
_FAILURES = frozenset(
    {
        "MALFORMED_FUNCTION_CALL",
        "MALFORMED_RESPONSE",
        "UNEXPECTED_TOOL_CALL",
        "TOO_MANY_TOOL_CALLS",
        "MISSING_THOUGHT_SIGNATURE",
    }
)
_NOT_FINISHED = ("", "FINISH_REASON_UNSPECIFIED")

_REASONS = {
    Stop.END: "STOP",
    Stop.LENGTH: "MAX_TOKENS",
    Stop.CONTEXT_FULL: "MAX_TOKENS",
    Stop.SEQUENCE: "STOP",
    Stop.TOOL_CALLS: "STOP",
    Stop.DECLINED: "SAFETY",
    Stop.FILTERED: "SAFETY",
    Stop.PAUSED: "OTHER",
}


def stop_of(reason: str, *, called: bool) -> Stop | None:
    """Return why it stopped, None when it has not.

    A reason that is not known here is one of the filters', of which Google has many. Raises
    `UpstreamBroken` when the model failed.
    """
    if reason in _NOT_FINISHED:
        return None
    if reason in _FAILURES:
        raise UpstreamBroken(f"the model failed: {reason}")
    stop = _STOPS.get(reason, Stop.FILTERED)
    return Stop.TOOL_CALLS if called and stop is Stop.END else stop


def reason_of(stop: Stop) -> str:
    return _REASONS[stop]
