"""A note goes with its file; one that a dying station left alone goes with the next station's start."""

from datetime import UTC, datetime
from pathlib import Path

from console.infrastructure.channel.messages import StillTaken
from console.infrastructure.evidence_notes import draft_of, forget_notes_of_nothing, note_of, write_note


def noted(path: Path) -> Path:
    """Write the note of a still, and return where the still would lie."""
    write_note(
        StillTaken(
            request_id=path.stem,
            path=str(path),
            sha256="00" * 32,
            size_bytes=1,
            width=1,
            height=1,
            media_time_s=0.0,
            received_at=datetime(2026, 11, 22, tzinfo=UTC),
        )
    )
    return path


def test_only_the_note_of_what_has_its_place_and_is_wanted_no_more_is_taken_away(tmp_path: Path) -> None:
    sealed, wanted, whole, begun = (noted(tmp_path / name) for name in ("a.jpg", "b.jpg", "c.jpg", "d.mp4"))
    whole.write_bytes(b"picture")
    draft_of(begun).write_bytes(b"half a clip")

    forget_notes_of_nothing(tmp_path, {str(wanted)})

    assert not note_of(sealed).exists()
    assert [note_of(path).exists() for path in (wanted, whole, begun)] == [True, True, True]
    assert whole.read_bytes() == b"picture" and draft_of(begun).exists()
