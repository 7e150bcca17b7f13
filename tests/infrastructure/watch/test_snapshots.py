"""Claims about stills of the main stream: the worker that has it writes them, and who asked hears of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from console.infrastructure.channel.messages import AnyMessage, RequestFailed, StillTaken, TakeSnapshot, TakeStill
from console.infrastructure.watch.snapshots import NOT_OPEN, PENDING, SnapshotRoom
from console.infrastructure.watch.streams import Streams

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


class OneStream:
    """Streams of a station that has one main stream open."""

    open_names = frozenset({"c01/main"})

    def worker_of(self, stream_id: str) -> str:
        return "media-2"


@dataclass
class Line:
    said: list[AnyMessage] = field(default_factory=list)

    def send(self, message: AnyMessage) -> None:
        self.said.append(message)


@dataclass
class Orders:
    given: list[tuple[str, AnyMessage]] = field(default_factory=list)

    def send(self, worker_id: str, message: AnyMessage) -> None:
        self.given.append((worker_id, message))

    @property
    def still(self) -> TakeStill:
        order = self.given[-1][1]
        assert isinstance(order, TakeStill)
        return order


@pytest.fixture
def orders() -> Orders:
    return Orders()


@pytest.fixture
def room(tmp_path: Path, orders: Orders) -> SnapshotRoom:
    return SnapshotRoom(tmp_path, cast(Streams, OneStream()), orders.send)


def taken(order: TakeStill) -> StillTaken:
    return StillTaken(
        request_id=order.request_id,
        path=order.path,
        sha256="00",
        size_bytes=1,
        width=1920,
        height=1080,
        media_time_s=1.0,
        received_at=NOON,
    )


def test_the_worker_that_has_the_main_stream_writes_its_newest_picture(room: SnapshotRoom, orders: Orders) -> None:
    seat = Line()
    room.take_order(seat, TakeSnapshot(request_id="r", camera_id="c01"))
    assert orders.given[0][0] == "media-2"
    assert (orders.still.stream_id, orders.still.media_time_s) == ("c01/main", None)
    assert Path(orders.still.path).parent.name == PENDING

    assert room.take_still(taken(orders.still))
    (answer,) = seat.said
    assert isinstance(answer, StillTaken)
    assert (answer.request_id, answer.path) == ("r", orders.still.path)
    assert not room.take_still(taken(orders.still)), "nobody asked for it a second time"


def test_a_stream_that_is_not_open_is_not_opened_for_a_still(room: SnapshotRoom, orders: Orders) -> None:
    seat = Line()
    room.take_order(seat, TakeSnapshot(request_id="r", camera_id="c02"))
    assert orders.given == []
    assert seat.said == [RequestFailed(request_id="r", reason=NOT_OPEN)]


def test_a_worker_that_has_no_picture_says_so_to_who_asked(room: SnapshotRoom, orders: Orders) -> None:
    seat = Line()
    room.take_order(seat, TakeSnapshot(request_id="r", camera_id="c01"))
    failure = RequestFailed(request_id=orders.still.request_id, reason="The stream has no packets of that time.")
    assert room.take_failure(failure)
    assert seat.said == [RequestFailed(request_id="r", reason="The stream has no packets of that time.")]
    assert not room.take_failure(RequestFailed(request_id="another", reason=""))


def test_what_no_seat_fetched_is_swept_when_the_station_starts(room: SnapshotRoom, tmp_path: Path) -> None:
    left = tmp_path / PENDING / "left.jpg"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"x")
    kept = tmp_path / "01_kept.jpg"
    kept.write_bytes(b"x")
    SnapshotRoom(tmp_path, cast(Streams, OneStream()), Orders().send)
    assert not left.exists() and kept.exists()
