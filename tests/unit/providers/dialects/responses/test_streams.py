import orjson
import pytest
from openai.types.responses import ResponseStreamEvent
from pydantic import TypeAdapter

from providers.dialects.conversation import (
    Answer,
    Choice,
    Declined,
    Signature,
    Stop,
    Text,
    Thinking,
    ToolCall,
)
from providers.dialects.events import (
    ArgumentsDelta,
    Begun,
    CallBegun,
    DeclinedDelta,
    Ended,
    Event,
    Spent,
    Stopped,
    TextDelta,
    ThinkingDelta,
    ThoughtSigned,
)
from providers.dialects.responses import frames
from providers.dialects.responses.sides import CALLER
from providers.types import Failure, Usage
from tests.unit.providers.dialects.responses.streams import (
    ask,
    rendered,
    told,
    untimed,
)

BEGUN = Begun("chatcmpl-1", "up", 7)
LOGPROB = {"token": "lo", "bytes": [108, 111], "logprob": -0.5, "top_logprobs": []}
FULL: tuple[Event, ...] = (
    BEGUN,
    ThinkingDelta("h"),
    ThinkingDelta("m"),
    ThoughtSigned(Signature("anthropic", "c2ln")),
    TextDelta("Hel"),
    TextDelta("lo", logprobs=(LOGPROB,)),
    DeclinedDelta("no"),
    CallBegun(0, "c1", "find", signature=Signature("gemini", "Z2Vt")),
    ArgumentsDelta(0, '{"a"'),
    ArgumentsDelta(0, ":1}"),
    CallBegun(1, "c2", "find"),
    Stopped(Stop.TOOL_CALLS),
    Spent(Usage(5, 6)),
    Ended(),
)
WHOLE = Answer(
    "chatcmpl-1",
    "up",
    (
        Choice(
            (
                Thinking("hm", Signature("anthropic", "c2ln")),
                Text("Hello"),
                Declined("no"),
                ToolCall("c1", "find", '{"a":1}', Signature("gemini", "Z2Vt")),
                ToolCall("c2", "find", ""),
            ),
            Stop.TOOL_CALLS,
            logprobs=(LOGPROB,),
        ),
    ),
    Usage(5, 6),
    created=7,
)
BROKE = Failure(502, "The provider broke off.", "upstream_error", "upstream_broken")
STREAM_EVENT = TypeAdapter(ResponseStreamEvent)


def test_a_text_is_told_in_the_whole_sequence_of_events():
    events = told(
        rendered(
            BEGUN,
            TextDelta("Hel"),
            TextDelta("lo"),
            Stopped(Stop.END),
            Spent(Usage(3, 2)),
            Ended(),
        )
    )

    place = {"item_id": "msg_chatcmpl-1_0", "output_index": 0, "content_index": 0}
    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
    whole = part | {"text": "Hello"}
    item = {
        "id": "msg_chatcmpl-1_0",
        "type": "message",
        "role": "assistant",
        "status": "in_progress",
        "content": [],
    }
    done = item | {"status": "completed", "content": [whole]}
    assert events[2:-1] == [
        {
            "type": "response.output_item.added",
            "sequence_number": 2,
            "output_index": 0,
            "item": item,
        },
        {
            "type": "response.content_part.added",
            "sequence_number": 3,
            **place,
            "part": part,
        },
        {
            "type": "response.output_text.delta",
            "sequence_number": 4,
            **place,
            "delta": "Hel",
            "logprobs": [],
        },
        {
            "type": "response.output_text.delta",
            "sequence_number": 5,
            **place,
            "delta": "lo",
            "logprobs": [],
        },
        {
            "type": "response.output_text.done",
            "sequence_number": 6,
            **place,
            "text": "Hello",
            "logprobs": [],
        },
        {
            "type": "response.content_part.done",
            "sequence_number": 7,
            **place,
            "part": whole,
        },
        {
            "type": "response.output_item.done",
            "sequence_number": 8,
            "output_index": 0,
            "item": done,
        },
    ]
    assert [event["type"] for event in events[:2]] == [
        "response.created",
        "response.in_progress",
    ]
    assert events[0]["response"] == events[1]["response"]
    assert events[0]["response"]["status"] == "in_progress"
    assert events[-1]["type"] == "response.completed"
    assert events[-1]["response"]["output"] == [done]
    assert events[-1]["response"]["usage"]["total_tokens"] == 5


def test_every_kind_of_part_is_told_in_order():
    kinds = [event["type"] for event in told(rendered(*FULL))]

    assert kinds == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.reasoning_summary_part.added",
        "response.reasoning_summary_text.delta",
        "response.reasoning_summary_text.delta",
        "response.reasoning_summary_text.done",
        "response.reasoning_summary_part.done",
        "response.output_item.done",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.content_part.added",
        "response.refusal.delta",
        "response.refusal.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.output_item.added",
        "response.output_item.done",
        "response.output_item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.delta",
        "response.output_item.added",
        "response.function_call_arguments.done",
        "response.output_item.done",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_item.done",
        "response.completed",
    ]


def test_the_plain_answer_and_the_last_event_show_the_same_response():
    plain = orjson.loads(CALLER.render(WHOLE, ask()))

    last = told(rendered(*FULL))[-1]

    assert untimed(last["response"]) == untimed(plain)


