"""One verb of the desk is one transaction: all of it, or nothing; and nobody overwrites somebody."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import DatabaseError, IntegrityError, ResourceClosedError

from console.application.errors import Stale
from console.domain.ids import AccountId, AlarmId, CaseId, RecheckId, ShiftId, TalkId
from console.infrastructure.database.unit_of_work import SqlUnitOfWork, SqlUnitsOfWork
from tests.infrastructure.database import builders
from tests.infrastructure.database.builders import NOW, minutes


def test_a_unit_that_is_left_without_commit_leaves_nothing(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        unit.alarms.add(builders.alarm())
        unit.audit.append(builders.facts())
        unit.inbox.take("traffic", "answer-1", NOW)
        assert unit.cases.next_of_day("20261122") == 1
    with units.write() as unit:
        assert unit.alarms.with_hit(builders.alarm().hit_id) is None
        assert list(unit.audit.lines(0, 10)) == []
        assert unit.inbox.take("traffic", "answer-1", NOW)
        assert unit.cases.next_of_day("20261122") == 1


def file_and_fail(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        unit.alarms.add(builders.alarm())
        raise ZeroDivisionError


def test_a_unit_that_fails_half_way_leaves_nothing(units: SqlUnitsOfWork) -> None:
    with pytest.raises(ZeroDivisionError):
        file_and_fail(units)
    with units.read() as unit:
        assert unit.alarms.with_hit(builders.alarm().hit_id) is None


def keep_order(unit: SqlUnitOfWork) -> None:
    unit.cases.add(builders.case())
    unit.orders.add(builders.order())


def keep_recheck(unit: SqlUnitOfWork) -> None:
    unit.cases.add(builders.case())
    unit.rechecks.add(builders.recheck())


Keep = Callable[[SqlUnitOfWork], Any]
KEPT: dict[str, tuple[Keep, Keep, Callable[[SqlUnitOfWork, Any], None]]] = {
    "alarm": (
        lambda unit: unit.alarms.add(builders.alarm()),
        lambda unit: unit.alarms.get(AlarmId("alarm-1")),
        lambda unit, record: unit.alarms.save(record),
    ),
    "case": (
        lambda unit: unit.cases.add(builders.case()),
        lambda unit: unit.cases.get(CaseId("case-1")),
        lambda unit, record: unit.cases.save(record),
    ),
    "order": (
        keep_order,
        lambda unit: unit.orders.get("order-1"),
        lambda unit, record: unit.orders.save(record),
    ),
    "recheck": (
        keep_recheck,
        lambda unit: unit.rechecks.get(RecheckId("recheck-1")),
        lambda unit, record: unit.rechecks.save(record),
    ),
    "talk": (
        lambda unit: unit.talks.add(builders.talk()),
        lambda unit: unit.talks.get(TalkId("talk-1")),
        lambda unit, record: unit.talks.save(record),
    ),
    "account": (
        lambda unit: unit.accounts.add(builders.account()),
        lambda unit: unit.accounts.get(AccountId("wang")),
        lambda unit, record: unit.accounts.save(record),
    ),
    "shift": (
        lambda unit: unit.shifts.add(builders.shift()),
        lambda unit: unit.shifts.get(ShiftId("shift-1")),
        lambda unit, record: unit.shifts.save(record),
    ),
}


@pytest.mark.parametrize("kind", KEPT)
def test_whoever_saves_second_is_told_that_someone_was_first(units: SqlUnitsOfWork, kind: str) -> None:
    add, get, save = KEPT[kind]
    with units.write() as unit:
        add(unit)
        unit.commit()
    with units.read() as unit:
        mine = get(unit)
    with units.read() as unit:
        theirs = get(unit)
    with units.write() as unit:
        save(unit, theirs)
        unit.commit()
    with pytest.raises(Stale), units.write() as unit:
        save(unit, mine)


@pytest.mark.parametrize("kind", KEPT)
def test_what_was_saved_may_be_saved_again_in_the_same_unit(units: SqlUnitsOfWork, kind: str) -> None:
    add, get, save = KEPT[kind]
    with units.write() as unit:
        add(unit)
        record = get(unit)
        save(unit, record)
        save(unit, record)
        unit.commit()
    with units.read() as unit:
        assert get(unit) == record


@pytest.mark.parametrize("kind", ["alarm", "talk", "account", "shift"])
def test_a_record_that_is_there_already_is_not_added_twice(units: SqlUnitsOfWork, kind: str) -> None:
    add, _, _ = KEPT[kind]
    with units.write() as unit:
        add(unit)
        unit.commit()
    with pytest.raises(Stale), units.write() as unit:
        add(unit)


def test_one_hit_raises_one_alarm(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        unit.alarms.add(builders.alarm("alarm-1", hit_id="hit"))
        unit.commit()
    with pytest.raises(Stale), units.write() as unit:
        unit.alarms.add(builders.alarm("alarm-2", hit_id="hit"))


def test_one_idempotency_key_is_one_order(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        unit.cases.add(builders.case())
        unit.orders.add(builders.order("order-1", idempotency_key="key"))
        unit.commit()
    with pytest.raises(Stale), units.write() as unit:
        unit.orders.add(builders.order("order-2", idempotency_key="key"))


def test_an_order_without_its_case_cannot_be_committed(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        unit.orders.add(builders.order())
        with pytest.raises(IntegrityError):
            unit.commit()
    with pytest.raises(Stale), units.read() as unit:
        unit.orders.get("order-1")


def test_a_reading_unit_cannot_write(units: SqlUnitsOfWork) -> None:
    with pytest.raises(DatabaseError), units.read() as unit:
        unit.alarms.add(builders.alarm())
    with units.write() as unit:  # and the connection that refused is none the worse for it
        unit.alarms.add(builders.alarm())
        unit.commit()


def test_a_unit_is_over_after_its_commit(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        unit.commit()
        with pytest.raises(ResourceClosedError):
            unit.alarms.add(builders.alarm())


def test_a_reader_sees_one_moment_while_another_writes(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        unit.alarms.add(builders.alarm())
        unit.commit()
    with units.read() as reader:
        before = reader.alarms.get(AlarmId("alarm-1"))
        with units.write() as writer:
            changed = writer.alarms.get(AlarmId("alarm-1"))
            changed.absorb(NOW + minutes(5), changed.priority, builders.RULE)
            writer.alarms.save(changed)
            writer.commit()
        assert reader.alarms.get(AlarmId("alarm-1")) == before
    with units.read() as reader:
        assert reader.alarms.get(AlarmId("alarm-1")) == changed
