"""The overload ladder of a media worker: which of its streams leave out how much, by how late they are."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from console.infrastructure.channel.messages import SPARING_STEPS, SparingStep

# Half of the worker's streams are later than this against their own least delay: the machine does not keep up.
LATE_S = 0.25
CALM_S = 0.08
# A quarter of a rung goes at once and an eighth comes back at once: down in seconds, up in minutes (judgement).
DOWN_SHARE, UP_SHARE = 0.25, 0.125
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLoad:
    """A stream as the ladder sees it.

    Attributes:
        late_s: how much later it is decoded than it could be. rank: the higher the later it spares.
        is_watched: a rule looks at it; it is never decoded by key pictures only.
    """

    late_s: float
    rank: int
    is_watched: bool = False


class Ladder:
    """Owned by the worker's main thread. ``look`` is called about once a second.

    Rungs are taken in turn: first each stream in its order shows fewer pictures, then each goes without its loop
    filter (0.73 to 0.79 of the cost of decoding), then each decodes its key pictures only (1/6 to 1/12).
    """

    def __init__(self) -> None:
        self._taken = 0
        self._calm_since_s: float | None = None
        self._wait_s = FIRST_WAIT_S
        self._climbed_s = float("-inf")

    def look(self, loads: Mapping[str, StreamLoad], now_s: float) -> dict[str, SparingStep]:
        """Return what each stream leaves out from now on."""
        order = sorted(loads, key=lambda name: (loads[name].rank, name))
        late_s = median(load.late_s for load in loads.values()) if loads else 0.0
        most = len(order) * (len(SPARING_STEPS) - 1)
        if late_s > LATE_S:
            self._go_down(len(order), now_s)
        elif late_s < CALM_S and self._taken:
            self._go_up(len(order), now_s)
        else:
            self._calm_since_s = None
        self._taken = min(self._taken, most)
        steps: dict[str, SparingStep] = {}
        for place, name in enumerate(order):
            rung = (self._taken - place + len(order) - 1) // len(order)
            last = len(SPARING_STEPS) - (2 if loads[name].is_watched else 1)
            steps[name] = SPARING_STEPS[max(0, min(rung, last))]
        return steps

    def _go_down(self, streams: int, now_s: float) -> None:
        if now_s - self._climbed_s < 2 * FIRST_WAIT_S:  # what was given back was too much: try it less often
            self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)
            self._climbed_s = float("-inf")
        self._taken += math.ceil(streams * DOWN_SHARE)
        self._calm_since_s = None

    def _go_up(self, streams: int, now_s: float) -> None:
        if self._calm_since_s is None:
            self._calm_since_s = now_s
        if now_s - self._calm_since_s >= self._wait_s:
            self._taken = max(0, self._taken - math.ceil(streams * UP_SHARE))
            self._calm_since_s = self._climbed_s = now_s
            if self._taken == 0:
                self._wait_s = FIRST_WAIT_S
