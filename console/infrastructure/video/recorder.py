"""Streams into segments: one thread writes for all of a worker's streams, and none of them ever waits for a disk.

Long because what may befall one segment, from its first packet to its repair, is one story of one thread.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import av.error

from console.application.ports import Clock
from console.domain.cameras import StreamProfile
from console.domain.ids import CameraId, SegmentId, new_id
from console.domain.recordings import LONGEST_SEGMENT, SEGMENT_LENGTH, RecordingClass, Segment
from console.infrastructure.channel.messages import RecordingCondition, RecordingWish, SegmentClosed
from console.infrastructure.recording_repair import close_left_draft
from console.infrastructure.recording_shelf import Drafts, RecordingShelf, place_of
from console.infrastructure.video.clips import clock_offset_s
from console.infrastructure.video.kept_sound import KeptSound, SoundFormat
from console.infrastructure.video.packets import KeptPacket, StreamFormat
from console.infrastructure.video.segments import SegmentFile
from console.infrastructure.video.timeline import seconds_of

_log = logging.getLogger(__name__)

# Judgement: eight seconds of sixteen main streams at 4 Mbit/s; a disk that stands still longer leaves a gap.
MOST_WAITING_BYTES = 64_000_000
# With more than this waiting the disk is behind: syncs are then this far apart, and packets go first.
LAGGING_BYTES, SYNC_WHEN_LAGGING_S = 8_000_000, 2.0
FAILED_FOR_S = 5.0  # after the disk refused
MEND_EVERY_S = 10.0
# Cameras of one picture a second are common, of one in three seconds not: a longer jump of a camera's stamps means
# that packets are missing, and ends the segment.
LARGEST_STEP_S = 3.0
# The muxer, and what SegmentFile does: the disk (OSError), a packet that fits nowhere (FFmpegError).
_REFUSED = (OSError, av.error.FFmpegError)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A packet on its way to the disk. ``stretch`` counts the times packets were missing before it."""

    tap: int
    stretch: int
    camera_id: str
    wish: RecordingWish
    form: StreamFormat
    packet: KeptPacket
    sound: SoundFormat | None = None

    @property
    def size_bytes(self) -> int:
        return len(self.packet.data)


@dataclass(frozen=True, slots=True)
class _TakenSound:
    """Sound on its way to the disk, for a file that was begun with its format."""

    tap: int
    stretch: int
    form: SoundFormat
    sound: KeptSound

    @property
    def size_bytes(self) -> int:
        return len(self.sound.data)


@dataclass(frozen=True, slots=True)
class _Stopped:
    tap: int


@dataclass(slots=True)
class _Writing:
    """What the recorder's thread knows of one tap."""

    held: _Taken | None = None
    file: SegmentFile | None = None
    wish: RecordingWish | None = None
    stretch: int = -1
    follows: str = ""
    failed_until_s: float = 0.0
    synced_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Growing:
    """A segment that is being written: what is in its file already can be read."""

    path: Path
    begins_at: datetime


