"""Looks at the sensors now and then, whether or not one speaks: what stays away, and what may be forgotten."""

import logging
import threading

from console.application.errors import Unavailable
from console.application.sensor_desk import SensorDesk

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 10.0
FORGET_EVERY = 360  # looks: once an hour


class SensorWatch:
    """A thread of its own. ``start`` and ``end`` once each."""

    def __init__(self, desk: SensorDesk) -> None:
        self._desk = desk
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="sensor-watch")

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._is_over.set()
        self._thread.join()

    def _work(self) -> None:
        looks = 0
        while not self._is_over.wait(LOOK_EVERY_S):
            looks += 1
            try:
                self._desk.look()
                if looks % FORGET_EVERY == 0:
                    self._desk.forget_old()
            except Unavailable as cause:
                _log.warning("the sensors were not looked at: %s", cause)
