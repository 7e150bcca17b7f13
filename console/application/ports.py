"""What the desks need from the world. Adapters below the stairs keep these promises; tests keep them too.

Long because the promises of one unit of work are read together.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from console.application.case_ports import CaseWarnings
from console.application.intake_ports import PlaceCodes, Reports
from console.application.read_models import (
    AlarmCard,
    AlarmRow,
    AuditQuery,
    Backlog,
    CasePage,
    CaseRow,
    RegisterRow,
)
from console.application.sensor_ports import Sensors
from console.application.sharing import SharedRecords
from console.domain.accounts import EVERYWHERE, Account, Scope
from console.domain.alarms import Alarm
from console.domain.audit import AuditFacts, AuditLine
from console.domain.bay_sessions import BaySession
from console.domain.camera_faults import CameraFault, ReferencePicture
from console.domain.cameras import Camera
from console.domain.cases import Case
from console.domain.categories import Category
from console.domain.deadlines import WorkingCalendar
from console.domain.evidence import CustodyLine, EvidenceItem
from console.domain.ids import (
    AccountId,
    AlarmId,
    CameraId,
    CaseId,
    CategoryCode,
    EvidenceId,
    RecheckId,
    RuleId,
    SeatId,
    SegmentId,
    ShiftId,
    SpeakerId,
    TalkId,
    UnitId,
)
from console.domain.jobs import JobTurn
from console.domain.outbox import Order
from console.domain.places import Place
from console.domain.ptz import PtzLease, PtzSetup
from console.domain.rechecks import Recheck
from console.domain.recordings import RecordingClass, Segment
from console.domain.retention import Deletion, Holding, Lock, Stored
from console.domain.routing import RoutingRow, Unit
from console.domain.screens import Screen
from console.domain.shifts import Shift
from console.domain.speaking import Phrase, Speaker, TalkSession
from console.domain.verifier_policy import Act
from console.domain.verifiers import (
    KeptOff,
    LessonLine,
    LessonNote,
    SeenAlarm,
    Subject,
    Teaching,
    VerifierSetting,
)
from console.domain.wall_views import Bookmark, View, WallHabits
from console.domain.walls import Wall


class Clock(Protocol):
    """Time. Aware UTC for what is written down, monotonic seconds for durations."""

    def now(self) -> datetime: ...

    def monotonic_s(self) -> float: ...


class Alarms(Protocol):
    """``get`` raises ``Stale`` for an id that is not there; ``save`` raises ``Stale`` when the row has moved on."""

    def get(self, alarm_id: AlarmId) -> Alarm: ...

    def with_hit(self, hit_id: str) -> Alarm | None: ...

    def waiting_at(self, camera_id: CameraId, zone_name: str, category: CategoryCode) -> Alarm | None:
        """Return the open alarm of the same camera, zone and category (category as raised or re-classed)."""
        ...

    def waiting_near(self, place: Place, category: CategoryCode, metres: float) -> Alarm | None:
        """Return the open alarm of this matter nearest to a place, whatever raised it.

        Where a place is not measured it is the one with the same address.
        """
        ...

    def claimed_at(self, seat_id: SeatId) -> Sequence[Alarm]:
        """Return the waiting alarms that somebody at this seat claimed."""
        ...

    def add(self, alarm: Alarm) -> None: ...

    def save(self, alarm: Alarm) -> None: ...


class Cases(Protocol):
    def get(self, case_id: CaseId) -> Case: ...

    def open_about(self, camera_id: CameraId, category: CategoryCode) -> Case | None:
        """Return a case of this matter that this camera has open, the oldest if there are several."""
        ...

    def with_unit(self) -> Sequence[Case]:
        """Return the cases whose unit may answer (delivered, handled or checked, not closed)."""
        ...

    def add(self, case: Case) -> None: ...

    def save(self, case: Case) -> None: ...

    def next_of_day(self, day: str) -> int:
        """Return the next free sequence number of a day (``20261122``), from 1, never twice, also under two seats."""
        ...


class Evidence(Protocol):
    def add(self, item: EvidenceItem) -> None: ...

    def get(self, evidence_id: EvidenceId) -> EvidenceItem: ...

    def of_subject(self, subject_id: str) -> Sequence[EvidenceItem]: ...

    def note(self, line: CustodyLine) -> None: ...

    def custody(self, evidence_id: EvidenceId) -> Sequence[CustodyLine]: ...


class Recordings(Protocol):
    """The index of what was recorded. A segment whose file is lost stays in it, as a gap."""

    def add(self, segment: Segment) -> None:
        """Note a segment; noting again what is known, or what was deleted, changes nothing (a crash came between)."""
        ...

    def get(self, segment_id: SegmentId) -> Segment: ...

    def of_camera(self, camera_id: CameraId, from_at: datetime, to_at: datetime) -> Sequence[Segment]:
        """Return a camera's segments that touch the span, oldest first, the lost ones with them."""
        ...

    def between(self, from_at: datetime, to_at: datetime) -> Sequence[Segment]:
        """Return the segments of all cameras that began in the span, lost ones left out, oldest first."""
        ...

    def oldest(self, made_for: RecordingClass, most: int) -> Sequence[Segment]:
        """Return the oldest segments of a class whose files are there."""
        ...

    def oldest_at(self) -> datetime | None:
        """Return when the oldest segment of all began."""
        ...

    def note_lost(self, segment_ids: Sequence[SegmentId], at: datetime) -> None:
        """The files of these are gone and nobody deleted them."""
        ...

    def remove(self, segment_ids: Sequence[SegmentId]) -> None: ...

    def size(self, made_for: RecordingClass) -> int:
        """Return the bytes all segments of a class take."""
        ...


