"""Our media worker at cameras of another make: gst-rtsp-server, by TCP and UDP, H.264, H.265 and MJPEG."""

import signal
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from console.infrastructure.channel.messages import (
    ClipCut,
    CloseStream,
    CutClip,
    LookSlot,
    PictureSlot,
    RecordingWish,
    RequestFailed,
    SegmentClosed,
    StillTaken,
    TakeStill,
)
from console.infrastructure.recording_shelf import RecordingShelf
from tests.infrastructure.video.media_station import MediaStation, Slots, Viewer
from tests.infrastructure.video.numbered_clips import make_clip, number_in, pictures_in
from tests.peers.video.gst_camera import GstCamera, plays

pytestmark = pytest.mark.peer
Look = Callable[[PictureSlot | LookSlot], Viewer]
StartCamera = Callable[..., GstCamera]
MOVING_JPEG = (
    "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=10/1,format=I420 ! "
    "jpegenc ! rtpjpegpay name=pay0 pt=26 )"
)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_pictures_arrive_whole_and_in_order(
    transport: str, minute: Path, start_camera: StartCamera, station: MediaStation, slots: Slots, look_at: Look
) -> None:
    camera = start_camera({"/cam": plays(minute)})
    slot = slots.picture()
    station.open("s", camera.address("/cam"), transport=transport, pictures=(slot,))
    viewer = look_at(slot)
    seen = [viewer.next() for _ in range(20)]
    numbers = [number_in(luma) for _, luma in seen]
    assert numbers == sorted(set(numbers))
    times_s = [facts.media_time_s for facts, _ in seen]
    spans = [(after - before) * 15 for before, after in pairwise(times_s)]
    steps = [after - before for before, after in pairwise(numbers)]
    assert spans == pytest.approx(steps, abs=0.05)  # media time is the camera's, not ours
    state = station.state("s", "live", lambda state: state.clock_offset_s is not None)
    assert state.clock_source == "sender_report"
    assert abs(state.clock_offset_s or 9) <= 1.0


def test_two_who_look_see_the_same_street(
    minute: Path, start_camera: StartCamera, station: MediaStation, slots: Slots, look_at: Look
) -> None:
    camera = start_camera({"/cam": plays(minute)})
    tile, look = (
        slots.picture(320, 180),
        LookSlot(slot_path=str(slots.new()), width=320, height=320, looks_per_s=5.0),
    )
    station.open("s", camera.address("/cam"), pictures=(tile,), looks=(look,))
    looked, grey = look_at(look).next(lambda facts, _: facts.media_time_s > 1.0)
    shown, luma = look_at(tile).next(lambda facts, _: facts.media_time_s >= looked.media_time_s)
    apart = round((shown.media_time_s - looked.media_time_s) * 15)
    assert number_in(luma) - number_in(grey[:180]) == apart


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_clip_is_the_cameras_own_pictures(
    codec: str, minute: Path, start_camera: StartCamera, station: MediaStation, tmp_path: Path
) -> None:
    file = minute
    if codec == "hevc":
        file = make_clip(tmp_path / "hevc.mp4", seconds=20, fps=10, size=(320, 180), codec="libx265")
    camera = start_camera({"/cam": plays(file, "h265" if codec == "hevc" else "h264")})
    station.open("m", camera.address("/cam"), ring_s=10.0)
    live = station.state("m", "live", lambda state: (state.media_time_s or 0) > 2.5)
    assert live.codec == codec
    end_s = (live.media_time_s or 0.0) + 1.0
    path = tmp_path / "clip.mp4"
    station.order(CutClip(request_id="c", stream_id="m", from_media_s=1.5, to_media_s=end_s, path=str(path)))
    cut = station.until(lambda said: isinstance(said, ClipCut | RequestFailed))
    assert isinstance(cut, ClipCut), cut
    wanted, found = pictures_in(file, codec), pictures_in(path, codec)
    first = wanted.index(found[0])
    assert len(found) >= 10
    assert found == wanted[first : first + len(found)]


