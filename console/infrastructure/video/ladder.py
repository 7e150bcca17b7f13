"""The overload ladder of a media worker: which of its streams leave out how much, by how late they are."""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from console.infrastructure.channel.messages import SPARING_STEPS, SparingStep

# Half of the worker's streams are later than this against their own least delay: the machine does not keep up.
LATE_S = 0.25
CALM_S = 0.08
# Before any stream shows its key pictures only, so many looks in a row must have found that.
LATE_LOOKS = 3
# The seat's clock of pictures ticks every 16 ms; PERFORMANCE asks that it be no later than 20 ms of 64 tiles.
SCREEN_LATE_S, SCREEN_CALM_S = 0.012, 0.004
# What the seat said longer ago says nothing of now: its wall is covered, or it has gone.
SCREEN_TOLD_FOR_S = 3.5
# A seat that opens its pages is late for a moment; told so often in a row it is so for good.
SCREEN_TOLD_TIMES = 3
# A quarter of a rung goes at once and an eighth comes back at once: down in seconds, up in minutes (judgement).
DOWN_SHARE, UP_SHARE = 0.25, 0.125
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 60.0
_MOVING_RUNGS = SPARING_STEPS.index("half")
_LAST_WATCHED = SPARING_STEPS.index("plain")


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLoad:
    """A stream as the ladder sees it.

    Attributes:
        late_s: how much later it is decoded than it could be. rank: the higher the later it spares.
        is_watched: a rule looks at it; between its key pictures all are decoded.
    """

    late_s: float
    rank: int
    is_watched: bool = False


class ScreenWatch:
    """How late this machine's screen is, for longer than a moment. Owned by the worker's main thread."""

    def __init__(self) -> None:
        self._told: deque[tuple[float, float]] = deque()

    def note(self, late_s: float, now_s: float) -> None:
        """Take in what a seat says of its own lateness."""
        self._told.append((now_s, late_s))

    def late_s(self, now_s: float) -> float:
        """Return the least that was said of late; 0 where nobody says anything, or has not for long enough."""
        while self._told and now_s - self._told[0][0] > SCREEN_TOLD_FOR_S:
            self._told.popleft()
        return min(late_s for _, late_s in self._told) if len(self._told) >= SCREEN_TOLD_TIMES else 0.0


class Ladder:
    """Owned by the worker's main thread. ``look`` is called about once a second.

    Streams that are late take it down to the end; to key pictures only when they are so for longer than a moment, for
    those are what an operator misses most. A screen that is late takes it no further than what leaves every tile a
    moving picture: key pictures only would spare the seat nothing more.

    Rungs are taken in turn: first each stream in its order shows fewer pictures, then each goes without its loop
    filter (0.73 to 0.79 of the cost of decoding), then each is decoded from its key picture half the way to the next
    (two pictures a second or more of a camera that sends a key picture a second), then its key pictures only (1/6 to
    1/12).
    """

    def __init__(self) -> None:
        self._taken = 0
        self._late_looks = 0
        self._calm_since_s: float | None = None
        self._wait_s = FIRST_WAIT_S
        self._climbed_s = float("-inf")

    def look(self, loads: Mapping[str, StreamLoad], now_s: float, screen_late_s: float = 0.0) -> dict[str, SparingStep]:
        """Return what each stream leaves out from now on.

        Args:
            screen_late_s: how much later than it should be the seat paints.
        """
        order = sorted(loads, key=lambda name: (loads[name].rank, name))
        late_s = median(load.late_s for load in loads.values()) if loads else 0.0
        most = len(order) * (len(SPARING_STEPS) - 1)
        moving = len(order) * _MOVING_RUNGS  # so far every tile shows movement
        self._late_looks = self._late_looks + 1 if late_s > LATE_S else 0
        floor = 0 if screen_late_s < SCREEN_CALM_S else moving
        if self._late_looks >= LATE_LOOKS:
            self._go_down(len(order), most, now_s)
        elif self._taken < moving and (self._late_looks or screen_late_s > SCREEN_LATE_S):
            self._go_down(len(order), moving, now_s)
        elif late_s < CALM_S and self._taken > floor:
            self._go_up(len(order), floor, now_s)
        else:
            self._calm_since_s = None
        self._taken = min(self._taken, most)
        steps: dict[str, SparingStep] = {}
        for place, name in enumerate(order):
            rung = (self._taken - place + len(order) - 1) // len(order)
            last = _LAST_WATCHED if loads[name].is_watched else len(SPARING_STEPS) - 1
            steps[name] = SPARING_STEPS[max(0, min(rung, last))]
        return steps

    def _go_down(self, streams: int, most: int, now_s: float) -> None:
        if now_s - self._climbed_s < 2 * FIRST_WAIT_S:  # what was given back was too much: try it less often
            self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)
            self._climbed_s = float("-inf")
        self._taken = min(most, self._taken + math.ceil(streams * DOWN_SHARE))
        self._calm_since_s = None

    def _go_up(self, streams: int, floor: int, now_s: float) -> None:
        if self._calm_since_s is None:
            self._calm_since_s = now_s
        if now_s - self._calm_since_s >= self._wait_s:
            self._taken = max(floor, self._taken - math.ceil(streams * UP_SHARE))
            self._calm_since_s = self._climbed_s = now_s
            if self._taken == 0:
                self._wait_s = FIRST_WAIT_S
