"""What can be done with evidence: see it, check it, hand it out as a package."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from console.application.errors import Stale
from console.application.permissions import Gate
from console.application.ports import Clock, Queries, UnitOfWork, UnitsOfWork
from console.application.read_models import AlarmCard, CasePage
from console.application.whereabouts import whereabouts
from console.domain.accounts import Actor, Verb
from console.domain.errors import DomainError
from console.domain.evidence import CustodyLine, EvidenceItem, Window
from console.domain.ids import AlarmId, CaseId, EvidenceId, TalkId


@dataclass(frozen=True, slots=True, kw_only=True)
class PackContents:
    """All that goes into a case's package."""

    page: CasePage
    alarm: AlarmCard
    items: tuple[EvidenceItem, ...]
    custody: tuple[CustodyLine, ...]
    made_by: str
    reason: str


class PackWriter(Protocol):
    """Writes and signs a ``*.citydesk-evidence`` file."""

    def write(self, contents: PackContents, path: Path) -> None: ...


class EvidenceDesk:
    """Verbs on evidence; each leaves a line of custody and of audit. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, queries: Queries, gate: Gate, clock: Clock, packs: PackWriter) -> None:
        self._units = units
        self._queries = queries
        self._gate = gate
        self._clock = clock
        self._packs = packs

    def view(self, actor: Actor, evidence_id: EvidenceId) -> EvidenceItem:
        """Return an item to be looked at, and note who looked at what of which camera, for which case."""
        self._require(actor, evidence_id)
        with self._units.write() as unit:
            item = unit.evidence.get(evidence_id)
            unit.evidence.note(
                CustodyLine(evidence_id=evidence_id, at=self._clock.now(), who=actor.display_name, act="viewed")
            )
            unit.audit.append(
                self._gate.facts(
                    actor,
                    "view_evidence",
                    evidence_id,
                    camera_id=item.camera_id,
                    from_at=item.begins_at,
                    to_at=_end_of(item),
                    case_id=_case_of(unit, item.subject_id),
                    kind=item.kind.value,
                )
            )
            unit.commit()
        return item

    def custody(self, actor: Actor, evidence_id: EvidenceId) -> Sequence[CustodyLine]:
        """Return who did what with an item."""
        self._require(actor, evidence_id)
        with self._units.read() as unit:
            return unit.evidence.custody(evidence_id)

    def export(self, actor: Actor, case_id: CaseId, path: Path, reason: str) -> None:
        """Write the case's package to ``path``.

        Raises:
            DomainError: no reason, or nothing to hand out. NotPermitted: the role may not.
            Unavailable: the disk failed, or a file is no longer what was sealed.
        """
        with self._units.read() as unit:
            case = unit.cases.get(case_id)
        self._gate.require(actor, Verb.EXPORT_EVIDENCE, case_id, place=case.place, camera_id=case.camera_id)
        if not reason.strip():
            raise DomainError("Give a reason for the export.")
        page = self._queries.case_page(case_id)
        alarm = self._queries.alarm_card(page.case.alarm_id)
        items = tuple(item for item in page.evidence if item.deleted_at is None)
        if not page.evidence:
            raise DomainError("This case has no evidence yet.")
        if not items:
            raise DomainError("The evidence of this case was deleted when its years were over.")
        now = self._clock.now()
        with self._units.write() as unit:
            for item in items:
                unit.evidence.note(
                    CustodyLine(
                        evidence_id=item.evidence_id,
                        at=now,
                        who=actor.display_name,
                        act="exported",
                        detail={"reason": reason},
                    )
                )
            custody = tuple(line for item in items for line in unit.evidence.custody(item.evidence_id))
            unit.audit.append(
                self._gate.facts(
                    actor,
                    "export_evidence",
                    case_id,
                    camera_id=page.case.camera_id,
                    from_at=min(item.begins_at for item in items),
                    to_at=max(_end_of(item) for item in items),
                    reason=reason,
                    case_id=case_id,
                    items=len(items),
                )
            )
            unit.commit()
        self._packs.write(
            PackContents(
                page=page,
                alarm=alarm,
                items=items,
                custody=custody,
                made_by=actor.display_name,
                reason=reason,
            ),
            path,
        )

    def open_window(self, actor: Actor, case_id: CaseId, reason: str) -> Window | None:
        """Return the window of a façade that what a case is about came from; it is masked everywhere else.

        Who opened it and what for is written down; which window it is is not. ``None`` where the rule names none.

        Raises:
            DomainError: no reason. NotPermitted: the role may not.
        """
        with self._units.read() as unit:
            case = unit.cases.get(case_id)
            rule = unit.alarms.get(case.alarm_id).rule
        self._gate.require(actor, Verb.OPEN_WINDOW, case_id, place=case.place, camera_id=case.camera_id)
        if not reason.strip():
            raise DomainError("Give a reason for opening the window.")
        with self._units.write() as unit:
            facts = self._gate.facts(
                actor, "open_window", case_id, camera_id=case.camera_id, reason=reason, case_id=case_id
            )
            unit.audit.append(facts)
            unit.commit()
        return rule.window if rule is not None else None

    def _require(self, actor: Actor, evidence_id: EvidenceId) -> None:
        with self._units.read() as unit:
            place, camera_id = whereabouts(unit, unit.evidence.get(evidence_id))
        self._gate.require(actor, Verb.SEE_EVIDENCE, evidence_id, place=place, camera_id=camera_id)


def _end_of(item: EvidenceItem) -> datetime:
    return item.begins_at + timedelta(seconds=item.duration_s)


def _case_of(unit: UnitOfWork, subject_id: str) -> CaseId | None:
    """Return the case an alarm, a talk session or the case itself belongs to; ``None`` while there is none."""
    with suppress(Stale):
        return unit.alarms.get(AlarmId(subject_id)).case_id
    with suppress(Stale):
        return unit.talks.get(TalkId(subject_id)).case_id
    with suppress(Stale):
        return unit.cases.get(CaseId(subject_id)).case_id
    return None
