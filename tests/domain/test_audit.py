"""Claims about the audit chain: any change to what was written is found at its place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.domain.audit import (
    FIRST_FORM,
    NOTHING_BEFORE,
    AuditFacts,
    AuditLine,
    changed_fields,
    digest_of,
    first_break,
    written,
)


def chain(length: int) -> list[AuditLine]:
    lines: list[AuditLine] = []
    before = NOTHING_BEFORE
    for position in range(1, length + 1):
        facts = AuditFacts(
            at=datetime(2026, 11, 22, tzinfo=UTC) + timedelta(seconds=position),
            who="李文静",
            seat_id="02",
            verb="dismiss",
            subject=f"alarm-{position}",
            detail={"reason": "no_offence"},
            camera_id="cam01",
            from_at=datetime(2026, 11, 22, tzinfo=UTC),
            to_at=datetime(2026, 11, 22, 0, 5, tzinfo=UTC),
            reason="报案人要求复查",
            case_id="case-1",
        )
        lines.append(written(position, facts, before))
        before = lines[-1].digest
    return lines


def old_chain(length: int) -> list[AuditLine]:
    """Return lines as they were written before an audit line knew its camera."""
    lines: list[AuditLine] = []
    before = NOTHING_BEFORE
    for line in chain(length):
        plain = replace(line.facts, camera_id="", from_at=None, to_at=None, reason="", case_id="")
        digest = digest_of(line.position, plain, before)
        lines.append(
            AuditLine(position=line.position, facts=plain, before=before, digest=digest, form=FIRST_FORM, marks="")
        )
        before = digest
    return lines


def test_an_untouched_chain_holds() -> None:
    assert first_break(chain(20)) is None and first_break([]) is None


FIELDS = (
    "at", "who", "seat_id", "verb", "subject", "detail", "camera_id", "from_at", "to_at", "reason", "case_id",
)  # fmt: skip


def edited(line: AuditLine, field: str) -> AuditLine:
    other: Any = {"detail": {"reason": "other"}}.get(field, "somebody else")
    if field.endswith("at"):
        other = datetime(2020, 1, 1, tzinfo=UTC)
    return replace(line, facts=replace(line.facts, **dict[str, Any]({field: other})))


@pytest.mark.parametrize("field", FIELDS)
def test_a_changed_line_is_found_where_it_stands_and_its_field_is_named(field: str) -> None:
    lines = chain(9)
    lines[4] = edited(lines[4], field)
    assert first_break(lines) == 5
    assert changed_fields(lines[4]) == (field,)
    assert changed_fields(lines[5]) == ()


@pytest.mark.parametrize("field", FIELDS)
def test_lines_written_before_a_line_knew_its_camera_still_hold_and_are_still_guarded(field: str) -> None:
    lines = old_chain(4)
    line = written(5, chain(1)[0].facts, lines[-1].digest)
    assert first_break([*lines, line]) is None
    lines[2] = edited(lines[2], field)
    assert first_break([*lines, line]) == 3, "what the old form did not know must not be slipped in"


def test_a_line_s_form_and_marks_are_guarded_too() -> None:
    for changes in ({"form": FIRST_FORM}, {"marks": "0" * 55}, {"marks": ""}):
        lines = chain(5)
        lines[1] = replace(lines[1], **dict[str, Any](changes))
        assert first_break(lines) == 2


def test_a_line_taken_out_swapped_or_added_is_found() -> None:
    lines = chain(9)
    assert first_break(lines[:3] + lines[4:]) == 4
    assert first_break([*lines[:3], lines[4], lines[3], *lines[5:]]) == 4
    assert first_break([*lines[:3], lines[2], *lines[3:]]) == 4


def test_a_line_written_anew_with_a_fitting_digest_breaks_the_next() -> None:
    lines = chain(5)
    facts = replace(lines[1].facts, who="somebody else")
    lines[1] = written(2, facts, lines[1].before)
    assert first_break(lines) == 3
