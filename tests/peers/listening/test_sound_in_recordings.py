"""What was heard in a street lies in its recording and its clips, or in none of them: GStreamer as the camera."""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from console.domain.ids import CameraId
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
# What each camera sends, and whether its sound may be kept.
STREETS: dict[str, tuple[Codec, bool]] = {
    "aac": ("aac", True),
    "mulaw": ("pcm_mulaw", True),
    "silent": ("pcm_alaw", False),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What a camera sent, and what there is of it afterwards."""

    street: Path
    recording: Path
    clip: Path


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Kept]:
    """Record three cameras at once, and cut a clip of each that reaches into the future."""
    if shutil.which("ffprobe") is None:
        pytest.skip("FFmpeg is not installed")
    folder = tmp_path_factory.mktemp("kept")
    streets = {
        name: make_flash_and_beep(folder / f"{name}.{'mp4' if codec == 'aac' else 'mov'}", codec, 20)
        for name, (codec, _) in STREETS.items()
    }
    try:
        camera = GstCamera({f"/{name}": sends(streets[name], codec) for name, (codec, _) in STREETS.items()})
    except GstMissing as missing:
        pytest.skip(f"no gst-rtsp-server for the system's Python: {missing}")
    station = MediaStation(folder)
    try:
        return _record(folder, camera, station, streets)
    finally:
        station.close()
        camera.close()


def _record(folder: Path, camera: GstCamera, station: MediaStation, streets: dict[str, Path]) -> dict[str, Kept]:
    wish = RecordingWish(made_for="continuous")
    for name, (_, keeps_sound) in STREETS.items():
        station.open(name, camera.address(f"/{name}"), ring_s=60.0, recording=wish, keeps_sound=keeps_sound)
    for name in STREETS:
        station.state(name, "live", lambda state: (state.media_time_s or 0) > 1.0)
        path = str(folder / f"clip-{name}.mp4")
        station.order(CutClip(request_id=name, stream_id=name, from_media_s=0.5, to_media_s=KEPT_S, path=path))
    cuts: dict[str, ClipCut] = {}
    while len(cuts) < len(STREETS):
        cut = station.until(lambda said: isinstance(said, ClipCut | RequestFailed))
        assert isinstance(cut, ClipCut), cut
        cuts[cut.request_id] = cut
    for name in STREETS:
        station.order(CloseStream(stream_id=name))
        station.until(lambda said: isinstance(said, SegmentClosed))
    shelf = RecordingShelf(station.recordings)
    segments = {segment.camera_id: segment for segment in shelf.noted()}
    found = {}
    for name, (codec, keeps_sound) in STREETS.items():
        cut, segment = cuts[name], segments[CameraId(f"camera-{name}")]
        made = Kept(streets[name], shelf.absolute(segment.path), Path(cut.path))
        assert cut.sound == (KEPT_AS[codec] if keeps_sound else "")
        assert cut.sha256 == hashlib.sha256(made.clip.read_bytes()).hexdigest()
        assert segment.sha256 == hashlib.sha256(made.recording.read_bytes()).hexdigest()
        found[name] = made
    return found


@pytest.mark.parametrize("name", ["aac", "mulaw"])
def test_a_recording_and_a_clip_have_the_sound_beside_the_pictures(
    name: str, kept: dict[str, Kept], record_property: Callable[[str, object], None]
) -> None:
    sent = pictures_in(kept[name].street)
    for file in (kept[name].recording, kept[name].clip):
        assert has_sound(file)
        assert len(flashes_in(file)) >= 2
        beeps = beeps_in(file)[1:]  # the first one may have begun before its file
        assert all(after - before == pytest.approx(EVERY_S, abs=0.05) for before, after in pairwise(beeps))
        apart_ms = most_apart_ms(file)
        record_property(f"{file.stem}_ms", round(apart_ms, 1))
        assert apart_ms <= WITHIN_MS
        found = pictures_in(file)
        first = sent.index(found[0])
        assert found == sent[first : first + len(found)], "sound has changed nothing of the pictures"


def test_without_leave_nothing_of_the_sound_is_in_any_file(kept: dict[str, Kept]) -> None:
    silent = kept["silent"]
    assert has_sound(silent.street)
    for file in (silent.recording, silent.clip):
        assert flashes_in(file)
        assert not has_sound(file)
