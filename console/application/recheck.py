"""The camera verifies: the same camera and rule look again after a unit's answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from console.application.case_locks import lock_late
from console.application.permissions import Gate
from console.application.ports import Clock, UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.audit import AuditFacts
from console.domain.cases import Act, CaseStep, RecheckAnswer
from console.domain.errors import DomainError, TransitionRefused
from console.domain.evidence import CustodyLine, EvidenceItem
from console.domain.ids import CaseId, RecheckId, new_id
from console.domain.rechecks import Recheck, RecheckStage


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What looking again found. The still shows the last frame looked at."""

    recheck_id: RecheckId
    answer: RecheckAnswer
    reason: str
    looks: int
    looks_with: int
    best_score: float
    still: EvidenceItem | None


class RecheckDesk:
    """Asked by a seat or by a unit's answer, carried out by the station. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, gate: Gate, clock: Clock) -> None:
        self._units = units
        self._gate = gate
        self._clock = clock

    def ask(self, actor: Actor, case_id: CaseId) -> RecheckId:
        """Let the case's camera look once more.

        Raises:
            DomainError: no camera saw this case. TransitionRefused: no answer of a unit waits to be checked.
        """
        with self._units.read() as unit:
            case = unit.cases.get(case_id)
        self._gate.require(actor, Verb.RECHECK, case_id, place=case.place, camera_id=case.camera_id)
        with self._units.write() as unit:
            case = unit.cases.get(case_id)
            if case.camera_id is None or case.rule_id is None:
                raise DomainError("No camera saw this case. Send someone (V).")
            if case.handled_at is None:
                raise TransitionRefused("The unit has not answered yet.")
            recheck = Recheck(
                recheck_id=RecheckId(new_id()),
                case_id=case_id,
                camera_id=case.camera_id,
                rule_id=case.rule_id,
                asked_at=self._clock.now(),
                asked_by=actor.display_name,
            )
            unit.rechecks.add(recheck)
            unit.audit.append(
                self._gate.facts(actor, "ask_recheck", case_id, camera_id=case.camera_id, case_id=case_id)
            )
            unit.commit()
        return recheck.recheck_id

    def take_asked(self, lease: timedelta) -> Sequence[Recheck]:
        """Lease what the station has to look at now."""
        with self._units.write() as unit:
            now = self._clock.now()
            asked = unit.rechecks.take_asked(now, now + lease)
            unit.commit()
        return asked

    def note(self, looked: Looked) -> CaseId:
        """Write down what was seen; the same result noted twice is one line."""
        with self._units.write() as unit:
            recheck = unit.rechecks.get(looked.recheck_id)
            if recheck.stage is RecheckStage.DONE:
                return recheck.case_id
            now = self._clock.now()
            recheck.stage = RecheckStage.DONE
            recheck.answer = looked.answer
            recheck.reason = looked.reason
            recheck.looks = looked.looks
            recheck.looks_with = looked.looks_with
            recheck.best_score = looked.best_score
            recheck.done_at = now
            if looked.still is not None:
                recheck.still = looked.still.evidence_id
                unit.evidence.add(looked.still)
                unit.evidence.note(
                    CustodyLine(
                        evidence_id=looked.still.evidence_id,
                        at=now,
                        who="station",
                        act="sealed",
                        detail={"sha256": looked.still.sha256},
                    )
                )
                lock_late(unit, looked.still, recheck.case_id, "station", now)
            unit.rechecks.save(recheck)
            case = unit.cases.get(recheck.case_id)
            step = CaseStep(
                act=Act.RECHECKED,
                at=now,
                who=recheck.camera_id,
                facts={
                    "answer": looked.answer.value,
                    "looks": looked.looks,
                    "looks_with": looked.looks_with,
                    "reason": looked.reason,
                },
            )
            try:
                case.note_recheck(looked.answer, step)
            except TransitionRefused:  # the operator closed or sent back meanwhile: the look is still history
                case.note(step)
            unit.cases.save(case)
            unit.audit.append(
                AuditFacts(
                    at=now,
                    who="station",
                    seat_id="",
                    verb="recheck",
                    subject=recheck.case_id,
                    detail={"answer": looked.answer.value, "looks": looked.looks},
                    camera_id=recheck.camera_id,
                    case_id=recheck.case_id,
                )
            )
            unit.commit()
        return recheck.case_id