class Orders(Protocol):
    """The outbox."""

    def add(self, order: Order) -> None: ...

    def get(self, order_id: str) -> Order: ...

    def of_case(self, case_id: CaseId) -> Sequence[Order]: ...

    def of_receipt(self, unit_id: UnitId, receipt: str) -> Order | None:
        """Return the order that this unit acknowledged so, whichever it was of its case."""
        ...

    def take_due(self, now: datetime, most: int) -> Sequence[Order]:
        """Lease up to ``most`` waiting orders that may leave now (``not_before``, ``next_try_at`` passed, no lease).

        Two relays never take the same: SKIP LOCKED on PostgreSQL, conditional UPDATE on SQLite.
        The taken ones carry ``leased_until = now + SENDING_LEASE``.
        """
        ...

    def save(self, order: Order) -> None: ...


class Inbox(Protocol):
    """Answers already taken in, so that a repeated one is dropped."""

    def take(self, source: str, answer_id: str, at: datetime) -> bool:
        """Note the answer; false if it was noted before (also by another station at the same moment)."""
        ...


class Rechecks(Protocol):
    def add(self, recheck: Recheck) -> None: ...

    def get(self, recheck_id: RecheckId) -> Recheck: ...

    def take_asked(self, now: datetime, lease_until: datetime) -> Sequence[Recheck]:
        """Lease the asked ones that nobody is at."""
        ...

    def of_case(self, case_id: CaseId) -> Sequence[Recheck]: ...

    def save(self, recheck: Recheck) -> None: ...


class Talks(Protocol):
    def add(self, talk: TalkSession) -> None: ...

    def get(self, talk_id: TalkId) -> TalkSession: ...

    def save(self, talk: TalkSession) -> None: ...

    def going_on(self, before: datetime) -> Sequence[TalkSession]:
        """Return sessions ordered before then that are not over, oldest first."""
        ...

    def on_speaker(self, speaker_id: SpeakerId, since: datetime) -> Sequence[TalkSession]:
        """Return sessions ordered since then that are not over, on this speaker."""
        ...


class Accounts(Protocol):
    def get(self, account_id: AccountId) -> Account: ...

    def find(self, account_id: AccountId) -> Account | None: ...

    def named(self, sign_in_name: str) -> Account | None: ...

    def all(self) -> Sequence[Account]: ...

    def add(self, account: Account) -> None: ...

    def save(self, account: Account) -> None: ...


class Shifts(Protocol):
    def open_at(self, seat_id: SeatId) -> Shift | None: ...

    def get(self, shift_id: ShiftId) -> Shift: ...

    def add(self, shift: Shift) -> None: ...

    def save(self, shift: Shift) -> None: ...


