"""A recorded clip, played into a slot like a camera: play, pause, seek, step, in a loop."""

import logging
import queue
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import av
import av.error
from av import VideoFrame

from console.application.ports import Clock
from console.infrastructure.channel.messages import ControlPlayer, PlayClip, PlayerState
from console.infrastructure.frame_slots import SlotUnavailable
from console.infrastructure.video.scaling import PictureWriter

_log = logging.getLogger(__name__)

SAY_EVERY_S = 0.1
LONGEST_PAUSE_S = 0.25
# Clips of alarms and cases are short; a longer one is decoded as it goes and cannot be stepped back at once.
MOST_FRAMES_KEPT = 600


class Player:
    """A thread a clip. ``control`` from any thread.

    The clip's pictures are decoded once, scaled small, and kept: seeking and stepping back cost nothing.
    """

    def __init__(self, order: PlayClip, clock: Clock, say: Callable[[PlayerState], None]) -> None:
        self._order = order
        self._clock = clock
        self._say = say
        self._orders: queue.Queue[ControlPlayer] = queue.Queue()
        self._playing = order.playing
        self._position = 0
        self._frames: list[tuple[float, VideoFrame]] = []
        self._thread = threading.Thread(target=self._run, name=f"player-{order.player_id[:8]}", daemon=True)
        self._thread.start()

    def control(self, order: ControlPlayer) -> None:
        self._orders.put(order)

    def join(self, within_s: float) -> None:
        self._thread.join(within_s)

    def _run(self) -> None:
        try:
            self._read()
            writer = PictureWriter(self._order.picture)
        except (av.error.FFmpegError, OSError, SlotUnavailable) as cause:
            _log.warning("clip %s cannot be played: %s", Path(self._order.path).name, type(cause).__name__)
            self._tell(failed="This clip cannot be played. Verify it (H) and export the original.")
            return
        try:
            self._play(writer)
        finally:
            writer.close()

    def _read(self) -> None:
        with av.open(self._order.path) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            width, height = self._order.picture.max_width, self._order.picture.max_height
            begin_s: float | None = None
            for frame in container.decode(stream):
                at_s = frame.time or 0.0
                begin_s = at_s if begin_s is None else begin_s
                scale = min(1.0, width / frame.width, height / frame.height)
                small = frame.reformat(
                    width=max(2, int(frame.width * scale) // 2 * 2),
                    height=max(2, int(frame.height * scale) // 2 * 2),
                    format="yuv420p",
                )
                self._frames.append((at_s - begin_s, small))
                if len(self._frames) >= MOST_FRAMES_KEPT:
                    break
        if not self._frames:
            raise OSError("no pictures")

    def _play(self, writer: PictureWriter) -> None:
        self._show(writer)
        due_s = self._clock.monotonic_s()
        said_s = 0.0
        while True:
            now_s = self._clock.monotonic_s()
            wait_s = min(max(0.0, due_s - now_s), LONGEST_PAUSE_S) if self._playing else LONGEST_PAUSE_S
            try:
                order = self._orders.get(timeout=max(wait_s, 0.001))
            except queue.Empty:
                pass
            else:
                if order.action == "close":
                    return
                self._obey(order)
                self._show(writer)
                self._tell()
                due_s = self._clock.monotonic_s() + self._step_s()
                continue
            if self._playing and self._clock.monotonic_s() >= due_s:
                self._advance()
                self._show(writer)
                due_s += self._step_s()
                if due_s < self._clock.monotonic_s() - 1.0:
                    due_s = self._clock.monotonic_s()
            if self._clock.monotonic_s() - said_s >= SAY_EVERY_S:
                self._tell()
                said_s = self._clock.monotonic_s()

    def _obey(self, order: ControlPlayer) -> None:
        last = len(self._frames) - 1
        match order.action:
            case "play":
                self._playing = True
            case "pause":
                self._playing = False
            case "seek":
                self._position = self._at(order.position_s)
            case "step_forward":
                self._playing = False
                self._position = min(last, self._position + 1)
            case "step_back":
                self._playing = False
                self._position = max(0, self._position - 1)
            case "close":
                pass

    def _at(self, position_s: float) -> int:
        times = [at_s for at_s, _ in self._frames]
        return min(range(len(times)), key=lambda index: abs(times[index] - position_s))

    def _advance(self) -> None:
        if self._position + 1 < len(self._frames):
            self._position += 1
        elif self._order.looping:
            self._position = 0
        else:
            self._playing = False

    def _step_s(self) -> float:
        """Return how long the picture shown stays, by the clip's own times."""
        if self._position + 1 < len(self._frames):
            return max(0.005, self._frames[self._position + 1][0] - self._frames[self._position][0])
        return 0.5 if self._order.looping else LONGEST_PAUSE_S

    def _show(self, writer: PictureWriter) -> None:
        at_s, frame = self._frames[self._position]
        writer.write(
            frame, media_time_s=at_s, received_at=datetime.now(UTC), captured_at=None, is_key=self._position == 0
        )

    def _tell(self, failed: str = "") -> None:
        self._say(
            PlayerState(
                player_id=self._order.player_id,
                position_s=self._frames[self._position][0] if self._frames else 0.0,
                duration_s=self._frames[-1][0] if self._frames else 0.0,
                playing=self._playing,
                failed=failed,
            )
        )