class Recorder:
    """One a worker. ``offer``, ``stop`` and ``condition`` from any thread; the files belong to its own."""

    def __init__(
        self,
        shelf: RecordingShelf,
        clock: Clock,
        say: Callable[[SegmentClosed], None],
        most_waiting_bytes: int = MOST_WAITING_BYTES,
    ) -> None:
        """Args:
        say: tells the station of a closed segment; called on the recorder's thread.
        """
        self._shelf = shelf
        self._clock = clock
        self._say = say
        self._most_waiting_bytes = most_waiting_bytes
        self._woken = threading.Condition()
        self._waiting: deque[_Taken | _TakenSound | _Stopped] = deque()
        self._waiting_bytes = 0
        self._conditions: dict[int, RecordingCondition] = {}
        self._growing: dict[str, Growing] = {}
        self._taps = 0
        self._is_ending = False
        self._thread: threading.Thread | None = None
        # Of the thread alone:
        self._writing: dict[int, _Writing] = {}
        self._drafts: Drafts | None = None
        self._left: list[Path] = []
        self._mended_s = 0.0

    def new_tap(self) -> int:
        """Return a number for a stream's packets."""
        with self._woken:
            self._taps += 1
            return self._taps

    def offer(self, taken: _Taken | _TakenSound) -> bool:
        """Take a packet to be written; false when too much waits already or the recorder has ended. Never waits."""
        size = taken.size_bytes
        with self._woken:
            if self._is_ending or self._waiting_bytes + size > self._most_waiting_bytes:
                return False
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
                self._thread.start()
            self._waiting.append(taken)
            self._waiting_bytes += size
            self._woken.notify()
        return True

    def stop(self, tap: int) -> None:
        """No more packets for now: close what is open behind those already taken."""
        with self._woken:
            self._waiting.append(_Stopped(tap))
            self._woken.notify()

    def _note_condition(self, tap: int, condition: RecordingCondition) -> None:
        with self._woken:
            self._conditions[tap] = condition

    def condition(self, tap: int) -> RecordingCondition:
        with self._woken:
            return self._conditions.get(tap, "off")

    def growing(self, camera_id: str) -> Growing | None:
        """Return the file that a camera's packets go into now, if they go into one."""
        with self._woken:
            return self._growing.get(camera_id)

    @property
    def waiting_bytes(self) -> int:
        with self._woken:
            return self._waiting_bytes

    @property
    def has_caught_up(self) -> bool:
        """True when so little waits that who was refused may begin again without being refused at once."""
        return self.waiting_bytes * 2 < self._most_waiting_bytes

    def end(self, within_s: float) -> None:
        """Write what was taken, close what is open, and end. What is not done in time is left for repair."""
        with self._woken:
            self._is_ending = True
            self._woken.notify()
        if self._thread is not None:
            self._thread.join(within_s)

    # ---- the thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._woken:
                if not self._waiting and not self._is_ending:
                    self._woken.wait(MEND_EVERY_S)
                item = self._waiting.popleft() if self._waiting else None
                if isinstance(item, _Taken | _TakenSound):
                    self._waiting_bytes -= item.size_bytes
                is_over = item is None and self._is_ending
            try:
                if isinstance(item, _Taken):
                    self._take(item)
                elif isinstance(item, _TakenSound):
                    self._take_sound(item)
                elif isinstance(item, _Stopped):
                    self._stop(item.tap)
                self._mend()
            except Exception:  # noqa: BLE001 - the top of a thread: one stream's packets must not end all recordings
                _log.exception("the recorder stumbled")
            if is_over:
                break
        for tap in list(self._writing):
            self._stop(tap)
        if self._drafts is not None:
            self._drafts.close()

    def _take(self, taken: _Taken) -> None:
        writing = self._writing.setdefault(taken.tap, _Writing())
        held = writing.held
        if held is not None and (held.stretch, held.packet.dts) == (taken.stretch, taken.packet.dts):
            # One picture in two packets, as in the ring: parameter sets before each slice make FFmpeg split it.
            whole = replace(held.packet, data=held.packet.data + taken.packet.data)
            writing.held = replace(held, packet=whole)
            return
        writing.held = taken
        if held is not None:
            self._write(writing, held)

    def _take_sound(self, taken: _TakenSound) -> None:
        """Write sound into the file that is open; where there is none, or one of other sound, it is left out."""
        writing = self._writing.get(taken.tap)
        file = writing.file if writing is not None else None
        if writing is None or file is None or file.sound is not taken.form or writing.stretch != taken.stretch:
            return
        try:
            if file.add_sound(taken.sound):
                self._sync(writing, file)
        except _REFUSED as cause:
            self._fail(writing, taken, file.birth.camera_id, cause)

    def _stop(self, tap: int) -> None:
        writing = self._writing.pop(tap, None)
        if writing is None:
            return
        if writing.held is not None:
            self._write(writing, writing.held)
        self._close(writing)
        self._note_condition(tap, "off")

    def _write(self, writing: _Writing, taken: _Taken) -> None:
        if taken.stretch != writing.stretch:
            self._close(writing)
            writing.follows = ""
        elif writing.file is not None and _is_full(writing.file, writing.wish, taken):
            writing.follows = self._close(writing)
        writing.stretch = taken.stretch
        try:
            if writing.file is None and not self._open(writing, taken):
                return
            assert writing.file is not None
            if writing.file.add(taken.packet):
                self._sync(writing, writing.file)
        except _REFUSED as cause:
            self._fail(writing, taken, taken.camera_id, cause)

    def _open(self, writing: _Writing, taken: _Taken) -> bool:
        """Begin a segment if this packet can begin one; a packet that finds none and begins none is a gap."""
        if not taken.packet.is_key or self._clock.monotonic_s() < writing.failed_until_s:
            writing.follows = ""
            return False
        if self._drafts is None:
            self._drafts = self._shelf.begin_drafts()
        segment_id = SegmentId(new_id())
        key = taken.packet
        birth = Segment(
            segment_id=segment_id,
            camera_id=CameraId(taken.camera_id),
            profile=StreamProfile(taken.wish.profile),
            made_for=RecordingClass(taken.wish.made_for),
            path=place_of(segment_id, key.received_at),
            begins_at=key.received_at,
            ends_at=key.received_at,
            media_from_s=key.media_time_s,
            media_to_s=key.media_time_s,
            size_bytes=0,
            sha256="",
            codec=taken.form.codec,
            width=taken.form.width,
            height=taken.form.height,
            captured_at=key.captured_at,
            clock_offset_s=clock_offset_s(key),
            follows=writing.follows,
        )
        writing.file = SegmentFile(birth, taken.form, key, self._drafts.new(segment_id), taken.sound)
        with self._woken:
            self._growing[taken.camera_id] = Growing(writing.file.draft, birth.begins_at)
        writing.wish = taken.wish
        writing.synced_s = self._clock.monotonic_s()
        if self.condition(taken.tap) != taken.wish.made_for:
            _log.info("camera %s is recorded (%s)", taken.camera_id, taken.wish.made_for)
            self._note_condition(taken.tap, taken.wish.made_for)
        return True

    def _sync(self, writing: _Writing, file: SegmentFile) -> None:
        now_s = self._clock.monotonic_s()
        if self.waiting_bytes > LAGGING_BYTES and now_s - writing.synced_s < SYNC_WHEN_LAGGING_S:
            return
        file.sync()
        writing.synced_s = now_s

    def _close(self, writing: _Writing) -> str:
        """Close what is open and return its name; empty if there was nothing or it could not be closed."""
        file, writing.file = writing.file, None
        if file is None:
            return ""
        self._forget_growing(file)
        try:
            segment = file.close()
            self._shelf.put(file.draft, segment)
        except _REFUSED as cause:
            _log.error("segment %s could not be closed: %s", file.birth.segment_id, _plain(cause))
            self._left.append(file.draft)
            return ""
        self._say(SegmentClosed(segment_id=segment.segment_id, camera_id=segment.camera_id))
        return segment.segment_id

    def _fail(self, writing: _Writing, taken: _Taken | _TakenSound, camera_id: str, cause: Exception) -> None:
        _log.error("camera %s cannot be recorded: %s", camera_id, _plain(cause))
        self._note_condition(taken.tap, "failed")
        writing.failed_until_s = self._clock.monotonic_s() + FAILED_FOR_S
        writing.follows = ""
        file, writing.file = writing.file, None
        if file is not None:
            self._forget_growing(file)
            file.abandon()
            self._left.append(file.draft)

    def _forget_growing(self, file: SegmentFile) -> None:
        with self._woken:
            self._growing.pop(file.birth.camera_id, None)

    def _mend(self) -> None:
        """Close what the disk refused to close, now and then."""
        now_s = self._clock.monotonic_s()
        if not self._left or now_s - self._mended_s < MEND_EVERY_S:
            return
        self._mended_s = now_s
        for draft in list(self._left):
            with suppress(OSError):
                segment = close_left_draft(draft, self._shelf)
                self._left.remove(draft)
                if segment is not None:
                    self._say(SegmentClosed(segment_id=segment.segment_id, camera_id=segment.camera_id))


