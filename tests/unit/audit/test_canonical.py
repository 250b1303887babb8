import json
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import MAX_INT, NotCanonical, canonical, digest

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INT, MAX_INT)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("aé\U0001f600￿"), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("value", "spelling"),
    [
        (None, b"null"),
        (True, b"true"),
        (1, b"1"),
        (-MAX_INT, b"-9007199254740991"),
        ([], b"[]"),
        ({"b": 1, "a": [1, {"d": None, "c": False}]}, b'{"a":[1,{"c":false,"d":null}],"b":1}'),
        ("é€", '"é€"'.encode()),
        ("\x00\x08\t\n\x0c\r\x1f\x7f\"\\/", b'"\\u0000\\b\\t\\n\\f\\r\\u001f\x7f\\"\\\\/"'),
    ],
)  # fmt: skip
def test_a_value_has_the_spelling_of_rfc_8785(value, spelling):
    assert canonical(value) == spelling


def test_keys_stand_in_the_order_of_utf16_code_units():
    # The example of RFC 8785, section 3.2.3: by code points the last two change places.
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]

    spelt = canonical(dict.fromkeys(keys, 0)).decode()

    order = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(spelt)) == order


@given(VALUES)
def test_what_is_spelt_reads_back_the_same(value):
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(st.text("ab\U0001f600￿", max_size=3), st.integers(0, 9)))
def test_the_order_of_insertion_does_not_show(value):
    backwards = dict(reversed(value.items()))

    assert digest(value) == digest(backwards)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.5, "the value is a float"),
        ({"a": {"b": [1, 2.0]}}, r"\['a'\]\['b'\]\[1\] is a float"),
        ((1, 2), "is a tuple"),
        ({"at": datetime(2026, 1, 1, tzinfo=UTC)}, r"\['at'\] is a datetime"),
        (UUID(int=0), "is a UUID"),
        (Decimal(1), "is a Decimal"),
        (b"a", "is a bytes"),
        ({1: 2}, "has a key that is not text"),
        (MAX_INT + 1, r"beyond ±\(2\^53 - 1\)"),
        (-MAX_INT - 1, r"beyond ±\(2\^53 - 1\)"),
        ("\ud800", "is not UTF-8"),
        ({"\udfff": 1}, "is not UTF-8"),
    ],
)
def test_what_has_no_single_spelling_is_refused_by_name(value, told):
    with pytest.raises(NotCanonical, match=told):
        canonical(value)


def test_a_bottomless_value_is_refused():
    value: list[object] = []
    for _ in range(500):
        value = [value]

    with pytest.raises(NotCanonical, match="nested deeper than 100 levels"):
        canonical(value)


def test_the_digest_is_sha256_in_hexadecimal():
    # sha256sum of `{}`
    assert digest({}) == (
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    )
