"""Who did what: lines that are only ever added, each holding the digest of the one before."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

NOTHING_BEFORE = "0" * 64
# How a line's digest is made: 1 knew time, who, seat, verb, subject and detail; 2 knows camera, span, reason and case
# too, and carries marks. A line keeps the form it was written in.
FIRST_FORM, FORM = 1, 2
MARK = 5  # hex digits a field: one change in a million goes unnamed, none unnoticed, for the digest covers them all


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFacts:
    """What is to be written down.

    Attributes:
        camera_id: what was looked at, spoken at or decided about, if a camera was.
        from_at, to_at: the span that was looked at, recorded or handed out, UTC.
        reason: why, in the words of whoever did it (the retrieval register of 国务院令 799 asks).
        case_id: for which case.
    """

    at: datetime
    who: str
    seat_id: str
    verb: str
    subject: str = ""
    detail: dict[str, Any]
    camera_id: str = ""
    from_at: datetime | None = None
    to_at: datetime | None = None
    reason: str = ""
    case_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """A line in its place in the chain.

    Attributes:
        marks: a few digits of each field's own digest. They prove nothing; where the digest proves that a line was
            changed, they say what in it.
    """

    position: int
    facts: AuditFacts
    before: str
    digest: str
    form: int = FORM
    marks: str = ""


def written(position: int, facts: AuditFacts, before: str) -> AuditLine:
    """Return the line that says these facts behind the line with the digest ``before``."""
    marks = marks_of(facts)
    return AuditLine(
        position=position,
        facts=facts,
        before=before,
        digest=digest_of(position, facts, before, FORM, marks),
        form=FORM,
        marks=marks,
    )


def digest_of(position: int, facts: AuditFacts, before: str, form: int = FIRST_FORM, marks: str = "") -> str:
    """Return the SHA-256 (hex) of a line: over its place, its facts as canonical JSON, and the digest before it."""
    whole: dict[str, Any] = {"position": position, "before": before}
    newer = {"camera": facts.camera_id, "reason": facts.reason, "case": facts.case_id, "marks": marks}
    newer |= {"from": _moment(facts.from_at), "to": _moment(facts.to_at)}
    if form == FIRST_FORM:
        # Of what the first form did not know, only what somebody put in later counts: it must not pass unseen.
        whole |= {name: value for name, value in newer.items() if value}
    else:
        whole |= newer | {"form": form}
    whole |= {
        "at": _moment(facts.at),
        "who": facts.who,
        "seat": facts.seat_id,
        "verb": facts.verb,
        "subject": facts.subject,
        "detail": facts.detail,
    }
    return hashlib.sha256(_canonical(whole)).hexdigest()


def marks_of(facts: AuditFacts) -> str:
    """Return the marks of the facts, field by field."""
    return "".join(hashlib.sha256(_canonical(value)).hexdigest()[:MARK] for value in _fields(facts).values())


def changed_fields(line: AuditLine) -> tuple[str, ...]:
    """Return the names of the fields that do not fit their marks; none for a line that has no marks."""
    if len(line.marks) != len(_fields(line.facts)) * MARK:
        return ()
    now = marks_of(line.facts)
    return tuple(
        name
        for number, name in enumerate(_fields(line.facts))
        if now[number * MARK : (number + 1) * MARK] != line.marks[number * MARK : (number + 1) * MARK]
    )


def fits(line: AuditLine) -> bool:
    """Tell whether the line is by itself what was written, wherever it stands."""
    return digest_of(line.position, line.facts, line.before, line.form, line.marks) == line.digest


def first_break(lines: Iterable[AuditLine]) -> int | None:
    """Return the position of the first line that is not what was written, or ``None`` if the chain holds."""
    before, expected = NOTHING_BEFORE, 1
    for line in lines:
        if line.position != expected or line.before != before:
            return expected
        if not fits(line):
            return line.position
        before, expected = line.digest, expected + 1
    return None


def _fields(facts: AuditFacts) -> dict[str, Any]:
    return {
        "at": _moment(facts.at),
        "who": facts.who,
        "seat_id": facts.seat_id,
        "verb": facts.verb,
        "subject": facts.subject,
        "detail": facts.detail,
        "camera_id": facts.camera_id,
        "from_at": _moment(facts.from_at),
        "to_at": _moment(facts.to_at),
        "reason": facts.reason,
        "case_id": facts.case_id,
    }


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
