"""The note beside a file on its way to the evidence store: what its writer knows, should nobody live to be told."""

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from console.infrastructure.channel.messages import ClipCut, StillTaken

_ADAPTER: TypeAdapter[ClipCut | StillTaken] = TypeAdapter(ClipCut | StillTaken)


def note_of(path: Path | str) -> Path:
    """Return where the note of a file lies."""
    return Path(f"{path}.json")


def draft_of(path: Path) -> Path:
    """Return where a file is written before it is whole."""
    return path.with_name(f"{path.name}.draft")


def write_note(note: ClipCut | StillTaken) -> None:
    """Write a note, whole or not at all. One without a digest is of a file that is still being written.

    Raises:
        OSError: the disk failed.
    """
    place = note_of(note.path)
    draft = draft_of(place)
    with open(draft, "wb") as file:
        file.write(note.model_dump_json().encode())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place)


def read_note(path: str) -> ClipCut | StillTaken | None:
    """Return the note of a file; ``None`` if there is none that can be read."""
    try:
        return _ADAPTER.validate_json(note_of(path).read_bytes())
    except (OSError, ValidationError):
        return None


def forget_note(path: str) -> None:
    """Take away the note, and what there may be of a file that nobody wants any more."""
    for place in (note_of(path), draft_of(note_of(path)), draft_of(Path(path))):
        with suppress(OSError):
            place.unlink(missing_ok=True)


def forget_notes_of_nothing(folder: Path, wanted: Collection[str]) -> None:
    """Take away notes whose file has got its place: a station that dies between the two leaves the note for good.

    Only before anybody writes into the folder. What is wanted keeps its note, and so does a file that is still here.

    Args:
        wanted: the paths of files that are waited for.
    """
    for note in folder.glob("*.json"):
        path = str(note).removesuffix(".json")
        if path not in wanted and not Path(path).exists() and not draft_of(Path(path)).exists():
            forget_note(path)