class StreamTap:
    """A stream's way into the recorder. Owned by the stream's thread; ``condition`` from any."""

    def __init__(self, recorder: Recorder, camera_id: str) -> None:
        self._recorder = recorder
        self._camera_id = camera_id
        self._tap = recorder.new_tap()
        self._stretch = 0
        self._is_running = False
        self._is_behind = False
        self._last: tuple[int, float] | None = None

    @property
    def condition(self) -> RecordingCondition:
        return "failed" if self._is_behind else self._recorder.condition(self._tap)

    def take(
        self, packet: KeptPacket, form: StreamFormat, wish: RecordingWish | None, sound: SoundFormat | None = None
    ) -> None:
        """Hand a packet on if the stream is to be recorded; what cannot be taken is left out up to a key packet.

        Args:
            sound: what is kept of the stream's sound from here on, ``None`` where nothing is.
        """
        if wish is None:
            self.stop()
            return
        at_s = seconds_of(packet.dts, form.time_base)
        if self._last is not None and not (self._last[0] <= packet.dts and at_s - self._last[1] <= LARGEST_STEP_S):
            self._stretch += 1
        self._last = (packet.dts, at_s)
        if self._is_behind and not (packet.is_key and self._recorder.has_caught_up):
            return
        taken = _Taken(self._tap, self._stretch, self._camera_id, wish, form, packet, sound)
        is_taken = self._recorder.offer(taken)
        if not is_taken and not self._is_behind:
            self._stretch += 1
            _log.error("camera %s is not recorded for now: the disk does not keep up", self._camera_id)
        self._is_behind = not is_taken
        self._is_running = True

    def take_sound(self, sound: KeptSound, form: SoundFormat) -> None:
        """Hand sound on beside the pictures that are recorded; what the disk does not keep up with is left out."""
        if self._is_running and not self._is_behind:
            self._recorder.offer(_TakenSound(self._tap, self._stretch, form, sound))

    def stop(self) -> None:
        """The stream ended, or is no longer recorded: close its segment. Whatever comes next stands alone."""
        if not self._is_running:
            return
        self._is_running = self._is_behind = False
        self._last = None
        self._stretch += 1
        self._recorder.stop(self._tap)


def _is_full(file: SegmentFile, wish: RecordingWish | None, taken: _Taken) -> bool:
    length_s = taken.packet.media_time_s - file.birth.media_from_s
    if length_s >= LONGEST_SEGMENT.total_seconds():
        return True
    is_another = taken.form is not file.form or taken.wish != wish or taken.sound is not file.sound
    return taken.packet.is_key and (is_another or length_s >= SEGMENT_LENGTH.total_seconds())


def _plain(cause: Exception) -> str:
    return (cause.strerror or type(cause).__name__) if isinstance(cause, OSError) else type(cause).__name__
