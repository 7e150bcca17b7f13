"""An account in the words of its list."""

from datetime import datetime

from console.application.accounts_desk import AccountLine
from console.domain.accounts import Scope
from console.domain.errors import DomainError
from console.domain.ids import CameraId
from console.words import N_
from widgets.common.text_table import TextRow
from widgets.login.login_page import ROLE_WORDS
from widgets.state.telling import Teller, Told

HEADS = (N_("Name"), N_("Account"), N_("Role"), N_("Places"), N_("State"))
PLACES_COLUMN = HEADS.index(N_("Places"))


def row_of(line: AccountLine, now: datetime, teller: Teller) -> TextRow:
    """Return the list's row of an account."""
    return TextRow(
        line.account_id,
        (
            line.display_name,
            line.sign_in_name,
            teller.say(Told(ROLE_WORDS[line.role])),
            places_of(line.scope, teller),
            teller.say(state_of(line, now)),
        ),
    )


def places_of(scope: Scope, teller: Teller) -> str:
    """Return where an account may act: areas by their codes, cameras by theirs."""
    if scope.is_everywhere:
        return teller.say(Told(N_("everywhere")))
    return typed_places(scope)


def typed_places(scope: Scope) -> str:
    """Return a scope as it is typed: codes with spaces between."""
    return " ".join((*sorted(scope.areas), *sorted(scope.cameras)))


def scope_of(areas: str, cameras: str) -> Scope:
    """Return the scope that was typed.

    Raises:
        DomainError: a word is not the code of an area.
    """
    return Scope(frozenset(_words(areas)), frozenset(CameraId(word) for word in _words(cameras)))


def _words(typed: str) -> list[str]:
    return typed.replace(",", " ").replace("，", " ").replace("、", " ").split()


def state_of(line: AccountLine, now: datetime) -> Told:
    """Return whether it may sign in, and how."""
    if not line.is_active:
        return Told(N_("off"))
    if line.is_locked_out:
        return Told(N_("locked after {tries} wrong tries"), {"tries": line.failed_attempts})
    if line.waits_until is not None:
        wait_s = max(1, int((line.waits_until - now).total_seconds()))
        return Told(N_("waits {seconds} s after wrong tries"), {"seconds": wait_s})
    return Told(N_("in use, second step")) if line.has_second_step else Told(N_("in use"))


def told_fault(fault: DomainError) -> Told:
    return Told(fault.sentence, fault.values, True)
