"""Claims about recording at the station: what is asked for is recorded, and the index follows the files."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from console.application.errors import Unavailable
from console.domain.recordings import RecordingClass, Segment
from console.infrastructure.channel.messages import OpenStream, RecordByHand, RecordingWish
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import open_database
from console.infrastructure.database.unit_of_work import SqlUnitOfWork, SqlUnitsOfWork
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.video.recorder import Recorder, StreamTap
from console.infrastructure.watch.recordings import RecordingIndex, RecordingRoom
from console.infrastructure.watch.streams import Continuous, LookSize, Streams
from tests.infrastructure.video.numbered_clips import make_clip
from tests.infrastructure.video.recorded import packets_of
from tests.infrastructure.watch.builders import NOW, OneSecret, Wires, camera

WISH = RecordingWish(made_for="continuous")


class StandingClock:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    def monotonic_s(self) -> float:
        return self.at.timestamp()


class SometimesAway:
    """A database that can be away."""

    def __init__(self, units: SqlUnitsOfWork) -> None:
        self.is_away = True
        self._units = units

    @contextmanager
    def write(self) -> Iterator[SqlUnitOfWork]:
        if self.is_away:
            raise Unavailable("The database cannot be reached.")
        with self._units.write() as unit:
            yield unit

    @contextmanager
    def read(self) -> Iterator[SqlUnitOfWork]:
        with self._units.read() as unit:
            yield unit


@pytest.fixture
def wires() -> Wires:
    return Wires()


@pytest.fixture
def units(tmp_path: Path) -> Iterator[SqlUnitsOfWork]:
    database = open_database(f"sqlite:///{tmp_path / 'c.db'}", SystemClock())
    upgrade(database)
    yield SqlUnitsOfWork(database)
    database.close()


@pytest.fixture
def shelf(tmp_path: Path) -> RecordingShelf:
    return RecordingShelf(tmp_path / "recordings")


@pytest.fixture
def index(shelf: RecordingShelf, units: SqlUnitsOfWork, wires: Wires) -> RecordingIndex:
    return RecordingIndex(shelf, units, SystemClock(), wires.tell)


def streams_of(folder: Path, wires: Wires, continuous: Continuous = "none") -> Streams:
    folder.mkdir()
    made = Streams(
        slots=folder,
        prefix="citydesk-test-",
        vault=OneSecret(),
        look=LookSize(320, 320),
        clock=SystemClock(),
        media_workers=("media-1",),
        send=wires.send,
        linger_s=0.0,
        continuous=continuous,
    )
    made.take_directory([camera("01"), camera("02", is_watched=False)])
    return made


def recorded(wires: Wires) -> dict[str, str]:
    """Return what the worker was last told to record, and why."""
    told = {message.stream_id: message for _, message in wires.sent if isinstance(message, OpenStream)}
    return {name: message.recording.made_for for name, message in told.items() if message.recording is not None}


@pytest.mark.parametrize(
    ("continuous", "expected"),
    [
        ("none", {}),
        ("watched", {"cam01/main": "continuous"}),
        ("all", {"cam01/main": "continuous", "cam02/main": "continuous"}),
    ],
)
def test_the_setting_says_what_is_recorded_day_and_night(
    continuous: Continuous, expected: dict[str, str], tmp_path: Path, wires: Wires
) -> None:
    streams = streams_of(tmp_path / "slots", wires, continuous)
    assert recorded(wires) == expected
    streams.close()


def test_a_recording_by_hand_opens_the_stream_outlives_its_station_and_ends_in_time(
    tmp_path: Path, wires: Wires
) -> None:
    clock = StandingClock()
    streams = streams_of(tmp_path / "slots", wires)
    room = RecordingRoom(streams, tmp_path / "by-hand.json", clock)
    room.take_order(RecordByHand(camera_id="cam02", until=NOW + timedelta(minutes=15)))
    assert recorded(wires) == {"cam02/main": "manual"}
    streams.close()

    wires.sent.clear()
    streams = streams_of(tmp_path / "slots-of-the-next", wires)
    room = RecordingRoom(streams, tmp_path / "by-hand.json", clock)
    assert recorded(wires) == {"cam02/main": "manual"}

    clock.at += timedelta(minutes=15)
    room.look_at_the_clock()
    assert "cam02/main" not in streams.open_names
    streams.close()


def test_a_recording_by_hand_ends_by_hand_and_the_one_that_runs_anyway_goes_on(tmp_path: Path, wires: Wires) -> None:
    streams = streams_of(tmp_path / "slots", wires, "watched")
    room = RecordingRoom(streams, tmp_path / "by-hand.json", StandingClock())
    room.take_order(RecordByHand(camera_id="cam01", until=NOW + timedelta(minutes=15)))
    assert recorded(wires) == {"cam01/main": "manual"}
    room.take_order(RecordByHand(camera_id="cam01", until=None))
    assert recorded(wires) == {"cam01/main": "continuous"}
    streams.close()


def record(shelf: RecordingShelf, folder: Path, seconds: float = 3.0) -> None:
    form, packets = packets_of(make_clip(folder / "c.mp4", seconds=seconds))
    recorder = Recorder(shelf, SystemClock(), lambda closed: None)
    tap = StreamTap(recorder, "cam01")
    for packet in packets:
        tap.take(packet, form, WISH)
    recorder.end(10)


def all_of(units: SqlUnitsOfWork) -> list[Segment]:
    with units.read() as unit:
        return list(unit.recordings.oldest(RecordingClass.CONTINUOUS, 100))


def test_a_closed_segment_comes_into_the_index_once_and_the_seats_hear_of_it(
    tmp_path: Path, shelf: RecordingShelf, units: SqlUnitsOfWork, index: RecordingIndex, wires: Wires
) -> None:
    record(shelf, tmp_path)
    (noted,) = shelf.noted()
    index.look()
    index.look()
    assert all_of(units) == [noted]
    assert wires.told == [("recordings", ("cam01",))]
    assert shelf.noted() == []


def test_a_segment_waits_beside_its_file_while_the_database_is_away(
    tmp_path: Path, shelf: RecordingShelf, units: SqlUnitsOfWork, wires: Wires
) -> None:
    away = SometimesAway(units)
    index = RecordingIndex(shelf, away, SystemClock(), wires.tell)
    record(shelf, tmp_path)
    with pytest.raises(Unavailable):
        index.look()
    assert index.waiting == 1
    away.is_away = False
    index.look()
    assert index.waiting == 0
    assert len(all_of(units)) == 1


def test_an_index_that_was_lost_is_made_again_from_the_files(
    tmp_path: Path, shelf: RecordingShelf, units: SqlUnitsOfWork, index: RecordingIndex, wires: Wires
) -> None:
    record(shelf, tmp_path)
    index.look()
    (before,) = all_of(units)
    with units.write() as unit:
        unit.recordings.remove([before.segment_id])
        unit.commit()
    RecordingIndex(shelf, units, SystemClock(), wires.tell).look()
    assert all_of(units) == [before]


def test_a_file_that_somebody_took_away_is_a_gap_from_then_on(
    tmp_path: Path, shelf: RecordingShelf, units: SqlUnitsOfWork, index: RecordingIndex, wires: Wires
) -> None:
    record(shelf, tmp_path)
    index.look()
    (segment,) = all_of(units)
    shutil.rmtree(shelf.absolute(segment.path).parent)
    RecordingIndex(shelf, units, SystemClock(), wires.tell).look()
    assert all_of(units) == []
    with units.read() as unit:
        assert unit.recordings.get(segment.segment_id).lost_at is not None
