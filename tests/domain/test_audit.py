"""Claims about the audit chain: any change to what was written is found at its place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.domain.audit import NOTHING_BEFORE, AuditFacts, AuditLine, digest_of, first_break


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
        )
        digest = digest_of(position, facts, before)
        lines.append(AuditLine(position=position, facts=facts, before=before, digest=digest))
        before = digest
    return lines


def test_an_untouched_chain_holds() -> None:
    assert first_break(chain(20)) is None and first_break([]) is None


@pytest.mark.parametrize("field", ["at", "who", "seat_id", "verb", "subject", "detail"])
def test_a_changed_line_is_found_where_it_stands(field: str) -> None:
    lines = chain(9)
    other: Any = {"at": datetime(2020, 1, 1, tzinfo=UTC), "detail": {"reason": "other"}}.get(field, "somebody else")
    lines[4] = replace(lines[4], facts=replace(lines[4].facts, **dict[str, Any]({field: other})))
    assert first_break(lines) == 5


def test_a_line_taken_out_swapped_or_added_is_found() -> None:
    lines = chain(9)
    assert first_break(lines[:3] + lines[4:]) == 4
    assert first_break([*lines[:3], lines[4], lines[3], *lines[5:]]) == 4
    assert first_break([*lines[:3], lines[2], *lines[3:]]) == 4


def test_a_line_written_anew_with_a_fitting_digest_breaks_the_next() -> None:
    lines = chain(5)
    facts = replace(lines[1].facts, who="somebody else")
    lines[1] = replace(lines[1], facts=facts, digest=digest_of(2, facts, lines[1].before))
    assert first_break(lines) == 3
