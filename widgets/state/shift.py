"""What the shift page shows: figures of a span, each with its formula. Frozen, pure; a figure we lack is left out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.domain.accounts import Actor
from console.domain.categories import Category
from console.domain.evaluation import Ratio, ShiftFigures
from console.domain.shifts import Shift
from console.words import N_
from widgets.state.telling import Named, Told

# Alarms in ten minutes one operator can meet (EEMUA 191 and IEC 62682, as the bands of DESIGN §6).
EASY, MODERATE, FLOOD = 1, 2, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftState:
    """The shift page.

    Attributes:
        cameras: how many cameras have a rule, the denominator of unwatched time; ``None`` if not known.
    """

    actor: Actor
    now: datetime
    shift: Shift | None = None
    figures: ShiftFigures | None = None
    categories: tuple[Category, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    watched_cameras: int | None = None
    told: Told | None = None
    is_busy: bool = False
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the large numbers: what it is, its value and unit, and the formula with its parts."""

    title: Told
    value: str
    unit: Told
    formula: Told
    is_fault: bool = False


@dataclass(frozen=True, slots=True)
class FiguresRead:
    shift: Shift | None
    figures: ShiftFigures | None
    categories: tuple[Category, ...]
    names: tuple[tuple[str, str], ...]
    watched_cameras: int | None
    now: datetime


@dataclass(frozen=True, slots=True)
class PrintAsked:
    """``S`` or the button: print the report."""


@dataclass(frozen=True, slots=True)
class Printed:
    path: str


@dataclass(frozen=True, slots=True)
class Refused:
    told: Told


Act = FiguresRead | PrintAsked | Printed | Refused


def reduce(state: ShiftState, act: Act) -> ShiftState:
    """Return the state after an act. Pure."""
    match act:
        case FiguresRead():
            return replace(
                state,
                shift=act.shift,
                figures=act.figures,
                categories=act.categories,
                names=act.names,
                watched_cameras=act.watched_cameras,
                now=act.now,
                is_read=True,
            )
        case PrintAsked():
            return replace(state, is_busy=True, told=None) if state.shift is not None else state
        case Printed(path=path):
            return replace(state, is_busy=False, told=Told(N_("Report written: {path}"), {"path": path}))
        case Refused(told=told):
            return replace(state, is_busy=False, told=told)


def large_figures(state: ShiftState) -> tuple[Figure, ...]:
    """Return up to six large numbers; each says part ÷ whole, and one without a whole is left out or a dash."""
    figures = state.figures
    if figures is None or state.shift is None:
        return ()
    shown = [
        Figure(
            Told(N_("Alarms")),
            str(figures.alarms),
            Told(N_("raised in this shift")),
            Told(N_("filed {filed}, closed {closed}"), {"filed": figures.filed, "closed": figures.closed}),
        ),
        _ratio(N_("Confirmed"), figures.confirmed, N_("confirmed {part} ÷ decided {whole}")),
    ]
    if figures.median_first_response_s is not None:
        shown.append(
            Figure(
                Told(N_("First response (median)")),
                f"{figures.median_first_response_s:.0f}",
                Told(N_("s")),
                Told(N_("from raised to acknowledged")),
            )
        )
    shown.append(
        Figure(Told(N_("Spoken")), str(figures.spoken), Told(N_("times")), Told(N_("talk sessions in this shift")))
    )
    shown.append(_ratio(N_("Handled in time"), figures.in_time, N_("in time {part} ÷ due {whole}")))
    unwatched = _unwatched(state, figures)
    if unwatched is not None:
        shown.append(unwatched)
    return tuple(shown)


def _ratio(title: str, ratio: Ratio, formula: str) -> Figure:
    share = ratio.share
    value = "—" if share is None else f"{share * 100:.1f}"
    return Figure(
        Told(title),
        value,
        Told("%" if share is not None else ""),
        Told(formula, {"part": ratio.part, "whole": ratio.whole}),
    )


def _unwatched(state: ShiftState, figures: ShiftFigures) -> Figure | None:
    total = sum(figures.unwatched_minutes.values())
    title = Told(N_("Unwatched time"))
    if state.shift is None:
        return None
    end = state.shift.ended_at or state.now
    span = (end - state.shift.began_at) / timedelta(minutes=1)
    if state.watched_cameras is None or span <= 0 or state.watched_cameras == 0:
        return Figure(title, f"{total:.0f}", Told(N_("min")), Told(N_("camera minutes without detection")), total > 0)
    whole = span * state.watched_cameras
    return Figure(
        title,
        f"{total / whole * 100:.1f}",
        Told("%"),
        Told(
            N_("{part} ÷ {whole} camera min, {cameras}"),
            {"part": f"{total:.0f}", "whole": f"{whole:.0f}", "cameras": cameras_told(state.watched_cameras)},
        ),
        total > 0,
    )


def cameras_told(count: int) -> Told:
    """Return how many cameras, as one says it of one and of many."""
    return Told(N_("1 camera")) if count == 1 else Told(N_("{count} cameras"), {"count": count})


def unwatched_rows(state: ShiftState) -> tuple[tuple[str, float], ...]:
    """Return camera and minutes without a detector looking, the longest first."""
    if state.figures is None:
        return ()
    names = dict(state.names)
    rows = [(names.get(key, key), minutes) for key, minutes in state.figures.unwatched_minutes.items() if minutes > 0]
    return tuple(sorted(rows, key=lambda row: -row[1]))


def matter_name(state: ShiftState, code: str) -> Named:
    found = next((item for item in state.categories if item.code == code), None)
    return Named(found.zh, found.en) if found is not None else Named(code, code)
