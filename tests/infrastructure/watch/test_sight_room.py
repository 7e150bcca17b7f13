"""What the station makes of how cameras see: a beginning that survives it, two pictures sealed, an end."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.application.camera_sight import SightNotes
from console.application.errors import Unavailable
from console.domain.camera_faults import CameraFault, FaultKind
from console.domain.ids import CameraId, new_id
from console.infrastructure.channel.messages import (
    AnyMessage,
    OpenStream,
    ReferenceTaken,
    RenewReference,
    StreamState,
    TakeReference,
)
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.watch.sight import CLOCK_DWELL_S, SightRoom
from console.infrastructure.watch.streams import LookSize, Streams
from tests.application.city import CAMERA, City, open_city

STREAM = f"{CAMERA}/main"


@dataclass
class Station:
    """The room over a city, and the streams of its one watched camera."""

    city: City
    folder: Path
    sent: list[AnyMessage] = field(default_factory=list)
    nudged: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.room = SightRoom(
            notes=SightNotes(self.city.units),
            store=EvidenceStore(self.folder / "evidence", self.city.clock),
            intake=self.city.intake,
            folder=self.folder / "sight",
            clock=self.city.clock,
            send=lambda _, message: self.sent.append(message),
            tell=lambda topic, _: self.nudged.append(topic),
        )
        self.streams = Streams(
            slots=self.folder,
            prefix=f"t-{new_id()}-",
            vault=self.city.vault,
            look=LookSize(320, 320),
            clock=self.city.clock,
            media_workers=["media-1"],
            send=lambda _, message: self.sent.append(message),
            sight=self.room.wish,
        )
        self.room.join(self.streams)
        with self.city.units.read() as unit:
            self.streams.take_directory(unit.directory.cameras())

    def say(self, **told: Any) -> StreamState:
        state = StreamState.model_validate(
            {"stream_id": STREAM, "camera_id": CAMERA, "condition": "live", "since": self.city.clock.now(), **told}
        )
        told_on = self.room.take_state(state)
        self.streams.states[STREAM] = told_on
        return told_on

    def covered(self) -> StreamState:
        """Say that the camera has been covered for twenty seconds, and show it."""
        ill = self.folder / "sight" / CAMERA / "ill.jpg"
        ill.write_bytes(b"a hand")
        since = self.city.clock.now() - timedelta(seconds=20)
        return self.say(sight="covered", sight_since=since, sight_picture=str(ill), width=640, height=360)

    def faults(self) -> list[CameraFault]:
        with self.city.units.read() as unit:
            return list(unit.sight.open_faults())

    def take_reference(self, name: str, **changes: Any) -> None:
        folder = self.folder / "sight" / CAMERA
        for suffix in ("npz", "jpg"):
            (folder / f"{name}.{suffix}").write_bytes(name.encode())
        self.room.take_reference(
            ReferenceTaken.model_validate(
                {
                    "stream_id": STREAM,
                    "camera_id": CAMERA,
                    "taken_at": self.city.clock.now(),
                    "measured": str(folder / f"{name}.npz"),
                    "picture": str(folder / f"{name}.jpg"),
                    "width": 640,
                    "height": 360,
                    **changes,
                }
            )
        )

    def newest_wish(self) -> OpenStream:
        return [message for message in self.sent if isinstance(message, OpenStream)][-1]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with open_city(tmp_path) as city:
        made = Station(city, tmp_path)
        yield made
        made.streams.close()


def test_a_covered_camera_is_known_since_it_was_covered_until_it_is_seen_whole(station: Station) -> None:
    began_at = station.city.clock.now() - timedelta(seconds=20)
    station.covered()
    (fault,) = station.faults()
    assert (fault.kind, fault.began_at, fault.camera_id) == (FaultKind.COVERED, began_at, CAMERA)
    station.city.clock.wait(minutes=3)
    assert station.say(sight="not_checked").sight_since == began_at  # it is opened anew, and was not uncovered by that
    station.say(condition="no_signal")
    station.say(sight="other_light")
    assert len(station.faults()) == 1
    assert station.say(sight="whole").sight == "whole"
    assert station.faults() == [] and set(station.nudged) == {"sight"}


def test_a_restarted_station_still_knows_since_when(station: Station) -> None:
    began_at = station.city.clock.now() - timedelta(seconds=20)
    station.covered()
    station.city.clock.wait(hours=2)
    again = Station(station.city, station.folder)
    told = again.say(sight="covered", sight_since=station.city.clock.now())
    assert told.sight_since == began_at and len(again.faults()) == 1
    again.streams.close()


def test_the_ill_picture_and_the_reference_are_sealed_under_the_fault(station: Station) -> None:
    station.take_reference("street")
    station.covered()
    (fault,) = station.faults()
    with station.city.units.read() as unit:
        kept = {item.remark: item for item in unit.evidence.of_subject(fault.fault_id)}
    store = EvidenceStore(station.folder / "evidence", station.city.clock)
    assert store.absolute(kept["ill"].path).read_bytes() == b"a hand"
    assert store.absolute(kept["reference"].path).read_bytes() == b"street"
    assert not (station.folder / "sight" / CAMERA / "ill.jpg").exists()


def test_a_database_that_is_away_costs_no_beginning_and_no_picture(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.say(sight="whole")
    began_at = station.city.clock.now() - timedelta(seconds=20)

    def away(*_: object) -> None:
        raise Unavailable("away")

    with monkeypatch.context() as while_away:
        while_away.setattr(SightNotes, "note", away)
        station.covered()
        assert station.faults() == []
    station.city.clock.wait(minutes=5)
    station.room.look_around()
    (fault,) = station.faults()
    assert fault.began_at == began_at
    with station.city.units.read() as unit:
        assert [item.remark for item in unit.evidence.of_subject(fault.fault_id)] == ["ill"]


def test_what_is_wrong_may_become_plainer_and_its_beginning_stays(station: Station) -> None:
    station.covered()
    began_at = station.faults()[0].began_at
    station.city.clock.wait(minutes=1)
    station.say(sight="black", sight_since=station.city.clock.now())
    assert [(fault.kind, fault.began_at) for fault in station.faults()] == [(FaultKind.BLACK, began_at)]


def test_a_clock_more_than_a_second_off_is_named_after_a_while_since_it_was(station: Station) -> None:
    station.say(clock_offset_s=0.9)
    off_at = station.city.clock.now()
    station.say(clock_offset_s=-3.2)
    assert station.faults() == []
    station.city.clock.wait(seconds=CLOCK_DWELL_S)
    told = station.say(clock_offset_s=-3.2)
    (fault,) = station.faults()
    assert (fault.kind, fault.clock_offset_s, fault.began_at, told.clock_off_since) == (
        FaultKind.CLOCK_OFF, -3.2, off_at, off_at,
    )  # fmt: skip
    for _ in range(2):
        station.city.clock.wait(seconds=CLOCK_DWELL_S)
        station.say(clock_offset_s=0.9)  # not yet so right that it would stay so
    assert len(station.faults()) == 1
    for _ in range(2):
        station.city.clock.wait(seconds=CLOCK_DWELL_S)
        station.say(clock_offset_s=0.1)
    assert station.faults() == []


def test_a_reference_is_used_from_then_on_and_those_it_stands_for_no_longer(station: Station) -> None:
    station.take_reference("day")
    station.take_reference("night")
    station.take_reference("new day", taken_by="李文静", instead_of=("/anywhere/day.npz",))
    wish = station.newest_wish().sight
    assert wish is not None
    assert [Path(name).name for name in wish.references] == ["new day.npz", "night.npz"]
    with station.city.units.read() as unit:
        kept = {(one.measured, one.taken_by) for one in unit.sight.references(CAMERA)}
    assert kept == {("new day.npz", "李文静"), ("night.npz", "")}


def test_a_seat_renews_the_reference_by_the_stream_that_is_judged(station: Station) -> None:
    station.room.take_order(RenewReference(camera_id=CAMERA, taken_by="李文静"))
    assert station.sent[-1] == TakeReference(stream_id=STREAM, taken_by="李文静")
    station.room.take_order(RenewReference(camera_id="nobody shows it", taken_by="李文静"))
    assert station.sent[-1] == TakeReference(stream_id=STREAM, taken_by="李文静")


def test_a_camera_that_is_turned_by_hand_is_not_judged_meanwhile(station: Station) -> None:
    assert station.newest_wish().sight is not None
    station.streams.note_turned(frozenset({CameraId(CAMERA)}))
    assert station.newest_wish().sight is None
    station.streams.note_turned(frozenset())
    assert station.newest_wish().sight is not None


def test_the_health_page_says_how_many_are_ill_and_how_many_are_judged_at_all(station: Station) -> None:
    assert station.room.fact().condition == "waiting"
    station.say(sight="no_reference")
    assert (station.room.fact().condition, dict(station.room.fact().values)) == (
        "waiting", {"ill": 0, "judged": 0, "all": 1},
    )  # fmt: skip
    station.say(sight="whole")
    assert station.room.fact().condition == "ok"
    station.covered()
    assert (station.room.fact().condition, dict(station.room.fact().values)) == (
        "fault", {"ill": 1, "judged": 1, "all": 1},
    )  # fmt: skip
