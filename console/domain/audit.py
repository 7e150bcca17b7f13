"""Who did what: lines that are only ever added, each holding the digest of the one before."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

NOTHING_BEFORE = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFacts:
    """What is to be written down."""

    at: datetime
    who: str
    seat_id: str
    verb: str
    subject: str = ""
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """A line in its place in the chain."""

    position: int
    facts: AuditFacts
    before: str
    digest: str


def digest_of(position: int, facts: AuditFacts, before: str) -> str:
    """Return the SHA-256 (hex) of a line: over its place, its facts as canonical JSON, and the digest before it."""
    canonical = json.dumps(
        {
            "position": position,
            "at": facts.at.isoformat(),
            "who": facts.who,
            "seat": facts.seat_id,
            "verb": facts.verb,
            "subject": facts.subject,
            "detail": facts.detail,
            "before": before,
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def first_break(lines: Iterable[AuditLine]) -> int | None:
    """Return the position of the first line that is not what was written, or ``None`` if the chain holds."""
    before, expected = NOTHING_BEFORE, 1
    for line in lines:
        if line.position != expected or line.before != before:
            return expected
        if digest_of(line.position, line.facts, line.before) != line.digest:
            return line.position
        before, expected = line.digest, expected + 1
    return None
