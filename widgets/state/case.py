"""What the case list and the case page show and ask: frozen state and one pure reducer. Time comes in with the acts.

Long because modes, orders and acts of a case are one vocabulary.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from console.application.read_models import CasePage, CaseRow, DeliveryRow
from console.domain.accounts import Actor, Verb
from console.domain.alarms import UNDO_WINDOW
from console.domain.cases import Act as CaseAct
from console.domain.cases import Stage
from console.domain.categories import Category
from console.domain.evidence import EvidenceKind, Window
from console.domain.ids import CaseId, EvidenceId, UnitId
from console.domain.outbox import OrderStage
from console.domain.routing import Unit
from console.domain.rules import RuleFamily
from console.words import N_
from widgets.state import case_acts
from widgets.state.case_acts import ActOnTime, Timing
from widgets.state.telling import Named, Option, Told

REWORK_REASONS = (
    N_("It is still there"),
    N_("Only part of it was cleared"),
    N_("The photo does not show the place"),
    N_("No photo came with the answer"),
)
EXPORT_REASONS = (
    N_("Penalty decision"),
    N_("Review by the supervisor"),
    N_("Request of the person concerned"),
    N_("Request of a court or the police"),
)
WINDOW_REASONS = (
    N_("Finding out who threw it"),
    N_("Warning the household"),
    N_("Request of a court or the police"),
)
REROUTE_REASONS = (
    N_("The first unit says it is not theirs"),
    N_("The place belongs to that unit"),
    N_("Agreed by telephone"),
)


@dataclass(frozen=True, slots=True)
class Sending:
    """``R`` on a returned case: first the unit, then the reason."""

    unit_id: UnitId | None = None
    is_typing: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Nothing begun."""


@dataclass(frozen=True, slots=True)
class Reworking:
    """``N`` was pressed: 1–4 give the reason, ``/`` types another."""

    is_typing: bool = False


@dataclass(frozen=True, slots=True)
class Exporting:
    """``S`` was pressed: 1–4 give the reason, ``/`` types another."""

    is_typing: bool = False


@dataclass(frozen=True, slots=True)
class OpeningWindow:
    """``W`` was pressed: 1–3 give the reason, ``/`` types another."""

    is_typing: bool = False


Mode = Reading | Reworking | Exporting | OpeningWindow | Sending | Timing


@dataclass(frozen=True, slots=True)
class CloseCase:
    case_id: CaseId
    condition: str


@dataclass(frozen=True, slots=True)
class SendBack:
    case_id: CaseId
    reason: str


@dataclass(frozen=True, slots=True)
class LookAgain:
    case_id: CaseId


@dataclass(frozen=True, slots=True)
class Resend:
    case_id: CaseId


@dataclass(frozen=True, slots=True)
class Reroute:
    case_id: CaseId
    unit_id: UnitId
    reason: str


@dataclass(frozen=True, slots=True)
class Export:
    case_id: CaseId
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class OpenWindow:
    case_id: CaseId
    reason: str


@dataclass(frozen=True, slots=True)
class UndoFiling:
    case_id: CaseId


Order = CloseCase | SendBack | LookAgain | Resend | Reroute | Export | OpenWindow | UndoFiling | ActOnTime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState:
    """The case pages.

    Attributes:
        rows: newest first; ``has_older`` when the last page read was full.
        is_open: the page of the selected case is shown instead of the list.
        chosen: which closing condition, ``None`` until the operator took one.
        is_swapped: after stands where before stood.
    """

    actor: Actor
    now: datetime
    rows: tuple[CaseRow, ...] = ()
    is_read: bool = False
    has_older: bool = False
    selected: CaseId | None = None
    is_open: bool = False
    page: CasePage | None = None
    category: Category | None = None
    units: tuple[Unit, ...] = ()
    digests: tuple[tuple[str, bool], ...] = ()
    chosen: int | None = None
    mode: Mode = Reading()
    is_swapped: bool = False
    told: Told | None = None
    asked: Order | None = None
    busy: Order | None = None
    away_since: datetime | None = None

    @property
    def position(self) -> int | None:
        """Return where the selected case stands in the list, from 0."""
        return next((at for at, row in enumerate(self.rows) if row.case_id == self.selected), None)


@dataclass(frozen=True, slots=True)
class ListRead:
    """A page of the list; ``is_older`` goes behind what is there, otherwise it is the newest."""

    rows: tuple[CaseRow, ...]
    now: datetime
    is_older: bool = False
    is_full: bool = False


