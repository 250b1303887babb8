"""What this app tells whoever is above it. Sent after commit, with one frozen dataclass."""

from dataclasses import dataclass

from django.dispatch import Signal


@dataclass(frozen=True, slots=True)
class ConfigurationRevised:
    """Another configuration is in force. Numbers of one epoch only ever grow."""

    epoch: str
    number: int

    def __str__(self) -> str:
        return f"{self.epoch}:{self.number}"


configuration_revised = Signal()
