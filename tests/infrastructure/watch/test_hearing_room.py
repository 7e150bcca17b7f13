"""Claims about hearing at the station: one camera, the stream the seat sees, and every minute of it written down."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from console.application.viewing import Viewing
from console.domain.cameras import Camera
from console.domain.ids import CameraId, SeatId
from console.domain.listening import ListeningRule
from console.infrastructure.channel.messages import (
    AnyMessage,
    Arrange,
    Hear,
    Heard,
    Listen,
    OpenStream,
    Painted,
    ReplayState,
    SoundOfPlayer,
    SoundState,
    StreamState,
    TileWish,
)
from console.infrastructure.clock import SystemClock
from console.infrastructure.watch.hearing import HearingRoom
from console.infrastructure.watch.streams import LookSize, Streams
from tests.infrastructure.watch.builders import NOW, OneSecret, Wires, camera

TALK = "talk-1"


@dataclass(slots=True)
class Seat:
    line: str
    worker_id: str = "01"
    said: list[SoundState] = field(default_factory=list)

    def send(self, message: AnyMessage) -> None:
        assert isinstance(message, SoundState)
        self.said.append(message)


class Book:
    """Takes down who hears what, in the place of the audit."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, tuple[str, ...]]] = []

    def show(self, line: str, seat_id: SeatId, camera_ids: Collection[CameraId]) -> None:
        assert seat_id == "01"
        self.lines.append((line, tuple(camera_ids)))


def heard_camera(number: str) -> Camera:
    return replace(camera(number, is_watched=False), tags=("sound",))


class Hall:
    """A station's rooms with cameras 01 and 02, of which 03 may not be heard."""

    def __init__(self, folder: Path) -> None:
        self.wires = Wires()
        self.book, self.kept_book = Book(), Book()
        self.players: dict[tuple[str, str], str] = {}
        self.streams = Streams(
            slots=folder,
            prefix="citydesk-test-",
            vault=OneSecret(),
            look=LookSize(320, 320),
            clock=SystemClock(),
            media_workers=("media-1",),
            send=self.wires.send,
        )
        self.streams.take_directory([heard_camera("01"), heard_camera("02"), camera("03", is_watched=False)])
        self.room = HearingRoom(
            streams=self.streams,
            rule=ListeningRule(is_on=True, tag="sound"),
            views=cast(Viewing, self.book),
            kept_views=cast(Viewing, self.kept_book),
            players=lambda seat, name: self.players.get((seat.line, name), ""),
            talk_worker=TALK,
            clock=SystemClock(),
            send=self.wires.send,
        )
        self.room.note_worker(is_there=True)

    def shows(self, seat: Seat, *cameras: str, profile: str = "sub") -> None:
        tiles = tuple(
            TileWish.model_validate(
                {"tile_id": name, "camera_id": name, "profile": profile, "max_width": 480, "max_height": 270}
            )
            for name in cameras
        )
        self.streams.arrange(Arrange(seat_id=seat.line, tiles=tiles))
        self.room.look_around()

    def told(self) -> list[Hear]:
        return [message for message in self.wires.take("hear") if isinstance(message, Hear)]

    def decoded(self) -> dict[str, str]:
        """Return the streams whose sound is decoded, by what was said to their worker last."""
        newest = {message.stream_id: message for _, message in self.wires.sent if isinstance(message, OpenStream)}
        return {name: message.sound for name, message in newest.items() if message.sound}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path)
    yield made
    made.streams.close()


@pytest.fixture
def seat() -> Seat:
    return Seat("01-a")


def test_the_stream_that_the_seat_sees_is_decoded_and_played(hall: Hall, seat: Seat) -> None:
    hall.shows(seat, "cam01", "cam02")
    hall.room.take_order(seat, Listen(camera_id="cam01"))
    (name,) = hall.decoded()
    assert name == "cam01/sub"
    (order,) = hall.told()
    assert order.camera_id == "cam01"
    assert Path(order.sound_path).exists()
    assert hall.book.lines == [("01-a", ("cam01",))]


