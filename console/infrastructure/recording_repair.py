"""What a crash left of recordings: drafts are closed, files are indexed, rows without a file become gaps."""

import hashlib
import logging
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from pydantic import ValidationError

from console.domain.recordings import Segment
from console.infrastructure.recording_shelf import RecordingShelf, from_json
from console.infrastructure.sealed_fragments import Whole, whole_part

_log = logging.getLogger(__name__)


def close_left_draft(draft: Path, shelf: RecordingShelf) -> Segment | None:
    """Cut a draft behind its last whole fragment, give it its place, and return it; ``None`` if nothing is whole.

    Nobody may be writing to it any more.

    Raises:
        OSError: the disk refuses; nothing is lost, call again later.
    """
    noted = shelf.note_of(draft.stem)
    if noted is not None and draft.stat().st_size == noted.size_bytes:
        shelf.put(draft, noted)  # the crash came between its note and its move
        return noted
    whole = whole_part(draft)
    birth = _birth(whole)
    size_bytes = draft.stat().st_size
    if birth is None or whole.pictures == 0:
        _log.warning("draft %s had no whole picture; %d bytes let go", draft.stem, size_bytes)
        draft.unlink()
        return None
    with open(draft, "rb+") as file:
        file.truncate(whole.size_bytes)
        os.fsync(file.fileno())
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    segment = _ended(birth, whole, sha256)
    shelf.put(draft, segment)
    _log.warning(
        "segment %s of camera %s was left open; %.1f s are whole, %d bytes behind them were cut",
        segment.segment_id,
        segment.camera_id,
        whole.duration_s,
        size_bytes - whole.size_bytes,
    )
    return segment


def read_segment(path: Path) -> Segment | None:
    """Return what a closed file says of itself, its digest taken anew; ``None`` if it is no segment of ours.

    Raises:
        OSError: it cannot be read.
    """
    whole = whole_part(path)
    birth = _birth(whole)
    if birth is None or whole.pictures == 0 or birth.segment_id != path.stem:
        return None
    with open(path, "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return replace(_ended(birth, whole, sha256), size_bytes=path.stat().st_size)


def _birth(whole: Whole) -> Segment | None:
    try:
        return from_json(whole.comment)
    except ValidationError:
        return None


def _ended(birth: Segment, whole: Whole, sha256: str) -> Segment:
    return replace(
        birth,
        media_to_s=round(birth.media_from_s + whole.duration_s, 6),
        ends_at=birth.begins_at + timedelta(seconds=whole.duration_s),
        size_bytes=whole.size_bytes,
        sha256=sha256,
    )
