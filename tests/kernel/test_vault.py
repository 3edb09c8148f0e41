"""What protects the numbers: sealed texts open under the right key alone, lookups never change."""

import pytest
from cryptography.exceptions import InvalidTag

from gateway.kernel import vault
from gateway.kernel.vault import Vault

NUMBER = "+6281234567890"
KEY = "a data key for tests, also long enough"


def test_a_sealed_number_opens_again_and_no_two_seals_are_alike() -> None:
    kept = Vault(KEY)
    sealed = [kept.seal(NUMBER) for _ in range(20)]
    assert {kept.open(cipher, 1) for cipher in sealed} == {NUMBER}
    assert len(set(sealed)) == 20
    assert all(NUMBER.encode() not in cipher and b"81234" not in cipher for cipher in sealed)


def test_another_data_key_opens_nothing_and_finds_nothing() -> None:
    sealed = Vault(KEY).seal(NUMBER)
    with pytest.raises(InvalidTag):
        Vault(KEY + "!").open(sealed, 1)
    assert Vault(KEY).lookup(NUMBER) != Vault(KEY + "!").lookup(NUMBER)


def test_a_row_that_was_touched_does_not_open() -> None:
    sealed = bytearray(Vault(KEY).seal(NUMBER))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        Vault(KEY).open(bytes(sealed), 1)


def test_a_rotated_key_seals_anew_opens_the_old_and_leaves_lookups_alone() -> None:
    old, new = Vault(KEY), Vault(KEY, key_no=2)
    assert new.open(old.seal(NUMBER), 1) == NUMBER
    assert new.open(new.seal(NUMBER), new.key_no) == NUMBER
    with pytest.raises(InvalidTag):
        new.open(new.seal(NUMBER), 1)
    assert old.lookup(NUMBER) == new.lookup(NUMBER)


def test_a_lookup_is_the_same_for_ever() -> None:
    # A changed derivation would lose every number on record, so the value itself is held here.
    assert Vault(KEY).lookup(NUMBER).hex() == "36183e49b252b687c8ee64d6d1b0510b3358bf9fdd942ff4ca21b55bb344a93d"


def test_digests_of_different_purposes_differ() -> None:
    kept = Vault(KEY)
    assert kept.digest("card", "x") == kept.digest("card", "x")
    assert len({kept.digest("card", "x"), kept.digest("code", "x"), kept.digest("card", "y"), kept.lookup("x")}) == 4


def test_a_token_is_kept_as_its_hash() -> None:
    assert len(vault.token_hash("kabar_x")) == 32
    assert vault.token_hash("kabar_x") != vault.token_hash("kabar_y")
