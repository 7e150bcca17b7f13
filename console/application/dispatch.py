"""Orders leave, answers come in: the station's half of a case's way. Delivered is what the far end acknowledged."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from console.application.case_locks import lock_late
from console.application.errors import Unavailable
from console.application.ports import Clock, UnitOfWork, UnitsOfWork
from console.domain.audit import AuditFacts
from console.domain.cases import Act, Case, CaseStep, Stage
from console.domain.errors import IncompleteFiling, TransitionRefused
from console.domain.evidence import CustodyLine, EvidenceItem
from console.domain.ids import CaseId, RecheckId, UnitId, new_id
from console.domain.outbox import Order, OrderKind, OrderStage
from console.domain.rechecks import Recheck
from console.domain.routing import Unit

_log = logging.getLogger(__name__)
ORDERS_AT_ONCE = 8


class DeliveryRefused(Unavailable):
    """The far end understood and said no; trying again would be the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a unit said. ``answer_id`` is the far end's own, so a repeat is known.

    Attributes:
        photos: sealed files that came with it.
        responsible: whose it is, of one that is not theirs; where their system has no field for it, the text says it.
    """

    answer_id: str
    receipt: str
    says: str  # "done", "not_ours", "note"
    text: str
    at: datetime
    photos: tuple[EvidenceItem, ...] = ()
    responsible: str = ""


class UnitGateway(Protocol):
    """One unit's own system. Every call has a time-out; a repeat with the same key is stored once there."""

    def submit(self, body: dict[str, Any], idempotency_key: str) -> str:
        """Return the far end's receipt. Raises ``Unavailable`` or ``DeliveryRefused``."""
        ...

    def recall(self, receipt: str, idempotency_key: str) -> None: ...

    def answers(self, since: datetime | None) -> Sequence[Answer]: ...


