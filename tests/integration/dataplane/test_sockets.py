import asyncio
import json

import pytest

from tests.sockets import EVENTS, HELLO, Socket, streaming
from tests.world import Upstream, limited, only


async def test_a_turn_is_asked_and_answered_as_events_in_frames(open_socket):
    world, socket = await open_socket()

    events = await socket.ask(**HELLO)

    assert [each["type"] for each in events] == [each["type"] for each in EVENTS]
    (sent,) = world.upstream.received
    assert (sent.path, json.loads(sent.body)) == (
        b"/v1/responses",
        {"model": "real-model", "input": "hi", "stream": True},
    )


async def test_every_turn_is_recorded_with_its_usage_and_an_id_of_its_own(open_socket):
    world, socket = await open_socket(headers=[(b"x-request-id", b"opening")])

    await socket.ask(**HELLO)
    await socket.ask(**HELLO)

    first, second = world.records()
    assert first.request_id != second.request_id
    for record in (first, second):
        assert (record.endpoint, record.stream, record.status, record.admitted) == (
            "/v1/responses",
            True,
            200,
            True,
        )
        assert (record.prompt_tokens, record.completion_tokens) == (3, 2)


@pytest.mark.parametrize("token", ["", "gh-wrong", "gh-aaaaaaaaaaaa-" + "b" * 48])
async def test_nobody_opens_a_socket_without_a_good_key(open_socket, token):
    _, socket = await open_socket(token=token)

    assert socket.status == 401
    assert json.loads(socket.body)["error"]["code"] == "invalid_api_key"


async def test_a_socket_elsewhere_is_not_found_in_json(open_socket):
    _, socket = await open_socket(path="/v1/chat/completions")

    assert (socket.status, json.loads(socket.body)["error"]["code"]) == (
        404,
        "not_found",
    )


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (b"https://gate.example", 101),
        (b"https://allowed.example", 101),
        (b"https://Allowed.example", 101),
        (b"https://evil.example", 403),
        (b"https://gate.example.evil.example", 403),
        (b"null", 403),
    ],
)
async def test_pages_of_other_sites_open_no_socket(open_socket, origin, status):
    _, socket = await open_socket(headers=[(b"origin", origin)])

    assert socket.status == status


async def test_limits_count_turns_and_not_sockets(open_socket):
    world, socket = await open_socket(caller=limited(2, None))
    another = await Socket(world).open()

    answers = [(await socket.ask(**HELLO))[-1] for _ in range(3)]
    refused = answers[2]

    assert [each["type"] for each in answers[:2]] == ["response.completed"] * 2
    assert (refused["type"], refused["status"]) == ("error", 429)
    assert refused["error"]["code"] == "rate_limit_exceeded"
    assert int(refused["headers"]["retry-after"]) > 0
    assert (await another.ask(**HELLO))[-1]["status"] == 429
    assert [each.status for each in world.records()] == [200, 200, 429, 429]
    await another.leave()


async def test_a_key_revoked_meanwhile_is_refused_on_its_next_turn(open_socket):
    world, socket = await open_socket()
    await socket.ask(**HELLO)

    await world.change(revoked=True)
    (refused,) = await socket.ask(**HELLO)

    assert (refused["status"], refused["error"]["code"]) == (401, "key_revoked")


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ("nonsense", "a JSON object"),
        ("[]", "a JSON object"),
        ('{"type":"response.append","input":"x"}', "before response.create"),
        ('{"type":"response.create","input":"x"}', "model is missing"),
        ('{"type":"something.else"}', "type must be"),
        ('{"type":"response.create","model":"fast","input":4}', "input must be"),
        ('{"type":"response.create","model":"fast","stream_id":7}', "stream_id"),
    ],
)
async def test_a_frame_that_asks_for_nothing_is_told_so_and_the_socket_goes_on(
    open_socket, frame, message
):
    world, socket = await open_socket()

    await socket.say_text(frame)
    refused = await socket.hear()

    assert (refused["type"], refused["status"]) == ("error", 400)
    assert message in refused["error"]["message"]
    assert world.upstream.received == []
    assert (await socket.ask(**HELLO))[-1]["type"] == "response.completed"


async def test_an_unknown_model_is_refused_on_the_socket(open_socket):
    world, socket = await open_socket()

    (refused,) = await socket.ask(model="fasst", input="x", stream_id="s1")

    assert (refused["status"], refused["error"]["code"]) == (404, "model_not_found")
    assert refused["stream_id"] == "s1"
    assert world.records()[0].status == 404


