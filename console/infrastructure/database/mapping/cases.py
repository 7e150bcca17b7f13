"""Cases and their steps, the orders that leave for them, and the camera's looking again."""

from datetime import timedelta
from typing import Any

from sqlalchemy import RowMapping

from console.domain.cases import Act, Appeal, Case, CaseStep, RecheckAnswer, Stage
from console.domain.deadlines import Clock
from console.domain.ids import (
    AccountId,
    AlarmId,
    CameraId,
    CaseId,
    CategoryCode,
    EvidenceId,
    RecheckId,
    RuleId,
    UnitId,
)
from console.domain.outbox import Order, OrderKind, OrderStage
from console.domain.rechecks import Recheck, RecheckStage
from console.infrastructure.database.mapping.alarms import read_time, written_time
from console.infrastructure.database.mapping.places import columns_of, place_in


def row_of(case: Case) -> dict[str, Any]:
    return {
        "case_id": case.case_id,
        "number": case.number,
        "alarm_id": case.alarm_id,
        "category": case.category,
        "filing_condition": case.filing_condition,
        **columns_of(case.place),
        "filed_at": case.filed_at,
        "filed_by": case.filed_by,
        "camera_id": case.camera_id,
        "rule_id": case.rule_id,
        "unit_id": case.unit_id,
        "routed_at": case.routed_at,
        "due_at": case.due_at,
        "clock": None if case.clock is None else case.clock.value,
        "allowed_s": None if case.allowed is None else case.allowed.total_seconds(),
        "near_at": case.near_at,
        "extensions": case.extensions,
        "suspended_at": case.suspended_at,
        "suspended_until": case.suspended_until,
        "urged_at": case.urged_at,
        "appeal": None if case.appeal is None else case.appeal.value,
        "handled_at": case.handled_at,
        "receipt": case.receipt,
        "reworks": case.reworks,
        "recheck": None if case.recheck is None else case.recheck.value,
        "closing_condition": case.closing_condition,
        "closed_at": case.closed_at,
        "stage": case.stage.value,
        "steps": [_written_step(step) for step in case.steps],
        "version": case.version,
    }


def case_in(row: RowMapping) -> Case:
    camera_id, rule_id, unit_id, recheck = row["camera_id"], row["rule_id"], row["unit_id"], row["recheck"]
    clock, allowed_s, appeal = row["clock"], row["allowed_s"], row["appeal"]
    return Case(
        case_id=CaseId(row["case_id"]),
        number=row["number"],
        alarm_id=AlarmId(row["alarm_id"]),
        category=CategoryCode(row["category"]),
        filing_condition=row["filing_condition"],
        place=place_in(row),
        filed_at=row["filed_at"],
        filed_by=AccountId(row["filed_by"]),
        camera_id=None if camera_id is None else CameraId(camera_id),
        rule_id=None if rule_id is None else RuleId(rule_id),
        unit_id=None if unit_id is None else UnitId(unit_id),
        routed_at=row["routed_at"],
        due_at=row["due_at"],
        clock=None if clock is None else Clock(clock),
        allowed=None if allowed_s is None else timedelta(seconds=allowed_s),
        near_at=row["near_at"],
        extensions=row["extensions"],
        suspended_at=row["suspended_at"],
        suspended_until=row["suspended_until"],
        urged_at=row["urged_at"],
        appeal=None if appeal is None else Appeal(appeal),
        handled_at=row["handled_at"],
        receipt=row["receipt"],
        reworks=row["reworks"],
        recheck=None if recheck is None else RecheckAnswer(recheck),
        closing_condition=row["closing_condition"],
        closed_at=row["closed_at"],
        stage=Stage(row["stage"]),
        steps=[_step_in(step) for step in row["steps"]],
        version=row["version"],
    )


def _written_step(step: CaseStep) -> dict[str, Any]:
    return {"act": step.act.value, "at": written_time(step.at), "who": step.who, "facts": step.facts}


def _step_in(written: dict[str, Any]) -> CaseStep:
    return CaseStep(act=Act(written["act"]), at=read_time(written["at"]), who=written["who"], facts=written["facts"])


def row_of_order(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "kind": order.kind.value,
        "case_id": order.case_id,
        "unit_id": order.unit_id,
        "idempotency_key": order.idempotency_key,
        "body": order.body,
        "made_at": order.made_at,
        "not_before": order.not_before,
        "tries": order.tries,
        "stage": order.stage.value,
        "next_try_at": order.next_try_at,
        "leased_until": order.leased_until,
        "failure": order.failure,
        "receipt": order.receipt,
        "delivered_at": order.delivered_at,
        "version": order.version,
    }


def order_in(row: RowMapping) -> Order:
    return Order(
        order_id=row["order_id"],
        kind=OrderKind(row["kind"]),
        case_id=CaseId(row["case_id"]),
        unit_id=UnitId(row["unit_id"]),
        idempotency_key=row["idempotency_key"],
        body=row["body"],
        made_at=row["made_at"],
        not_before=row["not_before"],
        tries=row["tries"],
        stage=OrderStage(row["stage"]),
        next_try_at=row["next_try_at"],
        leased_until=row["leased_until"],
        failure=row["failure"],
        receipt=row["receipt"],
        delivered_at=row["delivered_at"],
        version=row["version"],
    )


def row_of_recheck(recheck: Recheck) -> dict[str, Any]:
    return {
        "recheck_id": recheck.recheck_id,
        "case_id": recheck.case_id,
        "camera_id": recheck.camera_id,
        "rule_id": recheck.rule_id,
        "asked_at": recheck.asked_at,
        "asked_by": recheck.asked_by,
        "stage": recheck.stage.value,
        "leased_until": recheck.leased_until,
        "answer": None if recheck.answer is None else recheck.answer.value,
        "reason": recheck.reason,
        "looks": recheck.looks,
        "looks_with": recheck.looks_with,
        "best_score": recheck.best_score,
        "done_at": recheck.done_at,
        "still": recheck.still,
        "version": recheck.version,
    }


def recheck_in(row: RowMapping) -> Recheck:
    return Recheck(
        recheck_id=RecheckId(row["recheck_id"]),
        case_id=CaseId(row["case_id"]),
        camera_id=CameraId(row["camera_id"]),
        rule_id=RuleId(row["rule_id"]),
        asked_at=row["asked_at"],
        asked_by=row["asked_by"],
        stage=RecheckStage(row["stage"]),
        leased_until=row["leased_until"],
        answer=None if row["answer"] is None else RecheckAnswer(row["answer"]),
        reason=row["reason"],
        looks=row["looks"],
        looks_with=row["looks_with"],
        best_score=row["best_score"],
        done_at=row["done_at"],
        still=None if row["still"] is None else EvidenceId(row["still"]),
        version=row["version"],
    )
