"""A tour of the wall: which step stands, how long it has really been seen, and why it waits. Frozen, pure."""

from dataclasses import dataclass, replace
from enum import StrEnum

from console.domain.ids import CameraId
from console.domain.walls import Wall

# A step's seconds count from its pictures, not from the wish for them; a camera that is away holds a tour up so long.
# Judgement: a stream that was closed opens within 3 s, and who walks round a wall does not wait for a dead camera.
WAITS_FOR_PICTURES_S = 5.0


class Live(StrEnum):
    """How many of a step's cameras can be seen as they are now: what is stale, frozen or lost is not shown."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


class Wait(StrEnum):
    """Why a tour stands still."""

    NOT = ""
    ALARM = "alarm"
    PICTURES = "pictures"


@dataclass(frozen=True, slots=True, kw_only=True)
class TourRun:
    """A tour that goes. ``seen_s`` counts only while its pictures stand and nothing makes it wait.

    Attributes:
        steps: whole walls, or cameras for the tile at ``place``.
        waited_s: how long this step had no live picture; it is passed over when that is too long.
        left_out: which step was passed over on the way to this one, ``None`` when none was.
    """

    name: str
    steps: tuple[Wall | CameraId, ...]
    dwell_s: float
    place: int = 0
    at: int = 0
    seen_s: float = 0.0
    waited_s: float = 0.0
    wait: Wait = Wait.PICTURES
    left_out: int | None = None

    @property
    def step(self) -> Wall | CameraId:
        return self.steps[self.at]

    @property
    def left_s(self) -> float:
        """How long this step will still be seen."""
        return max(0.0, self.dwell_s - self.seen_s)


def tick(run: TourRun, passed_s: float, *, live: Live, has_unheard_high: bool) -> TourRun:
    """Let time pass; the step that stands afterwards may be the next one.

    Where only some of a wall's cameras are live, the others are waited for once; then what there is counts as seen.

    Args:
        passed_s: since the last tick, while the wall was on the screen.
        has_unheard_high: a high alarm of a camera of this wall waits that nobody acknowledged.
    """
    if has_unheard_high:
        return replace(run, wait=Wait.ALARM)
    is_patient = run.waited_s + passed_s < WAITS_FOR_PICTURES_S
    if live is Live.NONE and not is_patient:
        return _next(run, left_out=run.at)
    if live is Live.NONE or (live is Live.SOME and run.seen_s == 0.0 and is_patient):
        return replace(run, wait=Wait.PICTURES, waited_s=run.waited_s + passed_s)
    seen_s = run.seen_s + passed_s
    if seen_s < run.dwell_s:
        return replace(run, wait=Wait.NOT, seen_s=seen_s)
    return _next(run, left_out=None)


def _next(run: TourRun, left_out: int | None) -> TourRun:
    at = (run.at + 1) % len(run.steps)
    return replace(run, at=at, seen_s=0.0, waited_s=0.0, wait=Wait.PICTURES, left_out=left_out)
