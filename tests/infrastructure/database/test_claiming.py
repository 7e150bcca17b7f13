"""Two at the same moment: each order, number and answer goes to one of them only."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from console.application.errors import Stale
from console.domain.ids import AlarmId, CaseId, SpeakerId
from console.domain.outbox import SENDING_LEASE, OrderStage
from console.domain.rechecks import RecheckStage
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from tests.infrastructure.database import builders
from tests.infrastructure.database.builders import NOW, minutes

THREADS = 4
T = TypeVar("T")


def at_once(act: Callable[[int], T]) -> Sequence[T]:
    """Run the act in four threads that begin together, and return what each gave back."""
    gate = threading.Barrier(THREADS)

    def when_all_are_here(number: int) -> T:
        gate.wait()
        return act(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(when_all_are_here, range(THREADS)))


def keep_orders(units: SqlUnitsOfWork, count: int) -> None:
    with units.write() as unit:
        unit.cases.add(builders.case())
        for number in range(count):
            unit.orders.add(builders.order(f"order-{number:03}"))
        unit.commit()


def test_two_relays_never_take_the_same_order(units: SqlUnitsOfWork) -> None:
    keep_orders(units, 100)

    def relay(_: int) -> list[str]:
        taken: list[str] = []
        empty_in_a_row = 0
        while empty_in_a_row < 2:
            with units.write() as unit:
                due = unit.orders.take_due(NOW, 7)
                unit.commit()
            taken += [order.order_id for order in due]
            empty_in_a_row = 0 if due else empty_in_a_row + 1
        return taken

    taken = [order_id for each in at_once(relay) for order_id in each]
    assert sorted(taken) == [f"order-{number:03}" for number in range(100)]


def test_a_taken_order_carries_its_lease_and_can_be_saved(units: SqlUnitsOfWork) -> None:
    keep_orders(units, 2)
    with units.write() as unit:
        (order,) = unit.orders.take_due(NOW, 1)
        unit.commit()
    assert order.leased_until == NOW + SENDING_LEASE
    with units.read() as unit:
        assert unit.orders.get(order.order_id) == order
    order.note_delivered("R-1", NOW)
    with units.write() as unit:
        unit.orders.save(order)
        unit.commit()
    with units.read() as unit:
        assert unit.orders.get(order.order_id).stage is OrderStage.DELIVERED


def test_an_order_leaves_when_it_is_due_and_nobody_is_at_it(units: SqlUnitsOfWork) -> None:
    kept = {
        "too early": builders.order("too early", not_before=NOW + minutes(1)),
        "backing off": builders.order("backing off", next_try_at=NOW + minutes(1)),
        "with another": builders.order("with another", leased_until=NOW + minutes(1)),
        "parked": builders.order("parked", stage=OrderStage.PARKED),
        "withdrawn": builders.order("withdrawn", stage=OrderStage.WITHDRAWN),
        "delivered": builders.order("delivered", stage=OrderStage.DELIVERED),
        "b tried before": builders.order("b tried before", next_try_at=NOW, tries=1),
        "a left behind": builders.order("a left behind", leased_until=NOW),
        "c older": builders.order("c older", not_before=NOW - minutes(1)),
    }
    with units.write() as unit:
        unit.cases.add(builders.case())
        for order in kept.values():
            unit.orders.add(order)
        unit.commit()
    with units.write() as unit:
        due = unit.orders.take_due(NOW, 10)
        assert [order.order_id for order in due] == ["c older", "a left behind", "b tried before"]
        assert list(unit.orders.take_due(NOW, 10)) == []
        unit.commit()


def test_an_order_taken_back_while_a_relay_reads_it_is_not_sent_over(units: SqlUnitsOfWork) -> None:
    keep_orders(units, 1)
    with units.read() as unit:
        seen_by_operator = unit.orders.get("order-000")
    with units.write() as unit:
        unit.orders.take_due(NOW, 1)
        unit.commit()
    seen_by_operator.stage = OrderStage.WITHDRAWN
    with pytest.raises(Stale), units.write() as unit:
        unit.orders.save(seen_by_operator)


def test_a_recheck_is_done_by_one_station_and_taken_over_when_its_lease_ends(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        unit.cases.add(builders.case())
        for number in range(20):
            unit.rechecks.add(builders.recheck(f"recheck-{number:02}"))
        unit.rechecks.add(builders.recheck("done", stage=RecheckStage.DONE))
        unit.commit()
    lease_until = NOW + minutes(2)

    def station(_: int) -> list[str]:
        with units.write() as unit:
            taken = unit.rechecks.take_asked(NOW, lease_until)
            unit.commit()
        assert all(recheck.leased_until == lease_until for recheck in taken)
        return [recheck.recheck_id for recheck in taken]

    taken = [recheck_id for each in at_once(station) for recheck_id in each]
    assert sorted(taken) == [f"recheck-{number:02}" for number in range(20)]
    with units.write() as unit:
        assert list(unit.rechecks.take_asked(NOW + minutes(1), lease_until)) == []
        assert len(unit.rechecks.take_asked(lease_until, lease_until + minutes(2))) == 20


def test_a_repeated_answer_is_dropped_also_when_both_come_at_once(units: SqlUnitsOfWork) -> None:
    def take_in(_: int) -> list[str]:
        first: list[str] = []
        for number in range(25):
            with units.write() as unit:
                if unit.inbox.take("traffic", f"answer-{number:02}", NOW):
                    first.append(f"answer-{number:02}")
                unit.commit()
        return first

    taken = [answer for each in at_once(take_in) for answer in each]
    assert sorted(taken) == [f"answer-{number:02}" for number in range(25)]
    with units.write() as unit:
        assert unit.inbox.take("another source", "answer-00", NOW)


def test_no_two_cases_of_a_day_get_the_same_number_and_none_is_left_out(units: SqlUnitsOfWork) -> None:
    def seat(_: int) -> list[int]:
        numbers: list[int] = []
        for _ in range(20):
            with units.write() as unit:
                numbers.append(unit.cases.next_of_day("20261122"))
                unit.commit()
        return numbers

    numbers = sorted(number for each in at_once(seat) for number in each)
    assert numbers == list(range(1, 20 * THREADS + 1))
    with units.write() as unit:
        assert unit.cases.next_of_day("20261123") == 1


def test_hits_of_one_place_at_once_become_one_alarm(units: SqlUnitsOfWork) -> None:
    def node(number: int) -> None:
        with units.write() as unit:
            waiting = unit.alarms.waiting_at(builders.CAMERA, builders.RULE.zone_name, builders.PARKING)
            if waiting is None:
                unit.alarms.add(builders.alarm(f"alarm-{number}"))
            else:
                waiting.absorb(NOW, waiting.priority, builders.RULE)
                unit.alarms.save(waiting)
            unit.commit()

    at_once(node)
    with units.read() as unit:
        found = unit.alarms.waiting_at(builders.CAMERA, builders.RULE.zone_name, builders.PARKING)
    assert found is not None
    assert found.hits == THREADS


def test_of_two_operators_who_decide_at_once_one_is_told_the_other_was_first(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        unit.alarms.add(builders.alarm())
        unit.commit()
    both_have_read = threading.Barrier(THREADS)

    def operator(number: int) -> bool:
        with units.read() as unit:
            alarm = unit.alarms.get(AlarmId("alarm-1"))
        both_have_read.wait()
        try:
            with units.write() as unit:
                alarm.acknowledge(f"operator {number}", NOW)
                unit.alarms.save(alarm)
                unit.commit()
        except Stale:
            return False
        return True

    assert sorted(at_once(operator)) == [False] * (THREADS - 1) + [True]


def test_a_speaker_asked_for_by_two_seats_at_once_goes_to_one(units: SqlUnitsOfWork) -> None:
    speaker = SpeakerId("speaker-1")

    def seat(number: int) -> bool:
        with units.write() as unit:
            is_free = not unit.talks.on_speaker(speaker, NOW)
            if is_free:
                unit.talks.add(builders.talk(f"talk-{number}", case_id=CaseId("case-1")))
            unit.commit()
        return is_free

    assert sum(at_once(seat)) == 1
