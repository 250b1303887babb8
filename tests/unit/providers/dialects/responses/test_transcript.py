from typing import Any

import orjson
import pytest

from providers.dialects.responses import frames, warmup
from providers.dialects.responses.transcript import (
    FrameRefused,
    Transcript,
    Turn,
    lane_of,
)

CALL = {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "f"}
OUTPUT = {"type": "function_call_output", "call_id": "c1", "output": "found"}


def said(text: str, role: str = "user") -> dict[str, Any]:
    kind = "input_text" if role == "user" else "output_text"
    return {
        "type": "message",
        "role": role,
        "content": [{"type": kind, "text": text}],
    }


def create(text: str | None = None, **fields: object) -> dict[str, Any]:
    given = {} if text is None else {"input": text}
    return {"type": "response.create", "model": "m", **given, **fields}


def append(*items: object, **fields: object) -> dict[str, Any]:
    return {"type": "response.append", "input": list(items), **fields}


def body(turn: Turn) -> dict[str, Any]:
    return orjson.loads(turn.body)


def answered(transcript: Transcript, id: str, text: str, **frame: object) -> Turn:
    turn = transcript.turn(create(text, **frame))
    transcript.remember(turn, {"id": id, "output": [said(f"to {text}", "assistant")]})
    return turn


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "response.create", "model": "m", "input": "hi", "top_p": 0.5},
        {
            "type": "response.create",
            "event_id": "event_1",
            "response": {"model": "m", "input": "hi", "top_p": 0.5},
        },
        {"type": "response.create", "model": "m", "input": "hi", "top_p": 0.5}
        | {"stream": False, "stream_id": None},
    ],
)
def test_a_create_is_a_streamed_request_wherever_its_fields_stand(frame):
    turn = Transcript().turn(frame)

    assert body(turn) == {"model": "m", "input": "hi", "top_p": 0.5, "stream": True}
    assert (turn.stream_id, turn.generates) == (None, True)


def test_a_previous_response_of_the_connection_is_told_in_full():
    transcript = Transcript()
    answered(transcript, "resp_1", "hi")

    turn = transcript.turn(create("and?", previous_response_id="resp_1"))

    assert body(turn) == {
        "model": "m",
        "stream": True,
        "input": [said("hi"), said("to hi", "assistant"), said("and?")],
    }


def test_a_chain_of_responses_is_told_in_full():
    transcript = Transcript()
    answered(transcript, "resp_1", "one")
    answered(transcript, "resp_2", "two", previous_response_id="resp_1")

    turn = transcript.turn(create("three", previous_response_id="resp_2"))

    assert body(turn)["input"] == [
        said("one"),
        said("to one", "assistant"),
        said("two"),
        said("to two", "assistant"),
        said("three"),
    ]


def test_another_lane_may_fork_from_a_response():
    transcript = Transcript()
    answered(transcript, "resp_1", "hi", stream_id="main")

    left, right = (
        transcript.turn(create(lane, previous_response_id="resp_1", stream_id=lane))
        for lane in ("left", "right")
    )

    begun = [said("hi"), said("to hi", "assistant")]
    assert (left.stream_id, body(left)["input"]) == ("left", [*begun, said("left")])
    assert (right.stream_id, body(right)["input"]) == ("right", [*begun, said("right")])


@pytest.mark.parametrize("frame", [create("x"), append(said("x"))])
def test_an_id_of_another_place_passes_on(frame):
    transcript = Transcript()
    answered(transcript, "resp_1", "hi")

    turn = transcript.turn(frame | {"previous_response_id": "resp_other"})

    assert body(turn)["previous_response_id"] == "resp_other"
    assert body(turn)["input"] == frame["input"]


def test_an_append_goes_on_where_the_last_turn_ended_and_as_it_was_told_to():
    transcript = Transcript()
    first = create(
        "hi",
        instructions="be brief",
        tools=[{"type": "function", "name": "f"}],
        tool_choice="required",
        store=False,
        temperature=0.5,
    )
    transcript.remember(transcript.turn(first), {"id": "resp_1", "output": [CALL]})

    turn = transcript.turn(append(OUTPUT, temperature=0))

    assert body(turn) == {
        "model": "m",
        "instructions": "be brief",
        "tools": [{"type": "function", "name": "f"}],
        "store": False,
        "temperature": 0,
        "stream": True,
        "input": [
            said("hi"),
            {"type": "function_call", "call_id": "c1", "name": "f"},
            OUTPUT,
        ],
    }


