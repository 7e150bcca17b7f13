"""Carries orders out of the house and answers into it, in a thread of its own: the network may take its time."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from console.application.dispatch import Answer, Dispatch, UnitGateway
from console.application.errors import Unavailable
from console.application.ports import Clock
from console.domain.ids import UnitId
from console.domain.routing import Unit

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
ANSWERS_EVERY_S = 2.0
# Answers are asked for again from a little before the newest one seen: clocks differ and pages are cut by second.
# Repeats are dropped by the inbox.
OVERLAP = timedelta(minutes=2)


class Gateways(Protocol):
    """Makes the gateway of a unit."""

    def to(self, unit: Unit) -> UnitGateway: ...


class Relay:
    """One thread, ``run``. ``wake`` and ``end`` from any thread."""

    def __init__(
        self,
        dispatch: Dispatch,
        gateways: Gateways,
        clock: Clock,
        tell: Callable[[str, tuple[str, ...]], None],
    ) -> None:
        self._dispatch = dispatch
        self._gateways = gateways
        self._clock = clock
        self._tell = tell
        self._woken = threading.Event()
        self._ending = threading.Event()
        self._newest: dict[UnitId, datetime] = {}
        self._away: set[UnitId] = set()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self.pulse_s = clock.monotonic_s()  # of the newest exchange with anybody; read from any thread

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._woken.set()

    def end(self, within_s: float) -> None:
        self._ending.set()
        self._woken.set()
        self._thread.join(within_s)

    def _run(self) -> None:
        answers_at_s = 0.0
        while not self._ending.is_set():
            try:
                self._deliver()
                if self._clock.monotonic_s() >= answers_at_s:
                    self._take_answers()
                    answers_at_s = self._clock.monotonic_s() + ANSWERS_EVERY_S
            except Unavailable as cause:
                _log.warning("the relay waits: %s", cause)
            except Exception:  # noqa: BLE001 - the top of a thread: a bug must not end deliveries for good
                _log.exception("the relay stumbled and goes on")
            self.pulse_s = self._clock.monotonic_s()
            self._woken.wait(LOOK_EVERY_S)
            self._woken.clear()

    def _deliver(self) -> None:
        orders = self._dispatch.take_due()
        if not orders:
            return
        units = {unit.unit_id: unit for unit in self._dispatch.units()}
        for order in orders:
            unit = units.get(order.unit_id)
            if unit is None:
                _log.error("order %s is for unit %s, which is not in the directory", order.order_id, order.unit_id)
                continue
            case_id = self._dispatch.deliver(order, self._gateways.to(unit))
            self.pulse_s = self._clock.monotonic_s()
            self._tell("cases", (case_id,))

    def _take_answers(self) -> None:
        for unit in self._dispatch.units():
            self.pulse_s = self._clock.monotonic_s()
            for answer in self._answers_of(unit):
                case_id = self._dispatch.take_answer(unit.unit_id, answer)
                newest = self._newest.get(unit.unit_id)
                self._newest[unit.unit_id] = answer.at if newest is None else max(newest, answer.at)
                if case_id is not None:
                    self._tell("cases", (case_id,))
                    self._tell("rechecks", (case_id,))

    def _answers_of(self, unit: Unit) -> Sequence[Answer]:
        newest = self._newest.get(unit.unit_id)
        try:
            answers = self._gateways.to(unit).answers(newest - OVERLAP if newest else None)
        except Unavailable as cause:
            if unit.unit_id not in self._away:
                self._away.add(unit.unit_id)
                _log.warning("unit %s does not answer: %s", unit.unit_id, cause)
            return ()
        if unit.unit_id in self._away:
            self._away.discard(unit.unit_id)
            _log.info("unit %s answers again", unit.unit_id)
        return answers
