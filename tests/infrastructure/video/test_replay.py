"""Claims about the past of a camera: every moment of it can be shown, gaps are gaps, and several replays keep step."""

import queue
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from console.infrastructure.channel.messages import (
    PictureSlot,
    PlaySpan,
    RecordingWish,
    ReplayAction,
    ReplayState,
    RunReplay,
)
from console.infrastructure.clock import SystemClock
from console.infrastructure.frame_slots import FrameFacts
from console.infrastructure.video.reel import ReelPart, part_of_file, part_of_packets
from console.infrastructure.video.replay import NOTHING, Replay
from tests.infrastructure.video.media_station import DemoCameras, MediaStation, Plane, Slots, Viewer, wait_until
from tests.infrastructure.video.numbered_clips import make_clip, number_in
from tests.infrastructure.video.recorded import NOON, packets_of

FPS = 10
FRAME = timedelta(seconds=1 / FPS)
CLOCK = SystemClock()
Look = Callable[[PictureSlot], Viewer]


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> list[ReelPart]:
    """Return three segments of four seconds: the second follows the first, the third comes two seconds late."""
    clip = make_clip(tmp_path_factory.mktemp("street") / "segment.mp4", seconds=4.0, fps=FPS, fragmented=True)
    return [part_of_file(clip, after(begin), after(begin + 4.0)) for begin in (0.0, 4.0, 10.0)]


class Screen:
    """A replay and who looks at it."""

    def __init__(self, parts: list[ReelPart], at: datetime, slot: PictureSlot, viewer: Viewer) -> None:
        self.said: queue.SimpleQueue[ReplayState] = queue.SimpleQueue()
        self.viewer = viewer
        wish = PlaySpan(player_id="p", camera_id="c", stream_id="c/main", parts=(), at=at, picture=slot)
        self.replay = Replay(wish, parts, CLOCK, self.said.put)

    def order(self, action: ReplayAction, at: datetime | None = None, *, speed: float = 1.0, in_s: float = 0) -> None:
        when_s = CLOCK.monotonic_s() + in_s
        self.replay.order(RunReplay(player_id="p", action=action, when_s=when_s, at=at, speed=speed))

    def state(self, is_so: Callable[[ReplayState], bool]) -> ReplayState:
        while True:
            said = self.said.get(timeout=10)
            if is_so(said):
                return said

    def picture(self, moment: datetime) -> int:
        """Wait for the picture of a moment and return its number."""

        def is_it(facts: FrameFacts, luma: Plane) -> bool:
            return abs((facts.received_at - moment).total_seconds()) < 0.001

        return number_in(self.viewer.next(is_it)[1])


@pytest.fixture
def screens(slots: Slots, look_at: Look) -> Iterator[Callable[[list[ReelPart], datetime], Screen]]:
    opened: list[Screen] = []

    def open_one(parts: list[ReelPart], at: datetime) -> Screen:
        slot = slots.picture(320, 240)
        opened.append(Screen(parts, at, slot, look_at(slot)))
        return opened[-1]

    yield open_one
    for screen in opened:
        screen.order("close")
        screen.replay.join(10)


Open = Callable[[list[ReelPart], datetime], Screen]


def test_any_moment_is_shown_and_steps_go_over_the_ends_of_segments(street: list[ReelPart], screens: Open) -> None:
    screen = screens(street, after(2.55))
    assert screen.picture(after(2.5)) == 25

    screen.order("seek", after(3.9))
    assert screen.picture(after(3.9)) == 39
    screen.order("step_forward")
    assert screen.picture(after(4.0)) == 0
    screen.order("step_forward")
    assert screen.picture(after(4.1)) == 1
    for moment, number in ((4.0, 0), (3.9, 39), (3.8, 38)):
        screen.order("step_back")
        assert screen.picture(after(moment)) == number
    state = screen.state(lambda said: said.shown_at == after(3.8))
    assert (state.playing, state.source) == (False, "recording")
    assert (state.from_at, state.to_at) == (after(0), after(14))


def test_in_a_gap_nothing_is_shown_and_a_step_leaves_it(street: list[ReelPart], screens: Open) -> None:
    screen = screens(street, after(7.9))
    assert screen.picture(after(7.9)) == 39
    screen.order("seek", after(9.5))
    state = screen.state(lambda said: said.at == after(9.5))
    assert (state.shown_at, state.source) == (None, "none")
    screen.order("step_forward")
    assert screen.picture(after(10.0)) == 0
    screen.order("step_back")
    assert screen.picture(after(7.9)) == 39


def test_it_plays_over_a_gap_at_its_own_pace_and_stops_at_the_end(street: list[ReelPart], screens: Open) -> None:
    screen = screens(street, after(0))
    screen.order("play", after(7.0), speed=4.0)
    assert screen.state(lambda said: said.playing and said.shown_at is None).at >= after(8.9)
    assert screen.picture(after(13.9)) == 39
    state = screen.state(lambda said: not said.playing and said.at >= after(10))
    assert state.at == after(14)


def test_at_high_speed_only_key_pictures_are_shown(street: list[ReelPart], screens: Open) -> None:
    screen = screens(street, after(0))
    assert screen.picture(after(0)) == 0
    screen.order("play", after(0.0), speed=8.0)
    shown: list[int] = []

    def is_the_last(facts: FrameFacts, luma: Plane) -> bool:
        shown.append(number_in(luma))
        return facts.received_at >= after(13)

    screen.viewer.next(is_the_last)
    assert len(shown) > 3
    assert {number % FPS for number in shown} == {0}  # the clip has a key picture a second


