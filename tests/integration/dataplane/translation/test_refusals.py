"""Providers that answer with an error: told as theirs, in the caller's dialect."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.sockets import Socket
from tests.world import Upstream

from .callers import errors, messages, responses
from .pairs import KINDS, PAIRS, Pair, ask

BAD = "messages.0: of no use"
# What the world's providers are given for a credential.
OURS = "upstream-secret"


@dataclass(frozen=True)
class Answered:
    """`quoted` where the provider's words are about what the caller wrote."""

    status: int
    code: str
    kind: str
    retry_after: int | None = None
    quoted: bool = False


_WRONG = ("provider_error", "provider_invalid_request", None, True)
_BUSY = ("provider_overloaded", "provider_unavailable")
_DOWN = ("provider_unavailable", "provider_unavailable", 30)
_SLOW = ("provider_timeout", "provider_unavailable")
_HASTE = ("provider_rate_limit", "provider_rate_limit")

# A provider's status, how long it asks to wait, and what its caller is answered.
ANSWERS: dict[tuple[int, int | None], Answered] = {
    (302, None): Answered(502, *_DOWN),
    (400, None): Answered(400, *_WRONG),
    (401, None): Answered(502, "provider_unauthorized", "provider_error"),
    (402, None): Answered(502, "provider_payment", "provider_error"),
    (403, None): Answered(502, "provider_forbidden", "provider_error"),
    (404, None): Answered(404, *_WRONG),
    (408, None): Answered(504, *_SLOW),
    (413, None): Answered(413, *_WRONG),
    (422, None): Answered(422, *_WRONG),
    (424, None): Answered(502, *_DOWN),
    (429, 7): Answered(429, *_HASTE, 7),
    (429, None): Answered(429, *_HASTE, 30),
    (500, None): Answered(502, *_DOWN),
    (503, 7): Answered(503, *_BUSY, 7),
    (504, None): Answered(504, *_SLOW),
    (529, None): Answered(503, *_BUSY, 30),
}


def failing(pair: Pair, status: int, wait_s: int | None, said: str) -> dict[str, Any]:
    wait = [] if wait_s is None else [(b"retry-after", b"%d" % wait_s)]
    body = pair.dialect.error(status, said)
    return {"chunks": [body], "status": status, "headers": wait}


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("pair", PAIRS, ids=str)
async def test_a_providers_error_is_told_as_its_own(make_world, pair, stream):
    world = await make_world(kind=pair.kind)

    for (status, wait_s), answered in ANSWERS.items():
        failure = failing(pair, status, wait_s, BAD)
        vars(world.upstream).update(failure)
        response = await ask(world, pair.caller, pair.caller.body(stream=stream))

        assert response.status == answered.status, status
        headers = response.headers
        assert headers["x-gateway-error-source"] == "provider"
        assert headers["content-type"] == "application/json"
        assert "www-authenticate" not in headers
        if pair.passes and answered.quoted:
            assert response.body == failure["chunks"][0]
            continue
        told = errors.told(pair.caller.OPERATION, answered.status, response.json)
        assert (told.code, told.kind or answered.kind) == (answered.code, answered.kind)
        assert told.retry_after == answered.retry_after
        assert headers.get("retry-after") == _text(answered.retry_after)
        assert "the provider acme-ai" in told.message.lower()
        assert str(status) in told.message
        assert (BAD in told.message) == answered.quoted

    records = world.records()
    assert [each.upstream_status for each in records] == [at for at, _ in ANSWERS]
    assert [each.status for each in records] == [a.status for a in ANSWERS.values()]


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
async def test_an_error_that_repeats_our_credential_is_not_passed_on(make_world, pair):
    world = await make_world(kind=pair.kind)

    for status in (400, 401, 403, 404, 429, 500):
        vars(world.upstream).update(failing(pair, status, None, f"{OURS} is bad"))
        response = await ask(world, pair.caller, pair.caller.body(stream=False))

        assert response.status >= 400
        assert OURS.encode() not in response.body


@pytest.mark.parametrize("kind", KINDS)
async def test_on_a_socket_an_error_is_a_frame(make_world, kind):
    pair = Pair(responses, kind)
    world = await make_world(kind=kind)
    socket = await Socket(world).open()

    for (status, wait_s), answered in ANSWERS.items():
        vars(world.upstream).update(failing(pair, status, wait_s, BAD))
        [frame] = await socket.ask(**responses.body(stream=True))

        told = errors.in_frame(frame, answered.status)
        assert (told.code, told.kind) == (answered.code, answered.kind)
        assert told.retry_after == answered.retry_after
    await socket.leave()


async def test_googles_word_for_a_bad_key_is_not_taken_for_the_callers(make_world):
    said = (
        b'{"error":{"code":400,"message":"API key not valid. Please pass a valid API'
        b' key.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}'
    )
    world = await make_world(Upstream([said], status=400), kind="GEMINI")

    for pair in (each for each in PAIRS if each.kind == "GEMINI"):
        response = await ask(world, pair.caller, pair.caller.body(stream=False))

        assert response.status == 502
        told = errors.told(pair.caller.OPERATION, 502, response.json)
        assert told.code == "provider_unauthorized"
        assert b"API key not valid" not in response.body


async def test_an_empty_account_is_told_from_haste(make_world):
    said = b'{"error":{"message":"You exceeded","code":"insufficient_quota"}}'
    world = await make_world(Upstream([said], status=429), kind="OPENAI")

    response = await ask(world, messages, messages.body(stream=False))

    assert (response.status, response.error["code"]) == (429, "provider_quota")
    assert "operator" in response.error["suggested_action"]
