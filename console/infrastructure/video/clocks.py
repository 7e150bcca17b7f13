"""When a picture was taken, by the camera's clock: from its sender reports, or not at all."""

import struct
from datetime import UTC, datetime, timedelta
from typing import Literal

import av
from av.video.stream import VideoStream

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# struct AVProducerReferenceTime { int64_t wallclock; int flags; } (libavutil/defs)
_REFERENCE_TIME = struct.Struct("@qi")
# Reports count from 1900 in 32 bits; where the highest is not set they tell the time since the stream began and no wall
# clock's (RFC 3550 §6.4.1). That is before this moment, in seconds since 1970.
_FIRST_WALL_CLOCK_S = 2**31 - 2_208_988_800

Source = Literal["sender_report", "prft", "unknown"]


class CameraClock:
    """Keeps the gap between a camera's clock and ours. Owned by its stream's thread.

    A sender report ties one RTP time stamp to the camera's wall clock; pictures in between are counted from it.
    """

    def __init__(self) -> None:
        self.source: Source = "unknown"
        self.offset_s: float | None = None
        self._anchor: tuple[datetime, float] | None = None

    def note(self, packet: "av.Packet[VideoStream]", media_time_s: float, received_at: datetime) -> datetime | None:
        """Take in what a packet says of the clock; return when it was taken, or ``None`` while nobody knows."""
        taken = self._told(packet)
        if taken is not None:
            self._anchor = (taken, media_time_s)
        elif self._anchor is not None:
            taken = self._anchor[0] + timedelta(seconds=media_time_s - self._anchor[1])
        if taken is not None:
            self.offset_s = (taken - received_at).total_seconds()
        return taken

    def _told(self, packet: "av.Packet[VideoStream]") -> datetime | None:
        if packet.has_sidedata("prft"):
            raw = bytes(packet.get_sidedata("prft"))
            wallclock_us, _flags = _REFERENCE_TIME.unpack_from(raw)
            if wallclock_us < _FIRST_WALL_CLOCK_S * 1_000_000:
                return None
            self.source = "sender_report"
            return EPOCH + timedelta(microseconds=wallclock_us)
        return None