@pytest.mark.parametrize(("codec", "transport"), [("h264", "tcp"), ("h264", "udp"), ("hevc", "tcp")])
def test_a_recording_is_the_cameras_own_pictures(
    codec: str, transport: str, minute: Path, start_camera: StartCamera, station: MediaStation, tmp_path: Path
) -> None:
    file = minute
    if codec == "hevc":
        file = make_clip(tmp_path / "hevc.mp4", seconds=20, fps=10, size=(320, 180), codec="libx265")
    camera = start_camera({"/cam": plays(file, "h265" if codec == "hevc" else "h264")})
    address = camera.address("/cam")
    station.open("m", address, transport=transport, recording=RecordingWish(made_for="manual"))
    station.state("m", "live", lambda state: state.recording == "manual" and (state.media_time_s or 0) > 5.0)
    station.order(CloseStream(stream_id="m"))
    station.until(lambda said: isinstance(said, SegmentClosed))
    shelf = RecordingShelf(station.recordings)
    (segment,) = shelf.noted()
    assert segment.codec == codec
    wanted, found = pictures_in(file, codec), pictures_in(shelf.absolute(segment.path), codec)
    first = wanted.index(found[0])
    assert len(found) >= 30
    assert found == wanted[first : first + len(found)]


def test_a_camera_that_sends_jpegs_is_shown_and_recorded(
    start_camera: StartCamera, station: MediaStation, slots: Slots, look_at: Look, tmp_path: Path
) -> None:
    camera = start_camera({"/cam": MOVING_JPEG})
    slot = slots.picture()
    station.open("s", camera.address("/cam"), ring_s=10.0, pictures=(slot,))
    facts, _ = look_at(slot).next(lambda facts, _: facts.media_time_s > 2.0)
    assert (facts.width, facts.height) == (320, 240)
    clip, still = tmp_path / "clip.mp4", tmp_path / "still.jpg"
    station.order(CutClip(request_id="c", stream_id="s", from_media_s=0.5, to_media_s=1.5, path=str(clip)))
    cut = station.until(lambda said: isinstance(said, ClipCut | RequestFailed))
    assert isinstance(cut, ClipCut), cut
    station.order(TakeStill(request_id="p", stream_id="s", path=str(still)))
    assert isinstance(station.until(lambda said: isinstance(said, StillTaken | RequestFailed)), StillTaken)


def test_a_wrong_password_is_told_from_a_street_that_is_not_there(
    minute: Path, start_camera: StartCamera, station: MediaStation, slots: Slots, look_at: Look
) -> None:
    locked = start_camera({"/cam": plays(minute)}, login="viewer:Str33tL1ght")
    slot = slots.picture()
    station.open("wrong", locked.address("/cam", "viewer:guess"))
    station.open("right", locked.address("/cam", "viewer:Str33tL1ght"), pictures=(slot,))
    station.open("nowhere", locked.address("/other", "viewer:Str33tL1ght"))
    look_at(slot).next()
    refused = station.state("wrong", "wrong_password")
    assert refused.next_retry_at is None
    lost = station.state("nowhere", "no_signal", lambda state: state.attempts >= 2)
    assert lost.next_retry_at is not None
    assert station.close() == 0
    assert "Str33tL1ght" not in station.logged()


def test_a_killed_camera_comes_back_by_itself(
    minute: Path, start_camera: StartCamera, station: MediaStation, slots: Slots, look_at: Look
) -> None:
    camera = start_camera({"/cam": plays(minute)})
    slot = slots.picture()
    station.open("s", camera.address("/cam"), pictures=(slot,))
    viewer = look_at(slot)
    before, _ = viewer.next(lambda facts, _: facts.media_time_s > 1.0)
    camera.process.kill()
    station.state("s", "no_signal")
    start_camera({"/cam": plays(minute)}, port=camera.port)
    station.state("s", "live")
    after, _ = viewer.next(lambda facts, _: facts.received_at > before.received_at)
    assert after.media_time_s > before.media_time_s


@pytest.mark.long
def test_a_camera_that_falls_silent_is_connected_anew(
    minute: Path, start_camera: StartCamera, station: MediaStation, slots: Slots
) -> None:
    camera = start_camera({"/cam": plays(minute)})
    station.open("s", camera.address("/cam"), pictures=(slots.picture(),))
    station.state("s", "live")
    camera.process.send_signal(signal.SIGSTOP)
    try:
        assert station.state("s", "stale").next_retry_at is not None
        station.state("s", "no_signal")
    finally:
        camera.process.send_signal(signal.SIGCONT)
    station.state("s", "live")
