"""The media worker: opens streams, keeps packets, decodes what is looked at, cuts clips, plays recordings."""

import argparse
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
    Heartbeat,
    Hello,
    OpenStream,
    PlayClip,
    RequestFailed,
    ShutDown,
    StillTaken,
    StreamState,
    TakeStill,
)
from console.infrastructure.clock import SystemClock
from console.infrastructure.logs import Logs
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.video.capture import Capture
from console.infrastructure.video.clips import clock_offset_s, picture_at, write_clip, write_still
from console.infrastructure.video.player import Player
from console.infrastructure.video.recorder import Recorder

_log = logging.getLogger(__name__)

ROLE = "media-worker"
NICENESS = 5  # PERFORMANCE.md: the seat's event loop stays quick beside saturated decoders
LISTEN_S = 0.1
SAY_EVERY_S = 1.0
BEAT_EVERY_S = 0.5
STAGGER_S = 0.12
CLIP_PATIENCE_S = 20.0
END_WITHIN_S = 1.0


def main(arguments: list[str]) -> int:
    """Serve the station that started us until its channel closes."""
    parser = argparse.ArgumentParser(prog=f"citydesk --role {ROLE}")
    parser.add_argument("--worker-id", default="media-1")
    parser.add_argument("--logs", type=Path, required=True)
    parser.add_argument("--recordings", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    logs = Logs(chosen.logs, chosen.worker_id)
    logs.begin()
    av.logging.set_level(None)  # FFmpeg's own lines would carry addresses with their passwords
    cv2.setNumThreads(1)  # a thread a stream is enough; a pool would wake every core for each small picture
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        channel = connect(Endpoint.from_environment())
    except Unavailable as cause:
        _log.error("%s", cause)
        return 1
    worker = MediaWorker(channel, chosen.worker_id, RecordingShelf(chosen.recordings))
    try:
        worker.run()
    finally:
        worker.end()
        channel.close()
        logs.end()
    return 0


class MediaWorker:
    """Owned by the process's main thread; captures, players, the writer and the recorder have threads of their own."""

    def __init__(self, channel: Channel, worker_id: str, shelf: RecordingShelf) -> None:
        self._channel = channel
        self._worker_id = worker_id
        self._clock = SystemClock()
        self._recorder = Recorder(shelf, self._clock, self._say)
        self._captures: dict[str, Capture] = {}
        self._players: dict[str, Player] = {}
        self._waiting: list[tuple[float, CutClip]] = []
        self._said: dict[str, StreamState] = {}
        self._said_s = 0.0
        self._beat_s = 0.0
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
                self._cut_what_is_ripe()
                self._report()
        except ChannelClosed:
            return

    def end(self) -> None:
        for capture in self._captures.values():
            capture.end()
        for name, player in self._players.items():
            player.control(ControlPlayer(player_id=name, action="close"))
        for player in self._players.values():
            player.join(END_WITHIN_S)
        self._recorder.end(END_WITHIN_S)
        self._writer.shutdown(wait=False, cancel_futures=True)

    def _obey(self, message: AnyMessage) -> None:
        match message:
            case OpenStream():
                capture = self._captures.get(message.stream_id)
                if capture is not None:
                    capture.take(message)
                else:
                    stagger_s = STAGGER_S * len([one for one in self._captures.values() if one.format is None])
                    self._captures[message.stream_id] = Capture(message, self._clock, stagger_s, self._recorder)
            case CloseStream():
                closed = self._captures.pop(message.stream_id, None)
                self._said.pop(message.stream_id, None)
                if closed is not None:
                    closed.end()
            case CutClip():
                self._waiting.append((self._give_up_s(message), message))
            case TakeStill():
                self._writer.submit(self._guarded, message.request_id, partial(self._take_still, message))
            case PlayClip():
                self._play(message)
            case ControlPlayer():
                self._control(message)
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

    def _say(self, message: AnyMessage) -> None:
        """Tell the station; when it is gone the main thread finds out by itself."""
        try:
            self._channel.send(message)
        except ChannelClosed:
            self._ending.set()

    def _report(self) -> None:
        now_s = self._clock.monotonic_s()
        is_time = now_s - self._said_s >= SAY_EVERY_S
        for name, capture in self._captures.items():
            state = capture.state()
            before = self._said.get(name)
            if is_time or before is None or (before.condition, before.since) != (state.condition, state.since):
                self._said[name] = state
                self._channel.send(state)
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
                        "players": float(len(self._players)),
                        "recording_waits_bytes": float(self._recorder.waiting_bytes),
                        "decoded": float(sum(capture.decoded for capture in self._captures.values())),
                        "damaged": float(sum(capture.damaged for capture in self._captures.values())),
                    },
                )
            )

    # ---- clips and stills ------------------------------------------------------------------------------------

    def _cut_what_is_ripe(self) -> None:
        """Cut the clips whose last picture has arrived; one whose stream fell silent is cut short."""
        unripe = []
        for give_up_s, order in self._waiting:
            capture = self._captures.get(order.stream_id)
            newest_s = capture.ring.newest_s() if capture is not None else None
            is_ripe = newest_s is not None and newest_s >= order.to_media_s
            if is_ripe or self._clock.monotonic_s() > give_up_s:
                self._writer.submit(self._guarded, order.request_id, partial(self._cut, order))
            else:
                unripe.append((give_up_s, order))
        self._waiting = unripe

    def _give_up_s(self, order: CutClip) -> float:
        """Return until when a clip's last picture is waited for: its own time, and some patience more."""
        capture = self._captures.get(order.stream_id)
        newest_s = capture.ring.newest_s() if capture is not None else None
        ahead_s = max(0.0, order.to_media_s - newest_s) if newest_s is not None else 0.0
        return self._clock.monotonic_s() + ahead_s + CLIP_PATIENCE_S

    def _guarded(self, request_id: str, act: Callable[[], None]) -> None:
        try:
            act()
        except Unavailable as cause:
            self._say(RequestFailed(request_id=request_id, reason=str(cause)))
        except Exception:  # noqa: BLE001 - the top of a thread: the asker must hear of it
            _log.exception("request %s stumbled", request_id)
            self._say(RequestFailed(request_id=request_id, reason="The decoder met a fault; see the log."))

    def _cut(self, order: CutClip) -> None:
        capture = self._captures.get(order.stream_id)
        found = capture.ring.span(order.from_media_s, order.to_media_s) if capture is not None else None
        if found is None:
            raise Unavailable("The stream has no packets of that time.")
        form, packets = found
        written = write_clip(form, packets, Path(order.path))
        self._say(
            ClipCut(
                request_id=order.request_id,
                path=str(written.path),
                sha256=written.sha256,
                size_bytes=written.size_bytes,
                from_media_s=packets[0].media_time_s,
                to_media_s=packets[-1].media_time_s,
                begins_at=packets[0].received_at,
                captured_at=packets[0].captured_at,
                clock_offset_s=clock_offset_s(packets[0]),
                width=form.width,
                height=form.height,
                codec=form.codec,
            )
        )

    def _take_still(self, order: TakeStill) -> None:
        capture = self._captures.get(order.stream_id)
        newest_s = capture.ring.newest_s() if capture is not None else None
        at_s = order.media_time_s if order.media_time_s is not None else newest_s
        found = capture.ring.span(at_s, at_s) if capture is not None and at_s is not None else None
        if found is None or at_s is None:
            raise Unavailable("The stream has no packets of that time.")
        frame, packet = picture_at(*found, at_s)
        written = write_still(frame, Path(order.path))
        self._say(
            StillTaken(
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
        )
