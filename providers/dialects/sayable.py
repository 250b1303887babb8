"""What a provider cannot be told, refused by the caller's own name for it before anything is sent."""

from collections.abc import Callable, Iterable, Mapping

from .conversation import Ask, Role
from .errors import Unsayable

# Of what not every dialect has: when is it said?
_SAID: Mapping[str, Callable[[Ask], bool]] = {
    "choices": lambda ask: (ask.choices or 1) != 1,
    "frequency_penalty": lambda ask: bool(ask.frequency_penalty),
    "logprobs": lambda ask: bool(ask.logprobs),
    "presence_penalty": lambda ask: bool(ask.presence_penalty),
    "seed": lambda ask: ask.seed is not None,
    "top_k": lambda ask: ask.top_k is not None,
    "top_logprobs": lambda ask: bool(ask.top_logprobs),
}


def check_sayable(ask: Ask, provider: str, lacks: Iterable[str] = ()) -> None:
    """Raise `Unsayable` for what no dialect but the caller's has, and for what this one lacks."""
    for field in ask.unsaid:
        raise Unsayable(f"{provider} cannot be told {field}.", field=field)
    for attribute in lacks:
        if _SAID[attribute](ask):
            field = ask.name_of(attribute)
            raise Unsayable(f"{provider} has nothing like {field}.", field=field)


def check_temperature(ask: Ask, provider: str, most: float) -> None:
    if ask.temperature is not None and ask.temperature > most:
        field = ask.name_of("temperature")
        raise Unsayable(f"{provider} takes {field} only up to {most:g}.", field=field)


def check_ends_with_user(ask: Ask) -> None:
    """Raise `Unsayable` for a conversation whose last word is the model's.

    One dialect goes on with that very turn, the next answers it with another: what would
    come back is not what was asked for.
    """
    if ask.turns and ask.turns[-1].role is Role.ASSISTANT:
        at = ask.turns[-1].at or ask.name_of("turns")
        raise Unsayable(
            f"{at} is the model's own and the last: a model of another dialect cannot go"
            " on with it.",
            field=at,
        )


def check_holds_messages(ask: Ask, written: int) -> None:
    """Raise `Unsayable` when nothing is left of the turns but instructions."""
    if not written:
        field = ask.name_of("turns")
        raise Unsayable(
            f"{field} must hold a message that is no instruction and not empty.",
            field=field,
        )