def test_an_append_goes_on_in_its_own_lane():
    transcript = Transcript()
    answered(transcript, "resp_1", "left", stream_id="left")
    answered(transcript, "resp_2", "right", stream_id="right")

    turn = transcript.turn(append(said("more"), stream_id="left"))

    assert body(turn)["input"][0] == said("left")


def test_an_append_may_go_on_from_an_earlier_response():
    transcript = Transcript()
    answered(transcript, "resp_1", "one")
    answered(transcript, "resp_2", "two")

    turn = transcript.turn(append(said("x"), previous_response_id="resp_1"))

    assert body(turn) == {
        "model": "m",
        "stream": True,
        "input": [said("one"), said("to one", "assistant"), said("x")],
    }


def test_a_turn_that_failed_leaves_no_trace():
    transcript = Transcript()
    answered(transcript, "resp_1", "hi")
    transcript.turn(append(said("lost")))

    turn = transcript.turn(append(said("again")))

    assert body(turn)["input"] == [
        said("hi"),
        said("to hi", "assistant"),
        said("again"),
    ]


@pytest.mark.parametrize("stored", [True, False])
def test_ids_and_bare_reasoning_go_on_only_where_they_are_stored(stored):
    bare = {"type": "reasoning", "id": "rs_1", "summary": []}
    sealed = {
        "type": "reasoning",
        "id": "rs_2",
        "summary": [],
        "encrypted_content": "x",
    }
    transcript = Transcript()
    first = transcript.turn(create("hi", store=stored))
    transcript.remember(first, {"id": "resp_1", "output": [bare, sealed, CALL]})

    turn = transcript.turn(create(previous_response_id="resp_1"))

    nameless = {name: value for name, value in sealed.items() if name != "id"}
    assert body(turn)["input"][1:] == (
        [bare, sealed, CALL]
        if stored
        else [nameless, {"type": "function_call", "call_id": "c1", "name": "f"}]
    )


@pytest.mark.parametrize(
    ("frame", "message", "code", "param"),
    [
        (
            append(said("x"), model="m"),
            "websocket request received before response.create",
            "invalid_request_error",
            "type",
        ),
        (
            {"type": "response.create", "input": "hi"},
            "model is missing; it must be the name of a model.",
            "missing_required_parameter",
            "model",
        ),
        (
            create("hi", model=""),
            "model is missing; it must be the name of a model.",
            "missing_required_parameter",
            "model",
        ),
        (
            {"type": "response.cancel"},
            "type must be response.create or response.append.",
            "unknown_event_type",
            "type",
        ),
        (
            create(input=7),
            "input must be a text or a list of items.",
            "invalid_value",
            "input",
        ),
    ],
)
def test_a_frame_that_asks_for_no_response_is_refused_on_its_lane(
    frame, message, code, param
):
    with pytest.raises(FrameRefused) as caught:
        Transcript().turn(frame | {"stream_id": "main"})

    refused = caught.value
    assert (str(refused), refused.code, refused.param) == (message, code, param)
    assert refused.stream_id == "main"


@pytest.mark.parametrize("lane", ["", "a b", "a" * 257, 7, "ä", "a\n"])
def test_a_lane_must_have_a_name_of_the_protocol(lane):
    with pytest.raises(FrameRefused) as caught:
        Transcript().turn(create("hi", stream_id=lane))

    refused = caught.value
    assert (refused.code, refused.param) == ("invalid_stream_id", "stream_id")
    assert refused.stream_id is None


def test_only_the_last_responses_are_remembered():
    transcript = Transcript(most_responses=2)
    for number in range(3):
        answered(transcript, f"resp_{number}", f"say {number}")

    kept = [
        "previous_response_id"
        not in body(transcript.turn(create("x", previous_response_id=f"resp_{number}")))
        for number in range(3)
    ]

    assert kept == [False, True, True]


