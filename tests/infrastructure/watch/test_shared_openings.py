"""Claims about cameras of a sharing platform: asked for at each opening, told apart when they fail, and given back."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.application.errors import Unavailable
from console.application.sharing import CameraOffline, NotPlayable, PlatformRefuses, PlatformSilent
from console.domain.sharing import SharedPage, SharedSource
from console.infrastructure.channel.messages import (
    Arrange,
    CloseStream,
    OpenStream,
    StreamCondition,
    StreamState,
    TileWish,
)
from console.infrastructure.watch.shared_openings import ASKERS, SharedOpenings
from console.infrastructure.watch.streams import Continuous, LookSize, Streams
from tests.infrastructure.video.media_station import QuickClock, wait_until
from tests.infrastructure.watch.builders import OneSecret, Wires, camera, shared_memory

CODE = "31010400001320000001"
SOURCE = SharedSource("city", "31010400002000000001", CODE)


class Platform:
    """A platform that answers as it is told, each play with a token of its own."""

    def __init__(self) -> None:
        self.refusal: Unavailable | None = None
        self.hold = threading.Event()
        self.hold.set()
        self.plays: Counter[str] = Counter()
        self.stops: Counter[str] = Counter()

    def play(self, source: SharedSource) -> str:
        self.plays[source.channel] += 1
        number = self.plays[source.channel]
        self.hold.wait(20)
        if self.refusal is not None:
            raise self.refusal
        return f"rtsp://127.0.0.1:1/{source.channel}?token=secret-{number}"

    def stop(self, source: SharedSource) -> None:
        self.stops[source.channel] += 1

    def directory(self) -> Iterator[SharedPage]:
        yield SharedPage()


class Desk:
    """The streams of a station, a wall that shows some, and a worker that says what it is told to say."""

    def __init__(
        self,
        folder: Path,
        platforms: dict[str, Platform],
        silent: frozenset[str] = frozenset(),
        continuous: Continuous = "none",
    ) -> None:
        self.wires = Wires()
        self.told: list[StreamState] = []
        clock = QuickClock(20)
        self.streams = Streams(
            slots=folder,
            prefix="citydesk-test-",
            vault=OneSecret(),
            look=LookSize(320, 320),
            clock=clock,
            media_workers=("media-1",),
            send=self.wires.send,
            linger_s=0.0,
            show=self.told.append,
            continuous=continuous,
            shared=SharedOpenings(platforms, clock, silent),
        )
        self.opened: list[OpenStream] = []
        self.closed: list[str] = []

    def show(self, *camera_ids: str, profile: str = "main") -> None:
        tiles = [
            {"tile_id": str(n), "camera_id": name, "profile": profile, "max_width": 320, "max_height": 180}
            for n, name in enumerate(camera_ids)
        ]
        self.streams.arrange(Arrange(seat_id="01", tiles=tuple(TileWish.model_validate(tile) for tile in tiles)))

    def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Look around as a station does until it is so."""

        def look() -> bool:
            self.streams.look_around()
            for _, message in self.wires.sent:
                if isinstance(message, OpenStream):
                    self.opened.append(message)
                if isinstance(message, CloseStream):
                    self.closed.append(message.stream_id)
            self.wires.sent.clear()
            return is_so()

        wait_until(look, what, 10.0)

    def says(self, condition: StreamCondition, opening: int, stream_id: str = "cam01/main") -> StreamState | None:
        """Have the worker say something of a stream, and return what the seats are told."""
        state = StreamState(
            stream_id=stream_id,
            camera_id="cam01",
            condition=condition,
            since=QuickClock(1).now(),
            opening=opening,
            is_over=condition not in ("live", "opening", "stale"),
        )
        return self.streams.take_state(state)

    def condition(self, stream_id: str = "cam01/main") -> str:
        state = self.streams.states.get(stream_id)
        return state.condition if state is not None else ""


@pytest.fixture
def platform() -> Iterator[Platform]:
    made = Platform()
    yield made
    made.hold.set()


@pytest.fixture
def desk(tmp_path: Path, platform: Platform) -> Iterator[Desk]:
    made = Desk(tmp_path, {"city": platform})
    made.streams.take_directory([replace(camera(is_watched=False), main_address=SOURCE.address, sub_address="")])
    yield made
    platform.hold.set()
    made.streams.close()


def address(message: OpenStream) -> str:
    return message.address.get_secret_value()


def test_nothing_is_asked_before_somebody_looks_and_then_once(desk: Desk, platform: Platform) -> None:
    assert not platform.plays
    desk.show("cam01")
    desk.until(lambda: bool(desk.opened), "the stream is opened")
    desk.show("cam01")
    desk.until(lambda: True, "")
    (message,) = desk.opened
    assert (address(message), message.opening) == (f"rtsp://127.0.0.1:1/{CODE}?token=secret-1", 1)
    assert platform.plays == {CODE: 1}


