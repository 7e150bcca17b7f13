"""What a key packet tells of its stream."""

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
from av.bitstream import BitStreamFilterContext

from console.infrastructure.video.packets import KeptPacket, StreamFormat, form_of_key, parameter_sets
from tests.infrastructure.video.numbered_clips import make_clip


def key_of(path: Path) -> bytes:
    """Return the first packet of a file as a camera sends it: parameter sets at its head."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        to_annex_b = BitStreamFilterContext("h264_mp4toannexb", stream)
        return bytes(to_annex_b.filter(next(container.demux(stream)))[0])


def test_a_camera_that_changes_its_size_is_noticed_and_measured(tmp_path: Path) -> None:
    small = key_of(make_clip(tmp_path / "small.mp4", seconds=0.2))
    large = key_of(make_clip(tmp_path / "large.mp4", seconds=0.2, size=(640, 360)))
    assert parameter_sets("h264", small)
    assert parameter_sets("h264", small) != parameter_sets("h264", large)
    form = StreamFormat(codec="h264", extradata=b"old", time_base=Fraction(1, 90000), width=320, height=240)
    key = KeptPacket(
        data=large,
        pts=0,
        dts=0,
        is_key=True,
        media_time_s=0.0,
        received_at=datetime(2026, 1, 1, tzinfo=UTC),
        captured_at=None,
    )
    found = form_of_key(form, key)
    assert (found.width, found.height, found.extradata) == (640, 360, b"")


def test_parameter_sets_said_twice_are_the_same(tmp_path: Path) -> None:
    key = key_of(make_clip(tmp_path / "small.mp4", seconds=0.2))
    sets = parameter_sets("h264", key)
    (one,) = sets
    assert parameter_sets("h264", b"\x00\x00\x00\x01" + one + key) == sets


def test_a_moving_jpeg_has_none() -> None:
    assert parameter_sets("mjpeg", b"\x00\x00\x01\x67") == frozenset()
