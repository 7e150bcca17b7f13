"""Frames to be looked at, copied out of the slots the media worker fills."""

import logging
import os
import sys
from pathlib import Path

import numpy as np

from console.application.errors import Unavailable
from console.infrastructure.channel.messages import LookSlot
from console.infrastructure.frame_slots import FrameFacts, SlotReader
from inference.frames import Frame, Pixels

_log = logging.getLogger(__name__)

REOPEN_AFTER_S = 2.0
"""Without a new frame for so long the slot is opened anew: the station may have made another under the same name."""
_BLACK_LUMA = 16


class LookSource:
    """The look slot of one camera. Used by one thread.

    Hands out each frame at most once, and none that lay in the slot before it was opened: after a crash of the media
    worker an old picture would otherwise be taken for the street of now.
    """

    def __init__(self, look: LookSlot) -> None:
        self.look = look
        rows = look.height * 3 // 2
        self._buffer = bytearray(look.width * rows * len(look.regions))
        self._pixels: Pixels = np.frombuffer(self._buffer, np.uint8).reshape(len(look.regions), rows, look.width)
        self._content_px = [(0, 0)] * len(look.regions)
        self._reader: SlotReader | None = None
        self._file_number = 0
        self._after = 0
        self._tried_s = float("-inf")
        self._new_s = float("-inf")
        self._is_missing = False

    def newest(self, now_s: float) -> tuple[tuple[Frame, ...], FrameFacts] | None:
        """Return the newest picture if it is newer than the last one handed out: the region's frame, then its parts'.

        Valid until the next call.

        Args:
            now_s: monotonic time.
        """
        reader = self._opened(now_s)
        return None if reader is None else self._taken(reader.copy_newest(self._buffer, self._after), now_s)

    def next(self, now_s: float) -> tuple[Frame, FrameFacts] | None:
        """Return the region's frame after the last one handed out, or the oldest still there.

        Valid until the next call.

        Args:
            now_s: monotonic time.
        """
        reader = self._opened(now_s)
        taken = None if reader is None else self._taken(reader.copy_next(self._buffer, self._after), now_s)
        return None if taken is None else (taken[0][0], taken[1])

    def _opened(self, now_s: float) -> SlotReader | None:
        if now_s - max(self._new_s, self._tried_s) > REOPEN_AFTER_S:
            self._tried_s = now_s
            self._open()
        return self._reader

    def _taken(self, facts: FrameFacts | None, now_s: float) -> tuple[tuple[Frame, ...], FrameFacts] | None:
        if facts is None:
            return None
        self._after = facts.sequence
        self._new_s = now_s
        whole = (self.look.width, self.look.height)
        frames: list[Frame] = []
        for at, region in enumerate(self.look.regions):
            pixels = self._pixels[at]
            known_px = self._content_px[at]
            self._content_px[at] = whole if self.look.is_stretched else _content(pixels, known_px)
            frames.append(
                Frame(
                    i420=pixels,
                    content_px=self._content_px[at],
                    sequence=facts.sequence,
                    media_time_s=facts.media_time_s,
                    region=region,
                )
            )
        return tuple(frames), facts

    def close(self) -> None:
        """Let the shared memory go."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _open(self) -> None:
        path = Path(self.look.slot_path)
        file_number = _file_number(path)
        if self._reader is not None and file_number == self._file_number:
            return
        self.close()
        try:
            self._reader = SlotReader(path)
        except Unavailable:
            if not self._is_missing:
                _log.warning("look slot %s is not there", path.name)
            self._is_missing = True
            return
        self._is_missing = False
        self._file_number = file_number
        self._after = self._reader.newest_sequence()
        self._content_px = [(0, 0)] * len(self.look.regions)


def _file_number(path: Path) -> int:
    if sys.platform == "win32":
        return 0  # a named section has none; it lives as long as its creator
    try:
        return os.stat(path).st_ino
    except OSError:
        return 0


def _content(pixels: Pixels, known_px: tuple[int, int]) -> tuple[int, int]:
    """Return the size of the picture in a letterboxed frame: all but the border of pure black at right and bottom.

    Grows only, so that a night scene whose lower rows happen to be as black as the border is not taken for a smaller
    picture once any frame showed light there.
    """
    height, width = pixels.shape[0] * 2 // 3, pixels.shape[1]
    if known_px == (width, height):
        return known_px
    lit = pixels[:height] != _BLACK_LUMA
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    if not len(rows):
        return known_px if known_px != (0, 0) else (width, height)
    found = (min(width, _even(int(columns[-1]) + 1)), min(height, _even(int(rows[-1]) + 1)))
    return max(found[0], known_px[0]), max(found[1], known_px[1])


def _even(count: int) -> int:
    return count + count % 2
