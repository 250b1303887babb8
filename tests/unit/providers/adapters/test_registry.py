"""What each kind of provider is asked, whole: address, credential and body."""

from itertools import product

import pytest

from providers.adapters.registry import ADAPTERS
from providers.operations import CONVERSATIONS, Operation

from . import wire

OPENAI_PATHS = {
    Operation.CHAT: b"/chat/completions",
    Operation.COMPLETIONS: b"/completions",
    Operation.RESPONSES: b"/responses",
    Operation.EMBEDDINGS: b"/embeddings",
    Operation.MODERATIONS: b"/moderations",
    Operation.IMAGES: b"/images/generations",
    Operation.IMAGE_EDITS: b"/images/edits",
    Operation.SPEECH: b"/audio/speech",
    Operation.TRANSCRIPTIONS: b"/audio/transcriptions",
    Operation.TRANSLATIONS: b"/audio/translations",
    Operation.RERANK: b"/rerank",
}
GEMINI_PATHS = {
    Operation.GENERATE: b"/models/real:generateContent",
    Operation.GENERATE_COUNT: b"/models/real:countTokens",
    Operation.GEMINI_EMBED: b"/models/real:embedContent",
    Operation.GEMINI_EMBED_BATCH: b"/models/real:batchEmbedContents",
}
ANTHROPIC_PATHS = {
    Operation.MESSAGES: b"/messages",
    Operation.MESSAGES_COUNT: b"/messages/count_tokens",
}
OLLAMA = {Operation.CHAT, Operation.COMPLETIONS, Operation.EMBEDDINGS}


def below(base, paths, operations):
    return {each: base + paths[each] for each in operations}


# Every operation a kind speaks, and where it goes.
SPOKEN = {
    "OPENAI": below(b"/v1", OPENAI_PATHS, set(OPENAI_PATHS) - {Operation.RERANK}),
    "OPENAI_COMPATIBLE": below(
        b"/v1", OPENAI_PATHS, set(OPENAI_PATHS) - {Operation.RESPONSES}
    ),
    "AZURE": below(
        b"/openai/v1",
        OPENAI_PATHS,
        set(OPENAI_PATHS) - {Operation.RERANK, Operation.MODERATIONS},
    ),
    "OLLAMA": below(b"/v1", OPENAI_PATHS, OLLAMA),
    "ANTHROPIC": below(b"/v1", ANTHROPIC_PATHS, ANTHROPIC_PATHS),
    "GEMINI": below(b"/v1beta", GEMINI_PATHS, GEMINI_PATHS),
}
CREDENTIAL = {
    "OPENAI": (b"authorization", b"Bearer sk-upstream-secret"),
    "OPENAI_COMPATIBLE": (b"authorization", b"Bearer sk-upstream-secret"),
    "OLLAMA": (b"authorization", b"Bearer sk-upstream-secret"),
    "AZURE": (b"api-key", b"sk-upstream-secret"),
    "ANTHROPIC": (b"x-api-key", b"sk-upstream-secret"),
    "GEMINI": (b"x-goog-api-key", b"sk-upstream-secret"),
}
CONVERSES = {
    "OPENAI": Operation.CHAT,
    "OPENAI_COMPATIBLE": Operation.CHAT,
    "OLLAMA": Operation.CHAT,
    "AZURE": Operation.CHAT,
    "ANTHROPIC": Operation.MESSAGES,
    "GEMINI": Operation.GENERATE,
}
ALWAYS = [(b"accept", b"*/*"), (b"user-agent", b"gatehouse")]
VERSION = (b"anthropic-version", b"2023-06-01")
USAGE = b'{"stream_options":{"include_usage":true},"model":"real",'

spoken = pytest.mark.parametrize(
    ("kind", "operation"),
    [(kind, each) for kind in SPOKEN for each in sorted(SPOKEN[kind])],
)
kinds = pytest.mark.parametrize("kind", sorted(SPOKEN))


@pytest.mark.parametrize(("kind", "operation"), list(product(SPOKEN, Operation)))
def test_a_kind_speaks_exactly_what_its_providers_serve(kind, operation):
    assert (operation in ADAPTERS[kind].speaks) is (operation in SPOKEN[kind])


@kinds
def test_other_conversations_are_held_in_one_it_speaks(kind):
    adapter = ADAPTERS[kind]

    assert adapter.converses is CONVERSES[kind]
    assert adapter.converses in adapter.speaks & CONVERSATIONS


