"""Where recordings lie: drafts while they are written, a folder an hour for good, and notes of what is new.

Everything stands below one root:
``drafts/NAME/SEGMENT.mp4`` with ``drafts/NAME/lock``, held by the process that writes there as long as it lives;
``YYYY/MM/DD/HH/SEGMENT.mp4`` (UTC) once it is closed, synced and digested;
``closed/SEGMENT.json`` from before the file gets its place until the database has its row: the journal of the index.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError

from console.application.errors import Unavailable
from console.domain.ids import SegmentId
from console.domain.recordings import Segment
from console.infrastructure.one_station import hold

SUFFIX = ".mp4"
_LOCK = "lock"
_SEGMENT: TypeAdapter[Segment] = TypeAdapter(Segment)


class RecordingShelf:
    """Safe from any thread and several processes: each writes its own drafts, and a note has one writer."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._drafts = root / "drafts"
        self._notes = root / "closed"

    def absolute(self, relative: str) -> Path:
        """Return where a segment's file lies.

        Raises:
            Unavailable: the path leads out of the shelf.
        """
        place = (self._root / relative).resolve()
        if not place.is_relative_to(self._root.resolve()):
            raise Unavailable("This recording has no place on the shelf.")
        return place

    def begin_drafts(self) -> "Drafts":
        """Make a folder for this process's drafts and hold it.

        Raises:
            OSError: the disk refuses.
        """
        while True:
            folder = self._drafts / secrets.token_hex(8)
            folder.mkdir(parents=True)
            with suppress(Unavailable, FileNotFoundError):  # who repairs was quicker and took it for a dead one's
                return Drafts(folder, hold(folder / _LOCK))

    def put(self, draft: Path, segment: Segment) -> None:
        """Give a closed draft its place for good. It is noted first, so that a crash in between loses nothing.

        Raises:
            OSError: the disk refuses; call again later.
        """
        self._notes.mkdir(parents=True, exist_ok=True)
        note = self._note(segment.segment_id)
        unfinished = note.with_suffix(".new")
        with open(unfinished, "wb") as file:
            file.write(to_json(segment))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(note)
        sync_folder(self._notes)
        place = self._root / segment.path
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(place)
        sync_folder(place.parent)

    def noted(self) -> list[Segment]:
        """Return the segments that lie in their place and wait for the index, oldest first.

        Raises:
            OSError: the disk refuses.
        """
        if not self._notes.is_dir():
            return []
        found = []
        for note in self._notes.glob("*.json"):
            segment = self.note_of(note.stem)
            if segment is not None and (self._root / segment.path).is_file():
                found.append(segment)
        return sorted(found, key=lambda segment: segment.begins_at)

    def note_of(self, segment_id: str) -> Segment | None:
        """Return what was noted of a segment; ``None`` where nothing was, or nothing that can be read."""
        with suppress(FileNotFoundError, ValidationError):
            return from_json(self._note(segment_id).read_bytes())
        return None

    def cross_out(self, segment: Segment) -> None:
        """The index has it."""
        self._note(segment.segment_id).unlink(missing_ok=True)

    def left_drafts(self) -> Iterator[Path]:
        """Return the drafts of processes that are no more; each folder is held while its drafts are looked at."""
        for folder in sorted(self._drafts.glob("*/")):
            try:
                lock = hold(folder / _LOCK)
            except (Unavailable, OSError):
                continue  # its writer lives, or another looks at it
            with lock:
                yield from sorted(folder.glob(f"*{SUFFIX}"))
                is_empty = not any(folder.glob(f"*{SUFFIX}"))
            if is_empty:
                (folder / _LOCK).unlink(missing_ok=True)
                with suppress(OSError):
                    folder.rmdir()

    def hours(self) -> list[datetime]:
        """Return the hours (UTC) of which there is a folder, oldest first."""
        found = []
        for folder in self._root.glob("[0-9]*/[0-9]*/[0-9]*/[0-9]*/"):
            with suppress(ValueError):
                year, month, day, hour = map(int, folder.parts[-4:])
                found.append(datetime(year, month, day, hour, tzinfo=UTC))
        return sorted(found)

    def files_of(self, hour: datetime) -> dict[SegmentId, Path]:
        """Return the files of an hour by their segment."""
        folder = self._root / f"{hour.astimezone(UTC):%Y/%m/%d/%H}"
        return {SegmentId(path.stem): path for path in folder.glob(f"*{SUFFIX}")}

    def _note(self, segment_id: str) -> Path:
        return self._notes / f"{segment_id}.json"


class Drafts:
    """The folder one process writes its drafts in, until it ends."""

    def __init__(self, folder: Path, lock: BinaryIO) -> None:
        self._folder = folder
        self._lock = lock

    def new(self, segment_id: SegmentId) -> Path:
        return self._folder / f"{segment_id}{SUFFIX}"

    def close(self) -> None:
        """Let the folder go; what is left in it is for whoever repairs."""
        is_empty = not any(self._folder.glob(f"*{SUFFIX}"))
        self._lock.close()
        if is_empty:
            (self._folder / _LOCK).unlink(missing_ok=True)
            with suppress(OSError):
                self._folder.rmdir()


def place_of(segment_id: SegmentId, begins_at: datetime) -> str:
    """Return where a segment belongs, below the root."""
    return f"{begins_at.astimezone(UTC):%Y/%m/%d/%H}/{segment_id}{SUFFIX}"


def to_json(segment: Segment) -> bytes:
    """Return a segment's facts as they stand in notes and, as far as known at its birth, in the file itself."""
    return _SEGMENT.dump_json(segment)


def from_json(raw: bytes | str) -> Segment:
    """Return the segment of some facts.

    Raises:
        ValidationError: they are not a segment's.
    """
    return _SEGMENT.validate_json(raw)


def sync_folder(folder: Path) -> None:
    """Have a folder's names on the disk itself."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
