"""Builders for what the pages show: rows, cards, cases, each complete and ordinary unless said otherwise."""

from datetime import UTC, datetime, timedelta
from typing import Any

from console.application.read_models import AlarmCard, AlarmRow, CasePage, CaseRow, DeliveryRow, MissingEvidence
from console.domain.accounts import Actor, Role
from console.domain.alarms import CLAIM_LEASE, AlarmStage, Priority, Source, Verdict
from console.domain.cases import Act, Case, CaseStep, RecheckAnswer, Stage
from console.domain.categories import Category, Condition
from console.domain.deadlines import Clock, Limit
from console.domain.evidence import EvidenceItem, EvidenceKind, RuleFacts
from console.domain.ids import (
    AccountId,
    AlarmId,
    CameraId,
    CaseId,
    CategoryCode,
    EvidenceId,
    RecheckId,
    RuleId,
    SeatId,
    SpeakerId,
    UnitId,
)
from console.domain.places import Place
from console.domain.rechecks import Recheck, RecheckStage
from console.domain.routing import RoutingRow, Unit
from console.domain.speaking import Speaker
from widgets.state.review import Sheet
from widgets.state.telling import Named

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
LI = Actor(account_id=AccountId("li"), display_name="李文静", role=Role.OPERATOR, seat_id=SeatId("02"))
CHIEF = Actor(account_id=AccountId("chen"), display_name="陈建国", role=Role.SUPERVISOR, seat_id=SeatId("02"))
TEAM_2 = Unit(unit_id=UnitId("team-2"), zh="执法二中队", en="Enforcement Team 2", address="http://127.0.0.1:1/")
TEAM_3 = Unit(unit_id=UnitId("team-3"), zh="执法三中队", en="Enforcement Team 3", address="http://127.0.0.1:1/")
FIRE_LANE = Category(
    code=CategoryCode("09012"),
    standard="local",
    zh="占用消防通道",
    en="Fire lane blocked",
    question_zh="车上有人、很快会走吗？在走 → P；停在标线内不走 → Y",
    question_en="Driver inside and about to leave? Leaving → P; parked on the marking → Y",
    filing=(
        Condition(code="f1", zh="车辆停在消防标线内 5 分钟", en="Vehicle on the marking for 5 min"),
        Condition(code="f2", zh="堆物占用消防通道", en="Things stacked in the fire lane"),
    ),
    closing=(
        Condition(code="c1", zh="制止并清理，通道恢复畅通", en="Stopped and cleared, the lane is free"),
        Condition(code="c2", zh="当事人自行驶离", en="The driver left"),
    ),
    limit=Limit(Clock.CONTINUOUS, timedelta(hours=2)),
)
PARKING = Category(
    code=CategoryCode("09011"),
    standard="local",
    zh="机动车违停",
    en="Illegal parking",
    question_zh="停在标线外吗？",
    question_en="Outside the marking?",
    filing=(Condition(code="p1", zh="停在禁停处", en="Parked where it is forbidden"),),
    closing=(Condition(code="q1", zh="已驶离", en="It left"),),
    limit=Limit(Clock.WORKING, timedelta(hours=4)),
)
RULE = RuleFacts(
    rule_id="standing-1",
    zone_name="消防通道 A",
    polygon=((0.42, 0.29), (0.55, 0.28), (0.78, 0.38), (0.75, 0.46), (0.62, 0.44)),
    box=(0.55, 0.37, 0.68, 0.47),
    label="car",
    score=0.91,
    mean_score=0.88,
    dwell_s=312.0,
    model_name="efficientdet_lite0",
    model_sha256="ab" * 32,
    device="CPU",
    precision="f32",
)


