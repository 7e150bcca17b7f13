"""The last seconds of a stream, as packets: where clips and stills come from."""

import threading
from bisect import bisect_left
from collections import deque
from dataclasses import replace
from datetime import datetime

from console.infrastructure.video.packets import KeptPacket, StreamFormat

# Between the frame a rule was hit on and its packet lie a decoder's delay and the jitter of arrival; between two
# streams that happen to be at the same media time lies at least a worker's start (judgement).
SAME_STREAM_S = 1.5
# A stream at 30 Mbit/s over two minutes; a camera that sends more is cut shorter instead of filling the memory.
MOST_BYTES = 450_000_000


class PacketRing:
    """Packets of the last ``length_s`` seconds, beginning with a key packet. Safe from any thread."""

    def __init__(self, length_s: float) -> None:
        self._lock = threading.Lock()
        self._packets: deque[KeptPacket] = deque()
        self._bytes = 0
        self._form: StreamFormat | None = None
        self.length_s = length_s

    def begin(self, form: StreamFormat) -> None:
        """Begin anew: another connection or another format. What was kept cannot be joined to it."""
        with self._lock:
            self._packets.clear()
            self._bytes = 0
            self._form = form

    def add(self, packet: KeptPacket) -> None:
        with self._lock:
            if not self._packets and not packet.is_key:
                return
            if self._packets and packet.dts == self._packets[-1].dts:
                packet = self._joined(packet)
            self._packets.append(packet)
            self._bytes += len(packet.data)
            self._trim(packet.media_time_s)

    def newest_s(self) -> float | None:
        """Return the media time of the newest packet."""
        with self._lock:
            return self._packets[-1].media_time_s if self._packets else None

    def span(self, from_s: float, to_s: float) -> tuple[StreamFormat, list[KeptPacket]] | None:
        """Return the packets from the key packet at or before ``from_s`` to the last one at or before ``to_s``.

        Where the ring begins later than ``from_s`` the span begins with the ring. ``None`` if there is nothing.
        """
        with self._lock:
            if self._form is None or not self._packets:
                return None
            kept = list(self._packets)
            form = self._form
        first = 0
        for position, packet in enumerate(kept):
            if packet.media_time_s > from_s:
                break
            if packet.is_key:
                first = position
        last = bisect_left([packet.media_time_s for packet in kept], to_s + 1e-6)
        found = kept[first:last]
        return (form, found) if found else None

    def all(self) -> tuple[StreamFormat, list[KeptPacket]] | None:
        """Return everything that is kept, ``None`` if there is nothing."""
        with self._lock:
            return (self._form, list(self._packets)) if self._form is not None and self._packets else None

    def holds(self, media_time_s: float, received_at: datetime) -> bool:
        """Say whether the packet of this media time came at that moment: only then the two speak of one stream."""
        found = self.span(media_time_s, media_time_s)
        if found is None:
            return False
        nearest = found[1][-1]
        return abs((nearest.received_at - received_at).total_seconds()) <= SAME_STREAM_S

    def _joined(self, rest: KeptPacket) -> KeptPacket:
        """Take the last packet out and return it with its rest.

        Parameter sets before each slice of a picture (some payloaders do so) make FFmpeg's parser give one
        picture as two packets of one time, which no file takes.
        """
        first = self._packets.pop()
        self._bytes -= len(first.data)
        return replace(first, data=first.data + rest.data)

    def _trim(self, now_s: float) -> None:
        """Drop whole groups of pictures from the front."""
        while len(self._packets) > 1:
            old_enough = self._packets[0].media_time_s < now_s - self.length_s
            if not old_enough and self._bytes <= MOST_BYTES:
                return
            next_key = next((i for i, packet in enumerate(self._packets) if i and packet.is_key), None)
            if next_key is None:
                return
            if self._bytes <= MOST_BYTES and self._packets[next_key].media_time_s > now_s - self.length_s:
                return
            for _ in range(next_key):
                self._bytes -= len(self._packets.popleft().data)
