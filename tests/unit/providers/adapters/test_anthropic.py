import pytest

from providers.operations import Operation

from . import wire


@pytest.mark.parametrize("operation", [Operation.MESSAGES, Operation.MESSAGES_COUNT])
def test_the_version_and_the_betas_are_the_callers(operation):
    given = {b"anthropic-version": b"2025-01-01", b"anthropic-beta": b"one,two"}

    sent = wire.outbound("ANTHROPIC", wire.sending(operation, headers=given))

    assert sent.headers[-2:] == [
        (b"anthropic-version", b"2025-01-01"),
        (b"anthropic-beta", b"one,two"),
    ]


def test_the_query_goes_on_as_it_came():
    asked = wire.sending(Operation.MESSAGES, query=b"beta=true")

    assert wire.outbound("ANTHROPIC", asked).path == b"/v1/messages?beta=true"


def test_a_stream_is_asked_for_by_the_body_alone():
    body = b'{"model":"real","stream":true,"max_tokens":1}'

    sent = wire.outbound(
        "ANTHROPIC", wire.sending(Operation.MESSAGES, body, stream=True)
    )

    assert (sent.path, sent.body) == (b"/v1/messages", body)
