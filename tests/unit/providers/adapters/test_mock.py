import itertools

import orjson
import pytest

from providers import sse
from providers.adapters.mock import MOST_ANSWER_BYTES, MockTransport
from providers.errors import UpstreamBroken
from providers.types import Endpoint, Outbound, Timeouts

NOON = 1_800_000_000.9
HELLO = [{"role": "user", "content": "hello there, mock"}]
SAID = "This is a mock response from mock-gpt-4. You said: 'hello there, mock'"


async def ask(body):
    outbound = Outbound(
        endpoint=Endpoint("mock", "mock", 0),
        method=b"POST",
        path=b"/chat/completions",
        headers=[],
        body=body if isinstance(body, bytes) else orjson.dumps(body),
        timeouts=Timeouts(),
    )
    return await MockTransport(clock=lambda: NOON).send(outbound)


async def plain(**fields):
    answer = await ask({"model": "mock-gpt-4", "messages": HELLO, **fields})
    assert dict(answer.headers) == {b"content-type": b"application/json"}
    return answer.status, orjson.loads(await answer.read(2**20))


async def streamed(**fields):
    asked = {"model": "mock-gpt-4", "messages": HELLO, "stream": True, **fields}
    answer = await ask(asked)
    blocks = [block async for block in answer.chunks()]
    assert dict(answer.headers) == {b"content-type": b"text/event-stream"}
    assert blocks[-1] == sse.DONE
    return [orjson.loads(data) for block in blocks[:-1] for data in sse.payloads(block)]


def texts(chunks):
    """Return the text of each choice."""
    found = {}
    for choice in itertools.chain.from_iterable(chunk["choices"] for chunk in chunks):
        said = choice["delta"].get("content", "")
        found[choice["index"]] = found.get(choice["index"], "") + said
    return found


async def test_it_answers_in_openais_shape():
    status, answer = await plain()

    assert status == 200
    assert answer.pop("id").startswith("chatcmpl-")
    assert answer == {
        "object": "chat.completion",
        "created": 1_800_000_000,
        "model": "mock-gpt-4",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": SAID, "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 3, "completion_tokens": 12, "total_tokens": 15},
    }


async def test_no_two_answers_share_an_id():
    assert (await plain())[1]["id"] != (await plain())[1]["id"]


