"""Claims about a station that stands still, is killed or cannot start: the seat says so, and nobody need come."""

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from console.domain.cameras import Camera
from console.infrastructure.channel.messages import Arrange, TileWish
from console.infrastructure.database.engine import URL_VARIABLE
from console.infrastructure.paths import DATA_VARIABLE
from console.infrastructure.station_link import FAILED, HUNG_AFTER_S, SILENT, SILENT_AFTER_S
from console.site import SETTINGS_FILE, Site
from tests.flows.running_station import (
    WITHIN_S,
    RunningStation,
    a_running_station,
    a_site,
    lives,
    nobody_listening,
    until,
)

ENDED_WITHIN_S = 5.0  # no process outlives its station by more


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    with nobody_listening() as place, a_site([f"rtsp://{place}/main"]) as site:
        yield site


@pytest.fixture
def station(site: Site) -> Iterator[RunningStation]:
    with a_running_station(site) as running:
        running.wait_until_linked()
        yield running


def show(station: RunningStation) -> None:
    """Ask for a tile, so that there is shared memory to be left behind."""
    with station.site.units.read() as unit:
        cameras = unit.directory.cameras()
    assert station.link is not None
    station.link.send(Arrange(seat_id="01", tiles=tuple(wish(camera) for camera in cameras)))
    until(lambda: bool(station.slot_files()), WITHIN_S)


def wish(camera: Camera) -> TileWish:
    return TileWish(tile_id=camera.number, camera_id=camera.camera_id, profile="main", max_width=480, max_height=270)


@pytest.mark.media
@pytest.mark.timeout(300)
def test_a_station_that_stands_still_is_said_to_and_goes_on_with_the_workers_it_had(station: RunningStation) -> None:
    for role in ("media-worker", "vision-worker", "talk-worker"):
        station.wait_for_worker(role)
    station.ears.wait("its pulse", WITHIN_S, lambda: station.ears.health)
    before = {child.pid for child in station.children()}
    stopped_s = time.monotonic()
    station.stop()
    station.wait_until_away()
    noticed_s = station.changes[-1][0] - stopped_s
    assert noticed_s < SILENT_AFTER_S + 2.0
    assert [why.sentence for why in station.told if why is not None] == [SILENT]
    assert station.link is not None
    station.go_on()
    station.wait_until_linked()
    assert station.told[-1] is None and len(station.starts) == 1
    assert {child.pid for child in station.children()} == before, "no worker is blamed for its station"


@pytest.mark.media
@pytest.mark.timeout(300)
def test_a_killed_station_takes_everybody_with_it_and_a_seat_starts_the_next(station: RunningStation) -> None:
    for role in ("media-worker", "vision-worker", "talk-worker"):
        station.wait_for_worker(role)
    show(station)
    before, files = station.children(), set(station.slot_files())
    before[0].suspend()  # one that stands still takes no polite signal
    killed = station.kill()
    took_s = until(lambda: not any(lives(child) for child in before), ENDED_WITHIN_S)
    assert took_s < ENDED_WITHIN_S
    station.wait_until_away()
    station.wait_until_linked()
    assert station.pid != killed and len(station.starts) == 2
    assert not files & set(station.slot_files()), "the next station sweeps what the killed one left"


@pytest.mark.long
@pytest.mark.media
@pytest.mark.timeout(300)
def test_a_station_that_hangs_for_good_is_ended_and_replaced_without_a_person(station: RunningStation) -> None:
    hung = psutil.Process(station.pid)
    station.stop()
    until(lambda: not lives(hung), HUNG_AFTER_S + WITHIN_S)
    station.wait_until_linked()
    assert station.pid != hung.pid and station.told[-1] is None


@pytest.mark.media
@pytest.mark.timeout(300)
def test_after_an_orderly_end_nothing_is_left(site: Site) -> None:
    with a_running_station(site) as running:
        running.wait_until_linked()
        running.wait_for_worker("media-worker")
        show(running)
        children = running.children()
    assert not any(lives(child) for child in children)
    assert running.slot_files() == []
    assert not site.endpoint_file.exists()


@pytest.mark.media
@pytest.mark.timeout(300)
def test_a_station_that_cannot_start_says_why_at_the_seat_and_starts_when_it_can(site: Site) -> None:
    settings = site.paths.data / SETTINGS_FILE
    right = settings.read_text(encoding="utf-8")
    settings.write_text("[station]\nmedia_workers = 'many'\n", encoding="utf-8")
    begun_s = time.monotonic()
    with a_running_station(site) as running:
        until(lambda: any(why is not None and why.sentence == FAILED for why in running.told), WITHIN_S)
        said = next(why for why in running.told if why is not None)
        assert "media_workers" in said.values["reason"]
        assert time.monotonic() - begun_s < 30.0, "sooner than a start is waited for"
        settings.write_text(right, encoding="utf-8")
        running.wait_until_linked()
        assert running.told[-1] is None