def row(
    name: str,
    *,
    priority: Priority = Priority.MEDIUM,
    age_s: float = 41.0,
    heard: bool = False,
    held_by: str = "",
    held_seat: str = "",
    held_until: datetime | None = None,
    camera: str = "c02",
    stage: AlarmStage = AlarmStage.WAITING,
    still: str = "",
    category: Category = FIRE_LANE,
    camera_name: str = "滨河路 88 号",
) -> AlarmRow:
    return AlarmRow(
        alarm_id=name,
        camera_id=camera,
        camera_number=camera[-2:],
        camera_name=camera_name,
        category=category.code,
        category_zh=category.zh,
        category_en=category.en,
        source=Source.VIDEO,
        address="",
        priority=priority,
        stage=stage,
        raised_at=NOON - timedelta(seconds=age_s),
        acknowledged_at=NOON if heard else None,
        claimed_by=held_by,
        claimed_seat=held_seat,
        claimed_until=held_until or (NOON + CLAIM_LEASE if held_by else None),
        postponed_until=None,
        hits=1,
        still_path=still,
    )


def card(
    of: AlarmRow,
    *,
    evidence: tuple[EvidenceItem, ...] = (),
    verdicts: tuple[Verdict, ...] = (),
    open_cases: tuple[str, ...] = (),
    case_id: str = "",
    missing: tuple[MissingEvidence, ...] = (),
) -> AlarmCard:
    return AlarmCard(
        row=of,
        address="滨河路 88 号门前",
        grid_cell="441302004001007",
        street="临江街道",
        community="滨河社区",
        began_at=of.raised_at - timedelta(seconds=312),
        last_hit_at=of.raised_at,
        rule=RULE,
        evidence=evidence,
        missing=missing,
        verdicts=verdicts,
        case_id=case_id,
        case_number="",
        open_cases_here=open_cases,
        alarms_here_30_days=6,
        confirmed_here_30_days=4,
    )


def sheet(of: AlarmRow, **changes: Any) -> Sheet:
    values: dict[str, Any] = {
        "card": card(of),
        "category": FIRE_LANE,
        "unit": TEAM_2,
        "because": RoutingRow(row=3, unit_id=TEAM_2.unit_id, category_prefix="0901", grid_prefix="441302"),
        "sentences": (Named("滨河路 88 号门前的车主，请立即驶离。", "Driver at Binhe Road 88, please move now."),),
        "speakers": (SPEAKER,),
    }
    values.update(changes)
    return Sheet(**values)


SPEAKER = Speaker(speaker_id=SpeakerId("s14"), name="S-14", driver="rtp", host="127.0.0.1", port=1)


def still(name: str, subject: str, *, at: datetime = NOON, path: str = "", grade: bool = True) -> EvidenceItem:
    return EvidenceItem(
        evidence_id=EvidenceId(name),
        kind=EvidenceKind.STILL,
        subject_id=subject,
        path=path,
        sha256="3f9c" + "0" * 56 + "a71e",
        size_bytes=1,
        begins_at=at,
        camera_id=CameraId("c02"),
        captured_at=at if grade else None,
        clock_offset_s=0.02 if grade else None,
        clock_source="sender_report" if grade else "unknown",
        width=1280,
        height=720,
        rule=RULE,
    )


def clip(name: str, subject: str, *, at: datetime = NOON, path: str = "") -> EvidenceItem:
    return EvidenceItem(
        evidence_id=EvidenceId(name),
        kind=EvidenceKind.CLIP,
        subject_id=subject,
        path=path,
        sha256="77aa" + "0" * 56 + "0bb1",
        size_bytes=184_000,
        begins_at=at,
        duration_s=12.0,
        camera_id=CameraId("c02"),
        captured_at=at,
        clock_offset_s=0.02,
        clock_source="sender_report",
        width=1280,
        height=720,
        rule=RULE,
    )


def case_row(name: str, *, stage: Stage = Stage.CHECKED, filed_s: float = 1800.0) -> CaseRow:
    filed_at = NOON - timedelta(seconds=filed_s)
    return CaseRow(
        case_id=name,
        number=f"20261122-{name[-4:]:0>4}",
        category=FIRE_LANE.code,
        category_zh=FIRE_LANE.zh,
        category_en=FIRE_LANE.en,
        address="滨河路 88 号门前",
        stage=stage,
        unit_zh=TEAM_2.zh,
        unit_en=TEAM_2.en,
        filed_at=filed_at,
        due_at=filed_at + timedelta(hours=2),
        handled_at=NOON - timedelta(seconds=120) if stage in (Stage.HANDLED, Stage.CHECKED, Stage.CLOSED) else None,
        closed_at=NOON if stage is Stage.CLOSED else None,
        recheck="cleared" if stage in (Stage.CHECKED, Stage.CLOSED) else "",
    )


