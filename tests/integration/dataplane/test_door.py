import json

import pytest

from tests.world import CHAT, Upstream, only

ANSWER = b'{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}'


@pytest.mark.parametrize("path", ["/v1/models", "/api/v1/models", "/models"])
async def test_the_list_holds_exactly_what_the_key_may_use(make_world, path):
    world = await make_world(**only("other*", "dark"))

    response = await world.ask(path=path, method="GET")

    assert response.status == 200
    assert response.json["object"] == "list"
    assert [model["id"] for model in response.json["data"]] == ["other:7b/x"]
    assert response.json["data"][0]["owned_by"] == "acme-ai"


async def test_a_model_is_found_by_a_name_with_colon_and_slash(make_world):
    world = await make_world()

    response = await world.ask(path="/v1/models/other:7b/x", method="GET")

    assert (response.status, response.json["id"]) == (200, "other:7b/x")


@pytest.mark.parametrize("name", ["nope", "dark", "fast"])
async def test_a_model_that_cannot_be_used_is_not_shown(make_world, name):
    world = await make_world(**only("other*"))

    response = await world.ask(path=f"/v1/models/{name}", method="GET")

    assert (response.status, response.error["code"]) == (404, "model_not_found")


async def test_listing_costs_nothing_and_shows_what_is_left(make_world):
    world = await make_world()

    first = await world.ask(path="/v1/models", method="GET")
    second = await world.ask(path="/v1/models", method="GET")

    assert first.headers["x-ratelimit-burst"] == "100"
    assert second.headers["x-ratelimit-burst"] == "100"
    assert second.headers["x-ratelimit-remaining-month"] == "1000"
    assert world.records() == []


@pytest.mark.parametrize("path", ["/v1/models", "/health", "/healthz", "/"])
async def test_head_answers_like_get_without_the_body(make_world, path):
    world = await make_world()

    get = await world.ask(path=path, method="GET")
    head = await world.ask(path=path, method="HEAD")

    assert head.status == get.status == 200
    assert (head.body, head.headers["content-length"]) == (b"", str(len(get.body)))
    assert set(head.headers) == set(get.headers)


@pytest.mark.parametrize(
    ("path", "method", "allow"),
    [
        ("/v1/chat/completions", "GET", "POST"),
        ("/v1/chat/completions", "DELETE", "POST"),
        ("/v1/models", "POST", "GET, HEAD"),
        ("/v1/models", "BREW", "GET, HEAD"),
        ("/health", "PUT", "GET, HEAD"),
    ],
)
async def test_a_method_that_is_not_served_is_named_with_those_that_are(
    make_world, path, method, allow
):
    world = await make_world()

    response = await world.ask(path=path, method=method)

    assert (response.status, response.headers["allow"]) == (405, allow)
    assert response.error["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    "path",
    [
        *("/v1", "/v1/", "/v1/nothing", "/v1/chat/completions/"),
        *("/api/v1", "/api/v1/nothing"),
    ],
)
async def test_an_unknown_path_is_json_and_never_redirects(make_world, path):
    world = await make_world()

    response = await world.ask(path=path)

    assert (response.status, response.error["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/v1beta", "/v1beta/", "/v1beta/sing"])
