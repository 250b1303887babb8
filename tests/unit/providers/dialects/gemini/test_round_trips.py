"""What is told to Gemini and read again as Gemini's callers say it must be the same."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from providers.dialects.conversation import (
    Ask,
    Audio,
    Choice,
    Choosing,
    File,
    Image,
    OutputSchema,
    Reasoning,
    Role,
    Signature,
    Stop,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from providers.dialects.events import (
    ArgumentsDelta,
    Begun,
    CallBegun,
    Ended,
    Event,
    Spent,
    Stopped,
    TextDelta,
    ThinkingDelta,
    ThoughtSigned,
)
from providers.dialects.gemini import signatures
from providers.dialects.gemini.sides import CALLER, PROVIDER
from providers.types import Usage

from .streams import chunk, events, usage

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20
)
NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,9}", fullmatch=True)
OWN = st.builds(Signature, st.just("gemini"), st.sampled_from(["AQI=", "+/8=", "x"]))
OBJECTS = st.dictionaries(NAMES, st.integers(-5, 5) | TEXTS, max_size=3)
JSON = OBJECTS.map(lambda value: orjson.dumps(value).decode())
PLAIN = TEXTS.filter(lambda text: not text.lstrip().startswith("{"))

SHOWN = (
    st.builds(Text, TEXTS)
    | st.builds(Image, data=st.just("YQ=="), media_type=st.just("image/png"))
    | st.builds(Audio, st.just("YQ=="), st.sampled_from(["wav", "mp3", "flac"]))
    | st.builds(File, data=st.just("YQ=="), media_type=st.just("application/pdf"))
    | st.builds(Image, url=st.just("https://x.test/a"), media_type=st.just("image/png"))
)
SCHEMAS = st.fixed_dictionaries({"type": st.just("object"), "properties": OBJECTS})
REASONING = st.builds(Reasoning, st.sampled_from(["low", "high"]), st.none()) | (
    st.builds(Reasoning, st.just(""), st.integers(-1, 100), st.booleans())
)


@st.composite
def exchanges(draw: st.DrawFn, number: int) -> list[Turn]:
    """A question, and an answer that calls tools, and their results."""
    answer: list[Any] = []
    if thought := draw(st.none() | st.builds(Thinking, TEXTS, OWN)):
        answer.append(thought)
    answer.append(Text(draw(TEXTS)))
    if seal := draw(st.none() | st.builds(Thinking, st.just(""), OWN)):
        answer.append(seal)
    # Sealed, since what is not gets the stand-in.
    calls = [
        ToolCall(f"c{number}_{index}", draw(NAMES), draw(JSON), draw(OWN))
        for index in range(draw(st.integers(0, 2)))
    ]
    results = [
        ToolResult(call.id, (Text(draw(PLAIN)),), draw(st.booleans()), call.name)
        for call in calls
    ]
    asked = draw(st.lists(SHOWN, min_size=1, max_size=3))
    return [
        Turn(Role.USER, tuple(asked)),
        Turn(Role.ASSISTANT, (*answer, *calls)),
        *([Turn(Role.USER, tuple(results))] if results else ()),
    ]


@st.composite
def asks(draw: st.DrawFn) -> Ask:
    system = draw(st.none() | st.builds(Text, TEXTS))
    turns = [
        turn for n in range(draw(st.integers(1, 2))) for turn in draw(exchanges(n))
    ]
    tools = tuple(draw(st.lists(st.builds(Tool, NAMES, TEXTS, SCHEMAS), max_size=2)))
    how = st.sampled_from([Choosing.AUTO, Choosing.ANY, Choosing.NONE])
    known = st.sampled_from([tool.name for tool in tools] or [""])
    named = st.builds(ToolChoice, st.just(Choosing.NAMED), known)
    logprobs = draw(st.sampled_from([None, True]))
    return Ask(
        model="m",
        turns=(
            *([Turn(Role.SYSTEM, (system,))] if system else ()),
            *merged([*turns, Turn(Role.USER, (Text("Go on."),))]),
        ),
        tools=tools,
        tool_choice=draw(st.none() | st.builds(ToolChoice, how) | named)
        if tools
        else None,
        output=draw(st.none() | st.builds(OutputSchema, st.none() | SCHEMAS)),
        reasoning=draw(st.none() | REASONING),
        max_tokens=draw(st.none() | st.integers(1, 9)),
        temperature=draw(st.none() | st.floats(0, 2)),
        top_p=draw(st.none() | st.floats(0, 1)),
        top_k=draw(st.none() | st.integers(1, 9)),
        stop=tuple(draw(st.lists(TEXTS, max_size=2))),
        seed=draw(st.none() | st.integers(-9, 9)),
        presence_penalty=draw(st.sampled_from([None, 0.5, -2])),
        frequency_penalty=draw(st.sampled_from([None, 0.5, -2])),
        logprobs=logprobs,
        top_logprobs=draw(st.sampled_from([None, 3])) if logprobs else None,
        choices=draw(st.sampled_from([None, 2])),
    )


def merged(turns: list[Turn]) -> list[Turn]:
    """A result and the question after it are one content for Gemini."""
    found: list[Turn] = []
    for turn in turns:
        if found and found[-1].role is turn.role:
            found[-1] = replace(found[-1], parts=found[-1].parts + turn.parts)
        else:
            found.append(turn)
    return found


def placeless(value: Any) -> Any:
    """The same without the places it stood at, which differ by design."""
    if isinstance(value, tuple):
        return tuple(placeless(each) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    found = {f.name: placeless(getattr(value, f.name)) for f in fields(value)}
    found |= {name: "" for name in ("at",) if name in found}
    found |= {name: {} for name in ("names",) if name in found}
    return type(value)(**found)


@given(asks())
def test_a_request_told_to_gemini_is_read_again_as_the_same(ask):
    body = orjson.loads(PROVIDER.render(ask, "gemini-3-pro"))

    found = CALLER.parse({**body, "model": "m", "stream": False})

    assert placeless(found) == placeless(ask)


@given(st.sampled_from(["anthropic", "openai", "bedrock"]), st.text(min_size=1))
def test_a_foreign_signature_comes_back_unharmed(issuer, value):
    value = value.encode("ascii", "ignore").decode().strip()
    signature = Signature(issuer, "".join(filter(str.isprintable, value)) or "x")

    carried = signatures.to_caller(signature)
    in_urls = carried.replace("+", "-").replace("/", "_")

    assert signatures.from_caller(carried) == signature
    assert signatures.from_caller(in_urls) == signature


PIECES = st.lists(
    st.builds(lambda t: {"text": t, "thought": True}, TEXTS)
    | st.builds(lambda t: {"text": t}, TEXTS)
    | st.just({"text": "", "thoughtSignature": "AQI="})
    | st.builds(lambda n, a: {"functionCall": {"name": n, "args": a}}, NAMES, OBJECTS),
    max_size=6,
)


def assembled(found: list[Event]) -> Choice:
    """What the events tell, put together as `events` says."""
    parts: list[Any] = []
    stop = Stop.PAUSED
    for event in found:
        last = parts[-1] if parts else None
        match event, last:
            case TextDelta(text=text), Text():
                parts[-1] = Text(last.text + text)
            case TextDelta(text=text), _:
                parts.append(Text(text))
            case ThinkingDelta(text=text), Thinking(signature=None):
                parts[-1] = Thinking(last.text + text)
            case ThinkingDelta(text=text), _:
                parts.append(Thinking(text))
            case ThoughtSigned(signature=signature), Thinking(signature=None):
                parts[-1] = Thinking(last.text, signature)
            case ThoughtSigned(signature=signature), _:
                parts.append(Thinking("", signature))
            case CallBegun(), _:
                parts.append(ToolCall(event.id, event.name, "", event.signature))
            case ArgumentsDelta(text=text), _:
                parts[-1] = replace(last, arguments=last.arguments + text)
            case Stopped(stop=stop), _:
                pass
    return Choice(tuple(parts), stop)


@given(PIECES)
def test_a_plain_and_a_streamed_answer_tell_the_same(pieces):
    plain = chunk(*pieces, finishReason="STOP") | usage(9, 8, 7)
    stream = events(
        *(chunk(piece) for piece in pieces), chunk(finishReason="STOP") | usage(9, 8, 7)
    )
    reader = PROVIDER.reader()

    answer = PROVIDER.parse(orjson.dumps(plain))
    found = reader.feed(stream) + reader.end()

    assert assembled(found) == answer.choices[0]
    assert found[0] == Begun(answer.id, answer.model)
    assert [e.usage for e in found if isinstance(e, Spent)] == [answer.usage]
    assert answer.usage == Usage(9, 15, reasoning_tokens=7)
    assert found[-1] == Ended()
