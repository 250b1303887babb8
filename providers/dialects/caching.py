"""The mark that asks to keep a prompt, which callers write alike in several dialects."""

from .fields import Fields

_TIMES = ("5m", "1h")


def cache_of(fields: Fields) -> str:
    """Return for how long `cache_control` asks to keep the prompt up to here."""
    control = fields.object("cache_control")
    if control is None:
        return ""
    control.need("type", "ephemeral")
    control.one_of("type", ("ephemeral",))
    return control.one_of("ttl", _TIMES) or "5m"