class Directory(Protocol):
    """What an administrator keeps: cameras with zones and rules, speakers, units, routing, matters, phrases, walls."""

    def cameras(self) -> Sequence[Camera]: ...

    def camera(self, camera_id: CameraId) -> Camera: ...

    def mark(self) -> int:
        """Return how often the cameras were changed: who keeps some in memory asks whether they are still the ones."""
        ...

    def cameras_of(self, camera_ids: Collection[CameraId]) -> Sequence[Camera]:
        """Return those of these that are there, by number."""
        ...

    def cameras_with_rules(self) -> Sequence[Camera]: ...

    def cameras_around(self, west: float, south: float, east: float, north: float) -> Sequence[Camera]:
        """Return the cameras whose measured place lies in the box, in degrees."""
        ...

    def first_cameras(self, scope: Scope, most: int) -> Sequence[Camera]: ...

    def camera_numbered(self, number: str) -> Camera | None: ...

    def camera_coded(self, code: str) -> Camera | None: ...

    def signs_in_with(self, credentials_name: str) -> bool:
        """Say whether a camera uses this secret of the vault."""
        ...

    def put_camera(self, camera: Camera) -> None: ...

    def put_cameras(self, cameras: Sequence[Camera]) -> None: ...

    def read_names(self, names: Sequence[str]) -> None:
        """Work out how these names are said, before many are put: 62,679 take seconds, and a put holds the lock."""
        ...

    def remove_cameras(self, camera_ids: Sequence[CameraId]) -> None: ...

    def set_favourite(self, account_id: AccountId, camera_id: CameraId, added_at: datetime | None) -> None:
        """Note a camera an account keeps at hand; ``None`` forgets it. Doing either twice changes nothing."""
        ...

    def speakers(self) -> Sequence[Speaker]: ...

    def put_speaker(self, speaker: Speaker) -> None: ...

    def units(self) -> Sequence[Unit]: ...

    def put_unit(self, unit: Unit) -> None: ...

    def routing(self) -> tuple[RoutingRow, ...]: ...

    def put_routing(self, rows: Sequence[RoutingRow]) -> None: ...

    def categories(self) -> Sequence[Category]: ...

    def category(self, code: CategoryCode) -> Category: ...

    def put_category(self, category: Category) -> None: ...

    def phrases(self) -> Sequence[Phrase]: ...

    def put_phrase(self, phrase: Phrase) -> None: ...

    def calendar(self) -> WorkingCalendar: ...

    def put_calendar(self, calendar: WorkingCalendar) -> None: ...

    def wall(self, seat_id: SeatId) -> Wall | None: ...

    def put_wall(self, seat_id: SeatId, wall: Wall) -> None: ...

    def further_walls(self, seat_id: SeatId) -> Mapping[int, Wall]:
        """Return the walls the seat has open in windows of their own, by their numbers."""
        ...

    def put_further_wall(self, seat_id: SeatId, number: int, wall: Wall) -> None: ...

    def remove_further_wall(self, seat_id: SeatId, number: int) -> None: ...


class WallBook(Protocol):
    """What a seat keeps of its wall, and the bookmarks of all."""

    def views(self, seat_id: SeatId) -> Sequence[View]:
        """Return the seat's own and every seat's, in no order."""
        ...

    def put_view(self, view: View) -> None: ...

    def remove_view(self, view_id: str) -> None: ...

    def habits(self, seat_id: SeatId) -> WallHabits | None: ...

    def put_habits(self, seat_id: SeatId, habits: WallHabits) -> None: ...

    def add_bookmark(self, bookmark: Bookmark) -> None: ...

    def bookmarks(self, most: int) -> Sequence[Bookmark]:
        """Return the newest, the newest first."""
        ...


class Locks(Protocol):
    """What may not be deleted. A lock is never taken away: it is released, with who and why."""

    def add(self, lock: Lock) -> None: ...

    def get(self, lock_id: str) -> Lock:
        """Raises ``Stale`` for an id that is not there."""
        ...

    def release(self, lock_id: str, by: str, reason: str, at: datetime) -> None:
        """Raises ``Stale`` when it is released already."""
        ...

    def holding(self, stored: Sequence[Stored]) -> Sequence[Lock]:
        """Return the locks that hold that touch any of these files."""
        ...

    def of_case(self, case_id: CaseId) -> Sequence[Lock]:
        """Return the locks of a case that hold."""
        ...

    def newest(self, most: int) -> Sequence[Lock]:
        """Return the locks that hold, newest first."""
        ...

    def of_cases_closed_before(self, at: datetime, most: int) -> Sequence[Lock]:
        """Return locks that hold whose case was closed before."""
        ...


