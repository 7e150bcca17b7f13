"""What the review page shows and what it must ask of the desks: frozen state, and pure steps from act to state.

No Qt, no desk and no clock here: time comes in with the acts. What the keys do is in ``review_keys``. Long
because modes, orders and acts are one vocabulary; apart they would only import each other.

Long because modes, orders and acts of a review are one vocabulary.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.application.alarm_review import Filing
from console.application.case_desk import FiledCase
from console.application.read_models import AlarmCard, AlarmRow
from console.domain.accounts import Actor
from console.domain.alarms import CLAIM_LEASE, UNDO_WINDOW, AlarmStage, DismissReason
from console.domain.cameras import Camera
from console.domain.categories import Category
from console.domain.ids import AlarmId, CameraId, CaseId, CategoryCode, UnitId
from console.domain.routing import RoutingRow, Unit
from console.domain.speaking import Speaker
from console.words import N_
from widgets.state.telling import Named, Told

RATE_SPAN = timedelta(minutes=10)


# ---- what is shown -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How many cameras there are, and how many of them nobody can see or watch."""

    cameras: int
    unseen: int


@dataclass(frozen=True, slots=True)
class Near:
    """A camera not far away, and how far in metres."""

    camera: Camera
    metres: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that was read about the selected alarm, in one go.

    Attributes:
        unit, because: who would get it and which line of the routing table says so; ``None`` if no line answers.
        sentences: the ready sentences for its camera, place filled in.
    """

    card: AlarmCard
    category: Category
    unit: Unit | None
    because: RoutingRow | None
    sentences: tuple[Named, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    near: tuple[Near, ...] = ()


# ---- modes: what the digit keys mean now ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Browsing:
    """Nothing begun."""


@dataclass(frozen=True, slots=True)
class FilingMode:
    """``Y`` was pressed: a condition is preselected, ``Enter`` files. ``unit_id`` is set when the route was changed."""

    condition: int = 0
    unit_id: UnitId | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Dismissing:
    """``N`` was pressed: 1–6 give the reason."""


@dataclass(frozen=True, slots=True)
class Merging:
    """``M`` was pressed: 1–9 name what to merge into."""


@dataclass(frozen=True, slots=True)
class Postponing:
    """``P`` was pressed: 1–3 give the wait."""


@dataclass(frozen=True, slots=True)
class Reclassing:
    """``C`` was pressed: 1–9 name the other matter; ``words`` look for one by its name or any of its codes."""

    words: str = ""
    is_typing: bool = False


@dataclass(frozen=True, slots=True)
class Rerouting:
    """``R`` was pressed: first the unit, then the reason; the filing begun goes on afterwards."""

    condition: int = 0
    unit_id: UnitId | None = None
    is_typing: bool = False


Mode = Browsing | FilingMode | Dismissing | Merging | Postponing | Reclassing | Rerouting


# ---- orders: what the page must ask of the desks now -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Acknowledge:
    alarm_id: AlarmId


@dataclass(frozen=True, slots=True)
class TakeClaim:
    alarm_id: AlarmId


@dataclass(frozen=True, slots=True)
class Release:
    alarm_id: AlarmId


@dataclass(frozen=True, slots=True)
class Dismiss:
    alarm_id: AlarmId
    reason: DismissReason


@dataclass(frozen=True, slots=True)
class MergeInto:
    alarm_id: AlarmId
    into: str
    label: Named | Told


@dataclass(frozen=True, slots=True)
class Postpone:
    alarm_id: AlarmId
    wait: timedelta


@dataclass(frozen=True, slots=True)
class Reclass:
    alarm_id: AlarmId
    category: CategoryCode


@dataclass(frozen=True, slots=True)
class ConfirmAndFile:
    alarm_id: AlarmId
    filing: Filing
    unit_id: UnitId | None
    reason: str


@dataclass(frozen=True, slots=True)
class UndoVerdict:
    alarm_id: AlarmId


@dataclass(frozen=True, slots=True)
class UndoFiling:
    alarm_id: AlarmId
    case_id: CaseId


@dataclass(frozen=True, slots=True)
class Speak:
    camera_id: CameraId


Order = (
    Acknowledge
    | TakeClaim
    | Release
    | Dismiss
    | MergeInto
    | Postpone
    | Reclass
    | ConfirmAndFile
    | UndoVerdict
    | UndoFiling
    | Speak
)
Verdicts = Dismiss | MergeInto | Postpone | ConfirmAndFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoable:
    """The last verdict, while it can be taken back."""

    alarm_id: AlarmId
    case_id: CaseId | None
    told: Told
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewState:
    """The review page.

    Attributes:
        rows: as shown. Rows at or above the selection stand still until the operator moves.
        waiting: as last read; what is in it and not in ``rows`` is counted by the line above the list.
        asked: what the page must ask now; the next act clears it.
        busy: the order under way; deciding keys wait for its answer.
        arrivals: when the alarms this seat has seen were raised, for its own rate.
        away_since: since when the database has not answered.
    """

    actor: Actor
    now: datetime
    rows: tuple[AlarmRow, ...] = ()
    waiting: tuple[AlarmRow, ...] = ()
    is_read: bool = False
    selected: AlarmId | None = None
    sheet: Sheet | None = None
    categories: tuple[Category, ...] = ()
    units: tuple[Unit, ...] = ()
    mode: Mode = Browsing()
    told: Told | None = None
    undoable: Undoable | None = None
    asked: Order | None = None
    busy: Order | None = None
    sight: Sight | None = None
    arrivals: frozenset[tuple[str, datetime]] = frozenset()
    last_raised_at: datetime | None = None
    away_since: datetime | None = None
    shows_boxes: bool = True
    shows_zones: bool = True

    @property
    def row(self) -> AlarmRow | None:
        """The selected row, also when it has left the queue meanwhile."""
        return next((row for row in self.rows if row.alarm_id == self.selected), None)

    @property
    def new_above(self) -> int:
        """How many alarms wait above the selection and are not in the list yet."""
        shown = {row.alarm_id for row in self.rows}
        return sum(row.alarm_id not in shown for row in self.waiting)

    @property
    def new_high(self) -> int:
        """How many of them are high and nobody heard them."""
        shown = {row.alarm_id for row in self.rows}
        return sum(
            row.alarm_id not in shown and row.priority == "high" and row.acknowledged_at is None for row in self.waiting
        )

    @property
    def rate(self) -> int:
        """Alarms raised in the last ten minutes that this seat saw."""
        return sum(raised_at > self.now - RATE_SPAN for _, raised_at in self.arrivals)

    def is_mine(self, row: AlarmRow) -> bool:
        """Say whether this seat's operator holds the row's claim now."""
        return (
            row.claimed_seat == self.actor.seat_id
            and row.claimed_by in (self.actor.display_name, self.actor.account_id)
            and self.is_held(row)
        )

    def is_held(self, row: AlarmRow) -> bool:
        return row.claimed_until is not None and row.claimed_until > self.now

    def is_gone(self, row: AlarmRow) -> bool:
        """Say whether a shown row has left the queue (decided elsewhere) and only stands still."""
        return all(waiting.alarm_id != row.alarm_id for waiting in self.waiting)


# ---- acts ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QueueRead:
    rows: tuple[AlarmRow, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class DirectoryRead:
    categories: tuple[Category, ...]
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class SheetRead:
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Picked:
    """A row was clicked or a page key moved to it."""

    alarm_id: AlarmId


@dataclass(frozen=True, slots=True)
class Pressed:
    key: str


@dataclass(frozen=True, slots=True)
class Typed:
    """The reason field was submitted."""

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The desk did what was asked."""

    order: Order
    now: datetime
    case: FiledCase | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The desk said no, somebody was first, or the world failed."""

    order: Order | None
    told: Told
    now: datetime
    is_away: bool = False


@dataclass(frozen=True, slots=True)
class Ticked:
    now: datetime


@dataclass(frozen=True, slots=True)
class SightNoted:
    sight: Sight | None


Act = QueueRead | DirectoryRead | SheetRead | Picked | Pressed | Typed | Answered | Refused | Ticked | SightNoted


# ---- steps that are not keys -------------------------------------------------------------------------------------


def with_queue(state: ReviewState, act: QueueRead) -> ReviewState:
    """Take the queue in. Below the selection it is shown at once; above it nothing moves until the operator does."""
    fresh = {row.alarm_id: row for row in act.rows}
    arrivals = frozenset(
        item
        for item in state.arrivals | {(row.alarm_id, row.raised_at) for row in act.rows}
        if item[1] > act.now - RATE_SPAN
    )
    raised = [row.raised_at for row in act.rows]
    if state.last_raised_at is not None:
        raised.append(state.last_raised_at)
    base = replace(
        state,
        waiting=act.rows,
        now=act.now,
        is_read=True,
        arrivals=arrivals,
        away_since=None,
        last_raised_at=max(raised, default=None),
    )
    position = next((at for at, row in enumerate(state.rows) if row.alarm_id == state.selected), None)
    if position is None:
        return _settled(base)
    still = tuple(fresh.get(row.alarm_id, row) for row in state.rows[: position + 1])
    standing = {row.alarm_id for row in still}
    old_below = {row.alarm_id for row in state.rows[position + 1 :]}
    after = _index_after(act.rows, state.selected)
    below = tuple(
        row
        for at, row in enumerate(act.rows)
        if row.alarm_id not in standing and (row.alarm_id in old_below or after is None or at >= after)
    )
    shown = replace(base, rows=still + below)
    return _with_claim_told(state, shown)


def _index_after(rows: tuple[AlarmRow, ...], selected: str | None) -> int | None:
    return next((at + 1 for at, row in enumerate(rows) if row.alarm_id == selected), None)


def _with_claim_told(before: ReviewState, after: ReviewState) -> ReviewState:
    """Say so when one's own claim on the open alarm was taken over."""
    old, new = before.row, after.row
    if old is None or new is None or not before.is_mine(old) or after.is_mine(new) or not after.is_held(new):
        return after
    lost = Told(
        N_("Your claim ran out; seat {seat} took it over. Your text is kept."), {"seat": new.claimed_seat}, True
    )
    return replace(after, told=lost)


