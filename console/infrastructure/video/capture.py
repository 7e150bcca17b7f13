"""One camera's stream: opened, kept as packets, decoded as far as anybody looks, opened again when it is lost.

Long because what may befall one connection is one story, told in the order in which it happens.
"""

import logging
import random
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import cast

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from console.application.ports import Clock
from console.infrastructure.channel.messages import OpenStream, StreamCondition, StreamState
from console.infrastructure.frame_slots import SlotUnavailable
from console.infrastructure.video.arriving import Arrival, CodecNotKnown
from console.infrastructure.video.clocks import CameraClock
from console.infrastructure.video.freezing import PictureMemory
from console.infrastructure.video.hardware import OFF, Hardware, plainly
from console.infrastructure.video.kept_sound import SoundKeeper
from console.infrastructure.video.listening import Ear, ear_for
from console.infrastructure.video.opening import READ_WITHIN_S, Doorway, opened, why_refused
from console.infrastructure.video.packets import (
    KeptPacket,
    StreamFormat,
    form_of_key,
    parameter_sets,
)
from console.infrastructure.video.recorder import Recorder, StreamTap
from console.infrastructure.video.ring import PacketRing
from console.infrastructure.video.scaling import LookWriter, PictureWriter, rows_of
from console.infrastructure.video.sight import SightTold, StreamSight
from console.infrastructure.video.sparing import Sparing
from console.infrastructure.video.timeline import Timeline
from console.infrastructure.work_notes import Mark, WorkNotes

_log = logging.getLogger(__name__)

STALE_AFTER_S = 5.0
FROZEN_AFTER_S = 10.0
NOTHING_DECODED_S = 5.0
FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 30.0
JITTER = 0.3  # of a wait: cameras that were lost together do not come back together
LASTED_S = 10.0  # judgement: a connection that lived as long begins anew with the shortest wait
_LOST = ("opening", "no_signal", "wrong_password", "not_trusted", "cannot_open")


class PicturesHang(OSError):
    """A connection over which everything comes but pictures."""


