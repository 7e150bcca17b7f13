"""A writer that is killed takes only its unfinished unit with it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from console.domain.audit import first_break
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from tests.infrastructure.database import builders

BEGIN = """
import sys
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import open_database
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from tests.infrastructure.database import builders
units = SqlUnitsOfWork(open_database(sys.argv[1], SystemClock()))
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

StartWriter = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def start_writer(address: str) -> Iterator[StartWriter]:
    with ExitStack() as started:

        def start(script: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-c", BEGIN + script, address],
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