@dataclass(frozen=True, slots=True)
class PageRead:
    """Everything of one case; ``digests`` says of each evidence item whether its file still is what was sealed."""

    page: CasePage
    category: Category
    units: tuple[Unit, ...]
    digests: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A case was asked for: from the list, or by its id from another page."""

    case_id: CaseId


@dataclass(frozen=True, slots=True)
class Picked:
    case_id: CaseId


@dataclass(frozen=True, slots=True)
class Pressed:
    key: str


@dataclass(frozen=True, slots=True)
class Typed:
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The desks did what was ordered, and gave this: where an export lies, or the window that was opened."""

    order: Order
    now: datetime
    gave: str | Window | None = ""


@dataclass(frozen=True, slots=True)
class Refused:
    order: Order | None
    told: Told
    now: datetime
    is_away: bool = False


@dataclass(frozen=True, slots=True)
class Ticked:
    now: datetime


Act = ListRead | PageRead | Opened | Picked | Pressed | Typed | Answered | Refused | Ticked


def reduce(state: CaseState, act: Act) -> CaseState:
    """Return the state after an act. Pure; ``asked`` is set when the page must now ask a desk."""
    state = replace(state, asked=None)
    match act:
        case ListRead():
            return _with_list(state, act)
        case PageRead(page=page):
            if page.case.case_id != state.selected:
                return state
            return replace(
                state, page=page, category=act.category, units=act.units, digests=act.digests, away_since=None
            )
        case Opened(case_id=case_id):
            return _at(replace(state, is_open=True), case_id)
        case Picked(case_id=case_id):
            return _at(state, case_id)
        case Pressed(key=key):
            return _pressed(state, key)
        case Typed(text=text):
            return _with_reason(state, text.strip()) if text.strip() else state
        case Answered():
            return _answered(state, act)
        case Refused(order=order, told=told, now=now, is_away=is_away):
            busy = None if order is None or order is state.busy else state.busy
            away = (state.away_since or now) if is_away else state.away_since
            return replace(state, busy=busy, told=told, now=now, away_since=away)
        case Ticked(now=now):
            return replace(state, now=now)


def options(state: CaseState) -> tuple[Option, ...]:
    """Return what the digit keys choose now: closing conditions, or the reasons of what was begun."""
    match state.mode:
        case Reading():
            if not may_close(state) or state.category is None:
                return ()
            return tuple(
                Option(str(at + 1), Named(item.zh, item.en), at == state.chosen)
                for at, item in enumerate(state.category.closing[:9])
            )
        case Sending(unit_id=None):
            return tuple(Option(str(at + 1), Named(unit.zh, unit.en)) for at, unit in enumerate(state.units[:9]))
        case Timing() as timing:
            return tuple(Option(str(at + 1), told) for at, told in enumerate(case_acts.choices(timing)))
        case _:
            return tuple(Option(str(at + 1), Told(why)) for at, why in enumerate(_reasons(state.mode)))


def may_close(state: CaseState) -> bool:
    """Say whether the unit has answered, so that the operator may close or send back."""
    return state.page is not None and state.page.case.stage in (Stage.HANDLED, Stage.CHECKED)


def may_open_window(state: CaseState) -> bool:
    """Say whether the case is about something thrown from a window, and this person may know which."""
    rule = state.page.rule if state.page is not None else None
    return rule is not None and rule.family is RuleFamily.THROWN and state.actor.may(Verb.OPEN_WINDOW)


def parked(state: CaseState) -> DeliveryRow | None:
    """Return the delivery that stopped trying, if one did."""
    rows = state.page.deliveries if state.page is not None else ()
    return next((row for row in rows if row.stage == OrderStage.PARKED), None)


def waiting(state: CaseState) -> DeliveryRow | None:
    """Return the delivery that failed and will be tried again."""
    rows = state.page.deliveries if state.page is not None else ()
    return next((row for row in rows if row.stage == OrderStage.WAITING and row.tries > 0), None)


def undo_left_s(state: CaseState) -> int:
    """Return for how many seconds ``U`` still takes the filing back; 0 when it does not."""
    if state.page is None or state.page.case.stage not in (Stage.FILED, Stage.ROUTED, Stage.DELIVERED):
        return 0
    return max(0, int((state.page.case.filed_at + UNDO_WINDOW - state.now).total_seconds() + 0.999))


