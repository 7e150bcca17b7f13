"""The demo's street obeys its department: when an answer says the street is clear, the camera shows it so."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.demo.control import DemoControl

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
# The van comes back after this, so that whoever tries the demo can try it again.
CLEAR_FOR_S = 180.0


class Street:
    """A thread that watches the department's answers by its public API."""

    def __init__(self, control: DemoControl, clock: Clock, tend: Callable[[], object]) -> None:
        """Args:
        tend: brings back what lost its power; called with every look.
        """
        self._control = control
        self._tend = tend
        self._clock = clock
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo-street", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._ending.set()
        self._thread.join(LOOK_EVERY_S * 8)

    def _run(self) -> None:
        seen: set[str] = set()
        back_at_s: float | None = None
        since: datetime = self._clock.now()
        while not self._ending.wait(LOOK_EVERY_S):
            self._tend()
            try:
                for answer_id, is_clear in self._control.department.answers_since(since):
                    if answer_id not in seen:
                        seen.add(answer_id)
                        if is_clear:
                            self._control.camera_goes_to("after")
                            back_at_s = self._clock.monotonic_s() + CLEAR_FOR_S
                if back_at_s is not None and self._clock.monotonic_s() >= back_at_s:
                    self._control.camera_goes_to("before")
                    back_at_s = None
            except Unavailable as cause:
                _log.info("the demo's street waits: %s", cause)
