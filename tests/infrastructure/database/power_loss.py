"""What a disk may hold after the power went: a recorded run, cut at any byte, torn, with old or foreign bytes behind.

SQLite's write-ahead log is read here by its published format: a header of 32 bytes, then frames of 24 bytes and a page.
"""

import itertools
import sqlite3
import struct
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from console.infrastructure.database.engine import FILE_NAME, Database, open_database
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.database.upgrading import upgrade
from tests.application.city import StandingClock, city_on, fill
from tests.infrastructure.database.working_desk import WorkingDesk, broken_line, halves, is_sound, lost

HEADER = 32
FRAME_HEADER = 24
# Places at which a frame is cut: its first byte, in its header, behind it, in its page, before its last byte.
CUTS = (1, 13, FRAME_HEADER, FRAME_HEADER + 2048, -1)


@dataclass(slots=True)
class Recording:
    """A run of verbs from one state of the file on.

    Attributes:
        file: the database's file, which does not change during the run.
        log: its write-ahead log at the end.
        said: what was acknowledged, with the bytes of the log there were by then.
        known: what was acknowledged before the run.
    """

    file: bytes
    log: bytes = b""
    said: list[tuple[int, str, str]] = field(default_factory=list)
    known: list[tuple[str, str]] = field(default_factory=list)

    @property
    def frame(self) -> int:
        return FRAME_HEADER + int(struct.unpack_from(">I", self.log, 8)[0])

    @property
    def boundaries(self) -> list[int]:
        """Return where each frame ends, and the header."""
        return list(range(HEADER, len(self.log) + 1, self.frame))

    def cuts(self) -> list[int]:
        """Return every length at which it is looked at: each boundary, and some within each frame and the header."""
        found = {0, 1, HEADER - 1, *self.boundaries}
        for begins in self.boundaries[:-1]:
            found |= {begins + (cut if cut > 0 else self.frame + cut) for cut in CUTS}
        return sorted(found)

    def said_by(self, length: int) -> list[tuple[str, str]]:
        """Return what had been acknowledged when the log was so long."""
        return [*self.known, *((kind, name) for then, kind, name in self.said if then <= length)]


def record(folder: Path, frames: tuple[int, int]) -> tuple[Recording, Recording]:
    """Run a desk, let SQLite take the log over into the file, and run it on.

    Args:
        frames: how long the log grows before and after, below the thousand at which SQLite takes it over by itself;
            shorter after, so that the log of the second run is written over the first's and never reaches its end.
    """
    path = folder / FILE_NAME
    database = open_database(f"sqlite:///{path}", StandingClock())
    upgrade(database)
    fill(SqlUnitsOfWork(database))
    _take_over(path)
    first = _run(database, path, Recording(path.read_bytes()), "first", frames[0])
    assert path.read_bytes() == first.file, "the log was taken over meanwhile; record fewer frames"
    _take_over(path)
    between = path.read_bytes()
    second = Recording(between, known=first.said_by(len(first.log)))
    _run(database, path, second, "second", frames[1])
    assert path.read_bytes() == between
    database.close()
    assert len(second.log) < len(first.log)
    return first, second


def faults_after(folder: Path, file: bytes, log: bytes, said: Iterable[tuple[str, str]]) -> list[str]:
    """Return what is wrong after the power came back; ``said`` is what had been acknowledged.

    Raises:
        Exception: the database cannot be opened or read.
    """
    with reopened(folder, file, log) as database:
        found = [] if is_sound(database) else ["the file is damaged"]
        broken = broken_line(database)
        if broken is not None:
            found.append(f"the audit chain breaks at line {broken}")
        return [*found, *(f"lost: {fact}" for fact in lost(database, said)), *halves(database)]


@contextmanager
def reopened(folder: Path, file: bytes, log: bytes) -> Iterator[Database]:
    """Open what a disk holds, as a program does that starts after the power came back."""
    path = folder / FILE_NAME
    for suffix in ("-shm", "-wal", ""):
        path.with_name(FILE_NAME + suffix).unlink(missing_ok=True)
    path.write_bytes(file)
    path.with_name(f"{FILE_NAME}-wal").write_bytes(log)
    database = open_database(f"sqlite:///{path}", StandingClock())
    try:
        yield database
    finally:
        database.close()


def _run(database: Database, path: Path, recording: Recording, name: str, frames: int) -> Recording:
    log = path.with_name(f"{path.name}-wal")

    def say(kind: str, name: str) -> None:
        recording.said.append((_length_in_use(log.read_bytes()), kind, name))

    desk = WorkingDesk(city_on(database), say, name)
    for number in itertools.count():
        desk.work(number)
        whole = log.read_bytes()
        recording.log = whole[: _length_in_use(whole)]
        if len(recording.boundaries) > frames:
            break
    return recording


def _take_over(path: Path) -> None:
    """Have the whole log written into the file; the next writer begins at the log's head."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()[0] == 0


def _length_in_use(log: bytes) -> int:
    """Return how many bytes of the log are of its present round: frames whose salts are the header's."""
    page = struct.unpack_from(">I", log, 8)[0]
    length = HEADER
    while log[length + 8 : length + 16] == log[16:24] and len(log) >= length + FRAME_HEADER + page:
        length += FRAME_HEADER + page
    return length
