"""Whatever moment the power goes, or the recorder is killed: the file opens, and what was safe is in it."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.domain.cameras import StreamProfile
from console.domain.ids import CameraId, SegmentId
from console.domain.recordings import RecordingClass, Segment
from console.infrastructure.recording_repair import close_left_draft
from console.infrastructure.recording_shelf import RecordingShelf, place_of
from console.infrastructure.sealed_fragments import whole_part
from console.infrastructure.video.segments import SegmentFile
from tests.infrastructure.video import killed_recorder
from tests.infrastructure.video.numbered_clips import make_clip, pictures_in
from tests.infrastructure.video.recorded import NOON, numbers_in, packets_of

ROOT = Path(__file__).resolve().parents[3]
SEED = 20261122
PREFIXES = 600
KILLS_SAMPLE, KILLS = 6, 100
FPS, STREAMS = 25, 3
LAST_SECOND = FPS  # pictures


class Recorded:
    """A segment as it grew: its bytes, and how many pictures were safe from which size on."""

    def __init__(self, folder: Path) -> None:
        clip = make_clip(folder / "c.mp4", seconds=8.0, b_frames=2, size=(160, 120))
        self.coded = pictures_in(clip)
        form, packets = packets_of(clip)
        self.slices = len(self.coded) // len(packets)  # of one picture
        self.name = SegmentId("0123456789abcdef")
        birth = Segment(
            segment_id=self.name,
            camera_id=CameraId("camera-1"),
            profile=StreamProfile.MAIN,
            made_for=RecordingClass.CONTINUOUS,
            path=place_of(self.name, NOON),
            begins_at=NOON,
            ends_at=NOON,
            media_from_s=packets[0].media_time_s,
            media_to_s=packets[0].media_time_s,
            size_bytes=0,
            sha256="",
            codec="h264",
            width=160,
            height=120,
        )
        draft = folder / "draft.mp4"
        file = SegmentFile(birth, form, packets[0], draft)
        self.safe: list[tuple[int, int]] = [(0, 0)]
        for number, packet in enumerate(packets):
            if file.add(packet) and number:
                file.sync()
                self.safe.append((draft.stat().st_size, number))
        file.close()
        self.bytes = draft.read_bytes()
        self.safe.append((len(self.bytes), len(packets)))

    def safe_at(self, size: int) -> int:
        """Return how many pictures were acknowledged when the file had this size."""
        return max(pictures for at, pictures in self.safe if at <= size)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return Recorded(tmp_path_factory.mktemp("recorded"))


@pytest.fixture
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the syncs of some hundred repairs: the files here are cut by hand, no power goes."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def repaired(data: bytes, name: str, shelf: RecordingShelf, folder: Path) -> Path | None:
    """Repair a draft of these bytes and return the file, or ``None`` if there was nothing to keep."""
    draft = folder / f"{name}.mp4"
    draft.write_bytes(data)
    segment = close_left_draft(draft, shelf)
    assert not draft.exists()
    if segment is None:
        return None
    path = shelf.absolute(segment.path)
    assert whole_part(path).size_bytes == path.stat().st_size == segment.size_bytes
    return path


def readable(path: Path | None, recorded: Recorded) -> int:
    """Return how many pictures a file has, after decoding each and finding it the one that was sent."""
    if path is None:
        return 0
    coded = pictures_in(path)
    assert coded == recorded.coded[: len(coded)]
    # Sent in the order they are decoded in: behind the last whole fragment a picture shown earlier may be missing.
    numbers = numbers_in(path)
    assert numbers == sorted(set(numbers))
    assert len(numbers) * recorded.slices == len(coded)
    return len(numbers)


def sizes(recorded: Recorded) -> Iterator[int]:
    """Return every size at which a sync ended, those next to it, and as many others as it takes."""
    for at, _ in recorded.safe:
        yield from {max(0, at - 1), at, min(at + 1, len(recorded.bytes))}
    chance = random.Random(SEED)
    for _ in range(PREFIXES):
        yield chance.randrange(len(recorded.bytes) + 1)


@pytest.mark.usefixtures("quick_disk")
def test_every_beginning_of_a_segment_opens_and_holds_what_was_safe(recorded: Recorded, tmp_path: Path) -> None:
    shelf = RecordingShelf(tmp_path / "recordings")
    assert len(recorded.safe) > 10
    tried = sorted(set(sizes(recorded)))
    assert len(tried) >= 500
    for size in tried:
        path = repaired(recorded.bytes[:size], recorded.name, shelf, tmp_path)
        assert readable(path, recorded) >= recorded.safe_at(size), f"cut at {size}"


@pytest.mark.usefixtures("quick_disk")
def test_a_length_without_its_content_is_cut_off(recorded: Recorded, tmp_path: Path) -> None:
    """A file system may keep a file's length and lose what was not synced: zeros stand there."""
    shelf = RecordingShelf(tmp_path / "recordings")
    chance = random.Random(SEED)
    for _ in range(50):
        size = chance.randrange(len(recorded.bytes))
        data = recorded.bytes[:size] + bytes(len(recorded.bytes) - size)
        path = repaired(data, recorded.name, shelf, tmp_path)
        assert readable(path, recorded) >= recorded.safe_at(size), f"zeros from {size}"


