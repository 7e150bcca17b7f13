"""Screens that show what a seat sends to them, and the key each proves itself with."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from console.domain.errors import DomainError
from console.domain.ids import AccountId, SeatId
from console.domain.walls import Wall

KEY_BYTES = 32
LONGEST_NAME = 40
SEAT_PREFIX = "screen "


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a screen shows: a wall, who sent it, and when."""

    wall: Wall
    by: AccountId
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A screen by its name.

    Attributes:
        key_digest: SHA-256 of its key, which is 256 random bits: there is nothing to guess that a slow hash would
            have to protect. Empty when the key was taken back.
    """

    name: str
    key_digest: str
    sent: Sent | None = None

    @property
    def is_in_use(self) -> bool:
        return bool(self.key_digest)

    def opens_with(self, key: str) -> bool:
        """Say whether this is its key."""
        return self.is_in_use and hmac.compare_digest(self.key_digest, digest_of(key))


def new_key() -> str:
    """Return a key for a screen."""
    return secrets.token_urlsafe(KEY_BYTES)


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def checked_name(name: str) -> str:
    """Return the name without spaces around it.

    Raises:
        DomainError: it is empty or too long.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise DomainError("A screen's name has at most {n} characters.", n=LONGEST_NAME)
    return name


def seat_of(name: str) -> SeatId:
    """Return the name under which a screen is connected to its station."""
    return SeatId(f"{SEAT_PREFIX}{name}")
