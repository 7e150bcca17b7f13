"""The last seconds of a stream, as packets: where clips and stills come from."""

import threading
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime

from console.infrastructure.video.blocks import Blocks
from console.infrastructure.video.kept_sound import KeptSound, SoundFormat
from console.infrastructure.video.packets import KeptPacket, StreamFormat

# Between the frame a rule was hit on and its packet lie a decoder's delay and the jitter of arrival; between two
# streams that happen to be at the same media time lies at least a worker's start (judgement).
SAME_STREAM_S = 1.5
# A stream at 30 Mbit/s over two minutes; a camera that sends more is cut shorter instead of filling the memory.
MOST_BYTES = 450_000_000
# Of a camera that sends sound and no pictures: two minutes of the most that a street's sound takes (1.5 Mbit/s).
MOST_SOUND_BYTES = 24_000_000
SAME_TIME_S = 1e-6  # media times are sums of floats


@dataclass(frozen=True, slots=True)
class _Held:
    """A packet without its bytes, and where they are."""

    facts: KeptPacket
    view: memoryview

    @property
    def media_time_s(self) -> float:
        return self.facts.media_time_s

    def whole(self) -> KeptPacket:
        return replace(self.facts, data=bytes(self.view))


@dataclass(frozen=True, slots=True)
class _HeldSound:
    """A packet of sound without its bytes, and where they are."""

    facts: KeptSound
    view: memoryview

    def whole(self) -> KeptSound:
        return replace(self.facts, data=bytes(self.view))


@dataclass(slots=True)
class _Part:
    """What came in one connection and one format."""

    form: StreamFormat
    packets: deque[_Held] = field(default_factory=deque)
    sound_form: SoundFormat | None = None
    sounds: deque[_HeldSound] = field(default_factory=deque)


