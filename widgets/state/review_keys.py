"""What each key of the review page does: ``reduce(state, act) -> state``, and the numbered choices of each mode."""

from dataclasses import replace
from datetime import timedelta

from console.application.alarm_review import Filing
from console.application.read_models import AlarmRow
from console.domain.alarms import DismissReason
from console.domain.categories import Category
from console.domain.ids import AlarmId, CameraId
from console.words import N_
from widgets.state import review as r
from widgets.state.telling import Named, Option, Told

PAGE_ROWS = 8  # what PgUp and PgDn move: a little less than the list shows at 1080 lines

DISMISS_WORDS = {
    DismissReason.SEEN_WRONGLY: N_("Seen wrongly"),
    DismissReason.NO_OFFENCE: N_("No offence"),
    DismissReason.ALREADY_GONE: N_("Already gone"),
    DismissReason.REPORTED_BEFORE: N_("Reported before"),
    DismissReason.PICTURE_FAULT: N_("Picture fault"),
    DismissReason.OTHER: N_("Other"),
}
WAITS = (timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=30))
ROUTE_REASONS = (
    N_("That unit is on the spot already"),
    N_("The place belongs to that unit"),
    N_("The proposed unit cannot come now"),
    N_("Agreed by telephone"),
)

_STILL_READING = N_("Still reading this alarm.")


def reduce(state: r.ReviewState, act: r.Act) -> r.ReviewState:
    """Return the state after an act. Pure; ``asked`` is set when the page must now ask a desk."""
    state = replace(state, asked=None)
    match act:
        case r.QueueRead():
            return r.with_queue(state, act)
        case r.DirectoryRead(categories=categories, units=units):
            return replace(state, categories=categories, units=units)
        case r.SheetRead(sheet=sheet):
            return r.with_sheet(state, sheet)
        case r.Picked(alarm_id=alarm_id):
            return r.picked(state, alarm_id)
        case r.Pressed(key=key):
            return _pressed(state, key)
        case r.Typed(text=text):
            return _typed(state, text)
        case r.Answered():
            return r.answered(state, act)
        case r.Refused():
            return r.refused(state, act)
        case r.Ticked(now=now):
            return r.ticked(state, now)
        case r.SightNoted(sight=sight):
            return replace(state, sight=sight)


