"""Where a talk session's frames come from: a rendered phrase after a chime, or a live microphone."""

import queue
from collections.abc import Sequence
from typing import Protocol

from console.application.errors import Unavailable
from console.infrastructure.voice.sound import FRAME_MS, Samples

_LONGEST_SILENT_S = 2.0
"""A device that delivers nothing for this long is gone, not quiet: silence arrives as frames of zeros."""
_OPENED_WITHIN_S = 5.0
"""The first sound of a device that was asleep may take a second or two."""
_MOST_BEHIND = 120 // FRAME_MS
"""Frames a live source may be ahead of the sending before the oldest go: speech late by more disturbs."""


class Source(Protocol):
    """Gives frames of 20 ms at ``SESSION_HZ``. ``close`` may be called from any thread."""

    def take(self) -> Samples | None:
        """Return the next frame, or None after the last one; a live source waits for it.

        Raises:
            Unavailable: the source failed.
        """
        ...

    def close(self) -> None:
        """Give no more frames; who waits in ``take`` gets None."""
        ...


class SpokenFrames:
    """Frames that are all there already. One thread, but for ``close``."""

    def __init__(self, frames: Sequence[Samples]) -> None:
        self._frames = iter(frames)
        self._closed = False

    def take(self) -> Samples | None:
        return None if self._closed else next(self._frames, None)

    def close(self) -> None:
        self._closed = True


class LiveFrames:
    """Frames as a device delivers them: the device's thread puts, the session's thread takes."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[Samples | Unavailable | None] = queue.SimpleQueue()
        self._has_begun = False
        self.dropped = 0

    def put(self, frame: Samples) -> None:
        self._waiting.put(frame)

    def fail(self, refusal: Unavailable) -> None:
        """End the source for a reason an operator can read."""
        self._waiting.put(refusal)

    def close(self) -> None:
        self._waiting.put(None)

    def take(self) -> Samples | None:
        while self._waiting.qsize() > _MOST_BEHIND:
            skipped = self._waiting.get()
            if skipped is None or isinstance(skipped, Unavailable):
                self._waiting.put(skipped)
                break
            self.dropped += 1
        try:
            frame = self._waiting.get(timeout=_LONGEST_SILENT_S if self._has_begun else _OPENED_WITHIN_S)
        except queue.Empty as cause:
            raise Unavailable("The microphone delivers no sound; check its plug.") from cause
        if isinstance(frame, Unavailable):
            raise frame
        self._has_begun = True
        return frame
