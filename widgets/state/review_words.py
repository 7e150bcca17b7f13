"""Sentences of the review page that depend on its mode and on what was just decided. No Qt."""

from console.words import N_
from widgets.state import review as r
from widgets.state.telling import Named, Told


def choice_words(state: r.ReviewState) -> tuple[Told, Told]:
    """Return the title over the numbered choices, and what the other keys do meanwhile."""
    back = Told(N_("Esc back"))
    match state.mode:
        case r.FilingMode():
            return (
                Told(N_("Filing condition; then Enter files and sends to {unit}"), {"unit": _unit(state)}),
                Told(N_("Enter file and route • R change route • Esc back")),
            )
        case r.Dismissing():
            return Told(N_("Why is it dismissed?")), back
        case r.Merging():
            return Told(N_("Merge into which one?")), back
        case r.Postponing():
            return Told(N_("Show it again in")), back
        case r.Reclassing():
            return Told(N_("Which matter is it?")), Told(N_("/ look by name or code • Esc back"))
        case r.Rerouting(unit_id=None):
            return Told(N_("Which unit gets it?")), back
        case r.Rerouting(unit_id=unit_id):
            return (
                Told(N_("Why {unit} and not the proposed one?"), {"unit": r.unit_named(state, unit_id)}),
                Told(N_("/ type a reason • Esc back")),
            )
        case r.Browsing():
            return Told(""), Told("")


def _unit(state: r.ReviewState) -> Named | Told:
    if isinstance(state.mode, r.FilingMode) and state.mode.unit_id is not None:
        return r.unit_named(state, state.mode.unit_id)
    if state.sheet is not None and state.sheet.unit is not None:
        return Named(state.sheet.unit.zh, state.sheet.unit.en)
    return Told(N_("no unit yet (R)"))


def line_words(state: r.ReviewState) -> Told | None:
    """Return the line above the verdict row: what was just decided with its ``U``, a refusal, or who has it."""
    undo = state.undoable
    if state.told is not None and (state.told.is_refusal or undo is None):
        return state.told
    if undo is not None:
        left_s = max(1, int((undo.until - state.now).total_seconds() + 0.999))
        return Told(N_("{done} U undoes ({seconds} s)."), {"done": undo.told, "seconds": left_s})
    row = state.row
    if row is not None and state.is_gone(row):
        return Told(N_("It no longer waits; somebody decided it or put it off."))
    if row is not None and state.is_held(row) and not state.is_mine(row):
        return Told(
            N_("Seat {seat}, {who}, claimed it {age} ago."),
            {"seat": row.claimed_seat, "who": row.claimed_by, "age": r.claimed_for(row, state.now)},
        )
    return None
