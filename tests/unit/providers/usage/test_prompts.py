import json

import pytest

from providers import tokens
from providers.usage.prompts import prompt_tokens

IMAGE = "data:image/png;base64," + "A" * 100_000
WORDS = "Where is the harbour?"
TOOL = {
    "name": "weather",
    "description": "Say the weather.",
    "parameters": {"type": "object"},
}
REQUESTS = {
    "chat": {"messages": [{"role": "user", "content": WORDS}]},
    "chat in parts": {"messages": [{"content": [{"type": "text", "text": WORDS}]}]},
    "chat with a picture": {
        "messages": [{"content": [{"type": "image_url", "image_url": {"url": IMAGE}}, {"type": "text", "text": WORDS}]}]
    },
    "chat with sound": {
        "messages": [{"content": [{"type": "input_audio", "input_audio": {"data": IMAGE}}, {"text": WORDS}]}]
    },
    "chat with a file": {
        "messages": [{"content": [{"type": "file", "file": {"file_data": IMAGE}}, {"text": WORDS}]}]
    },
    "a tool's result": {"messages": [{"role": "tool", "tool_call_id": "call_1", "content": WORDS}]},
    "completions": {"prompt": WORDS, "max_tokens": 7},
    "completions of several": {"prompt": [WORDS]},
    "completions of tokens": {"prompt": [1, 2, 3, 4, 5]},
    "embeddings of tokens": {"input": [[1, 2], [3, 4, 5]]},
    "responses": {"input": WORDS},
    "responses with instructions": {"instructions": WORDS, "input": ""},
    "responses in items": {
        "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": WORDS}]}]
    },
    "responses with a result": {
        "input": [{"type": "function_call_output", "call_id": "call_1", "output": WORDS}]
    },
    "responses with a picture": {
        "input": [{"content": [{"type": "input_image", "image_url": IMAGE}, {"type": "input_text", "text": WORDS}]}]
    },
    "messages": {"system": "", "messages": [{"role": "user", "content": [{"type": "text", "text": WORDS}]}]},
    "messages with a system": {"system": [{"type": "text", "text": WORDS, "cache_control": {"type": "ephemeral"}}]},
    "messages with a picture": {
        "messages": [
            {"content": [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": IMAGE}}]},
            {"content": WORDS},
        ]
    },
    "messages with a document": {
        "messages": [
            {"content": [{"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": WORDS}}]}
        ]
    },
    "messages with a result": {
        "messages": [{"content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"text": WORDS}]}]}]
    },
    "contents": {"contents": [{"role": "user", "parts": [{"text": WORDS}]}]},
    "contents with a system": {"systemInstruction": {"parts": [{"text": WORDS}]}, "contents": []},
    "contents with a picture": {
        "contents": [{"parts": [{"inlineData": {"mimeType": "image/png", "data": IMAGE}}, {"text": WORDS}]}]
    },
    "Gemini's embeddings": {"requests": [{"model": "models/m", "content": {"parts": [{"text": WORDS}]}}]},
    "one of Gemini's embeddings": {"content": {"parts": [{"text": WORDS}]}},
    "a ranking": {"query": WORDS, "documents": []},
    "a ranking of documents": {"query": "", "documents": [{"text": WORDS}]},
    "speech": {"input": WORDS, "voice": "alloy"},
}  # fmt: skip


@pytest.mark.parametrize("request_body", REQUESTS.values(), ids=REQUESTS.keys())
def test_what_is_said_counts_and_nothing_else(request_body):
    counted = prompt_tokens(json.dumps(request_body).encode())

    # Empty texts beside it are a line end each.
    assert counted in (5, 6)


@pytest.mark.parametrize(
    "request_body",
    [
        {"messages": [{"tool_calls": [{"id": "1", "function": {"name": "f", "arguments": WORDS}}]}]},
        {"messages": [{"content": [{"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"q": WORDS}}]}]},
        {"contents": [{"parts": [{"functionCall": {"name": "f", "args": {"q": WORDS}}}]}]},
        {"contents": [{"parts": [{"functionResponse": {"name": "f", "response": {"a": WORDS}}}]}]},
        {"input": [{"type": "function_call", "arguments": WORDS, "name": "f", "call_id": "1"}]},
        {"input": [{"type": "custom_tool_call", "input": WORDS, "name": "f", "call_id": "1"}]},
        {"messages": [{"content": [{"type": "thinking", "thinking": WORDS, "signature": "A" * 1000}]}]},
    ],
)  # fmt: skip
def test_what_passed_between_model_and_tools_counts(request_body):
    assert 5 <= prompt_tokens(json.dumps(request_body).encode()) <= 10


@pytest.mark.parametrize(
    "tools",
    [
        {"tools": [{"type": "function", "function": TOOL}]},
        {"tools": [{**TOOL, "input_schema": {}}]},
        {"tools": [{"functionDeclarations": [TOOL]}]},
        {"functions": [TOOL]},
    ],
)
def test_tools_count_with_their_definition(tools):
    plain = prompt_tokens(json.dumps(REQUESTS["chat"]).encode())

    with_tools = prompt_tokens(json.dumps(REQUESTS["chat"] | tools).encode())

    assert with_tools - plain > 12


def test_a_form_counts_by_its_prompt():
    form = (
        b'--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\r\n--x\r\n"
        b'Content-Disposition: form-data; name="prompt"\r\n\r\n'
        b"Where is the harbour?\r\n--x--\r\n"
    )

    assert prompt_tokens(form) == 5


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"null", b"[]", b"\xff", b'{"messages":', b'{"messages":7,"tools":7}'),
        b'{"messages":' + b"[" * 1000 + b"]" * 1000 + b"}",
        b'{"tools":' + b"[" * 1000 + b"]" * 1000 + b"}",
        b'{"input":{"input":' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"}}",
    ],
)
def test_what_cannot_be_read_raises_nothing(body):
    assert prompt_tokens(body) in (0, 1)


def test_a_conversation_counts_in_its_order_up_to_the_limit():
    turns = [{"content": WORDS}] * 40_000

    exact = tokens.count("\n".join([WORDS] * 40_000))

    assert prompt_tokens(json.dumps({"messages": turns}).encode()) == exact


@pytest.mark.parametrize("name", ["input.wav", "text.mp3", "prompt.m4a"])
def test_a_recording_is_no_text_whatever_its_file_is_called(name):
    form = (
        f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: audio/wav\r\n\r\n" + "many words " * 100 + "\r\n--x--\r\n"
    )

    assert prompt_tokens(form.encode()) == 0


@pytest.mark.parametrize(
    "said",
    [
        ["a"] * 100_001,
        [["a"]] * 60_000,
        [{"a": 1}] * 60_000,
        {str(number): 1 for number in range(100_001)},
        [[[1]] * 60_000, [[1]] * 60_000],
    ],
)
def test_what_is_too_much_to_look_at_each_counts_as_it_stands(said):
    body = json.dumps({"input": said}).encode()

    assert prompt_tokens(body) == tokens.count(body)


def test_a_batch_of_tokens_is_as_long_as_it_says():
    batch = [[7] * 200_000, [8] * 100_000]

    assert prompt_tokens(json.dumps({"input": batch}).encode()) == 300_000
