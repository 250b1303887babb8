from time import process_time

from providers.dialects.conversation import Part, Signature, Text, Thinking, ToolCall
from providers.dialects.neighbours import joined

SEAL = Signature("gemini", "s")


def test_texts_and_thoughts_side_by_side_are_one() -> None:
    parts: list[Part] = [
        Thinking("a", at="0"),
        Thinking("b", SEAL, at="1"),
        Thinking("c", at="2"),
        Text("d", at="3"),
        Text("e", at="4", cache="5m"),
        Text("f", at="5"),
        ToolCall("1", "look", "{}"),
        Text("g", at="7"),
    ]

    found = joined(parts)

    assert found == [
        Thinking("ab", SEAL, at="0"),
        Thinking("c", at="2"),
        Text("de", at="3", cache="5m"),
        Text("f", at="5"),
        ToolCall("1", "look", "{}"),
        Text("g", at="7"),
    ]


def test_a_hundred_thousand_pieces_are_joined_at_once() -> None:
    began = process_time()

    (whole,) = joined([Text("a" * 100)] * 100_000)

    assert len(whole.text) == 10_000_000
    assert process_time() - began < 2
