"""Parking bays as the station tells of them with each look, and their words. Qt-free, pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from console.words import N_
from widgets.state.telling import Teller, Told

Point = tuple[float, float]
BayState = Literal["free", "occupied", "unsure"]
BayCause = Literal["", "across", "hidden", "unknown"]
STATE_WORDS: dict[BayState, str] = {"free": N_("Free"), "occupied": N_("Taken"), "unsure": N_("Not sure")}
CAUSE_WORDS: dict[BayCause, str] = {
    "": N_("Not sure"),
    "across": N_("Not sure: over the line"),
    "hidden": N_("Not sure: hidden"),
    "unknown": N_("Not sure: not seen for long yet"),
}


class BayTold(Protocol):
    """One bay as one look found it; ``since_s`` is how long it has been so."""

    @property
    def rule_id(self) -> str: ...
    @property
    def bay(self) -> int: ...
    @property
    def state(self) -> BayState: ...
    @property
    def cause(self) -> BayCause: ...
    @property
    def since_s(self) -> float: ...
    @property
    def is_overdue(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BayDrawn:
    """One bay over the picture, in fractions of it."""

    outline: tuple[Point, ...]
    bay: int
    state: BayState
    since_s: float
    is_overdue: bool


def state_words(state: BayState, cause: BayCause, *, is_overdue: bool) -> Told:
    """Return what is known of a bay."""
    if state == "unsure":
        return Told(CAUSE_WORDS[cause])
    return Told(N_("Taken too long")) if is_overdue else Told(STATE_WORDS[state])


def plate_words(drawn: BayDrawn, teller: Teller) -> str:
    """Return the words on a bay's plate over the picture: number, state, and how long it is taken."""
    state = teller.say(state_words(drawn.state, "", is_overdue=drawn.is_overdue))
    if drawn.state != "occupied":
        return f"{drawn.bay} {state}"
    return f"{drawn.bay} {state} {whole_minutes(drawn.since_s, teller)}"


def whole_minutes(seconds: float, teller: Teller) -> str:
    """Return a duration in whole minutes, so that it does not change with each second."""
    return (
        teller.span(timedelta(minutes=int(max(0.0, seconds) // 60)))
        if seconds >= 60
        else teller.say(Told(N_("under 1 min")))
    )


def day_and_minute(at: datetime, now: datetime, teller: Teller) -> str:
    """Return a moment as ``11:42``, with its day where that is another."""
    return teller.minute(at) if teller.is_today(at, now) else f"{teller.day(at)} {teller.minute(at)}"
