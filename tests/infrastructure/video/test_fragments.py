"""The times read from a fragmented file's tables are those that reading it through gives; others are told apart."""

from pathlib import Path

import av
import pytest

from console.infrastructure.video.fragments import NotUnderstood, stamps_of
from console.infrastructure.video.recorded_span import Span, write_span
from tests.infrastructure.video.numbered_clips import make_clip
from tests.infrastructure.video.recorded import packets_of


def read_through(path: Path) -> list[tuple[int, bool]]:
    with av.open(str(path)) as container:
        return [
            (packet.pts, packet.is_keyframe)
            for packet in container.demux(video=0)
            if packet.size and packet.pts is not None
        ]


def of_tables(path: Path) -> list[tuple[int, bool]]:
    with open(path, "rb") as file:
        return stamps_of(file)


@pytest.mark.parametrize("b_frames", [0, 2])
@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_tables_say_what_reading_through_says(codec: str, b_frames: int, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "c.mp4", seconds=5.0, codec=codec, b_frames=b_frames, fragmented=True)
    truth, told = read_through(clip), of_tables(clip)
    shift = truth[0][0] - told[0][0]
    assert [(stamp + shift, is_key) for stamp, is_key in told] == truth
    assert sum(is_key for _, is_key in told) == 5


def test_a_sealed_clip_is_understood_too(tmp_path: Path) -> None:
    form, packets = packets_of(make_clip(tmp_path / "c.mp4", seconds=5.0))
    written = write_span(Span(form, packets), tmp_path / "span.mp4")
    assert of_tables(written.path) == read_through(written.path)


def test_a_file_cut_short_gives_the_fragments_that_are_whole(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "c.mp4", seconds=5.0, fragmented=True)
    whole = of_tables(clip)
    raw = clip.read_bytes()
    last = raw.rindex(b"moof")
    clip.write_bytes(raw[: last + 10])
    told = of_tables(clip)
    assert 0 < len(told) < len(whole)
    assert told == whole[: len(told)]


@pytest.mark.parametrize("broken", [b"", b"no film at all", b"\x00\x00\x00\x08free" * 4, b"\x00\x00\x00\x02moov1234"])
def test_what_is_not_understood_is_said_to_be(broken: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.mp4").write_bytes(broken)
    with pytest.raises(NotUnderstood):
        of_tables(tmp_path / "x.mp4")


def test_a_file_without_fragments_is_read_through(tmp_path: Path) -> None:
    with pytest.raises(NotUnderstood):
        of_tables(make_clip(tmp_path / "c.mp4", seconds=2.0))