def is_returned(state: CaseState) -> bool:
    """Say whether its unit sent the case back as not theirs."""
    if state.page is None or state.page.case.stage is not Stage.FILED:
        return False
    return any(step.act is CaseAct.RETURNED for step in state.page.case.steps)


def before_still(page: CasePage) -> EvidenceId | None:
    """Return the picture that raised the alarm: of its stills, the one nearest to the moment it was raised."""
    stills = [item for item in page.evidence if item.kind is EvidenceKind.STILL]
    if not stills:
        return None
    raised = page.case.steps[0].at if page.case.steps else page.case.filed_at
    return min(stills, key=lambda item: abs((item.begins_at - raised).total_seconds())).evidence_id


def after_still(page: CasePage) -> EvidenceId | None:
    """Return the picture of the last looking again, if the camera has looked."""
    return next((look.still for look in reversed(page.rechecks) if look.still is not None), None)


def _with_list(state: CaseState, act: ListRead) -> CaseState:
    base = replace(state, is_read=True, now=act.now, away_since=None)
    if act.is_older:
        known = {row.case_id for row in state.rows}
        more = tuple(row for row in act.rows if row.case_id not in known)
        return replace(base, rows=state.rows + more, has_older=act.is_full)
    if act.rows and len(state.rows) > len(act.rows):
        oldest = act.rows[-1]
        key = (oldest.filed_at, oldest.case_id)
        tail = tuple(row for row in state.rows if (row.filed_at, row.case_id) < key)
        base = replace(base, rows=act.rows + tail)
    else:
        base = replace(base, rows=act.rows, has_older=act.is_full)
    if base.position is None and not base.is_open:
        return replace(base, selected=CaseId(base.rows[0].case_id) if base.rows else None, page=None)
    return base


def _at(state: CaseState, case_id: CaseId) -> CaseState:
    if case_id == state.selected:
        return state
    return replace(
        state, selected=case_id, page=None, category=None, chosen=None, mode=Reading(), told=None, is_swapped=False
    )


def _moved(state: CaseState, by: int) -> CaseState:
    if not state.rows:
        return state
    here = state.position if state.position is not None else 0
    return _at(state, CaseId(state.rows[max(0, min(len(state.rows) - 1, here + by))].case_id))


def _pressed(state: CaseState, key: str) -> CaseState:
    match key:
        case "Up" | "K":
            return _moved(state, -1)
        case "Down" | "J":
            return _moved(state, 1)
        case "Home":
            return _moved(state, -len(state.rows))
        case "End":
            return _moved(state, len(state.rows))
        case "PgUp":
            return _moved(state, -10)
        case "PgDn":
            return _moved(state, 10)
        case "Enter":
            return replace(state, is_open=True) if state.selected is not None else state
        case "Esc":
            if state.mode != Reading():
                return replace(state, mode=Reading(), told=None)
            return replace(state, is_open=False, told=None)
    if not state.is_open or state.page is None:
        return state
    if key == "X":
        return replace(state, is_swapped=not state.is_swapped)
    if state.busy is not None:
        return state
    if key.isdigit() and key != "0":
        return _chosen(state, int(key) - 1)
    if key == "/" and isinstance(state.mode, Reworking | Exporting | OpeningWindow):
        return replace(state, mode=replace(state.mode, is_typing=True))
    if key == "/" and isinstance(state.mode, Timing) and state.mode.may_type:
        return replace(state, mode=replace(state.mode, is_typing=True))
    if key == "/" and isinstance(state.mode, Sending) and state.mode.unit_id is not None:
        return replace(state, mode=replace(state.mode, is_typing=True))
    return _verb(state, state.page.case.case_id, key)


def _verb(state: CaseState, case_id: CaseId, key: str) -> CaseState:
    match key:
        case "Y":
            return _close(state, case_id)
        case "N" if may_close(state):
            return replace(state, mode=Reworking(), told=None)
        case "N":
            return replace(state, told=_not_answered())
        case "R" if parked(state) is not None:
            return _ask(state, Resend(case_id))
        case "R" if is_returned(state):
            return replace(state, mode=Sending(), told=None)
        case "R":
            return _ask(state, LookAgain(case_id))
        case "S":
            return replace(state, mode=Exporting(), told=None)
        case "W" if may_open_window(state):
            return replace(state, mode=OpeningWindow(), told=None)
        case "U" if undo_left_s(state) > 0:
            return _ask(state, UndoFiling(case_id))
        case _:
            return _begun(state, key)


