"""The media worker: opens streams, keeps packets, decodes what is looked at, cuts clips, plays recordings.

Long because every order a station may give has its line here, with what becomes of it.
"""

import argparse
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import av.logging
import cv2

from console.application.errors import Unavailable
from console.infrastructure.channel.connection import Channel, ChannelClosed, Endpoint, connect
from console.infrastructure.channel.messages import (
    AnyMessage,
    ClipCut,
    CloseStream,
    ControlPlayer,
    CutClip,
    CutRecording,
    Heartbeat,
    Hello,
    OpenStream,
    PlayClip,
    PlaySpan,
    RequestFailed,
    RunReplay,
    ScreenPace,
    ShutDown,
    SoundOfPlayer,
    StillTaken,
    StreamState,
    TakeReference,
    TakeStill,
)
from console.infrastructure.clock import SystemClock
from console.infrastructure.evidence_notes import write_note
from console.infrastructure.logs import Logs
from console.infrastructure.memory import give_back, keep_pictures_apart
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.video.capture import Capture
from console.infrastructure.video.clips import DiskRefused, clock_offset_s, picture_at, write_still
from console.infrastructure.video.growing_clip import GrowingClip
from console.infrastructure.video.hardware import OFF, Hardware
from console.infrastructure.video.ladder import Ladder, ScreenWatch, StreamLoad
from console.infrastructure.video.opening import Doorway
from console.infrastructure.video.player import Player
from console.infrastructure.video.recorded_span import packets_between, write_span
from console.infrastructure.video.recorder import Recorder
from console.infrastructure.video.reel import part_of_file, part_of_growing, part_of_packets
from console.infrastructure.video.replay import Replay
from console.infrastructure.work_notes import WorkNotes

_log = logging.getLogger(__name__)

ROLE = "media-worker"
NICENESS = 5  # PERFORMANCE.md: the seat's event loop stays quick beside saturated decoders
GIVE_BACK_EVERY_S = 60.0
LISTEN_S = 0.1
SAY_EVERY_S = 1.0
BEAT_EVERY_S = 0.5
CLIP_PATIENCE_S = 20.0
GROW_EVERY_S = 0.5  # judgement: what a kill costs of a clip beyond its last key picture
END_WITHIN_S = 1.0


def main(arguments: list[str]) -> int:
    """Serve the station that started us until its channel closes."""
    parser = argparse.ArgumentParser(prog=f"citydesk --role {ROLE}")
    parser.add_argument("--worker-id", default="media-1")
    parser.add_argument("--logs", type=Path, required=True)
    parser.add_argument("--recordings", type=Path, required=True)
    parser.add_argument("--ca-file", default="")
    parser.add_argument("--hardware-decode", default=OFF)
    chosen = parser.parse_args(arguments)
    logs = Logs(chosen.logs, chosen.worker_id)
    logs.begin()
    keep_pictures_apart()
    av.logging.set_level(None)  # FFmpeg's own lines would carry addresses with their passwords
    cv2.setNumThreads(1)  # a thread a stream is enough; a pool would wake every core for each small picture
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        channel = connect(Endpoint.from_environment())
    except Unavailable as cause:
        _log.error("%s", cause)
        return 1
    notes = WorkNotes(chosen.logs, chosen.worker_id)
    notes.expect_crashes()
    worker = MediaWorker(
        channel, chosen.worker_id, RecordingShelf(chosen.recordings), notes, chosen.ca_file, chosen.hardware_decode
    )
    try:
        worker.run()
    finally:
        worker.end()
        notes.end()
        channel.close()
        logs.end()
    return 0


@dataclass(slots=True)
class _Cutting:
    """A clip being written. The main thread sets ``is_at_it``, the writing thread what follows from it."""

    clip: GrowingClip
    give_up_s: float
    grown_s: float = 0.0
    is_at_it: bool = False
    is_done: bool = False