def test_the_deltas_are_the_whole():
    events = told(rendered(*FULL))
    output = events[-1]["response"]["output"]

    def deltas(kind: str) -> str:
        return "".join(
            event["delta"] for event in events if event["type"] == f"response.{kind}"
        )

    assert deltas("reasoning_summary_text.delta") == output[0]["summary"][0]["text"]
    assert deltas("output_text.delta") == output[1]["content"][0]["text"]
    assert deltas("refusal.delta") == output[1]["content"][1]["refusal"]
    calls = [each["arguments"] for each in output if each["type"] == "function_call"]
    assert deltas("function_call_arguments.delta") == "".join(calls)


def test_each_event_is_one_that_openais_client_knows():
    for event in told(rendered(*FULL)):
        STREAM_EVENT.validate_python(event)


def test_events_are_numbered_and_items_told_whole_are_the_final_ones():
    events = told(rendered(*FULL))

    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    done = [
        event["item"] for event in events if event["type"].endswith("output_item.done")
    ]
    assert done == events[-1]["response"]["output"]


def test_each_event_goes_under_its_own_name_and_none_says_done():
    stream = rendered(*FULL)

    for block in stream.removesuffix(b"\n\n").split(b"\n\n"):
        named, data = block.split(b"\n")
        kind = orjson.loads(data.removeprefix(b"data: "))["type"]
        assert named == b"event: " + kind.encode()


@pytest.mark.parametrize(
    ("stop", "kind"),
    [
        (Stop.END, "response.completed"),
        (Stop.LENGTH, "response.incomplete"),
        (Stop.FILTERED, "response.incomplete"),
    ],
)
def test_the_last_event_tells_how_it_ended(stop, kind):
    events = told(rendered(BEGUN, TextDelta("a"), Stopped(stop), Ended()))

    assert events[-1]["type"] == kind
    assert events[-2]["item"]["status"] == kind.removeprefix("response.")


def test_arguments_may_go_on_after_another_call_began():
    events = told(
        rendered(
            BEGUN,
            CallBegun(0, "c1", "a"),
            CallBegun(1, "c2", "b"),
            ArgumentsDelta(0, "[1]"),
            ArgumentsDelta(1, "[2]"),
            Stopped(Stop.TOOL_CALLS),
            Ended(),
        )
    )

    output = events[-1]["response"]["output"]
    assert [item["arguments"] for item in output] == ["[1]", "[2]"]


def test_a_call_without_arguments_is_told_with_none_of_them():
    events = told(
        rendered(BEGUN, CallBegun(0, "c1", "a"), Stopped(Stop.TOOL_CALLS), Ended())
    )

    [delta] = [each["delta"] for each in events if each["type"].endswith(".delta")]
    assert delta == events[-1]["response"]["output"][0]["arguments"] == "{}"


def test_empty_deltas_begin_no_item():
    events = told(
        rendered(
            BEGUN,
            TextDelta(""),
            ThinkingDelta(""),
            DeclinedDelta(""),
            Stopped(Stop.END),
            Ended(),
        )
    )

    assert [event["type"] for event in events] == [
        "response.created",
        "response.in_progress",
        "response.completed",
    ]


def test_further_choices_are_left_out():
    events = told(
        rendered(
            BEGUN,
            TextDelta("a"),
            TextDelta("b", choice=1),
            Stopped(Stop.LENGTH, choice=1),
            Stopped(Stop.END),
            Ended(),
        )
    )

    (item,) = events[-1]["response"]["output"]
    assert item["content"][0]["text"] == "a"
    assert events[-1]["type"] == "response.completed"


@pytest.mark.parametrize("count", range(1, len(FULL)))
def test_a_stream_that_breaks_anywhere_ends_in_an_error_and_never_clean(count):
    renderer = CALLER.renderer(ask())
    before = b"".join(renderer.feed(event) for event in FULL[:count])

    block = renderer.fail(BROKE)

    number = len(told(before))
    error, failed = told(block)
    assert error == {
        "type": "error",
        "sequence_number": number,
        "code": "upstream_broken",
        "message": "The provider broke off.",
        "param": None,
        "error": {
            "message": "The provider broke off.",
            "type": "upstream_error",
            "param": None,
            "code": "upstream_broken",
        },
    }
    assert failed["type"] == "response.failed"
    assert failed["sequence_number"] == number + 1
    assert failed["response"]["status"] == "failed"
    assert failed["response"]["error"] == {
        "code": "server_error",
        "message": "The provider broke off.",
    }
    assert frames.final_response(before + block) is None
    for event in (error, failed):
        STREAM_EVENT.validate_python(event)


def test_a_stream_that_breaks_before_it_began_is_an_error_alone():
    (error,) = told(CALLER.renderer(ask()).fail(BROKE))

    assert (error["type"], error["sequence_number"]) == ("error", 0)


@pytest.mark.parametrize(
    ("status", "code"),
    [(429, "rate_limit_exceeded"), (400, "invalid_prompt"), (504, "server_error")],
)
def test_a_failed_response_has_one_of_openais_codes(status, code):
    renderer = CALLER.renderer(ask())
    renderer.feed(BEGUN)

    *_, failed = told(renderer.fail(Failure(status, "No.", "t", "c")))

    assert failed["response"]["error"]["code"] == code
