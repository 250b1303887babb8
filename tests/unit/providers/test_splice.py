import json

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from providers.splice import repeated_below, repeated_keys, replace_model

PROTECTED = frozenset({"model", "messages", "stream", "max_tokens", "n"})

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["model", 'a"model', '"model":', "\\", '\\"', "}", "{", "mod", "Model", "é"]
)
numbers = st.integers(-(2**53), 2**53) | st.floats(
    allow_nan=False, allow_infinity=False
)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(texts | st.just("model"), inner, max_size=3)
    ),
    max_leaves=12,
)
members = st.dictionaries(texts.filter(lambda key: key != "model"), values, max_size=5)
# How a client may write it: escaped or not, with blanks or without.
writings = st.sampled_from(
    [
        lambda value: json.dumps(value),
        lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
        lambda value: json.dumps(value, indent=1).replace("\n", "\r\n\t"),
        lambda value: json.dumps(value, separators=(" ,\n", "\t: ")),
        lambda value: json.dumps(value).replace("model", "m\\u006Fdel"),
    ]
)


@given(members, members, values, writings, texts)
@example({}, {}, "m", json.dumps, "new")
@example({"a": {"model": 1}}, {"b": [{"model": {"model": 2}}]}, "m", json.dumps, "é")
def test_only_the_models_value_changes(before, after, model, write, new):
    left = "{" + "".join(f"{write(k)}: {write(v)} ," for k, v in before.items())
    left += f"{write('model')}\t: "
    right = "".join(f", {write(k)}:{write(v)}" for k, v in after.items()) + "}\n"
    body = f"{left}{write(model)}{right}".encode()

    spliced = replace_model(body, new)

    assert spliced == left.encode() + orjson.dumps(new) + right.encode()
    assert orjson.loads(spliced) == {**orjson.loads(body), "model": new}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"model":"a"}', b'{"model":"NEW"}'),
        (b' {\t"model" \n:\r "a" }\n', b' {\t"model" \n:\r "NEW" }\n'),
        (
            b'{"messages":[{"a":1}],"model":"a"}',
            b'{"messages":[{"a":1}],"model":"NEW"}',
        ),
        (b'{"x":{"model":"a"},"model":"b"}', b'{"x":{"model":"a"},"model":"NEW"}'),
        (b'{"model":"b","x":{"model":"a"}}', b'{"model":"NEW","x":{"model":"a"}}'),
        (b'{"x":"\\"model\\":1","model":"b"}', b'{"x":"\\"model\\":1","model":"NEW"}'),
        (b'{"a\\"model":"b","model":"c"}', b'{"a\\"model":"b","model":"NEW"}'),
        (b'{"mod\\u0065l":"b"}', b'{"mod\\u0065l":"NEW"}'),
        (b'{"model":"}{\\""}', b'{"model":"NEW"}'),
        (b'{"model":{"model":1}}', b'{"model":"NEW"}'),
        (b'{"model":-1.5e3,"n":1}', b'{"model":"NEW","n":1}'),
        (b'{"role":"model","model":"x"}', b'{"role":"model","model":"NEW"}'),
        (
            '{"é":"日","model":"x","ü":1}'.encode(),
            '{"é":"日","model":"NEW","ü":1}'.encode(),
        ),
    ],
)
def test_the_model_is_replaced_and_nothing_else(body, expected):
    assert replace_model(body, "NEW") == expected


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"x":{"model":"a"}}',
        b'{"a\\"model":"b"}',
        b'{"Model":"a"}',
        b'{"model":"a","model":"b"}',
        b'{"model":"a","mod\\u0065l":"b"}',
        b'["model"]',
    ],
)
def test_a_model_that_is_not_there_exactly_once_is_not_replaced(body):
    with pytest.raises(ValueError, match=r"model occurs|not a JSON object"):
        replace_model(body, "NEW")


def test_a_body_that_names_the_model_already_comes_back_itself():
    body = b'{"model":"a"}'

    assert replace_model(body, "a") is body


@pytest.mark.parametrize("escaped", [b"", b'"\\u0061":1,'], ids=["plain", "escaped"])
def test_a_body_of_32_mb_is_spliced(escaped):
    head, tail = b"{" + escaped + b'"messages":["' + b"x" * 2**25 + b'"],"model":', b"}"

    assert replace_model(head + b'"a"' + tail, "b") == head + b'"b"' + tail


@pytest.mark.parametrize("depth", [900, 1000])
def test_a_body_as_deep_as_the_parser_lets_in_is_spliced(depth):
    deep = b'{"\\u0061":' + b"[" * depth + b'"]"' + b"]" * depth + b',"model":'
    orjson.loads(deep + b'"a"}')

    assert replace_model(deep + b'"a"}', "b") == deep + b'"b"}'
    assert repeated_keys(deep + b'"a","model":"b"}', PROTECTED) == {"model"}