def test_the_tile_has_its_place_while_the_platform_thinks_and_nobody_waits_for_it(
    desk: Desk, platform: Platform, tmp_path: Path
) -> None:
    platform.hold.clear()
    desk.streams.take_directory(
        [
            replace(camera(is_watched=False), main_address=SOURCE.address, sub_address=""),
            camera("02", is_watched=False),
        ]
    )
    desk.show("cam01", "cam02")
    assert desk.streams.open_names == {"cam02/main"}, "an own camera is opened at once"
    assert desk.condition() == "opening" and len(shared_memory(tmp_path)) == 2
    platform.hold.set()
    desk.until(lambda: "cam01/main" in desk.streams.open_names, "the platform has answered")


def test_a_platform_that_hangs_delays_no_other_platform(tmp_path: Path, platform: Platform) -> None:
    other = Platform()
    platform.hold.clear()
    desk = Desk(tmp_path, {"city": platform, "west": other})
    far = [
        replace(
            camera(f"{n:02}", is_watched=False),
            main_address=SharedSource("city", "d", f"c{n}").address,
            sub_address="",
        )
        for n in range(10, 20)
    ]
    near = replace(camera(is_watched=False), main_address=SharedSource("west", "d", "c1").address, sub_address="")
    desk.streams.take_directory([near, *far])
    desk.show("cam01", *(one.camera_id for one in far))
    desk.until(lambda: "cam01/main" in desk.streams.open_names, "the other platform's camera is open")
    assert sum(platform.plays.values()) <= ASKERS, "and no more hang there than may"
    platform.hold.set()
    desk.until(lambda: len(desk.streams.open_names) == 11, "the others come when it has thought")
    desk.streams.close()


@pytest.mark.parametrize(
    ("refusal", "condition"),
    [
        (PlatformSilent("away"), "platform_away"),
        (PlatformRefuses("who are you"), "platform_refuses"),
        (CameraOffline("off"), "camera_offline"),
        (NotPlayable("elsewhere"), "not_playable"),
    ],
)
def test_each_way_to_fail_has_its_own_words_and_passes_by_itself(
    desk: Desk, platform: Platform, refusal: Unavailable, condition: str
) -> None:
    platform.refusal = refusal
    desk.show("cam01")
    desk.until(lambda: desk.condition() == condition, "it is said")
    state = desk.streams.states["cam01/main"]
    assert (state.attempts, state.detail) == (1, str(refusal)) and state.next_retry_at is not None
    assert desk.told[-1] == state and not desk.streams.open_names
    platform.refusal = None
    desk.until(lambda: bool(desk.streams.open_names), "it is asked again by itself")


def test_a_stream_that_ends_is_asked_for_again_with_another_token(desk: Desk, platform: Platform) -> None:
    desk.show("cam01")
    desk.until(lambda: len(desk.opened) == 1, "open")
    told = desk.says("live", 1)
    assert told is not None and told.condition == "live"
    told = desk.says("no_signal", 1)
    assert told is not None and told.condition == "no_signal", "a street that was seen a moment ago has no signal"
    desk.says("no_signal", 1)
    desk.until(lambda: len(desk.opened) == 2, "asked anew")
    assert address(desk.opened[1]).endswith("secret-2") and desk.opened[1].opening == 2
    told = desk.says("no_signal", 1)
    assert told is not None and told.condition == "opening", "what the worker said of the opening before is no news"
    assert platform.plays == {CODE: 2} and not desk.closed


def test_a_stream_that_never_opened_is_none_of_the_streets_silence(desk: Desk, platform: Platform) -> None:
    desk.show("cam01")
    desk.until(lambda: len(desk.opened) == 1, "open")
    told = desk.says("wrong_password", 1)
    assert told is not None and told.condition == "not_playable" and told.next_retry_at is not None
    desk.until(lambda: len(desk.opened) == 2, "asked anew")


@pytest.mark.parametrize("condition", ["not_trusted", "cannot_open", "cannot_decode"])
def test_a_stream_of_which_the_worker_knows_better_keeps_its_word_and_is_asked_for_again(
    desk: Desk, condition: StreamCondition
) -> None:
    desk.show("cam01")
    desk.until(lambda: len(desk.opened) == 1, "open")
    told = desk.says(condition, 1)
    assert told is not None and told.condition == condition and told.next_retry_at is not None
    desk.until(lambda: len(desk.opened) == 2, "asked anew")


