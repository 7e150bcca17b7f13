"""Frames between processes: whole, newest, and none the worse for a writer that died."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.infrastructure.frame_slots import (
    FrameDoesNotFit,
    FrameFacts,
    SlotReader,
    SlotUnavailable,
    SlotWriter,
    create,
    sweep,
)

WIDTH, HEIGHT = 480, 270
FRAME_BYTES = WIDTH * HEIGHT * 4

# Writes frames filled with one value as fast as it can until its standard input ends.
HAMMER = """
import sys, threading
from pathlib import Path
from console.infrastructure.frame_slots import FrameFacts, SlotWriter
gone = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), gone.set()), daemon=True).start()
frames = [bytes([value]) * {size} for value in range(256)]
with SlotWriter(Path(sys.argv[1])) as writer:
    while not gone.is_set():
        value = (writer.newest_sequence() + 1) % 256
        writer.write([frames[value]], FrameFacts(width={width}, height={height}, stride={width} * 4,
            pixel_format="bgra", received_at_us=value, media_time_s=float(value)))
"""

# Fills half a frame and dies as a crash does: without leaving the block.
CRASH = """
import os, sys
from pathlib import Path
from console.infrastructure.frame_slots import FrameFacts, SlotWriter
facts = FrameFacts(width={width}, height={height}, stride={width} * 4, pixel_format="bgra",
                   received_at_us=0, media_time_s=0.0)