def _settled(state: ReviewState) -> ReviewState:
    """Let the list show exactly what waits, and keep a selection on it."""
    rows = state.waiting
    if any(row.alarm_id == state.selected for row in rows):
        return replace(state, rows=rows)
    first = AlarmId(rows[0].alarm_id) if rows else None
    return _opened(replace(state, rows=rows), first)


def _opened(state: ReviewState, alarm_id: AlarmId | None) -> ReviewState:
    if alarm_id == state.selected:
        return state
    return replace(state, selected=alarm_id, sheet=None, mode=Browsing(), told=None)


def picked(state: ReviewState, alarm_id: AlarmId) -> ReviewState:
    """Open a row; having moved, the operator sees the list as it is now."""
    keeps = any(row.alarm_id == alarm_id for row in state.waiting)
    moved = _opened(state, alarm_id)
    return replace(moved, rows=moved.waiting) if keeps else _settled(moved)


def moved(state: ReviewState, by: int) -> ReviewState:
    """Move the selection by so many rows of the list as shown, past what has left the queue."""
    open_rows = [row for row in state.rows if row.alarm_id == state.selected or not state.is_gone(row)]
    here = next((at for at, row in enumerate(open_rows) if row.alarm_id == state.selected), None)
    if here is None:
        return _settled(state)
    wanted = open_rows[max(0, min(len(open_rows) - 1, here + by))]
    if wanted.alarm_id == state.selected:
        return _settled(state)
    return picked(state, AlarmId(wanted.alarm_id))


