"""What an answer says, counted by us when its provider counts nothing.

Told whole or in a stream, the same answer comes to the same number.
"""

from providers.dialects.conversation import Answer, Declined, Text, Thinking, ToolCall
from providers.dialects.events import (
    ArgumentsDelta,
    CallBegun,
    DeclinedDelta,
    Event,
    TextDelta,
    ThinkingDelta,
)
from providers.usage.texts import Texts


class Said:
    """The texts of a streamed answer as they grow."""

    __slots__ = ("_texts",)

    def __init__(self) -> None:
        self._texts = Texts()

    def hear(self, event: Event) -> None:
        match event:
            case TextDelta() | DeclinedDelta():
                self._texts.add((event.choice, "text"), event.text)
            case ThinkingDelta():
                self._texts.add((event.choice, "thinking"), event.text)
            case CallBegun():
                self._texts.add((event.choice, event.index, "name"), event.name)
            case ArgumentsDelta():
                self._texts.add((event.choice, event.index), event.text)

    def tokens(self) -> int:
        return self._texts.tokens()


def said_by(answer: Answer) -> int:
    """Return how many tokens a whole answer says."""
    said = Said()
    for number, choice in enumerate(answer.choices):
        calls = 0
        for part in choice.parts:
            match part:
                case Text():
                    said.hear(TextDelta(part.text, number))
                case Declined():
                    said.hear(DeclinedDelta(part.text, number))
                case Thinking():
                    said.hear(ThinkingDelta(part.text, number))
                case ToolCall():
                    said.hear(CallBegun(calls, part.id, part.name, number))
                    said.hear(ArgumentsDelta(calls, part.arguments, number))
                    calls += 1
    return said.tokens()
