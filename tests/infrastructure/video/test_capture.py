"""What a stream is said to be while its camera fails, by a clock that runs ahead."""

import math
import random
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from console.demo.rtsp.reel import AccessUnit, Reel, read_reel
from console.demo.rtsp.server import LiveStream
from console.infrastructure.channel.messages import LookSlot, OpenStream, PictureSlot
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.video.capture import Capture
from console.infrastructure.video.opening import Doorway
from console.infrastructure.video.recorder import Recorder
from console.infrastructure.work_notes import WorkNotes
from tests.infrastructure.video.media_station import DemoCameras, QuickClock, Slots, Viewer, wait_until

Open = Callable[..., Capture]
Serve = Callable[[LiveStream], str]


@pytest.fixture
def open_stream(tmp_path: Path) -> Iterator[Open]:
    captures: list[Capture] = []
    notes = WorkNotes(tmp_path, "media-1")
    recorder = Recorder(RecordingShelf(tmp_path / "recordings"), QuickClock(1.0), lambda closed: None)

    def open_it(
        address: str, pictures: tuple[PictureSlot, ...] = (), times: float = 1.0, looks: tuple[LookSlot, ...] = ()
    ) -> Capture:
        wish = OpenStream(
            stream_id="s", camera_id="c", address=SecretStr(address), ring_s=5.0, pictures=pictures, looks=looks
        )
        captures.append(Capture(wish, QuickClock(times), recorder, notes, Doorway(QuickClock(times))))
        if times != 1.0:
            captures[-1].sparing.believe(math.inf)  # by a clock that runs ahead every camera would be late
        return captures[-1]

    yield open_it
    for capture in captures:
        capture.end()
    for capture in captures:
        capture.join(20)
    recorder.end(5)


def becomes(capture: Capture, condition: str) -> None:
    wait_until(lambda: capture.state().condition == condition, condition)


def test_a_picture_that_never_changes_is_frozen_and_one_that_moves_is_not(
    cameras: DemoCameras, slots: Slots, open_stream: Open
) -> None:
    still = open_stream(cameras.address("04"), (slots.picture(),), times=8)
    moving = open_stream(cameras.address("01"), (slots.picture(),), times=8)
    becomes(still, "frozen")
    becomes(moving, "live")
    assert still.state().frames_per_s > 0  # data still arrives


def test_of_a_frozen_picture_the_detector_gets_nothing(
    cameras: DemoCameras, slots: Slots, open_stream: Open, look_at: Callable[[PictureSlot | LookSlot], Viewer]
) -> None:
    look = LookSlot(slot_path=str(slots.new()), width=320, height=320, looks_per_s=5.0)
    still = open_stream(cameras.address("04"), looks=(look,), times=8)
    viewer = look_at(look)
    viewer.next()
    becomes(still, "frozen")
    last = viewer.newest()
    decoded = still.decoded
    wait_until(lambda: still.decoded > decoded + 20, "pictures go on coming")
    assert viewer.newest() == last


def test_a_camera_that_stands_still_goes_stale_and_comes_back(
    cameras: DemoCameras, slots: Slots, open_stream: Open
) -> None:
    capture = open_stream(cameras.address("01"), (slots.picture(),), times=8)
    becomes(capture, "live")
    cameras.process.send_signal(signal.SIGSTOP)
    try:
        becomes(capture, "stale")
        assert capture.state().next_retry_at is not None
    finally:
        cameras.process.send_signal(signal.SIGCONT)
    becomes(capture, "live")


def test_a_killed_camera_is_no_signal_until_it_is_back_and_media_time_never_goes_back(
    clips: Path,
    cameras_folder: Path,
    cameras: DemoCameras,
    slots: Slots,
    look_at: Callable[[PictureSlot | LookSlot], Viewer],
    open_stream: Open,
) -> None:
    slot = slots.picture()
    capture = open_stream(cameras.address("01"), (slot,))
    viewer = look_at(slot)
    before, _ = viewer.next()
    cameras.kill()
    becomes(capture, "no_signal")
    lost = capture.state()
    assert lost.attempts >= 1
    assert lost.next_retry_at is not None
    assert "127.0.0.1" not in lost.detail
    again = DemoCameras(clips, cameras_folder / "again", cameras.port)
    try:
        becomes(capture, "live")
        after, _ = viewer.next(lambda facts, _: facts.received_at > lost.since)
        assert after.media_time_s > before.media_time_s
        assert capture.state().attempts == 0
    finally:
        capture.end()
        capture.join(20)
        again.close()


def test_nobody_looking_costs_no_decoding(cameras: DemoCameras, open_stream: Open) -> None:
    capture = open_stream(cameras.address("01"))
    wait_until(lambda: (capture.ring.newest_s() or 0) > 1.0, "packets are kept")
    assert capture.state().condition == "live"
    assert capture.decoded == 0


def test_pictures_begin_when_somebody_looks_and_end_when_nobody_does(
    cameras: DemoCameras, slots: Slots, open_stream: Open
) -> None:
    address = cameras.address("01")
    capture = open_stream(address)
    becomes(capture, "live")
    wish = OpenStream(stream_id="s", camera_id="c", address=SecretStr(address))
    capture.take(wish.model_copy(update={"pictures": (slots.picture(),)}))
    wait_until(lambda: capture.decoded > 5, "pictures are decoded")
    capture.take(wish)
    seen = capture.decoded

    def stands_still() -> bool:
        nonlocal seen
        before_s = capture.state().media_time_s or 0.0
        wait_until(lambda: (capture.state().media_time_s or 0.0) > before_s + 0.5, "packets go on")
        before, seen = seen, capture.decoded
        return before == seen

    wait_until(stands_still, "decoding ends")


def damaged(path: Path, is_hit: Callable[[int], bool]) -> Reel:
    """Return a clip as a camera with a bad cable sends it: the middle of some pictures is noise."""
    reel = read_reel(path)
    noise = random.Random(7)

    def spoilt(nal: bytes) -> bytes:
        return nal[:8] + bytes(noise.randrange(1, 256) for _ in nal[8:]) if nal[0] & 31 in (1, 5) else nal

    units = tuple(
        replace(unit, nal_units=tuple(spoilt(nal) for nal in unit.nal_units)) if is_hit(number) else unit
        for number, unit in enumerate(reel.units)
    )
    return replace(reel, units=units)


def test_damaged_pictures_cost_themselves_only(clips: Path, serve: Serve, slots: Slots, open_stream: Open) -> None:
    reel = damaged(clips / "01.mp4", lambda number: number % 4 == 3)
    capture = open_stream(serve(LiveStream(path="/cam", reels={"before": reel})), (slots.picture(),))
    wait_until(lambda: capture.decoded >= 40, "pictures go on")
    assert capture.state().condition == "live"
    assert capture.state().attempts == 0


def test_a_stream_of_which_nothing_can_be_decoded_says_so(
    clips: Path, serve: Serve, slots: Slots, open_stream: Open
) -> None:
    whole = read_reel(clips / "01.mp4")
    # A slice of a picture parameter set no stream can have. The first second is whole: the stream opens.
    hopeless = (b"\x09\xf0", b"\x41\xc0\x1f" + b"\xff" * 60)
    units = tuple(
        AccessUnit(whole.units[number].nal_units if number < 10 else hopeless, number / 10, number % 10 == 0)
        for number in range(600)
    )
    reel = replace(whole, units=units, length_s=60.0)
    capture = open_stream(serve(LiveStream(path="/cam", reels={"before": reel})), (slots.picture(),), times=4)
    becomes(capture, "cannot_decode")
    assert capture.state().frames_per_s > 0
