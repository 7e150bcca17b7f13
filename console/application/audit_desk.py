"""What an auditor can do: search the audit, check it, take a part of it out. Each of these is audited too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from console.application.permissions import Gate
from console.application.ports import Clock, Queries, UnitsOfWork
from console.application.read_models import AuditQuery, RegisterRow
from console.domain.accounts import Actor, Verb
from console.domain.audit_check import Anchor, Break, ChainCheck, Kind, check
from console.domain.errors import DomainError
from console.words import N_

ROWS_A_PAGE = 1000  # of an export; a year's register is a hundred thousand lines

BREAK_WORDS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.CHANGED: N_("Line {position} was changed after it was written ({fields})."),
        Kind.REDATED: N_("Line {position} was given another time."),
        Kind.MISSING: N_("Lines {position} to {until} are missing."),
        Kind.REORDERED: N_("Line {position} is not the one that was there; that one stands at {other}."),
        Kind.REWRITTEN: N_("What stands at lines {position} to {until} was written anew."),
        Kind.CUT: N_("The end was cut off: lines {position} to {until} were there when anchor {anchor} was made."),
        Kind.OTHER_KEY: N_("Anchor {anchor} is signed by another key: {key}."),
        Kind.ANCHOR_CHANGED: N_("Anchor {anchor} was changed."),
        Kind.ANCHOR_MISSING: N_("Anchor {anchor} is missing or not in its place."),
        Kind.ANCHORS_CUT: N_("Anchors {anchor} to {until} are missing; the audit says that they were made."),
    }
)


class Anchorage(Protocol):
    """Where heads of the chain are noted under the site's key."""

    def key(self) -> str:
        """Return the fingerprint of the site's key, empty where it has none yet."""
        ...

    def anchors(self) -> Iterable[Anchor | Break]:
        """Return the anchors there are at this moment, read as they are asked for.

        Raises ``Unavailable`` where the place cannot be read, then or now.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A part of the audit as it is handed out: who took it, why, and what the check of the whole said."""

    query: AuditQuery
    rows: Iterator[RegisterRow]
    outcome: ChainCheck
    made_at: datetime
    made_by: str
    reason: str


class RegisterWriter(Protocol):
    """Writes a register to a file and signs it in another beside it."""

    def write(self, register: Register, path: Path) -> int:
        """Return how many lines were written. Raises ``Unavailable`` when the disk failed."""
        ...


class AuditDesk:
    """The auditor's desk. A check reads every line and takes seconds a million: call it off the GUI thread."""

    def __init__(
        self,
        units: UnitsOfWork,
        queries: Queries,
        gate: Gate,
        clock: Clock,
        anchorage: Anchorage,
        writer: RegisterWriter,
    ) -> None:
        self._units = units
        self._queries = queries
        self._gate = gate
        self._clock = clock
        self._anchorage = anchorage
        self._writer = writer

    def search(
        self, actor: Actor, query: AuditQuery, after: int | None = None, most: int = 200
    ) -> Sequence[RegisterRow]:
        """Return lines, newest first, or those after the position of the last one seen.

        The first page of a search leaves a line; turning pages leaves none.
        """
        self._gate.require(actor, Verb.AUDIT)
        if after is None:
            self._note(actor, "search_audit", query)
        return self._queries.audit_register(query, most, before=after)

    def verify(self, actor: Actor) -> ChainCheck:
        """Check the whole chain against the anchors.

        Raises:
            Unavailable: the database or the place of the anchors is away.
        """
        self._gate.require(actor, Verb.AUDIT)
        found = check_trail(self._units, self._anchorage)
        self._note(actor, "verify_audit", AuditQuery(), lines=found.lines, whole=int(found.is_whole))
        return found

    def export(self, actor: Actor, query: AuditQuery, path: Path, reason: str) -> int:
        """Write what a search finds as a register (国务院令 799), with the outcome of a check; return its lines.

        Raises:
            DomainError: no reason. Unavailable: the file could not be written, or as ``verify``.
        """
        self._gate.require(actor, Verb.AUDIT)
        if not reason.strip():
            raise DomainError("Give a reason for the export.")
        outcome = check_trail(self._units, self._anchorage)
        self._note(actor, "export_audit", query, reason=reason.strip(), whole=int(outcome.is_whole))
        return self._writer.write(
            Register(
                query=query,
                rows=rows_of(self._queries, query),
                outcome=outcome,
                made_at=self._clock.now(),
                made_by=actor.display_name,
                reason=reason.strip(),
            ),
            path,
        )

    def _note(self, actor: Actor, verb: str, query: AuditQuery, *, reason: str = "", **found: int) -> None:
        detail: dict[str, str | int | float | None] = {**found}
        detail |= {f"asked_{name}": value for name in ("who", "verb", "text") if (value := getattr(query, name))}
        with self._units.write() as unit:
            unit.audit.append(
                self._gate.facts(
                    actor,
                    verb,
                    "audit",
                    camera_id=query.camera_id,
                    from_at=query.from_at,
                    to_at=query.to_at,
                    reason=reason,
                    case_id=query.case_id,
                    **detail,
                )
            )
            unit.commit()


def rows_of(queries: Queries, query: AuditQuery) -> Iterator[RegisterRow]:
    """Yield what a search finds, newest first, a page in memory at once."""
    before: int | None = None
    while page := queries.audit_register(query, ROWS_A_PAGE, before=before):
        yield from page
        before = page[-1].line.position


def check_trail(units: UnitsOfWork, anchorage: Anchorage) -> ChainCheck:
    """Check the chain as it is at one moment. Raises ``Unavailable``."""
    key = anchorage.key()
    # Asked for first: an anchor made while we read is of lines we do not see.
    anchors = anchorage.anchors()
    with units.read() as unit:
        return check(unit.audit, anchors, key)


def values_of(found: Break) -> dict[str, str | int]:
    """Return what fills the sentence of a break."""
    return {
        "position": found.position,
        "until": max(found.until, found.position),
        "fields": ", ".join(found.fields) or "?",
        "other": found.other,
        "anchor": found.anchor,
        "key": found.key,
    }
