"""What the station makes of parking bays: a stay with its two pictures, whatever dies or is away meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import pytest

from console.application.bays_desk import BayNotes, BaysDesk, BayStay
from console.application.errors import Unavailable
from console.domain.accounts import Actor
from console.domain.bay_sessions import Settled
from console.domain.errors import DomainError
from console.infrastructure.channel.messages import AnyMessage, BayChanged, RequestFailed, StillTaken, TakeStill
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.watch.bays import BayRoom
from console.infrastructure.watch.streams import Streams
from tests.application.city import CAMERA, City, open_city, person

JPEG = b"a picture"
LI: Actor = person("李文静")


@dataclass
class OneStream:
    open_names: frozenset[str] = frozenset({f"{CAMERA}/main"})

    def worker_of(self, stream_id: str) -> str:
        return "media-1"


@dataclass
class Station:
    """The room over a city, and the worker that writes its pictures."""

    city: City
    folder: Path
    streams: OneStream = field(default_factory=OneStream)
    asked: list[TakeStill] = field(default_factory=list)
    nudged: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.room = BayRoom(
            notes=BayNotes(self.city.units),
            sealing=EvidenceStore(self.folder / "evidence", self.city.clock),
            intake=self.city.intake,
            streams=cast(Streams, self.streams),
            send=self._send,
            tell=lambda topic, _: self.nudged.append(topic),
        )

    def _send(self, _: str, message: AnyMessage) -> None:
        assert isinstance(message, TakeStill)
        self.asked.append(message)

    def say(self, change: str, bay: int = 2, **told: Any) -> None:
        self.room.take_change(
            BayChanged.model_validate(
                {
                    "camera_id": CAMERA,
                    "rule_id": "row",
                    "row": "北侧泊位",
                    "bay": bay,
                    "change": change,
                    "media_time_s": 40.0,
                    "received_at": self.city.clock.now(),
                    "is_begin_known": True,
                    "is_sure": True,
                    "box": (0.1, 0.1, 0.2, 0.2),
                    **told,
                }
            )
        )

    def write(self, order: TakeStill) -> None:
        Path(order.path).write_bytes(JPEG)
        taken = StillTaken(
            request_id=order.request_id,
            path=order.path,
            sha256=sha256(JPEG).hexdigest(),
            size_bytes=len(JPEG),
            width=640,
            height=360,
            media_time_s=40.0,
            received_at=self.city.clock.now(),
        )
        assert self.room.take_still(taken)

    def stays(self) -> list[BayStay]:
        return list(BaysDesk(self.city.units, self.city.gate, self.city.clock).stays(LI))


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with open_city(tmp_path) as city:
        yield Station(city, tmp_path)


def test_a_stay_has_its_begin_its_end_and_a_picture_of_each(station: Station) -> None:
    began = station.city.clock.now()
    station.say("entered")
    station.city.clock.wait(minutes=12)
    station.say("left")
    for order in station.asked:
        station.write(order)
    (stay,) = station.stays()
    assert (stay.session.entered_at, stay.session.left_at) == (began, began + timedelta(minutes=12))
    assert stay.session.is_sure and stay.session.plate == ""
    for path in (stay.came, stay.went):
        assert (station.folder / "evidence" / path).read_bytes() == JPEG
    assert stay.came != stay.went
    assert set(station.nudged) == {"bays"}


def test_who_stands_there_when_a_worker_begins_again_is_the_stay_that_was_open_and_no_longer_sure(
    station: Station,
) -> None:
    station.say("entered")
    station.city.clock.wait(minutes=5)
    station.say("entered", is_begin_known=False)
    (stay,) = station.stays()
    assert stay.session.left_at is None and not stay.session.is_sure


def test_one_seen_to_come_ends_a_stay_that_nobody_saw_end(station: Station) -> None:
    station.say("entered")
    station.city.clock.wait(minutes=5)
    station.say("entered")
    second, first = station.stays()
    assert first.session.left_at == second.session.entered_at and not first.session.is_sure
    assert second.session.left_at is None and second.session.is_sure


def test_a_bay_found_free_ends_a_stay_at_a_time_nobody_knows(station: Station) -> None:
    station.say("entered")
    station.say("entered", bay=3)
    station.city.clock.wait(minutes=5)
    station.say("found_free")
    by_bay = {stay.session.bay: stay.session for stay in station.stays()}
    assert by_bay[2].left_at is not None and not by_bay[2].is_sure
    assert by_bay[3].left_at is None and by_bay[3].is_sure


def test_changes_wait_in_their_order_while_the_records_are_away(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise Unavailable("The database is away.")

    with monkeypatch.context() as while_away:
        while_away.setattr(BayNotes, "begin", away)
        station.say("entered")
        station.say("left")
    assert station.stays() == []
    station.room.write_waiting()
    (stay,) = station.stays()
    assert stay.session.left_at is not None


def test_a_stay_counts_without_a_picture_too(station: Station) -> None:
    station.say("entered")
    assert station.room.take_failure(RequestFailed(request_id=station.asked[0].request_id, reason="gone"))
    assert not station.room.take_failure(RequestFailed(request_id="of somebody else", reason="gone"))
    station.streams.open_names = frozenset()
    station.say("left")
    assert len(station.asked) == 1
    (stay,) = station.stays()
    assert (stay.came, stay.went) == ("", "") and stay.session.left_at is not None


def test_a_person_settles_what_the_rule_was_not_sure_of_and_nothing_else(station: Station) -> None:
    desk = BaysDesk(station.city.units, station.city.gate, station.city.clock)
    station.say("entered", is_sure=False)
    station.say("entered", bay=3)
    by_bay = {stay.session.bay: stay.session for stay in station.stays()}
    assert [by_bay[bay].waits_for_person for bay in (2, 3)] == [True, False]
    desk.settle(LI, by_bay[2].session_id, Settled.FREE)
    settled = {stay.session.bay: stay.session for stay in desk.stays(LI)}[2]
    assert (settled.settled, settled.settled_by) == (Settled.FREE, "李文静") and not settled.waits_for_person
    assert station.city.audit_verbs()[-1] == "settle_bay"
    with pytest.raises(DomainError):
        desk.settle(LI, by_bay[3].session_id, Settled.FREE)
