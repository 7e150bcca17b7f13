"""What was heard in a street lies in its recording and its clips, or in none of them: GStreamer as the camera."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from console.infrastructure.channel.messages import (
    ClipCut,
    CloseStream,
    CutClip,
    RecordingWish,
    RequestFailed,
    SegmentClosed,
)
from console.infrastructure.recording_shelf import RecordingShelf
from tests.infrastructure.video.media_station import MediaStation
from tests.infrastructure.video.numbered_clips import pictures_in
from tests.infrastructure.video.test_kept_sound import KEPT_AS
from tests.peers.listening.flash_and_beep import (
    EVERY_S,
    Codec,
    beeps_in,
    flashes_in,
    has_sound,
    make_flash_and_beep,
    most_apart_ms,
    sends,
)
from tests.peers.video.gst_camera import GstCamera, GstMissing

pytestmark = pytest.mark.peer

WITHIN_MS = 80.0
KEPT_S = 3.6
Files = tuple[Path, Path, Path]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[MediaStation]:
    running = MediaStation(tmp_path)
    yield running
    if running.worker.poll() is None:
        running.close()


@pytest.fixture
def keep(tmp_path: Path, station: MediaStation) -> Iterator[Callable[[Codec, bool], Files]]:
    """Return a function: what a camera sends and whether sound may be kept → what it sent, its recording, its clip."""
    if shutil.which("ffprobe") is None:
        pytest.skip("FFmpeg is not installed")
    cameras: list[GstCamera] = []

    def start(codec: Codec, keeps_sound: bool) -> Files:
        street = make_flash_and_beep(tmp_path / f"street.{'mp4' if codec == 'aac' else 'mov'}", codec, 20)
        try:
            cameras.append(GstCamera({"/street": sends(street, codec)}))
        except GstMissing as missing:
            pytest.skip(f"no gst-rtsp-server for the system's Python: {missing}")
        address = cameras[-1].address("/street")
        wish = RecordingWish(made_for="continuous")
        station.open("m", address, ring_s=60.0, recording=wish, keeps_sound=keeps_sound)
        station.state("m", "live", lambda state: (state.media_time_s or 0) > 1.0)
        clip = tmp_path / "clip.mp4"
        order = CutClip(request_id="c", stream_id="m", from_media_s=0.5, to_media_s=KEPT_S, path=str(clip))
        station.order(order)  # it reaches into the future
        cut = station.until(lambda said: isinstance(said, ClipCut | RequestFailed))
        assert isinstance(cut, ClipCut), cut
        assert cut.sound == (KEPT_AS[codec] if keeps_sound else "")
        assert cut.sha256 == hashlib.sha256(clip.read_bytes()).hexdigest()
        station.order(CloseStream(stream_id="m"))
        station.until(lambda said: isinstance(said, SegmentClosed))
        shelf = RecordingShelf(station.recordings)
        (segment,) = shelf.noted()
        recording = shelf.absolute(segment.path)
        assert segment.sha256 == hashlib.sha256(recording.read_bytes()).hexdigest()
        return street, recording, clip

    yield start
    for camera in cameras:
        camera.close()


@pytest.mark.parametrize("codec", ["aac", "pcm_mulaw"])
def test_a_recording_and_a_clip_have_the_sound_beside_the_pictures(
    codec: Codec, keep: Callable[[Codec, bool], Files], record_property: Callable[[str, object], None]
) -> None:
    street, recording, clip = keep(codec, True)
    sent = pictures_in(street)
    for file in (recording, clip):
        assert has_sound(file)
        assert len(flashes_in(file)) >= 2
        assert all(after - before == pytest.approx(EVERY_S, abs=0.05) for before, after in pairwise(beeps_in(file)[1:]))
        apart_ms = most_apart_ms(file)
        record_property(f"{file.stem}_ms", round(apart_ms, 1))
        assert apart_ms <= WITHIN_MS
        found = pictures_in(file)
        first = sent.index(found[0])
        assert found == sent[first : first + len(found)], "sound has changed nothing of the pictures"


@pytest.mark.parametrize("codec", ["pcm_alaw"])
def test_without_leave_nothing_of_the_sound_is_in_any_file(codec: Codec, keep: Callable[[Codec, bool], Files]) -> None:
    street, recording, clip = keep(codec, False)
    assert has_sound(street)
    assert flashes_in(recording) and flashes_in(clip)
    assert not has_sound(recording)
    assert not has_sound(clip)
