"""The vision worker: looks at the cameras the station names and says what it saw. One process per device."""

import argparse
import logging
import os
import sys
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.infrastructure.channel.connection import Channel, ChannelClosed, Endpoint, connect
from console.infrastructure.channel.endings import CODE_OF
from console.infrastructure.channel.messages import (
    AnyMessage,
    Heartbeat,
    Hello,
    LookAgain,
    NotWatched,
    ShutDown,
    UnwatchCamera,
    VisionPace,
    WatchCamera,
)
from console.infrastructure.clock import SystemClock
from console.infrastructure.frame_slots import FrameFacts
from console.infrastructure.logs import Logs
from console.infrastructure.standing_back import stand_back
from console.infrastructure.vision.overlays import NOT_OF_THIS_KIND, NOT_WATCHED, looked_again, not_told
from console.infrastructure.vision.watch import CameraWatch
from inference.detections import Detections
from inference.detector import Detector, LookUnderWay
from inference.errors import DeviceMissing, InferenceError, InferenceFailed, ModelRefused
from inference.frames import Frame
from inference.manifest import read_manifest
from inference.scheduler import LookScheduler
from inference.tiling import merged

ROLE = "vision-worker"
PULSE_S = 0.5
PACE_S = 1.0
POLL_S = 0.01
"""How often a camera whose turn has come is asked for a new frame: a quarter of a frame at 25 fps."""
IDLE_S = 0.25
NICENESS = 10
"""Below the media workers (5) and the seat: beside 16 decoded streams the wall stayed at 99.98 % (measured)."""
FAILED = 1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """A camera's picture, the whole first, and what was seen in its frames so far."""

    watch: CameraWatch
    frames: tuple[Frame, ...]
    facts: FrameFacts
    seen: list[Detections] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class _UnderWay:
    picture: _Picture
    look: LookUnderWay


