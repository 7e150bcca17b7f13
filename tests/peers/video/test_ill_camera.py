"""A camera of another make whose picture goes black: from its stream to its tile and the case at its owner."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import numpy as np
import pytest
from pydantic import SecretStr
from pytestqt.qtbot import QtBot

from console.application.camera_sight import SightNotes
from console.domain.camera_faults import FaultKind
from console.domain.ids import UnitId
from console.domain.routing import RoutingRow
from console.infrastructure.channel.messages import OpenStream, ReferenceTaken, StreamState, TakeReference
from console.infrastructure.clock import SystemClock
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.frame_slots import SlotReader
from console.infrastructure.watch.sight import SightRoom
from console.words import ENGLISH, Words
from tests.application.city import CAMERA, TEAM, City, open_city, person
from tests.application.ill_cameras import MATTER
from tests.infrastructure.video.media_station import MediaStation, Slots
from tests.peers.video.gst_camera import GstCamera
from tests.widgets.street import camera
from widgets.state.telling import Teller
from widgets.wall.render_clock import RenderClock
from widgets.wall.tile import TELL_EVERY_TICKS, Tile
from widgets.wall.tile_painting import header_height

pytestmark = pytest.mark.peer
STREAM = f"{CAMERA}/main"
# Four seconds of a street's worth of edges, then the noise of a sensor behind a cap.
GOES_BLACK = (
    "( concat name=both ! x264enc tune=zerolatency key-int-max=10 ! rtph264pay name=pay0 pt=96 "
    "videotestsrc is-live=true num-buffers=40 pattern=smpte100 horizontal-speed=2 ! "
    "video/x-raw,width=640,height=360,framerate=10/1 ! both. "
    "videotestsrc is-live=true pattern=snow ! videobalance contrast=0.03 brightness=0.02 saturation=0 ! "
    "video/x-raw,width=640,height=360,framerate=10/1 ! both. )"
)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with open_city(tmp_path) as found:
        with found.units.write() as unit:
            unit.directory.put_category(MATTER)
            unit.directory.put_routing((RoutingRow(row=1, unit_id=UnitId("team-1"), category_prefix="01"),))
            unit.directory.put_camera(replace(unit.directory.camera(CAMERA), owner=TEAM))
            unit.commit()
        yield found


@contextmanager
def _reading(slot_path: str) -> Iterator[SlotReader]:
    reader = SlotReader(Path(slot_path))
    yield reader
    reader.close()


@pytest.fixture
def tile(qtbot: QtBot) -> Tile:
    made = Tile(Teller(Words(ENGLISH), ZoneInfo("Asia/Shanghai")), SystemClock(), RenderClock())
    qtbot.addWidget(made)
    made.resize(480, header_height() + 270)
    made.show_camera(replace(camera(1), camera_id=CAMERA))
    return made


def test_a_camera_that_goes_black_is_named_on_its_tile_and_filed_with_its_pictures(
    start_camera: Callable[..., GstCamera],
    station: MediaStation,
    slots: Slots,
    city: City,
    tile: Tile,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    store = EvidenceStore(tmp_path / "evidence")
    room = SightRoom(
        notes=SightNotes(city.units),
        store=store,
        intake=city.intake,
        folder=tmp_path / "sight",
        clock=SystemClock(),
        send=lambda _, message: station.order(message),
        tell=lambda topic, ids: None,
    )
    slot = slots.picture(480, 270)
    order = OpenStream(
        stream_id=STREAM,
        camera_id=CAMERA,
        address=SecretStr(start_camera({"/cam": GOES_BLACK}).address("/cam")),
        pictures=(slot,),
        sight=room.wish(CAMERA),
    )

    def shows(words: str) -> bool:
        """Pass on what the worker said since, as a station does, and let the wall run."""
        for state in station.arrived(StreamState):
            tile.note_stream(room.take_state(state))
        for _ in range(TELL_EVERY_TICKS):
            tile.refresh()
        return words in tile.accessibleDescription()

    with ExitStack() as closing:
        reader = closing.enter_context(_reading(slot.slot_path))
        tile.attach(reader)
        closing.callback(tile.attach, None)
        station.order(order)
        qtbot.waitUntil(lambda: shows("live"), timeout=20_000)
        station.order(TakeReference(stream_id=STREAM, taken_by="李文静"))
        taken = station.until(lambda said: isinstance(said, ReferenceTaken))
        assert isinstance(taken, ReferenceTaken) and taken.taken_by == "李文静"
        assert "Picture black" not in tile.accessibleDescription()
        qtbot.waitUntil(lambda: shows("Picture black"), timeout=40_000)

    with city.units.read() as unit:
        (fault,) = unit.sight.open_faults()
        kept = list(unit.evidence.of_subject(fault.fault_id))
    assert fault.kind is FaultKind.BLACK
    assert 10.0 <= (fault.noted_at - fault.began_at).total_seconds() < 16.0
    (ill,) = kept
    picture = cv2.imdecode(np.fromfile(store.absolute(ill.path), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None and picture.shape == (360, 640) and float(picture.mean()) < 40.0

    filed = city.cases.file_fault(person("李文静"), fault.fault_id)
    with city.units.read() as unit:
        (sent,) = unit.orders.of_case(filed.case_id)
    assert (filed.unit_id, sent.body["service_code"], sent.body["stills"]) == (TEAM, "01050", [ill.path])
