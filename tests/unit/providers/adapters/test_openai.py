import pytest

from providers.operations import Operation

from . import wire

SHAPED = ("OPENAI", "OPENAI_COMPATIBLE", "OLLAMA")


@pytest.mark.parametrize("kind", SHAPED)
def test_the_query_goes_on_as_it_came(kind):
    asked = wire.sending(Operation.CHAT, query=b"beta=true&x=%20")

    assert wire.outbound(kind, asked).path == (b"/v1/chat/completions?beta=true&x=%20")


@pytest.mark.parametrize("kind", SHAPED)
def test_a_body_that_names_the_upstream_model_goes_on_untouched(kind):
    body = b'{ "model" : "real", "unknown": [1.0, 1e2] }'

    assert wire.outbound(kind, wire.sending(Operation.CHAT, body)).body is body


def test_an_alias_is_replaced_and_all_else_stays():
    asked = wire.sending(Operation.CHAT, b'{ "model" : "fast", "x": [1.0, 1e2] }')

    assert wire.outbound("OPENAI", asked).body == (
        b'{ "model" : "real", "x": [1.0, 1e2] }'
    )


@pytest.mark.parametrize(
    "content_type", [wire.FORM, wire.FORM.replace(b"multipart", b"Multipart")]
)
def test_a_form_is_sent_on_under_its_own_boundary(content_type):
    asked = wire.sending(
        Operation.IMAGE_EDITS, wire.form(b"fast"), content_type=content_type
    )

    sent = wire.outbound("OPENAI", asked)

    assert dict(sent.headers)[b"content-type"] == content_type
    assert sent.body == wire.form(b"real")


def test_images_may_be_edited_in_json_as_well():
    asked = wire.sending(Operation.IMAGE_EDITS, b'{"model":"fast","images":[]}')

    assert wire.outbound("OPENAI", asked).body == b'{"model":"real","images":[]}'


@pytest.mark.parametrize("stream", [False, True])
def test_a_chat_that_says_how_to_stream_keeps_what_it_says(stream):
    said = b'{"model":"real","stream_options":{"include_obfuscation":false}}'

    sent = wire.outbound("OPENAI", wire.sending(Operation.CHAT, said, stream=stream))

    usage = b'"include_usage":true,' if stream else b""
    assert sent.body == (
        b'{"model":"real","stream_options":{%b"include_obfuscation":false}}' % usage
    )