class Holdings(Protocol):
    """What may be freed one day: recordings, and evidence that belongs to no case."""

    def oldest_unlocked(self, holding: Holding, most: int) -> Sequence[Stored]: ...

    def size(self, holding: Holding) -> int:
        """Return bytes of a kind, locked ones included."""
        ...

    def of_camera(self, camera_id: CameraId, from_at: datetime, to_at: datetime) -> Sequence[Stored]:
        """Return the recordings that touch the span, oldest first."""
        ...

    def delete(self, deletions: Sequence[Deletion]) -> None:
        """Write the log and take recordings out of their index; rows of evidence stay."""
        ...

    def deletions(self, most: int, *, before: datetime | None = None) -> Sequence[Deletion]:
        """Return the newest lines of the log, newest first."""
        ...


class Jobs(Protocol):
    """Whose turn it is. Two stations on one database never run the same job at once."""

    def take(self, name: str, owner: str, now: datetime, lease_until: datetime, *, is_wanted: bool) -> JobTurn | None:
        """Lease a job that is due, or wanted now, and that nobody else is at; ``None`` if it is not ours now."""
        ...

    def renew(self, name: str, owner: str, now: datetime, lease_until: datetime) -> bool:
        """Hold it longer; false if the lease was lost."""
        ...

    def finish(
        self, name: str, owner: str, began_at: datetime, ended_at: datetime, next_at: datetime, failure: str
    ) -> None:
        """Give it back; an empty ``failure`` means that it was done."""
        ...

    def next_at(self, name: str) -> datetime | None: ...


class Ptz(Protocol):
    """How cameras are turned, and who has one: a lease is taken by compare and swap, so two never have it."""

    def setup(self, camera_id: CameraId) -> PtzSetup | None: ...

    def put_setup(self, setup: PtzSetup) -> None: ...

    def with_tour(self) -> Sequence[PtzSetup]: ...

    def lease(self, camera_id: CameraId) -> PtzLease | None:
        """Return the last lease of a camera; it may be over."""
        ...

    def take(self, lease: PtzLease, now: datetime, instead_of: str = "") -> bool:
        """Write the lease if the camera is free, or still held under ``instead_of``; false if somebody was first."""
        ...

    def renew(self, lease_id: str, now: datetime, until: datetime) -> bool:
        """Hold it until then; false if it was lost."""
        ...

    def end(self, lease_id: str, now: datetime) -> bool: ...


class Screens(Protocol):
    """Screens elsewhere, and what each shows now. The last writer wins."""

    def find(self, name: str) -> Screen | None: ...

    def all(self) -> Sequence[Screen]: ...

    def put(self, screen: Screen) -> None: ...


class Sight(Protocol):
    """What is wrong with cameras, and how they should look."""

    def put_fault(self, fault: CameraFault) -> None: ...

    def fault(self, fault_id: str) -> CameraFault:
        """Return it; in a writing unit nobody else files this camera meanwhile. ``Stale`` if it is not there."""
        ...

    def open_faults(self) -> Sequence[CameraFault]:
        """Return what lasts, the oldest first."""
        ...

    def put_reference(self, reference: ReferencePicture) -> None: ...

    def remove_references(self, reference_ids: Sequence[str]) -> None: ...

    def references(self, camera_id: CameraId) -> Sequence[ReferencePicture]:
        """Return a camera's, the newest first."""
        ...


class Bays(Protocol):
    """Stays in parking bays."""

    def put(self, session: BaySession) -> None: ...

    def get(self, session_id: str) -> BaySession:
        """Return it; ``Stale`` if it is not there."""
        ...

    def open_at(self, camera_id: CameraId, rule_id: RuleId, bay: int) -> BaySession | None:
        """Return the stay of a bay that has no end yet."""
        ...

    def newest(self, most: int) -> Sequence[tuple[BaySession, str, str]]:
        """Return the latest, the newest first, with where the pictures of its begin and its end lie."""
        ...

    def forget_ended(self, before: datetime, most: int) -> int:
        """Forget the oldest that ended before; return how many that were."""
        ...