class MediaWorker:
    """Owned by the process's main thread; captures, players, the writer and the recorder have threads of their own."""

    def __init__(
        self,
        channel: Channel,
        worker_id: str,
        shelf: RecordingShelf,
        notes: WorkNotes,
        ca_file: str = "",
        hardware: str = OFF,
    ) -> None:
        self._channel = channel
        self._worker_id = worker_id
        self._notes = notes
        self._clock = SystemClock()
        self._doorway = Doorway(self._clock)
        self._ca_file = ca_file
        self._hardware = hardware
        self._recorder = Recorder(shelf, self._clock, self._say)
        self._captures: dict[str, Capture] = {}
        self._players: dict[str, Player] = {}
        self._replays: dict[str, Replay] = {}
        self._cutting: dict[str, _Cutting] = {}
        self._ladder = Ladder()
        self._screen = ScreenWatch()
        self._said: dict[str, StreamState] = {}
        self._said_s = 0.0
        self._beat_s = 0.0
        self._gave_back_s = self._clock.monotonic_s()
        self._writer = ThreadPoolExecutor(1, "clip-writer")
        self._ending = threading.Event()

    def run(self) -> None:
        """Obey until the station goes."""
        self._channel.send(Hello(role=ROLE, worker_id=self._worker_id, pid=os.getpid()))
        try:
            while True:
                if self._channel.has_arrived(LISTEN_S):
                    message = self._channel.receive()
                    if isinstance(message, ShutDown):
                        return
                    self._obey(message)
                self._grow_clips()
                self._report()
                self._tidy_memory()
        except ChannelClosed:
            return

    def _tidy_memory(self) -> None:
        now_s = self._clock.monotonic_s()
        if now_s - self._gave_back_s >= GIVE_BACK_EVERY_S:
            self._gave_back_s = now_s
            give_back()

    def end(self) -> None:
        for capture in self._captures.values():
            capture.end()
        for name, player in self._players.items():
            player.control(ControlPlayer(player_id=name, action="close"))
        for player in self._players.values():
            player.join(END_WITHIN_S)
        replays = list(self._replays.values())
        for name in list(self._replays):
            self._run_replay(RunReplay(player_id=name, action="close", when_s=self._clock.monotonic_s()))
        for replay in replays:
            replay.join(END_WITHIN_S)
        self._recorder.end(END_WITHIN_S)
        self._writer.shutdown(wait=False, cancel_futures=True)
        # A thread that Python ends while it is within a C++ library takes the process down with an abort. One that
        # waits for a silent camera is in none.
        give_up_s = self._clock.monotonic_s() + END_WITHIN_S
        for capture in self._captures.values():
            capture.join(max(0.0, give_up_s - self._clock.monotonic_s()))

    def _obey(self, message: AnyMessage) -> None:
        match message:
            case OpenStream():
                capture = self._captures.get(message.stream_id)
                if capture is not None:
                    capture.take(message)
                else:
                    self._captures[message.stream_id] = Capture(
                        message,
                        self._clock,
                        self._recorder,
                        self._notes,
                        self._doorway,
                        self._ca_file,
                        Hardware(self._hardware),
                    )
            case CloseStream():
                closed = self._captures.pop(message.stream_id, None)
                self._said.pop(message.stream_id, None)
                if closed is not None:
                    closed.end()
            case ScreenPace():
                self._screen.note(message.late_s, self._clock.monotonic_s())
            case TakeReference():
                asked = self._captures.get(message.stream_id)
                if asked is not None:
                    asked.sight.ask_reference(message.taken_by)
            case CutClip():
                if message.request_id not in self._cutting:
                    self._cutting[message.request_id] = _Cutting(GrowingClip(message), self._give_up_s(message))
            case CutRecording():
                self._writer.submit(self._cut_recording, message)
            case TakeStill():
                take = partial(self._at_work_for, message.stream_id, partial(self._take_still, message))
                self._writer.submit(self._guarded, message.request_id, take)
            case PlayClip():
                self._play(message)
            case ControlPlayer():
                self._control(message)
            case PlaySpan():
                self._open_replay(message)
            case RunReplay():
                self._run_replay(message)
            case SoundOfPlayer():
                self._let_hear(message)
            case _:
                _log.warning("a media worker does not know %s", message.kind)

    def _play(self, order: PlayClip) -> None:
        self._control(ControlPlayer(player_id=order.player_id, action="close"))
        self._players[order.player_id] = Player(order, self._clock, self._say)

    def _control(self, order: ControlPlayer) -> None:
        player = self._players.get(order.player_id)
        if player is None:
            return
        player.control(order)
        if order.action == "close":
            del self._players[order.player_id]

    def _open_replay(self, wish: PlaySpan) -> None:
        """Play the segments, and behind them what no index knows yet: the open segment, else the packets in memory."""
        parts = [part_of_file(Path(part.path), part.begins_at, part.ends_at) for part in wish.parts]
        growing = self._recorder.growing(wish.camera_id)
        capture = self._captures.get(wish.stream_id)
        kept = capture.ring.all() if capture is not None else None
        if growing is not None:
            parts.append(part_of_growing(growing.path, growing.begins_at, self._clock.now()))
        elif kept is not None:
            assert capture is not None
            parts.append(part_of_packets(*kept, capture.ring.sound_of(kept[0])))
        self._replays[wish.player_id] = Replay(wish, parts, self._clock, self._say)

    def _run_replay(self, order: RunReplay) -> None:
        replay = self._replays.get(order.player_id)
        if replay is None:
            return
        replay.order(order)
        if order.action == "close":
            del self._replays[order.player_id]

    def _let_hear(self, order: SoundOfPlayer) -> None:
        player, replay = self._players.get(order.player_id), self._replays.get(order.player_id)
        if player is not None:
            player.control(order)
        elif replay is not None:
            replay.order(order)

    def _say(self, message: AnyMessage) -> None:
        """Tell the station; when it is gone the main thread finds out by itself."""
        try:
            self._channel.send(message)
        except ChannelClosed:
            self._ending.set()

    def _report(self) -> None:
        now_s = self._clock.monotonic_s()
        is_time = now_s - self._said_s >= SAY_EVERY_S
        if is_time:
            self._spare(now_s)
        for name, capture in self._captures.items():
            state = capture.state()
            before = self._said.get(name)
            if is_time or before is None or _told(before) != _told(state):
                self._said[name] = state
                self._channel.send(state)
            for taken in capture.sight.take_news():
                self._channel.send(taken)
        if is_time:
            self._said_s = now_s
        if now_s - self._beat_s >= BEAT_EVERY_S:
            self._beat_s = now_s
            self._channel.send(
                Heartbeat(
                    role=ROLE,
                    worker_id=self._worker_id,
                    at=self._clock.now(),
                    figures={
                        "streams": float(len(self._captures)),
                        "players": float(len(self._players) + len(self._replays)),
                        "recording_waits_bytes": float(self._recorder.waiting_bytes),
                        "decoded": float(sum(capture.decoded for capture in self._captures.values())),
                        "damaged": float(sum(capture.damaged for capture in self._captures.values())),
                    },
                )
            )

    def _spare(self, now_s: float) -> None:
        """Let streams leave something out where the machine does not keep up."""
        at_work = {name: capture for name, capture in self._captures.items() if capture.is_decoding}
        loads = {
            name: StreamLoad(late_s=capture.sparing.late_s, rank=capture.rank, is_watched=capture.is_watched)
            for name, capture in at_work.items()
        }
        for name, step in self._ladder.look(loads, now_s, self._screen.late_s(now_s)).items():
            at_work[name].sparing.step = step

    # ---- clips and stills ------------------------------------------------------------------------------------

    def _grow_clips(self) -> None:
        """Let every clip grow by what has come since; one whose stream fell silent is cut short."""
        now_s = self._clock.monotonic_s()
        for name, cutting in list(self._cutting.items()):
            if cutting.is_done:
                del self._cutting[name]
            elif not cutting.is_at_it and now_s - cutting.grown_s >= GROW_EVERY_S:
                cutting.is_at_it, cutting.grown_s = True, now_s
                self._writer.submit(self._grow, cutting, now_s > cutting.give_up_s)

    def _grow(self, cutting: "_Cutting", is_over: bool) -> None:
        order = cutting.clip.order
        grow = partial(self._at_work_for, order.stream_id, partial(self._grow_on, cutting, is_over=is_over))
        cutting.is_done = not self._guarded(order.request_id, grow)
        cutting.is_at_it = False

    def _grow_on(self, cutting: "_Cutting", *, is_over: bool) -> bool:
        """Return whether there is more to come."""
        capture = self._captures.get(cutting.clip.order.stream_id)
        if not cutting.clip.grow(capture.ring if capture is not None else None, is_over=is_over):
            return True
        self._say(cutting.clip.finish())
        return False

    def _give_up_s(self, order: CutClip) -> float:
        """Return until when a clip's last picture is waited for: its own time, and some patience more."""
        capture = self._captures.get(order.stream_id)
        newest_s = capture.ring.newest_s() if capture is not None else None
        ahead_s = max(0.0, order.to_media_s - newest_s) if newest_s is not None else 0.0
        return self._clock.monotonic_s() + ahead_s + CLIP_PATIENCE_S

    def _at_work_for(self, stream_id: str, act: Callable[[], bool]) -> bool:
        """Do it with the stream's name on this thread: its packets may be what ends the process."""
        with self._notes.at_work_for(stream_id) as mark, mark:
            return act()

    def _guarded(self, request_id: str, act: Callable[[], bool]) -> bool:
        """Do it and return what it returns; false, and the asker hears why, where it failed."""
        try:
            return act()
        except Unavailable as cause:
            self._say(
                RequestFailed(
                    request_id=request_id,
                    reason=str(cause),
                    sentence=cause.sentence,
                    values={name: str(value) for name, value in cause.values.items()},
                    may_pass=isinstance(cause, DiskRefused),
                )
            )
        except Exception:  # noqa: BLE001 - the top of a thread: the asker must hear of it
            _log.exception("request %s stumbled", request_id)
            self._say(RequestFailed(request_id=request_id, reason="The decoder met a fault; see the log."))
        return False

    def _cut_recording(self, order: CutRecording) -> None:
        try:
            span = packets_between(order.parts, order.from_at, order.to_at)
            written = write_span(span, Path(order.path))
        except Unavailable as cause:
            self._say(RequestFailed(request_id=order.request_id, reason=cause.sentence.format(**cause.values)))
            return
        except Exception:  # noqa: BLE001 - the top of a thread: the asker must hear of it
            _log.exception("request %s stumbled", order.request_id)
            self._say(RequestFailed(request_id=order.request_id, reason="The decoder met a fault; see the log."))
            return
        first, last = span.packets[0], span.packets[-1]
        self._say(
            ClipCut(
                request_id=order.request_id,
                path=str(written.path),
                sha256=written.sha256,
                size_bytes=written.size_bytes,
                from_media_s=first.media_time_s,
                to_media_s=first.media_time_s + (last.received_at - first.received_at).total_seconds(),
                begins_at=first.received_at,
                captured_at=first.captured_at,
                clock_offset_s=clock_offset_s(first),
                width=span.form.width,
                height=span.form.height,
                codec=span.form.codec,
                sound=span.sound.codec if span.sound is not None else "",
            )
        )

    def _take_still(self, order: TakeStill) -> bool:
        capture = self._captures.get(order.stream_id)
        known = order.known
        if capture is not None and known is not None and not capture.ring.holds(known.media_time_s, known.received_at):
            capture = None
        newest_s = capture.ring.newest_s() if capture is not None else None
        at_s = order.media_time_s if order.media_time_s is not None else newest_s
        found = capture.ring.span(at_s, at_s) if capture is not None and at_s is not None else None
        if found is None or at_s is None:
            raise Unavailable("The stream has no packets of that time.")
        frame, packet = picture_at(*found, at_s)
        written = write_still(frame, Path(order.path))
        taken = StillTaken(
            request_id=order.request_id,
            path=str(written.path),
            sha256=written.sha256,
            size_bytes=written.size_bytes,
            width=frame.width,
            height=frame.height,
            media_time_s=packet.media_time_s,
            received_at=packet.received_at,
            captured_at=packet.captured_at,
            clock_offset_s=clock_offset_s(packet),
        )
        try:
            write_note(taken)
        except OSError as cause:
            raise DiskRefused("The still could not be written: {reason}.", reason=cause.strerror or "") from cause
        self._say(taken)
        return False


def _told(state: StreamState) -> tuple[object, ...]:
    """Return what of a state is said at once when it changes; the rest can wait for the next second."""
    return state.condition, state.since, state.sight