@spoken
def test_every_operation_goes_to_its_path_with_our_credential(kind, operation):
    asked = wire.sending(operation)

    sent = wire.outbound(kind, asked)

    target = wire.target(kind)
    assert (sent.method, sent.path) == (b"POST", SPOKEN[kind][operation])
    assert (sent.endpoint, sent.timeouts) == (target.endpoint, target.timeouts)
    versions = [VERSION] if kind == "ANTHROPIC" else []
    content_type = (b"content-type", asked.content_type)
    assert sent.headers == [content_type, *ALWAYS, CREDENTIAL[kind], *versions]


@spoken
def test_a_body_names_the_model_as_the_provider_does(kind, operation):
    sent = wire.outbound(kind, wire.sending(operation))

    if operation in wire.FORMS:
        assert sent.body == wire.form(b"real")
    elif operation in (Operation.GENERATE, Operation.GENERATE_COUNT):
        # Theirs is in the path.
        assert sent.body == b'{"model":"fast","x":1.0}'
    elif operation is Operation.GEMINI_EMBED:
        assert sent.body == b'{"model":"models/real","x":1.0}'
    elif operation is not Operation.GEMINI_EMBED_BATCH:
        assert sent.body == b'{"model":"real","x":1.0}'


@spoken
def test_a_body_that_is_right_goes_on_untouched(kind, operation):
    name = b"models/real" if kind == "GEMINI" else b"real"
    asked = wire.sending(operation, model=name)

    assert wire.outbound(kind, asked).body == asked.body


@spoken
def test_only_streamed_chats_and_completions_are_made_to_tell_their_usage(
    kind, operation
):
    asks = operation in (Operation.CHAT, Operation.COMPLETIONS)
    asked = wire.sending(operation, model=b"real", stream=True)

    sent = wire.outbound(kind, asked)

    assert (USAGE in sent.body) is asks


@kinds
def test_a_provider_that_wants_no_key_gets_none(kind):
    sent = wire.outbound(kind, wire.sending(CONVERSES[kind]), secret="")

    assert CREDENTIAL[kind][0] not in dict(sent.headers)


TRAVELLING = {
    "OPENAI": {b"openai-beta"},
    "OPENAI_COMPATIBLE": {b"openai-beta"},
    "OLLAMA": {b"openai-beta"},
    "AZURE": {b"openai-beta"},
    "ANTHROPIC": {b"anthropic-beta", b"anthropic-version"},
    "GEMINI": set(),
}
HEADERS = [
    b"openai-beta", b"anthropic-beta", b"anthropic-version", b"authorization", b"cookie",
    b"host", b"content-length", b"content-type", b"transfer-encoding", b"connection",
    b"x-api-key", b"api-key", b"x-goog-api-key", b"x-goog-user-project", b"x-goog-api-client",
    b"x-forwarded-for", b"x-stainless-lang", b"user-agent", b"accept", b"accept-encoding",
    b"openai-organization", b"openai-project", b"idempotency-key",
    b"anthropic-dangerous-direct-browser-access", b"x-amz-security-token", b"x-ms-region",
]  # fmt: skip


@kinds
@pytest.mark.parametrize("header", HEADERS)
def test_a_callers_header_travels_only_within_its_dialect(kind, header):
    asked = wire.sending(CONVERSES[kind], headers={header: b"the caller's"})

    sent = wire.outbound(kind, asked)

    travels = [name for name, value in sent.headers if value == b"the caller's"]
    assert travels == ([header] if header in TRAVELLING[kind] else [])


HARMLESS = {b"content-type", b"content-language"}
OPENAI_SHOWN = HARMLESS | {
    b"content-disposition",
    b"openai-processing-ms",
    b"openai-version",
}
SHOWN = {
    "OPENAI": OPENAI_SHOWN,
    "OPENAI_COMPATIBLE": OPENAI_SHOWN,
    "OLLAMA": OPENAI_SHOWN,
    "AZURE": OPENAI_SHOWN,
    "ANTHROPIC": HARMLESS,
    "GEMINI": HARMLESS,
}


@kinds
def test_callers_are_shown_nothing_about_the_operators_account(kind):
    assert ADAPTERS[kind].shown == SHOWN[kind]


@kinds
def test_no_secret_shows_in_a_repr(kind):
    asked = wire.sending(CONVERSES[kind])

    assert wire.SECRET not in repr(wire.outbound(kind, asked))
