"""Sound between processes: the last seconds of a stream as samples in shared memory, each piece read once.

The ring is the pictures' (``frame_slots``), with more slots and other facts in them: a listener takes every piece in
its order, where a tile takes the newest. Nobody waits here either: who falls behind by the whole ring loses its oldest.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

from console.infrastructure.frame_slots import OpenRing, SlotRing, create

SOUND_HZ = 48_000
"""Mono samples, int16: what sound devices take without another change of rate."""
PIECE_SAMPLES = SOUND_HZ * 40 // 1000
PIECE_BYTES = PIECE_SAMPLES * 2
"""One page of memory with its head; a camera's packet of 128 ms is four of them."""
PIECES = 64  # 2.5 s of whole pieces, and as many packets of 20 ms: far more than a player holds
# Sequence, bytes, media time, when it arrived by this machine's monotonic clock.
_FACTS = struct.Struct("=QQdd")


@dataclass(frozen=True, slots=True)
class SoundPiece:
    """Some samples and when they are.

    Attributes:
        media_time_s: of the first sample, on the time scale of the stream's pictures.
        arrived_s: when the packet they come from was received, by the monotonic clock all processes share.
        samples: int16, mono, ``SOUND_HZ``, native order; none where what waits is to be dropped (``SoundWriter.cut``).
    """

    media_time_s: float
    arrived_s: float
    samples: bytes


def create_sound(path: Path) -> SlotRing:
    """Make an empty ring for sound. Only a station does this.

    Raises:
        SlotUnavailable: the folder of shared memory refuses it.
    """
    return create(path, PIECE_BYTES, PIECES)


class SoundWriter(OpenRing):
    """The one writer of a ring; used by one thread.

    Raises:
        SlotUnavailable: the ring is not there.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, is_writable=True)

    def write(self, samples: memoryview, media_time_s: float, arrived_s: float) -> None:
        """Write samples of any length, in as many pieces as they need.

        Args:
            samples: bytes of int16 samples.
        """
        for begin in range(0, len(samples), PIECE_BYTES):
            piece = samples[begin : begin + PIECE_BYTES]
            later_s = begin / 2 / SOUND_HZ
            self._piece(piece, media_time_s + later_s, arrived_s)

    def cut(self, arrived_s: float) -> None:
        """Say that what was written and is not played yet is not to be played: a replay stands still, or jumped."""
        self._piece(memoryview(b""), 0.0, arrived_s)

    def _piece(self, piece: memoryview, media_time_s: float, arrived_s: float) -> None:
        sequence = self.newest_sequence() + 1
        self._put(sequence, _FACTS, (sequence, len(piece), media_time_s, arrived_s), piece)


class SoundReader(OpenRing):
    """One reader of a ring, beginning with what comes from now on; used by one thread.

    Raises:
        SlotUnavailable: the ring is not there.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, is_writable=False)
        self._read = self.newest_sequence()
        self.lost = 0  # pieces that were overwritten before they were read

    def take(self) -> list[SoundPiece]:
        """Return the pieces that came since, in their order."""
        newest = self.newest_sequence()
        oldest = max(self._read + 1, newest - PIECES + 2)  # the writer may be at the oldest of all
        self.lost += oldest - self._read - 1
        pieces = []
        for sequence in range(oldest, newest + 1):
            found = self._copied(sequence, _FACTS)
            if found is None:  # the writer came round meanwhile
                self.lost += 1
                continue
            (_, _, media_time_s, arrived_s), samples = found
            pieces.append(SoundPiece(media_time_s, arrived_s, samples))
        self._read = max(newest, self._read)
        return pieces
