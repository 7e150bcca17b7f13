"""Whoever works at the machine itself, by a command: opens the site, acts in its name, and is told what was refused."""

import getpass
import platform
import sys
from collections.abc import Callable

from console.application.settings import SettingsRefused
from console.domain.accounts import Actor, Role
from console.domain.errors import Refusal
from console.domain.ids import AccountId, SeatId
from console.site import Site
from console.words import Words

DONE, REFUSED = 0, 1
AT_THE_MACHINE = "machine"


def with_site(name: str, words: Words, work: Callable[[Site], int]) -> int:
    """Open a site, work, close it. Return what ``work`` does, or 1 when something was refused; the reason is told."""
    try:
        site = Site.open(name)
    except Refusal as cause:
        print(words.tell(cause), file=sys.stderr)
        return REFUSED
    except (SettingsRefused, ValueError) as cause:
        print(cause, file=sys.stderr)
        return REFUSED
    try:
        return work(site)
    except Refusal as cause:
        print(words.tell(cause), file=sys.stderr)
        return REFUSED
    finally:
        site.close()


def at_the_machine() -> Actor:
    """Return whoever types here: no account of the site, but the owner of its folder."""
    return Actor(
        account_id=AccountId(AT_THE_MACHINE),
        display_name=f"{getpass.getuser()}@{platform.node()}",
        role=Role.ADMINISTRATOR,
        seat_id=SeatId(AT_THE_MACHINE),
    )