class Capture:
    """A thread a stream. ``wish`` and ``state`` from any thread; everything else belongs to its own."""

    def __init__(
        self,
        wish: OpenStream,
        clock: Clock,
        recorder: Recorder,
        notes: WorkNotes,
        doorway: Doorway,
        ca_file: str = "",
        hardware: Hardware | None = None,
    ) -> None:
        """Args:
        doorway: says when it is this stream's turn to open, so that a wall does not knock at a switch all at once.
        ca_file: certificates that a camera's own is checked against; empty for those of this machine.
        hardware: what may decode besides software.
        """
        self.ring = PacketRing(wish.ring_s)
        self._hardware = hardware or Hardware(OFF)
        self.sparing = Sparing(self._hardware.new_decoder)
        self.sight = StreamSight(wish.stream_id, wish.camera_id, clock)
        self._tap = StreamTap(recorder, wish.camera_id)
        self._clock = clock
        self._notes = notes
        self._doorway = doorway
        self._ca_file = ca_file
        self._lock = threading.RLock()
        self._wish = wish
        self._followed: OpenStream | None = None
        self._ending = threading.Event()
        self._retry = threading.Event()
        self._condition: StreamCondition = "opening"
        self._since = clock.now()
        self._detail = ""
        self._attempts = 0
        self._opening, self._is_over = wish.opening, False
        self._opened_s: float | None = None
        self._next_retry_at: datetime | None = None
        self._form: StreamFormat | None = None
        self._camera_clock = CameraClock()
        self._last_packet_s: float | None = None
        self._is_waking = False
        self._last_change_s = clock.monotonic_s()
        self._last_decoded_s = clock.monotonic_s()
        self._memory = PictureMemory()
        self._media_time_s: float | None = None
        self._arrivals: deque[float] = deque()
        self._parameter_sets: frozenset[bytes] = frozenset()
        self.decoded, self.damaged = 0, 0  # pictures, since the stream was first asked for
        self._pictures: dict[str, PictureWriter] = {}
        self._looks: dict[str, LookWriter] = {}
        self._ear: Ear | None = None
        self._keeper: SoundKeeper | None = None
        self._sound_codec = ""
        self._thread = threading.Thread(target=self._run, name=f"capture-{wish.stream_id}", daemon=True)
        self._thread.start()

    @property
    def format(self) -> StreamFormat | None:
        return self._form

    def take(self, wish: OpenStream) -> None:
        """Apply a changed wish; another address, transport or opening is opened anew."""
        with self._lock:
            before, self._wish = self._wish, wish
            self.ring.length_s = wish.ring_s
        if (before.address, before.transport, before.opening) != (wish.address, wish.transport, wish.opening):
            self._retry.set()

    @property
    def rank(self) -> int:
        return self._wish.rank

    @property
    def is_watched(self) -> bool:
        return bool(self._looks)

    @property
    def is_decoding(self) -> bool:
        """Whether anybody looks at its pictures."""
        return bool(self._pictures or self._looks)

    def end(self) -> None:
        """Ask the thread to end; it does within a read's time. Its slots are no longer written at once."""
        self._ending.set()
        self._retry.set()

    def join(self, within_s: float) -> None:
        self._thread.join(within_s)

    def state(self) -> StreamState:
        """Return how the stream is now, by what has arrived and when."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            self._judge(now_s)
            return self._state(now_s)

    def _state(self, now_s: float) -> StreamState:
        wish, form = self._wish, self._form
        # What was seen before the pictures stopped says nothing of now; a dead sensor may send black that stands still.
        seen = self.sight.told
        is_seen = self._condition == "live" or (self._condition == "frozen" and seen.word in ("black", "blank"))
        sight = seen if is_seen and self._is_decoding() else SightTold()
        recent = [at for at in list(self._arrivals) if now_s - at <= 2.0]
        return StreamState(
            stream_id=wish.stream_id,
            camera_id=wish.camera_id,
            condition=self._condition,
            since=self._since,
            detail=self._detail,
            attempts=self._attempts if self._condition in _LOST else 0,
            next_retry_at=self._next_retry_at,
            width=form.width if form else 0,
            height=form.height if form else 0,
            frames_per_s=len(recent) / 2.0,
            codec=form.codec if form else "",
            media_time_s=self._media_time_s,
            clock_offset_s=self._camera_clock.offset_s,
            clock_source=self._camera_clock.source,
            sound=self._sound_codec,
            recording=self._tap.condition,
            hardware=self._hardware.name if self._is_decoding() else "",
            sparing=self.sparing.step if self._pictures else "full",
            shown_per_s=self.sparing.shown_per_s(now_s),
            opening=self._opening,
            is_over=self._is_over,
            sight=sight.word,
            sight_since=sight.since,
            sight_picture=sight.picture,
        )

    # ---- judged by whoever asks ------------------------------------------------------------------------------

    def _judge(self, now_s: float) -> None:
        """Under the lock: a stream lost meanwhile must not be called live by what was true a moment ago."""
        if self._condition in _LOST or self._last_packet_s is None:
            return
        silent_s = now_s - self._last_packet_s
        if silent_s > STALE_AFTER_S:
            until = self._clock.now() + timedelta(seconds=max(0.0, READ_WITHIN_S - silent_s))
            self._say("stale", next_retry_at=until)
        elif self._is_decoding() and now_s - self._last_decoded_s > NOTHING_DECODED_S + self.sparing.patience_s:
            self._say("cannot_decode")
        elif self._is_decoding() and now_s - self._last_change_s > FROZEN_AFTER_S + self.sparing.patience_s:
            self._say("frozen")
        else:
            self._say("live")

    def _is_decoding(self) -> bool:
        return bool(self._pictures or self._looks)

    def _say(self, condition: StreamCondition, detail: str = "", next_retry_at: datetime | None = None) -> None:
        with self._lock:
            if condition != self._condition:
                _log.info("stream %s is %s %s", self._wish.stream_id, condition, detail)
                self._condition = condition
                self._since = self._clock.now()
            self._detail = detail
            self._next_retry_at = next_retry_at

    # ---- the thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        with self._notes.at_work_for(self._wish.stream_id) as mark:
            self._go_on(mark)

    def _go_on(self, mark: Mark) -> None:
        while not self._ending.is_set():
            with self._lock:
                wish = self._wish
            self._ending.wait(self._doorway.wait_s(wish.address.get_secret_value()))
            self._retry.clear()
            with self._lock:
                wish = self._wish
                if wish.opening != self._opening:
                    self._opening, self._is_over = wish.opening, False
                    self._say("opening")
            try:
                self._watch(wish, mark)
                self._lose("no_signal", "the camera ended the connection")
            except (av.error.FFmpegError, OSError, CodecNotKnown) as cause:
                self._lose(*why_refused(cause, wish))
            except Exception:  # noqa: BLE001 - the top of a thread: a hostile stream must not end its watch
                _log.exception("stream %s stumbled", wish.stream_id)
                self._lose("no_signal", "decoder fault")
        self._tap.stop()
        self._close_writers()

    def _lose(self, condition: StreamCondition, detail: str) -> None:
        """Say that the stream is lost and wait until it is tried again, the longer the more often that failed."""
        if self._ending.is_set() or self._retry.is_set():
            return
        self._tap.stop()
        if condition == "wrong_password" or self._opening:  # an address for one opening is not tried again
            with self._lock:
                self._say(condition, detail)
                self._last_packet_s = None
                self._is_over = self._opening > 0
            self._retry.wait()
            return
        now_s = self._clock.monotonic_s()
        # A camera that hangs up as soon as it has answered is as lost as one that does not answer.
        has_lasted = self._opened_s is not None and now_s - self._opened_s > LASTED_S
        self._attempts = 1 if has_lasted else self._attempts + 1
        self._opened_s = None
        wait_s = min(FIRST_RETRY_S * 2 ** min(self._attempts - 1, 6), LONGEST_RETRY_S)
        wait_s *= random.uniform(1 - JITTER, 1 + JITTER)
        with self._lock:
            self._say(condition, detail, self._clock.now() + timedelta(seconds=wait_s))
            self._last_packet_s = None
        self._retry.wait(wait_s)

    def _watch(self, wish: OpenStream, mark: Mark) -> None:
        with opened(wish, self._ca_file, self._clock, self._retry.is_set) as container:
            if not container.streams.video:
                raise av.error.InvalidDataError(0, "no video in it")
            stream = container.streams.video[0]
            arrival = Arrival(container, stream, self._clock, self._retry.wait, self.sparing.begin)
            self._form = form = arrival.form
            self._tap.stop()
            self._camera_clock = CameraClock()
            self.ring.begin(form)
            self._parameter_sets = frozenset()
            self._opened_s = self._clock.monotonic_s()
            timeline = Timeline(form.time_base, self._media_time_s)
            sound = container.streams.audio[0] if container.streams.audio else None
            self._sound_codec = sound.codec_context.name if sound is not None else ""
            self._stop_listening()
            self._keeper = None
            self.sparing.begin()
            decoder = self.sparing.new_decoder(form)
            has_key = False
            for packet in arrival.packets(lambda: self._pictures_of(container, stream, sound, timeline)):
                if self._ending.is_set() or self._retry.is_set():
                    return
                if packet.dts is None and packet.pts is None:
                    if timeline.has_begun:
                        continue
                    # FFmpeg leaves the first picture of a stream without a stamp; RTSP counts from it.
                    packet.dts = packet.pts = 0
                kept = self._keep(packet, timeline)
                self._follow_wishes()
                has_key = has_key or kept.is_key
                has_key = has_key and self._is_decoding() and self._is_wanted(kept)
                if not has_key:
                    continue
                decoder = self.sparing.decoder(decoder, self._form, is_key=kept.is_key)
                with mark:
                    if not self._decode(decoder, packet, kept):
                        decoder = self.sparing.new_decoder(self._form)
                        # From this picture on if others can be made from it, else from the next such.
                        has_key = kept.is_key and self._decode(decoder, packet, kept)

    def _pictures_of(
        self, container: InputContainer, pictures: VideoStream, sound: AudioStream | None, timeline: Timeline
    ) -> "Iterator[av.Packet[VideoStream]]":
        """Yield the packets of pictures; those of sound are heard and kept on the way.

        What nobody wants is read too, for 1 µs a packet (measured): else sound that runs on, or a camera's own notes,
        would keep FFmpeg reading for ever beside pictures that hang.

        Raises:
            PicturesHang: the connection lives, its pictures do not.
        """
        is_over = False
        came_s = self._clock.monotonic_s()
        while not is_over:
            ear, keeper = self._ear_for(sound), self._keeper_of(sound)
            is_over = True
            for packet in container.demux():
                if packet.stream is pictures:
                    yield cast("av.Packet[VideoStream]", packet)
                    came_s = self._clock.monotonic_s()
                elif self._ending.is_set() or self._retry.is_set():
                    return
                elif self._clock.monotonic_s() - came_s > READ_WITHIN_S:
                    raise PicturesHang("its pictures stopped, the rest of the stream goes on")
                elif packet.stream is sound:
                    of_sound = cast("av.Packet[AudioStream]", packet)
                    when = partial(timeline.beside_s, time_base=packet.time_base)
                    if keeper is not None:
                        self._keep_sound(keeper, of_sound, when)
                    if ear is not None:
                        ear.take(of_sound, when, self._clock.monotonic_s())
                wish = self._wish
                is_another = wish.sound != (ear.path if ear is not None else "")
                if sound is not None and (is_another or wish.keeps_sound != (keeper is not None)):
                    is_over = False
                    break

    def _keeper_of(self, sound: AudioStream | None) -> SoundKeeper | None:
        """Return who keeps the stream's sound; where it may be kept no longer all that was kept is let go."""
        if sound is None or not self._wish.keeps_sound:
            self._keeper = None
            self.ring.forget_sound()
        elif self._keeper is None:
            self._keeper = SoundKeeper(sound)
        return self._keeper

    def _keep_sound(
        self, keeper: SoundKeeper, packet: "av.Packet[AudioStream]", when: Callable[[int], float | None]
    ) -> None:
        for kept in keeper.take(packet, when):
            if keeper.form is None:
                continue
            if self.ring.length_s > 0:
                self.ring.add_sound(keeper.form, kept)
            self._tap.take_sound(kept, keeper.form)

    def _ear_for(self, sound: AudioStream | None) -> Ear | None:
        """Return who hears the stream now, ``None`` where nobody wants to or it has no sound."""
        self._stop_listening()
        wish = self._wish
        if sound is not None and wish.sound:
            self._ear = ear_for(wish.sound, sound)
        return self._ear

    def _stop_listening(self) -> None:
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.close()

    def _is_wanted(self, kept: KeptPacket) -> bool:
        looks_per_s = max((look.slot.looks_per_s for look in self._looks.values()), default=0.0)
        now_s = self._clock.monotonic_s()
        return self.sparing.wants(now_s, is_key=kept.is_key, looks_per_s=looks_per_s, is_shown=bool(self._pictures))

    def _keep(self, packet: "av.Packet[VideoStream]", timeline: "Timeline") -> KeptPacket:
        now_s = self._clock.monotonic_s()
        received_at = self._clock.now()
        is_first = self._last_packet_s is None
        silent_s = now_s - self._last_packet_s if self._last_packet_s is not None else 0.0
        # FFmpeg holds one picture back and hands it out when a read ends, also by time-out: after a silence the first
        # packet is as old as the silence and proves nothing; the second one does.
        is_late = silent_s > STALE_AFTER_S and not self._is_waking
        self._is_waking = is_late
        if is_late:
            received_at -= timedelta(seconds=silent_s)
        else:
            self._last_packet_s = now_s
            self._arrivals.append(now_s)
            while now_s - self._arrivals[0] > 2.0:
                self._arrivals.popleft()
        pts = packet.pts if packet.pts is not None else packet.dts
        dts = packet.dts if packet.dts is not None else packet.pts
        assert pts is not None and dts is not None
        media_time_s = timeline.media_time_s(dts)
        self._media_time_s = media_time_s
        kept = KeptPacket(
            data=bytes(packet),
            pts=pts,
            dts=dts,
            is_key=packet.is_keyframe,
            media_time_s=media_time_s,
            received_at=received_at,
            captured_at=None if is_late else self._camera_clock.note(packet, media_time_s, received_at),
        )
        self.sparing.note(kept, now_s)
        if kept.is_key:
            self._note_format(kept)
        if self.ring.length_s > 0:
            self.ring.add(kept)
        if self._form is not None:
            sound = self._keeper.form if self._keeper is not None else None
            self._tap.take(kept, self._form, self._wish.recording, sound)
        if self._condition in _LOST or is_first:
            self._last_change_s = self._last_decoded_s = now_s
            self._say("live")
        return kept

    def _note_format(self, key: KeptPacket) -> None:
        """Begin the ring anew when the camera changed its picture's size or settings within the connection."""
        form = self._form
        assert form is not None
        found = parameter_sets(form.codec, key.data)
        before, self._parameter_sets = self._parameter_sets, found or self._parameter_sets
        is_unknown = form.width == 0  # opened between two key pictures
        if found and (is_unknown or before) and found != before:
            self._form = form = form_of_key(form, key)
            self.ring.begin(form)
            _log.info("stream %s is now %s×%s", self._wish.stream_id, form.width, form.height)

    def _decode(self, decoder: av.VideoCodecContext, packet: "av.Packet[VideoStream]", kept: KeptPacket) -> bool:
        """Decode a packet and publish what it gives; say no where another decoder is to go on."""
        try:
            frames = decoder.decode(packet)
        except av.error.FFmpegError:
            self.damaged += 1  # the next picture may be whole, and "cannot decode" says if none is
            return self._hardware.holds(decoder, pictures=0, is_bad=True)
        if not self._hardware.holds(decoder, pictures=len(frames), is_bad=False):
            return False
        for frame in map(plainly, frames):
            self.decoded += 1
            now_s = self._clock.monotonic_s()
            self._last_decoded_s = now_s
            self._note_change(frame, now_s)
            # What waited unread in the connection is as old as it waited, whenever we took it out.
            seen_at = kept.received_at - timedelta(seconds=self.sparing.late_s)
            is_shown = bool(self._pictures) and self.sparing.shows(kept.media_time_s, now_s)
            for picture in self._pictures.values() if is_shown else ():
                picture.write(
                    frame,
                    media_time_s=kept.media_time_s,
                    received_at=seen_at,
                    captured_at=kept.captured_at,
                    is_key=kept.is_key,
                )
            self.sight.look(frame, now_s, is_spared=self.sparing.step != "full")
            if now_s - self._last_change_s > FROZEN_AFTER_S:
                continue  # a dead picture is no evidence: the detector gets none, and its silence is accounted for
            for look in self._looks.values():
                if look.is_due(kept.media_time_s):
                    look.write(
                        frame,
                        media_time_s=kept.media_time_s,
                        received_at=kept.received_at,
                        captured_at=kept.captured_at,
                    )

        return True

    def _note_change(self, frame: av.VideoFrame, now_s: float) -> None:
        """Remember when a picture last came that was not seen just before."""
        luma = rows_of(frame.planes[0])[: frame.height, : frame.width]
        if self._memory.is_new(luma, now_s, self.sparing.gap_s(now_s)):
            self._last_change_s = now_s

    def _follow_wishes(self) -> None:
        """Open and close the places pictures are written to, as asked for since."""
        with self._lock:
            wish = self._wish
        if wish is self._followed:
            return
        self.sight.follow(wish.sight)
        pictures = {slot.slot_path: slot for slot in wish.pictures}
        looks = {slot.slot_path: slot for slot in wish.looks}
        was_decoding = self._is_decoding()
        for path in [path for path in self._pictures if path not in pictures]:
            self._pictures.pop(path).close()
        for path in [path for path, look in self._looks.items() if looks.get(path) != look.slot]:
            self._looks.pop(path).close()
        for path, slot in pictures.items():
            if path not in self._pictures:
                with suppress(SlotUnavailable):
                    self._pictures[path] = PictureWriter(slot)
        for path, look in looks.items():
            if path not in self._looks:
                with suppress(SlotUnavailable):
                    self._looks[path] = LookWriter(look)
        is_whole = self._pictures.keys() == pictures.keys() and self._looks.keys() == looks.keys()
        self._followed = wish if is_whole else None  # a place that could not be opened is tried again
        if self._is_decoding() and not was_decoding:
            self._last_change_s = self._last_decoded_s = self._clock.monotonic_s()

    def _close_writers(self) -> None:
        for picture in self._pictures.values():
            picture.close()
        for look in self._looks.values():
            look.close()
        self._pictures.clear()
        self._looks.clear()
        self._stop_listening()
