"""A stream that kills its decoder, through a whole station: its neighbours blink once, and never again."""

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.infrastructure.channel.messages import Arrange, TileWish
from console.infrastructure.database.engine import URL_VARIABLE
from console.infrastructure.frame_slots import SlotReader
from console.infrastructure.paths import DATA_VARIABLE
from console.infrastructure.work_notes import threads_of
from tests.flows.running_station import WITHIN_S, RunningStation, a_running_station, a_site, until
from tests.infrastructure.video.media_station import CLIP_S, DemoCameras
from tests.infrastructure.video.numbered_clips import make_clip

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a signal to one thread of another process is Linux's")
CAMERAS = 9
GUILTY = "3"  # the tile of the hostile stream
REPAIRED_WITHIN_S = 3.0
MUCH_ELSE = 1.5  # processes a core: a machine that has more to do than that says nothing of seconds
_TGKILL = {"x86_64": 234, "aarch64": 131}.get(os.uname().machine, 0)


class Wall:
    """Nine tiles, and who pulls their pictures."""

    def __init__(self, station: RunningStation, cameras: list[str]) -> None:
        self.station = station
        self._tiles = tuple(
            TileWish(tile_id=str(at), camera_id=camera, profile="sub", max_width=320, max_height=240)
            for at, camera in enumerate(cameras)
        )
        self._arranged = -1
        self._arrange()
        station.ears.wait("the wall", WITHIN_S, lambda: len(station.ears.tiles) == len(cameras))
        self.readers = {tile: SlotReader(Path(source.slot_path)) for tile, source in station.ears.tiles.items()}
        self.shown()

    def _arrange(self) -> None:
        """Say what the wall shows; again when the line broke meanwhile, as a seat does."""
        changes = len(self.station.changes)
        if changes != self._arranged and self.station.ears.is_linked and self.station.link is not None:
            self.station.link.send(Arrange(seat_id="02", tiles=self._tiles))
            self._arranged = changes

    @property
    def neighbours(self) -> list[str]:
        return [tile for tile in self.readers if tile != GUILTY]

    def shown(self, within_s: float = WITHIN_S, tiles: list[str] | None = None) -> float:
        """Wait for a new picture on each tile and return how long that took."""
        before = {tile: self.readers[tile].newest_sequence() for tile in tiles or self.readers}

        def is_so() -> bool:
            self._arrange()
            return all(self.readers[tile].newest_sequence() > at for tile, at in before.items())

        return until(is_so, within_s)

    def condition(self, tile: str) -> tuple[str, int]:
        state = self.station.ears.streams[self.station.ears.tiles[tile].stream_id]
        return state.condition, state.attempts

    def restarts(self, times: int) -> None:
        """Wait until the guilty tile says that its decoder is started again for the nth time."""
        until(lambda: self.condition(GUILTY) == ("worker_restarting", times), WITHIN_S)

    def close(self) -> None:
        for reader in self.readers.values():
            reader.close()


@pytest.fixture
def wall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wall]:
    clips = tmp_path / "clips"
    clips.mkdir()
    for number in range(1, CAMERAS + 1):
        make_clip(clips / f"{number:02d}.mp4", seconds=CLIP_S)
    street = DemoCameras(clips, tmp_path / "cameras")
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.setenv("CITYDESK_STATION__MEDIA_WORKERS", "1")  # all are neighbours
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    try:
        # The ninth asks for a password.
        with a_site([street.address(f"{number:02d}") for number in range(1, CAMERAS)]) as site:
            with site.units.read() as unit:
                cameras = [camera.camera_id for camera in unit.directory.cameras()]
            with a_running_station(site) as running:
                running.wait_until_linked()
                made = Wall(running, list(cameras))
                yield made
                made.close()
    finally:
        street.close()


def crash(station: RunningStation, worker_id: str, stream_id: str) -> None:
    """Do what a hostile stream does: end its decoder with a fault of the thread that decodes it."""
    found: list[tuple[int, int]] = []

    def is_there() -> bool:
        process = next((child for child in station.children() if worker_id in child.cmdline()), None)
        notes = [note for note in threads_of(station.site.paths.logs, worker_id) if note.subject == stream_id]
        if process is not None and notes and notes[0].native_id in {thread.id for thread in process.threads()}:
            found.append((process.pid, notes[0].native_id))
        return bool(found)

    until(is_there, WITHIN_S)
    assert ctypes.CDLL(None).syscall(_TGKILL, *found[0], int(signal.SIGSEGV)) == 0


def pids(station: RunningStation) -> dict[str, int]:
    return {
        name: child.pid for child in station.children() for name in ("media-1", "media-q1") if name in child.cmdline()
    }


@pytest.mark.timeout(180)
def test_a_stream_that_kills_its_decoder_comes_back_alone_and_its_neighbours_blink_once(wall: Wall) -> None:
    station, guilty = wall.station, wall.station.ears.tiles[GUILTY].stream_id
    first = pids(station)["media-1"]
    crash(station, "media-1", guilty)
    wall.restarts(1)
    dark_s = wall.shown(tiles=wall.neighbours)
    print(f"the neighbours shown again after {dark_s:.1f} s")
    if os.getloadavg()[0] <= (os.cpu_count() or 1) * MUCH_ELSE:
        assert dark_s < REPAIRED_WITHIN_S
    wall.shown(tiles=[GUILTY])
    second = pids(station)["media-1"]
    assert second != first and "media-q1" in pids(station)
    health = station.ears.wait("its word", WITHIN_S, lambda: station.ears.health)
    assert [worker.worker_id for worker in health.workers if worker.alone_for] == ["media-q1"]

    for times in (2, 3):  # it goes on killing
        crash(station, "media-q1", guilty)
        wall.restarts(times)
        wall.shown(tiles=wall.neighbours)
        assert {wall.condition(tile)[0] for tile in wall.neighbours} == {"live"}
        wall.shown(tiles=[GUILTY])
    assert pids(station)["media-1"] == second