async def test_it_streams_role_then_words_then_reason():
    chunks = await streamed()

    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert [delta["content"] for delta in deltas[1:4]] == ["This", " is", " a"]
    assert deltas[-1] == {}
    assert [c["choices"][0]["finish_reason"] for c in chunks] == [None] * 13 + ["stop"]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert (
        len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in chunks}) == 1
    )
    assert not any("usage" in chunk for chunk in chunks)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"n": 3},
        {"max_tokens": 4},
        {"max_tokens": 9, "max_completion_tokens": 2, "n": 2},
        {"max_tokens": 12},
        {"max_tokens": 10**6},
        {"messages": [{"role": "user", "content": "two\n lines  and\ttabs "}]},
        {"messages": [{"role": "user", "content": ""}]},
    ],
)
async def test_streamed_and_plain_answers_agree(fields):
    _, whole = await plain(**fields)
    chunks = await streamed(stream_options={"include_usage": True}, **fields)

    said = {c["index"]: c["message"]["content"] for c in whole["choices"]}
    assert texts(chunks) == said
    assert chunks[-1]["usage"] == whole["usage"]
    assert chunks[-1]["choices"] == []
    assert [chunk["usage"] for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    ends = {c["finish_reason"] for chunk in chunks for c in chunk["choices"]} - {None}
    assert ends == {choice["finish_reason"] for choice in whole["choices"]}


@pytest.mark.parametrize(
    ("limit", "text", "reason"),
    [
        (1, "This", "length"),
        (11, SAID.removesuffix(" mock'"), "length"),
        (12, SAID, "stop"),
        (13, SAID, "stop"),
    ],
)
async def test_a_limit_cuts_words(limit, text, reason):
    _, answer = await plain(max_tokens=limit)

    choice = answer["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == (text, reason)
    assert answer["usage"]["completion_tokens"] == min(limit, 12)


async def test_it_repeats_the_last_thing_the_user_said():
    parts = [{"type": "text", "text": "one"}, {"type": "image_url"}, {"text": "two"}]
    _, answer = await plain(
        messages=[
            {"role": "system", "content": "be brief"},
            {"role": "user", "content": "first"},
            {"role": "user", "content": parts},
            {"role": "assistant", "content": None, "tool_calls": []},
        ]
    )

    assert answer["choices"][0]["message"]["content"].endswith("You said: 'one two'")
    assert answer["usage"]["prompt_tokens"] == 5


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"", None),
        (b"{", None),
        (b"[]", None),
        ({"messages": HELLO}, "model"),
        ({"model": "", "messages": HELLO}, "model"),
        ({"model": "m"}, "messages"),
        ({"model": "m", "messages": []}, "messages"),
        ({"model": "m", "messages": "hi"}, "messages"),
        ({"model": "m", "messages": ["hi"]}, "messages"),
        ({"model": "m", "messages": [{"content": "hi"}]}, "messages"),
        ({"model": "m", "messages": HELLO, "n": 0}, "n"),
        ({"model": "m", "messages": HELLO, "n": 129}, "n"),
        ({"model": "m", "messages": HELLO, "n": True}, "n"),
        ({"model": "m", "messages": HELLO, "max_tokens": "9"}, "max_tokens"),
    ],
)
async def test_a_broken_body_gets_a_400_in_openais_shape(body, param):
    answer = await ask(body)

    error = orjson.loads(await answer.read(2**20))["error"]
    assert answer.status == 400
    assert (error["type"], error["param"]) == ("invalid_request_error", param)
    assert error["message"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("choices", "length", "status"),
    [
        (128, 500_000, 400),
        (128, 20_000, 200),
        (2, MOST_ANSWER_BYTES // 2, 400),
        (2, MOST_ANSWER_BYTES // 2 - 100, 200),
        (1, 32 * 2**20, 400),
    ],
)
async def test_an_answer_many_times_the_question_is_refused(
    choices, length, status, stream
):
    content = [{"role": "user", "content": "x" * length}]
    answer = await ask(
        {"model": "m", "messages": content, "n": choices, "stream": stream}
    )

    body = await answer.read(2 * MOST_ANSWER_BYTES)
    assert answer.status == status
    if status == 400:
        error = orjson.loads(body)["error"]
        param = "n" if choices > 1 else "messages"
        assert (error["type"], error["param"]) == ("invalid_request_error", param)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 2**17,
        "x " * 2**17,
        " x" * 2**17,
        " " * 2**17,
        "x" * (2**16 - 1) + " y",
        "x" * 2**16 + " y",
        "x" * (2**16 + 1) + "\u3000y",
    ],
    ids=len,
)
async def test_the_words_of_a_long_prompt_are_all_counted(text):
    _, answer = await plain(
        messages=[
            {"role": "system", "content": text},
            {"role": "user", "content": "hi"},
        ]
    )

    assert answer["usage"]["prompt_tokens"] == len(text.split()) + 1


async def test_a_limit_of_words_makes_a_long_answer_short_enough():
    words = [{"role": "user", "content": "word " * 100_000}]

    answer = await ask({"model": "m", "messages": words, "n": 128, "max_tokens": 10})

    assert answer.status == 200


async def test_letters_of_many_bytes_are_counted_as_such():
    content = [{"role": "user", "content": "\U0001f600" * (MOST_ANSWER_BYTES // 4)}]

    answer = await ask({"model": "m", "messages": content})

    assert answer.status == 400


async def test_a_stream_of_many_short_words_is_no_longer_than_the_limit_allows():
    words = [{"role": "user", "content": "a " * 50_000}]

    answer = await ask({"model": "m", "messages": words, "n": 128, "stream": True})

    assert answer.status == 400


async def test_an_answer_over_the_readers_limit_is_refused():
    answer = await ask({"model": "m", "messages": HELLO})

    with pytest.raises(UpstreamBroken, match="longer than 10 bytes"):
        await answer.read(10)


async def test_a_closed_stream_says_no_more():
    answer = await ask({"model": "m", "messages": HELLO, "stream": True})
    chunks = answer.chunks()
    await anext(chunks)

    answer.close()

    assert [chunk async for chunk in chunks] == []
