"""``citydesk bench desk``: what the acts of a desk cost in a city's year of a million alarms and a million cases.

The year lies in a database of its own, and once more in its twin. Each act goes through the desk's own objects, gate
and audit included; what the database was asked meanwhile, word by word, is then asked of the twin by the driver
alone: the same statements, rows and commits. So both change alike, and at the end their audit must end with the same
digest. Acts take turns; figures are medians of rounds.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, TextIO

from console.application.errors import Unavailable
from console.bench.desk_acts import ACTS, INTAKE, QUEUE, Acts
from console.bench.desk_ledger import ROWS, Ledger, fill
from console.bench.machine import facts
from console.bench.medians import RESTLESS_ABOVE, is_settled, spread
from console.bench.own_postgresql import OwnPostgresql, PostgresqlMissing
from console.bench.wall_rounds import percentile
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import Database, open_database
from console.infrastructure.database.replaying import Bare, overheard
from console.infrastructure.database.scratch import scratch_database, survey
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.database.upgrading import upgrade

P95_MS, QUEUE_OPEN_MS = 100.0, 200.0
VS_SQL, OR_OVER_MS = 2.0, 5.0  # an act may cost twice its statements, or five milliseconds more
FEWEST_ROWS = 1_000
ENGINES = ("sqlite", "postgresql")
# It surveys its tables when it was filled; nothing shall do so in the middle.
SERVER = {"autovacuum": "off"}


@dataclass(slots=True)
class Times:
    """How long an act took, and its statements alone (ms)."""

    desk_ms: list[float] = field(default_factory=list)
    bare_ms: list[float] = field(default_factory=list)


Round = dict[str, Times]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was measured on one engine.

    Attributes:
        written: rows by table before the first act.
        is_same: whether database and twin end alike.
    """

    rounds: list[Round]
    written: dict[str, int]
    fill_s: float
    is_same: bool


def main(arguments: list[str]) -> int:
    """Measure until the medians settle. Exit code 1 where nothing could be measured, else 0."""
    parser = argparse.ArgumentParser(prog="citydesk bench desk")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end, instead of a table")
    parser.add_argument("--rows", type=int, default=ROWS, help="alarms, and cases (default: %(default)s)")
    parser.add_argument("--only", choices=ENGINES, help="one engine only (default: both)")
    parser.add_argument(
        "--database", default="", help="address of a PostgreSQL whose role may create databases (default: one's own)"
    )
    parser.add_argument("--once", action="store_true", help="one round only: no verdict")
    chosen = parser.parse_args(arguments)
    if chosen.rows < FEWEST_ROWS:
        parser.error(f"--rows: at least {FEWEST_ROWS}")
    told: TextIO = sys.stderr if chosen.json else sys.stdout
    found: dict[str, Found] = {}
    with tempfile.TemporaryDirectory(prefix="citydesk-bench-") as folder:
        for name in (chosen.only,) if chosen.only else ENGINES:
            try:
                with _address(name, Path(folder), chosen.database) as address:
                    found[name] = measured(address, Path(folder), chosen.rows, is_once=chosen.once, told=told)
            except (PostgresqlMissing, Unavailable) as cause:
                print(f"{name}: {cause}", file=sys.stderr)
    if not found:
        return 1
    report = summary(found, is_once=chosen.once)
    if chosen.json:
        print(json.dumps(report | {"rows": chosen.rows, "machine": facts()}, ensure_ascii=False, indent=2))
    else:
        _print(report)
    return 0


@contextmanager
def _address(name: str, folder: Path, given: str) -> Iterator[str]:
    """Give where an engine is: a file, a server that was named, or a server of our own."""
    if name == "sqlite":
        yield f"sqlite:///{folder / 'city.db'}"
    elif given:
        yield given
    else:
        server = OwnPostgresql(SERVER)
        try:
            server.start()
            yield server.new_address()
        finally:
            server.stop()


def measured(address: str, folder: Path, rows: int, *, is_once: bool, told: TextIO) -> Found:
    """Fill a database and its twin, and measure on both.

    Raises:
        Unavailable: the database is away.
    """
    with (
        _twins(address, rows, told) as (ledger, fill_s, ours, theirs),
        closing(open_database(ours, SystemClock())) as database,
        closing(open_database(theirs, SystemClock())) as twin,
    ):
        rounds = _rounds(database, twin, Acts(database, ledger, folder), is_once=is_once, told=told)
        is_same = _end(database) == _end(twin)
    return Found(rounds=rounds, written=ledger.written, fill_s=round(fill_s, 1), is_same=is_same)


@contextmanager
def _twins(address: str, rows: int, told: TextIO) -> Iterator[tuple[Ledger, float, str, str]]:
    """Give a ledger, the seconds that writing it took, and the addresses of it and of its copy."""
    if address.startswith("sqlite"):
        ledger, fill_s = _filled(address, rows, told)
        file = Path(address.removeprefix("sqlite:///"))
        twin = file.with_name("twin.db")
        shutil.copyfile(file, twin)
        yield ledger, fill_s, address, f"sqlite:///{twin}"
        return
    with scratch_database(address) as ours:
        ledger, fill_s = _filled(ours, rows, told)
        with scratch_database(address, like=ours) as theirs:
            yield ledger, fill_s, ours, theirs


def _filled(address: str, rows: int, told: TextIO) -> tuple[Ledger, float]:
    print(f"writing {rows} alarms and {rows} cases…", file=told, flush=True)
    clock = SystemClock()
    with closing(open_database(address, clock)) as database:
        upgrade(database)
        began_s = perf_counter()
        ledger = fill(database, rows, clock.now())
        survey(database)
        return ledger, perf_counter() - began_s


