"""Notes in the log when the first camera picture was painted: what `bench start` and a slow morning are measured by."""

import logging
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
from PySide6.QtCore import QEvent, QObject, Signal

from widgets.wall.tile import Tile

_log = logging.getLogger(__name__)

STARTED_FIELD = 19  # of /proc/PID/stat behind the name in brackets: starttime, field 22 of proc(5)


class FirstPicture(QObject):
    """Watches the wall's tiles until one paints a live picture, then looks away for good. Lives in the GUI thread.

    Signals:
        painted: once.
    """

    painted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_seen = False

    def watch(self, tiles: Sequence[Tile]) -> None:
        """Watch these tiles as well; watching one twice is no fault."""
        if not self._is_seen:
            for tile in tiles:
                tile.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self._is_seen and event.type() == QEvent.Type.Paint and isinstance(watched, Tile):
            camera = watched.camera
            if camera is not None and not watched.picture.isNull():
                self._is_seen = True
                _log.info("first picture: camera %s, %.2f s after the process began", camera.number, process_age_s())
                self.painted.emit()
                self.deleteLater()  # and with it Qt takes the filter from all tiles, also from those that are gone
        return False


def process_age_s() -> float:
    """Return for how long this process has existed, imports and all.

    psutil alone would do, but on Linux it adds a boot time of whole seconds.
    """
    if sys.platform != "linux":
        return time.time() - psutil.Process().create_time()
    behind_name = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    ticks = int(behind_name[STARTED_FIELD])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