async def test_a_turn_continues_the_one_it_names_with_the_whole_conversation(
    open_socket,
):
    world, socket = await open_socket()
    completed = (await socket.ask(**HELLO, store=False))[-1]["response"]

    await socket.ask(
        model="fast", input="and?", previous_response_id=completed["id"], store=False
    )

    assert completed["id"] != "resp_1"
    sent = json.loads(world.upstream.received[1].body)
    assert "previous_response_id" not in sent
    assert [each["role"] for each in sent["input"]] == ["user", "assistant", "user"]
    assert sent["input"][1]["content"][0]["text"] == "Hello"


async def test_an_appended_turn_inherits_what_the_one_before_it_said(open_socket):
    world, socket = await open_socket()
    await socket.ask(**HELLO, instructions="Be brief.")

    await socket.say(type="response.append", input="and?")
    await socket.hear_all()

    sent = json.loads(world.upstream.received[1].body)
    assert (sent["model"], sent["instructions"]) == ("real-model", "Be brief.")
    assert [each["role"] for each in sent["input"]] == ["user", "assistant", "user"]


async def test_another_tenants_response_cannot_be_continued(open_socket):
    _, socket = await open_socket()
    theirs = (await socket.ask(**HELLO))[-1]["response"]["id"]
    world, mine = await open_socket()

    (refused,) = await mine.ask(**HELLO, previous_response_id=theirs)

    assert refused["error"]["code"] == "previous_response_not_found"
    assert world.upstream.received == []


async def test_a_turn_that_only_prepares_asks_no_model(open_socket):
    world, socket = await open_socket()

    prepared = (await socket.ask(**HELLO, generate=False))[-1]["response"]
    await socket.ask(model="fast", input="go", previous_response_id=prepared["id"])

    (sent,) = world.upstream.received
    assert len(json.loads(sent.body)["input"]) == 2


@pytest.mark.parametrize("kind", ["OPENAI", "OPENAI_COMPATIBLE", "ANTHROPIC"])
@pytest.mark.parametrize("given", [{}, {"input": []}, {"input": "hi"}])
async def test_a_turn_that_only_prepares_is_a_call_without_tokens(
    open_socket, kind, given
):
    world, socket = await open_socket(caller={**limited(1, None), "kind": kind})

    prepared, refused = [
        (await socket.ask(model="fast", generate=False, **given))[-1] for _ in range(2)
    ]

    assert prepared["response"]["status"] == "completed"
    assert refused["error"]["code"] == "rate_limit_exceeded"
    first, second = world.records()
    assert (first.status, first.admitted, first.upstream_status) == (200, True, None)
    assert (first.prompt_tokens, first.completion_tokens) == (0, 0)
    assert (second.status, second.admitted) == (429, False)
    assert world.upstream.received == []


async def test_a_turn_that_only_prepares_is_judged_like_any(open_socket):
    world, socket = await open_socket(caller=only("other*"))

    (forbidden,) = await socket.ask(**HELLO, generate=False)
    await world.change(revoked=True)
    (revoked,) = await socket.ask(**HELLO, generate=False)

    codes = [each["error"]["code"] for each in (forbidden, revoked)]
    assert codes == ["model_not_allowed", "key_revoked"]
    assert [record.error for record in world.records()] == codes


async def test_lanes_run_side_by_side_and_turns_of_one_lane_in_turn(open_socket):
    gate = asyncio.Event()
    world, socket = await open_socket(streaming(waits=gate))

    for lane in ("a", "a", "b"):
        await socket.say(type="response.create", **HELLO, stream_id=lane)
    while len(world.upstream.received) < 2:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    at_work = len(world.upstream.received)
    gate.set()
    events = [await socket.hear() for _ in range(9)]

    assert at_work == 2
    assert len(world.upstream.received) == 3
    lanes = [each["stream_id"] for each in events]
    assert (lanes.count("a"), lanes.count("b")) == (6, 3)


async def test_a_caller_that_leaves_stops_the_upstream_and_is_recorded(open_socket):
    gate = asyncio.Event()
    world, socket = await open_socket(streaming(waits=gate))
    await socket.say(type="response.create", **HELLO)
    while not world.upstream.received:
        await asyncio.sleep(0.01)

    await socket.leave()

    (record,) = world.records()
    assert (record.status, record.error) == (499, "client_disconnected")


async def test_a_stream_the_provider_breaks_ends_in_an_error_event(open_socket):
    world, socket = await open_socket(streaming(EVENTS[:2], dies=True))

    events = await socket.ask(**HELLO)

    assert events[-1]["type"] == "error"
    assert world.records()[0].error == "provider_broke_off"


async def test_a_provider_that_refuses_is_told_as_such(open_socket):
    _, socket = await open_socket(Upstream([b"{}"], status=403))

    (refused,) = await socket.ask(**HELLO)

    assert (refused["status"], refused["error"]["code"]) == (502, "provider_forbidden")
