import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import tokens
from providers.types import Usage
from providers.usage.estimates import estimate
from providers.usage.texts import Texts

from .wire import REQUEST, TEXT, pieces

named = st.dictionaries(st.integers(0, 5), st.text(min_size=1, max_size=60), max_size=5)


def counted(*adds):
    texts = Texts()
    for name, text in adds:
        texts.add(name, text)
    return texts.tokens()


@given(named, st.integers(1, 9), st.randoms(use_true_random=False))
def test_only_the_texts_matter_not_how_they_came(whole, size, chance):
    queues = {name: pieces(text, size) for name, text in whole.items()}
    mixed = []
    while queues:
        name = chance.choice(list(queues))
        mixed.append((name, queues[name].pop(0)))
        queues = {name: rest for name, rest in queues.items() if rest}

    assert counted(*mixed) == counted(*whole.items())


def test_long_texts_are_judged_by_their_beginnings_however_they_came():
    long = {"text": TEXT * 3000, "thinking": TEXT[:9] * 5000, "call": "{}"}
    mixed = [
        (name, piece)
        for name in ("thinking", "call", "text")
        for piece in pieces(long[name], 1000)
    ]

    exact = sum(tokens.count(text) for text in long.values())

    assert counted(*mixed) == counted(*long.items())
    assert counted(*mixed) == pytest.approx(exact, rel=0.01)


def test_no_more_is_kept_than_is_looked_at():
    texts = Texts()
    for name in range(2000):
        texts.add(name, TEXT * 20)

    kept = sum(map(len, texts._begun.values()))

    assert kept <= tokens.MOST_BYTES
    assert len(texts._begun) <= 257
    assert texts.tokens() > 2000 * tokens.count(TEXT)


def test_json_counts_as_it_is_without_blanks():
    spelt, compact = Texts(), Texts()
    for piece in pieces('{ "town" : "Kyōto", "days" : [ 1, 2 ] }', 3):
        spelt.add_json("input", piece)
    compact.add("input", '{"town":"Kyōto","days":[1,2]}')

    assert spelt.tokens() == compact.tokens()


def test_json_that_was_cut_off_counts_as_it_stands():
    texts = Texts()
    texts.add_json("input", '{"town": "Kyō')

    assert texts.tokens() == tokens.count('{"town": "Kyō')


def test_an_estimate_counts_request_and_answer():
    assert estimate(REQUEST, "hello world") == Usage(5, 2, estimated=True)
