"""What a wall is told in tests: cameras, streams, looks, and a slot of frames that a test fills."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from console.domain.cameras import Camera
from console.domain.ids import CameraId, CategoryCode, RuleId
from console.domain.places import Place
from console.domain.rules import CameraRule, Zone
from widgets.state.bays import BayTold

NOON = datetime(2026, 11, 22, 3, 42, 7, tzinfo=UTC)  # 11:42:07 in Shanghai
BAY = Zone(name="消防通道 A", polygon=((0.4, 0.3), (0.7, 0.3), (0.7, 0.5), (0.4, 0.5)))


@dataclass(slots=True)
class StillClock:
    """A clock that a test sets forward."""

    at: datetime = NOON
    passed_s: float = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic_s(self) -> float:
        return self.passed_s

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.passed_s += seconds

    def set_back(self, seconds: float) -> None:
        """Let somebody set the wall clock back."""
        self.at -= timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A stream as the station tells it."""

    camera_id: str = "c01"
    condition: str = "live"
    since: datetime = NOON
    attempts: int = 0
    next_retry_at: datetime | None = None
    frames_per_s: float = 25.0
    sparing: str = "full"
    shown_per_s: float = 25.0
    sight: str = "not_checked"
    sight_since: datetime | None = None
    clock_offset_s: float | None = None
    clock_off_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    track_id: int = 1
    label: str = "car"
    box: tuple[float, float, float, float] = (0.5, 0.35, 0.6, 0.45)
    dwell_s: float = 0.0
    rule_id: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    camera_id: str
    received_at: datetime
    tracks: Sequence[Track] = ()
    bays: Sequence[BayTold] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    sequence: int
    width: int
    height: int
    stride: int
    media_time_s: float
    received_at: datetime
    captured_at: datetime | None


@dataclass(slots=True)
class Slot:
    """A slot of one frame in a single grey, newest wins."""

    width: int = 64
    height: int = 36
    frames: list[tuple[Frame, int]] = field(default_factory=list)
    copies: int = 0

    @property
    def capacity_bytes(self) -> int:
        return self.width * self.height * 4

    def put(self, at: datetime, grey: int = 128, *, captured: bool = True, media_time_s: float | None = None) -> None:
        sequence = self.frames[-1][0].sequence + 1 if self.frames else 1
        facts = Frame(
            sequence=sequence,
            width=self.width,
            height=self.height,
            stride=self.width * 4,
            media_time_s=sequence / 25 if media_time_s is None else media_time_s,
            received_at=at,
            captured_at=at if captured else None,
        )
        self.frames.append((facts, grey))

    def copy_newest(self, into: bytearray | memoryview, after: int = 0) -> Frame | None:
        if not self.frames or self.frames[-1][0].sequence <= after:
            return None
        facts, grey = self.frames[-1]
        into[: self.capacity_bytes] = bytes((grey, grey, grey, 255)) * (self.width * self.height)
        self.copies += 1
        return facts


class Painted(Slot):
    """A slot whose picture has strong colours, another one in every pixel."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        noise = np.random.default_rng(7)
        self.pixels = noise.integers(0, 256, (height, width, 4), np.uint8)
        """BGRA ``(height, width, 4)``."""
        self.pixels[:, :, 3] = 255

    def copy_newest(self, into: bytearray | memoryview, after: int = 0) -> Frame | None:
        facts = super().copy_newest(into, after)
        if facts is not None:
            into[: self.capacity_bytes] = self.pixels.tobytes()
        return facts


def camera(number: int, name: str = "滨河路 88 号", *, is_watched: bool = False) -> Camera:
    camera_id = CameraId(f"c{number:02d}")
    rule = CameraRule(
        rule_id=RuleId("standing"),
        camera_id=camera_id,
        zone=BAY,
        category=CategoryCode("09012"),
        labels=("car",),
        dwell_s=300.0,
        minimum_score=0.4,
    )
    place = Place(address=name, district="临江区", street="临江街道", community="滨河社区", grid_cell="441302004001007")
    return Camera(
        camera_id=camera_id,
        number=f"{number:02d}",
        name=name,
        place=place,
        main_address="rtsp://camera/main",
        sub_address="rtsp://camera/sub",
        rules=(rule,) if is_watched else (),
    )


def cameras(count: int) -> list[Camera]:
    return [camera(number, f"路口 {number}") for number in range(1, count + 1)]
