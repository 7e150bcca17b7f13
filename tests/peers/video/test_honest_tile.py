"""One tile at a camera of another make that hangs, dies, freezes and refuses: its words and pixels at each step."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from console.infrastructure.channel.messages import PictureSlot, StreamState
from console.infrastructure.clock import SystemClock
from console.infrastructure.frame_slots import SlotReader
from console.infrastructure.video.capture import FROZEN_AFTER_S
from console.words import ENGLISH, Words
from tests.infrastructure.video.media_station import MediaStation, Slots
from tests.peers.video.gst_camera import GstCamera
from tests.widgets.street import camera
from widgets.state.telling import Teller
from widgets.state.tile import Look
from widgets.wall.render_clock import RenderClock
from widgets.wall.tile import TELL_EVERY_TICKS, Tile
from widgets.wall.tile_painting import header_height

pytestmark = pytest.mark.peer
StartCamera = Callable[..., GstCamera]
# A colourful picture that moves, at 10 a second, as a live camera sends it.
COLOURFUL = (
    "( videotestsrc is-live=true pattern=smpte100 horizontal-speed=2 ! "
    "video/x-raw,width=640,height=360,framerate=10/1 ! "
    "x264enc tune=zerolatency key-int-max=10 ! rtph264pay name=pay0 pt=96 )"
)
# A twentieth of the noise of snow over black: a sensor in the dark, coded at a low rate.
NIGHT = (
    "( videotestsrc is-live=true pattern=snow ! videobalance contrast=0.03 brightness=0.06 saturation=0 ! "
    "video/x-raw,width=640,height=360,framerate=10/1 ! x264enc tune=zerolatency bitrate=150 key-int-max=40 ! "
    "rtph264pay name=pay0 pt=96 )"
)


@dataclass
class AtTheTile:
    """The tile of a camera, told by the media worker's own messages, and what stands on it."""

    tile: Tile
    station: MediaStation
    qtbot: QtBot

    def shows(self, stream_id: str, look: Look, words: str = "") -> None:
        """Let the wall run until the tile looks so and says so."""

        def is_so() -> bool:
            for state in self.station.arrived(StreamState):
                if state.stream_id == stream_id:
                    self.tile.note_stream(state)
            for _ in range(TELL_EVERY_TICKS):
                self.tile.refresh()
            return self.tile.look.look is look and words in self.tile.accessibleDescription()

        self.qtbot.waitUntil(is_so, timeout=60_000)

    def colour(self) -> float:
        """Return the largest distance between the channels of any pixel below the header, 0 to 1."""
        image = self.tile.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)[:, : image.width() * 4]
        pixels = rows.reshape(image.height(), image.width(), 4)[header_height() :, :, :3].astype(int)
        return float((pixels.max(-1) - pixels.min(-1)).max()) / 255


@pytest.fixture
def at(qtbot: QtBot, station: MediaStation) -> Iterator[AtTheTile]:
    tile = Tile(Teller(Words(ENGLISH), ZoneInfo("Asia/Shanghai")), SystemClock(), RenderClock())
    qtbot.addWidget(tile)
    tile.resize(480, header_height() + 270)
    tile.show_camera(camera(1))
    yield AtTheTile(tile, station, qtbot)
    tile.attach(None)


@pytest.fixture
def source(slots: Slots, at: AtTheTile) -> Iterator[PictureSlot]:
    """Yield a slot the tile pulls from."""
    slot = slots.picture(480, 270)
    reader = SlotReader(Path(slot.slot_path))
    at.tile.attach(reader)
    yield slot
    at.tile.attach(None)
    reader.close()


def test_a_camera_that_hangs_dies_and_comes_back_is_never_shown_as_live_meanwhile(
    start_camera: StartCamera, at: AtTheTile, source: PictureSlot
) -> None:
    street = start_camera({"/cam": COLOURFUL})
    at.station.open("s", street.address("/cam"), pictures=(source,))
    at.shows("s", Look.LIVE, "live, picture 0 s old")
    assert at.colour() > 0.8

    street.process.send_signal(signal.SIGSTOP)
    at.shows("s", Look.STALE, "nothing new for")
    assert at.colour() < 0.25  # the words are lavender, the picture has no colour left
    at.shows("s", Look.STALE, "reconnecting in")
    street.process.send_signal(signal.SIGCONT)
    at.shows("s", Look.LIVE, "live")
    assert at.colour() > 0.8

    street.process.kill()
    at.shows("s", Look.NO_SIGNAL, "No signal")
    assert at.tile.picture.isNull() and at.colour() < 0.25
    at.shows("s", Look.NO_SIGNAL, "(2nd)")  # it tries by itself and says so
    start_camera({"/cam": COLOURFUL}, port=street.port)
    at.shows("s", Look.LIVE, "live")
    assert at.colour() > 0.8


def test_a_wrong_password_is_told_from_a_camera_that_is_not_there(
    start_camera: StartCamera, at: AtTheTile, source: PictureSlot
) -> None:
    locked = start_camera({"/cam": COLOURFUL}, login="viewer:Str33tL1ght")
    at.station.open("wrong", locked.address("/cam", "viewer:guess"), pictures=(source,))
    at.shows("wrong", Look.WRONG_PASSWORD, "login refused, retries stopped")
    assert at.colour() < 0.25

    at.station.open("wrong", locked.address("/cam", "viewer:Str33tL1ght"), pictures=(source,))
    at.shows("wrong", Look.LIVE, "live")  # mended in the vault, it needs nobody to press anything

    at.station.open("wrong", locked.address("/nowhere", "viewer:Str33tL1ght"), pictures=(source,))
    at.shows("wrong", Look.NO_SIGNAL, "retry in")
    assert at.tile.picture.isNull() and "assword" not in at.tile.accessibleDescription()


def test_a_camera_whose_picture_stands_while_it_goes_on_sending_is_frozen(
    start_camera: StartCamera, at: AtTheTile, source: PictureSlot
) -> None:
    dead = start_camera({"/cam": COLOURFUL.replace(" horizontal-speed=2", "")})
    at.station.open("s", dead.address("/cam"), pictures=(source,))
    at.shows("s", Look.LIVE)
    at.shows("s", Look.FROZEN, "data still arriving")
    assert at.colour() < 0.25


def test_a_dark_street_with_nothing_but_its_sensors_noise_stays_live(
    start_camera: StartCamera, at: AtTheTile, source: PictureSlot
) -> None:
    night = start_camera({"/cam": NIGHT})
    at.station.open("s", night.address("/cam"), pictures=(source,))
    at.shows("s", Look.LIVE)
    begun_s = SystemClock().monotonic_s()

    def is_past_freezing() -> bool:
        at.shows("s", Look.LIVE)
        return SystemClock().monotonic_s() - begun_s > FROZEN_AFTER_S + 3

    at.qtbot.waitUntil(is_past_freezing, timeout=60_000)
