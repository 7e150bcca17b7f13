"""A camera whose encoder hangs while its microphone goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from console.infrastructure.channel.messages import OpenStream, PictureSlot
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.video.capture import Capture
from console.infrastructure.video.opening import Doorway
from console.infrastructure.video.recorder import Recorder
from console.infrastructure.work_notes import WorkNotes
from tests.infrastructure.video.media_station import QuickClock, Slots, Viewer, wait_until
from tests.peers.video.gst_camera import GstCamera

pytestmark = pytest.mark.peer
HANGS_AFTER_3_S = (
    "( videotestsrc is-live=true pattern=ball num-buffers=30 ! "
    "video/x-raw,width=320,height=240,framerate=10/1,format=I420 ! jpegenc ! rtpjpegpay name=pay0 pt=26 "
    "audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1 pt=8 )"
)
TIMES = 8.0  # as fast as the street: 15 s of a hung picture pass in two


@pytest.mark.parametrize("is_heard", [False, True], ids=["unheard", "heard"])
def test_a_picture_that_hangs_under_running_sound_is_connected_anew(
    is_heard: bool,
    start_camera: Callable[..., GstCamera],
    slots: Slots,
    look_at: Callable[[PictureSlot], Viewer],
    tmp_path: Path,
) -> None:
    camera = start_camera({"/cam": HANGS_AFTER_3_S})
    clock, slot = QuickClock(TIMES), slots.picture()
    recorder = Recorder(RecordingShelf(tmp_path / "recordings"), clock, lambda closed: None)
    sound = str(slots.new()) if is_heard else ""
    wish = OpenStream(
        stream_id="s", camera_id="c", address=SecretStr(camera.address("/cam")), pictures=(slot,), sound=sound
    )
    capture = Capture(wish, clock, recorder, WorkNotes(tmp_path, "media-1"), Doorway(clock))
    try:
        viewer = look_at(slot)
        viewer.next()
        wait_until(lambda: capture.state().condition == "stale", "the picture stands still")
        stood_at = capture.state().since
        wait_until(lambda: "pictures stopped" in capture.state().detail, "the connection is given up")
        viewer.next(lambda facts, _: facts.received_at > stood_at)
    finally:
        capture.end()
        capture.join(20)
        recorder.end(5)
