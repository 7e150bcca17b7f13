"""What a new password must be: long, and nothing that everybody would try first. No rules of composition."""

import unicodedata
from itertools import pairwise

from console.domain.errors import DomainError

# NIST SP 800-63B-4 §3.1.1.2: at least 15 characters where the password may be the only factor (a second step is
# optional here and may be ended later), at least 64 allowed, no rules of composition, no change by the calendar.
SHORTEST = 15
LONGEST = 128  # judgement: a bound, so that hashing costs a bounded time
FEWEST_DIFFERENT = 5  # judgement: "aaaa…" and "121212…" are long and no secret
_SERVICE = "citydesk"
_SHORTEST_NAME = 3  # two letters of a name occur in many a sentence


def settled(password: str) -> str:
    """Return the password as it is hashed and compared: NFKC (NIST SP 800-63B-4 §3.1.1.2).

    A Chinese input method writes full-width letters at one keyboard and half-width ones at the next.
    """
    return unicodedata.normalize("NFKC", password)


def check_new_password(password: str, sign_in_name: str, display_name: str) -> None:
    """Refuse a password that is too short, too long, or easily guessed of this person.

    Raises:
        DomainError: with what to do instead; never with the password in it.
    """
    chosen = settled(password)
    if len(chosen) < SHORTEST:
        raise DomainError("The password needs at least {n} characters. A short sentence is easy to keep.", n=SHORTEST)
    if len(chosen) > LONGEST:
        raise DomainError("The password may have {n} characters at most.", n=LONGEST)
    if len(set(chosen)) < FEWEST_DIFFERENT or _is_a_run(chosen):
        raise DomainError("The password repeats or counts up. Choose one that cannot be guessed.")
    lowered = chosen.casefold()
    for name in (sign_in_name, display_name, _SERVICE):
        known = settled(name).casefold()
        if len(known) >= _SHORTEST_NAME and known in lowered:
            raise DomainError("The password holds a name that everybody knows. Choose another.")


def _is_a_run(password: str) -> bool:
    """Say whether each character is the next after the one before, up or down (digits wrap round)."""
    steps = {(ord(after) - ord(before)) for before, after in pairwise(password)}
    return steps <= {1, -9} or steps <= {-1, 9}
