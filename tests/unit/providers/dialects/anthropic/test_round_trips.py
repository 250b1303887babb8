"""What one side of the dialect writes, the other reads as the same."""

import base64
from dataclasses import fields, is_dataclass, replace
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from providers.dialects.anthropic.sides import CALLER, PROVIDER
from providers.dialects.conversation import (
    Answer,
    Ask,
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
from providers.types import Usage

words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=8
)
ids = st.from_regex(r"[a-zA-Z0-9_-]{1,12}", fullmatch=True)
caches = st.sampled_from(["", "5m", "1h"])
base64s = st.binary(max_size=6).map(lambda data: base64.b64encode(data).decode())
arguments = st.dictionaries(words, st.integers(-9, 9) | words, max_size=2).map(
    lambda value: orjson.dumps(value).decode()
)
schemas = st.just(
    {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "additionalProperties": False,
    }
)

texts = st.builds(Text, words, cache=caches)
images = st.builds(
    Image,
    data=base64s,
    media_type=st.sampled_from(["image/png", "image/jpeg"]),
    cache=caches,
) | st.builds(Image, url=words, cache=caches)
names = words | st.just("")
files = st.builds(
    File,
    data=base64s.filter(bool),
    media_type=st.just("application/pdf"),
    name=names,
    cache=caches,
) | st.builds(
    File,
    data=words.map(lambda text: base64.b64encode(text.encode()).decode()),
    media_type=st.just("text/plain"),
    name=names,
    cache=caches,
)
own = st.builds(Signature, st.just("anthropic"), base64s.filter(bool))
hidden = base64s.map(lambda data: Signature("anthropic", f"redacted_thinking.{data}"))
foreign = st.builds(Signature, st.sampled_from(["gemini", "openai", "bedrock"]), words)
own_thoughts = st.builds(Thinking, names, own) | st.builds(
    Thinking, st.just(""), hidden
)
calls = st.builds(ToolCall, ids, ids, arguments, cache=caches)
results = st.builds(
    ToolResult,
    ids,
    st.lists(texts | images | files, max_size=2).map(tuple),
    failed=st.booleans(),
    cache=caches,
)


def turn(role: Role, *lists: Any) -> st.SearchStrategy[Turn]:
    parts = st.tuples(*lists).map(
        lambda each: tuple(part for one in each for part in one)
    )
    return parts.filter(bool).map(lambda found: Turn(role, found))


user_turns = turn(
    Role.USER,
    st.lists(results, max_size=2),
    st.lists(texts | images | files, max_size=3),
)
model_turns = turn(Role.ASSISTANT, st.lists(own_thoughts | texts | calls, max_size=4))
LAST = Turn(Role.USER, (Text("Go on."),))
conversations = st.lists(
    st.tuples(user_turns, model_turns), min_size=1, max_size=2
).map(lambda pairs: (*(each for pair in pairs for each in pair), LAST))
systems = st.just(()) | turn(Role.SYSTEM, st.lists(texts, max_size=2)).map(
    lambda found: (found,)
)
tools = st.lists(
    st.builds(
        Tool,
        ids,
        names,
        schemas,
        st.sampled_from([None, True]),
        cache=caches,
    ),
    min_size=1,
    max_size=2,
).map(tuple)
reasonings = (
    st.none()
    | st.builds(
        Reasoning,
        effort=st.sampled_from(["low", "medium", "high", "xhigh", "max"]),
        shown=st.booleans(),
    )
    | st.just(Reasoning(budget=-1, shown=True))
)
asks = st.builds(
    lambda system, turns, **said: Ask(
        model="claude-opus-5", turns=system + turns, **said
    ),
    systems,
    conversations,
    tools=tools,
    tool_choice=st.none()
    | st.builds(
        ToolChoice, st.sampled_from([Choosing.AUTO, Choosing.ANY, Choosing.NONE])
    )
    | st.builds(ToolChoice, st.just(Choosing.NAMED), ids),
    output=st.none() | st.builds(OutputSchema, schemas, strict=st.just(True)),
    reasoning=reasonings,
    max_tokens=st.integers(1, 9999),
    temperature=st.none() | st.floats(0, 1),
    top_p=st.none() | st.floats(0, 1),
    top_k=st.none() | st.integers(0, 99),
    stop=st.lists(words.filter(str.strip), max_size=2).map(tuple),
    stream=st.booleans(),
)


def unplaced(value: Any) -> Any:
    """Return it without the places its caller knows it by."""
    if isinstance(value, tuple):
        return tuple(unplaced(each) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    said = {f.name: unplaced(getattr(value, f.name)) for f in fields(value)}
    gone = {"at": "", "names": {}}
    return type(value)(**said | {name: gone[name] for name in gone if name in said})


def naming_a_tool(ask: Ask) -> Ask:
    choice = ask.tool_choice
    if choice is None or choice.how is not Choosing.NAMED:
        return ask
    return replace(ask, tool_choice=ToolChoice(choice.how, ask.tools[0].name))


@given(asks.map(naming_a_tool))
def test_a_request_to_the_provider_reads_as_what_was_asked(ask):
    body = orjson.loads(PROVIDER.render(ask, ask.model))

    assert unplaced(CALLER.parse(body)) == ask


@given(
    st.builds(
        Answer,
        id=ids.map("msg_{}".format),
        model=st.just("m"),
        choices=st.builds(
            Choice,
            st.lists(
                own_thoughts
                | st.builds(Text, words)
                | st.builds(ToolCall, ids, ids, arguments),
                max_size=4,
            ).map(tuple),
            st.sampled_from(sorted(set(Stop) - {Stop.FILTERED})),
            names,
        ).map(lambda choice: (choice,)),
        usage=st.builds(
            lambda fresh, answer, read, written: Usage(
                fresh + read + written,
                answer,
                cached_tokens=read,
                cache_write_tokens=written,
            ),
            *[st.integers(0, 999)] * 4,
        ),
    )
)
def test_an_answer_to_the_caller_reads_as_what_was_answered(answer):
    assert PROVIDER.parse(CALLER.render(answer, Ask(model="m", turns=()))) == answer


@given(
    st.lists(
        st.builds(Thinking, words, own | foreign)
        | st.builds(Thinking, st.just(""), own | hidden | foreign)
        | st.builds(Thinking, words)
        | st.builds(Text, words)
        | st.builds(ToolCall, ids, ids, arguments, st.none() | foreign),
        max_size=5,
    ).map(tuple)
)
def test_an_answer_that_comes_back_in_a_conversation_is_unharmed(parts):
    answer = Answer("msg_1", "m", (Choice(parts, Stop.END),), None)
    message = orjson.loads(CALLER.render(answer, Ask(model="m", turns=())))

    turns = [{"role": "assistant", "content": message["content"]}]
    ask = CALLER.parse({"model": "m", "max_tokens": 1, "messages": turns})

    assert unplaced(ask.turns[0].parts) == parts
    assert ask.unsaid == {}
