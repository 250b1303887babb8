import json

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from providers.splice import with_stream_usage

from .test_splice import members, texts, writings

ASKED = b'"stream_options":{"include_usage":true}'

options = st.dictionaries(
    texts.filter(lambda key: key != "include_usage"), texts | st.booleans(), max_size=3
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{}", b"{" + ASKED + b"}"),
        (b" { \n}\n", b" {" + ASKED + b" \n}\n"),
        (b'{"model":"a"}', b"{" + ASKED + b',"model":"a"}'),
        (b'\r\n{\t"model":"a" }', b"\r\n{" + ASKED + b',\t"model":"a" }'),
        # What stands elsewhere is not ours.
        (
            b'{"messages":[{"stream_options":{"include_usage":true}}]}',
            b'{%b,"messages":[{"stream_options":{"include_usage":true}}]}' % ASKED,
        ),
        (
            b'{"messages":["\\"stream_options\\":{\\"include_usage\\":true}"]}',
            b'{%b,"messages":["\\"stream_options\\":{\\"include_usage\\":true}"]}'
            % ASKED,
        ),
        (
            b'{"a\\"stream_options":{"include_usage":true}}',
            b'{%b,"a\\"stream_options":{"include_usage":true}}' % ASKED,
        ),
        # What is there is made to ask.
        (b'{"stream_options":null}', b"{" + ASKED + b"}"),
        (b'{"stream_options":{}}', b"{" + ASKED + b"}"),
        (b'{"stream_options": { } }', b'{"stream_options": {"include_usage":true } }'),
        (
            b'{"stream_options":{"include_usage":false},"n":1}',
            b"{" + ASKED + b',"n":1}',
        ),
        (b'{"stream_options":{"include_usage" : null}}', b'{"stream_options":{"include_usage" : true}}'),
        (
            b'{"stream_options":{"include_obfuscation":false}}',
            b'{"stream_options":{"include_usage":true,"include_obfuscation":false}}',
        ),
        (
            b'{"stream_options":{"x":{"include_usage":false}}}',
            b'{"stream_options":{"include_usage":true,"x":{"include_usage":false}}}',
        ),
        (
            b'{"a":[{}],"stream_options":{"x":[]},"b":[{}]}',
            b'{"a":[{}],"stream_options":{"include_usage":true,"x":[]},"b":[{}]}',
        ),
        (
            b'{"stream_options":{"include_usage":true,"include_usage":false}}',
            b'{"stream_options":{"include_usage":true,"include_usage":true}}',
        ),
        # However it is written.
        (
            b'{"stream\\u005foptions":{"include_usag\\u0065":false}}',
            b'{"stream\\u005foptions":{"include_usag\\u0065":true}}',
        ),
        (
            b'{"x":{"stream_options":1},"stream_options":{"include_usage":false}}',
            b'{"x":{"stream_options":1},"stream_options":{"include_usage":true}}',
        ),
        (
            '{"é":"日","stream_options":{"ü":"\\"}"},"ö":1}'.encode(),
            '{"é":"日","stream_options":{"include_usage":true,"ü":"\\"}"},"ö":1}'.encode(),
        ),
        (b'{"stream_options":{"a":"{"}}', b'{"stream_options":{"include_usage":true,"a":"{"}}'),
    ],
)  # fmt: skip
def test_a_stream_is_made_to_tell_its_usage_and_nothing_else_changes(body, expected):
    orjson.loads(body)

    assert with_stream_usage(body) == expected
    assert with_stream_usage(expected) is expected


@pytest.mark.parametrize(
    "body",
    [
        b"{" + ASKED + b"}",
        b'{ "stream_options" : { "include_usage" : true } }',
        b'{"stream_options":{"x":[{}],"include_usage":true}}',
        b'{"stream\\u005foptions":{"include\\u005fusage":true}}',
        # For the provider to refuse.
        b'{"stream_options":{"include_usage":"yes"}}',
        b'{"stream_options":{"include_usage":1}}',
        b'{"stream_options":true}',
        b'{"stream_options":"include_usage"}',
        b'{"stream_options":[]}',
    ],
)
def test_a_body_that_asks_already_or_asks_nonsense_comes_back_itself(body):
    assert with_stream_usage(body) is body


@given(members, st.none() | st.just("absent") | options, members, writings)
@example({"stream_options": "x"}, {}, {}, json.dumps)
@example({}, "absent", {}, json.dumps)
@example({"a": {"stream_options": None}}, None, {"b": [{}]}, json.dumps)
def test_every_member_stays_and_usage_is_asked_for(before, said, after, write):
    given_members = {**before, **after}
    given_members.pop("stream_options", None)
    if said != "absent":
        given_members = {**before, "stream_options": said, **after}
        given_members["stream_options"] = said
    body = write(given_members).encode()

    spliced = with_stream_usage(body)

    wanted = {**(said if isinstance(said, dict) else {}), "include_usage": True}
    assert orjson.loads(spliced) == {**given_members, "stream_options": wanted}
    # Taking out what came in gives back what was there.
    assert len(spliced) - len(body) <= len(ASKED) + 1


@pytest.mark.parametrize("escaped", [b"", b'"\\u0061":1,'], ids=["plain", "escaped"])
def test_a_body_of_32_mb_is_made_to_ask(escaped):
    body = b"{" + escaped + b'"messages":["' + b"x" * 2**25 + b'"]}'

    assert with_stream_usage(body) == b"{" + ASKED + b"," + body[1:]


def test_a_body_as_deep_as_the_parser_lets_in_is_made_to_ask():
    deep = b'{"\\u0061":' + b"[" * 1000 + b"]" * 1000 + b',"stream_options":'

    assert with_stream_usage(deep + b"null}") == deep + b'{"include_usage":true}}'
