import base64
import os

import pytest

from providers.sealing import KeyRing, SealBroken


def new_key():
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


OLD, NEW = new_key(), new_key()
SECRET = "sk-é-0123"


def test_what_is_sealed_opens_for_its_row():
    ring = KeyRing([NEW])

    assert ring.open(ring.seal(SECRET, row="a"), row="a") == SECRET


def test_the_same_secret_is_never_sealed_alike():
    ring = KeyRing([NEW])

    assert ring.seal(SECRET, row="a") != ring.seal(SECRET, row="a")


def test_a_new_key_seals_and_the_old_one_still_opens():
    old = KeyRing([OLD]).seal(SECRET, row="a")
    rotated = KeyRing([NEW, OLD])

    assert rotated.open(old, row="a") == SECRET
    assert not rotated.is_current(old)
    assert rotated.is_current(rotated.seal(SECRET, row="a"))


@pytest.mark.parametrize("position", range(0, 90, 5))
def test_a_sealed_text_changed_anywhere_does_not_open(position):
    ring = KeyRing([NEW])
    sealed = ring.seal(SECRET, row="a")
    position %= len(sealed) - 2
    other = "A" if sealed[position] != "A" else "B"
    tampered = sealed[:position] + other + sealed[position + 1 :]

    with pytest.raises(SealBroken):
        ring.open(tampered, row="a")


@pytest.mark.parametrize("sealed", ["", "v1", "v1.x", "v2.a.b", "v1..", "plain text"])
def test_what_was_never_sealed_does_not_open(sealed):
    with pytest.raises(SealBroken):
        KeyRing([NEW]).open(sealed, row="a")


def test_a_sealed_text_opens_for_no_other_row_and_no_other_key():
    sealed = KeyRing([NEW]).seal(SECRET, row="a")

    for ring, row in [(KeyRing([NEW]), "b"), (KeyRing([OLD]), "a")]:
        with pytest.raises(SealBroken):
            ring.open(sealed, row=row)