def _rounds(database: Database, twin: Database, acts: Acts, *, is_once: bool, told: TextIO) -> list[Round]:
    rounds: list[Round] = []
    with closing(Bare(twin)) as bare, overheard(database) as script:

        def run() -> Round:
            times = {name: Times() for name in ACTS}
            for name, act in acts.round():
                script.clear()
                began_s = perf_counter()
                act()
                asked_s = perf_counter()
                heard = list(script)
                between_s = perf_counter()
                bare.run(heard)
                ended_s = perf_counter()
                times[name].desk_ms.append(1000 * (asked_s - began_s))
                times[name].bare_ms.append(1000 * (ended_s - between_s))
            return times

        run()  # compiles statements, and fills the caches of both; not counted
        while not rounds or not (is_once or is_settled(_whole(rounds))):
            rounds.append(run())
            slowest = max(ACTS, key=lambda name: _p95(rounds[-1][name].desk_ms))
            line = f"round {len(rounds)}: slowest {slowest}, p95 {_p95(rounds[-1][slowest].desk_ms):.1f} ms"
            print(line, file=told, flush=True)
    return rounds


def _end(database: Database) -> str:
    """Return the digest of the last line of the audit, which holds every line before it."""
    with SqlUnitsOfWork(database).read() as unit:
        head = unit.audit.head()
    return "" if head is None else head.digest


def _whole(rounds: Sequence[Round]) -> tuple[list[float], list[float]]:
    """Return what the acts of each round cost together by their medians: at the desk, and bare (ms)."""
    return (
        [sum(median(times.desk_ms) for times in one.values()) for one in rounds],
        [sum(median(times.bare_ms) for times in one.values()) for one in rounds],
    )


def summary(found: dict[str, Found], *, is_once: bool = False) -> dict[str, Any]:
    """Return the figures of the worst engine and of each.

    No verdict where the bare statements themselves varied by more than 20 %, or after one round only.
    """
    engines = {name: _figures(one) for name, one in found.items()}
    acts = {f"{name} {act}": figures for name, one in engines.items() for act, figures in one["acts"].items()}
    slow = {act: figures["p95_ms"] for act, figures in acts.items() if act.split()[1] != QUEUE}
    queue_open_ms = max(figures["p95_ms"] for act, figures in acts.items() if act.split()[1] == QUEUE)
    too_dear = [
        act for act, figures in acts.items() if figures["vs_sql"] > VS_SQL and figures["over_sql_ms"] > OR_OVER_MS
    ]
    is_restless = is_once or any(one["limit_spread"] > RESTLESS_ABOVE for one in engines.values())
    is_met = max(slow.values()) <= P95_MS and queue_open_ms <= QUEUE_OPEN_MS and not too_dear
    return {
        "p95_ms": max(slow.values()),
        "p95_act": max(slow, key=lambda act: slow[act]),
        "vs_sql": max(figures["vs_sql"] for figures in acts.values()),
        "over_sql_ms": max(figures["over_sql_ms"] for figures in acts.values()),
        "dearer_than_allowed": too_dear,
        "queue_open_ms": queue_open_ms,
        "ingest_per_s": min(one["ingest_per_s"] for one in engines.values()),
        "targets": {"p95_ms": P95_MS, "vs_sql": VS_SQL, "or_over_sql_ms": OR_OVER_MS, "queue_open_ms": QUEUE_OPEN_MS},
        "meets_target": None if is_restless else is_met and all(one.is_same for one in found.values()),
        "engines": engines,
    }


def _figures(found: Found) -> dict[str, Any]:
    taken_s = [sum(sum(one[name].desk_ms) for name in INTAKE) / 1000 for one in found.rounds]
    taken = [sum(len(one[name].desk_ms) for name in INTAKE) for one in found.rounds]
    return {
        "rounds": len(found.rounds),
        "written": found.written,
        "fill_s": found.fill_s,
        "twin_ends_alike": found.is_same,
        "limit_spread": round(spread(_whole(found.rounds)[1]), 3),
        "ingest_per_s": round(median(count / second for count, second in zip(taken, taken_s, strict=True)), 1),
        "acts": {name: _cost([one[name] for one in found.rounds]) for name in ACTS},
    }


def _cost(rounds: Sequence[Times]) -> dict[str, float]:
    pairs = [(median(one.desk_ms), median(one.bare_ms)) for one in rounds]
    return {
        "p50_ms": round(median(desk for desk, _ in pairs), 2),
        "p95_ms": round(median(_p95(one.desk_ms) for one in rounds), 2),
        "sql_p50_ms": round(median(bare for _, bare in pairs), 2),
        "sql_p95_ms": round(median(_p95(one.bare_ms) for one in rounds), 2),
        "vs_sql": round(median(desk / bare for desk, bare in pairs), 2),
        "over_sql_ms": round(median(desk - bare for desk, bare in pairs), 2),
    }


def _p95(values: Sequence[float]) -> float:
    return percentile(values, 0.95) or 0.0


def _print(report: dict[str, Any]) -> None:
    for key, value in report.items():
        if key != "engines":
            print(f"{key:22} {value}")
    for name, one in report["engines"].items():
        print(f"\n{name}: {one['rounds']} rounds, filled in {one['fill_s']} s, limit's spread {one['limit_spread']}")
        print(f"{'':18}" + "".join(f"{key:>14}" for key in next(iter(one["acts"].values()))))
        for act, figures in one["acts"].items():
            print(f"{act:18}" + "".join(f"{value:14.2f}" for value in figures.values()))
