"""How long things are kept, who holds them back, and what goes first when the disk fills.

The order is a decision (docs/administrators): what has served its days, what is over its quota, the oldest where room
is lacking; below the legal days only continuous recording, and never without saying so. What is locked stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from console.domain.errors import DomainError, TransitionRefused
from console.domain.ids import CameraId, CaseId, EvidenceId

LEGAL_DAYS = timedelta(days=30)  # State Council decree 799, in force 2025-04-01: raw pictures at least 30 days


class Holding(StrEnum):
    """What is kept under one rule. Evidence of a case is not here: it is locked by the filing."""

    CONTINUOUS = "continuous"
    MANUAL = "manual"
    UNFILED = "unfiled"
    SPEECH = "speech"


class LockKind(StrEnum):
    EVIDENCE = "evidence"
    SPAN = "span"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One file that may be freed.

    Attributes:
        stored_id: of the segment or the evidence item.
        path: below the root of its kind (recordings or evidence).
        begins_at, ends_at: what it shows, by our clock.
    """

    stored_id: str
    holding: Holding
    path: str
    camera_id: CameraId | None
    begins_at: datetime
    ends_at: datetime
    size_bytes: int
    sha256: str

    @property
    def is_recording(self) -> bool:
        return self.holding in (Holding.CONTINUOUS, Holding.MANUAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """An item, or a camera's recordings in a span, that nobody and nothing may delete until it is released.

    Attributes:
        case_id: the case that needs it; ``None`` where a person locked it for a reason of their own.
        reason: in the words of whoever locked it; of a case, its number.
        released_at: ``None`` while it holds.
    """

    lock_id: str
    kind: LockKind
    evidence_id: EvidenceId | None = None
    camera_id: CameraId | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    case_id: CaseId | None = None
    reason: str
    by: str
    at: datetime
    released_at: datetime | None = None
    released_by: str = ""
    release_reason: str = ""

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise DomainError("Give a reason for the lock.")
        if self.kind is LockKind.EVIDENCE and self.evidence_id is None:
            raise ValueError("a lock of evidence names the item")
        if self.kind is LockKind.SPAN:
            if self.camera_id is None or self.from_at is None or self.to_at is None:
                raise ValueError("a lock of a span names its camera and its two ends")
            if self.to_at <= self.from_at:
                raise DomainError("The span ends before it begins.")

    def holds(self, stored: Stored) -> bool:
        """Return whether this lock keeps the file: the item itself, or a recording that touches the span."""
        if self.released_at is not None:
            return False
        if self.kind is LockKind.EVIDENCE:
            return not stored.is_recording and stored.stored_id == self.evidence_id
        if self.from_at is None or self.to_at is None or not stored.is_recording:
            return False
        return stored.camera_id == self.camera_id and stored.begins_at < self.to_at and stored.ends_at > self.from_at


class Why(StrEnum):
    """What a deletion was for."""

    AGE = "age"
    QUOTA = "quota"
    ROOM = "room"
    ROOM_BELOW_DAYS = "room_below_days"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A line of the deletion log. Never changed."""

    deletion_id: str
    stored: Stored
    why: Why
    reason: str
    by: str
    at: datetime


class WhenFull(StrEnum):
    FREE_OLDEST = "free_oldest"
    STOP_RECORDING = "stop_recording"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How long and how much of one kind is kept.

    Attributes:
        keep: unlocked material older than this has served its purpose and goes.
        least: younger material is not freed for a quota.
        most_bytes: 0 for no limit.
    """

    made_for: Holding
    keep: timedelta = LEGAL_DAYS
    least: timedelta = LEGAL_DAYS
    most_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """The rules of a site. A kind without a quota is kept by the law's days."""

    quotas: tuple[Quota, ...] = ()
    when_full: WhenFull = WhenFull.FREE_OLDEST

    def of(self, holding: Holding) -> Quota:
        return next((quota for quota in self.quotas if quota.made_for is holding), Quota(made_for=holding))


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """The file system the files lie on.

    Attributes:
        begin_below_bytes: with less free than this, room is made …
        until_bytes: … until so much is free.
    """

    free_bytes: int
    begin_below_bytes: int
    until_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeing:
    """What is to go, oldest first within its reason, and what could not be met.

    Attributes:
        lacking_bytes: room still missing when all of this is gone.
        over_quota: kinds that stay over their quota because the rest is younger than the days, or locked.
    """

    files: tuple[tuple[Stored, Why], ...] = ()
    lacking_bytes: int = 0
    over_quota: Mapping[Holding, int] = field(default_factory=dict)


def what_to_free(
    stored: Sequence[Stored],
    locks: Iterable[Lock],
    rules: Retention,
    held: Mapping[Holding, int],
    disk: Disk,
    now: datetime,
) -> Freeing:
    """Decide what goes now.

    Args:
        stored: candidates; the oldest of each kind must be among them.
        locks: all that touch a candidate.
        held: bytes of each kind on the disk, candidates included.
    """
    holding_back = tuple(locks)
    free = sorted(
        (file for file in stored if not any(lock.holds(file) for lock in holding_back)),
        key=lambda file: (file.begins_at, file.stored_id),
    )
    chosen: dict[str, tuple[Stored, Why]] = {}

    def take(file: Stored, why: Why) -> int:
        chosen[file.stored_id] = (file, why)
        return file.size_bytes

    def left(*, least_age: bool) -> Iterable[Stored]:
        for file in free:
            is_old = file.ends_at <= now - rules.of(file.holding).least
            if file.stored_id not in chosen and (is_old or not least_age):
                yield file

    for file in free:
        if file.ends_at <= now - rules.of(file.holding).keep:
            take(file, Why.AGE)

    over_quota: dict[Holding, int] = {}
    for quota in rules.quotas:
        gone = sum(file.size_bytes for file, _ in chosen.values() if file.holding is quota.made_for)
        over = held.get(quota.made_for, 0) - gone - quota.most_bytes if quota.most_bytes else 0
        for file in left(least_age=True):
            if over <= 0:
                break
            if file.holding is quota.made_for:
                over -= take(file, Why.QUOTA)
        if over > 0:
            over_quota[quota.made_for] = over

    lacking = disk.until_bytes - disk.free_bytes if disk.free_bytes < disk.begin_below_bytes else 0
    lacking -= sum(file.size_bytes for file, _ in chosen.values())
    for file in left(least_age=True):
        if lacking <= 0:
            break
        lacking -= take(file, Why.ROOM)
    if rules.when_full is WhenFull.FREE_OLDEST:
        for file in left(least_age=False):
            if lacking <= 0:
                break
            if file.holding is Holding.CONTINUOUS:
                lacking -= take(file, Why.ROOM_BELOW_DAYS)
    return Freeing(files=tuple(chosen.values()), lacking_bytes=max(0, lacking), over_quota=over_quota)


def refuse_if_locked(stored: Stored, locks: Iterable[Lock]) -> None:
    """Let a deletion by hand pass, or say who holds the file and why.

    Raises:
        TransitionRefused: a lock holds it.
    """
    for lock in locks:
        if not lock.holds(stored):
            continue
        if lock.case_id is not None:
            raise TransitionRefused(
                "{who} locked this for case {number}. It cannot be deleted.", who=lock.by, number=lock.reason
            )
        raise TransitionRefused("{who} locked this: {reason}. It cannot be deleted.", who=lock.by, reason=lock.reason)


class Room(StrEnum):
    """What may still be written. The desk's records come last of all to suffer."""

    EVERYTHING = "everything"
    NO_RECORDING = "no_recording"
    NO_CLIPS = "no_clips"
    ROWS_ONLY = "rows_only"


def room_at(free_bytes: int, reserve_bytes: int) -> Room:
    """Return what may be written with so much free.

    Recording stops at the reserve, clips at half of it, stills at a quarter; the rest belongs to the database
    (judgement: a clip is 4 to 8 MB, a still 0.6 MB, an alarm's rows about 4 kB).
    """
    if free_bytes >= reserve_bytes:
        return Room.EVERYTHING
    if free_bytes >= reserve_bytes // 2:
        return Room.NO_RECORDING
    return Room.NO_CLIPS if free_bytes >= reserve_bytes // 4 else Room.ROWS_ONLY