def test_a_platform_that_goes_away_meanwhile_is_said_though_the_worker_knows_only_silence(
    desk: Desk, platform: Platform
) -> None:
    desk.show("cam01")
    desk.until(lambda: len(desk.opened) == 1, "open")
    desk.says("live", 1)
    platform.refusal = PlatformSilent("away")
    desk.says("no_signal", 1)
    desk.until(lambda: platform.plays[CODE] >= 2, "asked again")

    def is_told() -> bool:
        told = desk.says("no_signal", 1)
        return told is not None and told.condition == "platform_away"

    desk.until(is_told, "the tile names the platform")
    assert desk.condition() == "platform_away"


def test_the_platform_is_told_when_the_last_one_here_looks_away(desk: Desk, platform: Platform) -> None:
    desk.show("cam01")
    desk.until(lambda: len(desk.opened) == 1, "open")
    desk.show("cam01", profile="sub")  # the same camera by another name
    desk.until(lambda: len(desk.opened) == 2, "open")
    desk.until(lambda: "cam01/main" not in desk.streams.open_names, "the first is closed")
    assert not platform.stops, "somebody still looks"
    desk.show()
    desk.until(lambda: platform.stops == {CODE: 1}, "the platform is told")
    desk.show("cam01")
    desk.until(lambda: len(desk.opened) == 3, "and asked anew for the next who looks")
    assert desk.opened[2].opening == 1 and address(desk.opened[2]).endswith("secret-3")


def test_a_stream_nobody_wants_any_more_when_it_comes_is_given_back(desk: Desk, platform: Platform) -> None:
    platform.hold.clear()
    desk.show("cam01")
    desk.until(lambda: platform.plays[CODE] == 1, "asked")
    desk.show()
    platform.hold.set()
    desk.until(lambda: platform.stops == {CODE: 1}, "given back")
    assert not desk.opened and not desk.streams.states


def test_a_platform_others_watch_through_is_not_told(tmp_path: Path, platform: Platform) -> None:
    desk = Desk(tmp_path, {"city": platform}, frozenset({"city"}))
    desk.streams.take_directory([replace(camera(is_watched=False), main_address=SOURCE.address, sub_address="")])
    desk.show("cam01")
    desk.until(lambda: len(desk.opened) == 1, "open")
    desk.streams.close()
    assert not platform.stops


def test_the_end_of_the_station_gives_back_what_is_open(tmp_path: Path, platform: Platform) -> None:
    desk = Desk(tmp_path, {"city": platform})
    desk.streams.take_directory([replace(camera(is_watched=False), main_address=SOURCE.address, sub_address="")])
    desk.show("cam01")
    desk.until(lambda: len(desk.opened) == 1, "open")
    desk.streams.close()
    assert platform.stops == {CODE: 1}


def test_a_camera_of_a_platform_that_is_not_in_the_settings_says_so(desk: Desk) -> None:
    stray = replace(camera("07", is_watched=False), main_address=SharedSource("gone", "d", "c").address, sub_address="")
    desk.streams.take_directory([stray])
    desk.show("cam07")
    desk.until(lambda: desk.condition("cam07/main") == "platform_away", "it is said")
    assert "no platform gone in the settings" in desk.streams.states["cam07/main"].detail


def test_another_opening_is_the_same_camera_for_whoever_keeps_a_stream_that_kills_apart(desk: Desk) -> None:
    desk.show("cam01")
    desk.until(lambda: len(desk.opened) == 1, "open")
    before = desk.streams.address_of("cam01/main")
    desk.says("no_signal", 1)
    desk.until(lambda: len(desk.opened) == 2, "asked anew")
    assert before is not None and before == desk.streams.address_of("cam01/main")
    assert before.get_secret_value() == SOURCE.address


def test_recording_all_means_all_of_ours_and_what_a_rule_watches(tmp_path: Path, platform: Platform) -> None:
    desk = Desk(tmp_path, {"city": platform}, continuous="all")
    listed = replace(camera(is_watched=False), main_address=SOURCE.address, sub_address="")
    watched = replace(camera("02"), main_address=SharedSource("city", "d", "c2").address, sub_address="")
    desk.streams.take_directory([listed, watched, camera("03", is_watched=False)])
    desk.until(lambda: desk.streams.open_names == {"cam02/main", "cam03/main"}, "ours and the watched one")
    assert platform.plays == {"c2": 1}
    assert all(message.recording is not None for message in desk.opened)
    desk.streams.close()


def test_no_token_is_told_to_a_seat(desk: Desk) -> None:
    desk.show("cam01")
    desk.until(lambda: len(desk.opened) == 1, "open")
    desk.says("no_signal", 1)
    assert "secret" not in "".join(state.model_dump_json() for state in desk.streams.states.values())
    assert "secret" not in repr(desk.opened[0])
