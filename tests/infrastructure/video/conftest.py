"""A media worker, cameras to look at, and slots to look into."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.demo.rtsp.server import LiveStream, RtspServer
from console.infrastructure.channel.messages import LookSlot, PictureSlot
from tests.infrastructure.video.media_station import CLIP_S, DemoCameras, MediaStation, Slots, Viewer
from tests.infrastructure.video.numbered_clips import make_clip

CAMERAS = 9
Serve = Callable[[LiveStream], str]


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of nine clips with numbered pictures; the fourth never changes."""
    folder = tmp_path_factory.mktemp("clips")
    for number in range(1, CAMERAS + 1):
        make_clip(folder / f"{number:02d}.mp4", seconds=CLIP_S, is_still=number == 4)
    return folder


@pytest.fixture(scope="session")
def cameras_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cameras")


@pytest.fixture
def cameras(clips: Path, cameras_folder: Path) -> Iterator[DemoCameras]:
    """Serve the clips as the demo's cameras 01 to 09 (prepared once a run)."""
    running = DemoCameras(clips, cameras_folder / "cameras")
    yield running
    if running.process.poll() is None:
        running.close()


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


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that serves a stream in a thread of this process and gives its address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    servers: list[RtspServer] = []

    def start(stream: LiveStream) -> str:
        servers.append(RtspServer([stream]))
        port = asyncio.run_coroutine_threadsafe(servers[-1].start(0), loop).result(10)
        return f"rtsp://127.0.0.1:{port}{stream.path}"

    async def stop() -> None:
        for server in servers:
            await server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    yield start
    asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
