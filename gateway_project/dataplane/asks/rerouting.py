"""What would have another model answer than the one the key's permission was asked about.

Some servers that took over a dialect are gateways themselves, and act on fields of their
own: a body that passes as it is would lead around the permission. The names are those of
OpenRouter, LiteLLM, Vercel and Bifrost; some tools of OpenAI's and Anthropic's name a model
as well. What is empty leads nowhere and passes.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway_project.dataplane.bodies import check_unambiguous
from providers.dialects.errors import Unsayable

FIELDS = frozenset(
    {
        *("models", "fallbacks", "route", "preset"),
        *("context_window_fallbacks", "context_window_fallback_dict"),
        *("content_policy_fallbacks", "model_list", "user_config"),
    }
)
# Holders of settings for gateways, harmless ones among them.
HOLDERS = frozenset({"extra_body", "providerOptions"})
_NAMING = frozenset(name.lower() for name in FIELDS) | {"model"}
# Readers that ignore the case of keys are among them.
_FOLDED = {name.lower(): name for name in FIELDS | HOLDERS | {"plugins"}}
# Of OpenRouter's: each asks models of its own choice unless it is told which.
_PANELS = frozenset({"auto-router", "fusion"})
_CALLED = frozenset({"openrouter:fusion", "openrouter:advisor", "openrouter:subagent"})


def check_body(body: bytes, fields: Mapping[str, Any]) -> None:
    """Raise `Unsayable` when the body asks for other models beside its `model`."""
    for what in ("tools", "plugins"):
        if what in fields:
            _check_tools(what, fields[what])
    if _FOLDED.keys().isdisjoint(map(str.lower, fields)):
        return
    check_fields(fields.items())
    found = _FOLDED.keys() & map(str.lower, fields)
    # The last of several is empty; who reads the first must not see another.
    check_unambiguous(body, {_FOLDED[name] for name in found})


def check_fields(fields: Iterable[tuple[str, Any]]) -> None:
    """Raise `Unsayable` for fields that name other models; also those of a form."""
    for key, value in fields:
        name = _FOLDED.get(key.partition("[")[0].lower())
        if value and name in FIELDS:
            raise _refused(name)
        if name in HOLDERS and _leads_elsewhere(value):
            raise _refused(name)


def _leads_elsewhere(value: Any) -> bool:
    """Return whether anything in it names a model; no reader's depth is believed."""
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            if any(name.lower() in _NAMING for name in each):
                return True
            pending += each.values()
        elif isinstance(each, list):
            pending += each
    return False


def _check_tools(what: str, tools: Any) -> None:
    for index, each in enumerate(_objects(tools)):
        if each.get("type") != "function" and _names_a_model(each):
            raise _refused(f"{what}[{index}]")


def _names_a_model(tool: Mapping[str, Any]) -> bool:
    if tool.get("model") or tool.get("type") in _CALLED or tool.get("id") in _PANELS:
        return True
    settings = tool.get("parameters")
    return isinstance(settings, dict) and isinstance(settings.get("model"), str)


def _objects(value: Any) -> list[Mapping[str, Any]]:
    items = value if isinstance(value, list) else []
    return [each if isinstance(each, dict) else {} for each in items]


def _refused(name: str) -> Unsayable:
    return Unsayable(
        f"{name} asks for another model than `model`, which is what this key's permission"
        " is about; leave it out.",
        field=name,
    )
