"""A replay is played where its camera is; several get one order with one time on it, and nothing is left open."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from console.infrastructure.channel.messages import (
    AnyMessage,
    ControlReplay,
    OpenReplay,
    PlayerOpened,
    PlaySpan,
    ReplayState,
    RunReplay,
)
from console.infrastructure.clock import SystemClock
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.watch.hub import Peer
from console.infrastructure.watch.replays import DECODER_GONE, ReplayRoom
from console.infrastructure.watch.streams import LookSize, Streams
from tests.application.city import BEGIN, CAMERA, City, open_city
from tests.infrastructure.database.test_recordings import segment
from tests.infrastructure.watch.builders import OneSecret, Wires, shared_memory


class Seat:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[AnyMessage] = []

    def send(self, message: AnyMessage) -> None:
        self.told.append(message)

    @property
    def peer(self) -> Peer:
        return cast(Peer, self)


class Place:
    """A room of a station with two media workers, and what leaves it."""

    def __init__(self, city: City, folder: Path) -> None:
        self.wires, self.slots = Wires(), folder / "slots"
        self.slots.mkdir()
        self.streams = Streams(
            slots=self.slots,
            prefix="citydesk-test-",
            vault=OneSecret(),
            look=LookSize(320, 320),
            clock=SystemClock(),
            media_workers=("media-1", "media-2"),
            send=self.wires.send,
        )
        self.room = ReplayRoom(
            units=city.units,
            recordings=EvidenceStore(folder / "recordings"),
            streams=self.streams,
            clock=SystemClock(),
            send=self.wires.send,
        )

    def open(self, seat: Seat, name: str) -> None:
        self.room.open(
            seat.peer,
            OpenReplay(
                request_id=name,
                player_id=name,
                camera_id=CAMERA,
                from_at=BEGIN,
                to_at=BEGIN + timedelta(minutes=10),
                at=BEGIN + timedelta(minutes=2),
                max_width=320,
                max_height=180,
            ),
        )


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with open_city(tmp_path) as city:
        with city.units.write() as unit:
            for minute in (0, 1, 4):
                begins_at = BEGIN + timedelta(minutes=minute)
                unit.recordings.add(segment(f"s{minute}", begins_at, camera_id=CAMERA))
            lost = segment("s9", BEGIN + timedelta(minutes=9), camera_id=CAMERA, lost_at=BEGIN)
            unit.recordings.add(lost)
            unit.commit()
        place = Place(city, tmp_path)
        yield place
        place.streams.close()


def test_a_cameras_own_worker_plays_all_segments_that_are_there(place: Place) -> None:
    seat = Seat()
    place.open(seat, "p")

    ((worker, order),) = place.wires.sent
    assert worker == place.streams.worker_of(f"{CAMERA}/main")
    assert isinstance(order, PlaySpan)
    assert [part.begins_at - BEGIN for part in order.parts] == [timedelta(minutes=minute) for minute in (0, 1, 4)]
    assert (order.at, order.stream_id) == (BEGIN + timedelta(minutes=2), f"{CAMERA}/main")
    (opened,) = seat.told
    assert isinstance(opened, PlayerOpened)
    assert opened.slot_path == order.picture.slot_path
    assert Path(opened.slot_path).exists()


def test_one_order_to_several_carries_one_time_for_all(place: Place) -> None:
    seat = Seat()
    for name in ("p", "q"):
        place.open(seat, name)
    place.wires.sent.clear()

    place.room.control(ControlReplay(player_ids=("p", "q", "gone"), action="play", at=BEGIN, speed=2.0))

    orders = [order for _, order in place.wires.sent if isinstance(order, RunReplay)]
    assert [order.player_id for order in orders] == ["p", "q"]
    assert {(order.when_s, order.at, order.speed) for order in orders} == {(orders[0].when_s, BEGIN, 2.0)}


def test_what_a_seat_leaves_open_is_closed_behind_it_and_states_go_to_their_own_seat(place: Place) -> None:
    one, other = Seat(), Seat()
    place.open(one, "p")
    place.open(other, "q")
    place.wires.sent.clear()
    state = ReplayState(player_id="q", at=BEGIN)
    place.room.take_state(state)
    assert other.told[-1] == state
    assert state not in one.told

    place.room.forget_seat(one.peer)
    place.room.control(ControlReplay(player_ids=("q",), action="close"))

    orders = [order for _, order in place.wires.sent if isinstance(order, RunReplay)]
    assert [(order.player_id, order.action) for order in orders] == [("p", "close"), ("q", "close")]
    assert shared_memory(place.slots) == set()


def test_who_looks_is_told_when_the_decoder_died(place: Place) -> None:
    seat = Seat()
    place.open(seat, "p")
    place.room.note_lost_worker(place.streams.worker_of(f"{CAMERA}/main"))
    state = seat.told[-1]
    assert isinstance(state, ReplayState)
    assert state.failed == DECODER_GONE
