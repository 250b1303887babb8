import pytest

from providers.operations import Operation

from . import wire


def sent(operation=Operation.GENERATE, body=b"{}", *, model="real", **asked):
    return wire.outbound(
        "GEMINI", wire.sending(operation, body, **asked), upstream_model=model
    )


@pytest.mark.parametrize(
    "query",
    [
        b"",
        b"key=gh-callers-key",
        b"alt=json&prettyPrint=false",
        b"access_token=x&oauth_token=y&callback=f",
        b"fields=candidates",
        b"%24fields=candidates&Fields=x&fiel%64s=y",
    ],
)
@pytest.mark.parametrize(
    ("stream", "called"),
    [(False, b":generateContent"), (True, b":streamGenerateContent?alt=sse")],
)
def test_nothing_of_a_callers_query_travels(query, stream, called):
    path = sent(query=query, stream=stream).path

    assert path == b"/v1beta/models/real" + called


@pytest.mark.parametrize(
    ("model", "folder"),
    [
        ("gemini-2.5-flash", b"models/gemini-2.5-flash"),
        ("models/gemini-2.5-flash", b"models/gemini-2.5-flash"),
        ("tunedModels/mine-1", b"tunedModels/mine-1"),
        ("a:b?c d#ü", b"models/a%3Ab%3Fc%20d%23%C3%BC"),
    ],
)
def test_the_model_is_in_the_path(model, folder):
    assert sent(model=model).path == b"/v1beta/" + folder + b":generateContent"


@pytest.mark.parametrize(
    ("operation", "body", "expected"),
    [
        (Operation.GENERATE, b'{"model":"x", "contents":[]}', None),
        (Operation.GENERATE_COUNT, b'{"contents":[]}', None),
        (Operation.GENERATE_COUNT, b'{"generateContentRequest":{"contents":[]}}', None),
        (
            Operation.GENERATE_COUNT,
            b'{"generateContentRequest":{"model":"models/fast","contents":[]}}',
            b'{"generateContentRequest":{"model":"models/real","contents":[]}}',
        ),
        (
            Operation.GENERATE_COUNT,
            b'{"generate_content_request":{"contents":[],"m\\u006fdel":"fast"}}',
            b'{"generate_content_request":{"contents":[],"m\\u006fdel":"models/real"}}',
        ),
        (Operation.GEMINI_EMBED, b'{"content":{"model":1}}', None),
        (
            Operation.GEMINI_EMBED,
            b'{"model":"models/fast","content":{"model":1}}',
            b'{"model":"models/real","content":{"model":1}}',
        ),
        (Operation.GEMINI_EMBED_BATCH, b'{"requests":[]}', None),
        (Operation.GEMINI_EMBED_BATCH, b'{"model":"x","requests":[{}]}', None),
        (
            Operation.GEMINI_EMBED_BATCH,
            b'{"requests":[{"model":"models/fast"}, {"content":{},"model":"models/other"}]}',
            b'{"requests":[{"model":"models/real"}, {"content":{},"model":"models/real"}]}',
        ),
    ],
)  # fmt: skip
def test_a_model_named_inside_is_the_one_in_the_path(operation, body, expected):
    made = sent(operation, body).body

    if expected is None:
        assert made is body
    else:
        assert made == expected
