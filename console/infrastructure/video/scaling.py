"""A decoded picture becomes what a tile shows and what the detector looks at."""

from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from av import VideoFrame
from av.video.plane import VideoPlane

from console.infrastructure.channel.messages import LookSlot, PictureSlot
from console.infrastructure.frame_slots import FrameFacts, SlotWriter

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BLACK_Y, BLACK_UV = 16, 128
BYTES_A_PIXEL = 4
NEAREST_FROM = 0.75  # of the converted width (measured: see ``size_for``)
_FULL_SIZE_FORMATS = ("yuv420p", "yuvj420p")
# AVCOL_SPC_BT709 and AVCOL_RANGE_JPEG of libavutil/pixfmt.h.
_BT709, _FULL_RANGE = 1, 2
Plane = npt.NDArray[np.uint8]


def microseconds(moment: datetime | None) -> int | None:
    """Return microseconds since 1970 UTC."""
    return None if moment is None else round((moment - EPOCH).total_seconds() * 1_000_000)


def fitted(width: int, height: int, most_width: int, most_height: int) -> tuple[int, int]:
    """Return the size that fits, aspect kept, never enlarged, both even."""
    scale = min(1.0, most_width / width, most_height / height)
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


def size_for(width: int, height: int, slot: PictureSlot) -> tuple[int, int]:
    """Return the size a picture is converted at: its own, halved as often as the tile is smaller, where that is not
    much larger than the tile; else what fits.

    Converted at its own size it costs the worker a third and the paint scales it by nearest. CPU time of conversion,
    copy and paint together, 640×360 into 368×208, 560×316, 624×350 and 240×134 (this machine, 2026-11-22): scaled
    0.29, 0.48, 0.48 and 0.19 ms, at its own size 0.24, 0.25, 0.28 and 0.23 ms. Halved is a mean of four pixels, the
    quickest there is: converting takes 0.084 ms for 320×180 against 0.167 ms for 312×176 (2026-11-23). Far below its
    own size nearest leaves out every other line of a number plate, so that the border stands higher than cost alone
    would put it.
    """
    fit = fitted(width, height, slot.max_width, slot.max_height)
    nearest = width, height
    while nearest[0] >= 2 * fit[0] and nearest[1] >= 2 * fit[1]:
        nearest = nearest[0] // 2, nearest[1] // 2
    is_even = nearest[0] % 2 == 0 and nearest[1] % 2 == 0
    return nearest if is_even and fit[0] >= NEAREST_FROM * nearest[0] else fit


def rows_of(plane: VideoPlane) -> Plane:
    """Return a plane's rows ``(rows, line_size)`` uint8 over its own memory; valid as long as its frame."""
    return np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)


def shrink(rows: Plane, into: Plane) -> None:
    """Fill a plane with the picture of another: halved while that is not too much, then to its size by bilinear.

    Averaging at once over any area costs four times as much: 0.80 ms against 0.20 ms for the three planes of 640×360
    into 312×176 with their conversion, the sixteen tiles of a wall (this machine, 2026-11-23).
    """
    height, width = into.shape
    while rows.shape[0] >= 2 * height and rows.shape[1] >= 2 * width:
        halved = rows.shape[1] // 2, rows.shape[0] // 2
        smaller = np.empty(halved[::-1], np.uint8)
        cv2.resize(rows[: halved[1] * 2, : halved[0] * 2], halved, dst=smaller, interpolation=cv2.INTER_AREA)
        rows = smaller
    if rows.shape == into.shape:
        into[:] = rows
    else:
        cv2.resize(rows, (width, height), dst=into, interpolation=cv2.INTER_LINEAR)


