"""``citydesk bench directory``: how long a search as one types takes in a directory of 62,679 cameras.

Every letter of some hundred searches is one search, by the desk an operator uses: gate, index, rows of the page. Its
limit is what a bare look through the same text costs in the same run; the road not taken, a statement that looks at
every row, is measured beside it.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter

import psutil

from console.application.directory_desk import DirectoryDesk
from console.application.directory_ports import Branch, Sorting
from console.application.permissions import Gate
from console.bench.city_of_cameras import CAMERAS, cameras, typed
from console.bench.machine import facts
from console.domain.accounts import EVERYWHERE, Actor, Role
from console.domain.camera_words import normal
from console.domain.ids import AccountId, SeatId
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.directory_queries import SqlDirectoryQueries, looked_through
from console.infrastructure.database.engine import URL_VARIABLE, Database, open_database
from console.infrastructure.database.scratch import scratch_schema
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.secrets import FileVault

TARGET_MS = 50.0
SEARCHES = 160  # whole ones; each letter of one is a search
A_BATCH = 5000
SCANS = 80  # the slow road is measured on so many letters, chosen evenly
A_PAGE = 51


def main(arguments: list[str]) -> int:
    """Measure SQLite, and PostgreSQL where CITYDESK_DATABASE_URL names one (in a schema of its own).

    Returns 0 if the target is met on each.
    """
    parser = argparse.ArgumentParser(prog="citydesk bench directory", description=main.__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--cameras", type=int, default=CAMERAS, help="how many cameras (default: %(default)s)")
    chosen = parser.parse_args(arguments)
    engines: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="citydesk-bench-") as folder:
        for address in (f"sqlite:///{folder}/city.db", os.environ.get(URL_VARIABLE, "")):
            if address:
                with _filled(address, chosen.cameras) as (database, filled_s):
                    name = "sqlite" if database.is_sqlite else "postgresql"
                    engines[name] = {"fill_s": filled_s, **_measured(database, Path(folder))}
    worst_ms = max(figures["search_p99_ms"] for figures in engines.values())
    report = {
        "cameras": chosen.cameras,
        "search_p99_ms": worst_ms,
        "target_ms": TARGET_MS,
        "meets_target": worst_ms <= TARGET_MS,
        "engines": engines,
        "machine": facts(),
    }
    if chosen.json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for name, figures in engines.items():
            print(name, *(f"{figure} {value:g}" for figure, value in figures.items()), sep="\n  ")
    return 0 if worst_ms <= TARGET_MS else 1


@contextmanager
def _filled(address: str, count: int) -> Iterator[tuple[Database, float]]:
    """Give a database with that many cameras, and the seconds that writing them took."""
    with scratch_schema(address) as own:
        database = open_database(own, SystemClock())
        try:
            upgrade(database)
            began_s = perf_counter()
            fill(SqlUnitsOfWork(database), count)
            yield database, round(perf_counter() - began_s, 2)
        finally:
            database.close()


def fill(units: SqlUnitsOfWork, count: int = CAMERAS) -> None:
    """Put the cameras of the seeded city into the records."""
    waiting = cameras(count)
    while batch := list(islice(waiting, A_BATCH)):
        with units.read() as unit:
            unit.directory.read_names([camera.name for camera in batch])
        with units.write() as unit:
            unit.directory.put_cameras(batch)
            unit.commit()


def _measured(database: Database, folder: Path) -> dict[str, float]:
    units, clock, queries = SqlUnitsOfWork(database), SystemClock(), SqlDirectoryQueries(database)
    desk = DirectoryDesk(units, queries, Gate(units, clock), clock, FileVault(folder))
    actor = Actor(account_id=AccountId("bench"), display_name="bench", role=Role.OPERATOR, seat_id=SeatId("bench"))
    before = psutil.Process().memory_info().rss
    index_s = _taken(partial(desk.prepare, actor))
    index_mb = (psutil.Process().memory_info().rss - before) / 1e6
    letters = typed(SEARCHES)
    searched = [_taken(partial(desk.find, actor, letter)) for letter in letters]
    entries = [entry.words for entry in queries.entries(EVERYWHERE)]
    few = letters[:: max(1, len(letters) // SCANS)]
    bare = [_taken(partial(_looked, entries, normal(letter).split())) for letter in few]
    rows = [_taken(partial(looked_through, database, normal(letter).split(), A_PAGE)) for letter in few]
    trunk = [_taken(partial(desk.tree, actor, Branch(sorting))) for sorting in Sorting]
    return {
        "search_p99_ms": _at(searched, 0.99),
        "search_p50_ms": _at(searched, 0.5),
        "searches": len(searched),
        "limit_bare_scan_p99_ms": _at(bare, 0.99),
        "every_row_p99_ms": _at(rows, 0.99),
        "tree_worst_ms": _at(trunk, 1.0),
        "index_s": round(index_s, 3),
        "index_mb": round(index_mb, 1),
    }


def _looked(entries: Sequence[str], words: Sequence[str]) -> int:
    """Look through all words of all cameras: what finding costs when nothing is prepared for it but the text."""
    return sum(all(word in entry for word in words) for entry in entries)


def _taken(act: Callable[[], object]) -> float:
    began_s = perf_counter()
    act()
    return perf_counter() - began_s


def _at(taken_s: Sequence[float], share: float) -> float:
    """Return a percentile in milliseconds, the slower neighbour of two."""
    ordered = sorted(taken_s)
    return round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)
