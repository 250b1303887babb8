import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.dialects.bedrock.sides import PROVIDER
from providers.dialects.conversation import (
    Answer,
    Choice,
    Signature,
    Stop,
    Text,
    Thinking,
    ToolCall,
)
from providers.errors import UpstreamBroken
from providers.types import Usage


def answer(*content, reason="end_turn", **more):
    return orjson.dumps(
        {
            "metrics": {"latencyMs": 551},
            "output": {"message": {"role": "assistant", "content": list(content)}},
            "stopReason": reason,
            "usage": {"inputTokens": 14, "outputTokens": 29, "totalTokens": 43},
            **more,
        }
    )


def parts_of(*content):
    return PROVIDER.parse(answer(*content)).choices[0].parts


def test_reads_a_whole_answer():
    body = answer(
        {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}},
        {"reasoningContent": {"redactedContent": "c2VjcmV0"}},
        {"text": "Let me see."},
        {
            "toolUse": {
                "toolUseId": "tooluse_1",
                "name": "weather",
                "input": {"city": "Oslo", "days": 2},
            }
        },
        {"toolUse": {"toolUseId": "tooluse_2", "name": "time", "input": {}}},
        reason="tool_use",
        usage={
            "inputTokens": 18,
            "outputTokens": 386,
            "totalTokens": 15408,
            "cacheReadInputTokens": 7502,
            "cacheWriteInputTokens": 7500,
            "cacheDetails": [{"inputTokens": 7500, "ttl": "5m"}],
        },
    )

    assert PROVIDER.parse(body) == Answer(
        id="",
        model="",
        choices=(
            Choice(
                (
                    Thinking("Hm.", Signature("bedrock", "c2ln")),
                    Thinking("", Signature("bedrock", "redacted.c2VjcmV0")),
                    Text("Let me see."),
                    ToolCall("tooluse_1", "weather", '{"city":"Oslo","days":2}'),
                    ToolCall("tooluse_2", "time", "{}"),
                ),
                Stop.TOOL_CALLS,
            ),
        ),
        usage=Usage(15020, 386, cached_tokens=7502, cache_write_tokens=7500),
    )


@pytest.mark.parametrize(
    ("reason", "stop"),
    [
        ("end_turn", Stop.END),
        ("tool_use", Stop.TOOL_CALLS),
        ("max_tokens", Stop.LENGTH),
        ("model_context_window_exceeded", Stop.CONTEXT_FULL),
        ("stop_sequence", Stop.SEQUENCE),
        ("guardrail_intervened", Stop.FILTERED),
        ("content_filtered", Stop.FILTERED),
        ("refusal", Stop.DECLINED),
        ("something_new", Stop.FILTERED),
    ],
)
def test_reads_why_the_answer_ended(reason, stop):
    parsed = PROVIDER.parse(answer({"text": "a"}, reason=reason))

    assert parsed.choices == (Choice((Text("a"),), stop),)


def test_reads_which_stop_sequence_was_met():
    body = answer(
        {"text": "a"},
        reason="stop_sequence",
        additionalModelResponseFields={"stop_sequence": "END"},
    )

    assert PROVIDER.parse(body).choices == (
        Choice((Text("a"),), Stop.SEQUENCE, stop_sequence="END"),
    )


def test_an_end_with_calls_is_one_for_calls():
    call = {"toolUse": {"toolUseId": "1", "name": "f", "input": {}}}

    (choice,) = PROVIDER.parse(answer(call)).choices

    assert choice.stop is Stop.TOOL_CALLS


@pytest.mark.parametrize(
    "reason", ["malformed_model_output", "malformed_tool_use", "", None, 7]
)
def test_an_answer_without_a_good_end_is_broken(reason):
    with pytest.raises(UpstreamBroken, match="no good end"):
        PROVIDER.parse(answer({"text": "a"}, reason=reason))


def test_reads_the_text_of_what_is_cited():
    cited = {
        "citationsContent": {
            "content": [{"text": "It is "}, {"text": "snowing."}],
            "citations": [{"title": "plan"}],
        }
    }

    assert parts_of(cited) == (Text("It is snowing."),)


@pytest.mark.parametrize(
    "block",
    [
        {},
        7,
        None,
        {"text": ""},
        {"text": 7},
        {"image": {"format": "png"}},
        {"toolUse": 7},
        {"toolUse": {"type": "server_tool_use", "toolUseId": "1", "name": "search"}},
        {"toolResult": {"toolUseId": "1", "content": [{"text": "a"}]}},
        {"reasoningContent": {}},
        {"reasoningContent": {"reasoningText": {"text": ""}}},
        {"reasoningContent": {"reasoningText": 7}},
        {"citationsContent": {"content": []}},
    ],
)
def test_what_says_nothing_to_a_caller_is_left_out(block):
    assert parts_of(block, {"text": "a"}) == (Text("a"),)


@pytest.mark.parametrize(
    ("usage", "read"),
    [
        (None, None),
        (7, None),
        ({}, None),
        ({"inputTokens": 1}, None),
        ({"outputTokens": 1}, None),
        ({"inputTokens": 1, "outputTokens": -1}, Usage(1, 0)),
        ({"inputTokens": 3, "outputTokens": 2}, Usage(3, 2)),
    ],
)
def test_reads_usage_where_it_is_stated(usage, read):
    assert PROVIDER.parse(answer({"text": "a"}, usage=usage)).usage == read


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b"{", b"{}", b'{"output":7}'])
def test_what_is_no_answer_is_broken(body):
    with pytest.raises(UpstreamBroken):
        PROVIDER.parse(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "text",
                    "toolUse",
                    "input",
                    "name",
                    "toolUseId",
                    "reasoningContent",
                    "reasoningText",
                    "signature",
                    "redactedContent",
                    "citationsContent",
                    "content",
                    "type",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(JSON, max_size=4), JSON, JSON)
def test_nothing_a_provider_says_raises_anything_but_that_it_broke(
    content, usage, fields
):
    body = answer(*content, usage=usage, additionalModelResponseFields=fields)

    assert PROVIDER.parse(body).choices[0].stop in (Stop.END, Stop.TOOL_CALLS)


def test_arguments_nested_beyond_writing_are_broken():
    call = {"toolUse": {"toolUseId": "1", "name": "f", "input": "DEEP"}}
    deep = b'{"a":' * 300 + b"1" + b"}" * 300

    with pytest.raises(UpstreamBroken):
        PROVIDER.parse(answer(call).replace(b'"DEEP"', deep))