def test_an_enlarged_tile_is_heard_from_its_new_stream(hall: Hall, seat: Seat) -> None:
    hall.shows(seat, "cam01")
    hall.room.take_order(seat, Listen(camera_id="cam01"))
    before = hall.told()[-1].sound_path
    hall.shows(seat, "cam01", profile="main")
    assert list(hall.decoded()) == ["cam01/main"]
    assert hall.told()[-1].sound_path not in ("", before)


def test_only_one_camera_is_heard_and_the_next_takes_its_place(hall: Hall, seat: Seat) -> None:
    hall.shows(seat, "cam01", "cam02")
    hall.room.take_order(seat, Listen(camera_id="cam01"))
    hall.room.take_order(seat, Listen(camera_id="cam02"))
    assert list(hall.decoded()) == ["cam02/sub"]
    assert [order.camera_id for order in hall.told()] == ["cam01", "cam02"]
    hall.room.take_order(seat, Listen(camera_id=""))
    assert hall.told()[-1].sound_path == ""
    assert hall.book.lines[-1] == ("01-a", ())


def test_a_camera_that_leaves_the_wall_is_silent_at_once_and_the_seat_hears_why(hall: Hall, seat: Seat) -> None:
    hall.shows(seat, "cam01", "cam02")
    hall.room.take_order(seat, Listen(camera_id="cam01"))
    hall.told()
    hall.shows(seat, "cam02")
    assert hall.told()[-1].sound_path == ""
    assert seat.said[-1].condition == "not_shown"
    assert not hall.decoded()


def test_a_camera_that_may_not_be_heard_is_not_whatever_a_seat_says(hall: Hall, seat: Seat) -> None:
    hall.shows(seat, "cam03")
    hall.room.take_order(seat, Listen(camera_id="cam03"))
    assert not hall.decoded()
    assert not hall.told()
    assert not hall.book.lines


def test_a_second_seat_takes_the_loudspeaker_and_the_first_hears_of_it(hall: Hall, seat: Seat) -> None:
    other = Seat("01-b")
    hall.shows(seat, "cam01")
    hall.shows(other, "cam02")
    hall.room.take_order(seat, Listen(camera_id="cam01"))
    hall.room.take_order(other, Listen(camera_id="cam02"))
    assert seat.said[-1].condition == "taken"
    assert hall.book.lines == [("01-a", ("cam01",)), ("01-a", ()), ("01-b", ("cam02",))]
    hall.room.forget_seat(seat)
    assert hall.told()[-1].camera_id == "cam02", "who has lost it cannot end it"


def test_a_seat_that_dies_is_written_down_as_one_that_stopped(hall: Hall, seat: Seat) -> None:
    hall.shows(seat, "cam01")
    hall.room.take_order(seat, Listen(camera_id="cam01"))
    hall.room.forget_seat(seat)
    assert hall.book.lines[-1] == ("01-a", ())
    assert hall.told()[-1].sound_path == ""


def test_a_camera_without_sound_is_said_so(hall: Hall, seat: Seat) -> None:
    hall.shows(seat, "cam01")
    hall.streams.states["cam01/sub"] = StreamState(
        stream_id="cam01/sub", camera_id="cam01", condition="live", since=NOW, sound=""
    )
    hall.room.take_order(seat, Listen(camera_id="cam01"))
    assert seat.said[-1].condition == "no_sound"


