import random
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.tokens import MOST_BYTES, count, encoding, scaled

ENGLISH = "The keeper of the lighthouse writes, as every evening, what he has seen. "
# Else the first test that counts pays for it.
encoding.load()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("hello world", 2),
        ("Where is the harbour?", 5),
        ("tiktoken is great!", 6),
        ("お誕生日おめでとう", 8),
        ("2 + 2 = 4", 7),
        ("antidisestablishmentarianism", 6),
    ],
)
def test_a_text_is_as_many_tokens_as_openai_counts(text, tokens):
    assert count(text) == tokens


def test_what_reads_like_a_special_token_is_text():
    assert count("<|endoftext|>") > 1


@given(st.text(max_size=200))
def test_bytes_count_like_their_text(text):
    assert count(text.encode("utf-8", "replace")) == count(text)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_text_count_all_the_same(data):
    assert (count(data) > 0) is bool(data)


def test_half_a_surrogate_pair_counts():
    assert count("a\ud83d") > 0


def test_a_text_up_to_the_limit_is_counted_exactly():
    text = (ENGLISH * 1000)[:MOST_BYTES]

    assert count(text) == len(encoding.encoding().encode_ordinary(text))


def test_the_rest_of_a_longer_text_is_taken_to_be_like_its_beginning():
    exact = len(encoding.encoding().encode_ordinary(ENGLISH * 10_000))

    assert count(ENGLISH * 10_000) == pytest.approx(exact, rel=0.001)
    assert scaled(b"one two three four", 180) == 40


def hard_texts():
    chance = random.Random(1)
    letters = string.ascii_letters + string.digits + "+/"
    yield "one letter", "a" * 400_000
    yield "one capital", "A" * 400_000
    yield "no spaces", "".join(chance.choices(letters, k=400_000))
    yield "blanks", " " * 400_000
    yield "blanks and a letter", (" " * 65_000 + "x") * 6
    yield "lines", "\n" * 400_000
    yield "punctuation", "!" * 400_000
    yield "digits", "1" * 400_000
    yield (
        "ideographs",
        "".join(chr(chance.randint(0x4E00, 0x9FFF)) for _ in range(MOST_BYTES)),
    )
    yield "emoji", "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 50_000
    yield "combining", "e\u0301" * 200_000
    yield "apostrophes", "'s" * 200_000
    yield "NUL", "\0" * 400_000
    yield "megabytes", ENGLISH * 100_000


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=name) for name, text in hard_texts()]
)
def test_no_text_takes_long(text):
    took = []
    for _ in range(5):
        began = time.perf_counter()
        tokens = count(text)
        took.append(time.perf_counter() - began)

    assert tokens > 0
    # About 15 ms on a quiet machine; growing with the length it would be seconds.
    assert min(took) < 0.1
