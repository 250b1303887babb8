"""What providers are sent when a request was translated: they would take it for their own.

Not Amazon's: the types of its Converse are to be had with the whole of its SDK alone.
"""

import json

import pytest
from pydantic import ValidationError

from providers.adapters.registry import ADAPTERS
from providers.operations import Operation
from tests.contracts import anthropic, gemini, openai
from tests.world import Upstream

from .asking import chat, generate, messages, responses

ASKED = {
    Operation.CHAT: ("/v1/chat/completions", chat.ASKED),
    Operation.MESSAGES: ("/v1/messages", messages.ASKED),
    Operation.RESPONSES: ("/v1/responses", responses.ASKED),
    Operation.GENERATE: ("/v1beta/models/fast:generateContent", generate.ASKED),
}


def _chat(body):
    openai.check("CreateChatCompletionRequest", body)


def _compatible_chat(body):
    # Beyond OpenAI's own words, what most servers of its dialect take.
    _chat({name: value for name, value in body.items() if name != "top_k"})


def _messages(body):
    anthropic.check_request(body)


def _generate(body):
    gemini.check(gemini.Request, body)


TOLD = {
    "OPENAI": _chat,
    "OPENAI_COMPATIBLE": _compatible_chat,
    "ANTHROPIC": _messages,
    "GEMINI": _generate,
}
TRANSLATED = [
    pytest.param(operation, kind, id=f"{operation}-{kind}")
    for operation in ASKED
    for kind in TOLD
    if operation not in ADAPTERS[kind].speaks
]


@pytest.mark.parametrize(("operation", "kind"), TRANSLATED)
async def test_a_request_is_what_its_provider_publishes(make_world, operation, kind):
    world = await make_world(Upstream([b"{}"], status=500), kind=kind)
    path, asked = ASKED[operation]
    wrong = {}

    for name, each in asked.items():
        world.upstream.received.clear()
        body = (
            each.fields
            if operation is Operation.GENERATE
            else {"model": "fast", **each.fields}
        )
        response = await world.ask(body, path=path)
        if response.status == 400:
            if kind not in each.beyond:
                wrong[name] = response.json
            continue
        if kind in each.beyond:
            wrong[name] = "was not refused"
        [sent] = world.upstream.received
        try:
            TOLD[kind](json.loads(sent.body))
        except (AssertionError, ValidationError) as error:
            wrong[name] = str(error)[:600]

    assert wrong == {}