class VisionWorker:
    """Looks, one camera after the other, from one thread that also reads the channel and beats the pulse."""

    def __init__(self, channel: Channel, detector: Detector, clock: Clock, worker_id: str) -> None:
        self._channel = channel
        self._detector = detector
        self._clock = clock
        self._worker_id = worker_id
        self._scheduler = LookScheduler()
        self._watches: dict[str, CameraWatch] = {}
        self._pulse_due_s = self._pace_due_s = clock.monotonic_s()
        self._under_way: deque[_UnderWay] = deque()
        self._next_parts: deque[tuple[_Picture, Frame]] = deque()
        self._groups = detector.manifest.group_numbers()
        self._is_ending = False

    def run(self) -> None:
        """Work until the station says to end or goes away.

        Raises:
            InferenceFailed: the model gave no answer; nothing it says can be believed any more.
        """
        self._channel.send(Hello(role=ROLE, worker_id=self._worker_id, pid=os.getpid()))
        try:
            while not self._is_ending:
                self._turn()
        except ChannelClosed:
            _log.info("the station has gone; ending")
        finally:
            for watch in self._watches.values():
                list(watch.abandon())

    def _turn(self) -> None:
        while not self._is_ending and self._channel.has_arrived(0):
            self._take(self._channel.receive())
        self._follow()
        has_looked = self._look()
        now_s = self._clock.monotonic_s()
        if now_s >= self._pulse_due_s:
            self._pulse_due_s = now_s + PULSE_S
            self._end_rechecks(now_s)
            self._beat(now_s)
        if not has_looked:
            self._channel.has_arrived(self._rest_s(now_s))

    def _take(self, message: AnyMessage) -> None:
        match message:
            case WatchCamera():
                self._watch(message)
            case UnwatchCamera():
                self._unwatch(message.camera_id)
            case LookAgain():
                self._look_again(message)
            case ShutDown():
                self._is_ending = True
            case _:
                _log.warning("a vision worker is not told %s", message.kind)

    def _look_again(self, asked: LookAgain) -> None:
        watch = self._watches.get(asked.camera_id)
        if watch is not None and watch.look_again(asked, self._clock.monotonic_s()):
            return
        reason = NOT_OF_THIS_KIND if watch is not None and watch.has_rule(asked.rule_id) else NOT_WATCHED
        self._channel.send(not_told(asked, self._clock.now(), self._detector.manifest.sha256, reason))

    def _watch(self, wish: WatchCamera) -> None:
        wanted = self._detector.manifest.input
        if wish.look is not None and (wish.look.width, wish.look.height) != (wanted.width, wanted.height):
            _log.error(
                "camera %s: looks of %d × %d, but %s takes %d × %d; not watched",
                wish.camera_id,
                wish.look.width,
                wish.look.height,
                self._detector.manifest.name,
                wanted.width,
                wanted.height,
            )
            self._refuse(wish.camera_id, "other_size")
            return
        try:
            self._apply(wish)
        except ValueError as cause:
            _log.error("camera %s is not watched: %s", wish.camera_id, cause)
            self._refuse(wish.camera_id, "rule_unusable")
            return
        if wish.look is None:
            self._scheduler.unwatch(wish.camera_id)
        else:
            self._scheduler.watch(wish.camera_id, wish.look.looks_per_s, self._clock.monotonic_s())

    def _refuse(self, camera_id: str, reason: Literal["other_size", "rule_unusable"]) -> None:
        self._unwatch(camera_id)
        self._channel.send(NotWatched(camera_id=camera_id, reason=reason))

    def _apply(self, wish: WatchCamera) -> None:
        known = self._watches.get(wish.camera_id)
        if known is None:
            self._watches[wish.camera_id] = CameraWatch(wish, self._detector)
            _log.info("camera %s is watched by %d rules", wish.camera_id, len(wish.rules))
        else:
            known.apply(wish)

    def _unwatch(self, camera_id: str) -> None:
        self._scheduler.unwatch(camera_id)
        watch = self._watches.pop(camera_id, None)
        if watch is None:
            return
        _log.info("camera %s is no longer watched", camera_id)
        for request, recheck in watch.abandon():
            self._channel.send(
                looked_again(request, recheck.give_up(), self._clock.now(), self._detector.manifest.sha256)
            )

    def _follow(self) -> None:
        """Go through what came for rules that follow what moves fast: it waits in its ring while a look goes on."""
        now_s = self._clock.monotonic_s()
        for watch in self._watches.values():
            for message in watch.follow(now_s):
                self._say(message)

    def _look(self) -> bool:
        """Keep the device busy, and tell what the oldest look under way saw; false if none is.

        While the device looks on, tracks and rules of that picture are done.
        """
        self._begin_due()
        if not self._under_way:
            return False
        ended = self._under_way[0]
        ended.look.wait()
        self._begin_due(more=1)
        self._under_way.popleft()
        picture = ended.picture
        picture.seen.append(ended.look.answer())
        if len(picture.seen) == len(picture.frames) and picture.watch in self._watches.values():
            seen = merged(picture.frames, picture.seen, self._groups, self._detector.manifest.suppress_iou)
            for message in picture.watch.take(picture.frames[0], picture.facts, seen, self._clock.monotonic_s()):
                self._say(message)
        return True

    def _begin_due(self, more: int = 0) -> None:
        """Begin looks at the most urgent cameras that have a new frame, as many as the device takes and ``more``."""
        most = self._detector.most_under_way + more
        self._begin_parts(most)
        if len(self._under_way) >= most:
            return
        now_s = self._clock.monotonic_s()
        busy = [one.picture.watch for one in self._under_way]  # a camera's next picture lies where its last one lay
        for camera_id in self._scheduler.due(now_s):
            if len(self._under_way) >= most:
                return
            watch = self._watches[camera_id]
            newest = watch.newest(now_s) if watch not in busy else None
            if newest is not None:
                self._scheduler.looked(camera_id, now_s)
                picture = _Picture(watch, *newest)
                self._next_parts.extend((picture, frame) for frame in picture.frames)
                self._begin_parts(most)

    def _begin_parts(self, most: int) -> None:
        """Begin what is left of the picture whose turn it is; nobody else has theirs before."""
        while self._next_parts and len(self._under_way) < most:
            picture, frame = self._next_parts.popleft()
            self._under_way.append(_UnderWay(picture, self._detector.begin(frame)))

    def _say(self, message: AnyMessage) -> None:
        self._channel.send(message)
        if message.kind == "rule_hit":
            _log.info("rule %s of camera %s is hit: %s", message.rule_id, message.camera_id, message.hit_id)

    def _end_rechecks(self, now_s: float) -> None:
        for watch in self._watches.values():
            for request, recheck in watch.give_up(now_s):
                self._channel.send(
                    looked_again(request, recheck.give_up(), self._clock.now(), self._detector.manifest.sha256)
                )

    def _beat(self, now_s: float) -> None:
        paces = {camera_id: watch.pace(now_s) for camera_id, watch in self._watches.items()}
        figures = {"looks_per_s": sum(paces.values()), "cameras": float(len(paces))}
        self._channel.send(Heartbeat(role=ROLE, worker_id=self._worker_id, at=self._clock.now(), figures=figures))
        if now_s < self._pace_due_s:
            return
        self._pace_due_s = now_s + PACE_S
        self._channel.send(
            VisionPace(
                device=self._detector.running.device,
                precision=self._detector.running.precision,
                model_name=self._detector.manifest.name,
                looks_per_s=paces,
            )
        )

    def _rest_s(self, now_s: float) -> float:
        due_s = self._scheduler.next_due_in_s(now_s)
        rest_s = IDLE_S if due_s is None else min(max(due_s, POLL_S), IDLE_S)
        return max(0.0, min(rest_s, self._pulse_due_s - now_s))


