"""The newest picture of a camera to draw zones in: a still of its main stream, else what the wall shows of it."""

import logging
from collections.abc import Callable

from PySide6.QtGui import QImage

from console.domain.errors import Refusal
from console.domain.ids import CameraId
from console.seat.stills import MainStill, MainStills
from widgets.desk import Desk

_log = logging.getLogger(__name__)


class ZonePictures:
    """Keeps the promise of ``widgets.zones.zones_page.Pictures``. GUI thread; the file is read off it."""

    def __init__(self, stills: MainStills, live_picture: Callable[[CameraId], QImage], desk: Desk) -> None:
        self._stills, self._live_picture, self._desk = stills, live_picture, desk

    def take(self, camera_id: CameraId, came: Callable[[QImage], None]) -> None:
        def refused(refusal: Refusal) -> None:
            _log.info("no still to draw zones in: %s", refusal.sentence)
            came(self._live_picture(camera_id))

        def taken(still: MainStill | None) -> None:
            if still is None:
                came(self._live_picture(camera_id))
                return
            self._desk.fetch(lambda: QImage.fromData(still.fetch()), decoded, refused)

        def decoded(image: QImage) -> None:
            came(self._live_picture(camera_id) if image.isNull() else image)

        self._stills.take(camera_id, taken)