def options(state: r.ReviewState) -> tuple[Option, ...]:
    """Return the numbered choices of the present mode, in the order of their keys."""
    match state.mode:
        case r.FilingMode(condition=condition):
            conditions = state.sheet.category.filing[:9] if state.sheet else ()
            return tuple(
                Option(str(at + 1), Named(item.zh, item.en), at == condition) for at, item in enumerate(conditions)
            )
        case r.Dismissing():
            return tuple(Option(str(at + 1), Told(DISMISS_WORDS[why])) for at, why in enumerate(DismissReason))
        case r.Merging():
            return tuple(Option(str(at + 1), label) for at, (_, label) in enumerate(merge_targets(state)))
        case r.Postponing():
            return tuple(
                Option(str(at + 1), Told(N_("{minutes} min"), {"minutes": int(wait.total_seconds() // 60)}))
                for at, wait in enumerate(WAITS)
            )
        case r.Reclassing():
            return tuple(Option(str(at + 1), Named(item.zh, item.en)) for at, item in enumerate(other_matters(state)))
        case r.Rerouting(unit_id=None):
            return tuple(Option(str(at + 1), Named(item.zh, item.en)) for at, item in enumerate(state.units[:9]))
        case r.Rerouting():
            return tuple(Option(str(at + 1), Told(why)) for at, why in enumerate(ROUTE_REASONS))
        case r.Browsing():
            return ()


def merge_targets(state: r.ReviewState) -> tuple[tuple[str, Named | Told], ...]:
    """Return what the alarm may be merged into: open cases of its place, then other alarms of its camera."""
    row = state.row
    if row is None:
        return ()
    cases: list[tuple[str, Named | Told]] = []
    if state.sheet is not None:
        cases = [(number, Told(N_("Case {number}"), {"number": number})) for number in state.sheet.card.open_cases_here]
    alarms: list[tuple[str, Named | Told]] = [
        (
            other.alarm_id,
            Told(
                N_("Alarm {matter}, raised {time}"),
                {"matter": Named(other.category_zh, other.category_en), "time": other.raised_at},
            ),
        )
        for other in state.waiting
        if (other.camera_id, other.where) == (row.camera_id, row.where) and other.alarm_id != row.alarm_id
    ]
    return tuple((cases + alarms)[:9])


def other_matters(state: r.ReviewState) -> tuple[Category, ...]:
    """Return the matters it could be instead: those it is mistaken for first, then those of the nearest codes.

    While somebody looks for one, only those that are meant by the words; at most nine, one a digit key.
    """
    row = state.row
    if row is None:
        return ()

    def shared(code: str) -> int:
        pairs = zip(code, row.category, strict=False)
        return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(code), len(row.category)))

    words = state.mode.words if isinstance(state.mode, r.Reclassing) else ""
    others = [item for item in state.categories if item.code != row.category and item.is_meant_by(words)]
    own = next((item for item in state.categories if item.code == row.category), None)
    mistaken = own.confusable if own is not None else ()

    def rank(item: Category) -> int:
        if item.code in mistaken:
            return mistaken.index(item.code)
        return len(mistaken) + (row.category not in item.confusable)

    return tuple(sorted(others, key=lambda item: (rank(item), -shared(item.code), item.code))[:9])


def _pressed(state: r.ReviewState, key: str) -> r.ReviewState:
    match key:
        case "Up" | "K":
            return r.moved(state, -1)
        case "Down" | "J":
            return r.moved(state, 1)
        case "PgUp":
            return r.moved(state, -PAGE_ROWS)
        case "PgDn":
            return r.moved(state, PAGE_ROWS)
        case "Home":
            return r.to_end(state, first=True)
        case "End":
            return r.to_end(state, first=False)
        case "D":
            return replace(state, shows_boxes=not state.shows_boxes)
        case "Z":
            return replace(state, shows_zones=not state.shows_zones)
        case "Esc":
            return _escaped(state)
        case "U":
            return _undo(state)
    if key == "A":
        return _acknowledge(state)
    row = state.row
    if row is None or state.busy is not None:
        return state
    if key == "T":
        return replace(state, asked=r.Speak(CameraId(row.camera_id))) if row.camera_id else state
    if key == "O":
        return _ask(state, r.Release(AlarmId(row.alarm_id))) if state.is_mine(row) else state
    if state.is_gone(row):
        return state
    if state.is_held(row) and not state.is_mine(row) and key in {"Enter", "Y", "N", "M", "P", "C", "R"}:
        return replace(state, told=_held(state, row))
    if key.isdigit() and key != "0":
        return _chosen(state, row, int(key) - 1)
    if key == "Enter":
        return _enter(state, row)
    if key == "/" and isinstance(state.mode, r.Rerouting) and state.mode.unit_id is not None:
        return replace(state, mode=replace(state.mode, is_typing=True))
    if key == "/" and isinstance(state.mode, r.Reclassing):
        return replace(state, mode=replace(state.mode, is_typing=True), told=None)
    return _begun(state, key)


def _begun(state: r.ReviewState, key: str) -> r.ReviewState:
    """Enter the mode of a verdict key."""
    match key:
        case "Y" if state.sheet is None:
            return replace(state, told=Told(_STILL_READING))
        case "Y":
            return replace(state, mode=r.FilingMode(), told=None)
        case "N":
            return replace(state, mode=r.Dismissing(), told=None)
        case "M" if not merge_targets(state):
            return replace(state, told=Told(N_("Nothing open at this place to merge into."), {}, True))
        case "M":
            return replace(state, mode=r.Merging(), told=None)
        case "P":
            return replace(state, mode=r.Postponing(), told=None)
        case "C":
            return replace(state, mode=r.Reclassing(), told=None)
        case "R" if state.sheet is None:
            return replace(state, told=Told(_STILL_READING))
        case "R":
            condition = state.mode.condition if isinstance(state.mode, r.FilingMode) else 0
            return replace(state, mode=r.Rerouting(condition=condition), told=None)
        case _:
            return state


def _chosen(state: r.ReviewState, row: AlarmRow, at: int) -> r.ReviewState:
    """Take the numbered choice of the present mode; a number without a choice does nothing."""
    alarm_id = AlarmId(row.alarm_id)
    if at >= len(options(state)):
        return state
    match state.mode:
        case r.FilingMode() as filing:
            return replace(state, mode=replace(filing, condition=at))
        case r.Dismissing():
            return _ask(state, r.Dismiss(alarm_id, list(DismissReason)[at]))
        case r.Merging():
            into, label = merge_targets(state)[at]
            return _ask(state, r.MergeInto(alarm_id, into, label))
        case r.Postponing():
            return _ask(state, r.Postpone(alarm_id, WAITS[at]))
        case r.Reclassing():
            return _ask(state, r.Reclass(alarm_id, other_matters(state)[at].code))
        case r.Rerouting(unit_id=None) as route:
            unit = state.units[at]
            if state.sheet is not None and state.sheet.unit == unit:
                return replace(state, mode=r.FilingMode(condition=route.condition))
            return replace(state, mode=replace(route, unit_id=unit.unit_id))
        case r.Rerouting():
            return _rerouted(state, ROUTE_REASONS[at])
        case r.Browsing():
            return state


def _typed(state: r.ReviewState, text: str) -> r.ReviewState:
    if isinstance(state.mode, r.Reclassing) and text.strip():
        return _looked_for(state, text.strip())
    if not isinstance(state.mode, r.Rerouting) or not text.strip():
        return state
    return _rerouted(state, text.strip())


def _looked_for(state: r.ReviewState, words: str) -> r.ReviewState:
    """Offer the matters that the words mean; with none, keep the field and say so."""
    found = replace(state, mode=r.Reclassing(words=words), told=None)
    if other_matters(found):
        return found
    told = Told(N_("No other matter has this name or code: {words}"), {"words": words}, True)
    return replace(state, mode=r.Reclassing(is_typing=True), told=told)


def _rerouted(state: r.ReviewState, reason: str) -> r.ReviewState:
    assert isinstance(state.mode, r.Rerouting)
    filing = r.FilingMode(condition=state.mode.condition, unit_id=state.mode.unit_id, reason=reason)
    return replace(state, mode=filing)


def _enter(state: r.ReviewState, row: AlarmRow) -> r.ReviewState:
    """``Enter`` claims; only after ``Y`` it files. Never a verdict by itself."""
    match state.mode:
        case r.Browsing():
            return _ask(state, r.TakeClaim(AlarmId(row.alarm_id)))
        case r.FilingMode(condition=condition, unit_id=unit_id, reason=reason) if state.sheet is not None:
            category = state.sheet.category
            if condition >= len(category.filing):
                return replace(state, told=Told(N_("Choose a filing condition first."), {}, True))
            if unit_id is None and state.sheet.unit is None:
                return replace(state, told=Told(N_("No unit answers for this matter here. Choose one (R)."), {}, True))
            filing = Filing(category.code, category.filing[condition].code)
            return _ask(state, r.ConfirmAndFile(AlarmId(row.alarm_id), filing, unit_id, reason))
        case _:
            return state


def _escaped(state: r.ReviewState) -> r.ReviewState:
    match state.mode:
        case r.Rerouting(unit_id=None, condition=condition):
            return replace(state, mode=r.FilingMode(condition=condition))
        case r.Rerouting(is_typing=True) as route:
            return replace(state, mode=replace(route, is_typing=False))
        case r.Rerouting() as route:
            return replace(state, mode=replace(route, unit_id=None))
        case r.Reclassing(is_typing=True) as looking:
            return replace(state, mode=replace(looking, is_typing=False))
        case _:
            return replace(state, mode=r.Browsing(), told=None)


def _undo(state: r.ReviewState) -> r.ReviewState:
    undo = state.undoable
    if undo is None or state.busy is not None or state.now >= undo.until:
        return state
    if undo.case_id is not None:
        return _ask(state, r.UndoFiling(undo.alarm_id, undo.case_id))
    return _ask(state, r.UndoVerdict(undo.alarm_id))


def _acknowledge(state: r.ReviewState) -> r.ReviewState:
    """Hear the highest, oldest alarm that nobody heard; the queue is in that order."""
    unheard = next((row for row in state.waiting if row.acknowledged_at is None), None)
    return replace(state, asked=r.Acknowledge(AlarmId(unheard.alarm_id))) if unheard is not None else state


def _ask(state: r.ReviewState, order: r.Order) -> r.ReviewState:
    return replace(state, asked=order, busy=order, told=None)


def _held(state: r.ReviewState, row: AlarmRow) -> Told:
    return Told(
        N_("Seat {seat}, {who}, claimed it {age} ago."),
        {"seat": row.claimed_seat, "who": row.claimed_by, "age": r.claimed_for(row, state.now)},
        True,
    )