def test_the_player_s_word_reaches_the_seat_and_the_seat_s_pictures_the_player(hall: Hall, seat: Seat) -> None:
    hall.shows(seat, "cam01")
    hall.room.take_order(seat, Listen(camera_id="cam01"))
    hall.room.take_heard(Heard(camera_id="cam01", condition="sounding", level_dbfs=-31.5, late_ms=12.0))
    assert (seat.said[-1].condition, seat.said[-1].level_dbfs, seat.said[-1].late_ms) == ("sounding", -31.5, 12.0)
    painted = Painted(camera_id="cam01", media_time_s=3.0, at_s=77.0)
    hall.wires.sent.clear()
    hall.room.take_painted(seat, painted)
    hall.room.take_painted(Seat("01-b"), painted)
    assert hall.wires.sent == [(TALK, painted)]


def test_a_player_that_was_started_again_is_told_what_to_play(hall: Hall, seat: Seat) -> None:
    hall.shows(seat, "cam01")
    hall.room.take_order(seat, Listen(camera_id="cam01"))
    hall.told()
    hall.room.note_worker(is_there=False)
    assert seat.said[-1].condition == "no_player"
    assert not hall.told()
    hall.room.note_worker(is_there=True)
    assert hall.told()[-1].camera_id == "cam01"


def played(hall: Hall) -> list[tuple[str, bool]]:
    """Return which players were told to give their sound, and which no longer to."""
    return [(one.player_id, bool(one.sound_path)) for _, one in hall.wires.sent if isinstance(one, SoundOfPlayer)]


def replaying(**changes: object) -> ReplayState:
    told = {"player_id": "replay", "at": NOW, "playing": True, "has_sound": True, **changes}
    return ReplayState.model_validate(told)


def test_a_replay_of_the_seat_is_heard_in_place_of_the_live_camera_and_written_down(hall: Hall, seat: Seat) -> None:
    hall.shows(seat, "cam01")
    hall.room.take_order(seat, Listen(camera_id="cam01"))
    hall.told()
    hall.players["01-a", "replay"] = "media-1"
    hall.room.take_order(seat, Listen(camera_id="cam01", player_id="replay"))
    assert not hall.decoded()
    assert played(hall) == [("replay", True)]
    order = hall.told()[-1]
    assert order.camera_id == "replay"
    assert Path(order.sound_path).exists()
    assert (hall.book.lines[-1], hall.kept_book.lines) == (("01-a", ()), [("01-a", ("cam01",))])
    hall.room.take_player(replaying())
    hall.room.take_heard(Heard(camera_id="replay", condition="sounding", level_dbfs=-30.0))
    assert (seat.said[-1].player_id, seat.said[-1].condition, seat.said[-1].level_dbfs) == ("replay", "sounding", -30.0)
    hall.room.take_order(seat, Listen(camera_id=""))
    assert played(hall) == [("replay", False)]
    assert hall.told()[-1].sound_path == ""
    assert not Path(order.sound_path).exists()
    assert hall.kept_book.lines[-1] == ("01-a", ())


@pytest.mark.parametrize(
    ("state", "condition"),
    [
        (replaying(has_sound=False), "not_kept"),
        (replaying(playing=False), "still"),
        (replaying(speed=2.0), "other_speed"),
        (replaying(speed=0.5), "other_speed"),
    ],
)
def test_a_replay_says_why_it_is_silent(hall: Hall, seat: Seat, state: ReplayState, condition: str) -> None:
    hall.players["01-a", "replay"] = "media-1"
    hall.room.take_order(seat, Listen(camera_id="cam01", player_id="replay"))
    hall.room.take_player(state)
    assert seat.said[-1].condition == condition


def test_a_replay_that_was_closed_is_heard_no_longer_and_a_seat_hears_none_of_another_s(hall: Hall, seat: Seat) -> None:
    hall.players["01-a", "replay"] = "media-1"
    hall.room.take_order(Seat("01-b"), Listen(camera_id="cam01", player_id="replay"))
    assert not hall.told()
    hall.room.take_order(seat, Listen(camera_id="cam01", player_id="replay"))
    hall.told()
    hall.players.clear()
    hall.room.look_around()
    assert hall.told()[-1].sound_path == ""
    assert seat.said[-1].condition == "not_shown"
