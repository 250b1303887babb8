"""Why a provider's answer ended, in OpenAI's words and in those of servers that have their own."""

from collections.abc import Mapping

from providers.dialects.conversation import Stop
from providers.errors import UpstreamBroken

_STOPS: Mapping[str, Stop] = {
    "stop": Stop.END,
    "complete": Stop.END,
    "end_turn": Stop.END,
    "eos": Stop.END,
    "eos_token": Stop.END,
    "load": Stop.END,
    "stop_sequence": Stop.SEQUENCE,
    "length": Stop.LENGTH,
    "max_length": Stop.LENGTH,
    "max_tokens": Stop.LENGTH,
    "model_length": Stop.CONTEXT_FULL,
    "tool_calls": Stop.TOOL_CALLS,
    "tool_use": Stop.TOOL_CALLS,
    "function_call": Stop.TOOL_CALLS,
}
# The provider's own failures, which it tells where an answer tells its end.
_BROKEN = frozenset(
    {"abort", "error", "insufficient_system_resource", "network_error", "unload"}
)


def stop_of(reason: str, *, called: bool, declined: bool) -> Stop:
    """Say `TOOL_CALLS` for every answer that calls. Raises `UpstreamBroken`.

    OpenAI itself says `stop` when the call was demanded by name, as do many servers always;
    clients of other dialects would then not run the tool. Some servers give no reason for
    an answer that is whole; a reason nobody knows is no good end.
    """
    word = (reason or "stop").lower()
    if word in _BROKEN:
        raise UpstreamBroken("the provider failed while it answered")
    stop = _STOPS.get(word, Stop.FILTERED)
    if stop is not Stop.END:
        return stop
    if called:
        return Stop.TOOL_CALLS
    return Stop.DECLINED if declined else Stop.END