class Verifiers(Protocol):
    """Alarms as a verifier saw them, and its lessons."""

    def unseen(self, since: datetime, most: int) -> Sequence[tuple[AlarmId, str]]:
        """Return alarms of video raised since that have a still and were not seen, oldest first, with its place."""
        ...

    def put_seen(self, seen: SeenAlarm) -> None: ...

    def has_lessons(self) -> bool:
        """Say whether anything was learned yet."""
        ...

    def undecided(self, most: int) -> Sequence[AlarmId]:
        """Return seen alarms that are decided by now and whose verdict was not taken in."""
        ...

    def note_teaching(self, alarm_id: AlarmId, teaching: Teaching) -> Subject:
        """Write down what its verdict says, and return whose it is."""
        ...

    def counts(self, subject: Subject) -> dict[Teaching, int]: ...

    def taught(self, subject: Subject, embedder: str, most: int) -> Sequence[SeenAlarm]:
        """Return the newest alarms whose verdict teaches, oldest first, as this embedder saw them."""
        ...

    def judged(self, subject: Subject, most: int) -> Sequence[SeenAlarm]:
        """Return alarms that a lesson gave a probability, newest first."""
        ...

    def newest_lesson(self, subject: Subject) -> LessonNote | None: ...

    def tallies(self) -> Sequence[tuple[Subject, Teaching, int]]:
        """Return how many alarms of each camera and kind were seen, by what their verdict says."""
        ...

    def lesson_lines(self) -> Sequence[LessonLine]:
        """Return every lesson of every camera and kind, the newest of each first."""
        ...

    def lesson(self, lesson_id: str) -> LessonNote:
        """Return a lesson. ``Stale`` if it is not there."""
        ...

    def setting(self, subject: Subject) -> VerifierSetting:
        """Return what a supervisor set; what is so without anybody's word where nobody did."""
        ...

    def put_setting(self, setting: VerifierSetting) -> None: ...

    def note_act(self, alarm_id: AlarmId, act: Act) -> None: ...

    def kept_off(self, most: int) -> Sequence[KeptOff]:
        """Return alarms that wait and are kept off the queue, newest first."""
        ...

    def given_by(self, lesson_id: str) -> Sequence[float]:
        """Return the probabilities that a lesson gave to new alarms."""
        ...

    def add_lesson(self, lesson: LessonNote) -> None:
        """Write a lesson down. ``Stale`` if its number is taken."""
        ...


class Audit(Protocol):
    def append(self, facts: AuditFacts) -> AuditLine:
        """Add a line behind the last; serialised by the transaction, so the chain never forks."""
        ...

    def head(self) -> AuditLine | None:
        """Return the newest line."""
        ...

    def lines(self, after: int, most: int) -> Sequence[AuditLine]: ...

    def behind(self, digest: str) -> AuditLine | None:
        """Return the first line that says it stands behind this digest. Reads them all."""
        ...


class Watching(Protocol):
    """Minutes in which a camera with a rule had no detector looking (for the shift's report)."""

    def note_unwatched(self, camera_id: CameraId, begins_at: datetime, ends_at: datetime) -> None: ...

    def unwatched_s(self, begins_at: datetime, ends_at: datetime) -> dict[str, float]: ...


class UnitOfWork(Protocol):
    """One transaction. Leaving it without ``commit`` rolls everything back.

    Raises:
        Unavailable: the database is away (from entering, any repository, or ``commit``).
        Stale: a saved row had moved on.
    """

    @property
    def alarms(self) -> Alarms: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def evidence(self) -> Evidence: ...
    @property
    def recordings(self) -> Recordings: ...
    @property
    def orders(self) -> Orders: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def rechecks(self) -> Rechecks: ...
    @property
    def talks(self) -> Talks: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def shifts(self) -> Shifts: ...
    @property
    def directory(self) -> Directory: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def watching(self) -> Watching: ...
    @property
    def locks(self) -> Locks: ...
    @property
    def holdings(self) -> Holdings: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def screens(self) -> Screens: ...
    @property
    def ptz(self) -> Ptz: ...
    @property
    def shared(self) -> SharedRecords: ...
    @property
    def wall_book(self) -> WallBook: ...
    @property
    def sight(self) -> Sight: ...
    @property
    def bays(self) -> Bays: ...

    @property
    def reports(self) -> Reports: ...
    @property
    def place_codes(self) -> PlaceCodes: ...
    @property
    def verifiers(self) -> Verifiers: ...
    @property
    def sensors(self) -> Sensors: ...
    @property
    def case_warnings(self) -> CaseWarnings: ...

    def commit(self) -> None: ...


