"""Claims about streams that killed their decoder: they come back alone, and go home after a calm time."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.infrastructure.channel.messages import Arrange, OpenStream, StreamState, TileWish
from console.infrastructure.supervisor import Death, WorkerPlan
from console.infrastructure.watch.quarantine import CALM_AGAIN_S, CALM_S, MOST_APART, SUSPECT_S, Quarantine
from console.infrastructure.watch.streams import LookSize, Streams
from console.infrastructure.work_notes import Guilt
from tests.infrastructure.watch.builders import NOW, OneSecret, Wires, camera

CRASH = -int(signal.SIGSEGV)
NOBODY = Guilt()
CAMERAS = tuple(f"{number:02d}" for number in range(1, 13))


@dataclass
class HandClock:
    passed_s: float = 1000.0

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 4, 0, tzinfo=UTC) + timedelta(seconds=self.passed_s)

    def monotonic_s(self) -> float:
        return self.passed_s


@dataclass
class Decoders:
    """The decoders that run beside the ordinary ones."""

    running: dict[str, WorkerPlan] = field(default_factory=dict)

    def add(self, plan: WorkerPlan) -> None:
        assert plan.worker_id not in self.running
        self.running[plan.worker_id] = plan

    def dismiss(self, worker_id: str) -> None:
        del self.running[worker_id]


class Street:
    """A station's streams, all live, and its quarantine."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.wires, self.decoders = HandClock(), Wires(), Decoders()
        self.guilt: dict[str, Guilt] = {}
        self.streams = Streams(
            slots=folder,
            prefix="citydesk-test-",
            vault=OneSecret(),
            look=LookSize(320, 320),
            clock=self.clock,
            media_workers=("media-1",),
            send=self.wires.send,
            linger_s=0.0,
        )
        self.room = Quarantine(
            whose_fault=lambda worker_id: self.guilt.pop(worker_id, NOBODY),
            streams=self.streams,
            decoders=self.decoders,
            plan=lambda name, alone_for: WorkerPlan(name, "media-worker", alone_for=alone_for),
            clock=self.clock,
            send=self.wires.send,
        )
        self.streams.take_directory([camera(number, is_watched=False) for number in CAMERAS])
        self.show(CAMERAS)

    def show(self, numbers: tuple[str, ...]) -> None:
        tiles = [
            TileWish(tile_id=number, camera_id=f"cam{number}", profile="sub", max_width=320, max_height=180)
            for number in numbers
        ]
        self.streams.arrange(Arrange(seat_id="02", tiles=tuple(tiles)))
        for number in numbers:
            self.becomes(f"cam{number}/sub", "live")

    def becomes(self, name: str, condition: str) -> None:
        self.streams.states[name] = StreamState.model_validate(
            {"stream_id": name, "camera_id": name.split("/", 1)[0], "condition": condition, "since": NOW}
        )

    def dies(self, worker_id: str, guilt: Guilt = NOBODY, *, code: int = CRASH) -> dict[str, StreamState]:
        """Let a decoder die of somebody's work and return what is said of the streams."""
        self.guilt[worker_id] = guilt
        told = {state.stream_id: state for state in self.streams.note_lost_worker(worker_id)}
        return told | {state.stream_id: state for state in self.room.note_death(Death(worker_id, code, "ended"))}

    def passes(self, seconds: float) -> None:
        """Let time pass in which streams that are live stay so."""
        self.clock.passed_s += seconds
        self.room.look_around()

    def is_at(self, name: str) -> str:
        return self.streams.worker_of(name)


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    made = Street(tmp_path)
    yield made
    made.streams.close()


def test_the_stream_that_killed_its_decoder_comes_back_alone_and_its_neighbours_stay_where_they_are(
    street: Street,
) -> None:
    told = street.dies("media-1", Guilt("cam05/sub", ("cam05/sub", "cam06/sub")))
    assert set(street.decoders.running) == {"media-q1"}
    assert street.decoders.running["media-q1"].alone_for == "05 路口 05"
    assert {street.is_at(f"cam{number}/sub") for number in CAMERAS if number != "05"} == {"media-1"}
    assert street.is_at("cam05/sub") == "media-q1"
    assert {state.condition for state in told.values()} == {"worker_restarting"} and len(told) == len(CAMERAS)

    street.wires.sent.clear()
    street.streams.resend("media-q1")
    assert [message.stream_id for message in street.wires.take("open_stream") if isinstance(message, OpenStream)] == [
        "cam05/sub"
    ]
    street.streams.resend("media-1")
    assert "cam05/sub" not in {
        message.stream_id for message in street.wires.take("open_stream") if isinstance(message, OpenStream)
    }


