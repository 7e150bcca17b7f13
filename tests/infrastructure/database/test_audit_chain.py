"""The audit: one chain, whoever writes; nobody changes a line; a change made behind our back is found."""

from datetime import timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from console.domain.audit import NOTHING_BEFORE, first_break
from console.domain.audit_check import Kind, check
from console.infrastructure.database.engine import Database
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from tests.infrastructure.database import builders
from tests.infrastructure.database.builders import NOW
from tests.infrastructure.database.test_claiming import THREADS, at_once


def keep(units: SqlUnitsOfWork, count: int) -> None:
    with units.write() as unit:
        for number in range(count):
            unit.audit.append(builders.facts(subject=f"alarm-{number}", from_at=NOW - timedelta(minutes=5)))
        unit.commit()


def test_each_line_stands_behind_the_last_and_the_chain_holds(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        zone = timezone(timedelta(hours=8))
        local = builders.facts(
            at=NOW.astimezone(zone),
            detail={"地点": "河东街", "n": 1e20},
            camera_id="cam01",
            from_at=NOW.astimezone(zone) - timedelta(minutes=5),
            to_at=NOW.astimezone(zone),
            reason="报案人要求复查",
            case_id="case-1",
        )
        appended = [unit.audit.append(builders.facts()), unit.audit.append(local)]
        unit.commit()
    with units.read() as unit:
        lines = list(unit.audit.lines(0, 10))
        assert list(unit.audit.lines(1, 10)) == lines[1:]
        assert list(unit.audit.lines(0, 1)) == lines[:1]
    assert lines == appended
    assert [line.position for line in lines] == [1, 2]
    assert [line.before for line in lines] == [NOTHING_BEFORE, lines[0].digest]
    assert first_break(lines) is None


def test_the_chain_never_forks_when_many_write_at_once(units: SqlUnitsOfWork) -> None:
    def seat(number: int) -> None:
        for _ in range(15):
            with units.write() as unit:
                unit.audit.append(builders.facts(who=f"operator {number}"))
                unit.audit.append(builders.facts(who=f"operator {number}"))
                unit.commit()

    at_once(seat)
    with units.read() as unit:
        lines = unit.audit.lines(0, 1000)
    assert len(lines) == 2 * 15 * THREADS
    assert first_break(lines) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_lines SET who = 'nobody' WHERE position = 2",
        "UPDATE audit_lines SET reason = 'none of your business' WHERE position = 2",
        "UPDATE audit_lines SET form = 1, marks = ''",
        "DELETE FROM audit_lines WHERE position = 3",
        "DELETE FROM audit_lines",
        "UPDATE custody_lines SET who = 'nobody'",
        "DELETE FROM custody_lines",
        "UPDATE evidence_items SET sha256 = 'other'",
    ],
)
def test_the_database_itself_refuses_to_change_what_is_written_once(
    units: SqlUnitsOfWork, database: Database, statement: str
) -> None:
    keep(units, 3)
    with units.write() as unit:
        unit.evidence.add(builders.evidence())
        unit.evidence.note(builders.custody())
        unit.commit()
    with pytest.raises(DatabaseError, match="are written once"), database.writing() as connection:
        connection.execute(text(statement))
    with units.read() as unit:
        assert first_break(unit.audit.lines(0, 10)) is None
        assert len(unit.audit.lines(0, 10)) == 3


REPLACED = (
    "INSERT OR REPLACE INTO audit_lines (position, at, who, seat_id, verb, subject, detail, before, digest)"
    " SELECT position, at, 'nobody', seat_id, verb, subject, detail, before, digest"
    " FROM audit_lines WHERE position = 2"
)


def test_the_way_around_each_engine_has_is_closed_too(units: SqlUnitsOfWork, database: Database) -> None:
    keep(units, 2)
    way_around = REPLACED if database.is_sqlite else "TRUNCATE audit_lines"
    with pytest.raises(DatabaseError, match="are written once"), database.writing() as connection:
        connection.execute(text(way_around))


@pytest.mark.parametrize(
    ("forgery", "kind"),
    [
        ("UPDATE audit_lines SET who = 'nobody' WHERE position = 2", Kind.CHANGED),
        ("UPDATE audit_lines SET detail = '{}' WHERE position = 2", Kind.CHANGED),
        ("UPDATE audit_lines SET camera_id = 'cam09' WHERE position = 2", Kind.CHANGED),
        ("UPDATE audit_lines SET to_at = at WHERE position = 2", Kind.CHANGED),
        ("UPDATE audit_lines SET form = 1 WHERE position = 2", Kind.CHANGED),
        ("DELETE FROM audit_lines WHERE position = 2", Kind.MISSING),
        ("UPDATE audit_lines SET at = from_at WHERE position = 2", Kind.REDATED),
    ],
)
def test_a_line_changed_by_somebody_who_removed_the_lock_is_found(
    units: SqlUnitsOfWork, database: Database, forgery: str, kind: Kind
) -> None:
    keep(units, 3)
    unlock = (
        ["DROP TRIGGER audit_lines_refuse_update", "DROP TRIGGER audit_lines_refuse_delete"]
        if database.is_sqlite
        else ["DROP TRIGGER audit_lines_refuse ON audit_lines"]
    )
    with database.writing() as connection:
        for statement in [*unlock, forgery]:
            connection.execute(text(statement))
        connection.commit()
    with units.read() as unit:
        assert first_break(unit.audit.lines(0, 10)) == 2
        (broken,) = check(unit.audit, ()).breaks
    assert (broken.kind, broken.position) == (kind, 2)
