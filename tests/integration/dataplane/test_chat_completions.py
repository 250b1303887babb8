import asyncio
import json
import os

import pytest

from providers.errors import (
    UpstreamBroken,
    UpstreamTimedOut,
    UpstreamUnreachable,
)
from tests.world import CHAT, Upstream, limited, only

ANSWER = json.dumps(
    {
        "object": "chat.completion",
        "choices": [{"message": {"role": "assistant", "content": "Hello"}}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
        "phase": None,
    }
).encode()
SSE = b"text/event-stream"


def event(content=None, *, finish=None, usage=None):
    chunk = {"choices": [{"delta": {"content": content}, "finish_reason": finish}]}
    if usage:
        chunk["usage"] = usage
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
HELLO = [event("Hel"), event("lo"), event(finish="stop"), event(usage=USAGE), DONE]
STREAM = {**CHAT, "stream": True}


async def test_the_providers_answer_goes_back_byte_for_byte(make_world):
    world = await make_world(Upstream([ANSWER]))

    response = await world.ask()

    assert (response.status, response.body) == (200, ANSWER)
    assert response.headers["content-type"] == "application/json"


async def test_the_request_goes_out_as_it_came_but_for_the_models_name(make_world):
    world = await make_world(Upstream([ANSWER]))
    body = b'{ "model" : "fast","messages":[{"role":"user","content":"\\u00e9"}], "new_field":1e400}'

    await world.ask(body.replace(b"1e400", b"123456789012345678901234567890"))

    [sent] = world.upstream.received
    assert sent.body == body.replace(b'"fast"', b'"real-model"').replace(
        b"1e400", b"123456789012345678901234567890"
    )
    assert sent.path == b"/v1/chat/completions"
    assert dict(sent.headers)[b"authorization"] == b"Bearer upstream-secret"


async def test_our_callers_key_never_reaches_the_provider(make_world):
    world = await make_world(Upstream([ANSWER]))

    await world.ask(headers=[(b"x-api-key", world.token.encode())], token="")

    assert world.key.secret not in repr(world.upstream.received[0].headers)


async def test_a_call_leaves_a_record_of_what_it_was_and_none_of_what_it_said(
    make_world,
):
    world = await make_world(Upstream([ANSWER]))

    response = await world.ask(headers=[(b"x-request-id", b"abc-1")])

    [record] = world.records()
    assert (record.tenant_id, record.key_id) == (
        world.caller.tenant_id,
        world.caller.key_id,
    )
    assert (record.model, record.provider, record.status) == ("fast", "acme-ai", 200)
    assert (record.prompt_tokens, record.completion_tokens) == (3, 1)
    assert (record.admitted, record.stream, record.usage_estimated) == (
        True,
        False,
        False,
    )
    assert (record.request_id, record.client_ip) == ("abc-1", "192.0.2.7")
    assert response.headers["x-request-id"] == "abc-1"
    assert "Hello" not in repr(record)


async def test_a_stream_goes_out_event_by_event(make_world):
    world = await make_world(Upstream(HELLO, kind=SSE))

    response = await world.ask(STREAM)

    assert (response.status, response.chunks) == (200, HELLO)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["x-accel-buffering"] == "no"
    [record] = world.records()
    assert (record.prompt_tokens, record.completion_tokens) == (3, 2)
    assert record.stream


async def test_the_record_of_a_stream_is_written_before_its_last_event_goes_out(
    make_world,
):
    world = await make_world(Upstream(HELLO, kind=SSE))

    # One start and four events: the fifth is [DONE], and its sending is the last we see.
    await world.ask(STREAM, hang_up_after=5)

    [record] = world.records()
    assert (record.status, record.error) == (200, "")


@pytest.mark.parametrize("cut", range(0, len(b"".join(HELLO)) + 1, 7))
async def test_a_stream_is_the_same_wherever_the_network_cuts_it(make_world, cut):
    raw = b"".join(HELLO)
    world = await make_world(Upstream([raw[:cut], raw[cut:]], kind=SSE))

    response = await world.ask(STREAM)

    assert response.body == raw
    assert all(chunk.endswith(b"\n\n") for chunk in response.chunks)


@pytest.mark.parametrize("dies_after", range(len(HELLO)))
async def test_a_stream_the_provider_breaks_never_looks_finished(
    make_world, dies_after
):
    world = await make_world(Upstream(HELLO[:dies_after], kind=SSE, dies=True))

    response = await world.ask(STREAM)

    assert b"[DONE]" not in response.body
    last = json.loads(response.chunks[-1].removeprefix(b"data: "))
    assert last["error"]["code"] == "provider_broke_off"
    [record] = world.records()
    assert (record.status, record.error) == (200, "provider_broke_off")


async def test_half_an_event_is_not_passed_on(make_world):
    world = await make_world(
        Upstream([HELLO[0], b'data: {"choices'], kind=SSE, dies=True)
    )

    response = await world.ask(STREAM)

    assert response.chunks[0] == HELLO[0]
    assert len(response.chunks) == 2
    assert b'{"choices\n' not in response.body


async def test_a_stream_that_just_stops_is_taken_for_broken(make_world):
    world = await make_world(Upstream(HELLO[:2], kind=SSE))

    response = await world.ask(STREAM)

    assert b"provider_broke_off" in response.chunks[-1]


async def test_a_finished_stream_without_its_done_is_given_one(make_world):
    world = await make_world(Upstream(HELLO[:3], kind=SSE))

    response = await world.ask(STREAM)

    assert response.chunks == [*HELLO[:3], DONE]


async def test_usage_the_provider_does_not_tell_is_estimated_and_says_so(make_world):
    world = await make_world(Upstream([*HELLO[:3], DONE], kind=SSE))

    await world.ask(STREAM)

    [record] = world.records()
    assert record.usage_estimated
    assert record.completion_tokens > 0


async def test_a_caller_that_hangs_up_stops_the_stream_and_is_recorded(make_world):
    world = await make_world(Upstream([event("x")] * 1000, kind=SSE))

    await world.ask(STREAM, hang_up_after=3)

    assert world.upstream.closed
    assert world.upstream.sent < 10
    [record] = world.records()
    assert (record.status, record.error) == (499, "client_disconnected")
    assert record.completion_tokens > 0


async def test_a_place_among_the_calls_at_a_time_is_given_back(make_world):
    world = await make_world(Upstream([ANSWER]), **limited(None, None, parallel=1))

    await world.ask()
    # The first of all has Valkey learn the script that gives places back.
    await asyncio.sleep(0.1)

    answered = [(await world.ask()).status for _ in range(3)]
    world.upstream.chunks, world.upstream.kind = HELLO, SSE
    streamed = [(await world.ask(STREAM)).status for _ in range(3)]

    assert answered == streamed == [200, 200, 200]


async def test_a_caller_that_hangs_up_as_its_stream_begins_is_recorded(make_world):
    world = await make_world(Upstream([event("x")] * 1000, kind=SSE))

    await world.ask({**CHAT, "stream": True}, hang_up_after=0)

    [record] = world.records()
    assert (record.status, record.error) == (499, "client_disconnected")
    assert (world.upstream.sent, world.upstream.closed) == (0, 1)


async def test_a_caller_that_hangs_up_before_the_answer_is_recorded(make_world):
    world = await make_world(Upstream([ANSWER], waits=asyncio.Event()))

    asking = asyncio.ensure_future(world.ask())
    while not world.upstream.received:
        await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.sleep(0)

    [record] = world.records()
    assert (record.status, record.error) == (499, "client_disconnected")


@pytest.mark.parametrize(
    ("upstream", "status", "kind", "code", "counts"),
    [
        (
            Upstream(status=302, headers=[(b"location", b"http://elsewhere/")]),
            502,
            "provider_unavailable",
            "provider_unavailable",
            False,
        ),
        (Upstream(status=401), 502, "provider_error", "provider_unauthorized", False),
        (Upstream(status=402), 502, "provider_error", "provider_payment", False),
        (Upstream(status=403), 502, "provider_error", "provider_forbidden", False),
        (Upstream(status=404), 404, "provider_invalid_request", "provider_error", True),
        (Upstream(status=422), 422, "provider_invalid_request", "provider_error", True),
        (
            Upstream(status=429),
            429,
            "provider_rate_limit",
            "provider_rate_limit",
            False,
        ),
        (
            Upstream(status=500),
            502,
            "provider_unavailable",
            "provider_unavailable",
            False,
        ),
        (
            Upstream(status=529),
            503,
            "provider_unavailable",
            "provider_overloaded",
            False,
        ),
        (
            Upstream(fails=UpstreamUnreachable("refused")),
            503,
            "provider_unavailable",
            "provider_unavailable",
            False,
        ),
        (
            Upstream(fails=UpstreamTimedOut("no first byte in 5 s")),
            504,
            "provider_unavailable",
            "provider_timeout",
            False,
        ),
        (
            Upstream(fails=UpstreamBroken("reset")),
            502,
            "provider_unavailable",
            "provider_broke_off",
            False,
        ),
        (
            Upstream([b'{"cho'], dies=True),
            502,
            "provider_unavailable",
            "provider_broke_off",
            False,
        ),
    ],
)
async def test_a_providers_failure_is_told_from_our_own_refusals(
    make_world, upstream, status, kind, code, counts
):
    world = await make_world(upstream, **limited(None, 10))

    response = await world.ask()
    await asyncio.gather(*world.plane.limiter._releases)
    after = await world.ask(path="/v1/models", method="GET")

    assert response.status == status
    assert (response.error["type"], response.error["code"]) == (kind, code)
    assert "acme-ai" in response.error["message"]
    assert response.headers["x-gateway-error-source"] == "provider"
    assert after.headers["x-ratelimit-remaining"] == ("9" if counts else "10")
    [record] = world.records()
    assert (record.status, record.error, record.admitted) == (status, code, counts)


async def test_a_provider_that_calls_the_request_wrong_is_quoted(make_world):
    said = b'{"error":{"message":"bad tool","type":"invalid_request_error"}}'
    world = await make_world(Upstream([said], status=400))

    response = await world.ask()

    assert (response.status, response.body) == (400, said)


async def test_what_a_provider_says_to_our_credential_is_not_passed_on(make_world):
    world = await make_world(Upstream([b'{"error":{"message":"sk-123"}}'], status=401))

    response = await world.ask()

    assert b"sk-123" not in response.body


async def test_the_wait_a_provider_asks_for_is_passed_on(make_world):
    world = await make_world(Upstream(status=429, headers=[(b"retry-after", b"7")]))

    response = await world.ask()

    assert response.headers["retry-after"] == "7"


async def test_an_unknown_model_is_not_found_and_near_ones_are_named(make_world):
    world = await make_world()

    response = await world.ask({**CHAT, "model": "fsat"})

    assert (response.status, response.error["code"]) == (404, "model_not_found")
    assert "fast" in response.error["message"]
    assert "GET /v1/models" in response.error["suggested_action"]
    assert world.upstream.received == []


async def test_a_model_out_of_service_is_told_from_a_misspelt_one(make_world):
    world = await make_world()

    response = await world.ask({**CHAT, "model": "dark"})

    assert (response.status, response.error["code"]) == (503, "provider_not_available")


async def test_a_model_the_key_may_not_use_is_forbidden_and_not_suggested(make_world):
    world = await make_world(**only("other*"))

    refused = await world.ask()
    unknown = await world.ask({**CHAT, "model": "fasst"})

    assert (refused.status, refused.error["code"]) == (403, "model_not_allowed")
    assert "'fast'" not in unknown.error["message"]
    assert world.upstream.received == []


async def test_more_tokens_than_the_tier_allows_are_refused_by_name(make_world):
    world = await make_world(max_tokens=100)

    refused = await world.ask({**CHAT, "max_completion_tokens": 101})
    admitted = await world.ask({**CHAT, "max_completion_tokens": 100})

    assert (refused.status, refused.error["param"]) == (
        400,
        "max_completion_tokens",
    )
    assert admitted.status == 200


async def test_a_refused_call_burns_no_quota(make_world):
    world = await make_world(Upstream([ANSWER]), **limited(2, 2))
    for wrong in ({}, {"model": "nope", "messages": CHAT["messages"]}, []):
        await world.ask(wrong)

    responses = [await world.ask() for _ in range(3)]

    assert [response.status for response in responses] == [200, 200, 429]


async def test_a_429_says_which_level_and_when(make_world):
    world = await make_world(Upstream([ANSWER]), **limited(1, None))
    await world.ask()

    response = await world.ask()

    assert response.status == 429
    assert "429" in response.error["message"]
    assert response.error["details"]["level"] == "key"
    assert response.headers["x-ratelimit-remaining"] == "0"
    assert response.headers["x-ratelimit-burst"] == "0"
    assert 1 <= int(response.headers["retry-after"]) <= 61
    assert len(world.upstream.received) == 1


async def test_fifty_at_once_against_twenty_reach_the_provider_twenty_times(make_world):
    world = await make_world(Upstream([ANSWER]), **limited(20, None))

    responses = await asyncio.gather(*(world.ask() for _ in range(50)))

    assert sorted(response.status for response in responses) == [200] * 20 + [429] * 30
    assert len(world.upstream.received) == 20
    assert len(world.records()) == 50


async def test_no_call_is_made_that_could_not_be_recorded(make_world):
    world = await make_world(Upstream([ANSWER]), **limited(None, 10))
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, world.plane.spool._fd)
    os.close(full)
    await world.ask()

    responses = [await world.ask() for _ in range(20)]
    unwritten = world.plane.spool._unwritten.count(b"\n")

    assert {response.status for response in responses} == {503}
    assert responses[-1].error["code"] == "records_unavailable"
    assert responses[-1].headers["x-ratelimit-remaining-month"] == "9"
    assert len(world.upstream.received) == 1
    assert unwritten == 1


async def test_without_the_counter_store_calls_are_refused_not_waved_through(
    make_world,
):
    world = await make_world(Upstream([ANSWER]))
    world.valkey.close()
    world.valkey._address = type(world.valkey._address).parse("unix:///nowhere/s.sock")

    await asyncio.sleep(0.01)
    response = await world.ask()

    assert (response.status, response.headers["retry-after"]) == (503, "5")
    assert world.upstream.received == []
