"""What goes out and comes back is what it was."""

from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from providers.dialects.conversation import (
    Ask,
    Audio,
    Choosing,
    Declined,
    File,
    Image,
    OutputSchema,
    Reasoning,
    Role,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from providers.dialects.openai.sides import CALLER, PROVIDER
from providers.errors import UpstreamBroken

from .streaming import DONE, FIRST, call, chunk, read, usage

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
NAMES = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
BASE64 = st.sampled_from(["iVBORw0=", "UklG", "JVBERi0="])

USER_PARTS = st.one_of(
    st.builds(Text, WORDS),
    st.builds(Image, data=BASE64, media_type=st.just("image/png")),
    st.builds(
        Image, url=st.just("https://x.test/a"), detail=st.sampled_from(["", "low"])
    ),
    st.builds(Audio, BASE64, st.sampled_from(["wav", "mp3"])),
    st.builds(File, data=BASE64, media_type=st.just("application/pdf"), name=NAMES),
    st.builds(File, id=NAMES),
)
CALLS = st.builds(ToolCall, NAMES, NAMES, st.just('{"a":1}'))
RESULTS = st.builds(
    ToolResult,
    NAMES,
    st.lists(st.builds(Text, WORDS), min_size=1, max_size=2).map(tuple),
)
PLAIN_TURNS = st.one_of(
    st.builds(
        Turn,
        st.just(Role.SYSTEM),
        st.lists(st.builds(Text, WORDS), min_size=1, max_size=2).map(tuple),
    ),
    st.builds(
        Turn,
        st.just(Role.USER),
        st.lists(USER_PARTS, min_size=1, max_size=3).map(tuple),
        NAMES,
    ),
    st.builds(
        Turn,
        st.just(Role.ASSISTANT),
        st.lists(CALLS, min_size=1, max_size=2).map(tuple),
    ),
    st.builds(
        Turn,
        st.just(Role.ASSISTANT),
        st.tuples(st.builds(Text, WORDS), st.builds(Declined, WORDS), CALLS),
    ),
)
# Results side by side would be one turn, and the last one is the user's.
TURNS = st.lists(PLAIN_TURNS, min_size=1, max_size=4).flatmap(
    lambda turns: st.one_of(
        st.just((*turns, Turn(Role.USER, (Text("x"),)))),
        st.builds(
            lambda result: (*turns, Turn(Role.USER, (result,))),
            RESULTS,
        ),
    )
)
TOOLS = st.builds(
    Tool,
    NAMES,
    WORDS,
    st.sampled_from(
        [None, {"type": "object", "properties": {}, "additionalProperties": False}]
    ),
    st.sampled_from([None, True, False]),
)
ASKS = st.builds(
    Ask,
    model=NAMES,
    turns=TURNS,
    tools=st.lists(TOOLS, min_size=1, max_size=2).map(tuple),
    tool_choice=st.sampled_from([None, *map(ToolChoice, set(Choosing) - {"named"})]),
    parallel_tool_calls=st.sampled_from([None, False]),
    output=st.sampled_from(
        [None, OutputSchema(), OutputSchema({"type": "object"}, "x", "y", True)]
    ),
    reasoning=st.sampled_from([None, Reasoning("low"), Reasoning("none")]),
    max_tokens=st.sampled_from([None, 1, 99]),
    temperature=st.sampled_from([None, 0, 0.5]),
    top_p=st.sampled_from([None, 1]),
    stop=st.lists(WORDS, max_size=4).map(tuple),
    seed=st.sampled_from([None, -1]),
    presence_penalty=st.sampled_from([None, -2]),
    frequency_penalty=st.sampled_from([None, 2]),
    logprobs=st.just(True),
    top_logprobs=st.sampled_from([None, 20]),
    choices=st.sampled_from([None, 2]),
    stream=st.just(True),
)


def placeless(value: Any) -> Any:
    """Return the value without what the caller calls its parts, and without found-out names."""
    if isinstance(value, tuple):
        return tuple(map(placeless, value))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    inner = {each.name: placeless(getattr(value, each.name)) for each in fields(value)}
    inner |= {name: "" for name in ("at",) if name in inner}
    inner |= {"names": {}} if isinstance(value, Ask) else {}
    inner |= {"name": ""} if isinstance(value, ToolResult) else {}
    return type(value)(**inner)


@given(ASKS)
def test_a_request_rendered_for_a_provider_means_to_a_caller_what_it_meant(ask):
    body = orjson.loads(PROVIDER.render(ask, ask.model))

    assert placeless(CALLER.parse(body)) == placeless(ask)


def asked(turn: Turn) -> Ask:
    """Return what goes on from this turn."""
    return Ask(model="m", turns=(turn, Turn(Role.USER, (Text("x"),))))


def kept_detail(**detail):
    message = {"role": "assistant", "content": "x", "reasoning_details": [detail]}
    body = {"choices": [{"message": message}]}
    return PROVIDER.parse(orjson.dumps(body)).choices[0].parts[0]


def test_a_sealed_detail_goes_back_to_its_provider_as_it_came():
    for detail in (
        {
            "type": "reasoning.text",
            "text": "hm",
            "signature": "Eq==",
            "format": "anthropic-claude-v1",
            "id": None,
            "index": 0,
        },
        {
            "type": "reasoning.encrypted",
            "data": "gAAA",
            "format": "openai-responses-v1",
            "id": "rs_1",
            "index": 0,
        },
    ):
        thought = kept_detail(**detail)
        turn = Turn(Role.ASSISTANT, (thought, Text("x")))

        body = orjson.loads(PROVIDER.render(asked(turn), "m"))

        assert body["messages"][0]["reasoning_details"] == [detail]


def test_a_seal_without_text_takes_none_along_that_a_stream_told_before_it():
    """Streamed, hidden reasoning closes the shown reasoning that went before."""
    detail = {"type": "reasoning.encrypted", "data": "gAAA", "index": 1}
    thought = replace(kept_detail(**detail), text="hm")
    turn = Turn(Role.ASSISTANT, (thought, Text("x")))

    body = orjson.loads(PROVIDER.render(asked(turn), "m"))

    assert body["messages"][0]["reasoning_details"] == [detail]


def test_a_signature_google_put_on_a_call_goes_back_as_it_came():
    sealed = {
        "id": "1",
        "type": "function",
        "function": {"name": "f", "arguments": "{}"},
        "extra_content": {"google": {"thought_signature": "CiQB"}},
    }
    answer = PROVIDER.parse(
        orjson.dumps({"choices": [{"message": {"tool_calls": [sealed]}}]})
    )
    ask = asked(Turn(Role.ASSISTANT, answer.choices[0].parts))

    body = orjson.loads(PROVIDER.render(ask, "m"))

    assert body["messages"][0]["tool_calls"] == [sealed]


def test_a_forged_seal_is_dropped():
    thought = kept_detail(type="reasoning.encrypted", data="x")
    for value in ("detail.", "detail.!", "detail.MQ==", "detail.é"):
        forged = Thinking("a", replace(thought.signature, value=value))
        turn = Turn(Role.ASSISTANT, (forged, Text("x")))

        body = orjson.loads(PROVIDER.render(asked(turn), "m"))

        assert body["messages"][0] == {"role": "assistant", "content": "x"}


MESSAGE = {
    "role": "assistant",
    "reasoning_content": "hmso",
    "content": "Grüße 🚀",
    "refusal": None,
    "tool_calls": [
        {
            "id": "call_1",
            "type": "function",
            "function": {"name": "f", "arguments": '{"a":1}'},
        }
    ],
}
STATED = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
STREAM = (
    FIRST
    + chunk({"reasoning_content": "hm"})
    + chunk({"reasoning_content": "so"})
    + chunk({"content": "Grüße"})
    + chunk({"content": " 🚀"})
    + chunk(call(0, id="call_1", name="f"))
    + chunk(call(0, arguments='{"a"'))
    + chunk(call(0, arguments=":1}"))
    + chunk(reason="tool_calls")
    + usage(9, 3)
    + DONE
)


def test_plain_and_streamed_a_caller_is_told_the_same():
    ask = Ask(model="theirs", turns=())
    choice = {"message": MESSAGE, "finish_reason": "tool_calls"}
    answer = PROVIDER.parse(
        orjson.dumps(
            {
                "id": "chatcmpl-1",
                "created": 1741570283,
                "choices": [choice],
                "usage": STATED,
            }
        )
    )
    plain = orjson.loads(CALLER.render(answer, ask))
    renderer = CALLER.renderer(ask)

    streamed = gathered(b"".join(map(renderer.feed, read(STREAM))))

    message = plain["choices"][0]["message"]
    assert streamed["usage"] == plain["usage"]
    assert streamed["finish_reason"] == plain["choices"][0]["finish_reason"]
    for name in ("content", "reasoning_content"):
        assert streamed[name] == message[name]
    assert streamed["arguments"] == message["tool_calls"][0]["function"]["arguments"]


def gathered(stream: bytes) -> dict[str, Any]:
    """Put chunks together as a client does."""
    *bodies, done = stream.removesuffix(b"\n\n").split(b"\n\n")
    assert done == b"data: [DONE]"
    found: dict[str, Any] = {
        "content": "",
        "reasoning_content": "",
        "arguments": "",
    }
    for body in map(orjson.loads, (each.removeprefix(b"data: ") for each in bodies)):
        found["usage"] = body["usage"]
        for choice in body["choices"]:
            delta = choice["delta"]
            found["content"] += delta.get("content") or ""
            found["reasoning_content"] += delta.get("reasoning_content") or ""
            for each in delta.get("tool_calls", ()):
                found["arguments"] += each["function"]["arguments"]
            found["finish_reason"] = choice["finish_reason"]
    return found


@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_no_whole_answer_makes_us_raise_anything_of_our_own(data):
    from_provider(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**40) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "choices",
                    "message",
                    "delta",
                    "content",
                    "tool_calls",
                    "function",
                    "name",
                    "arguments",
                    "id",
                    "index",
                    "usage",
                    "prompt_tokens",
                    "completion_tokens",
                    "total_tokens",
                    "reasoning_details",
                    "type",
                    "text",
                    "signature",
                    "data",
                    "logprobs",
                    "finish_reason",
                    "refusal",
                    "error",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["choices", "usage", "id"]), JSON))
def test_no_json_makes_us_raise_anything_of_our_own(value):
    from_provider(orjson.dumps(value))


def from_provider(data: bytes) -> None:
    """Read it as an answer and as a stream, and show what was understood."""
    ask = Ask(model="m", turns=())
    with suppress(UpstreamBroken):
        CALLER.render(PROVIDER.parse(data), ask)
    renderer = CALLER.renderer(ask)
    with suppress(UpstreamBroken):
        for event in PROVIDER.reader().feed(b"data: " + data + b"\n\n"):
            renderer.feed(event)
