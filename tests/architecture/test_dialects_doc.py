"""docs/dialects.md is what integrators build on: where it can be held against the code, it is."""

import importlib
import json
import pkgutil
import re

import pytest

from gateway_project.dataplane.errors import (
    BadRequest,
    BodyTooLarge,
    BodyTooSlow,
    Forbidden,
    MethodNotAllowed,
    NotFound,
    RateLimited,
    ServerError,
    Unauthenticated,
    Unavailable,
    UnsupportedEncoding,
)
from gateway_project.dataplane.urls import urlpatterns
from providers import dialects
from providers.adapters.registry import ADAPTERS
from providers.dialects.anthropic.sides import ERRORS as ANTHROPIC
from providers.dialects.gemini.sides import ERRORS as GEMINI
from providers.dialects.openai.sides import ERRORS as OPENAI
from providers.operations import CONVERSATIONS, Operation
from providers.types import Failure

from .dialects_doc import DOCUMENT, table, words

KINDS = {
    "OpenAI": "OPENAI",
    "Azure": "AZURE",
    "compatible": "OPENAI_COMPATIBLE",
    "Ollama": "OLLAMA",
    "mock": "MOCK",
    "Anthropic": "ANTHROPIC",
    "Gemini": "GEMINI",
    "Bedrock": "BEDROCK",
}
COUNTS = {Operation.MESSAGES_COUNT, Operation.GENERATE_COUNT}
SEED = Failure(
    status=400,
    message="Anthropic has nothing like seed.",
    type="invalid_request_error",
    code="unsupported_parameter",
    param="seed",
)


ENDPOINTS = {
    Operation(words(row["operation"])[0]): row for row in table("What is served")
}


@pytest.mark.parametrize("pattern", urlpatterns, ids=str)
def test_every_path_is_named(pattern):
    path = re.sub(r"<[^>]*>", "{model}", str(pattern.pattern))
    _, colon, method = path.partition(":")
    if colon:
        path = f":{method}"
    elif path.startswith("api/v1/"):
        # That all of these are there as well is said once.
        path = path.removeprefix("api")
    else:
        path = f"/{path}"

    assert re.search(re.escape(path) + r"(?![\w/])", DOCUMENT)


def test_every_operation_has_a_row():
    assert set(ENDPOINTS) == set(Operation) - {Operation.CONVERSE}
    assert set(KINDS.values()) == set(ADAPTERS)


@pytest.mark.parametrize("column", KINDS)
@pytest.mark.parametrize("operation", ENDPOINTS)
def test_what_kinds_of_providers_do_is_told(operation, column):
    speaks = ADAPTERS[KINDS[column]].speaks
    embeds = Operation.EMBEDDINGS, Operation.GEMINI_EMBED_BATCH in speaks
    if operation in speaks:
        told = "="
    elif operation in CONVERSATIONS or (operation, True) == embeds:
        told = "t"
    else:
        told = "c" if operation in COUNTS else "-"

    assert ENDPOINTS[operation][column] == told


MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(dialects.__path__, f"{dialects.__name__}.")
]
DROPPED = {
    field
    for module in MODULES
    for name in ("DROPPED", "_DROPPED")
    for field in getattr(module, name, ())
}


@pytest.mark.parametrize("field", sorted(DROPPED))
def test_every_field_that_is_dropped_is_named(field):
    named = [word for row in table("What is dropped") for word in words(row["dropped"])]

    assert field in named


@pytest.mark.parametrize(
    ("name", "errors"),
    [("chat", OPENAI), ("messages", ANTHROPIC), ("generateContent", GEMINI)],
)
def test_the_examples_of_errors_are_what_callers_get(name, errors):
    example = re.search(rf"<!-- {name} -->\n```json\n(.*?)\n```", DOCUMENT)

    assert json.loads(example[1]) == json.loads(errors.body(SEED))


OURS = [
    *(BadRequest, Unauthenticated, Forbidden, NotFound, MethodNotAllowed),
    *(BodyTooSlow, BodyTooLarge, UnsupportedEncoding, RateLimited),
    *(Unavailable, ServerError),
]


@pytest.mark.parametrize("row", table("Errors"), ids=lambda row: row["when"])
def test_each_status_is_told_in_every_dialect(row):
    if row["status"] == "4xx":
        return
    (kind,) = words(row["type in OpenAI's dialects"])
    failure = Failure(int(row["status"]), "It is so.", kind, "so")
    anthropic = json.loads(ANTHROPIC.body(failure))["error"]["type"]
    google = json.loads(GEMINI.body(failure))["error"]["status"]

    assert words(row["in Anthropic's"]) == [anthropic]
    assert words(row["status in Gemini's"]) == [google]


@pytest.mark.parametrize("refusal", OURS, ids=lambda refusal: refusal.__name__)
def test_every_refusal_of_ours_is_told(refusal):
    told = {
        (row["status"], *words(row["type in OpenAI's dialects"]))
        for row in table("Errors")
    }

    assert (str(refusal.status), refusal.type) in told
