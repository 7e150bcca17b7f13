"""Passwords are kept so that nobody can read them, and told apart."""

import pytest

from console.application.errors import Unavailable
from console.infrastructure.passwords import Argon2PasswordHasher


def test_only_the_right_password_opens_and_two_hashes_of_it_differ() -> None:
    hasher = Argon2PasswordHasher()
    first, second = hasher.hash("河东街 12"), hasher.hash("河东街 12")
    assert first != second
    assert first.startswith("$argon2id$")
    assert "河东街" not in first
    assert hasher.verify(first, "河东街 12")
    assert not hasher.verify(first, "河东街 13")
    assert not hasher.verify(second, "")


@pytest.mark.parametrize("kept", ["", "plain text", "$argon2id$v=19$m=65536,t=3,p=4$broken"])
def test_a_hash_that_is_none_is_not_taken_for_a_wrong_password(kept: str) -> None:
    with pytest.raises(Unavailable):
        Argon2PasswordHasher().verify(kept, "anything")
