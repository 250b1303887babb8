"""The official client, unmodified, against the product as it is started."""

import openai
import pytest

HELLO = [{"role": "user", "content": "Hello there"}]
SAID = "This is a mock response from mock-gpt-4. You said: 'Hello there'"


def client(house, key, **options):
    return openai.OpenAI(
        base_url=f"{house.url}/v1", api_key=key, max_retries=0, **options
    )


def test_a_plain_completion(house, key):
    answer = client(house, key).chat.completions.create(
        model="mock-gpt-4", messages=HELLO
    )

    assert answer.choices[0].message.content == SAID
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens > 0


def test_a_streamed_completion_says_and_costs_the_same(house, key):
    plain = client(house, key).chat.completions.create(
        model="mock-gpt-4", messages=HELLO
    )
    chunks = list(
        client(house, key).chat.completions.create(
            model="mock-gpt-4",
            messages=HELLO,
            stream=True,
            stream_options={"include_usage": True},
        )
    )

    text = "".join(
        chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices
    )
    assert text == SAID
    assert len(chunks) > 5
    assert chunks[-1].usage == plain.usage


def test_the_models_are_listed_and_shown(house, key):
    asker = client(house, key)

    # Other tests of this house may have added theirs.
    listed = [model.id for model in asker.models.list()]
    assert listed == sorted(listed)
    assert {"mock-claude", "mock-gpt-4"} <= set(listed)
    assert asker.models.retrieve("mock-claude").id == "mock-claude"


def test_a_wrong_key_is_an_authentication_error(house):
    with pytest.raises(openai.AuthenticationError, match="Invalid API key"):
        client(house, "gh-wrong").models.list()


def test_an_unknown_model_is_a_not_found_error_that_helps(house, key):
    with pytest.raises(openai.NotFoundError) as refused:
        client(house, key).chat.completions.create(model="mock-gpt", messages=HELLO)

    assert refused.value.code == "model_not_found"
    assert "mock-gpt-4" in str(refused.value)


def test_a_rate_limit_is_a_rate_limit_error_that_says_429(house):
    asker = client(house, house.issue_key("--per-minute", "1"))
    asker.chat.completions.create(model="mock-gpt-4", messages=HELLO)

    with pytest.raises(openai.RateLimitError) as refused:
        asker.chat.completions.create(model="mock-gpt-4", messages=HELLO)

    assert "429" in str(refused.value)
    assert refused.value.body["details"]["level"] == "key"
    assert int(refused.value.response.headers["retry-after"]) > 0


def test_a_field_that_is_wrong_is_a_bad_request_error_naming_it(house, key):
    with pytest.raises(openai.BadRequestError) as refused:
        client(house, key).chat.completions.create(
            model="mock-gpt-4", messages=HELLO, temperature=9
        )

    assert refused.value.param == "temperature"


def test_the_operator_sees_the_call_with_its_usage(house, key):
    asker = client(house, key).with_options(default_headers={"X-Request-ID": "seen-1"})
    answer = asker.chat.completions.create(model="mock-claude", messages=HELLO)
    house.drained()

    rows = house.sql(
        "SELECT id, prompt_tokens, completion_tokens, status FROM audit_callrecord"
        " WHERE request_id = 'seen-1'"
    )
    [[call_id, prompt, completion, status]] = rows
    page = house.console().get(f"/admin/audit/callrecord/{call_id}/change/")

    usage = answer.usage
    assert (prompt, completion, status) == (
        usage.prompt_tokens,
        usage.completion_tokens,
        200,
    )
    assert page.status_code == 200
    assert "mock-claude" in page.text
    assert key not in page.text
