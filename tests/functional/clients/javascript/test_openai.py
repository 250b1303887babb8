"""OpenAI's own client for JavaScript, unmodified, against a provider of every dialect."""

import pytest

from tests.functional.upstreams import ANTHROPIC, BEDROCK, GEMINI, OPENAI

from .said import (
    BOTH,
    CACHED,
    COMPLETION,
    DEATHS,
    GIVEN,
    HELLO,
    PERSON,
    PROMPT,
    RESULT,
    SAID,
    TOOLS,
)

translated = pytest.mark.parametrize(
    "upstream", [ANTHROPIC, GEMINI, BEDROCK], ids=lambda each: each.slug
)


def test_a_chat_says_and_costs_the_same_plain_and_streamed(node, upstream):
    about = {"model": upstream.called(), "say": HELLO}

    plain = node.run("openai/chat", **about)
    streamed = node.run("openai/stream", **about)

    assert plain["content"] == streamed["content"] == streamed["heard"] == SAID
    assert plain["finish_reason"] == streamed["finish_reason"] == "stop"
    assert plain["usage"] == streamed["usage"]
    assert plain["usage"]["prompt_tokens"] == PROMPT
    assert plain["usage"]["completion_tokens"] == COMPLETION
    assert plain["usage"]["prompt_tokens_details"]["cached_tokens"] == CACHED
    assert streamed["chunks"] > COMPLETION


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
def test_the_clients_loop_runs_tools_until_the_answer_is_there(
    node, far, upstream, stream
):
    found = node.run(
        "openai/tools", model=upstream.called(), say=BOTH, tools=TOOLS, stream=stream
    )

    assert found["calls"] == [{"name": name, "given": GIVEN} for name in TOOLS]
    assert found["roles"] == ["user", "assistant", "tool", "tool", "assistant"]
    assert found["text"].startswith("The far side heard:")
    assert len(RESULT.findall(far.last.body)) == 2


def test_an_answer_is_parsed_by_its_schema(node, upstream):
    about = {"model": upstream.called(), "say": HELLO}

    assert node.run("openai/structured", **about)["parsed"] == PERSON
    assert node.run("openai/response_structured", **about)["parsed"] == PERSON


def test_a_response_says_and_costs_the_same_plain_and_streamed(node, upstream):
    about = {"model": upstream.called(), "say": HELLO}

    plain = node.run("openai/responses", **about)
    streamed = node.run("openai/responses", stream=True, **about)

    assert plain["text"] == streamed["text"] == SAID
    assert plain["status"] == streamed["status"] == "completed"
    assert plain["usage"] == streamed["usage"]
    assert plain["usage"]["input_tokens"] == PROMPT
    assert plain["usage"]["output_tokens"] == COMPLETION
    assert streamed["events"][0] == "response.created"
    assert streamed["events"][-1] == "response.completed"


def test_a_response_goes_on_with_the_outputs_of_its_calls(node, far, upstream):
    found = node.run("openai/response_tools", model=upstream.called(), say=HELLO)

    assert [call["name"] for call in found["calls"]] == ["weather"]
    assert found["text"].startswith("The far side heard:")
    assert RESULT.search(far.last.body)


def test_a_response_goes_on_by_its_id_where_the_provider_keeps_it(node, far):
    about = {"model": OPENAI.called(), "say": HELLO, "continues": True}

    found = node.run("openai/response_tools", **about)

    assert found["text"]
    assert far.last.json["previous_response_id"].startswith("resp_")
    assert not far.last.json["previous_response_id"].startswith("resp_gh")


@translated
def test_a_response_cannot_go_on_by_its_id_elsewhere(node, upstream):
    about = {"model": upstream.called(), "say": HELLO, "continues": True}

    found = node.tried("openai/response_tools", **about)

    assert found["error"]["name"] == "BadRequestError"
    assert found["error"]["param"] == "previous_response_id"


@pytest.mark.parametrize("upstream", [OPENAI, GEMINI], ids=lambda each: each.slug)
def test_embeddings_are_the_same_in_either_encoding(node, upstream):
    about = {"model": upstream.called(), "input": ["one", "two"]}

    unasked = node.run("openai/embeddings", **about)
    floats = node.run("openai/embeddings", more={"encoding_format": "float"}, **about)

    assert unasked["vectors"] == floats["vectors"]
    assert len(unasked["vectors"][0]) == 8
    assert unasked["vectors"][0] != unasked["vectors"][1]
    assert unasked["usage"]["prompt_tokens"] > 0


def test_a_provider_without_embeddings_is_named(node):
    found = node.tried("openai/embeddings", model=ANTHROPIC.called(), input="one")

    assert found["error"]["name"] == "BadRequestError"
    assert found["error"]["code"] == "operation_not_supported"


def test_the_models_of_the_key_are_listed(node):
    names = node.run("openai/models")["names"]

    assert {each.called() for each in (OPENAI, ANTHROPIC, GEMINI)} <= set(names)


def test_a_wrong_key_is_an_authentication_error(node):
    about = {"model": OPENAI.called(), "say": HELLO, "key": "gh-wrong"}

    for script in ("openai/chat", "openai/stream", "openai/responses"):
        error = node.tried(script, **about)["error"]

        assert error["name"] == "AuthenticationError"
        assert error["code"] == "invalid_api_key"


def test_an_unknown_model_is_a_not_found_error(node):
    error = node.tried("openai/chat", model="nobody", say=HELLO)["error"]

    assert error["name"] == "NotFoundError"
    assert error["code"] == "model_not_found"


def test_a_limit_of_ones_own_is_a_rate_limit_error(node, house):
    about = {
        "model": OPENAI.called(),
        "say": HELLO,
        "key": house.issue_key("--per-minute", "1"),
    }
    node.tried("openai/chat", **about)

    error = node.tried("openai/chat", **about)["error"]

    assert error["name"] == "RateLimitError"
    assert error["code"] == "rate_limit_exceeded"
    assert int(error["retryAfter"]) > 0


def test_a_limit_of_the_provider_is_told_apart(node, upstream):
    about = {"model": upstream.called("status-429"), "say": HELLO}

    for script in ("openai/chat", "openai/stream", "openai/responses"):
        error = node.tried(script, **about)["error"]

        assert error["name"] == "RateLimitError"
        assert error["code"] == "provider_rate_limit"
        assert error["retryAfter"] == "7"


@pytest.mark.parametrize("death", DEATHS)
def test_a_stream_that_breaks_off_is_an_error_and_no_answer(node, upstream, death):
    about = {"model": upstream.called(death), "say": HELLO}

    chat = node.tried("openai/stream", **about)
    response = node.tried("openai/responses", stream=True, **about)

    assert chat["error"]["message"]
    assert SAID.startswith(chat["heard"])
    assert chat["heard"] != SAID
    assert "content" not in chat
    assert response["error"]["message"]
    assert "response.completed" not in response["events"]
