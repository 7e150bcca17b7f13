"""Alarms, their verdicts, and the facts of the rule that raised them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping

from console.domain.alarms import Alarm, AlarmStage, Claim, DismissReason, Priority, Said, Source, Verdict
from console.domain.evidence import RuleFacts
from console.domain.ids import AccountId, AlarmId, CameraId, CaseId, CategoryCode, SeatId
from console.domain.rules import RuleFamily
from console.infrastructure.database.mapping.places import columns_of, place_in

PRIORITY_RANK: Mapping[Priority, int] = {Priority.HIGH: 0, Priority.MEDIUM: 1, Priority.LOW: 2}


def written_time(moment: datetime) -> str:
    """Return a moment as it stands inside JSON: ISO 8601, UTC."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone must not be written down")
    return moment.astimezone(UTC).isoformat()


def read_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def row_of(alarm: Alarm) -> dict[str, Any]:
    """Return the columns of an alarm, but for ``raised_category``, which only ``add`` writes."""
    claim = alarm.claim
    return {
        "alarm_id": alarm.alarm_id,
        "hit_id": alarm.hit_id,
        "camera_id": alarm.camera_id or "",
        "zone_name": alarm.rule.zone_name if alarm.rule is not None else "",
        "category": alarm.category,
        "priority": alarm.priority.value,
        "priority_rank": PRIORITY_RANK[alarm.priority],
        "source": alarm.source.value,
        **columns_of(alarm.place),
        "said": [_written_said(said) for said in alarm.said],
        "raised_at": alarm.raised_at,
        "began_at": alarm.began_at,
        "last_hit_at": alarm.last_hit_at,
        "rule": None if alarm.rule is None else written_rule(alarm.rule),
        "media_time_s": alarm.media_time_s,
        "hits": alarm.hits,
        "stage": alarm.stage.value,
        "acknowledged_at": alarm.acknowledged_at,
        "acknowledged_by": alarm.acknowledged_by,
        "claim_account_id": None if claim is None else claim.account_id,
        "claim_display_name": None if claim is None else claim.display_name,
        "claim_seat_id": None if claim is None else claim.seat_id,
        "claim_until": None if claim is None else claim.until,
        "postponed_until": alarm.postponed_until,
        "verdicts": [_written_verdict(verdict) for verdict in alarm.verdicts],
        "case_id": alarm.case_id,
        "version": alarm.version,
    }


def alarm_in(row: RowMapping) -> Alarm:
    return Alarm(
        alarm_id=AlarmId(row["alarm_id"]),
        hit_id=row["hit_id"],
        camera_id=CameraId(row["camera_id"]) if row["camera_id"] else None,
        place=place_in(row),
        category=CategoryCode(row["category"]),
        priority=Priority(row["priority"]),
        source=Source(row["source"]),
        said=[said_in(said) for said in row["said"] or ()],
        raised_at=row["raised_at"],
        began_at=row["began_at"],
        last_hit_at=row["last_hit_at"],
        rule=rule_in(row["rule"]),
        media_time_s=row["media_time_s"],
        hits=row["hits"],
        stage=AlarmStage(row["stage"]),
        acknowledged_at=row["acknowledged_at"],
        acknowledged_by=row["acknowledged_by"],
        claim=_claim_in(row),
        postponed_until=row["postponed_until"],
        verdicts=[_verdict_in(verdict) for verdict in row["verdicts"]],
        case_id=None if row["case_id"] is None else CaseId(row["case_id"]),
        version=row["version"],
    )


def verdicts_in(written: list[dict[str, Any]]) -> tuple[Verdict, ...]:
    return tuple(_verdict_in(verdict) for verdict in written)


def written_rule(rule: RuleFacts) -> dict[str, Any]:
    return {
        "rule_id": rule.rule_id,
        "zone_name": rule.zone_name,
        "polygon": rule.polygon,
        "box": rule.box,
        "label": rule.label,
        "score": rule.score,
        "mean_score": rule.mean_score,
        "dwell_s": rule.dwell_s,
        "model_name": rule.model_name,
        "model_sha256": rule.model_sha256,
        "device": rule.device,
        "precision": rule.precision,
        "family": rule.family,
        "reasons": rule.reasons,
    }


def rule_in(written: dict[str, Any] | None) -> RuleFacts | None:
    if written is None:
        return None
    box = written["box"]
    return RuleFacts(
        rule_id=written["rule_id"],
        zone_name=written["zone_name"],
        polygon=tuple((x, y) for x, y in written["polygon"]),
        box=None if box is None else (box[0], box[1], box[2], box[3]),
        label=written["label"],
        score=written["score"],
        mean_score=written["mean_score"],
        dwell_s=written["dwell_s"],
        model_name=written["model_name"],
        model_sha256=written["model_sha256"],
        device=written["device"],
        precision=written["precision"],
        # What was written before there were families is of vehicles that stand.
        family=RuleFamily(written.get("family", RuleFamily.STANDING_VEHICLE)),
        reasons=tuple((name, value) for name, value in written.get("reasons", ())),
    )


def masked_rule_in(written: dict[str, Any] | None) -> RuleFacts | None:
    """Return what a screen or a package may have of it: no window is named."""
    facts = rule_in(written)
    return facts.masked if facts is not None else None


def said_in(written: dict[str, Any]) -> Said:
    return Said(
        report_id=written["report_id"],
        source=Source(written["source"]),
        at=read_time(written["at"]),
        text=written["text"],
        name=written["name"],
        contact=written["contact"],
    )


def _written_said(said: Said) -> dict[str, Any]:
    return {
        "report_id": said.report_id,
        "source": said.source.value,
        "at": written_time(said.at),
        "text": said.text,
        "name": said.name,
        "contact": said.contact,
    }


def _claim_in(row: RowMapping) -> Claim | None:
    if row["claim_account_id"] is None:
        return None
    return Claim(
        account_id=AccountId(row["claim_account_id"]),
        display_name=row["claim_display_name"],
        seat_id=SeatId(row["claim_seat_id"]),
        until=row["claim_until"],
    )


def _written_verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "stage": verdict.stage.value,
        "at": written_time(verdict.at),
        "account_id": verdict.account_id,
        "display_name": verdict.display_name,
        "category": verdict.category,
        "filing_condition": verdict.filing_condition,
        "reason": None if verdict.reason is None else verdict.reason.value,
        "remark": verdict.remark,
        "merged_into": verdict.merged_into,
    }


def _verdict_in(written: dict[str, Any]) -> Verdict:
    category, reason = written["category"], written["reason"]
    return Verdict(
        stage=AlarmStage(written["stage"]),
        at=read_time(written["at"]),
        account_id=AccountId(written["account_id"]),
        display_name=written["display_name"],
        category=None if category is None else CategoryCode(category),
        filing_condition=written["filing_condition"],
        reason=None if reason is None else DismissReason(reason),
        remark=written["remark"],
        merged_into=written["merged_into"],
    )
