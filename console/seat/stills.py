"""Stills of a camera's main stream at a seat: asked of the station, and not waited for long."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Slot

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.domain.ids import new_id
from console.infrastructure.channel.messages import RequestFailed, StillTaken, TakeSnapshot
from console.infrastructure.station_link import StationLink

_log = logging.getLogger(__name__)

# Two seconds of 25 pictures of 4K are decoded in one; whoever pressed S waits no longer for a finer picture. Judgement.
WAITS_S = 3.0
# What is older is not the picture that was on the tile when the key was pressed (DESIGN §5: stale).
OLDEST = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class MainStill:
    """A still of the main stream, a file that whoever asked takes away. ``sha256`` of its bytes."""

    path: Path
    sha256: str
    width: int
    height: int
    at: datetime

    def fetch(self) -> bytes:
        """Return the file's bytes and take it away; any thread.

        Raises:
            Unavailable: it is gone, or not as it was written.
        """
        try:
            raw = self.path.read_bytes()
            self.path.unlink(missing_ok=True)
        except OSError as cause:
            raise Unavailable("The still cannot be read: {reason}.", reason=cause.strerror or "") from cause
        if hashlib.sha256(raw).hexdigest() != self.sha256:
            raise Unavailable("The still is not as it was written. Take it again.")
        return raw


class MainStills(Protocol):
    """Gives stills of main streams."""

    def take(self, camera_id: str, came: Callable[[MainStill | None], None]) -> None:
        """Call ``came`` once, in the GUI thread: with the still, or with ``None`` where there is none to be had."""
        ...


class StationStills(QObject):
    """Keeps the promise of ``MainStills``. Lives in the GUI thread; ``hear`` is given the station's answers there."""

    def __init__(self, link: StationLink, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._clock = link, clock
        self._waiting: dict[str, tuple[Callable[[MainStill | None], None], float]] = {}
        self._patience = QTimer(self)
        self._patience.setObjectName("still-200-ms")
        self._patience.setInterval(200)
        self._patience.timeout.connect(self._look)

    def take(self, camera_id: str, came: Callable[[MainStill | None], None]) -> None:
        name = new_id()
        try:
            self._link.send(TakeSnapshot(request_id=name, camera_id=camera_id))
        except Unavailable:
            came(None)
            return
        self._waiting[name] = (came, self._clock.monotonic_s() + WAITS_S)
        self._patience.start()

    def hear(self, message: StillTaken | RequestFailed) -> bool:
        """Take in an answer; false if it is none of these."""
        came, _ = self._waiting.pop(message.request_id, (None, 0.0))
        if came is None:
            return False
        if isinstance(message, RequestFailed):
            _log.info("no still of the main stream: %s", message.reason)
            came(None)
        elif self._clock.now() - message.received_at > OLDEST:
            Path(message.path).unlink(missing_ok=True)
            came(None)
        else:
            still = MainStill(
                path=Path(message.path),
                sha256=message.sha256,
                width=message.width,
                height=message.height,
                at=message.captured_at or message.received_at,
            )
            came(still)
        return True

    def close(self) -> None:
        self._patience.stop()
        self._waiting.clear()

    @Slot()
    def _look(self) -> None:
        now_s = self._clock.monotonic_s()
        for name in [name for name, (_, until_s) in self._waiting.items() if until_s <= now_s]:
            came, _ = self._waiting.pop(name)
            came(None)
        if not self._waiting:
            self._patience.stop()
