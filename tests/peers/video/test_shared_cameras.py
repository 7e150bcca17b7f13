"""Pictures through a sharing platform: a stand-in of ours in front of GStreamer, opened by our worker."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.domain.cameras import Camera
from console.domain.ids import CameraId
from console.domain.places import Place
from console.domain.sharing import SharedSource
from console.infrastructure.channel.messages import Arrange, LookSlot, PictureSlot, StreamState, TileWish
from console.infrastructure.clock import SystemClock
from console.infrastructure.gateways.sharing_platform import PlatformSpec, WvpPlatform
from console.infrastructure.watch.shared_openings import SharedOpenings
from console.infrastructure.watch.streams import LookSize, Streams
from tests.infrastructure.gateways.wvp_stand_in import DEVICE, PASSWORD, USER, StandInPlatform, channel_code
from tests.infrastructure.video.media_station import MediaStation, Viewer, wait_until
from tests.infrastructure.video.numbered_clips import make_clip, number_in
from tests.infrastructure.watch.builders import OneSecret
from tests.peers.video.gst_camera import GstCamera, plays

pytestmark = pytest.mark.peer
Look = Callable[[PictureSlot | LookSlot], Viewer]
StartCamera = Callable[..., GstCamera]
MAIN = "shared/main"


class Wall:
    """A wall's one tile, the station's streams behind it, and the real worker they order."""

    def __init__(self, platform: StandInPlatform, worker: MediaStation, folder: Path) -> None:
        self._worker = worker
        spec = PlatformSpec(name="city", url=platform.url)
        gateway = WvpPlatform(spec, lambda: f"{USER}:{PASSWORD}")
        self.streams = Streams(
            slots=folder,
            prefix="citydesk-test-",
            vault=OneSecret(),
            look=LookSize(320, 320),
            clock=SystemClock(),
            media_workers=("media-7",),
            send=lambda _worker, message: worker.order(message),
            linger_s=0.0,
            shared=SharedOpenings({"city": gateway}, SystemClock()),
        )
        source = SharedSource("city", DEVICE, channel_code(1))
        place = Place(address="学府路 12 号")
        self.streams.take_directory(
            [
                Camera(
                    camera_id=CameraId("shared"),
                    number="1",
                    name="路口",
                    place=place,
                    main_address=source.address,
                    sub_address="",
                )
            ]
        )

    def show(self) -> PictureSlot:
        tile = {"tile_id": "1", "camera_id": "shared", "profile": "main", "max_width": 640, "max_height": 360}
        arranged = self.streams.arrange(Arrange(seat_id="01", tiles=(TileWish.model_validate(tile),)))
        return PictureSlot(slot_path=arranged.tiles[0].slot_path, max_width=640, max_height=360)

    def hide(self) -> None:
        self.streams.arrange(Arrange(seat_id="01", tiles=()))

    def until(self, is_so: Callable[[], bool], what: str) -> None:
        def look() -> bool:
            for state in self._worker.arrived(StreamState):
                self.streams.take_state(state)
            self.streams.look_around()
            return is_so()

        wait_until(look, what, 30.0)

    @property
    def condition(self) -> str:
        state = self.streams.states.get(MAIN)
        return state.condition if state is not None else ""


@pytest.fixture
def platform() -> Iterator[StandInPlatform]:
    running = StandInPlatform()
    running.add(1)
    yield running
    running.close()


@pytest.fixture
def wall(platform: StandInPlatform, station: MediaStation, tmp_path: Path) -> Iterator[Wall]:
    folder = tmp_path / "slots"
    folder.mkdir()
    made = Wall(platform, station, folder)
    yield made
    made.streams.close()


def test_the_street_is_seen_through_a_platform_and_given_back(
    platform: StandInPlatform,
    wall: Wall,
    minute: Path,
    start_camera: StartCamera,
    station: MediaStation,
    look_at: Look,
) -> None:
    platform.rtsp_port = start_camera({"/cam": plays(minute)}).port
    viewer = look_at(wall.show())
    wall.until(lambda: wall.condition == "live", "the picture is there")
    _, first = viewer.next()
    _, later = viewer.next(lambda facts, luma: number_in(luma) > number_in(first))
    assert number_in(later) > number_in(first) >= 0
    wall.hide()
    wall.until(lambda: platform.stops == {channel_code(1): 1}, "the platform is told")
    said = "".join(message.model_dump_json() for message in station.said if isinstance(message, StreamState))
    for secret in ("secret-token", *platform.tokens, PASSWORD):
        assert secret not in station.logged() and secret not in said


def test_a_stream_that_ends_comes_again_by_another_address(
    platform: StandInPlatform, wall: Wall, start_camera: StartCamera, look_at: Look, tmp_path: Path
) -> None:
    short = make_clip(tmp_path / "short.mp4", seconds=2, fps=15, size=(320, 180))
    platform.rtsp_port = start_camera({"/cam": plays(short)}).port
    viewer = look_at(wall.show())
    wall.until(lambda: wall.condition == "live", "the picture is there")
    before = viewer.newest()
    wall.until(lambda: platform.plays[channel_code(1)] >= 2, "asked anew when it ended")
    wall.until(lambda: wall.condition == "live" and viewer.newest() > before, "and it is there again")
    assert platform.stops == {}, "for the platform it was watched all the time"


def test_what_is_wrong_is_said_of_whom_it_is_wrong_with(
    platform: StandInPlatform, wall: Wall, minute: Path, start_camera: StartCamera
) -> None:
    camera = start_camera({"/cam": plays(minute)})
    platform.rtsp_port = camera.port
    channel = platform.channels[DEVICE][0]
    channel.status = "OFF"
    wall.show()
    wall.until(lambda: wall.condition == "camera_offline", "the platform has lost it")
    channel.status, channel.path = "ON", "/nowhere"
    wall.until(lambda: wall.condition == "not_playable", "the platform's stream does not open")
    channel.path = "/cam"
    wall.until(lambda: wall.condition == "live", "it comes by itself when it can")
    camera.close()
    platform.odd["/api/"] = lambda _content: (503, b"")
    wall.until(lambda: wall.condition == "platform_away", "the platform is gone")
