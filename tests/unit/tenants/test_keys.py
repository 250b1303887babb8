import pytest

from tenants import keys
from tenants.keys import PresentedKey
from tenants.types import Digest

PREFIXES = ("gh-", "iio-dev-")
# Fixed: parallel test processes must collect the same names.
KEY = PresentedKey("abcdefgh1234", "Secret42" * 6)
NOON = 1_772_366_400.0


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_rendered_key_is_parsed_back(prefix):
    assert keys.parse(keys.render(KEY, prefix), PREFIXES) == KEY


@pytest.mark.parametrize(
    "presented",
    [
        "",
        "gh-",
        "gh-short-secret",
        keys.render(KEY, "sk-"),
        keys.render(KEY, "gh-")[:-1],
        keys.render(KEY, "gh-") + "x",
        keys.render(KEY, "gh-").replace("-", "_"),
        "gh-" + "é" * 12 + "-" + "s" * 48,
    ],
)
def test_anything_else_is_no_key(presented):
    assert keys.parse(presented, PREFIXES) is None


def test_keys_do_not_repeat():
    assert len({keys.generate().secret for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("until", "opens"),
    [(None, True), (NOON + 1, True), (NOON, False), (NOON - 1, False)],
)
def test_a_secret_opens_until_its_overlap_ends(until, opens):
    digests = [Digest(b"\0" * 32), Digest(keys.digest(KEY.secret), until)]

    assert keys.opens(KEY, digests, NOON) is opens


def test_another_keys_secret_does_not_open():
    stranger = PresentedKey(KEY.public_id, keys.generate().secret)

    assert not keys.opens(stranger, [Digest(keys.digest(KEY.secret))], NOON)


def test_a_secret_is_not_in_its_repr():
    assert KEY.secret not in repr(KEY)
    assert keys.digest(KEY.secret).hex()[:8] not in repr(
        Digest(keys.digest(KEY.secret))
    )
