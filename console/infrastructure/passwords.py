"""Passwords: argon2id, slow on purpose."""

import argon2
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from console.application.errors import Unavailable
from console.domain.passwords import settled


class Argon2PasswordHasher:
    """Keeps the promises of ``ports.PasswordHasher``. Safe from any thread, but never on the GUI thread.

    The library's defaults are RFC 9106's second choice (64 MiB, three passes): about 50 ms and 64 MiB a check.
    """

    def __init__(self) -> None:
        self._hasher = argon2.PasswordHasher()

    def hash(self, password: str) -> str:
        """Return the encoded hash, with its salt and its cost in it."""
        return self._hasher.hash(settled(password))

    def verify(self, encoded: str, password: str) -> bool:
        """Say whether the password is the one that was hashed.

        Raises:
            Unavailable: what is stored is no hash, so nobody can tell.
        """
        try:
            return self._hasher.verify(encoded, settled(password))
        except VerifyMismatchError:
            return False
        except (InvalidHashError, VerificationError) as cause:
            raise Unavailable(
                "The password of this account cannot be read. Ask an administrator for a new one."
            ) from cause
