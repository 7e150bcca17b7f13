"""What is missing from a recording, by its index alone."""

from datetime import UTC, datetime, timedelta

import pytest

from console.domain.cameras import StreamProfile
from console.domain.errors import DomainError
from console.domain.ids import CameraId, SegmentId
from console.domain.recordings import Gap, RecordingClass, Segment, gaps

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def segment(name: str, from_s: float, to_s: float, *, follows: str = "", lost_at: datetime | None = None) -> Segment:
    return Segment(
        segment_id=SegmentId(name),
        camera_id=CameraId("camera-1"),
        profile=StreamProfile.MAIN,
        made_for=RecordingClass.CONTINUOUS,
        path=f"{name}.mp4",
        begins_at=at(from_s),
        ends_at=at(to_s),
        media_from_s=from_s,
        media_to_s=to_s,
        size_bytes=1000,
        sha256="0" * 64,
        codec="h264",
        width=1920,
        height=1080,
        follows=follows,
        lost_at=lost_at,
    )


def test_a_minute_that_follows_the_one_before_leaves_no_gap() -> None:
    recorded = [segment("b", 60.2, 120), segment("a", 0, 60)]
    assert gaps(recorded, at(0), at(120)) == ()


def test_a_camera_that_was_away_leaves_a_gap_of_just_that_time() -> None:
    recorded = [segment("a", 0, 42), segment("b", 51.5, 60)]
    assert gaps(recorded, at(0), at(60)) == (Gap(at(42), at(51.5)),)


def test_packets_that_came_late_are_no_gap_where_not_one_is_missing() -> None:
    late = segment("b", 64, 120, follows="a")
    assert gaps([segment("a", 0, 60), late], at(0), at(120)) == ()
    assert gaps([segment("other", 0, 60), late], at(0), at(120)) == (Gap(at(60), at(64)),)


def test_a_span_without_any_recording_is_one_gap() -> None:
    assert gaps([], at(0), at(60)) == (Gap(at(0), at(60)),)
    assert gaps([segment("before", -60, -1), segment("after", 61, 90)], at(0), at(60)) == (Gap(at(0), at(60)),)


def test_the_ends_of_a_span_that_were_not_recorded_are_gaps() -> None:
    assert gaps([segment("a", 10, 50)], at(0), at(60)) == (Gap(at(0), at(10)), Gap(at(50), at(60)))


def test_a_file_that_got_lost_is_a_gap() -> None:
    recorded = [segment("a", 0, 60), segment("b", 60, 120, lost_at=at(500)), segment("c", 120, 180, follows="b")]
    assert gaps(recorded, at(0), at(180)) == (Gap(at(60), at(120)),)


def test_two_recordings_of_the_same_minute_fill_each_others_gaps() -> None:
    recorded = [segment("a", 0, 60), segment("by-hand", 30, 90), segment("c", 80, 120), segment("short", 5, 6)]
    assert gaps(recorded, at(0), at(120)) == ()


def test_a_recording_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(DomainError):
        segment("a", 60, 0)