def test_only_so_many_bytes_are_remembered():
    transcript = Transcript(most_bytes=1000)
    answered(transcript, "resp_1", "a" * 200)
    answered(transcript, "resp_2", "b" * 200)
    answered(transcript, "resp_3", "c" * 900)

    with pytest.raises(FrameRefused):
        transcript.turn(append(said("x")))


@pytest.mark.parametrize("field", ["instructions", "tools", "metadata"])
def test_all_that_is_remembered_is_counted(field):
    transcript = Transcript(most_bytes=1500)
    for number in range(3):
        answered(transcript, f"resp_{number}", "hi", **{field: ["x" * 400]})

    kept = [
        b"previous_response_id"
        not in transcript.turn(create("x", previous_response_id=f"resp_{number}")).body
        for number in range(3)
    ]

    assert kept == [False, True, True]


def deep(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("field", ["input", "metadata", "tools", "instructions"])
@pytest.mark.parametrize("kind", [create, append])
def test_what_is_nested_too_deep_to_be_told_is_refused(kind, field):
    transcript = Transcript()
    answered(transcript, "resp_1", "hi", stream_id="main")

    with pytest.raises(FrameRefused) as caught:
        transcript.turn(kind(**{"stream_id": "main", field: deep(400)}))

    assert (caught.value.code, caught.value.stream_id) == ("invalid_json", "main")


def test_an_answer_nested_too_deep_is_not_remembered():
    transcript = Transcript()
    turn = transcript.turn(create("hi"))

    transcript.remember(turn, {"id": "resp_1", "output": [{"x": deep(400)}]})

    with pytest.raises(FrameRefused):
        transcript.turn(append(said("x")))


@pytest.mark.parametrize(
    ("frame", "lane"),
    [
        ({}, None),
        ({"stream_id": "a b"}, None),
        ({"stream_id": ["a"]}, None),
        ({"metadata": {"stream_id": "a"}}, None),
        ({"metadata": {"stream_id": "a"}, "stream_id": "b"}, "b"),
    ],
)
def test_the_lane_of_a_frame_is_known_before_its_turn(frame, lane):
    assert lane_of(frame) == lane


def test_turns_that_continue_one_response_share_what_is_remembered():
    transcript = Transcript()
    answered(transcript, "resp_1", "a" * 10_000)

    one, other = [
        transcript.turn(create(text, previous_response_id="resp_1"))
        for text in ("one", "other")
    ]

    assert one.before is other.before
    assert len(one.new) < 200
    assert one.size > 2 * 10_000


@pytest.mark.parametrize("given", [{}, {"input": []}, {"input": None}])
def test_a_turn_that_only_prepares_needs_no_input_and_leaves_none(given):
    transcript = Transcript()
    turn = transcript.turn(create(generate=False, **given))
    transcript.remember(turn, {"id": "resp_1", "output": []})

    after = transcript.turn(create("go", previous_response_id="resp_1"))

    assert body(turn)["input"]
    assert body(after)["input"] == "go"


@pytest.mark.parametrize(
    "response", [{}, {"id": 1, "output": []}, {"id": "resp_1", "output": "x"}]
)
def test_what_is_no_response_is_not_remembered(response):
    transcript = Transcript()
    transcript.remember(transcript.turn(create("hi")), response)

    with pytest.raises(FrameRefused):
        transcript.turn(append(said("x")))


def test_a_turn_that_generates_nothing_prepares_what_the_next_continues():
    transcript = Transcript()
    turn = transcript.turn(create("hi", instructions="be brief", generate=False))

    response = frames.final_response(warmup.block(body(turn)))

    assert response
    transcript.remember(turn, response)
    after = transcript.turn(create("go", previous_response_id=response["id"]))
    assert (turn.generates, "generate" in body(turn)) == (False, False)
    assert (response["status"], response["output"]) == ("completed", [])
    assert response["instructions"] == "be brief"
    assert response["usage"]["total_tokens"] == 0
    assert body(after)["input"] == [said("hi"), said("go")]