def test_replays_that_got_one_order_keep_step_within_a_picture(tmp_path: Path, screens: Open) -> None:
    clip = make_clip(tmp_path / "c.mp4", seconds=8.0, fps=25, fragmented=True)
    interval_s = 1 / 25
    # One of the cameras has its pictures 13 ms later than the others, and all of it in two segments.
    streets = [
        [part_of_file(clip, after(0), after(8))],
        [part_of_file(clip, after(0.013), after(8.013))],
        [part_of_file(clip, after(-7.0), after(1)), part_of_file(clip, after(1), after(9))],
    ]
    group = [screens(parts, after(0.5)) for parts in streets]
    for screen in group:
        screen.state(lambda said: said.shown_at is not None)

    def together(action: ReplayAction, at: datetime | None, speed: float = 1.0) -> None:
        when_s = CLOCK.monotonic_s()
        for screen in group:
            screen.replay.order(RunReplay(player_id="p", action=action, when_s=when_s, at=at, speed=speed))

    drifts: list[float] = []
    for at, speed in ((after(0.5), 1.0), (after(3.0), 2.0), (after(2.0), 0.5)):
        together("play", at, speed)
        drifts += drifts_between(group, at + FRAME, at + timedelta(seconds=1.5 * speed))
    together("pause", None)
    stopped = [screen.state(lambda said: not said.playing and said.at > after(2)) for screen in group]

    assert len({state.at for state in stopped}) == 1, "a pause stops them all at one moment"
    shown = [state.shown_at for state in stopped if state.shown_at is not None]
    assert (max(shown) - min(shown)).total_seconds() <= interval_s
    assert len(drifts) > 100
    # Looked at between two paints, one has its next picture and the others not yet: more is a drift.
    kept = sum(drift <= interval_s + 0.014 for drift in drifts) / len(drifts)
    assert kept >= 0.95, f"in step {kept:.0%} of the time; worst {max(drifts) * 1000:.0f} ms"


def drifts_between(group: list[Screen], begin: datetime, end: datetime) -> list[float]:
    """Return how far apart (s) the pictures shown are, looked at two hundred times a second between two moments."""
    wait_until(lambda: all(newest(screen) >= begin for screen in group), "all of them play")
    found = []

    def is_over() -> bool:
        moments = [newest(screen) for screen in group]
        found.append((max(moments) - min(moments)).total_seconds())
        return max(moments) >= end

    wait_until(is_over, "the end of the stretch")
    return found


def newest(screen: Screen) -> datetime:
    """Return when the picture came that a replay shows now."""
    screen.viewer.newest()
    facts = screen.viewer.facts
    assert facts is not None
    return facts.received_at


@pytest.mark.parametrize("b_frames", [0, 2])
def test_packets_in_memory_are_played_like_a_file(b_frames: int, tmp_path: Path, screens: Open) -> None:
    form, packets = packets_of(make_clip(tmp_path / "c.mp4", seconds=4.0, b_frames=b_frames))
    screen = screens([part_of_packets(form, packets)], packets[0].received_at)
    screen.state(lambda said: said.source == "memory")
    screen.order("seek", packets[0].received_at + timedelta(seconds=2.35))
    assert screen.picture(packets[0].received_at + timedelta(seconds=2.3)) == 23


def test_a_file_that_cannot_be_read_is_a_gap_and_nothing_at_all_is_said(
    street: list[ReelPart], tmp_path: Path, screens: Open
) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    broken = part_of_file(tmp_path / "broken.mp4", after(4.0), after(8.0))
    screen = screens([street[0], broken, street[2]], after(5.0))
    assert screen.state(lambda said: True).shown_at is None
    screen.order("step_forward")
    assert screen.picture(after(10.0)) == 0

    assert screens([broken], after(5.0)).state(lambda said: True).failed == NOTHING
    assert screens([], after(5.0)).state(lambda said: True).failed == NOTHING


@pytest.mark.media
@pytest.mark.parametrize("is_recorded", [False, True])
def test_the_last_seconds_come_from_memory_or_from_the_segment_being_written(
    is_recorded: bool, cameras: DemoCameras, station: MediaStation, slots: Slots, look_at: Look
) -> None:
    recording = RecordingWish(made_for="continuous") if is_recorded else None
    station.open("m", cameras.address("01", "main"), ring_s=30.0, recording=recording)
    live = station.state("m", "live", lambda state: (state.media_time_s or 0.0) > 3.0)
    slot = slots.picture()
    at = CLOCK.now() - timedelta(seconds=1.5)
    station.order(PlaySpan(player_id="p", camera_id="camera-m", stream_id="m", parts=(), at=at, picture=slot))

    state = station.until(lambda said: isinstance(said, ReplayState))

    assert live.recording == ("continuous" if is_recorded else "off")
    assert isinstance(state, ReplayState)
    assert state.source == ("recording" if is_recorded else "memory")
    assert state.shown_at is not None
    assert timedelta(0) <= at - state.shown_at < timedelta(seconds=0.3)
    facts, _ = look_at(slot).next()
    assert facts.received_at == state.shown_at