writer = SlotWriter(Path(sys.argv[1]))
with writer.writing(facts) as place:
    place[: len(place) // 2] = bytes([9]) * (len(place) // 2)
    os._exit(3)
"""


PLAIN = FrameFacts(
    width=WIDTH,
    height=HEIGHT,
    stride=WIDTH * 4,
    pixel_format="bgra",
    received_at_us=1_700_000_000_000_001,
    media_time_s=1.25,
)


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[Path]:
    folder = Path("/dev/shm") if Path("/dev/shm").is_dir() else tmp_path
    made = create(folder / f"citydesk-test-{os.getpid()}-{time.monotonic_ns()}", FRAME_BYTES)
    yield made.path
    made.remove()
    assert not made.path.exists()


def script(source: str) -> str:
    return source.format(size=FRAME_BYTES, width=WIDTH, height=HEIGHT)


def test_a_frame_arrives_with_its_facts(ring: Path) -> None:
    told = replace(PLAIN, captured_at_us=1_700_000_000_000_000, is_key=True)
    with SlotWriter(ring) as writer, SlotReader(ring) as reader:
        assert reader.newest_sequence() == 0
        assert writer.write([bytes([7]) * FRAME_BYTES], told) == 1
        into = bytearray(reader.capacity_bytes)
        seen = reader.copy_newest(into, 0)
    assert seen is not None
    assert seen.sequence == 1
    assert (seen.captured_at_us, seen.is_key, seen.media_time_s) == (1_700_000_000_000_000, True, 1.25)
    assert seen.captured_at is not None
    assert (seen.received_at - seen.captured_at).microseconds == 1
    assert bytes(into) == bytes([7]) * FRAME_BYTES


def test_only_the_newest_frame_is_given_and_only_once(ring: Path) -> None:
    with SlotWriter(ring) as writer, SlotReader(ring) as reader:
        for value in range(1, 8):
            writer.write([bytes([value]) * FRAME_BYTES], PLAIN)
        into = bytearray(FRAME_BYTES)
        seen = reader.copy_newest(into, 2)
        assert seen is not None
        assert seen.sequence == 7
        assert into[0] == 7
        assert reader.copy_newest(into, seen.sequence) is None


def test_frames_are_given_one_after_the_other_as_long_as_they_are_there(ring: Path) -> None:
    into = bytearray(FRAME_BYTES)
    given: list[int] = []
    with SlotWriter(ring) as writer, SlotReader(ring) as reader:
        assert reader.copy_next(into) is None
        for value in (1, 2):
            writer.write([bytes([value]) * FRAME_BYTES], PLAIN)
        while (seen := reader.copy_next(into, len(given))) is not None:
            given.append(into[0])
            assert seen.sequence == len(given)
        assert given == [1, 2]
        for value in range(3, 9):
            writer.write([bytes([value]) * FRAME_BYTES], PLAIN)
        seen = reader.copy_next(into, 2)
        assert seen is not None
        assert (seen.sequence, into[0]) == (7, 7), "of three slots the oldest may be written over at any moment"


def test_planes_stand_one_after_the_other(ring: Path) -> None:
    luma, blue, red = bytes([1]) * 64 * 32, bytes([2]) * 32 * 16, bytes([3]) * 32 * 16
    with SlotWriter(ring) as writer, SlotReader(ring) as reader:
        writer.write([luma, blue, red], replace(PLAIN, width=64, height=32, stride=64, pixel_format="i420"))
        into = bytearray(FRAME_BYTES)
        seen = reader.copy_newest(into)
    assert seen is not None
    assert seen.pixel_format == "i420"
    assert seen.captured_at is None
    assert bytes(into[: seen.size_bytes]) == luma + blue + red


def test_no_frame_is_torn_while_a_writer_hammers(ring: Path) -> None:
    into = bytearray(FRAME_BYTES)
    whole = {value: bytes([value]) * FRAME_BYTES for value in range(256)}
    command = [sys.executable, "-c", script(HAMMER), str(ring)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as writer, SlotReader(ring) as reader:
        seen, last = 0, 0
        deadline = time.monotonic() + 30
        while seen < 1500 and time.monotonic() < deadline:
            copied = reader.copy_newest(into, last)
            if copied is None:
                continue
            assert copied.sequence > last
            assert copied.received_at_us == copied.sequence % 256
            assert into == whole[copied.sequence % 256], f"frame {copied.sequence} was torn"
            seen, last = seen + 1, copied.sequence
        assert writer.stdin is not None
        writer.stdin.close()
        assert writer.wait(10) == 0
    assert seen == 1500


def test_a_writer_that_died_mid_frame_costs_only_that_frame(ring: Path) -> None:
    into = bytearray(FRAME_BYTES)
    with SlotWriter(ring) as writer, SlotReader(ring) as reader:
        writer.write([bytes([1]) * FRAME_BYTES], PLAIN)
        assert subprocess.run([sys.executable, "-c", script(CRASH), str(ring)], check=False).returncode == 3
        kept = reader.copy_newest(into)
        assert kept is not None
        assert kept.sequence == 1
        assert bytes(into) == bytes([1]) * FRAME_BYTES
        with SlotWriter(ring) as successor:
            successor.write([bytes([2]) * FRAME_BYTES], PLAIN)
        after = reader.copy_newest(into, 1)
        assert after is not None
        assert after.sequence == 2
        assert bytes(into) == bytes([2]) * FRAME_BYTES


def test_a_failed_filling_publishes_nothing(ring: Path) -> None:
    with SlotWriter(ring) as writer, SlotReader(ring) as reader:
        with pytest.raises(ZeroDivisionError), writer.writing(PLAIN):
            raise ZeroDivisionError
        assert reader.newest_sequence() == 0


def test_a_frame_that_does_not_fit_is_refused(ring: Path) -> None:
    with SlotWriter(ring) as writer, SlotReader(ring) as reader:
        with pytest.raises(FrameDoesNotFit):
            writer.write([b""], replace(PLAIN, height=HEIGHT + 1))
        writer.write([bytes(FRAME_BYTES)], PLAIN)
        with pytest.raises(FrameDoesNotFit):
            reader.copy_newest(bytearray(10))


def test_a_reader_cannot_write(ring: Path) -> None:
    with SlotReader(ring) as reader, pytest.raises(TypeError):
        reader._raw[0] = 1


def test_a_removed_ring_is_told_as_unavailable(tmp_path: Path) -> None:
    with pytest.raises(SlotUnavailable):
        SlotReader(tmp_path / "gone")


def test_leftovers_of_a_killed_station_are_swept(tmp_path: Path) -> None:
    create(tmp_path / "citydesk-a-1", 100)
    create(tmp_path / "citydesk-a-2", 100)
    (tmp_path / "other").write_bytes(b"")
    assert sweep(tmp_path, "citydesk-a-") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_memory_is_taken_only_when_frames_are_written(tmp_path: Path) -> None:
    ring = create(tmp_path / "sparse", 50_000_000)
    assert ring.path.stat().st_blocks * 512 < 100_000
    ring.remove()
