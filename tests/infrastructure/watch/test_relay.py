"""Claims about the relay: one unit that hangs, lies or is gone keeps no order of another waiting."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from console.application.dispatch import Answer, Dispatch, UnitGateway
from console.application.errors import Unavailable
from console.domain.alarms import Priority
from console.domain.cases import Act
from console.domain.ids import CaseId, UnitId
from console.domain.outbox import OrderStage
from console.domain.routing import Unit
from console.infrastructure.clock import SystemClock
from console.infrastructure.relay import Relay
from tests.application.city import OTHER_TEAM, TEAM, City, open_city, person

WITHIN_S = 20.0


class System:
    """A unit's system in this process: it can be made to hang, or to break off after it has stored."""

    def __init__(self) -> None:
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.is_asked = threading.Event()
        self.is_cut_off = False
        self.stored: dict[str, dict[str, Any]] = {}
        self.said: list[Answer] = []
        self.since: list[datetime | None] = []

    def submit(self, body: dict[str, Any], idempotency_key: str) -> str:
        self.is_asked.set()
        self.goes_on.wait()
        self.stored[idempotency_key] = body
        if self.is_cut_off:
            raise Unavailable("the line was cut")
        return f"receipt-{list(self.stored).index(idempotency_key) + 1}"

    def recall(self, receipt: str, idempotency_key: str) -> None:
        raise Unavailable("not today")

    def answers(self, since: datetime | None) -> Sequence[Answer]:
        self.since.append(since)
        return [answer for answer in self.said if since is None or answer.at >= since]


class Systems:
    def __init__(self) -> None:
        self.of: dict[UnitId, System] = {}

    def to(self, unit: Unit) -> UnitGateway:
        return self.of.setdefault(unit.unit_id, System())


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with open_city(tmp_path) as found:
        yield found


@pytest.fixture
def systems() -> Systems:
    return Systems()


@pytest.fixture
def relay(city: City, systems: Systems) -> Iterator[Relay]:
    running = Relay(Dispatch(city.units, city.clock), lambda: systems, SystemClock(), lambda topic, ids: None)
    yield running
    for system in systems.of.values():
        system.goes_on.set()
    running.end(5.0)


def filed_to(city: City, unit_id: UnitId, name: str) -> CaseId:
    """File a high alarm, whose order leaves at once, to a unit."""
    li = person("李文静")
    alarm_id = city.confirmed(li, name, priority=Priority.HIGH)
    return city.cases.file(li, alarm_id, unit_id, "they are nearer" if unit_id != TEAM else "").case_id


def stage(city: City, case_id: CaseId) -> OrderStage:
    with city.units.read() as unit:
        return unit.orders.of_case(case_id)[-1].stage


def until(look: Callable[[], bool]) -> None:
    give_up_s = time.monotonic() + WITHIN_S
    while not look():
        assert time.monotonic() < give_up_s, "not true in time"
        time.sleep(0.02)


def test_a_unit_that_takes_the_line_and_never_answers_holds_up_no_other(
    city: City, systems: Systems, relay: Relay
) -> None:
    hanging = systems.of.setdefault(TEAM, System())
    hanging.goes_on.clear()
    stuck = filed_to(city, TEAM, "hit-1")
    relay.start()
    until(hanging.is_asked.is_set)
    other = filed_to(city, OTHER_TEAM, "hit-2")
    relay.wake()
    until(lambda: stage(city, other) is OrderStage.DELIVERED)
    assert stage(city, stuck) is OrderStage.WAITING
    hanging.goes_on.set()
    until(lambda: stage(city, stuck) is OrderStage.DELIVERED)
    assert len(hanging.stored) == 1


def test_an_order_taken_back_while_it_waits_behind_another_never_leaves(
    city: City, systems: Systems, relay: Relay
) -> None:
    hanging = systems.of.setdefault(TEAM, System())
    hanging.goes_on.clear()
    filed_to(city, TEAM, "hit-1")
    relay.start()
    until(hanging.is_asked.is_set)
    second = filed_to(city, TEAM, "hit-2")
    relay.wake()
    until(lambda: leased(city, second))
    with city.units.write() as unit:
        (order,) = unit.orders.of_case(second)
        order.stage = OrderStage.WITHDRAWN
        unit.orders.save(order)
        unit.commit()
    hanging.goes_on.set()
    until(lambda: len(hanging.stored) == 1 and hanging.since != [])
    relay.end(5.0)
    assert len(hanging.stored) == 1 and stage(city, second) is OrderStage.WITHDRAWN


def leased(city: City, case_id: CaseId) -> bool:
    with city.units.read() as unit:
        return unit.orders.of_case(case_id)[0].leased_until is not None


def test_an_order_for_a_unit_that_left_the_directory_stops_and_says_why(city: City, relay: Relay) -> None:
    case_id = filed_to(city, OTHER_TEAM, "hit-1")
    with city.units.write() as unit:
        (order,) = unit.orders.of_case(case_id)
        unit.orders.save(replace(order, unit_id=UnitId("dissolved")))
        unit.commit()
    relay.start()
    until(lambda: stage(city, case_id) is OrderStage.PARKED)
    page = city.queries.case_page(case_id)
    assert "no longer in the directory" in page.deliveries[0].failure
    assert page.case.steps[-1].act is Act.DELIVERY_PARKED


def test_answers_dated_in_the_future_hide_none_that_come_later(city: City, systems: Systems, relay: Relay) -> None:
    system = systems.of.setdefault(TEAM, System())
    case_id = filed_to(city, TEAM, "hit-1")
    relay.start()
    until(lambda: stage(city, case_id) is OrderStage.DELIVERED)
    now = datetime.now(UTC)
    system.said = [answer("a", now + timedelta(days=30)), answer("b", now + timedelta(days=30), "receipt-unknown")]
    asked = len(system.since)
    until(lambda: len(system.since) >= asked + 2)
    system.said.append(answer("c", datetime.now(UTC)))
    until(lambda: noted(city, case_id) == ["a", "c"])
    assert all(since is None or since <= datetime.now(UTC) for since in system.since)


def test_an_answer_that_came_before_we_knew_the_receipt_is_asked_for_again(
    city: City, systems: Systems, relay: Relay
) -> None:
    system = systems.of.setdefault(TEAM, System())
    city.clock.at = datetime.now(UTC) - timedelta(minutes=30)
    known = filed_to(city, TEAM, "hit-1")
    relay.start()
    until(lambda: stage(city, known) is OrderStage.DELIVERED)
    system.is_cut_off = True
    case_id = filed_to(city, TEAM, "hit-2")
    relay.wake()
    until(lambda: len(system.stored) == 2)
    now = datetime.now(UTC)
    system.said = [answer("early", now - timedelta(minutes=20), "receipt-2"), answer("newer", now)]
    until(lambda: noted(city, known) == ["newer"] and noted(city, case_id) == [])
    system.is_cut_off = False
    city.clock.wait(minutes=1)
    relay.wake()
    until(lambda: noted(city, case_id) == ["early"])


def answer(name: str, at: datetime, receipt: str = "receipt-1") -> Answer:
    return Answer(answer_id=name, receipt=receipt, says="note", text=name, at=at)


def noted(city: City, case_id: CaseId) -> list[str]:
    with city.units.read() as unit:
        return [step.facts["text"] for step in unit.cases.get(case_id).steps if step.act is Act.ANSWERED]
