"""Where a replay of recordings stands, and what its keys ask. Frozen, pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from console.words import N_
from widgets.state.telling import Told, age

Action = Literal["play", "pause", "seek", "step_forward", "step_back", "close"]
Source = Literal["recording", "memory", "none"]
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
SOURCE_WORDS: dict[Source, str] = {
    "recording": N_("from the recording"),
    "memory": N_("from memory, not recorded"),
    "none": N_("nothing recorded then"),
}
# Several cameras step together by the pace of most streams; each then shows its own picture of that moment.
STEP = timedelta(milliseconds=40)
JUMPS = {
    "Left": timedelta(seconds=-1),
    "Right": timedelta(seconds=1),
    "Shift+Left": timedelta(seconds=-10),
    "Shift+Right": timedelta(seconds=10),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayState:
    """A replay as the station told it last.

    Attributes:
        at: the moment it stands at. shown_at: of the picture shown, ``None`` in a gap.
        from_at, to_at: what can be reached without opening it anew.
        failed: why there is no picture.
    """

    at: datetime
    shown_at: datetime | None = None
    source: Source = "none"
    from_at: datetime | None = None
    to_at: datetime | None = None
    is_playing: bool = False
    speed: float = 1.0
    is_open: bool = False
    failed: Told | None = None

    @property
    def is_before_what_is_kept(self) -> bool:
        """Whether it stands at a moment before the first one that there is a picture of."""
        return self.shown_at is None and self.from_at is not None and self.at < self.from_at


@dataclass(frozen=True, slots=True)
class ReplayOrder:
    """What the station's replays are told."""

    action: Action
    at: datetime | None = None
    speed: float = 1.0


def order_for(state: ReplayState, key: str, *, is_group: bool = False) -> ReplayOrder | None:
    """Return what a transport key asks, ``None`` for any other key."""
    if not state.is_open:
        return None
    match key:
        case "Space" if state.is_playing:
            return ReplayOrder("pause")
        case "Space":
            return ReplayOrder("play", state.at, state.speed)
        case "," | "." if is_group:
            return ReplayOrder("pause", state.at + (STEP if key == "." else -STEP))
        case ",":
            return ReplayOrder("step_back")
        case ".":
            return ReplayOrder("step_forward")
        case "-" | "=":
            speed = next_speed(state.speed, 1 if key == "=" else -1)
            return ReplayOrder("play", None, speed) if state.is_playing else None
        case _ if key in JUMPS:
            return ReplayOrder("seek", state.at + JUMPS[key], state.speed)
        case _:
            return None


def next_speed(speed: float, by: int) -> float:
    """Return the speed above or below in the list."""
    at = min(range(len(SPEEDS)), key=lambda number: abs(SPEEDS[number] - speed))
    return SPEEDS[max(0, min(len(SPEEDS) - 1, at + by))]


def with_speed(state: ReplayState, key: str) -> ReplayState:
    """Return the state with the speed a key asks for, for the time when it plays again."""
    return replace(state, speed=next_speed(state.speed, 1 if key == "=" else -1))


def speed_words(speed: float) -> str:
    return f"{speed:g} ×"


def behind(moment: datetime, now: datetime) -> str:
    """Return how long ago a moment was, ``0:41``."""
    return age(max(timedelta(), now - moment))


def next_event(events: Sequence[datetime], at: datetime, by: int) -> datetime | None:
    """Return the event before or after a moment; ``None`` if there is none. One just reached does not count again."""
    near = timedelta(milliseconds=500)
    if by > 0:
        return min((event for event in events if event > at + near), default=None)
    return max((event for event in events if event < at - near), default=None)
