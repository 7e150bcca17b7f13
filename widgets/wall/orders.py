"""What the wall asks to be kept. The seat carries it out; an answer comes as news, a refusal as words."""

from dataclasses import dataclass
from datetime import datetime

from console.domain.ids import CameraId
from console.domain.wall_views import Salvo, Tour, WallHabits
from console.domain.walls import Wall


@dataclass(frozen=True, slots=True)
class KeepView:
    name: str
    shows: Wall | Salvo | Tour


@dataclass(frozen=True, slots=True)
class ChangeTour:
    view_id: str
    tour: Tour


@dataclass(frozen=True, slots=True)
class RemoveView:
    view_id: str


@dataclass(frozen=True, slots=True)
class ShareView:
    view_id: str


@dataclass(frozen=True, slots=True)
class UnshareView:
    view_id: str


@dataclass(frozen=True, slots=True)
class KeepHabits:
    habits: WallHabits


@dataclass(frozen=True, slots=True)
class MarkWanted:
    """A moment to be kept: of which camera, when, and words to find it by."""

    camera_id: CameraId
    at: datetime
    words: str


WallOrder = KeepView | ChangeTour | RemoveView | ShareView | UnshareView | KeepHabits
