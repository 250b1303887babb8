"""What a client raises when it is refused, by us or by the provider."""

from contextlib import closing

import pytest

from tests.functional.upstreams import UPSTREAMS

from .speakers import SPEAKERS


def test_a_wrong_key_is_the_clients_own_error_of_authentication(speaker, house, far):
    far.forget()

    with (
        closing(type(speaker)(house.url, "gh-wrong")) as stranger,
        pytest.raises(speaker.raised.wrong_key, match=r"Invalid API key|HTTP 401"),
    ):
        stranger.plain("on-openai")

    assert far.requests == []


def test_an_unknown_model_is_an_error_that_helps(speaker, far):
    far.forget()

    with pytest.raises(speaker.raised.unknown_model) as raised:
        speaker.plain("on-opena")

    assert "The model 'on-opena' does not exist" in str(raised.value)
    assert "on-openai" in str(raised.value)
    assert far.requests == []


@pytest.mark.parametrize(
    ("speaker", "upstream"),
    [
        pytest.param(speaker, upstream, id=f"{speaker.name}-{upstream.slug}")
        for speaker in SPEAKERS
        for upstream in UPSTREAMS
        if speaker.unsaid and speaker.passes_to != upstream.kind
    ],
    indirect=True,
)
def test_what_a_provider_cannot_be_told_is_refused_by_name(speaker, upstream, far):
    far.forget()

    with pytest.raises(speaker.raised.unsayable) as raised:
        speaker.say_what_cannot_be_said(upstream.called())

    assert f"cannot be told {speaker.unsaid}" in str(
        raised.value
    ) or f"{speaker.unsaid} cannot be told" in str(raised.value)
    assert far.requests == []


@pytest.fixture(scope="module")
def spent(house, key):
    """A key for one call in the month, which has been made."""
    spent = house.issue_key("--per-month", "1")
    assert house.ask(spent).status_code == 200
    return spent


def test_a_limit_of_ones_own_is_told_from_the_providers(speaker, house, spent, far):
    far.forget()

    with (
        closing(type(speaker)(house.url, spent)) as poor,
        pytest.raises(speaker.raised.limited, match="for this key"),
    ):
        poor.plain("on-openai")

    assert far.requests == []


@pytest.mark.parametrize(
    ("order", "kind", "words"),
    [
        ("status-403", "forbidden", "answered 403: it refuses our credential"),
        ("status-429", "limited", "limits our rate; this is not your own limit"),
        ("status-500", "failing", "answered 500"),
    ],
)
def test_a_failure_of_the_provider_is_told_apart(speaker, upstream, order, kind, words):
    with pytest.raises(getattr(speaker.raised, kind)) as raised:
        speaker.plain(upstream.called(order))

    assert f"provider {upstream.slug} {words}" in str(raised.value)


# litellm's reader of Gemini's streams knows no errors, Google's own neither, and makes up an
# end for a stream that has none.
HEARING = [each for each in SPEAKERS if each.name != "litellm-gemini"]


@pytest.mark.parametrize("order", ["cut-after-3", "error-after-3", "stop-after-3"])
@pytest.mark.parametrize("speaker", HEARING, ids=lambda each: each.name, indirect=True)
def test_a_stream_that_breaks_never_looks_whole(speaker, upstream, order):
    with pytest.raises(speaker.raised.broken):
        speaker.streamed(upstream.called(order))