def to_end(state: ReviewState, *, first: bool) -> ReviewState:
    if not state.waiting:
        return _settled(state)
    return picked(state, AlarmId(state.waiting[0 if first else -1].alarm_id))


def answered(state: ReviewState, act: Answered) -> ReviewState:
    """Go on after the desk did as asked: the next unclaimed alarm after a verdict, the same one otherwise."""
    state = replace(state, busy=None, now=act.now)
    match act.order:
        case Dismiss(alarm_id=alarm_id):
            return _after_verdict(state, alarm_id, None, Told(N_("Dismissed.")))
        case MergeInto(alarm_id=alarm_id, label=label):
            return _after_verdict(state, alarm_id, None, Told(N_("Merged into {target}."), {"target": label}))
        case ConfirmAndFile(alarm_id=alarm_id) if act.case is not None:
            told = Told(
                N_("Filed {number}, sent to {unit}."),
                {"number": act.case.number, "unit": unit_named(state, act.case.unit_id)},
            )
            return _after_verdict(state, alarm_id, act.case.case_id, told)
        case Postpone(alarm_id=alarm_id, wait=wait):
            after = _without(state, alarm_id)
            minutes = int(wait.total_seconds() // 60)
            return replace(after, told=Told(N_("Postponed for {minutes} min."), {"minutes": minutes}))
        case UndoVerdict(alarm_id=alarm_id) | UndoFiling(alarm_id=alarm_id):
            back = replace(state, undoable=None, selected=alarm_id, sheet=None, mode=Browsing())
            return replace(back, told=Told(N_("Undone. It waits for a verdict again.")))
        case Reclass():
            return replace(state, mode=Browsing(), sheet=None, told=Told(N_("It is another matter now.")))
        case Release():
            return replace(state, told=Told(N_("Released. Anyone may claim it.")))
        case _:
            return state


def _after_verdict(state: ReviewState, alarm_id: AlarmId, case_id: CaseId | None, told: Told) -> ReviewState:
    after = _without(state, alarm_id)
    undo = Undoable(alarm_id=alarm_id, case_id=case_id, told=told, until=state.now + UNDO_WINDOW)
    return replace(after, undoable=undo)


def _without(state: ReviewState, alarm_id: AlarmId) -> ReviewState:
    """Drop a decided alarm and open the next one nobody holds, at the same position."""
    position = next((at for at, row in enumerate(state.rows) if row.alarm_id == alarm_id), 0)
    waiting = tuple(row for row in state.waiting if row.alarm_id != alarm_id)
    was_open = state.selected == alarm_id
    state = replace(state, waiting=waiting)
    if not was_open:
        return replace(state, rows=tuple(row for row in state.rows if row.alarm_id != alarm_id))
    order = state.rows[position + 1 :] + state.rows[:position][::-1]
    left = [row for row in order if not state.is_gone(row)]
    free = [row for row in left if not state.is_held(row) or state.is_mine(row)]
    chosen = next(iter(free or left), None)
    state = replace(state, rows=waiting, selected=None, sheet=None, mode=Browsing(), told=None)
    return _settled(_opened(state, AlarmId(chosen.alarm_id)) if chosen is not None else state)


def refused(state: ReviewState, act: Refused) -> ReviewState:
    """Keep everything as it is and say why; the mode stays, so nothing chosen or written is lost."""
    busy = None if act.order is state.busy or act.order is None else state.busy
    away = (state.away_since or act.now) if act.is_away else state.away_since
    undoable = None if isinstance(act.order, UndoVerdict | UndoFiling) else state.undoable
    return replace(state, busy=busy, told=act.told, now=act.now, away_since=away, undoable=undoable)


def with_sheet(state: ReviewState, sheet: Sheet) -> ReviewState:
    """Take in what was read of the selected alarm; what was read of another one comes too late."""
    if sheet.card.row.alarm_id != state.selected:
        return state
    told = state.told
    if sheet.card.row.stage is not AlarmStage.WAITING and sheet.card.verdicts:
        last = sheet.card.verdicts[-1]
        told = Told(
            N_("Already decided: {verdict} ({who}). Nothing was filed twice."),
            {"verdict": Told(STAGE_WORDS[last.stage]), "who": last.display_name},
            True,
        )
    return replace(state, sheet=sheet, told=told)


def ticked(state: ReviewState, now: datetime) -> ReviewState:
    is_over = state.undoable is not None and now >= state.undoable.until
    return replace(state, now=now, undoable=None if is_over else state.undoable)


def unit_named(state: ReviewState, unit_id: UnitId | None) -> Named:
    unit = next((unit for unit in state.units if unit.unit_id == unit_id), None)
    return Named(unit.zh, unit.en) if unit is not None else Named(str(unit_id or "—"), str(unit_id or "—"))


def claimed_for(row: AlarmRow, now: datetime) -> timedelta:
    """Return how long ago the row's claim was taken or last renewed."""
    assert row.claimed_until is not None
    return max(timedelta(0), now - (row.claimed_until - CLAIM_LEASE))


STAGE_WORDS = {
    AlarmStage.CONFIRMED: N_("confirmed"),
    AlarmStage.DISMISSED: N_("dismissed"),
    AlarmStage.MERGED: N_("merged"),
    AlarmStage.RECOVERED: N_("back to normal"),
    AlarmStage.WAITING: N_("waiting"),
}
