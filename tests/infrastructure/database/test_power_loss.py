"""Claims about the power: wherever it goes, the records open again and hold all that was acknowledged, verbs whole.

A desk at work is recorded once; then the file and its log are given to a new program as a disk may hold them. A disk
writes sectors in any order until it is told to wait, and a commit waits for it.
"""

import random
from pathlib import Path

import pytest

from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import FILE_NAME, open_database
from tests.infrastructure.database.power_loss import Recording, faults_after, record

SEED = 20261122
SAMPLE = 160
EVERY = 1_000_000
MIXES, MANY_MIXES = 20, 400
SECTOR = 512
some_or_all = pytest.mark.parametrize(
    "most", [SAMPLE, pytest.param(EVERY, marks=[pytest.mark.long, pytest.mark.timeout(1800)])]
)
few_or_many = pytest.mark.parametrize(
    "mixes", [MIXES, pytest.param(MANY_MIXES, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recording, Recording]:
    return record(tmp_path_factory.mktemp("desk"), (600, 200))


@pytest.fixture
def first(recorded: tuple[Recording, Recording]) -> Recording:
    return recorded[0]


def some(points: list[int], most: int) -> list[int]:
    """Return so many of them, the first and the last among them, always the same."""
    if len(points) <= most:
        return points
    return sorted({points[0], points[-1], *random.Random(SEED).sample(points, most)})


def test_the_recorded_day_is_long_enough_to_prove_anything(recorded: tuple[Recording, Recording]) -> None:
    kinds = {kind for _, kind, _ in recorded[0].said}
    assert kinds >= {"alarm", "evidence", "confirmed", "dismissed", "filed", "delivered", "answered"}
    assert len(recorded[0].boundaries) >= 500
    assert [len(run.cuts()) for run in recorded] >= [2500, 1000]


@some_or_all
def test_the_power_may_go_at_any_byte_of_the_log(first: Recording, tmp_path: Path, most: int) -> None:
    found = {
        length: faults
        for length in some(first.cuts(), most)
        if (faults := faults_after(tmp_path, first.file, first.log[:length], first.said_by(length)))
    }
    assert found == {}


@some_or_all
def test_frames_of_an_older_log_behind_the_newest_are_not_taken_for_newer_ones(
    recorded: tuple[Recording, Recording], tmp_path: Path, most: int
) -> None:
    older, newer = recorded
    found = {}
    for length in some(newer.cuts(), most):
        log = newer.log[:length] + older.log[length:]
        if faults := faults_after(tmp_path, newer.file, log, newer.said_by(length)):
            found[length] = faults
    assert found == {}


@few_or_many
def test_a_torn_frame_takes_nothing_with_it_but_itself(first: Recording, tmp_path: Path, mixes: int) -> None:
    chance = random.Random(SEED)
    found = {}
    for _ in range(mixes):
        begins = chance.choice(first.boundaries[:-1])
        frame = first.log[begins : begins + first.frame]
        cut = chance.randrange(1, first.frame)
        for torn in (
            chance.randbytes(first.frame),
            bytes(first.frame),
            frame[:cut] + bytes(first.frame - cut),
            frame[:cut] + chance.randbytes(first.frame - cut),
            _with_one_bit_turned(frame, chance),
        ):
            if faults := faults_after(tmp_path, first.file, first.log[:begins] + torn, first.said_by(begins)):
                found[begins] = faults
    assert found == {}


@few_or_many
def test_a_frame_that_reached_the_disk_before_an_earlier_one_does_not_count(
    first: Recording, tmp_path: Path, mixes: int
) -> None:
    chance = random.Random(SEED)
    found = {}
    for _ in range(mixes):
        begins = chance.choice(first.boundaries[:-1])
        log = first.log[:begins] + bytes(first.frame) + first.log[begins + first.frame :]
        if faults := faults_after(tmp_path, first.file, log, first.said_by(begins)):
            found[begins] = faults
    assert found == {}


@few_or_many
def test_the_power_may_go_while_the_log_is_taken_over_into_the_file(
    recorded: tuple[Recording, Recording], tmp_path: Path, mixes: int
) -> None:
    before, after = recorded
    old = before.file.ljust(len(after.file), b"\0")
    chance = random.Random(SEED)
    found = {}
    for number in range(mixes):
        share = chance.random()
        sectors = range(0, len(after.file), SECTOR)
        mixed = b"".join((after.file if chance.random() < share else old)[at : at + SECTOR] for at in sectors)
        if faults := faults_after(tmp_path, mixed, before.log, before.said_by(len(before.log))):
            found[number] = faults
    assert found == {}


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / FILE_NAME}", SystemClock())
    with database.writing() as writing, database.reading() as reading:
        for connection in (writing, reading):
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2  # FULL
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    database.close()


def _with_one_bit_turned(frame: bytes, chance: random.Random) -> bytes:
    turned = bytearray(frame)
    turned[chance.randrange(len(frame))] ^= 1 << chance.randrange(8)
    return bytes(turned)