class PacketRing:
    """Packets of the last ``length_s`` seconds, beginning with a key packet. Safe from any thread.

    A camera that was away for a moment costs nothing of what was kept before: each connection is a part, and what is
    asked for comes from the part it lies in. Media time goes on over the connections of one ring.
    """

    def __init__(self, length_s: float) -> None:
        self._lock = threading.Lock()
        self._parts: deque[_Part] = deque()
        self._blocks = Blocks()
        self._bytes = 0
        self._sound_bytes = 0
        self.length_s = length_s

    def begin(self, form: StreamFormat) -> None:
        """Begin a part: another connection or another format. What was kept cannot be joined to it."""
        with self._lock:
            if self._parts and not self._parts[-1].packets:
                self._forget_sounds(self._parts.pop())
            self._parts.append(_Part(form))

    def add(self, packet: KeptPacket) -> None:
        with self._lock:
            packets = self._parts[-1].packets
            if not packets and not packet.is_key:
                return
            if packets and packet.dts == packets[-1].facts.dts:
                packet = self._joined(packet)
            packets.append(_Held(replace(packet, data=b""), self._blocks.kept(packet.data)))
            self._bytes += len(packet.data)
            self._trim(packet.media_time_s)

    def add_sound(self, form: SoundFormat, sound: KeptSound) -> None:
        """Keep sound beside the pictures of the newest part, and no longer than they are kept."""
        with self._lock:
            part = self._parts[-1]
            if part.sound_form is not form:
                self._forget_sounds(part)
                part.sound_form = form
            part.sounds.append(_HeldSound(replace(sound, data=b""), self._blocks.kept(sound.data)))
            self._sound_bytes += len(sound.data)
            oldest_s = sound.media_time_s - self.length_s
            if part.packets:  # their first group may reach back twice as far; of pictures that stand still no farther
                oldest_s = max(oldest_s - self.length_s, part.packets[0].media_time_s)
            self._trim_sounds(part, oldest_s)

    def forget_sound(self) -> None:
        """Let go of all sound: it may be kept no longer."""
        with self._lock:
            for part in self._parts:
                self._forget_sounds(part)

    def sound_of(
        self, form: StreamFormat, after_s: float | None = None, to_s: float | None = None
    ) -> tuple[SoundFormat, list[KeptSound]] | None:
        """Return the sound beside the pictures of a part, ``None`` where none is kept.

        Args:
            form: the part's, as ``span`` or ``all`` returned it.
            after_s, to_s: what begins behind the one and not behind the other; from the begin and to the end without.
        """
        with self._lock:
            part = next((one for one in self._parts if one.form is form), None)
            if part is None or part.sound_form is None:
                return None
            kept = list(part.sounds)
        chosen = [
            one.whole()
            for one in kept
            if (after_s is None or one.facts.media_time_s > after_s + SAME_TIME_S)
            and (to_s is None or one.facts.media_time_s <= to_s + SAME_TIME_S)
        ]
        return part.sound_form, chosen

    def newest_s(self) -> float | None:
        """Return the media time of the newest packet."""
        with self._lock:
            return next((part.packets[-1].media_time_s for part in reversed(self._parts) if part.packets), None)

    def span(
        self, from_s: float, to_s: float, at_s: float | None = None
    ) -> tuple[StreamFormat, list[KeptPacket]] | None:
        """Return the packets from the key packet at or before ``from_s`` to the last one at or before ``to_s``.

        All are of one part: the one of the moment ``at_s``, or the newest that has any of them. Where it begins later
        than ``from_s`` the span begins with it. ``None`` if there is nothing.
        """
        found = self._found(from_s, to_s, at_s)
        return (found[0], [one.whole() for one in found[1]]) if found is not None else None

    def all(self) -> tuple[StreamFormat, list[KeptPacket]] | None:
        """Return everything that is kept of the newest connection, ``None`` if there is nothing."""
        with self._lock:
            part = next((one for one in reversed(self._parts) if one.packets), None)
            kept = list(part.packets) if part is not None else []
        return (part.form, [one.whole() for one in kept]) if part is not None else None

    def holds(self, media_time_s: float, received_at: datetime) -> bool:
        """Say whether the packet of this media time came at that moment: only then the two speak of one stream."""
        found = self._found(media_time_s, media_time_s, None)
        if found is None:
            return False
        nearest = found[1][-1].facts
        return abs((nearest.received_at - received_at).total_seconds()) <= SAME_STREAM_S

    def _found(self, from_s: float, to_s: float, at_s: float | None) -> tuple[StreamFormat, list[_Held]] | None:
        until_s = (to_s if at_s is None else at_s) + SAME_TIME_S
        with self._lock:
            part = next(
                (one for one in reversed(self._parts) if one.packets and one.packets[0].media_time_s <= until_s),
                None,
            )
            if part is None:
                return None
            kept = list(part.packets)
        first = 0
        for position, packet in enumerate(kept):
            if packet.media_time_s > from_s:
                break
            if packet.facts.is_key:
                first = position
        last = bisect_left([packet.media_time_s for packet in kept], to_s + SAME_TIME_S)
        return part.form, kept[first:last]

    def _joined(self, rest: KeptPacket) -> KeptPacket:
        """Take the last packet out and return it with its rest.

        Parameter sets before each slice of a picture (some payloaders do so) make FFmpeg's parser give one
        picture as two packets of one time, which no file takes.
        """
        first = self._parts[-1].packets.pop()
        self._bytes -= len(first.view)
        return replace(first.facts, data=bytes(first.view) + rest.data)

    def _trim(self, now_s: float) -> None:
        """Drop whole groups of pictures from the front, and whole parts that have become too old."""
        oldest_s = now_s - self.length_s
        while True:
            part = self._parts[0]
            is_last = len(self._parts) == 1
            if not part.packets:
                if is_last:
                    return
                self._forget_sounds(self._parts.popleft())
                continue
            next_key = next((i for i, packet in enumerate(part.packets) if i and packet.facts.is_key), None)
            if next_key is None and is_last:
                return
            follows_s = part.packets[next_key].media_time_s if next_key is not None else part.packets[-1].media_time_s
            if self._bytes <= MOST_BYTES and follows_s > oldest_s:
                return
            for _ in range(len(part.packets) if next_key is None else next_key):
                self._bytes -= len(part.packets.popleft().view)
            if part.packets:
                self._trim_sounds(part, part.packets[0].media_time_s)

    def _trim_sounds(self, part: _Part, oldest_s: float) -> None:
        while part.sounds and (part.sounds[0].facts.media_time_s < oldest_s or self._sound_bytes > MOST_SOUND_BYTES):
            self._sound_bytes -= len(part.sounds.popleft().view)

    def _forget_sounds(self, part: _Part) -> None:
        self._sound_bytes -= sum(len(one.view) for one in part.sounds)
        part.sounds.clear()
        part.sound_form = None
