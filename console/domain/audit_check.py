"""Whether the audit is what was written: its chain line by line, against heads that were noted elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from console.domain.audit import (
    FIRST_FORM,
    FORM,
    NOTHING_BEFORE,
    AuditLine,
    changed_fields,
    digest_of,
    fits,
    marks_of,
)

PAGE = 1000  # lines in memory at once
# How many lines in a row may have been taken out and the rest renumbered before it is called a change: 0.5 s of work.
LONGEST_GAP = 100_000
ANCHOR_VERB = "anchor"  # the lines that say how many heads were noted elsewhere, and by whose key


class Kind(StrEnum):
    """What was done, as far as it can be told."""

    CHANGED = "changed"
    REDATED = "redated"
    MISSING = "missing"
    REORDERED = "reordered"
    REWRITTEN = "rewritten"
    CUT = "cut"
    OTHER_KEY = "other_key"
    ANCHOR_CHANGED = "anchor_changed"
    ANCHOR_MISSING = "anchor_missing"
    ANCHORS_CUT = "anchors_cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One thing that is not as it was written.

    Attributes:
        position: of the first line concerned; 0 where only anchors are.
        until: of the last one, where it is known only that it lies between.
        fields: of the line, where they could be told.
        other: where the line stands that belongs here.
        anchor: the number of the anchor concerned; 0 where none is.
        key: the fingerprint of a key that is not the site's.
    """

    kind: Kind
    position: int = 0
    until: int = 0
    fields: tuple[str, ...] = ()
    other: int = 0
    anchor: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The head of the chain as it was at a moment, noted elsewhere under the site's signature.

    Attributes:
        number: from 1, without a gap.
        own: the SHA-256 of the anchor as it is written; the next one holds it.
    """

    number: int
    position: int
    digest: str
    at: datetime
    key: str
    own: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainCheck:
    """What a check of the whole found.

    Attributes:
        lines, anchors: how many were read, up to the first break.
        breaks: by position; none means that nothing was changed.
        anchored: the position up to which a line cut off or a whole rewriting would have been found.
        key: the fingerprint of the site's key; empty where none is known.
    """

    lines: int
    anchors: int
    breaks: tuple[Break, ...]
    anchored: int
    anchored_at: datetime | None
    key: str

    @property
    def is_whole(self) -> bool:
        return not self.breaks


class Trail(Protocol):
    """The lines as they are kept, also where somebody changed them."""

    def lines(self, after: int, most: int) -> Sequence[AuditLine]: ...

    def behind(self, digest: str) -> AuditLine | None:
        """Return the line that says it stands behind this digest."""
        ...


def check(trail: Trail, anchors: Iterable[Anchor | Break], key: str = "") -> ChainCheck:
    """Read the whole trail once, in pages, and compare it with the anchors as they come.

    Args:
        anchors: in their order; a break among them instead of what cannot be believed.
        key: the fingerprint of the site's key.
    """
    noted = _Noted(iter(anchors), key)
    breaks: list[Break] = []
    before, last = NOTHING_BEFORE, 0
    for line in _all(trail):
        if line.position != last + 1 or line.before != before or not fits(line):
            breaks.append(_told(trail, line, before, last + 1))
            break
        before, last = line.digest, line.position
        noted.compare(line)
    else:
        noted.end(last)
    breaks += noted.breaks
    return ChainCheck(
        lines=last,
        anchors=noted.count,
        breaks=tuple(sorted(breaks, key=lambda found: (found.position or last + 1, found.anchor))),
        anchored=noted.fitting,
        anchored_at=noted.fitting_at,
        key=key,
    )


class _Noted:
    """The anchors, walked along beside the lines. Owned by one check."""

    def __init__(self, anchors: Iterator[Anchor | Break], key: str) -> None:
        self._anchors = anchors
        self._key = key
        self._last: Anchor | None = None
        self.breaks: list[Break] = []
        self.count = 0
        self.fitting = 0
        self.fitting_at: datetime | None = None
        self._next = self._read()

    def compare(self, line: AuditLine) -> None:
        """Hold a line that is well in its chain against the anchors at its position, and what it says of anchors."""
        while self._next is not None and not isinstance(self._next, Break) and self._next.position <= line.position:
            anchor = self._next
            if anchor.position == line.position and anchor.digest != line.digest and not self.breaks:
                self.breaks.append(
                    Break(kind=Kind.REWRITTEN, position=self.fitting + 1, until=anchor.position, anchor=anchor.number)
                )
            if anchor.position == line.position and not self.breaks:
                self.fitting, self.fitting_at = anchor.position, anchor.at
            self._step(anchor)
        if line.facts.verb == ANCHOR_VERB:
            self._compare_claim(line)

    def end(self, last: int) -> None:
        """The lines are over: an anchor beyond them knows of lines that were cut off."""
        while self._next is not None:
            if isinstance(self._next, Break):
                return
            if not self.breaks:
                self.breaks.append(
                    Break(kind=Kind.CUT, position=last + 1, until=self._next.position, anchor=self._next.number)
                )
            self._step(self._next)

    def _step(self, anchor: Anchor) -> None:
        self.count += 1
        self._last = anchor
        self._next = self._read()

    def _read(self) -> Anchor | Break | None:
        found = next(self._anchors, None)
        if isinstance(found, Break):
            self.breaks.append(found)
        return found

    def _compare_claim(self, line: AuditLine) -> None:
        """A line of the chain says how many anchors there were: none of them may be gone."""
        number, key = line.facts.detail.get("anchors"), line.facts.detail.get("key")
        if key != self._key or not isinstance(number, int) or self.breaks:
            return
        found = self._last.number if self._last is not None else 0
        if found < number:
            self.breaks.append(Break(kind=Kind.ANCHORS_CUT, anchor=found + 1, until=number))


def _all(trail: Trail) -> Iterator[AuditLine]:
    after, page = -1, trail.lines(-1, PAGE)
    while page:
        yield from page
        after = page[-1].position
        page = trail.lines(after, PAGE)


def _told(trail: Trail, line: AuditLine, before: str, expected: int) -> Break:
    """Say what was done, where the line that came is not the one that belongs there."""
    belongs = trail.behind(before)
    stands_elsewhere = belongs is not None and belongs.position != expected
    if line.position != expected:
        if belongs is not None and stands_elsewhere and _home(belongs, expected):
            return Break(kind=Kind.REORDERED, position=expected, other=belongs.position)
        return Break(kind=Kind.MISSING, position=expected, until=max(line.position - 1, expected))
    if line.before == before:
        return _changed(trail, line)
    if digest_of(line.position, line.facts, before, line.form, line.marks) == line.digest:
        return Break(kind=Kind.CHANGED, position=expected, fields=("before",))
    if fits(line):
        return _rewritten_before(trail, line)
    if belongs is not None and stands_elsewhere and _home(belongs, expected):
        return Break(kind=Kind.REORDERED, position=expected, other=belongs.position)
    for came_from in range(expected + 1, expected + LONGEST_GAP):
        if _home(line, came_from):
            return Break(kind=Kind.MISSING, position=expected, until=came_from - 1)
    return _changed(trail, line)


def _home(line: AuditLine, position: int) -> bool:
    return digest_of(position, line.facts, line.before, line.form, line.marks) == line.digest


def _rewritten_before(trail: Trail, line: AuditLine) -> Break:
    """The line is whole and stands behind another digest than it was written behind: one of the two is new."""
    after = trail.behind(line.digest)
    is_last = after is None and not trail.lines(line.position, 1)
    if line.position > 1 and (is_last or (after is not None and after.position == line.position + 1)):
        return Break(kind=Kind.REWRITTEN, position=line.position - 1)
    return Break(kind=Kind.REWRITTEN, position=line.position)


def _changed(trail: Trail, line: AuditLine) -> Break:
    """The line stands in its place and does not fit its own digest: name its fields, or where its content belongs."""
    position, own = line.position, _own_field(trail, line)
    if own:
        return Break(kind=Kind.CHANGED, position=position, fields=own)
    fields = changed_fields(line)
    if fields == ("at",):
        return Break(kind=Kind.REDATED, position=position, fields=fields)
    if len(fields) != 1:
        for other in _all(trail):
            if other.position != position and line.facts != other.facts and _is_content_of(line, other):
                return Break(kind=Kind.REORDERED, position=position, other=other.position)
    return Break(kind=Kind.CHANGED, position=position, fields=fields)


def _is_content_of(line: AuditLine, other: AuditLine) -> bool:
    marks = marks_of(line.facts) if other.form == FORM else ""
    return digest_of(other.position, line.facts, other.before, other.form, marks) == other.digest


def _own_field(trail: Trail, line: AuditLine) -> tuple[str, ...]:
    """Name what of the line's own, not of its facts, was changed."""
    for form, marks in ((FORM, line.marks), (FORM, marks_of(line.facts)), (FIRST_FORM, line.marks), (FIRST_FORM, "")):
        if digest_of(line.position, line.facts, line.before, form, marks) == line.digest:
            return ("form",) * (form != line.form) + ("marks",) * (marks != line.marks)
    if trail.behind(digest_of(line.position, line.facts, line.before, line.form, line.marks)) is not None:
        return ("digest",)
    return ()