def case_page(
    of: CaseRow,
    *,
    evidence: tuple[EvidenceItem, ...] = (),
    deliveries: tuple[DeliveryRow, ...] = (),
    rechecks: tuple[Recheck, ...] = (),
    steps: tuple[CaseStep, ...] = (),
) -> CasePage:
    case = Case(
        case_id=CaseId(of.case_id),
        number=of.number,
        alarm_id=AlarmId("a1"),
        category=FIRE_LANE.code,
        filing_condition="f1",
        place=Place(
            address=of.address, district="临江区", street="临江街道", community="滨河社区", grid_cell="441302004001007"
        ),
        filed_at=of.filed_at,
        filed_by=LI.account_id,
        camera_id=CameraId("c02"),
        rule_id=RuleId("standing-1"),
        unit_id=TEAM_2.unit_id,
        routed_at=of.filed_at,
        due_at=of.due_at,
        handled_at=of.handled_at,
        receipt="SR-1",
        stage=Stage(of.stage),
        steps=list(steps or default_steps(of)),
    )
    return CasePage(
        case=case,
        row=of,
        camera_number="02",
        camera_name="滨河路 88 号",
        rule=RULE,
        evidence=evidence,
        deliveries=deliveries,
        rechecks=rechecks,
        talks=(),
    )


def default_steps(of: CaseRow) -> list[CaseStep]:
    at = of.filed_at
    return [
        CaseStep(
            act=Act.FOUND, at=at - timedelta(seconds=59), who="video", facts={"camera": "c02", "zone": "消防通道 A"}
        ),
        CaseStep(act=Act.CONFIRMED, at=at - timedelta(seconds=6), who="李文静", facts={"seconds": 53.0}),
        CaseStep(act=Act.FILED, at=at, who="李文静", facts={"number": of.number, "condition": "f1"}),
        CaseStep(act=Act.ROUTED, at=at, who="李文静", facts={"unit": "team-2", "accepted": True}),
        CaseStep(act=Act.DELIVERED, at=at + timedelta(seconds=11), who="team-2", facts={"receipt": "SR-1", "tries": 1}),
        CaseStep(
            act=Act.ANSWERED,
            at=NOON - timedelta(seconds=120),
            who="team-2",
            facts={"text": "车主已驶离，现场清空", "photos": ["ph1"]},
        ),
        CaseStep(
            act=Act.RECHECKED,
            at=NOON - timedelta(seconds=60),
            who="c02",
            facts={"answer": "cleared", "looks": 8, "looks_with": 0, "reason": ""},
        ),
    ]


def looked(case_id: str, *, answer: str = "cleared", looks: int = 8, with_: int = 0, still_id: str = "") -> Recheck:
    return Recheck(
        recheck_id=RecheckId("r1"),
        case_id=CaseId(case_id),
        camera_id=CameraId("c02"),
        rule_id=RuleId("standing-1"),
        asked_at=NOON - timedelta(seconds=70),
        asked_by="SR-1",
        stage=RecheckStage.DONE,
        answer=RecheckAnswer(answer),
        looks=looks,
        looks_with=with_,
        done_at=NOON - timedelta(seconds=60),
        still=EvidenceId(still_id) if still_id else None,
    )


def delivery(*, stage: str = "delivered", tries: int = 1, failure: str = "") -> DeliveryRow:
    return DeliveryRow(
        kind="submit",
        stage=stage,
        tries=tries,
        made_at=NOON,
        not_before=NOON,
        next_try_at=NOON + timedelta(seconds=40) if stage == "waiting" else None,
        failure=failure,
        delivered_at=NOON if stage == "delivered" else None,
    )
