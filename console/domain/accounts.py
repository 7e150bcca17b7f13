"""Who may do what: roles, the verbs they hold, and the person at a seat."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from console.domain.ids import AccountId, SeatId

# Judgement: five wrong passwords are a forgotten one, more are a guess; each further one doubles the wait.
FREE_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=15)


class Role(StrEnum):
    OPERATOR = "operator"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Verb(StrEnum):
    """What can be permitted. One word an act of the desk."""

    WATCH = "watch"
    REVIEW = "review"
    FILE = "file"
    ROUTE = "route"
    CLOSE = "close"
    RECHECK = "recheck"
    SPEAK = "speak"
    SEE_CASES = "see_cases"
    SEE_EVIDENCE = "see_evidence"
    EXPORT_EVIDENCE = "export_evidence"
    REPORT = "report"
    ADMINISTER = "administer"
    AUDIT = "audit"


_DESK = frozenset({Verb.WATCH, Verb.SEE_CASES, Verb.SEE_EVIDENCE})

PERMITTED = MappingProxyType(
    {
        Role.OPERATOR: _DESK | {Verb.REVIEW, Verb.FILE, Verb.ROUTE, Verb.CLOSE, Verb.RECHECK, Verb.SPEAK, Verb.REPORT},
        Role.DISPATCHER: _DESK
        | {
            Verb.REVIEW,
            Verb.FILE,
            Verb.ROUTE,
            Verb.CLOSE,
            Verb.RECHECK,
            Verb.SPEAK,
            Verb.REPORT,
            Verb.EXPORT_EVIDENCE,
        },
        Role.SUPERVISOR: _DESK
        | {
            Verb.REVIEW,
            Verb.FILE,
            Verb.ROUTE,
            Verb.CLOSE,
            Verb.RECHECK,
            Verb.SPEAK,
            Verb.REPORT,
            Verb.EXPORT_EVIDENCE,
            Verb.AUDIT,
        },
        Role.OFFICER: frozenset({Verb.SEE_CASES, Verb.SEE_EVIDENCE, Verb.EXPORT_EVIDENCE}),
        Role.ADMINISTRATOR: frozenset({Verb.WATCH, Verb.ADMINISTER}),
        Role.AUDITOR: frozenset({Verb.AUDIT, Verb.SEE_CASES, Verb.SEE_EVIDENCE}),
    }
)


@dataclass(slots=True, kw_only=True)
class Account:
    """A person who may sign in. Owned by the unit of work that read it.

    Attributes:
        password_hash: argon2id in its encoded form.
        version: of the row, for compare-and-swap.
    """

    account_id: AccountId
    sign_in_name: str
    display_name: str
    role: Role
    password_hash: str
    is_active: bool = True
    failed_attempts: int = 0
    may_try_at: datetime | None = None
    version: int = 0

    def note_failure(self, at: datetime) -> None:
        """Count a wrong password and, past the free ones, make the next try wait."""
        self.failed_attempts += 1
        beyond = self.failed_attempts - FREE_ATTEMPTS
        if beyond >= 0:
            self.may_try_at = at + min(FIRST_WAIT * 2 ** min(beyond, 10), LONGEST_WAIT)

    def note_success(self) -> None:
        self.failed_attempts = 0
        self.may_try_at = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, in which role, from which seat."""

    account_id: AccountId
    display_name: str
    role: Role
    seat_id: SeatId

    def may(self, verb: Verb) -> bool:
        return verb in PERMITTED[self.role]
