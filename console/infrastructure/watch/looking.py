"""Who is looking at what: achieved looks per second, and the minutes in which nobody looked."""

import logging
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.application.errors import Unavailable
from console.application.ports import Clock, UnitsOfWork
from console.domain.ids import CameraId
from console.infrastructure.channel.endings import ENDING_OF, DetectorEnding
from console.infrastructure.channel.messages import NotWatched, UnwatchedItem, VisionPace
from console.words import N_

_log = logging.getLogger(__name__)

# A camera without a look for this long is not watched; shorter gaps are the rhythm of a loaded machine.
UNWATCHED_AFTER_S = 5.0
# An open gap is written down this often, so that a crash loses at most a minute of the account.
WRITE_EVERY_S = 60.0

_OF_THE_DETECTOR: dict[DetectorEnding, str] = {
    "model_refused": N_("not watched: the model {model} is refused, it is not what its papers say"),
    "device_missing": N_("not watched: this machine has no {device} for the detector"),
    "no_answer": N_("not watched: the model {model} gave no answer"),
}
_OF_THE_CAMERA = {
    "other_size": N_("not watched: the model {model} takes pictures of another size"),
    "rule_unusable": N_("not watched: a rule of this camera cannot be used"),
}
_NO_DETECTOR = N_("not watched: the detector does not run")
_NO_PICTURE = N_("not watched: no picture comes")
_NO_TURN = N_("not watched: the detector does not come round to it")


@dataclass(slots=True)
class _Look:
    last_at: datetime
    written_to: datetime


class Looking:
    """Owned by the station's main thread."""

    def __init__(self, units: UnitsOfWork, clock: Clock, *, model_name: str = "", device: str = "") -> None:
        """Args:
        model_name: of the model the detector is to look with, for words.
        device: where it is to run, for words.
        """
        self._clock = clock
        self._named: dict[str, str | int | float] = {"model": model_name, "device": device}
        self._ending: DetectorEnding | None = None
        self._refused: dict[str, str] = {}
        self._units = units
        self._looks: dict[str, _Look] = {}
        self.pace: VisionPace | None = None
        self.paced_s = clock.monotonic_s()  # when the detector last said how fast it looks

    def take_cameras(self, camera_ids: Sequence[str]) -> None:
        """Keep account of these cameras from now on; a new one counts as unwatched until its first look."""
        now = self._clock.now()
        self._looks = {name: self._looks.get(name, _Look(now, now)) for name in camera_ids}

    def take_pace(self, pace: VisionPace) -> None:
        self.pace = pace
        self.paced_s = self._clock.monotonic_s()
        now = self._clock.now()
        for name, looks_per_s in pace.looks_per_s.items():
            look = self._looks.get(name)
            if look is not None and looks_per_s > 0:
                if (now - look.last_at).total_seconds() > UNWATCHED_AFTER_S:
                    self._write(name, look, now)
                look.last_at = look.written_to = now
            if looks_per_s > 0:
                self._ending = None
                self._refused.pop(name, None)

    def note_not_watched(self, told: NotWatched) -> None:
        """Take in that the detector cannot watch a camera, until it has looked at it."""
        self._refused[told.camera_id] = told.reason

    def note_lost_worker(self, code: int) -> None:
        """Take in that the detector ended, and with which exit code."""
        self.pace = None
        self._ending = ENDING_OF.get(code)
        self._refused.clear()

    def unwatched(self) -> dict[str, datetime]:
        """Return the cameras nobody looks at now, and since when."""
        now = self._clock.now()
        return {
            name: look.last_at
            for name, look in self._looks.items()
            if (now - look.last_at).total_seconds() > UNWATCHED_AFTER_S
        }

    def told(self, live: Container[str]) -> tuple[UnwatchedItem, ...]:
        """Return the cameras nobody looks at, since when, and why.

        Args:
            live: the cameras whose pictures come.
        """
        return tuple(
            UnwatchedItem(camera_id=name, since=since, sentence=self._why(name, live), values=self._named)
            for name, since in self.unwatched().items()
        )

    def _why(self, name: str, live: Container[str]) -> str:
        if self._ending is not None:
            return _OF_THE_DETECTOR[self._ending]
        if self.pace is None:
            return _NO_DETECTOR
        if name not in live:
            return _NO_PICTURE
        return _OF_THE_CAMERA.get(self._refused.get(name, ""), _NO_TURN)

    def account(self) -> None:
        """Write open gaps down. Called about once a second."""
        now = self._clock.now()
        for name, look in self._looks.items():
            is_gap = (now - look.last_at).total_seconds() > UNWATCHED_AFTER_S
            if is_gap and (now - look.written_to).total_seconds() >= WRITE_EVERY_S:
                self._write(name, look, now)

    def _write(self, name: str, look: _Look, until: datetime) -> None:
        try:
            with self._units.write() as unit:
                unit.watching.note_unwatched(CameraId(name), look.written_to, until)
                unit.commit()
        except Unavailable as cause:
            _log.warning("unwatched minutes of %s must wait: %s", name, cause)
            return
        look.written_to = until
