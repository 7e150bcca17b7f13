"""A writer that is killed takes only its unfinished unit with it."""

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest

from console.domain.audit import first_break
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from tests.application.city import fill
from tests.infrastructure.database import builders
from tests.infrastructure.database.conftest import OpenDatabase
from tests.infrastructure.database.working_desk import broken_line, halves, is_sound, lost

BEGIN = """
import sys
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import open_database
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from tests.infrastructure.database import builders
database = open_database(sys.argv[1], SystemClock())
units = SqlUnitsOfWork(database)
"""

# Writes one whole unit; dies within the second.
HALF_WAY = """
with units.write() as unit:
    unit.alarms.add(builders.alarm("whole"))
    unit.audit.append(builders.facts(subject="whole"))
    unit.commit()
with units.write() as unit:
    unit.alarms.add(builders.alarm("half"))
    unit.audit.append(builders.facts(subject="half"))
    unit.cases.next_of_day("20261122")
    print("half way", flush=True)
    sys.stdin.read()
"""

# Writes one unit after the other and says each when it is committed.
ON_AND_ON = """
import itertools
for number in itertools.count():
    with units.write() as unit:
        unit.alarms.add(builders.alarm(f"alarm-{number}"))
        unit.audit.append(builders.facts(subject=f"alarm-{number}"))
        unit.commit()
    print(f"alarm-{number}", flush=True)
"""

# A whole desk at work: one line for each verb that has returned.
DESK = """
import itertools
from tests.application.city import city_on
from tests.infrastructure.database.working_desk import WorkingDesk
desk = WorkingDesk(city_on(database), lambda kind, name: print(kind, name, flush=True), run=sys.argv[2])
for number in itertools.count():
    desk.work(number)
"""
SEED = 20261122
MOST_LINES_BEFORE = 40
MOST_DELAY_S = 0.03  # the longest verb takes half of it


class StartWriter(Protocol):
    def __call__(self, script: str, run: str = "") -> subprocess.Popen[str]: ...


@pytest.fixture
def start_writer(address: str) -> Iterator[StartWriter]:
    with ExitStack() as started:

        def start(script: str, run: str = "") -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-c", BEGIN + script, address, run],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            started.enter_context(process)
            started.callback(process.kill)
            return process

        yield start


def test_a_writer_killed_half_way_leaves_what_was_committed_and_frees_its_lock(
    units: SqlUnitsOfWork, start_writer: StartWriter
) -> None:
    writer = start_writer(HALF_WAY)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "half way\n"
    writer.kill()
    writer.wait()
    with units.write() as unit:
        assert unit.alarms.get(builders.alarm("whole").alarm_id) == builders.alarm("whole")
        assert unit.alarms.with_hit(builders.alarm("half").hit_id) is None
        assert unit.cases.next_of_day("20261122") == 1
        unit.audit.append(builders.facts(subject="after"))
        unit.commit()
    with units.read() as unit:
        lines = unit.audit.lines(0, 10)
    assert [line.facts.subject for line in lines] == ["whole", "after"]
    assert first_break(lines) is None


def test_a_writer_killed_at_any_moment_loses_nothing_it_had_said_was_kept(
    units: SqlUnitsOfWork, start_writer: StartWriter
) -> None:
    said: list[str] = []
    writer = start_writer(ON_AND_ON)
    assert writer.stdout is not None
    for line in writer.stdout:
        said.append(line.strip())
        if len(said) == 25:
            writer.kill()
    writer.wait()
    with units.read() as unit:
        lines = unit.audit.lines(0, 10_000)
        kept = [line.facts.subject for line in lines]
        assert first_break(lines) is None
        # Committed and not yet said is possible for the last one only.
        assert kept[: len(said)] == said
        assert len(kept) - len(said) in (0, 1)
        for name in kept:
            assert unit.alarms.get(builders.alarm(name).alarm_id) == builders.alarm(name)


@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=[pytest.mark.long, pytest.mark.timeout(1800)])])
def test_a_desk_killed_again_and_again_keeps_all_it_had_said_and_no_half_of_a_verb(
    units: SqlUnitsOfWork, open_it: OpenDatabase, start_writer: StartWriter, kills: int
) -> None:
    fill(units)
    if not open_it().is_sqlite:
        kills //= 2  # its own log is its makers' to test; ours is that a verb is one transaction
    chance = random.Random(SEED)
    said: list[tuple[str, str]] = []
    for number in range(kills):
        new = _said_until_killed(start_writer(DESK, f"run-{number}"), chance)
        database = open_it()
        assert is_sound(database), f"damaged by kill {number}"
        assert broken_line(database) is None
        assert lost(database, new) == []
        assert halves(database) == []
        database.close()
        said += new
    assert lost(open_it(), said) == []
    assert {kind for kind, _ in said} >= {"alarm", "evidence", "confirmed", "filed", "delivered", "answered"}


def _said_until_killed(writer: subprocess.Popen[str], chance: random.Random) -> list[tuple[str, str]]:
    """Kill a desk some lines and some milliseconds after its start; return what it had said by then."""
    assert writer.stdout is not None
    lines = [writer.stdout.readline() for _ in range(chance.randint(1, MOST_LINES_BEFORE))]
    with pytest.raises(subprocess.TimeoutExpired):
        writer.wait(chance.uniform(0.0, MOST_DELAY_S))
    writer.kill()
    writer.wait()
    lines += writer.stdout.readlines()
    assert all(lines), "it ended by itself"
    whole = [line.split() for line in lines if line.endswith("\n")]
    return [(kind, name) for kind, name in whole]