def main(arguments: list[str]) -> int:
    """Run the role ``vision-worker`` and return its exit code.

    The model is loaded before the first word to the station: a worker that says hello can look.
    """
    asked = _parser().parse_args(arguments)
    logs = Logs(asked.logs, ROLE) if asked.logs is not None else None
    if logs is None:
        logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    else:
        logs.begin()
    try:
        return _run(asked)
    finally:
        if logs is not None:
            logs.end()


def _run(asked: argparse.Namespace) -> int:
    stand_back(NICENESS)
    try:
        endpoint = Endpoint.from_environment()
        detector = Detector(
            read_manifest(asked.manifest),
            asked.model,
            device=asked.device,
            precision=asked.precision,
            cache=asked.cache,
            hint="THROUGHPUT",
        )
        _log.info("%s runs on %s in %s", detector.manifest.name, detector.running.device, detector.running.precision)
        channel = connect(endpoint)
    except (InferenceError, Unavailable) as cause:
        return _refuse(f"The vision worker cannot start: {cause}", _code_of(cause))
    try:
        VisionWorker(channel, detector, SystemClock(), asked.worker_id).run()
    except InferenceError as cause:
        return _refuse(f"Nothing is looked at any more: {cause}", _code_of(cause))
    finally:
        channel.close()
    return 0


def _refuse(sentence: str, code: int) -> int:
    _log.error("%s", sentence)
    print(sentence, file=sys.stderr)
    return code


def _code_of(cause: Exception) -> int:
    match cause:
        case ModelRefused():
            return CODE_OF["model_refused"]
        case DeviceMissing():
            return CODE_OF["device_missing"]
        case InferenceFailed():
            return CODE_OF["no_answer"]
        case _:
            return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=ROLE)
    parser.add_argument("--worker-id", default="vision-1")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--device", default="AUTO")
    parser.add_argument("--precision", choices=("f32", "f16", "bf16"))
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--logs", type=Path, help="folder of the log; without it the log goes to standard error")
    return parser
