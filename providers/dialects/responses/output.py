"""The output of one response as it grows, and the events that tell of it.

A whole answer and a streamed one grow in the same way, so that both show the same items.
"""

from typing import Any, TypeVar

from providers.dialects.conversation import Signature

from .parts import Call, Item, Logprobs, Message, Reasoning, Telling

_LONGEST_TAIL = 40

_ItemT = TypeVar("_ItemT", bound=Item)


class Output:
    """`items` is final once `finish` was called; ids derive from the id of the response."""

    __slots__ = ("_calls", "_open", "_tail", "_told", "has_declined", "items")

    def __init__(self, response_id: str) -> None:
        self.items: list[dict[str, Any]] = []
        self.has_declined = False
        self._tail = response_id.removeprefix("resp_")[:_LONGEST_TAIL]
        self._told: list[Telling] = []
        self._open: Reasoning | Message | None = None
        # Arguments name their call, so one call may go on after another began.
        self._calls: dict[int, Call] = {}

    def told(self) -> list[Telling]:
        """Return the events since the last time."""
        told = self._told[:]
        self._told.clear()
        return told

    def add_text(self, text: str, logprobs: Logprobs | None = None) -> None:
        if text or logprobs:
            self._message().add(text, logprobs)

    def decline(self, text: str) -> None:
        if text:
            self.has_declined = True
            self._message().decline(text)

    def think(self, text: str) -> None:
        if text:
            self._reasoning().add(text)

    def sign(self, signature: Signature) -> None:
        self._reasoning().sign(signature)
        self._close_open()

    def begin_call(
        self, index: int, id: str, name: str, signature: Signature | None
    ) -> None:
        self._close_open()
        if index in self._calls:
            self._calls.pop(index).close("completed")
        if signature:
            self._reasoning().sign(signature, of_call=True)
            self._close_open()
        number = len(self.items)
        self._calls[index] = self._opened(
            Call(
                self._told.append,
                number,
                self._id("fc"),
                call_id=id or self._id("call"),
                name=name,
            )
        )

    def add_arguments(self, index: int, text: str) -> None:
        if text and index in self._calls:
            self._calls[index].add(text)

    def finish(self, status: str) -> None:
        """Close what is open; only the last item can be `incomplete`."""
        last = len(self.items) - 1
        still_open: list[Item] = [self._open] if self._open else []
        for item in [*still_open, *self._calls.values()]:
            item.close(status if item.index == last else "completed")
        self._open = None
        self._calls.clear()

    def _message(self) -> Message:
        if not isinstance(self._open, Message):
            self._close_open()
            number = len(self.items)
            message = Message(self._told.append, number, self._id("msg"))
            self._open = self._opened(message)
        return self._open

    def _reasoning(self) -> Reasoning:
        if not isinstance(self._open, Reasoning):
            self._close_open()
            number = len(self.items)
            reasoning = Reasoning(self._told.append, number, self._id("rs"))
            self._open = self._opened(reasoning)
        return self._open

    def _opened(self, item: _ItemT) -> _ItemT:
        self.items.append(item.shown)
        return item

    def _close_open(self) -> None:
        if self._open:
            self._open.close("completed")
            self._open = None

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{self._tail}_{len(self.items)}"
