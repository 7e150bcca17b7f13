"""Who is looking at what: achieved looks per second, and the minutes in which nobody looked."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.application.errors import Unavailable
from console.application.ports import Clock, UnitsOfWork
from console.domain.ids import CameraId
from console.infrastructure.channel.messages import VisionPace

_log = logging.getLogger(__name__)

# A camera without a look for this long is not watched; shorter gaps are the rhythm of a loaded machine.
UNWATCHED_AFTER_S = 5.0
# An open gap is written down this often, so that a crash loses at most a minute of the account.
WRITE_EVERY_S = 60.0


@dataclass(slots=True)
class _Look:
    last_at: datetime
    written_to: datetime


class Looking:
    """Owned by the station's main thread."""

    def __init__(self, units: UnitsOfWork, clock: Clock) -> None:
        self._clock = clock
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

    def note_lost_worker(self) -> None:
        self.pace = None

    def unwatched(self) -> dict[str, datetime]:
        """Return the cameras nobody looks at now, and since when."""
        now = self._clock.now()
        return {
            name: look.last_at
            for name, look in self._looks.items()
            if (now - look.last_at).total_seconds() > UNWATCHED_AFTER_S
        }

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
