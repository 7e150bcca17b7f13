"""A recorded clip, played into a slot like a camera: play, pause, seek, step, in a loop."""

import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path

import av.error

from console.application.ports import Clock
from console.infrastructure.channel.messages import ControlPlayer, PlayClip, PlayerState, SoundOfPlayer
from console.infrastructure.frame_slots import SlotUnavailable
from console.infrastructure.video.recorded_sound import SoundAhead
from console.infrastructure.video.recording import Recording
from console.infrastructure.video.scaling import PictureWriter

_log = logging.getLogger(__name__)

SAY_EVERY_S = 0.1
LONGEST_PAUSE_S = 0.25
LAST_PICTURE_S = 0.5  # how long the last picture stands before a loop begins anew; judgement
LATE_S = 1.0  # further behind than this the clock is set anew instead of racing through the clip


class Player:
    """A thread a clip. ``control`` from any thread."""

    def __init__(self, order: PlayClip, clock: Clock, say: Callable[[PlayerState], None]) -> None:
        self._order = order
        self._clock = clock
        self._say = say
        self._orders: queue.Queue[ControlPlayer | SoundOfPlayer] = queue.Queue()
        self._playing = order.playing
        self._position = 0
        self._sound = SoundAhead()
        self._thread = threading.Thread(target=self._run, name=f"player-{order.player_id[:8]}", daemon=True)
        self._thread.start()

    def control(self, order: ControlPlayer | SoundOfPlayer) -> None:
        self._orders.put(order)

    def join(self, within_s: float) -> None:
        self._thread.join(within_s)

    def _run(self) -> None:
        try:
            with Recording(Path(self._order.path)) as recording:
                writer = PictureWriter(self._order.picture)
                try:
                    self._play(recording, writer)
                finally:
                    writer.close()
                    self._sound.close()
        except (av.error.FFmpegError, OSError, SlotUnavailable) as cause:
            _log.warning("clip %s cannot be played: %s", Path(self._order.path).name, type(cause).__name__)
            self._tell(None, failed="This clip cannot be played. Verify it (H) and export the original.")

    def _play(self, recording: Recording, writer: PictureWriter) -> None:
        self._show(recording, writer)
        due_s = self._clock.monotonic_s() + self._step_s(recording)
        said_s = 0.0
        while True:
            now_s = self._clock.monotonic_s()
            self._let_hear(recording, due_s, now_s)
            wait_s = min(max(0.0, due_s - now_s), LONGEST_PAUSE_S) if self._playing else LONGEST_PAUSE_S
            try:
                order = self._orders.get(timeout=max(wait_s, 0.001))
            except queue.Empty:
                pass
            else:
                if isinstance(order, SoundOfPlayer):
                    self._sound.write_to(order.sound_path)
                    self._tell(recording)
                    continue
                if order.action == "close":
                    return
                self._sound.stop(self._clock.monotonic_s())
                self._obey(order, recording)
                self._show(recording, writer)
                self._tell(recording)
                due_s = self._clock.monotonic_s() + self._step_s(recording)
                continue
            if self._playing and self._clock.monotonic_s() >= due_s:
                self._advance(recording)
                self._show(recording, writer)
                due_s += self._step_s(recording)
                if due_s < self._clock.monotonic_s() - LATE_S:
                    due_s = self._clock.monotonic_s()
            if self._clock.monotonic_s() - said_s >= SAY_EVERY_S:
                self._tell(recording)
                said_s = self._clock.monotonic_s()

    def _let_hear(self, recording: Recording, due_s: float, now_s: float) -> None:
        """Let be heard what is shown: the picture after this one is due at ``due_s``."""
        sound = recording.sound() if self._playing else None
        if sound is None:
            self._sound.stop(now_s)
            return
        follows_s = recording.times_s[self._position] + self._step_s(recording)
        self._sound.play(sound.between, follows_s - (due_s - now_s), now_s)

    def _obey(self, order: ControlPlayer, recording: Recording) -> None:
        last = len(recording.times_s) - 1
        match order.action:
            case "play":
                self._playing = True
            case "pause":
                self._playing = False
            case "seek":
                self._position = recording.nearest(order.position_s)
            case "step_forward":
                self._playing = False
                self._position = min(last, self._position + 1)
            case "step_back":
                self._playing = False
                self._position = max(0, self._position - 1)
            case "close":
                pass

    def _advance(self, recording: Recording) -> None:
        if self._position + 1 < len(recording.times_s):
            self._position += 1
        elif self._order.looping:
            self._position = 0
        else:
            self._playing = False

    def _step_s(self, recording: Recording) -> float:
        """Return how long the picture shown stays, by the clip's own times."""
        if self._position + 1 < len(recording.times_s):
            return max(0.005, recording.times_s[self._position + 1] - recording.times_s[self._position])
        return LAST_PICTURE_S

    def _show(self, recording: Recording, writer: PictureWriter) -> None:
        frame = recording.picture(self._position)
        if frame is None:
            return  # damaged here; the picture before stays
        writer.write(
            frame,
            media_time_s=recording.times_s[self._position],
            received_at=self._clock.now(),
            captured_at=None,
            is_key=bool(frame.key_frame),
        )

    def _tell(self, recording: Recording | None, failed: str = "") -> None:
        times_s = recording.times_s if recording is not None else ()
        self._say(
            PlayerState(
                player_id=self._order.player_id,
                position_s=times_s[self._position] if times_s else 0.0,
                duration_s=times_s[-1] if times_s else 0.0,
                playing=self._playing and not failed,
                has_sound=recording is not None and recording.sound() is not None,
                failed=failed,
            )
        )