class Dispatch:
    """Delivers orders and takes answers in. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    def units(self) -> Sequence[Unit]:
        with self._units.read() as unit:
            return unit.directory.units()

    def take_due(self) -> Sequence[Order]:
        """Lease what may leave now."""
        with self._units.write() as unit:
            due = unit.orders.take_due(self._clock.now(), ORDERS_AT_ONCE)
            unit.commit()
        return due

    def deliver(self, order: Order, gateway: UnitGateway) -> CaseId:
        """Try one order and write down what is known afterwards.

        A crash between the far end's storing and our writing is harmless: the next try has the same key. One that was
        taken back, or delivered by another, while it waited for its turn is left alone.
        """
        with self._units.read() as unit:
            if unit.orders.get(order.order_id).stage is not OrderStage.WAITING:
                return order.case_id
        receipt = ""
        failure: Unavailable | None = None
        try:
            if order.kind is OrderKind.RECALL:
                receipt = self._receipt_to_recall(order)
                gateway.recall(receipt, order.idempotency_key)
            else:
                receipt = gateway.submit(order.body, order.idempotency_key)
        except Unavailable as cause:
            failure = cause
        with self._units.write() as unit:
            now = self._clock.now()
            current = unit.orders.get(order.order_id)
            case = unit.cases.get(order.case_id)
            if failure is None:
                current.note_delivered(receipt, now)
                self._note_delivery(case, current, receipt, now)
            else:
                current.note_failure(
                    failure.sentence.format(**failure.values) if failure.values else failure.sentence,
                    now,
                    is_final=isinstance(failure, DeliveryRefused),
                )
                is_parked = current.stage is OrderStage.PARKED
                case.note(
                    CaseStep(
                        act=Act.DELIVERY_PARKED if is_parked else Act.DELIVERY_WAITS,
                        at=now,
                        who=order.unit_id,
                        facts={"tries": current.tries, "failure": current.failure},
                    )
                )
            unit.orders.save(current)
            unit.cases.save(case)
            unit.audit.append(
                AuditFacts(
                    at=now,
                    who="station",
                    seat_id="",
                    verb="deliver" if failure is None else "deliver_failed",
                    subject=order.case_id,
                    detail={"kind": order.kind.value, "tries": current.tries, "receipt": receipt},
                    camera_id=case.camera_id or "",
                    case_id=order.case_id,
                )
            )
            unit.commit()
        return order.case_id

    def take_answer(self, unit_id: UnitId, answer: Answer) -> CaseId | None:
        """Take one answer in; a repeated one, or one to nothing we sent, changes nothing.

        To which of a case's orders the unit answers is its own affair: the first, or the newest reminder.
        "Done" stops the case's clock and asks its camera to look again, in the same transaction.
        """
        with self._units.write() as unit:
            order = unit.orders.of_receipt(unit_id, answer.receipt)
            if order is None:
                return None
            case = unit.cases.get(order.case_id)
            now = self._clock.now()
            if not unit.inbox.take(unit_id, answer.answer_id, now):
                return None
            step = _step_of(unit_id, answer)
            self._apply(unit, case, answer, step, now)
            for photo in answer.photos:
                unit.evidence.add(replace(photo, subject_id=case.case_id))
                unit.evidence.note(
                    CustodyLine(
                        evidence_id=photo.evidence_id,
                        at=now,
                        who=unit_id,
                        act="received",
                        detail={"sha256": photo.sha256},
                    )
                )
                lock_late(unit, photo, case.case_id, unit_id, now)
            unit.cases.save(case)
            unit.audit.append(
                AuditFacts(
                    at=now,
                    who=unit_id,
                    seat_id="",
                    verb="answer",
                    subject=case.case_id,
                    detail={"says": answer.says, "answer": answer.answer_id},
                    camera_id=case.camera_id or "",
                    case_id=case.case_id,
                )
            )
            unit.commit()
        return case.case_id

    def _apply(self, unit: UnitOfWork, case: Case, answer: Answer, step: CaseStep, now: datetime) -> None:
        if case.unit_id != step.who:
            _log.info("answer %s came when case %s was another unit's; noted only", answer.answer_id, case.case_id)
            case.note(step)
            return
        try:
            if answer.says == "not_ours":
                case.note_returned(step)
            elif answer.says == "done":
                case.note_answer(step)
                if case.camera_id is not None and case.rule_id is not None:
                    unit.rechecks.add(
                        Recheck(
                            recheck_id=RecheckId(new_id()),
                            case_id=case.case_id,
                            camera_id=case.camera_id,
                            rule_id=case.rule_id,
                            asked_at=now,
                            asked_by=answer.receipt,
                        )
                    )
            else:
                case.note(step)
        except IncompleteFiling:
            _log.info("answer %s returns case %s and names nobody; it stays", answer.answer_id, case.case_id)
            case.note(replace(step, act=Act.RETURN_REFUSED))
        except TransitionRefused:
            _log.info("answer %s came when case %s was %s; noted only", answer.answer_id, case.case_id, case.stage)
            case.note(step)

    def _receipt_to_recall(self, order: Order) -> str:
        with self._units.read() as unit:
            sent = [other for other in unit.orders.of_case(order.case_id) if other.kind is not OrderKind.RECALL]
        for other in reversed(sent):
            if other.stage is OrderStage.DELIVERED:
                return other.receipt
        if any(other.stage is OrderStage.WAITING for other in sent):
            raise Unavailable("The order to be recalled is still on its way.")
        raise DeliveryRefused("There is nothing to recall; the order never arrived.")

    def _note_delivery(self, case: Case, order: Order, receipt: str, now: datetime) -> None:
        step = CaseStep(
            act=Act.RECALLED if order.kind is OrderKind.RECALL else Act.DELIVERED,
            at=now,
            who=order.unit_id,
            facts={"receipt": receipt, "tries": order.tries},
        )
        if order.kind is OrderKind.RECALL or case.stage is not Stage.ROUTED:
            case.note(step)
        else:
            case.note_delivered(receipt, step)


def _step_of(unit_id: UnitId, answer: Answer) -> CaseStep:
    facts: dict[str, Any] = {"text": answer.text, "photos": [photo.evidence_id for photo in answer.photos]}
    if answer.says != "not_ours":
        return CaseStep(act=Act.ANSWERED, at=answer.at, who=unit_id, facts=facts)
    facts["responsible"] = answer.responsible or answer.text
    return CaseStep(act=Act.RETURNED, at=answer.at, who=unit_id, facts=facts)