class PictureWriter:
    """Writes BGRA pictures of a stream into one slot ring. Owned by the stream's thread."""

    def __init__(self, slot: PictureSlot) -> None:
        self.slot = slot
        self._writer = SlotWriter(Path(slot.slot_path))
        self._scratch: Plane = np.empty((0, 0), np.uint8)

    def write(
        self,
        frame: VideoFrame,
        *,
        media_time_s: float,
        received_at: datetime,
        captured_at: datetime | None,
        is_key: bool,
    ) -> None:
        """Scale the frame and publish it."""
        width, height = size_for(frame.width, frame.height, self.slot)
        if width * height * BYTES_A_PIXEL > self._writer.capacity_bytes:
            width, height = fitted(frame.width, frame.height, self.slot.max_width, self.slot.max_height)
        received_us = microseconds(received_at)
        assert received_us is not None
        facts = FrameFacts(
            width=width,
            height=height,
            stride=width * 4,
            pixel_format="bgra",
            received_at_us=received_us,
            captured_at_us=microseconds(captured_at),
            media_time_s=media_time_s,
            is_key=is_key,
        )
        with self._writer.writing(facts) as place:
            self._paint(frame, width, height, place)

    def close(self) -> None:
        self._writer.close()

    def _paint(self, frame: VideoFrame, width: int, height: int, place: memoryview) -> None:
        """Fill ``place`` with BGRA rows of the frame at ``width`` × ``height``.

        OpenCV straight into the slot: 0.11 ms for 640×352 at its own size and 0.21 ms scaled to 480×264, where
        PyAV's reformat and a copy took 1.0 and 0.30 ms (this machine, 2026-11-22). OpenCV knows one matrix
        only (BT.601, limited range); a stream that says it is of another goes by swscale.
        """
        target = np.frombuffer(place, np.uint8).reshape(height, width, 4)
        if not _is_plain(frame):
            made = frame.reformat(width=width, height=height, format="bgra", interpolation="FAST_BILINEAR")
            target.reshape(height, width * 4)[:] = rows_of(made.planes[0])[:height, : width * 4]
            return
        if self._scratch.shape != (height * 3 // 2, width):
            self._scratch = np.empty((height * 3 // 2, width), np.uint8)
        luma, chroma = self._scratch[:height], self._scratch[height:].reshape(2, height // 2, width // 2)
        for number, made_plane in enumerate((luma, chroma[0], chroma[1])):
            half = 2 if number else 1
            rows = rows_of(frame.planes[number])[: -(-frame.height // half), : -(-frame.width // half)]
            shrink(rows, made_plane)
        cv2.cvtColor(self._scratch, cv2.COLOR_YUV2BGRA_I420, dst=target)


class LookWriter:
    """Writes I420 frames at the detector's size into one slot ring, no more often than asked for.

    Owned by the stream's thread.
    """

    def __init__(self, slot: LookSlot) -> None:
        self.slot = slot
        self._writer = SlotWriter(Path(slot.slot_path))
        self._next_s = 0.0

    def is_due(self, media_time_s: float) -> bool:
        """True when the detector wants a look at this media time."""
        return media_time_s >= self._next_s or media_time_s < self._next_s - 10.0

    def write(
        self, frame: VideoFrame, *, media_time_s: float, received_at: datetime, captured_at: datetime | None
    ) -> None:
        """Cut the region and its parts out, fit each into the detector's size as the model wants it, and publish."""
        self._next_s = max(self._next_s + 1.0 / self.slot.looks_per_s, media_time_s)
        wanted = self.slot
        planes = [
            plane
            for region in wanted.regions
            for plane in letterboxed(frame, region, wanted.width, wanted.height, stretch=wanted.is_stretched)
        ]
        received_us = microseconds(received_at)
        assert received_us is not None
        facts = FrameFacts(
            width=self.slot.width,
            height=self.slot.height * len(wanted.regions),
            stride=self.slot.width,
            pixel_format="i420",
            received_at_us=received_us,
            captured_at_us=microseconds(captured_at),
            media_time_s=media_time_s,
        )
        self._writer.write([plane.data for plane in planes], facts)

    def close(self) -> None:
        self._writer.close()


def _is_plain(frame: VideoFrame) -> bool:
    is_of_another_matrix = frame.colorspace == _BT709 or frame.color_range == _FULL_RANGE
    return frame.format.name == "yuv420p" and not is_of_another_matrix


def letterboxed(
    frame: VideoFrame, region: tuple[float, float, float, float], width: int, height: int, *, stretch: bool = False
) -> tuple[Plane, Plane, Plane]:
    """Return Y ``(height, width)``, U and V ``(height/2, width/2)`` uint8: the region top left, the rest black.

    Args:
        stretch: fill the frame instead, whatever becomes of the aspect.
    """
    if frame.format.name not in _FULL_SIZE_FORMATS:
        frame = frame.reformat(format="yuv420p")
    left, top = int(region[0] * frame.width) // 2 * 2, int(region[1] * frame.height) // 2 * 2
    right = max(left + 2, int(region[2] * frame.width) // 2 * 2)
    bottom = max(top + 2, int(region[3] * frame.height) // 2 * 2)
    scale = min(width / (right - left), height / (bottom - top))
    new_width = max(2, min(width, int((right - left) * scale) // 2 * 2))
    new_height = max(2, min(height, int((bottom - top) * scale) // 2 * 2))
    if stretch:
        new_width, new_height = width, height
    found = []
    for number, (blank, half) in enumerate(((BLACK_Y, 1), (BLACK_UV, 2), (BLACK_UV, 2))):
        plane = frame.planes[number]
        rows = rows_of(plane)
        cut = rows[top // half : bottom // half, left // half : right // half]
        made = np.full((height // half, width // half), blank, np.uint8)
        resized = cv2.resize(cut, (new_width // half, new_height // half), interpolation=cv2.INTER_AREA)
        made[: new_height // half, : new_width // half] = resized
        found.append(made)
    return found[0], found[1], found[2]
