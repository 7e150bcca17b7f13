"""Who may do what, and where: roles, the verbs they hold, the places they reach, and the person at a seat."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from console.domain.errors import DomainError
from console.domain.ids import AccountId, CameraId, SeatId
from console.domain.places import Place

# Judgement: five wrong passwords are a forgotten one, more are a guess; each further one doubles the wait.
FREE_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=10)
# PCI DSS 4.0 §8.3.4: no more than ten tries, then at least thirty minutes or until the person's identity is
# confirmed (an administrator unlocks). Not for ever: anybody at a seat could shut out the shift leader.
LOCK_OUT_AFTER = 10
LOCK_OUT = timedelta(minutes=30)

# Digits of the unit grid's code that name a district, a street, a community and a cell (DOMAIN A.2).
AREA_DIGITS = (6, 9, 12, 15)


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
    LISTEN = "listen"
    PTZ = "ptz"
    REVIEW = "review"
    FILE = "file"
    ROUTE = "route"
    CLOSE = "close"
    RECHECK = "recheck"
    APPROVE = "approve"
    SPEAK = "speak"
    SEE_CASES = "see_cases"
    SEE_EVIDENCE = "see_evidence"
    EXPORT_EVIDENCE = "export_evidence"
    OPEN_WINDOW = "open_window"
    REPORT = "report"
    RECORD = "record"
    SEE_RECORDINGS = "see_recordings"
    LOCK_EVIDENCE = "lock_evidence"
    DELETE_RECORDING = "delete_recording"
    SHARE_VIEW = "share_view"
    KEEP_TOURS = "keep_tours"
    TEACH = "teach"
    ADMINISTER = "administer"
    AUDIT = "audit"


_SEE = frozenset({Verb.SEE_CASES, Verb.SEE_EVIDENCE})
_DESK = _SEE | {
    Verb.WATCH,
    Verb.LISTEN,
    Verb.PTZ,
    Verb.REVIEW,
    Verb.FILE,
    Verb.ROUTE,
    Verb.CLOSE,
    Verb.RECHECK,
    Verb.SPEAK,
    Verb.REPORT,
    Verb.RECORD,
    Verb.SEE_RECORDINGS,
}

# Who keeps the machine can neither decide about the street nor make what was seen on it disappear: recordings are
# deleted by who answers for the shift, accounts are kept by who has no desk.
PERMITTED = MappingProxyType(
    {
        Role.OPERATOR: _DESK,
        Role.DISPATCHER: _DESK | {Verb.APPROVE, Verb.EXPORT_EVIDENCE, Verb.LOCK_EVIDENCE},
        Role.SUPERVISOR: _DESK
        | {
            Verb.APPROVE,
            Verb.EXPORT_EVIDENCE,
            Verb.OPEN_WINDOW,
            Verb.LOCK_EVIDENCE,
            Verb.DELETE_RECORDING,
            Verb.AUDIT,
            Verb.SHARE_VIEW,
            Verb.KEEP_TOURS,
            Verb.TEACH,
        },
        Role.OFFICER: _SEE | {Verb.EXPORT_EVIDENCE},
        Role.ADMINISTRATOR: frozenset({Verb.WATCH, Verb.ADMINISTER}),
        Role.AUDITOR: _SEE | {Verb.AUDIT},
    }
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an account may act. Nothing named is everywhere; a camera is covered by its area or by its own name.

    Attributes:
        areas: beginnings of grid cells: 6 digits are a district, 9 a street, 12 a community, 15 one cell.
    """

    areas: frozenset[str] = frozenset()
    cameras: frozenset[CameraId] = frozenset()

    def __post_init__(self) -> None:
        for area in self.areas:
            if len(area) not in AREA_DIGITS or not (area.isascii() and area.isdigit()):
                raise DomainError("Area {area} is not the code of a district, street, community or cell.", area=area)

    @property
    def is_everywhere(self) -> bool:
        return not self.areas and not self.cameras

    def covers(self, area: str, camera_id: CameraId | None) -> bool:
        """Say whether a place is within; one whose cell nobody wrote down is within no area.

        Args:
            area: the grid cell of the place, empty where unknown.
        """
        if self.is_everywhere or camera_id in self.cameras:
            return True
        return any(area.startswith(own) for own in self.areas)


EVERYWHERE = Scope()


@dataclass(slots=True, kw_only=True)
class Account:
    """A person who may sign in. Owned by the unit of work that read it.

    Attributes:
        password_hash: argon2id in its encoded form.
        failed_attempts: wrong tries in a row, at sign-in and at the locked screen alike.
        totp_secret_name: where the vault keeps the secret of the second step; empty without one.
        totp_last_counter: the last time step a code was accepted of.
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
    scope: Scope = EVERYWHERE
    totp_secret_name: str = ""
    totp_last_counter: int = 0
    version: int = 0

    @property
    def has_second_step(self) -> bool:
        return bool(self.totp_secret_name)

    @property
    def password_mark(self) -> str:
        """What tells this password from the next, and says nothing of either."""
        return hashlib.sha256(self.password_hash.encode()).hexdigest()[:16]

    def must_wait(self, at: datetime) -> bool:
        """Say whether wrong tries keep the account from trying now."""
        return self.may_try_at is not None and at < self.may_try_at

    def is_locked_out(self, at: datetime) -> bool:
        """Say whether it waits so long that an administrator should be asked."""
        return self.failed_attempts >= LOCK_OUT_AFTER and self.must_wait(at)

    def note_failure(self, at: datetime) -> None:
        """Count a wrong try and, past the free ones, make the next one wait."""
        self.failed_attempts += 1
        if self.failed_attempts >= LOCK_OUT_AFTER:
            self.may_try_at = at + LOCK_OUT
        elif self.failed_attempts >= FREE_ATTEMPTS:
            self.may_try_at = at + FIRST_WAIT * 2 ** (self.failed_attempts - FREE_ATTEMPTS)

    def forget_failures(self) -> None:
        self.failed_attempts = 0
        self.may_try_at = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, in which role, where, from which seat.

    Attributes:
        password_mark: of the password that opened the seat; empty for who needs none.
    """

    account_id: AccountId
    display_name: str
    role: Role
    seat_id: SeatId
    scope: Scope = EVERYWHERE
    password_mark: str = field(default="", compare=False, repr=False)

    def may(self, verb: Verb, place: Place | None = None, camera_id: CameraId | None = None) -> bool:
        """Say whether the role holds the verb and, where a place or camera is named, the scope covers it."""
        if verb not in PERMITTED[self.role]:
            return False
        if place is None and camera_id is None:
            return True
        return self.scope.covers(place.grid_cell if place is not None else "", camera_id)