class UnitsOfWork(Protocol):
    """Begins units of work. ``write`` takes the write lock at once (BEGIN IMMEDIATE); ``read`` never does.

    Safe from any thread; the unit of work itself belongs to the thread that began it.
    """

    def write(self) -> AbstractContextManager[UnitOfWork]: ...

    def read(self) -> AbstractContextManager[UnitOfWork]: ...


class Queries(Protocol):
    """Rows for lists and pages, bare statements, no locks. Safe from any thread.

    Lists hold what ``scope`` covers.
    """

    def alarm_queue(self, now: datetime, most: int, scope: Scope = EVERYWHERE) -> Sequence[AlarmRow]:
        """Return waiting alarms that are not postponed past ``now``, in queue order."""
        ...

    def alarm_card(self, alarm_id: AlarmId) -> AlarmCard: ...

    def case_list(
        self, most: int, scope: Scope = EVERYWHERE, *, before: tuple[datetime, str] | None = None
    ) -> Sequence[CaseRow]:
        """Return cases, newest first, paged by the key (filed_at, case_id) of the last row seen."""
        ...

    def case_page(self, case_id: CaseId) -> CasePage: ...

    def talk_log(self, most: int, scope: Scope = EVERYWHERE) -> Sequence[TalkSession]: ...

    def backlog(self) -> Backlog: ...

    def audit_register(self, query: AuditQuery, most: int, *, before: int | None = None) -> Sequence[RegisterRow]:
        """Return audit lines, newest first, paged by the position of the last row seen."""
        ...

    def alarms_between(self, begins_at: datetime, ends_at: datetime, scope: Scope = EVERYWHERE) -> Sequence[Alarm]: ...

    def cases_between(self, begins_at: datetime, ends_at: datetime, scope: Scope = EVERYWHERE) -> Sequence[Case]:
        """Return cases filed, handled, due or closed in the span."""
        ...

    def overdue_since(self, after: datetime, until: datetime) -> Sequence[CaseId]:
        """Return the open cases whose deadline passed in the span."""
        ...

    def talks_between(
        self, begins_at: datetime, ends_at: datetime, scope: Scope = EVERYWHERE
    ) -> Sequence[TalkSession]: ...


class PasswordHasher(Protocol):
    """argon2id. Slow on purpose: never on the GUI thread."""

    def hash(self, password: str) -> str: ...

    def verify(self, encoded: str, password: str) -> bool: ...


class Vault(Protocol):
    """Secrets by name. Nothing it holds is ever logged, stored in a row or shown."""

    def get(self, name: str) -> str | None: ...

    def put(self, name: str, secret: str) -> None: ...

    def delete(self, name: str) -> None:
        """Forget a secret; forgetting an unknown one is no fault."""
        ...


class EvidenceStore(Protocol):
    """Files below one root, evidence or recordings; paths in rows are relative to it."""

    def absolute(self, relative: str) -> Path: ...


class StoredFiles(Protocol):
    """Where recordings and evidence lie on this machine."""

    def is_here(self, stored: Stored) -> bool: ...

    def remove(self, stored: Stored) -> None:
        """Take the file away; harmless when it is gone.

        Raises:
            Unavailable: the disk does not let it go.
        """
        ...


class StationLink(Protocol):
    """What a desk may ask of the machine's station. Returns at once; the answer comes as news."""

    def nudge(self, topic: str, ids: tuple[str, ...]) -> None: ...

    def talk(self, talk_id: TalkId, action: str) -> None:
        """Raises ``Unavailable`` when the station is away: nobody must believe to be heard."""
        ...
