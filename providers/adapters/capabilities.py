"""What an adapter can do, declared once and asked by whoever routes a call."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capabilities:
    endpoints: frozenset[str]
    streaming: bool
