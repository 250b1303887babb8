"""What the commands' options may say; `argparse` puts the option's name before the refusal."""

from argparse import ArgumentTypeError
from collections.abc import Callable


def whole_number(low: int, high: int) -> Callable[[str], int]:
    def convert(raw: str) -> int:
        try:
            value = int(raw)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise ArgumentTypeError(
                f"it must be a whole number from {low} to {high}, not {raw[:40]!r}"
            )
        return value

    return convert


def line(longest: int) -> Callable[[str], str]:
    def convert(raw: str) -> str:
        value = raw.strip()
        if not 0 < len(value) <= longest or not value.isprintable():
            raise ArgumentTypeError(
                f"it must be one line of 1 to {longest} characters, not {raw[:40]!r}"
            )
        return value

    return convert
