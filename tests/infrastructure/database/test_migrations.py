"""The tables come to the present by themselves, once, and are what the code believes them to be."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import bindparam, inspect, text

from console.application.errors import Unavailable
from console.domain.audit import FIRST_FORM, NOTHING_BEFORE, AuditFacts, AuditLine, digest_of, first_break
from console.domain.ids import AlarmId
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import Database, open_database
from console.infrastructure.database.present import is_present, newest_revision
from console.infrastructure.database.tables import metadata
from console.infrastructure.database.types import UtcTime
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.database.upgrading import configuration, upgrade
from tests.infrastructure.database import builders
from tests.infrastructure.database.conftest import Server

# Says it is ready, waits for the word, upgrades.
UPGRADE = """
import sys
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import open_database
from console.infrastructure.database.upgrading import upgrade
database = open_database(sys.argv[1], SystemClock())
print("ready", flush=True)
sys.stdin.readline()
upgrade(database)
database.close()
"""
PROCESSES = 4


@pytest.fixture
def empty(server: Server) -> Iterator[Database]:
    database = open_database(server.empty_address(), SystemClock())
    yield database
    database.close()


def index_definitions(database: Database) -> dict[str, str]:
    statement = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        if database.is_sqlite
        else "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    )
    with database.reading() as connection:
        found = connection.execute(text(statement)).all()
    return {name: definition for name, definition in found if "alembic" not in name}


def test_the_history_ends_at_the_tables_the_code_knows(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_each_index_of_the_history_is_the_one_the_code_knows(database: Database, empty: Database) -> None:
    with empty.writing() as connection:
        metadata.create_all(connection)
        connection.commit()
    made, known = index_definitions(database), index_definitions(empty)
    assert len(known) > 30
    assert made == known


def test_upgrading_again_changes_nothing(empty: Database) -> None:
    upgrade(empty)
    units = SqlUnitsOfWork(empty)
    with units.write() as unit:
        unit.alarms.add(builders.alarm())
        unit.commit()
    upgrade(empty)
    with units.read() as unit:
        assert unit.alarms.get(builders.alarm().alarm_id) == builders.alarm()


def test_audit_lines_of_the_first_tables_keep_their_digests_and_go_on(empty: Database) -> None:
    old = old_line()
    with empty.writing() as connection:
        command.upgrade(configuration(connection), "0001")
        connection.execute(
            text(
                "INSERT INTO audit_lines (position, at, who, seat_id, verb, subject, detail, before, digest)"
                " VALUES (1, :at, :who, '02', 'confirm', 'alarm-1', :detail, :before, :digest)"
            ).bindparams(bindparam("at", type_=UtcTime())),
            {
                "at": old.facts.at,
                "who": old.facts.who,
                "detail": json.dumps(old.facts.detail, ensure_ascii=False, sort_keys=True),
                "before": old.before,
                "digest": old.digest,
            },
        )
        connection.commit()
    upgrade(empty)
    units = SqlUnitsOfWork(empty)
    with units.write() as unit:
        unit.audit.append(builders.facts(camera_id="cam01", reason="复查"))
        unit.commit()
    with units.read() as unit:
        lines = unit.audit.lines(0, 10)
    assert lines[0] == old
    assert (lines[1].form, lines[1].facts.camera_id) == (2, "cam01")
    assert first_break(lines) is None


def test_an_alarm_from_before_is_where_its_camera_stands(empty: Database) -> None:
    moments = dict.fromkeys(("raised_at", "began_at", "last_hit_at"), builders.NOW)
    row = {
        "alarm_id": "alarm-1", "hit_id": "hit-1", "camera_id": builders.CAMERA, "zone_name": "", "category": "09009",
        "raised_category": "09009", "priority": "medium", "priority_rank": 1, "source": "video", "media_time_s": 0.0,
        "hits": 1, "stage": "waiting", "acknowledged_by": "", "verdicts": "[]", "version": 0, **moments,
    }  # fmt: skip
    statement = text(f"INSERT INTO alarms ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})")
    with empty.writing() as connection:
        command.upgrade(configuration(connection), "0017")
        connection.commit()
    with SqlUnitsOfWork(empty).write() as unit:
        unit.directory.put_camera(builders.camera(builders.CAMERA, place=builders.PLACE))
        unit.commit()
    with empty.writing() as connection:
        connection.execute(statement.bindparams(*(bindparam(name, type_=UtcTime()) for name in moments)), row)
        connection.commit()
    upgrade(empty)
    with SqlUnitsOfWork(empty).read() as unit:
        alarm = unit.alarms.get(AlarmId("alarm-1"))
    assert alarm.place == builders.PLACE and alarm.said == []


def old_line() -> AuditLine:
    facts = AuditFacts(
        at=builders.NOW, who="王芳", seat_id="02", verb="confirm", subject="alarm-1", detail={"地点": "河东街"}
    )
    digest = digest_of(1, facts, NOTHING_BEFORE)
    return AuditLine(position=1, facts=facts, before=NOTHING_BEFORE, digest=digest, form=FIRST_FORM)


def test_processes_that_start_at_once_upgrade_one_after_the_other(server: Server) -> None:
    address = server.empty_address()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        said = [process.communicate(timeout=60) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert [(process.returncode, errors) for process, (_, errors) in zip(processes, said, strict=True)] == [
        (0, "")
    ] * PROCESSES
    database = open_database(address, SystemClock())
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
        assert inspect(connection).has_table("audit_lines")
    database.close()


def test_a_history_that_breaks_off_leaves_no_table_behind(empty: Database) -> None:
    with empty.writing() as connection:
        connection.execute(text("CREATE TABLE walls (seat_id INTEGER)"))  # the last tables cannot be made
        connection.commit()
    with pytest.raises(Exception, match="walls"):
        upgrade(empty)
    with empty.reading() as connection:
        assert inspect(connection).get_table_names() == ["walls"]


def test_records_of_a_newer_version_are_not_touched(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    with pytest.raises(Unavailable, match="newer"):
        upgrade(database)


def test_a_seat_that_reads_records_does_not_wait_for_alembic_or_the_other_engines_driver(
    server: Server,
) -> None:
    """Import time is the seat's start: Alembic is needed only by whoever upgrades."""
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, console.infrastructure.database.unit_of_work, console.infrastructure.database.queries;"
            "print([name for name in ('alembic', 'psycopg', 'mako', 'sqlalchemy.orm') if name in sys.modules])",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    assert loaded.stdout == "[]\n"


def test_whether_the_tables_are_of_today_is_known_without_alembic(empty: Database) -> None:
    assert not is_present(empty)

    upgrade(empty)

    assert is_present(empty)
    with empty.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        connection.commit()
    assert not is_present(empty)


def test_the_newest_file_of_the_history_is_its_head(empty: Database) -> None:
    with empty.reading() as connection:
        assert ScriptDirectory.from_config(configuration(connection)).get_current_head() == newest_revision()
