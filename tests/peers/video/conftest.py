"""GStreamer as the camera, our media worker as what looks at it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.infrastructure.channel.messages import LookSlot, PictureSlot
from tests.infrastructure.video.media_station import MediaStation, Slots, Viewer
from tests.infrastructure.video.numbered_clips import make_clip
from tests.peers.video.gst_camera import GstCamera, GstMissing

StartCamera = Callable[..., GstCamera]


@pytest.fixture(scope="session")
def minute(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a minute of numbered H.264 pictures, 640×360 at 15 a second."""
    return make_clip(tmp_path_factory.mktemp("gst") / "minute.mp4", seconds=60, fps=15, size=(640, 360))


@pytest.fixture
def start_camera() -> Iterator[StartCamera]:
    started: list[GstCamera] = []

    def start(
        paths: dict[str, str],
        *,
        login: str = "",
        method: str = "digest",
        tls: tuple[Path, Path] | None = None,
        port: int = 0,
    ) -> GstCamera:
        try:
            started.append(GstCamera(paths, login=login, method=method, tls=tls, port=port))
        except GstMissing as missing:
            pytest.skip(f"no gst-rtsp-server for the system's Python: {missing}")
        return started[-1]

    yield start
    for camera in started:
        camera.close()


@pytest.fixture
def station(tmp_path: Path) -> Iterator[MediaStation]:
    running = MediaStation(tmp_path)
    yield running
    if running.worker.poll() is None:
        running.close()


@pytest.fixture
def slots() -> Iterator[Slots]:
    made = Slots()
    yield made
    made.close()


@pytest.fixture
def look_at() -> Iterator[Callable[[PictureSlot | LookSlot], Viewer]]:
    """Return a function: a slot → who looks into it."""
    viewers: list[Viewer] = []

    def look(slot: PictureSlot | LookSlot) -> Viewer:
        viewers.append(Viewer(slot))
        return viewers[-1]

    yield look
    for viewer in viewers:
        viewer.close()