@pytest.mark.usefixtures("quick_disk")
def test_a_hole_of_what_was_not_written_yet_ends_the_file_before_it(recorded: Recorded, tmp_path: Path) -> None:
    """A disk writes its pages in the order it likes: a later one may be there and an earlier one not."""
    shelf = RecordingShelf(tmp_path / "recordings")
    chance = random.Random(SEED)
    for _ in range(50):
        begin = chance.randrange(len(recorded.bytes) - 64)
        data = recorded.bytes[:begin] + bytes(64) + recorded.bytes[begin + 64 :]
        path = repaired(data, recorded.name, shelf, tmp_path)
        pictures = readable(path, recorded)
        assert recorded.safe_at(begin) <= pictures, f"hole at {begin}"
        assert pictures == 0 or (path is not None and path.stat().st_size <= begin), f"hole at {begin}"


def test_a_crash_between_a_segments_note_and_its_place_loses_nothing(recorded: Recorded, tmp_path: Path) -> None:
    shelf = RecordingShelf(tmp_path / "recordings")
    path = repaired(recorded.bytes, recorded.name, shelf, tmp_path)
    assert path is not None
    (noted,) = shelf.noted()
    path.replace(tmp_path / path.name)  # as if it had not been moved yet
    assert shelf.noted() == []
    assert close_left_draft(tmp_path / path.name, shelf) == noted
    assert shelf.noted() == [noted]
    assert path.is_file()


def kill_once(clip: Path, folder: Path, after_s: float) -> None:
    """Record, kill, repair, and compare with what the recorder was given and had acknowledged."""
    root = folder / "recordings"
    process = subprocess.Popen(
        [sys.executable, "-m", killed_recorder.__name__, str(clip), str(root), str(STREAMS)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    lines: list[str] = []
    kill_at_s = float("inf")
    for line in process.stdout:
        lines.append(line)
        if kill_at_s == float("inf"):
            kill_at_s = time.monotonic() + after_s
        if time.monotonic() >= kill_at_s:
            process.kill()
            lines += process.stdout.readlines()
            break
    process.wait()
    process.stdout.close()
    whole = [line.split() for line in lines if line.endswith("\n")]
    given = max(int(words[1]) for words in whole if words[0] == "given")
    safe = {words[1]: int(words[2]) for words in whole if words[0] == "kept" and words[2] != "0"}
    shelf = RecordingShelf(root)
    for draft in shelf.left_drafts():
        close_left_draft(draft, shelf)
    assert list(shelf.left_drafts()) == []
    found = {segment.segment_id: numbers_in(shelf.absolute(segment.path)) for segment in shelf.noted()}
    for numbers in found.values():
        assert numbers == list(range(len(numbers)))
        assert len(numbers) >= given - LAST_SECOND
    assert {name: len(found[SegmentId(name)]) >= count for name, count in safe.items()} == dict.fromkeys(safe, True)
    assert len(found) == STREAMS or given <= LAST_SECOND


def kill_often(times: int, folder: Path) -> None:
    clip = make_clip(folder / "c.mp4", seconds=20.0, fps=FPS, size=(160, 120))
    chance = random.Random(SEED)
    for number in range(times):
        (folder / str(number)).mkdir()
        kill_once(clip, folder / str(number), chance.uniform(0.0, 3.0))


def test_a_killed_recorder_loses_the_last_second_at_most(tmp_path: Path) -> None:
    kill_often(KILLS_SAMPLE, tmp_path)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_recorder_killed_a_hundred_times_loses_the_last_second_at_most(tmp_path: Path) -> None:
    kill_often(KILLS, tmp_path)
