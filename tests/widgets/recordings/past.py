"""A station's replays as a page sees them: what was opened, what was ordered, and answers a test gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from PySide6.QtGui import QColor, QImage

from console.domain.ids import CameraId
from widgets.recordings.replaying import Replaying, ReplayWish
from widgets.state.replay import ReplayOrder, ReplayState


@dataclass(slots=True)
class Past:
    """Keeps what was opened and every order that was sent."""

    wishes: list[ReplayWish] = field(default_factory=list)
    opened_at: list[datetime] = field(default_factory=list)
    orders: list[ReplayOrder] = field(default_factory=list)
    replays: list[Replaying] = field(default_factory=list)

    def open(self, wishes: Sequence[ReplayWish], at: datetime) -> Replaying:
        self.wishes += wishes
        self.opened_at.append(at)
        self.replays.append(Replaying([wish.camera_id for wish in wishes], at, self.orders.append))
        return self.replays[-1]

    def say(
        self,
        camera_id: CameraId,
        at: datetime,
        *,
        is_playing: bool = True,
        is_gap: bool = False,
        kept_from: datetime | None = None,
    ) -> None:
        """Let the newest replay say where it stands, and from when on there is something if not all that was asked."""
        wish = next(one for one in reversed(self.wishes) if one.camera_id == camera_id)
        self.replays[-1].note_state(
            camera_id,
            ReplayState(
                at=at,
                shown_at=None if is_gap else at,
                source="none" if is_gap else "recording",
                from_at=kept_from or wish.from_at,
                to_at=wish.to_at,
                is_playing=is_playing,
                is_open=True,
            ),
        )

    def show(self, camera_id: CameraId, colour: str, at: datetime) -> None:
        """Let a picture of one colour stand in a replay's slot."""
        self.replays[-1].note_opened(camera_id, Slot(colour, at))


@dataclass(frozen=True, slots=True)
class SlotFrame:
    received_at: datetime
    sequence: int = 1
    width: int = 64
    height: int = 36
    stride: int = 256
    media_time_s: float = 0.0
    captured_at: datetime | None = None


class Slot:
    """A slot with one frame of one colour."""

    def __init__(self, colour: str, at: datetime) -> None:
        image = QImage(64, 36, QImage.Format.Format_RGB32)
        image.fill(QColor(colour))
        self._pixels = bytes(image.constBits())
        self._frame = SlotFrame(at)
        self.capacity_bytes = len(self._pixels)

    def copy_newest(self, into: bytearray | memoryview, after: int = 0) -> SlotFrame | None:
        if after >= 1:
            return None
        into[: len(self._pixels)] = self._pixels
        return self._frame
