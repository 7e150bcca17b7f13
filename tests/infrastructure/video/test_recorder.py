"""What the recorder is given lies in segments afterwards: whole, in order, never coded anew; and it keeps nobody up."""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.domain.recordings import RecordingClass, gaps
from console.infrastructure.channel.messages import RecordingWish, SegmentClosed
from console.infrastructure.clock import SystemClock
from console.infrastructure.recording_repair import read_segment
from console.infrastructure.recording_shelf import RecordingShelf
from console.infrastructure.video.packets import KeptPacket, StreamFormat
from console.infrastructure.video.recorder import Recorder, StreamTap
from tests.infrastructure.video.media_station import wait_until
from tests.infrastructure.video.numbered_clips import make_clip, pictures_in
from tests.infrastructure.video.recorded import NOON, endless, numbers_in, packets_of, wait_for_segments

WISH = RecordingWish(made_for="continuous")
BY_HAND = RecordingWish(made_for="manual")
Start = Callable[..., Recorder]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return twenty seconds with a key picture a second."""
    return make_clip(tmp_path_factory.mktemp("clip") / "c.mp4", seconds=20.0)


@pytest.fixture
def shelf(tmp_path: Path) -> RecordingShelf:
    return RecordingShelf(tmp_path / "recordings")


@pytest.fixture
def said() -> list[SegmentClosed]:
    return []


@pytest.fixture
def start(shelf: RecordingShelf, said: list[SegmentClosed]) -> Iterator[Start]:
    recorders: list[Recorder] = []

    def start_one(**limits: int) -> Recorder:
        recorders.append(Recorder(shelf, SystemClock(), said.append, **limits))
        return recorders[-1]

    yield start_one
    for recorder in recorders:
        recorder.end(10)


def record(tap: StreamTap, form: StreamFormat, packets: list[KeptPacket], wish: RecordingWish = WISH) -> None:
    for packet in packets:
        tap.take(packet, form, wish)


def test_two_minutes_are_two_segments_and_a_rest_and_no_picture_is_missing_or_changed(
    clip: Path, shelf: RecordingShelf, start: Start, said: list[SegmentClosed]
) -> None:
    form, packets = packets_of(clip)
    sent = list(endless(form, packets, 7))
    tap = StreamTap(start(), "camera-1")
    record(tap, form, sent)
    tap.stop()

    segments = wait_for_segments(shelf, 3)

    assert [round(one.media_to_s - one.media_from_s, 3) for one in segments] == [60.0, 60.0, 20.0]
    recorded = [nal for one in segments for nal in pictures_in(shelf.absolute(one.path))]
    assert recorded == pictures_in(clip) * 7
    assert gaps(segments, NOON, NOON + timedelta(seconds=140)) == ()
    assert [one.follows for one in segments] == ["", segments[0].segment_id, segments[1].segment_id]
    wait_until(lambda: len(said) == 3, "the station hears of each")
    assert [one.segment_id for one in said] == [one.segment_id for one in segments]


def test_a_segment_says_what_it_is_by_itself_and_its_digest_is_of_its_bytes(
    clip: Path, shelf: RecordingShelf, start: Start
) -> None:
    form, packets = packets_of(clip)
    tap = StreamTap(start(), "街口-1")
    record(tap, form, packets, BY_HAND)
    tap.stop()

    (segment,) = wait_for_segments(shelf, 1)

    path = shelf.absolute(segment.path)
    assert segment.path == f"2026/11/22/04/{segment.segment_id}.mp4"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == segment.sha256
    assert path.stat().st_size == segment.size_bytes
    assert (segment.camera_id, segment.made_for) == ("街口-1", RecordingClass.MANUAL)
    assert (segment.codec, segment.width, segment.height) == ("h264", 320, 240)
    assert segment.begins_at == NOON
    assert segment.ends_at == NOON + timedelta(seconds=20)
    assert segment.clock_offset_s == pytest.approx(-0.2)
    assert read_segment(path) == segment  # the index can be made again from the files alone


@pytest.mark.parametrize("b_frames", [0, 2])
def test_pictures_come_out_in_the_order_they_are_shown(
    b_frames: int, tmp_path: Path, shelf: RecordingShelf, start: Start
) -> None:
    form, packets = packets_of(make_clip(tmp_path / "b.mp4", seconds=4.0, b_frames=b_frames))
    tap = StreamTap(start(), "camera-1")
    record(tap, form, packets)
    tap.stop()
    (segment,) = wait_for_segments(shelf, 1)
    assert numbers_in(shelf.absolute(segment.path)) == list(range(40))


def test_a_picture_that_came_in_two_packets_is_one_picture(clip: Path, shelf: RecordingShelf, start: Start) -> None:
    form, packets = packets_of(clip)
    halves = []
    for packet in packets:
        cut = packet.data.find(b"\x00\x00\x01", 5)
        parts = [packet.data[:cut], packet.data[cut:]] if cut > 0 else [packet.data]
        halves += [replace(packet, data=part) for part in parts]
    assert len(halves) > len(packets)
    tap = StreamTap(start(), "camera-1")
    record(tap, form, halves)
    tap.stop()
    (segment,) = wait_for_segments(shelf, 1)
    assert numbers_in(shelf.absolute(segment.path)) == list(range(200))


def test_missing_packets_end_a_segment_and_the_gap_is_known(clip: Path, shelf: RecordingShelf, start: Start) -> None:
    form, packets = packets_of(clip)
    tap = StreamTap(start(), "camera-1")
    record(tap, form, packets[:52] + packets[125:])  # five seconds and more lost on the way
    tap.stop()

    before, after = wait_for_segments(shelf, 2)

    assert numbers_in(shelf.absolute(before.path)) == list(range(52))
    assert numbers_in(shelf.absolute(after.path)) == list(range(130, 200))  # from the next key picture on
    (gap,) = gaps([before, after], NOON, NOON + timedelta(seconds=20))
    assert ((gap.from_at - NOON).total_seconds(), (gap.to_at - NOON).total_seconds()) == (5.2, 13.0)


def test_another_picture_size_begins_another_segment_and_nothing_is_missing(
    clip: Path, tmp_path: Path, shelf: RecordingShelf, start: Start
) -> None:
    form, packets = packets_of(clip)
    wide_form, wide = packets_of(make_clip(tmp_path / "wide.mp4", seconds=3.0, size=(640, 360)))
    shift = packets[-1].dts + 1280
    wide_form = replace(wide_form, time_base=form.time_base)
    later = [
        replace(one, pts=one.pts + shift, dts=one.dts + shift, media_time_s=one.media_time_s + 20.0) for one in wide
    ]
    tap = StreamTap(start(), "camera-1")
    record(tap, form, packets)
    record(tap, wide_form, later)
    tap.stop()
    small, large = wait_for_segments(shelf, 2)
    if small.width > large.width:
        small, large = large, small
    assert (small.width, large.width) == (320, 640)
    assert large.follows == small.segment_id
    assert numbers_in(shelf.absolute(large.path)) == list(range(30))


def test_a_recording_by_hand_stands_apart_from_the_one_that_runs_anyway(
    clip: Path, shelf: RecordingShelf, start: Start
) -> None:
    form, packets = packets_of(clip)
    recorder = start()
    tap = StreamTap(recorder, "camera-1")
    record(tap, form, packets[:55])
    wait_until(lambda: tap.condition == "continuous", "it says that it records")
    record(tap, form, packets[55:115], BY_HAND)
    record(tap, form, packets[115:])
    tap.stop()
    segments = wait_for_segments(shelf, 3)
    assert [one.made_for for one in segments] == ["continuous", "manual", "continuous"]
    assert [round(one.media_from_s) for one in segments] == [0, 6, 12]  # each at the next key picture
    assert [one.follows for one in segments] == ["", segments[0].segment_id, segments[1].segment_id]
    wait_until(lambda: tap.condition == "off", "it says that it ended")


def test_a_disk_that_stands_still_keeps_nobody_up_and_leaves_a_gap_that_is_said(
    clip: Path, shelf: RecordingShelf, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, packets = packets_of(clip)
    sent = list(endless(form, packets, 2))
    may_sync = threading.Event()
    real = os.fdatasync

    def slow(handle: int) -> None:
        assert may_sync.wait(60)
        real(handle)

    monkeypatch.setattr(os, "fdatasync", slow)
    recorder = start(most_waiting_bytes=sum(len(packet.data) for packet in sent) // 4)
    tap = StreamTap(recorder, "camera-1")
    record(tap, form, sent[:300])  # returns although not one sync did
    assert tap.condition == "failed"
    may_sync.set()
    wait_until(lambda: recorder.waiting_bytes == 0, "the disk catches up")
    for packet in sent[300:]:
        wait_until(lambda: recorder.waiting_bytes == 0, "the disk keeps up")
        tap.take(packet, form, WISH)
    wait_until(lambda: tap.condition == "continuous", "it records again")
    tap.stop()

    before, after = wait_for_segments(shelf, 2)

    first, second = numbers_in(shelf.absolute(before.path)), numbers_in(shelf.absolute(after.path))
    assert first == list(range(len(first)))
    assert second == list(range(100, 200))
    (gap,) = gaps([before, after], NOON, NOON + timedelta(seconds=40))
    assert (gap.from_at - NOON).total_seconds() == pytest.approx(len(first) / 10)
    assert (gap.to_at - NOON).total_seconds() == 30.0


def test_a_disk_that_refuses_costs_what_it_refused_and_no_more(
    clip: Path, shelf: RecordingShelf, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, packets = packets_of(clip)
    monkeypatch.setattr("console.infrastructure.video.recorder.FAILED_FOR_S", 0.0)
    monkeypatch.setattr("console.infrastructure.video.recorder.MEND_EVERY_S", 0.05)
    real, calls = os.fdatasync, iter(range(1000))

    def refuses_once(handle: int) -> None:
        if next(calls) == 10:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fdatasync", refuses_once)
    tap = StreamTap(start(), "camera-1")
    record(tap, form, packets)
    tap.stop()

    before, after = wait_for_segments(shelf, 2)

    first, second = numbers_in(shelf.absolute(before.path)), numbers_in(shelf.absolute(after.path))
    assert len(first) >= 50
    assert first == list(range(len(first)))
    assert second == list(range(second[0], 200))
    assert second[0] - len(first) <= 10


def test_what_waits_when_the_worker_ends_is_written(clip: Path, shelf: RecordingShelf, start: Start) -> None:
    form, packets = packets_of(clip)
    recorder = start()
    tap = StreamTap(recorder, "camera-1")
    record(tap, form, packets)
    recorder.end(10)
    (segment,) = shelf.noted()
    assert numbers_in(shelf.absolute(segment.path)) == list(range(200))
    assert list(shelf.left_drafts()) == []