async def test_an_unknown_path_of_geminis_is_missed_in_its_words(make_world, path):
    world = await make_world()

    response = await world.ask(path=path, headers=[(b"x-goog-api-key", b"x")])

    assert (response.status, response.error["status"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/v10", "/v1betas/models", "/api", "/v"])
async def test_what_only_begins_like_a_dialects_path_is_djangos(make_world, path):
    world = await make_world()

    with pytest.raises(AssertionError, match="reached Django"):
        await world.ask(path=path)


async def test_paths_that_anybody_makes_up_are_not_kept(make_world):
    world = await make_world()

    for number in range(200):
        await world.ask(path=f"/v1/nothing/{number}", token="")
        await world.ask(path=f"/v1beta/models/{number}:countTokens", token="")
        await world.ask(path="/v1/models", method="GET", token="")

    assert set(world.door._fixed) == {"/v1/models"}


async def test_an_answer_that_cannot_begin_is_recorded_and_its_provider_left(
    make_world,
):
    upstream = Upstream([b"data: {}\n\n"] * 9, kind=b"text/event-stream")
    world = await make_world(upstream)

    await world.ask({**CHAT, "stream": True}, hang_up_after=0)

    assert (upstream.closed, upstream.sent) == (1, 0)
    [record] = world.records()
    assert (record.status, record.error) == (499, "client_disconnected")


@pytest.mark.parametrize(
    ("parts", "headers", "status", "code"),
    [
        ([b"x" * (2**20 + 1)], [], 413, "request_too_large"),
        ([b"x" * 2**19] * 3, [], 413, "request_too_large"),
        ([b"{}"], [(b"content-length", b"99999999999")], 413, "request_too_large"),
        ([b'{"mod', b"...more"], [], 408, "request_timeout"),
        (
            [b"\x1f\x8b"],
            [(b"content-encoding", b"gzip")],
            415,
            "unsupported_content_encoding",
        ),
        ([b""], [], 400, "invalid_json"),
        ([b"not json"], [], 400, "invalid_json"),
        ([b'{"model":"\0"}'], [], 400, "invalid_json"),
    ],
)
async def test_a_hostile_body_is_refused_by_name(
    make_world, parts, headers, status, code
):
    world = await make_world()

    response = await world.ask(parts=parts, headers=headers)

    assert (response.status, response.error["code"]) == (status, code)
    assert response.headers["content-type"] == "application/json"
    assert world.upstream.received == []
    [record] = world.records()
    assert (record.status, record.error) == (status, code)


async def test_a_body_that_was_too_large_stays_so_when_the_configuration_changes(
    make_world,
):
    world = await make_world(Upstream([ANSWER]))
    tail = json.dumps(CHAT).encode()
    await world.change(key_name="renamed")

    response = await world.ask(parts=[b"x" * 2**19, b"x" * 2**19, b"x", tail])

    assert response.status == 413
    assert world.upstream.received == []


async def test_a_body_in_pieces_is_put_together(make_world):
    world = await make_world(Upstream([ANSWER]))
    raw = json.dumps(CHAT).encode()

    response = await world.ask(parts=[raw[:10], raw[10:11], raw[11:]])

    assert response.status == 200


@pytest.mark.parametrize("model", ["\0", "x" * 100_000, "😀" * 300, "a\nb"])
async def test_a_strange_model_name_can_be_recorded(make_world, model):
    world = await make_world()

    response = await world.ask({**CHAT, "model": model})

    assert response.status == 404
    [record] = world.records()
    assert len(record.model) <= 200
    assert "\0" not in record.model


@pytest.mark.parametrize(
    ("given", "echoed"),
    [
        (b"abc", True),
        (b"a" * 128, True),
        (b"a" * 129, False),
        (b"a b", False),
        (b"", False),
    ],
)
async def test_a_request_id_is_echoed_when_it_is_one(make_world, given, echoed):
    world = await make_world(Upstream([ANSWER]))

    response = await world.ask(headers=[(b"x-request-id", given)])

    assert (response.headers["x-request-id"] == given.decode()) is echoed
    assert len(response.headers["x-request-id"]) >= 3


async def test_a_bug_of_ours_is_a_500_in_json_that_tells_nothing(make_world):
    world = await make_world()
    world.plane.transports.clear()

    response = await world.ask()

    assert (response.status, response.error["code"]) == (500, "internal_error")
    assert "KeyError" not in response.body.decode()
    assert world.records()[0].status == 500


async def test_every_answer_says_how_long_it_took_and_which_it_was(make_world):
    world = await make_world(Upstream([ANSWER]))

    for response in (
        await world.ask(),
        await world.ask(token="gh-x"),
        await world.ask(path="/v1/nothing"),
        await world.ask(path="/health", method="GET"),
    ):
        assert response.headers["x-request-id"]
        assert response.headers["x-response-time"].endswith("ms")
