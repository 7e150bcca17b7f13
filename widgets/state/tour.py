"""A tour of the wall: which step stands, how long it has really been seen, and why it waits. Frozen, pure."""

from dataclasses import dataclass, replace
from enum import StrEnum

from console.domain.ids import CameraId
from console.domain.walls import Wall

# A step's seconds count from its pictures, not from the wish for them; a camera that is away holds a tour up so long.
WAITS_FOR_PICTURES_S = 5.0


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
    """

    name: str
    steps: tuple[Wall | CameraId, ...]
    dwell_s: float
    place: int = 0
    at: int = 0
    seen_s: float = 0.0
    waited_s: float = 0.0
    wait: Wait = Wait.PICTURES

    @property
    def step(self) -> Wall | CameraId:
        return self.steps[self.at]

    @property
    def left_s(self) -> float:
        """How long this step will still be seen."""
        return max(0.0, self.dwell_s - self.seen_s)


def tick(run: TourRun, passed_s: float, *, are_pictures_there: bool, has_unheard_high: bool) -> TourRun:
    """Let time pass; the step that stands afterwards may be the next one.

    Args:
        passed_s: since the last tick, while the wall was on the screen.
        are_pictures_there: of each camera of the step there is a picture, or it is known why there is none.
        has_unheard_high: a high alarm of a camera of this wall waits that nobody acknowledged.
    """
    if has_unheard_high:
        return replace(run, wait=Wait.ALARM)
    if not are_pictures_there and run.seen_s == 0.0 and run.waited_s < WAITS_FOR_PICTURES_S:
        return replace(run, wait=Wait.PICTURES, waited_s=run.waited_s + passed_s)
    seen_s = run.seen_s + passed_s
    if seen_s < run.dwell_s:
        return replace(run, wait=Wait.NOT, seen_s=seen_s)
    return replace(run, at=(run.at + 1) % len(run.steps), seen_s=0.0, waited_s=0.0, wait=Wait.PICTURES)
