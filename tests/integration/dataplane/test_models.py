from dataclasses import replace

import pytest

from tests.world import only

GENERATES = ["generateContent", "streamGenerateContent", "countTokens"]
ANTHROPIC = [(b"anthropic-version", b"2023-06-01")]


@pytest.mark.parametrize("path", ["/v1/models", "/api/v1/models", "/models"])
async def test_anthropics_clients_are_known_by_their_header(make_world, path):
    world = await make_world(**only("fast"))

    page = await world.ask(path=path, method="GET", headers=ANTHROPIC)
    one = await world.ask(path=f"{path}/fast", method="GET", headers=ANTHROPIC)

    entry = {
        "type": "model",
        "id": "fast",
        "display_name": "fast",
        "created_at": "1970-01-01T00:00:01Z",
        "lifecycle": "active",
    }
    assert page.json == {
        "data": [entry],
        "has_more": False,
        "first_id": "fast",
        "last_id": "fast",
    }
    assert one.json == entry


async def test_a_page_of_no_models_has_no_ends(make_world):
    world = await make_world(**only("none-of-these"))

    page = await world.ask(path="/v1/models", method="GET", headers=ANTHROPIC)

    assert page.json == {
        "data": [],
        "has_more": False,
        "first_id": None,
        "last_id": None,
    }


@pytest.mark.parametrize("path", ["/v1/models", "/v1beta/models"])
async def test_geminis_clients_are_known_by_path_or_header(make_world, path):
    world = await make_world(**only("other*"))
    key = [(b"x-goog-api-key", world.token.encode())]

    page = await world.ask(path=path, method="GET", headers=key, token="")
    one = await world.ask(
        path=f"{path}/other:7b/x", method="GET", headers=key, token=""
    )

    (entry,) = page.json["models"]
    assert entry["name"] == "models/other:7b/x"
    assert one.json == entry


@pytest.mark.parametrize(
    ("path", "headers", "shape"),
    [
        ("/v1/models/gone", [], {"error", "detail"}),
        ("/v1/models/gone", ANTHROPIC, {"type", "error"}),
        ("/v1beta/models/gone", [], {"error"}),
    ],
)
async def test_a_model_that_is_not_there_is_missed_in_the_callers_dialect(
    make_world, path, headers, shape
):
    world = await make_world()

    response = await world.ask(path=path, method="GET", headers=headers)

    assert (response.status, set(response.json)) == (404, shape)


@pytest.mark.parametrize("version", ["v1", "v1beta"])
async def test_a_model_with_colons_and_slashes_is_found_in_geminis_paths(
    make_world, version
):
    world = await make_world()
    world.upstream.chunks = [b"{}"]

    response = await world.ask(
        {"contents": [{"parts": [{"text": "hi"}]}]},
        path=f"/{version}/models/other:7b/x:countTokens",
    )

    assert response.json == {"totalTokens": 1}
    assert world.records()[0].model == "other:7b/x"


@pytest.mark.parametrize(
    ("kind", "model", "methods"),
    [
        ("OPENAI", "gpt-5", GENERATES),
        ("GEMINI", "gemini-2.5-flash", GENERATES),
        (
            "GEMINI",
            "models/gemini-embedding-001",
            ["embedContent", "batchEmbedContents", "countTokens"],
        ),
        ("OPENAI", "text-embedding-3-small", ["countTokens"]),
    ],
)
async def test_geminis_clients_are_told_what_a_model_can_be_asked(
    make_world, kind, model, methods
):
    world = await make_world(kind=kind)
    entry = world.database.models["fast"]
    served = replace(entry.target, upstream_model=model)
    world.database.models["fast"] = replace(entry, target=served)

    response = await world.ask(path="/v1beta/models/fast", method="GET")

    assert response.json["supportedGenerationMethods"] == methods
