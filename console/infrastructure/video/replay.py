"""A camera's past, played into a slot: over all its segments, at any speed, in step with other replays."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import av.error

from console.application.ports import Clock
from console.infrastructure.channel.messages import PlaySpan, ReplayState, RunReplay, SoundOfPlayer
from console.infrastructure.frame_slots import SlotUnavailable
from console.infrastructure.video.recorded_sound import SoundAhead
from console.infrastructure.video.recording import PICTURES_KEPT
from console.infrastructure.video.reel import Place, Reel, ReelPart
from console.infrastructure.video.scaling import PictureWriter
from console.words import N_

_log = logging.getLogger(__name__)

SAY_EVERY_S = 0.1
LONGEST_PAUSE_S = 0.25
# Nine tiles in step that kept two seconds of 1080p each would take 1.4 GB; only who steps backwards needs them.
KEPT_WHILE_PLAYING = 3
# From this speed on only key pictures are shown: 25 pictures a second decoded eight times as fast are more than a
# core does at 1080p. Judgement.
KEYS_ONLY_FROM = 8.0
NOTHING = N_("Nothing was recorded at that time.")
UNREADABLE = N_("This recording cannot be played.")


class Replay:
    """A thread a replay. ``order`` and ``join`` from any thread."""

    def __init__(
        self, wish: PlaySpan, parts: Sequence[ReelPart], clock: Clock, say: Callable[[ReplayState], None]
    ) -> None:
        self._wish = wish
        self._parts = tuple(parts)
        self._clock = clock
        self._say = say
        self._orders: queue.Queue[RunReplay | SoundOfPlayer] = queue.Queue()
        # Of the thread alone. Where it stood at ``_when_s``; while it plays it has moved on since.
        self._at = wish.at
        self._when_s = 0.0
        self._speed = 1.0
        self._playing = False
        self._shown: Place | None = None
        self._sound = SoundAhead()
        self._thread = threading.Thread(target=self._run, name=f"replay-{wish.player_id[:8]}", daemon=True)
        self._thread.start()

    def order(self, order: RunReplay | SoundOfPlayer) -> None:
        self._orders.put(order)

    def join(self, within_s: float) -> None:
        self._thread.join(within_s)

    def _run(self) -> None:
        reel = Reel(self._parts)
        try:
            if reel.from_(reel.from_at or self._at) is None:
                self._tell(reel, failed=NOTHING)
                return
            writer = PictureWriter(self._wish.picture)
            try:
                self._play(reel, writer)
            finally:
                writer.close()
                self._sound.close()
        except (av.error.FFmpegError, OSError, SlotUnavailable) as cause:
            _log.warning("a replay of camera %s ended: %s", self._wish.camera_id, type(cause).__name__)
            self._tell(reel, failed=UNREADABLE)
        finally:
            reel.close()

    def _play(self, reel: Reel, writer: PictureWriter) -> None:
        self._show(reel, writer)
        self._tell(reel)
        said_s = self._clock.monotonic_s()
        while True:
            try:
                order = self._orders.get(timeout=self._wait_s(reel))
            except queue.Empty:
                is_ordered = False
            else:
                if isinstance(order, SoundOfPlayer):
                    self._sound.write_to(order.sound_path)
                elif order.action == "close":
                    return
                else:
                    self._obey(order, reel)
                is_ordered = True
            self._end_at_the_end(reel)
            if self._playing or is_ordered:
                self._show(reel, writer)
            self._let_hear(reel)
            now_s = self._clock.monotonic_s()
            if is_ordered or (self._playing and now_s - said_s >= SAY_EVERY_S):
                self._tell(reel)
                said_s = now_s

    def _obey(self, order: RunReplay, reel: Reel) -> None:
        here = self._moment(order.when_s)
        match order.action:
            case "play":
                self._stand(order.at or here, order.when_s)
                self._playing, self._speed = True, order.speed
            case "pause":
                self._stand(order.at or here, order.when_s)
                self._playing = False
            case "seek":
                self._stand(order.at or here, order.when_s)
            case "step_forward" | "step_back":
                self._playing = False
                self._stand(here, order.when_s)
                self._step(reel, 1 if order.action == "step_forward" else -1)
            case "close":
                pass

    def _stand(self, at: datetime, when_s: float) -> None:
        self._at, self._when_s = at, when_s

    def _step(self, reel: Reel, by: int) -> None:
        here = reel.from_(self._at)
        if here is None:
            return
        if reel.moment(here) > self._at and by > 0:
            found: Place | None = here  # out of a gap, to the first picture behind it
        else:
            found = reel.after(here) if by > 0 else reel.before(here)
        if found is not None:
            self._at = reel.moment(found)

    def _moment(self, when_s: float) -> datetime:
        """Return the moment it stands at, at a time of the monotonic clock."""
        if not self._playing:
            return self._at
        return self._at + timedelta(seconds=max(0.0, when_s - self._when_s) * self._speed)

    def _end_at_the_end(self, reel: Reel) -> None:
        """Stop behind the last picture, and say so."""
        to_at = reel.to_at
        if self._playing and to_at is not None and self._moment(self._clock.monotonic_s()) >= to_at:
            self._playing, self._at = False, to_at
            self._tell(reel)

    def _wait_s(self, reel: Reel) -> float:
        """Return how long until another picture is due (s)."""
        if not self._playing:
            return LONGEST_PAUSE_S
        now_s = self._clock.monotonic_s()
        here = self._shown or reel.from_(self._moment(now_s))
        following = reel.after(here) if here is not None else None
        if following is None:
            return LONGEST_PAUSE_S
        due_s = self._when_s + (reel.moment(following) - self._at).total_seconds() / self._speed
        return min(max(0.001, due_s - now_s), SAY_EVERY_S)

    def _show(self, reel: Reel, writer: PictureWriter) -> None:
        place = reel.at(self._moment(self._clock.monotonic_s()))
        if place is not None and self._playing and self._speed >= KEYS_ONLY_FROM:
            place = reel.key_at(place)
        if place is None or place == self._shown:
            self._shown = place
            return
        frame = reel.picture(place, KEPT_WHILE_PLAYING if self._playing else PICTURES_KEPT)
        self._shown = place
        if frame is None:
            return  # damaged here; the picture before stays, and its own time stands on it
        moment = reel.moment(place)
        writer.write(
            frame,
            media_time_s=moment.timestamp(),
            received_at=moment,
            captured_at=None,
            is_key=bool(frame.key_frame),
        )

    def _let_hear(self, reel: Reel) -> None:
        """Let be heard what is shown, at the pace of the street alone: any other would be no sound of it."""
        now_s = self._clock.monotonic_s()
        if self._playing and self._speed == 1.0 and self._shown is not None:
            self._sound.play(reel.sound_between, self._moment(now_s).timestamp(), now_s)
        else:
            self._sound.stop(now_s)

    def _tell(self, reel: Reel, failed: str = "") -> None:
        shown = self._shown
        source = "none" if shown is None else "memory" if reel.is_memory(shown) else "recording"
        self._say(
            ReplayState.model_validate(
                {
                    "player_id": self._wish.player_id,
                    "at": self._moment(self._clock.monotonic_s()),
                    "shown_at": reel.moment(shown) if shown is not None else None,
                    "source": source,
                    "from_at": reel.from_at,
                    "to_at": reel.to_at,
                    "playing": self._playing and not failed,
                    "speed": self._speed,
                    "has_sound": shown is not None and reel.has_sound(shown),
                    "failed": failed,
                }
            )
        )