def test_a_number_longer_than_python_reads_is_passed_over():
    body = b'{"\\u0061":' + b"9" * 5000 + b',"model":"a"}'

    assert replace_model(body, "b") == body.replace(b'"a"', b'"b"')


@pytest.mark.parametrize(
    ("body", "repeated"),
    [
        ('{"model":"a","messages":[],"n":1}', set()),
        ('{"model":"a","model":"b"}', {"model"}),
        ('{"model":"a","model":"a"}', {"model"}),
        ('{"model":"a","mod\\u0065l":"b"}', {"model"}),
        ('{"model":"a","\\u006D\\u006f\\u0064\\u0065\\u006C":"b"}', {"model"}),
        ('{"model":"a" , "model" \n: "b"}', {"model"}),
        ('{"n":1,"n":2,"stream":true,"stream":false}', {"n", "stream"}),
        # Parsers that ignore case take these for the same key.
        ('{"model":"a","Model":"b"}', {"model"}),
        ('{"max_tokens":1,"MAX_TOKENS":2}', {"max_tokens"}),
        ('{"Max_Tokens":2}', {"max_tokens"}),
        ('{"max_tokens":1,"max_to\u212aens":2}', {"max_tokens"}),
        ('{"max_tokens":1,"max_to\\u212aens":2}', {"max_tokens"}),
        ('{"messages":[],"me\u017fsages":[]}', {"messages"}),
        ('{"messages":[],"me\\u017Fsages":[]}', {"messages"}),
        # Not the same key.
        ('{"model":"a","x":{"model":"b"}}', set()),
        ('{"model":"a","tools":[{"n":1},{"n":2}]}', set()),
        ('{"model":"a","x":"\\"model\\":1"}', set()),
        ('{"model":"a","a\\"model":1}', set()),
        ('{"model":"a","models":1,"odel":2,"mödel":3}', set()),
        ('{"model":"a","messages":["model","n","n"]}', set()),
        ('{"user":"a","user":"b"}', set()),
        ("{}", set()),
    ],
)
def test_a_protected_key_that_two_parsers_could_read_differently_is_found(
    body, repeated
):
    orjson.loads(body)

    assert repeated_keys(body.encode(), PROTECTED) == repeated


@given(
    st.lists(st.tuples(texts | st.sampled_from(sorted(PROTECTED)), values)), writings
)
def test_repeats_are_those_a_parser_that_keeps_all_pairs_sees(pairs, write):
    text = "{" + ",".join(f"{write(key)}:{write(value)}" for key, value in pairs) + "}"
    folded = [key.lower() for key, _ in pairs]
    expected = {
        name
        for name in PROTECTED
        if folded.count(name) > 1 or any(k.lower() == name != k for k, _ in pairs)
    }

    assert repeated_keys(text.encode(), PROTECTED) == expected


INSIDE = frozenset({"maxOutputTokens", "max_output_tokens"})


@pytest.mark.parametrize(
    ("body", "repeated"),
    [
        ('{"config":{"maxOutputTokens":1}}', set()),
        ('{"config":{"maxOutputTokens":1,"max_output_tokens":2}}', set()),
        (
            '{"config":{"maxOutputTokens":1,"a":{},"maxOutputTokens":2}}',
            {"maxOutputTokens"},
        ),
        (
            '{"config":{"maxOutputTokens":1,"maxOutputToken\\u0073":2}}',
            {"maxOutputTokens"},
        ),
        ('{"config":{"MaxOutputTokens":1}}', {"maxOutputTokens"}),
        ('{"other":{"maxOutputTokens":1},"config":{"maxOutputTokens":1}}', set()),
        (
            '{"other":{"maxOutputTokens":1,"maxOutputTokens":1},"config":{"a":[]}}',
            set(),
        ),
        (
            '{"config":{"a":{"maxOutputTokens":1},"maxOutputTokens":1},"config":null}',
            set(),
        ),
    ],
)
def test_a_key_inside_a_member_that_two_parsers_could_read_differently_is_found(
    body, repeated
):
    orjson.loads(body)

    assert repeated_below(body.encode(), {"config"}, INSIDE) == repeated


@pytest.mark.parametrize("name", ["model", "Model", "mod\\u0065l", "MOD\\u0045L"])
def test_an_escape_in_a_text_is_none_in_a_key(name):
    text = "\\u003cdiv\\u003e" + "".join(f"\\u{ord(letter):04x}" for letter in "model")
    body = f'{{"x":"{text}","y":["{text}"],"model":"a"}}'.encode()

    assert repeated_keys(body, PROTECTED) == set()
    assert replace_model(body, "b") == body.replace(b'"a"', b'"b"')
    assert repeated_keys(body[:-1] + f',"{name}":1}}'.encode(), PROTECTED) == {"model"}
