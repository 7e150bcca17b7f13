"""Carries orders out of the house and answers into it, a thread a unit: one that hangs keeps no other waiting."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from console.application.dispatch import Answer, DeliveryRefused, Dispatch, UnitGateway
from console.application.errors import Unavailable
from console.application.ports import Clock
from console.domain.ids import UnitId
from console.domain.outbox import Order
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


class _Unreachable:
    """Stands in for a unit's system that cannot even be tried: the order itself says why it waits or stopped."""

    def __init__(self, cause: Unavailable) -> None:
        self._cause = cause

    def submit(self, body: dict[str, Any], idempotency_key: str) -> str:
        raise self._cause

    def recall(self, receipt: str, idempotency_key: str) -> None:
        raise self._cause

    def answers(self, since: datetime | None) -> Sequence[Answer]:
        raise self._cause


class Relay:
    """Leases what is due and hands it to the line of its unit. ``wake`` and ``end`` from any thread.

    One thread of its own, and one for every unit.
    """

    def __init__(
        self,
        dispatch: Dispatch,
        open_gateways: Callable[[], Gateways],
        clock: Clock,
        tell: Callable[[str, tuple[str, ...]], None],
    ) -> None:
        """Args:
        open_gateways: called in the thread of each line, which alone uses what it returns.
        """
        self._dispatch = dispatch
        self._open_gateways = open_gateways
        self._clock = clock
        self._tell = tell
        self._woken = threading.Event()
        self._ending = threading.Event()
        self._lines: dict[UnitId, _Line] = {}
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self.pulse_s = clock.monotonic_s()  # of the newest look at the outbox; read from any thread

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._woken.set()

    def end(self, within_s: float) -> None:
        """End all threads; one that waits for an answer is left to the end of the process."""
        self._ending.set()
        self._woken.set()
        give_up_s = self._clock.monotonic_s() + within_s
        self._thread.join(within_s)
        lines = list(self._lines.values())
        for line in lines:
            line.end()
        for line in lines:
            line.join(max(0.0, give_up_s - self._clock.monotonic_s()))

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._look()
            except Unavailable as cause:
                _log.warning("the relay waits: %s", cause)
            except Exception:  # noqa: BLE001 - the top of a thread: a bug must not end deliveries for good
                _log.exception("the relay stumbled and goes on")
            self.pulse_s = self._clock.monotonic_s()
            self._woken.wait(LOOK_EVERY_S)
            self._woken.clear()

    def _look(self) -> None:
        units = {unit.unit_id: unit for unit in self._dispatch.units()}
        for unit_id in [unit_id for unit_id in self._lines if unit_id not in units]:
            self._lines.pop(unit_id).end()
        for unit_id, unit in units.items():
            line = self._lines.get(unit_id)
            if line is None:
                line = self._lines[unit_id] = _Line(self._dispatch, self._open_gateways, self._clock, self._tell)
                line.begin(unit)
            line.unit = unit
        for order in self._dispatch.take_due():
            line = self._lines.get(order.unit_id)
            if line is not None:
                line.give(order)
                continue
            gone = DeliveryRefused("This unit is no longer in the directory; send the case to another.")
            self._tell("cases", (self._dispatch.deliver(order, _Unreachable(gone)),))


class _Line:
    """The way to one unit and back. ``begin``, ``give``, ``end`` and ``unit`` from the relay's thread."""

    def __init__(
        self,
        dispatch: Dispatch,
        open_gateways: Callable[[], Gateways],
        clock: Clock,
        tell: Callable[[str, tuple[str, ...]], None],
    ) -> None:
        self._dispatch = dispatch
        self._open_gateways = open_gateways
        self._clock = clock
        self._tell = tell
        self._orders: queue.Queue[Order | None] = queue.Queue()
        self._given: set[str] = set()
        self._newest: datetime | None = None
        self._is_away = False
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self.unit: Unit | None = None

    def begin(self, unit: Unit) -> None:
        self.unit = unit
        self._thread = threading.Thread(target=self._run, name=f"relay-{unit.unit_id}", daemon=True)
        self._thread.start()

    def give(self, order: Order) -> None:
        """Have an order delivered; one whose lease ran out while it waits here is here already."""
        if order.order_id not in self._given:
            self._given.add(order.order_id)
            self._orders.put(order)

    def end(self) -> None:
        self._ending.set()
        self._orders.put(None)

    def join(self, within_s: float) -> None:
        if self._thread is not None:
            self._thread.join(within_s)

    def _run(self) -> None:
        gateways = self._open_gateways()
        answers_at_s = 0.0
        while not self._ending.is_set():
            try:
                order = self._next()
                if order is not None:
                    self._deliver(order, gateways)
                if self._clock.monotonic_s() >= answers_at_s:
                    answers_at_s = self._clock.monotonic_s() + ANSWERS_EVERY_S
                    self._take_answers(gateways)
            except Unavailable as cause:
                _log.warning("a line of the relay waits: %s", cause)
            except Exception:  # noqa: BLE001 - the top of a thread: a bug must not end deliveries for good
                _log.exception("a line of the relay stumbled and goes on")

    def _next(self) -> Order | None:
        try:
            return self._orders.get(timeout=LOOK_EVERY_S)
        except queue.Empty:
            return None

    def _to(self, gateways: Gateways) -> UnitGateway:
        assert self.unit is not None
        try:
            return gateways.to(self.unit)
        except Unavailable as cause:
            return _Unreachable(cause)

    def _deliver(self, order: Order, gateways: Gateways) -> None:
        try:
            case_id = self._dispatch.deliver(order, self._to(gateways))
            # The unit may have had it for long, and answered: an answer to a receipt we did not know yet was dropped.
            self._newest = min(self._newest, order.made_at) if self._newest else None
        finally:
            self._given.discard(order.order_id)
        self._tell("cases", (case_id,))

    def _take_answers(self, gateways: Gateways) -> None:
        assert self.unit is not None
        unit_id = self.unit.unit_id
        for answer in self._answers(unit_id, gateways):
            case_id = self._dispatch.take_answer(unit_id, answer)
            # A far end whose clock runs ahead must not have its next answers passed over.
            at = min(answer.at, self._clock.now())
            self._newest = at if self._newest is None else max(self._newest, at)
            if case_id is not None:
                self._tell("cases", (case_id,))
                self._tell("rechecks", (case_id,))

    def _answers(self, unit_id: UnitId, gateways: Gateways) -> Sequence[Answer]:
        try:
            answers = self._to(gateways).answers(self._newest - OVERLAP if self._newest else None)
        except Unavailable as cause:
            if not self._is_away:
                self._is_away = True
                _log.warning("unit %s does not answer: %s", unit_id, cause)
            return ()
        if self._is_away:
            self._is_away = False
            _log.info("unit %s answers again", unit_id)
        return answers
