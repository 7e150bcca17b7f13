"""How the silent things are: five lines that are always there, and what is said when nobody reports. Qt-free."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from console.words import N_
from widgets.state.telling import Told

Condition = Literal["ok", "waiting", "fault"]

# The station reports every second; five missing in a row are no hiccup (judgement).
SILENT_AFTER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class HealthKind:
    """One of the five: its icon, its word, and what it means for the shift when it waits or fails."""

    name: str
    icon: str
    title: str
    waiting: str
    fault: str


# Always these, in this order (DESIGN §6).
KINDS = (
    HealthKind(
        "video",
        "camera",
        N_("Video"),
        N_("Pictures are being opened."),
        N_("Cameras give no picture: nobody sees what happens there."),
    ),
    HealthKind(
        "detection",
        "detection",
        N_("Detection"),
        N_("No rule is drawn: the cameras are shown, but nothing is looked for."),
        N_("Cameras are not watched: no alarm will come from there."),
    ),
    HealthKind(
        "delivery",
        "delivery",
        N_("Delivery"),
        N_("Orders are kept and will be sent again."),
        N_("Orders do not reach their unit: phone it."),
    ),
    HealthKind(
        "storage",
        "storage",
        N_("Storage"),
        N_("Storage is being measured."),
        N_("Room for records is running out: clips may be missing soon."),
    ),
    HealthKind(
        "clock",
        "clock",
        N_("Clocks"),
        N_("Times of pictures are ours, not the camera's."),
        N_("A camera's clock is wrong: its pictures cannot be evidence."),
    ),
)
FINE = N_("In order.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLine:
    """One silent thing as it is reported: since when, and its number in words."""

    name: str
    condition: Condition
    since: datetime
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenCamera:
    """A camera nobody can see or that nobody watches, with the reason."""

    number: str
    name: str
    why: Told
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthState:
    """What was reported last, and when it was heard. ``heard_at`` is ``None`` before the first word."""

    lines: tuple[HealthLine, ...] = ()
    heard_at: datetime | None = None
    unseen: tuple[UnseenCamera, ...] = ()


def lines_now(state: HealthState, now: datetime) -> tuple[HealthLine, ...]:
    """Return the five lines in order. A report that is missing or old is a fault of its own, never yesterday's "ok"."""
    silent_since = state.heard_at
    if silent_since is None:
        return tuple(_line(kind.name, "waiting", now, Told(N_("no report yet"))) for kind in KINDS)
    if now - silent_since > SILENT_AFTER:
        told = Told(N_("no report for {age}"), {"age": now - silent_since})
        return tuple(_line(kind.name, "fault", silent_since, told) for kind in KINDS)
    known = {line.name: line for line in state.lines}
    missing = Told(N_("not reported"))
    return tuple(known.get(kind.name) or _line(kind.name, "fault", silent_since, missing) for kind in KINDS)


def meaning(kind: HealthKind, line: HealthLine, *, is_silent: bool) -> str:
    """Return the sentence that says what a line means for the shift."""
    if is_silent:
        return N_("The station does not answer: whether anything is seen or sent is not known.")
    return {"ok": FINE, "waiting": kind.waiting, "fault": kind.fault}[line.condition]


def is_silent(state: HealthState, now: datetime) -> bool:
    """Tell whether the station has not been heard for too long (or not at all)."""
    return state.heard_at is None or now - state.heard_at > SILENT_AFTER


def shape_of(condition: Condition) -> str:
    """Return the name of a condition's shape."""
    return {"ok": "live", "waiting": "low", "fault": "fault"}[condition]


def _line(name: str, condition: Condition, since: datetime, told: Told) -> HealthLine:
    return HealthLine(name=name, condition=condition, since=since, told=told)