def test_a_stream_that_goes_on_killing_is_told_how_often_and_takes_nobody_with_it(street: Street) -> None:
    street.dies("media-1", Guilt("cam05/sub"))
    for times in (2, 3):
        street.becomes("cam05/sub", "live")
        told = street.dies("media-q1", Guilt("cam05/sub"))
        assert {name: state.attempts for name, state in told.items()} == {"cam05/sub": times}


def test_a_decoder_that_was_killed_from_outside_sets_nobody_apart(street: Street) -> None:
    street.dies("media-1", Guilt("", ("cam01/sub", "cam02/sub")), code=-9)
    assert not street.room.held and not street.decoders.running


def test_where_it_is_not_certain_each_suspect_is_alone_until_it_has_proved_itself(street: Street) -> None:
    street.dies("media-1", Guilt("", ("cam01/sub", "cam02/sub")))
    assert {street.is_at("cam01/sub"), street.is_at("cam02/sub")} == {"media-q1", "media-q2"}
    street.dies(street.is_at("cam02/sub"), Guilt("cam02/sub"))
    street.passes(SUSPECT_S + 1)
    assert street.is_at("cam01/sub") == "media-1"
    assert street.room.held == {"cam02/sub"} and set(street.decoders.running) == {"media-q2"}


def test_after_a_calm_time_it_goes_home_and_one_that_kills_again_waits_much_longer(street: Street) -> None:
    street.dies("media-1", Guilt("cam05/sub"))
    street.passes(CALM_S - 1)
    assert street.is_at("cam05/sub") == "media-q1"
    street.becomes("cam05/sub", "live")
    street.passes(1)
    street.passes(CALM_S + 1)
    assert street.is_at("cam05/sub") == "media-1" and not street.decoders.running
    closes = [(worker, message.stream_id) for worker, message in street.wires.sent if message.kind == "close_stream"]
    assert ("media-q1", "cam05/sub") in closes  # never in two places at once

    street.dies("media-1", Guilt("cam05/sub"))
    street.becomes("cam05/sub", "live")
    street.passes(1)
    street.passes(CALM_S + 1)
    assert street.is_at("cam05/sub") == "media-q1"
    street.passes(CALM_AGAIN_S)
    assert street.is_at("cam05/sub") == "media-1"


def test_a_stream_that_shows_nothing_proves_nothing(street: Street) -> None:
    street.dies("media-1", Guilt("cam05/sub"))
    street.becomes("cam05/sub", "no_signal")
    street.passes(CALM_S * 2)
    assert street.is_at("cam05/sub") == "media-q1"


def test_a_stream_set_apart_that_nobody_looks_at_costs_no_decoder_and_is_still_apart_afterwards(street: Street) -> None:
    street.dies("media-1", Guilt("cam05/sub"))
    street.show(("01", "02"))
    street.streams.apply()
    street.passes(1)
    assert not street.decoders.running
    street.show(CAMERAS)
    assert street.is_at("cam05/sub") == "media-q1"
    street.passes(1)
    assert set(street.decoders.running) == {"media-q1"}


def test_a_camera_that_was_exchanged_is_not_to_blame_for_the_one_before(street: Street) -> None:
    street.dies("media-1", Guilt("cam05/sub"))
    cameras = [camera(number, is_watched=False) for number in CAMERAS]
    cameras[4] = replace(cameras[4], sub_address="rtsp://127.0.0.1:2/another")
    street.streams.take_directory(cameras)
    street.passes(1)
    assert street.is_at("cam05/sub") == "media-1" and not street.decoders.running


def test_a_street_full_of_killers_gets_so_many_decoders_and_no_more(street: Street) -> None:
    for number in CAMERAS:
        street.dies("media-1", Guilt(f"cam{number}/sub"))
    assert len(street.decoders.running) == MOST_APART and len(street.room.held) == len(CAMERAS)
    street.show(CAMERAS[2:])
    street.streams.apply()
    street.passes(1)
    street.passes(1)
    assert {f"cam{number}/sub" for number in CAMERAS[2:4]} <= street.room.held
    assert len(street.decoders.running) == MOST_APART
