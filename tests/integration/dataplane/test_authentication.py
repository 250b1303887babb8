import pytest

from tenants import keys
from tenants.types import Digest
from tests.world import CHAT, NOON, Upstream

ANSWER = b'{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}'


def bearer(text):
    return [(b"authorization", text.encode())]


async def test_a_key_is_taken_as_bearer_or_in_the_dialects_own_headers(make_world):
    world = await make_world(Upstream([ANSWER]))
    token = world.token.encode()

    for headers in (
        [(b"authorization", b"Bearer " + token)],
        [(b"authorization", b"bearer   " + token + b" ")],
        [(b"x-api-key", token)],
        [(b"x-goog-api-key", b" " + token)],
    ):
        assert (await world.ask(headers=headers, token="")).status == 200


@pytest.mark.parametrize(
    ("headers", "hint"),
    [
        ([], "it is missing"),
        (bearer("Bearer"), "must begin with `Bearer `"),
        (bearer("Bearer: {key}"), "without a colon"),
        (bearer("{key}"), "must begin with `Bearer `"),
        (bearer("Basic {key}"), "must begin with `Bearer `"),
        ([(b"bearer", b"{key}")], "Bearer is not read"),
        ([(b"api-key", b"{key}")], "Api-Key is not read"),
        (bearer("Bearer sk-nonsense"), "does not have the form"),
        (bearer("Bearer " + keys.render(keys.generate(), "gh-")), "Invalid API key."),
    ],
)
async def test_every_wrong_way_is_refused_with_a_hint(make_world, headers, hint):
    world = await make_world(Upstream([ANSWER]))
    filled = [
        (name, value.replace(b"{key}", world.token.encode())) for name, value in headers
    ]

    response = await world.ask(headers=filled, token="")

    assert response.status == 401
    assert response.error["message"].startswith("Invalid API key")
    assert hint in response.error["message"]
    assert response.error["code"] == "invalid_api_key"
    assert response.json["detail"] == response.error["message"]
    assert response.headers["www-authenticate"] == "Bearer"
    assert world.token not in response.body.decode()
    assert world.upstream.received == []


async def test_a_good_public_part_with_another_secret_does_not_open(make_world):
    world = await make_world(Upstream([ANSWER]))
    forged = keys.PresentedKey(world.key.public_id, keys.generate().secret)

    response = await world.ask(token=keys.render(forged, "gh-"))

    assert (response.status, response.error["message"]) == (401, "Invalid API key.")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"revoked": True}, 401, "key_revoked"),
        ({"expires_at": NOON}, 401, "key_expired"),
        ({"expires_at": NOON + 1}, 200, None),
        ({"tenant_suspended": True}, 403, "tenant_suspended"),
    ],
)
async def test_a_key_that_no_longer_works_says_why_to_its_holder(
    make_world, change, status, code
):
    world = await make_world(Upstream([ANSWER]), **change)

    response = await world.ask()

    assert response.status == status
    if code is not None:
        assert response.error["code"] == code
        assert world.upstream.received == []


async def test_a_strangers_guess_at_a_revoked_key_learns_nothing(make_world):
    world = await make_world(Upstream([ANSWER]), revoked=True)
    guess = keys.PresentedKey(world.key.public_id, keys.generate().secret)

    response = await world.ask(token=keys.render(guess, "gh-"))

    assert response.error["message"] == "Invalid API key."


async def test_a_rotated_secret_opens_until_its_overlap_ends(make_world):
    new = keys.generate()
    world = await make_world(Upstream([ANSWER]))
    await world.change(
        digests=(
            Digest(keys.digest(new.secret)),
            Digest(keys.digest(world.key.secret), NOON + 60),
        )
    )
    fresh = keys.render(keys.PresentedKey(world.key.public_id, new.secret), "gh-")

    during = [(await world.ask(token=token)).status for token in (world.token, fresh)]
    world.now = NOON + 60
    after = [(await world.ask(token=token)).status for token in (world.token, fresh)]

    assert (during, after) == ([200, 200], [401, 200])


async def test_the_next_request_after_a_revocation_is_refused(make_world):
    world = await make_world(Upstream([ANSWER]))
    before = await world.ask()

    await world.change(revoked=True)
    after = await world.ask()

    assert (before.status, after.status) == (200, 401)
    assert after.error["code"] == "key_revoked"
    assert len(world.upstream.received) == 1


async def test_a_key_issued_a_moment_ago_works_at_once(make_world):
    world = await make_world(Upstream([ANSWER]))
    new = keys.generate()

    await world.change(
        public_id=new.public_id, digests=(Digest(keys.digest(new.secret)),)
    )
    response = await world.ask(token=keys.render(new, "gh-"))

    assert response.status == 200


async def test_many_requests_that_meet_a_change_load_it_once(make_world):
    world = await make_world(Upstream([ANSWER]))
    await world.ask()
    loads = world.loads

    await world.change(key_name="renamed")
    for response in [await world.ask() for _ in range(5)]:
        assert response.status == 200

    assert world.loads == loads + 1


async def test_an_emptied_counter_store_is_told_the_revision_again(make_world):
    world = await make_world(Upstream([ANSWER]))
    await world.valkey.call(b"*1\r\n$7\r\nFLUSHDB\r\n")

    responses = [await world.ask() for _ in range(3)]

    assert [response.status for response in responses] == [200] * 3
    assert await world.plane.limiter.current_revision() == world.database.revision


@pytest.mark.parametrize(
    ("named", "status"), [("acme", 200), ("", 200), ("other", 403), ("ACME", 403)]
)
async def test_a_tenant_header_must_name_the_keys_own(make_world, named, status):
    world = await make_world(Upstream([ANSWER]))

    response = await world.ask(headers=[(b"x-iio-tenant", named.encode())])

    assert response.status == status


async def test_strangers_are_tallied_and_not_written_one_by_one(make_world):
    world = await make_world()
    for _ in range(50):
        await world.ask(token="gh-nonsense")

    assert world.records() == []
    world.plane.refusals.flush()

    [refusals] = world.records()
    assert (refusals.code, refusals.count) == ("invalid_api_key", 50)
    assert refusals.client_ip == "192.0.2.7"


async def test_a_flood_of_made_up_strangers_stays_small(make_world):
    world = await make_world()
    for number in range(3000):
        world.plane.refusals.add(
            code="invalid_api_key", subject="", tenant_id=None, client_ip=f"ip{number}"
        )

    world.plane.refusals.flush()

    records = world.records()
    assert len(records) <= 1001
    assert sum(record.count for record in records) == 3000


async def test_models_are_listed_only_to_a_key(make_world):
    world = await make_world()

    response = await world.ask(path="/v1/models", method="GET", token="gh-x")

    assert response.status == 401


async def test_a_prompt_is_not_even_read_for_a_stranger(make_world):
    world = await make_world()

    response = await world.ask({**CHAT, "messages": []}, token="gh-x")

    assert response.status == 401
