"""A span of a recording is the camera's own pictures, over the ends of its segments and over gaps."""

from datetime import timedelta
from pathlib import Path

import pytest

from console.application.errors import Unavailable
from console.domain.recordings import Segment
from console.infrastructure.channel.messages import ClipCut, CutRecording, RecordedPart, RecordingWish, RequestFailed
from console.infrastructure.clock import SystemClock
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.video.recorded_span import packets_between, write_span
from console.infrastructure.video.recorder import Recorder, StreamTap
from tests.infrastructure.video.media_station import MediaStation
from tests.infrastructure.video.numbered_clips import make_clip, pictures_in
from tests.infrastructure.video.recorded import NOON, endless, numbers_in, packets_of

WISH = RecordingWish(made_for="continuous")


@pytest.fixture
def shelf(tmp_path: Path) -> RecordingShelf:
    return RecordingShelf(tmp_path / "recordings")


def recorded(shelf: RecordingShelf, clip: Path, laps: int, *, without: tuple[int, int] = (0, 0)) -> list[Segment]:
    """Record a clip over and over, some packets missing."""
    form, packets = packets_of(clip)
    recorder = Recorder(shelf, SystemClock(), lambda closed: None)
    tap = StreamTap(recorder, "camera-1")
    for number, packet in enumerate(endless(form, packets, laps)):
        if not without[0] <= number < without[1]:
            tap.take(packet, form, WISH)
    recorder.end(30)
    return shelf.noted()


def parts_of(shelf: RecordingShelf, segments: list[Segment]) -> tuple[RecordedPart, ...]:
    return tuple(
        RecordedPart(
            path=str(shelf.absolute(one.path)),
            begins_at=one.begins_at,
            media_from_s=one.media_from_s,
            clock_offset_s=one.clock_offset_s,
        )
        for one in segments
    )


@pytest.mark.parametrize("b_frames", [0, 2])
def test_a_span_over_two_segments_misses_no_picture_and_changes_none(
    b_frames: int, tmp_path: Path, shelf: RecordingShelf
) -> None:
    clip = make_clip(tmp_path / "c.mp4", seconds=20.0, b_frames=b_frames)
    segments = recorded(shelf, clip, 4)
    assert len(segments) == 2
    begin = segments[0].begins_at
    span = packets_between(
        parts_of(shelf, segments), begin + timedelta(seconds=55.35), begin + timedelta(seconds=64.95)
    )
    write_span(span, tmp_path / "span.mp4")
    coded = pictures_in(clip) * 4
    slices = len(coded) // 800
    assert pictures_in(tmp_path / "span.mp4") == coded[550 * slices : 650 * slices]
    assert len(numbers_in(tmp_path / "span.mp4")) == 100
    assert (span.packets[0].received_at - begin).total_seconds() == pytest.approx(55.0)
    first = span.packets[0]
    assert first.captured_at is not None
    assert (first.captured_at - first.received_at).total_seconds() == pytest.approx(-0.2)


def test_a_gap_within_a_span_stays_as_long_as_it_was(tmp_path: Path, shelf: RecordingShelf) -> None:
    clip = make_clip(tmp_path / "c.mp4", seconds=20.0)
    segments = recorded(shelf, clip, 1, without=(50, 120))
    assert len(segments) == 2
    span = packets_between(parts_of(shelf, segments), NOON, NOON + timedelta(seconds=20))
    seconds = [float(packet.dts * span.form.time_base) for packet in span.packets]
    assert seconds[49:51] == pytest.approx([4.9, 12.0])
    write_span(span, tmp_path / "span.mp4")
    assert numbers_in(tmp_path / "span.mp4") == [*range(50), *range(120, 200)]


def test_a_time_nobody_recorded_is_no_empty_clip(tmp_path: Path, shelf: RecordingShelf) -> None:
    segments = recorded(shelf, make_clip(tmp_path / "c.mp4", seconds=3.0), 1)
    with pytest.raises(Unavailable, match="no picture of that time"):
        packets_between(parts_of(shelf, segments), NOON - timedelta(hours=1), NOON - timedelta(minutes=59))
    shelf.absolute(segments[0].path).unlink()
    with pytest.raises(Unavailable, match="cannot be read"):
        packets_between(parts_of(shelf, segments), NOON, NOON + timedelta(seconds=2))


def test_a_media_worker_cuts_a_span_while_nobody_watches_the_camera(
    tmp_path: Path, shelf: RecordingShelf, station: MediaStation
) -> None:
    clip = make_clip(tmp_path / "c.mp4", seconds=5.0)
    parts = parts_of(shelf, recorded(shelf, clip, 1))
    path = tmp_path / "span.mp4"

    def ask(name: str, after_s: float) -> ClipCut | RequestFailed:
        from_at = NOON + timedelta(seconds=after_s)
        to_at = from_at + timedelta(seconds=1.95)
        order = CutRecording(request_id=name, parts=parts, from_at=from_at, to_at=to_at, path=str(path))
        station.order(order)
        answer = station.until(lambda said: isinstance(said, ClipCut | RequestFailed))
        assert isinstance(answer, ClipCut | RequestFailed)
        assert answer.request_id == name
        return answer

    cut = ask("c", 1.0)
    assert isinstance(cut, ClipCut), cut
    assert cut.begins_at == NOON + timedelta(seconds=1)
    assert numbers_in(path) == list(range(10, 30))
    failed = ask("d", -60.0)
    assert isinstance(failed, RequestFailed)
    assert failed.reason == "The recording has no picture of that time."
