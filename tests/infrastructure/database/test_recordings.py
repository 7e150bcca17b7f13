"""The index of recordings, on both engines."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from console.application.errors import Stale
from console.domain.cameras import StreamProfile
from console.domain.ids import CameraId, SegmentId
from console.domain.recordings import RecordingClass, Segment
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from tests.infrastructure.database.builders import CAMERA, NOW, minutes


def segment(name: str, begins_at: datetime = NOW, **changes: Any) -> Segment:
    made = Segment(
        segment_id=SegmentId(name),
        camera_id=CAMERA,
        profile=StreamProfile.MAIN,
        made_for=RecordingClass.CONTINUOUS,
        path=f"2026/11/22/03/{name}.mp4",
        begins_at=begins_at,
        ends_at=begins_at + minutes(1),
        media_from_s=12.5,
        media_to_s=72.5,
        size_bytes=30_000_000_000,
        sha256="ab" * 32,
        codec="hevc",
        width=2560,
        height=1440,
        captured_at=begins_at - minutes(0.01),
        clock_offset_s=-0.6,
        follows="the-one-before",
    )
    return replace(made, **changes)


def keep(units: SqlUnitsOfWork, *segments: Segment) -> None:
    with units.write() as unit:
        for one in segments:
            unit.recordings.add(one)
        unit.commit()


def test_a_segment_comes_back_whole(units: SqlUnitsOfWork) -> None:
    full = segment("full")
    plain = segment("plain", captured_at=None, clock_offset_s=None, follows="", profile=StreamProfile.SUB)
    keep(units, full, plain)
    with units.read() as unit:
        assert unit.recordings.get(full.segment_id) == full
        assert unit.recordings.get(plain.segment_id) == plain


def test_a_segment_noted_twice_is_one(units: SqlUnitsOfWork) -> None:
    keep(units, segment("a"))
    keep(units, segment("a"))
    with units.read() as unit:
        assert len(unit.recordings.between(NOW, NOW + minutes(1))) == 1


def test_a_span_finds_every_minute_that_touches_it_and_no_other_camera(units: SqlUnitsOfWork) -> None:
    hour = [segment(f"s{number:02d}", NOW + minutes(number)) for number in range(60)]
    keep(units, *hour, segment("elsewhere", NOW + minutes(10), camera_id=CameraId("camera-2")))
    with units.read() as unit:
        found = unit.recordings.of_camera(CAMERA, NOW + minutes(10.5), NOW + minutes(12.5))
        assert list(found) == hour[10:13]
        assert list(unit.recordings.of_camera(CAMERA, NOW + minutes(60), NOW + minutes(90))) == []


def test_the_oldest_of_a_class_come_first_and_what_it_takes_is_added_up(units: SqlUnitsOfWork) -> None:
    by_hand = segment("by-hand", NOW - minutes(5), made_for=RecordingClass.MANUAL, size_bytes=7)
    first, second, third = (segment(name, NOW + minutes(at)) for at, name in enumerate("abc"))
    keep(units, third, first, second, by_hand)
    with units.read() as unit:
        assert list(unit.recordings.oldest(RecordingClass.CONTINUOUS, 2)) == [first, second]
        assert unit.recordings.size(RecordingClass.CONTINUOUS) == 90_000_000_000
        assert unit.recordings.size(RecordingClass.MANUAL) == 7


def test_nothing_recorded_takes_nothing(units: SqlUnitsOfWork) -> None:
    with units.read() as unit:
        assert unit.recordings.size(RecordingClass.MANUAL) == 0
        assert list(unit.recordings.oldest(RecordingClass.MANUAL, 5)) == []


def test_a_lost_file_stays_in_the_index_as_what_it_is(units: SqlUnitsOfWork) -> None:
    kept, lost = segment("kept"), segment("lost", NOW + minutes(1))
    keep(units, kept, lost)
    with units.write() as unit:
        unit.recordings.note_lost([lost.segment_id], NOW + minutes(9))
        unit.recordings.note_lost([lost.segment_id], NOW + minutes(99))
        unit.commit()
    with units.read() as unit:
        found = unit.recordings.of_camera(CAMERA, NOW, NOW + minutes(5))
        assert list(found) == [kept, replace(lost, lost_at=NOW + minutes(9))]
        assert list(unit.recordings.between(NOW, NOW + minutes(5))) == [kept]
        assert list(unit.recordings.oldest(RecordingClass.CONTINUOUS, 5)) == [kept]
        assert unit.recordings.size(RecordingClass.CONTINUOUS) == kept.size_bytes


def test_a_thousand_segments_are_removed_at_once(units: SqlUnitsOfWork) -> None:
    many = [segment(f"s{number:04d}", NOW + minutes(number)) for number in range(1100)]
    keep(units, *many)
    with units.write() as unit:
        unit.recordings.remove([one.segment_id for one in many[:1099]])
        unit.commit()
    with units.read() as unit:
        assert list(unit.recordings.oldest(RecordingClass.CONTINUOUS, 5)) == [many[1099]]
        with pytest.raises(Stale):
            unit.recordings.get(many[0].segment_id)
