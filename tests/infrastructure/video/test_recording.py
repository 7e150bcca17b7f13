"""Any picture of a recorded file, in any order."""

from pathlib import Path

import numpy as np
import pytest
from av import VideoFrame
from av.error import FFmpegError

from console.infrastructure.video.recording import PICTURES_KEPT, Recording
from tests.infrastructure.video.numbered_clips import make_clip, number_in


def number_of(frame: VideoFrame | None) -> int | None:
    if frame is None:
        return None
    return number_in(frame.to_ndarray(format="gray").astype(np.uint8, copy=False))


@pytest.mark.parametrize("b_frames", [0, 2])
@pytest.mark.parametrize("fragmented", [True, False])
def test_every_picture_is_found_forwards_backwards_and_at_a_leap(
    tmp_path: Path, b_frames: int, fragmented: bool
) -> None:
    clip = make_clip(tmp_path / "c.mp4", seconds=9.0, b_frames=b_frames, fragmented=fragmented)
    with Recording(clip) as recording:
        count = len(recording.times_s)
        assert count == 90 > PICTURES_KEPT
        order = [*range(count), *reversed(range(count)), 45, 3, 88, 0, 44, 89]
        assert [number_of(recording.picture(number)) for number in order] == order
        assert recording.times_s[-1] == pytest.approx(8.9)
        assert recording.nearest(4.44) == 44
        assert recording.nearest(99.0) == 89
        assert recording.nearest(-1.0) == 0


def test_a_damaged_stretch_is_left_out_and_the_rest_is_there(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "c.mp4", seconds=6.0)
    raw = bytearray(clip.read_bytes())
    middle = len(raw) // 2
    raw[middle : middle + 900] = bytes(900)
    clip.write_bytes(raw)
    with Recording(clip) as recording:
        found = [number_of(recording.picture(number)) for number in range(len(recording.times_s))]
    assert found[:20] == list(range(20))
    assert found[-10:] == list(range(50, 60))


def test_a_file_without_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.mp4").write_bytes(b"")
    with pytest.raises((OSError, FFmpegError)):
        Recording(tmp_path / "c.mp4")
