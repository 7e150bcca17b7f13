"""Where a tile's pictures come from, as far as a tile needs to know."""

from datetime import datetime
from typing import Protocol


class Frame(Protocol):
    """What is known of a frame that was copied out: BGRA, 8 bits each, rows ``stride`` bytes apart."""

    @property
    def sequence(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def stride(self) -> int: ...
    @property
    def media_time_s(self) -> float: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def captured_at(self) -> datetime | None: ...


class FrameSource(Protocol):
    """A slot of frames, read by one thread. The seat puts the shared memory behind it."""

    @property
    def capacity_bytes(self) -> int:
        """How large a frame may be; a buffer of so many bytes always suffices."""
        ...

    def copy_newest(self, into: bytearray | memoryview, after: int = 0) -> Frame | None:
        """Copy the newest whole frame to the beginning of ``into``; ``None`` when none is newer than ``after``."""
        ...
