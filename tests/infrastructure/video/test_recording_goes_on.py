"""A media worker killed over its recordings: what it had is kept, and its successor records on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.domain.recordings import RecordingClass
from console.infrastructure.channel.messages import RecordingWish
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import open_database
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.watch.recordings import RecordingIndex
from tests.infrastructure.video.media_station import DemoCameras, MediaStation
from tests.infrastructure.video.recorded import numbers_in


@pytest.fixture
def units(tmp_path: Path) -> Iterator[SqlUnitsOfWork]:
    database = open_database(f"sqlite:///{tmp_path / 'c.db'}", SystemClock())
    upgrade(database)
    yield SqlUnitsOfWork(database)
    database.close()


def wait_while_it_records(station: MediaStation) -> None:
    live = station.state("s", "live", lambda state: state.recording == "continuous")
    until_s = (live.media_time_s or 0.0) + 2.5
    station.state("s", "live", lambda state: (state.media_time_s or 0.0) > until_s)


def test_what_a_killed_worker_left_is_indexed_and_its_successor_records_on(
    tmp_path: Path, units: SqlUnitsOfWork, cameras: DemoCameras
) -> None:
    shelf = RecordingShelf(tmp_path / "recordings")
    index = RecordingIndex(shelf, units, SystemClock(), lambda topic, ids: None)
    for life in ("first", "second"):
        (tmp_path / life).mkdir()
        station = MediaStation(tmp_path / life, recordings=tmp_path / "recordings")
        station.open("s", cameras.address("01", "main"), recording=RecordingWish(made_for="continuous"))
        wait_while_it_records(station)
        station.worker.kill()
        station.close()
        index.look()
    with units.read() as unit:
        first, second = unit.recordings.oldest(RecordingClass.CONTINUOUS, 9)
    for segment in (first, second):
        assert (segment.ends_at - segment.begins_at).total_seconds() > 1.5
        assert numbers_in(shelf.absolute(segment.path))
    assert first.ends_at <= second.begins_at
    assert second.follows == ""
    assert list(shelf.left_drafts()) == []
