"""What a seat keeps of its wall by name: views, salvos, tours; what it likes to see; and marked moments."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from console.domain.errors import DomainError
from console.domain.ids import CameraId, SeatId
from console.domain.walls import USUAL_LAYERS, Layer, Wall

# Two digits call a view: a seat's own are 1–49, those of all seats 51–99, so that sharing one moves no other.
OWN_NUMBERS, SHARED_NUMBERS = range(1, 50), range(51, 100)
LONGEST_NAME = 40
# Judgement: below 5 s nobody has looked; above 10 min it is no tour.
DWELLS_S = (10.0, 20.0, 30.0, 60.0, 5.0)
LEAST_DWELL_S, MOST_DWELL_S = 5.0, 600.0


@dataclass(frozen=True, slots=True)
class Salvo:
    """Cameras for some places of the wall; the other places stay as they are."""

    puts: tuple[tuple[int, CameraId], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """Views shown one after the other, or cameras in one tile, each for ``dwell_s`` seconds."""

    views: tuple[str, ...] = ()
    cameras: tuple[CameraId, ...] = ()
    dwell_s: float = DWELLS_S[0]

    def __post_init__(self) -> None:
        if not LEAST_DWELL_S <= self.dwell_s <= MOST_DWELL_S:
            raise DomainError("A tour stays 5 to 600 seconds.")
        if bool(self.views) == bool(self.cameras):
            raise DomainError("A tour is of views or of cameras.")

    def with_next_dwell(self) -> "Tour":
        """Return the tour with the next of the usual dwells."""
        at = DWELLS_S.index(self.dwell_s) if self.dwell_s in DWELLS_S else -1
        return replace(self, dwell_s=DWELLS_S[(at + 1) % len(DWELLS_S)])


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is called by a name or a number.

    Attributes:
        seat_id: whose it is; ``None`` for every seat's.
    """

    view_id: str
    name: str
    number: int
    seat_id: SeatId | None
    shows: Wall | Salvo | Tour

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > LONGEST_NAME:
            raise DomainError("Give the view a name of at most {count} characters.", count=LONGEST_NAME)

    @property
    def is_shared(self) -> bool:
        return self.seat_id is None

    @property
    def cameras(self) -> frozenset[CameraId]:
        """The cameras it shows itself; a tour of views names none."""
        match self.shows:
            case Wall(cameras=cameras):
                return frozenset(name for name in cameras if name is not None)
            case Salvo(puts=puts):
                return frozenset(name for _, name in puts)
            case Tour(cameras=cameras):
                return frozenset(cameras)


def free_number(views: Sequence[View], *, is_shared: bool) -> int:
    """Return the lowest number that calls nothing yet.

    Raises:
        DomainError: all are taken.
    """
    taken = {view.number for view in views}
    found = next((number for number in (SHARED_NUMBERS if is_shared else OWN_NUMBERS) if number not in taken), None)
    if found is None:
        raise DomainError("There are no numbers left for views. Remove one first.")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class WallHabits:
    """What a seat likes to see on its wall.

    Attributes:
        has_alarm_tile: the last position shows the camera of the newest alarm that nobody acknowledged.
    """

    layers: frozenset[Layer] = USUAL_LAYERS
    has_alarm_tile: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """A moment of a camera that somebody wants to find again.

    Attributes:
        at: of the picture, by the camera's clock where that is known, else by ours.
    """

    bookmark_id: str
    camera_id: CameraId
    at: datetime
    words: str
    made_by: str
    seat_id: SeatId
    made_at: datetime
