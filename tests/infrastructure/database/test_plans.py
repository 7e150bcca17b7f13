"""A million alarms and cases: what is asked all day is found by an index, and a list needs no sorting."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from console.domain.ids import CaseId, UnitId
from console.domain.recordings import RecordingClass
from console.domain.retention import Holding
from console.infrastructure.database.engine import Database
from console.infrastructure.database.queries import SqlQueries
from console.infrastructure.database.unit_of_work import SqlUnitOfWork, SqlUnitsOfWork
from tests.infrastructure.database import builders
from tests.infrastructure.database.builders import NOW, minutes

SPAN = (NOW, NOW + minutes(480))
# Not the audit, not the log of deletions: SQLite calls it a scan when it takes the last line by the table's own order.
LEDGERS = "alarms|cases|orders|talks|evidence_items|rechecks|recording_segments|locks"

Ask = Callable[[SqlQueries, SqlUnitOfWork], object]
LISTS: dict[str, Ask] = {
    "queue": lambda queries, unit: queries.alarm_queue(NOW, 100),
    "first page of cases": lambda queries, unit: queries.case_list(100),
    "next page of cases": lambda queries, unit: queries.case_list(100, before=(NOW, "case-1")),
    "talk log": lambda queries, unit: queries.talk_log(100),
    "alarms of a shift": lambda queries, unit: queries.alarms_between(*SPAN),
    "talks of a shift": lambda queries, unit: queries.talks_between(*SPAN),
    "due orders": lambda queries, unit: unit.orders.take_due(NOW, 10),
    "audit": lambda queries, unit: unit.audit.lines(1000, 100),
    "recordings of a camera": lambda queries, unit: unit.recordings.of_camera(builders.CAMERA, *SPAN),
    "recordings of a span": lambda queries, unit: unit.recordings.between(*SPAN),
    "oldest unlocked recordings": lambda queries, unit: unit.holdings.oldest_unlocked(Holding.CONTINUOUS, 100),
    "oldest unlocked evidence": lambda queries, unit: unit.holdings.oldest_unlocked(Holding.UNFILED, 100),
    "newest locks": lambda queries, unit: unit.locks.newest(100),
    "newest deletions": lambda queries, unit: unit.holdings.deletions(100),
    "oldest recordings": lambda queries, unit: unit.recordings.oldest(RecordingClass.CONTINUOUS, 100),
    "last audit line": lambda queries, unit: unit.audit.append(builders.facts()),
}
LOOK_UPS: dict[str, Ask] = {
    "backlog": lambda queries, unit: queries.backlog(),
    "cases of a shift": lambda queries, unit: queries.cases_between(*SPAN),
    "cases with a unit": lambda queries, unit: unit.cases.with_unit(),
    "open alarm of a place": lambda queries, unit: unit.alarms.waiting_at(builders.CAMERA, "zone", builders.PARKING),
    "alarm of a hit": lambda queries, unit: unit.alarms.with_hit("hit"),
    "order of a receipt": lambda queries, unit: unit.orders.of_receipt(UnitId("traffic"), "R-77"),
    "orders of a case": lambda queries, unit: unit.orders.of_case(CaseId("case-1")),
    "rechecks asked": lambda queries, unit: unit.rechecks.take_asked(NOW, NOW),
    "evidence": lambda queries, unit: unit.evidence.of_subject("alarm-1"),
    "speaker": lambda queries, unit: unit.talks.on_speaker(builders.talk().speaker_ids[0], NOW),
    "locks of a case": lambda queries, unit: unit.locks.of_case(CaseId("case-1")),
    "cases to be warned of": lambda queries, unit: unit.case_warnings.lacking(NOW, 100),
    "overdue cases": lambda queries, unit: queries.overdue_since(*SPAN),
    "bytes of a class": lambda queries, unit: unit.recordings.size(RecordingClass.MANUAL),
    "card": lambda queries, unit: queries.alarm_card(builders.alarm().alarm_id),
    "page": lambda queries, unit: queries.case_page(builders.case().case_id),
}


@pytest.fixture
def plan_of(database: Database, units: SqlUnitsOfWork, queries: SqlQueries) -> Callable[[Ask], str]:
    """Return a function: what is asked → how the engine would find it."""
    with units.write() as unit:
        unit.alarms.add(builders.alarm())
        unit.cases.add(builders.case())
        unit.orders.add(builders.order())
        unit.rechecks.add(builders.recheck())
        unit.commit()
    statements: list[tuple[str, Any]] = []

    def note(_c: object, _k: object, statement: str, parameters: Any, _x: object, _m: object) -> None:
        if statement.startswith(("SELECT", "UPDATE")):
            statements.append((statement, parameters))

    def plan(ask: Ask) -> str:
        event.listen(database.engine, "before_cursor_execute", note)
        with units.write() as unit:
            ask(queries, unit)
        event.remove(database.engine, "before_cursor_execute", note)
        assert statements
        with database.writing() as connection:
            if not database.is_sqlite:
                # A planner that knows its tables are small reads and sorts them whole. What it cannot do without
                # it still does, and is found.
                for habit in ("seqscan", "sort", "hashjoin", "mergejoin"):
                    connection.exec_driver_sql(f"SET LOCAL enable_{habit} = off")
            explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
            rows = [
                row
                for statement, parameters in statements
                for row in connection.exec_driver_sql(explain + statement, parameters).all()
            ]
        return "\n".join(str(row[-1]) for row in rows)

    return plan


@pytest.mark.parametrize("name", LISTS | LOOK_UPS)
def test_no_ledger_is_read_from_end_to_end(plan_of: Callable[[Ask], str], name: str) -> None:
    plan = plan_of((LISTS | LOOK_UPS)[name])
    read_whole = re.findall(rf"Seq Scan on (?:{LEDGERS})\b.*|SCAN (?:{LEDGERS})\b(?! USING).*", plan)
    assert not read_whole, plan


@pytest.mark.parametrize("name", LISTS)
def test_a_list_comes_out_of_its_index_in_order(plan_of: Callable[[Ask], str], name: str) -> None:
    plan = plan_of(LISTS[name])
    assert not re.search(r"TEMP B-TREE|\bSort\b", plan), plan
