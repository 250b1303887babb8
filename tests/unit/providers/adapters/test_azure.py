import pytest

from providers.adapters.registry import ADAPTERS
from providers.operations import Operation

from . import wire

CLASSIC = {"home": "https://acme.openai.azure.com", "api_version": "2024-10-21"}


def path(operation=Operation.CHAT, *, query=b"", **fields):
    return wire.outbound("AZURE", wire.sending(operation, query=query), **fields).path


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (Operation.CHAT, b"/openai/deployments/real/chat/completions"),
        (Operation.COMPLETIONS, b"/openai/deployments/real/completions"),
        (Operation.EMBEDDINGS, b"/openai/deployments/real/embeddings"),
        (Operation.IMAGES, b"/openai/deployments/real/images/generations"),
        (Operation.IMAGE_EDITS, b"/openai/deployments/real/images/edits"),
        (Operation.SPEECH, b"/openai/deployments/real/audio/speech"),
        (Operation.TRANSCRIPTIONS, b"/openai/deployments/real/audio/transcriptions"),
        (Operation.TRANSLATIONS, b"/openai/deployments/real/audio/translations"),
        # Not a deployment's: its body names the model.
        (Operation.RESPONSES, b"/openai/responses"),
    ],
)
def test_with_a_version_the_deployment_is_in_the_path(operation, expected):
    assert path(operation, **CLASSIC) == expected + b"?api-version=2024-10-21"


def test_each_operation_it_speaks_has_a_place_in_the_older_way_too():
    for operation in ADAPTERS["AZURE"].speaks:
        assert path(operation, **CLASSIC).startswith(b"/openai/")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, b"/openai/v1/chat/completions"),
        ({"api_version": "preview"}, b"/openai/v1/chat/completions?api-version=preview"),
        (
            {**CLASSIC, "home": "https://apim.acme.test/ai"},
            b"/ai/openai/deployments/real/chat/completions?api-version=2024-10-21",
        ),
        (
            {**CLASSIC, "upstream_model": "gpt 4o/ü"},
            b"/openai/deployments/gpt%204o%2F%C3%BC/chat/completions?api-version=2024-10-21",
        ),
    ],
)  # fmt: skip
def test_the_address_says_which_way_is_taken(fields, expected):
    assert path(**fields) == expected


@pytest.mark.parametrize(
    ("query", "version", "expected"),
    [
        (b"api-version=2023-05-15", "", b""),
        (b"api%2Dversion=2023-05-15&a=1", "", b"?a=1"),
        (b"Api-Version=x&a=1&API%2DVERSION=y", "preview", b"?api-version=preview&a=1"),
        (b"a=1&api-version=x&b=%20", "preview", b"?api-version=preview&a=1&b=%20"),
        (b"a=1", "", b"?a=1"),
        (b"", "", b""),
    ],
)
def test_which_version_is_spoken_is_not_the_callers_to_say(query, version, expected):
    assert path(query=query, api_version=version) == (
        b"/openai/v1/chat/completions" + expected
    )


@pytest.mark.parametrize("fields", [{}, CLASSIC])
def test_a_streamed_chat_tells_its_usage_either_way(fields):
    asked = wire.sending(Operation.CHAT, b'{"model":"fast"}', stream=True)

    assert wire.outbound("AZURE", asked, **fields).body == (
        b'{"stream_options":{"include_usage":true},"model":"real"}'
    )