def _begun(state: CaseState, key: str) -> CaseState:
    """Begin an act on the case's time, or say why it cannot be."""
    begun = case_acts.begin(key, state.page.case, state.actor, state.now) if state.page is not None else None
    match begun:
        case None:
            return state
        case Told():
            return replace(state, told=begun)
        case Timing():
            return replace(state, mode=begun, told=None)
        case ActOnTime():
            return _ask(state, begun)


def _close(state: CaseState, case_id: CaseId) -> CaseState:
    if not may_close(state):
        return replace(state, told=_not_answered())
    if state.chosen is None or state.category is None:
        return replace(state, told=Told(N_("Choose a closing condition first."), {}, True))
    return _ask(state, CloseCase(case_id, state.category.closing[state.chosen].code))


def _chosen(state: CaseState, at: int) -> CaseState:
    """Take the numbered choice; a number without a choice does nothing."""
    if at >= len(options(state)):
        return state
    match state.mode:
        case Reading():
            return replace(state, chosen=at, told=None)
        case Sending(unit_id=None) as sending:
            return replace(state, mode=replace(sending, unit_id=state.units[at].unit_id))
        case Timing() as timing if state.page is not None:
            leads = case_acts.chosen(timing, at, state.page.case.case_id, state.now)
            return _ask(state, leads) if isinstance(leads, ActOnTime) else replace(state, mode=leads)
        case _:
            return _with_reason(state, _reasons(state.mode)[at])


def _reasons(mode: Mode) -> tuple[str, ...]:
    match mode:
        case Reworking():
            return REWORK_REASONS
        case Exporting():
            return EXPORT_REASONS
        case OpeningWindow():
            return WINDOW_REASONS
        case Sending():
            return REROUTE_REASONS
        case Reading() | Timing():
            return ()


def _with_reason(state: CaseState, reason: str) -> CaseState:
    page = state.page
    if page is None or state.busy is not None:
        return state
    case_id = page.case.case_id
    match state.mode:
        case Reworking():
            return _ask(state, SendBack(case_id, reason))
        case Exporting():
            return _ask(state, Export(case_id, page.case.number, reason))
        case OpeningWindow():
            return _ask(state, OpenWindow(case_id, reason))
        case Sending(unit_id=unit_id) if unit_id is not None:
            return _ask(state, Reroute(case_id, unit_id, reason))
        case Timing() as timing if timing.may_type:
            return _ask(state, case_acts.with_reason(timing, reason, case_id, state.now))
        case _:
            return state


def _answered(state: CaseState, act: Answered) -> CaseState:
    state = replace(state, busy=None, now=act.now, mode=Reading())
    match act.order:
        case CloseCase():
            return replace(state, chosen=None, told=Told(N_("Closed.")))
        case SendBack():
            return replace(state, chosen=None, told=Told(N_("Sent back to its unit; its clock goes on.")))
        case LookAgain():
            return replace(state, told=Told(N_("The camera looks again. The answer appears here.")))
        case Resend():
            return replace(state, told=Told(N_("It is tried again now.")))
        case Reroute():
            return replace(state, told=Told(N_("Sent to the other unit; its deadline stays.")))
        case Export():
            return replace(state, told=Told(N_("Exported and signed: {path}"), {"path": str(act.gave)}))
        case OpenWindow():
            return replace(state, told=_window_words(act.gave if isinstance(act.gave, Window) else None))
        case ActOnTime(act=done):
            return replace(state, told=case_acts.done(done))
        case UndoFiling():
            return replace(state, told=Told(N_("Filing undone. The alarm waits for a verdict again.")))


def _ask(state: CaseState, order: Order) -> CaseState:
    return replace(state, asked=order, busy=order, told=None)


def _not_answered() -> Told:
    return Told(N_("The unit has not answered yet."), {}, True)


def _window_words(window: Window | None) -> Told:
    """Return which window was opened."""
    if window is None:
        return Told(N_("This case names no window."), {}, True)
    return Told(
        N_("Storey {storey} ({storeys}), window {column} from the left ({columns})"),
        {
            "storey": window.storey,
            "storeys": _span(window.storey_from, window.storey_to),
            "column": window.column,
            "columns": _span(window.column_from, window.column_to),
        },
    )


def _span(least: int, most: int) -> str:
    return str(least) if least == most else f"{least}–{most}"
