"""Records with every field set to something of its own, so that a column mixed up with another is noticed."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from console.domain.accounts import Account, Role, Scope
from console.domain.alarms import Alarm, AlarmStage, Claim, DismissReason, Priority, Source, Verdict
from console.domain.audit import AuditFacts
from console.domain.cameras import Camera, CameraKind
from console.domain.cases import Act, Appeal, Case, CaseStep, RecheckAnswer, Stage
from console.domain.categories import Category, Condition
from console.domain.deadlines import Clock, Limit, WorkingCalendar
from console.domain.evidence import CustodyLine, EvidenceItem, EvidenceKind, RuleFacts
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
    ShiftId,
    SpeakerId,
    TalkId,
    UnitId,
)
from console.domain.outbox import Order, OrderKind, OrderStage
from console.domain.places import Place
from console.domain.rechecks import Recheck, RecheckStage
from console.domain.rules import CameraRule, Zone
from console.domain.shifts import Shift
from console.domain.speaking import TalkKind, TalkSession, TalkStage

NOW = datetime(2026, 11, 22, 3, 40, 12, 345678, tzinfo=UTC)
PARKING = CategoryCode("09009")
FIRE_LANE = CategoryCode("09012")
CAMERA = CameraId("camera-1")

PLACE = Place(
    address="河东街 12 号",
    district="盐湖区",
    street="中城街道",
    community="河东社区",
    grid_cell="140802001002003",
    longitude=110.99,
    latitude=35.02,
)

RULE = RuleFacts(
    rule_id="rule-1",
    zone_name="门前禁停区",
    polygon=((0.1, 0.2), (0.6, 0.2), (0.5, 0.9)),
    box=(0.2, 0.3, 0.4, 0.5),
    label="car",
    score=0.91,
    mean_score=0.83,
    dwell_s=61.5,
    model_name="detector",
    model_sha256="ab" * 32,
    device="CPU",
    precision="FP16",
)


def minutes(amount: float) -> timedelta:
    return timedelta(minutes=amount)


def alarm(name: str = "alarm-1", **changes: Any) -> Alarm:
    plain = Alarm(
        alarm_id=AlarmId(name),
        hit_id=f"hit of {name}",
        camera_id=CAMERA,
        place=PLACE,
        category=PARKING,
        priority=Priority.MEDIUM,
        source=Source.VIDEO,
        raised_at=NOW,
        began_at=NOW - minutes(2),
        last_hit_at=NOW + minutes(1),
        rule=RULE,
        media_time_s=812.25,
    )
    return replace(plain, **changes)


def reviewed_alarm() -> Alarm:
    """An alarm with a past: dismissed, undone, claimed again."""
    dismissal = Verdict(
        stage=AlarmStage.DISMISSED,
        at=NOW + minutes(3),
        account_id=AccountId("li"),
        display_name="李敏",
        category=FIRE_LANE,
        filing_condition="1",
        reason=DismissReason.ALREADY_GONE,
        remark="车已开走",
        merged_into="alarm-0",
    )
    confirmation = Verdict(
        stage=AlarmStage.CONFIRMED, at=NOW + minutes(4), account_id=AccountId("wang"), display_name="王芳"
    )
    return alarm(
        hits=4,
        acknowledged_at=NOW + minutes(1),
        acknowledged_by="李敏",
        claim=Claim(
            account_id=AccountId("wang"),
            display_name="王芳",
            seat_id=SeatId("seat-2"),
            until=NOW + minutes(6),
        ),
        postponed_until=NOW + minutes(5),
        verdicts=[dismissal, confirmation],
        case_id=CaseId("case-1"),
    )


def case(name: str = "case-1", **changes: Any) -> Case:
    plain = Case(
        case_id=CaseId(name),
        number=f"YC20261122-{name}",
        alarm_id=AlarmId("alarm-1"),
        category=PARKING,
        filing_condition="2",
        place=PLACE,
        filed_at=NOW,
        filed_by=AccountId("wang"),
    )
    return replace(plain, **changes)


def closed_case() -> Case:
    """A case with all of its life behind it."""
    return case(
        camera_id=CAMERA,
        rule_id=RuleId("rule-1"),
        unit_id=UnitId("traffic"),
        routed_at=NOW + minutes(1),
        due_at=NOW + minutes(120),
        clock=Clock.WORKING,
        allowed=minutes(90),
        near_at=NOW + minutes(100),
        extensions=1,
        suspended_at=NOW + minutes(10),
        suspended_until=NOW + minutes(20),
        urged_at=NOW + minutes(50),
        appeal=Appeal.WAITS,
        handled_at=NOW + minutes(60),
        receipt="R-77",
        reworks=1,
        recheck=RecheckAnswer.CLEARED,
        closing_condition="1",
        closed_at=NOW + minutes(70),
        stage=Stage.CLOSED,
        steps=[
            CaseStep(act=Act.FILED, at=NOW, who="王芳"),
            CaseStep(act=Act.ANSWERED, at=NOW + minutes(60), who="交警", facts={"text": "已劝离", "photos": [1]}),
        ],
    )


def order(name: str = "order-1", **changes: Any) -> Order:
    plain = Order(
        order_id=name,
        kind=OrderKind.SUBMIT,
        case_id=CaseId("case-1"),
        unit_id=UnitId("traffic"),
        idempotency_key=f"key of {name}",
        body={"service_code": "09009", "address": "河东街 12 号", "lat": 35.02},
        made_at=NOW,
        not_before=NOW,
    )
    return replace(plain, **changes)


def tried_order() -> Order:
    return order(
        kind=OrderKind.REWORK,
        not_before=NOW + minutes(1),
        tries=3,
        stage=OrderStage.PARKED,
        next_try_at=NOW + minutes(2),
        leased_until=NOW + minutes(3),
        failure="503",
        receipt="R-77",
        delivered_at=NOW + minutes(4),
    )


def recheck(name: str = "recheck-1", **changes: Any) -> Recheck:
    plain = Recheck(
        recheck_id=RecheckId(name),
        case_id=CaseId("case-1"),
        camera_id=CAMERA,
        rule_id=RuleId("rule-1"),
        asked_at=NOW,
        asked_by="王芳",
    )
    return replace(plain, **changes)


def done_recheck() -> Recheck:
    return recheck(
        stage=RecheckStage.DONE,
        leased_until=NOW + minutes(1),
        answer=RecheckAnswer.STILL_THERE,
        reason="still_there",
        looks=10,
        looks_with=7,
        best_score=0.88,
        done_at=NOW + minutes(2),
        still=EvidenceId("still-9"),
    )


def talk(name: str = "talk-1", **changes: Any) -> TalkSession:
    plain = TalkSession(
        talk_id=TalkId(name),
        kind=TalkKind.PHRASE,
        account_id=AccountId("wang"),
        display_name="王芳",
        seat_id=SeatId("seat-2"),
        camera_id=CAMERA,
        speaker_ids=(SpeakerId("speaker-1"), SpeakerId("speaker-2")),
        ordered_at=NOW,
    )
    return replace(plain, **changes)


def spoken_talk() -> TalkSession:
    return talk(
        kind=TalkKind.LIVE,
        text="河东街的商户您好，请勿占道经营，谢谢配合。",
        language="en",
        case_id=CaseId("case-1"),
        stage=TalkStage.ENDED,
        began_at=NOW + minutes(1),
        ended_at=NOW + minutes(2),
        duration_s=4.5,
        reached={"speaker-1": "Sent"},
        voice="zh-1",
        failure="none",
        recording="talk/1.wav",
        pcm_sha256="cd" * 32,
    )


def evidence(name: str = "clip-1", **changes: Any) -> EvidenceItem:
    plain = EvidenceItem(
        evidence_id=EvidenceId(name),
        kind=EvidenceKind.CLIP,
        subject_id="alarm-1",
        path=f"2026/11/22/{name}.mp4",
        sha256="ef" * 32,
        size_bytes=5_000_000_000,
        begins_at=NOW,
        duration_s=12.5,
        media_time_s=800.0,
        camera_id=CAMERA,
        captured_at=NOW - timedelta(milliseconds=120),
        clock_offset_s=-0.12,
        clock_source="rtcp",
        sound="flac",
        width=1920,
        height=1080,
        rule=RULE,
        remark="主码流",
        made_by="station",
    )
    return replace(plain, **changes)


def custody(evidence_id: str = "clip-1", act: str = "sealed") -> CustodyLine:
    return CustodyLine(
        evidence_id=EvidenceId(evidence_id), at=NOW, who="station", act=act, detail={"sha256": "ef" * 32}
    )


def account(name: str = "wang", **changes: Any) -> Account:
    plain = Account(
        account_id=AccountId(name),
        sign_in_name=f"{name}-signs-in",
        display_name="王芳",
        role=Role.DISPATCHER,
        password_hash="$argon2id$…",
        is_active=False,
        failed_attempts=6,
        may_try_at=NOW + minutes(1),
        scope=Scope(areas=frozenset({"330199", "330105002"}), cameras=frozenset({CameraId("camera-1")})),
        totp_secret_name="totp-wang",
        totp_last_counter=59_772_480,
    )
    return replace(plain, **changes)


def shift(name: str = "shift-1", **changes: Any) -> Shift:
    plain = Shift(
        shift_id=ShiftId(name),
        account_id=AccountId("wang"),
        display_name="王芳",
        seat_id=SeatId("seat-2"),
        began_at=NOW,
    )
    return replace(plain, **changes)


def camera(name: str = "camera-1", **changes: Any) -> Camera:
    plain = Camera(
        camera_id=CameraId(name),
        number="0012",
        name="河东街口",
        place=PLACE,
        main_address="rtsp://127.0.0.1:8554/1/main",
        sub_address="rtsp://127.0.0.1:8554/1/sub",
        credentials_name="camera/1",
        transport="udp",
        speaker_ids=(SpeakerId("speaker-1"),),
        rules=(
            CameraRule(
                rule_id=RuleId("rule-1"),
                camera_id=CameraId(name),
                zone=Zone(name="门前禁停区", polygon=((0.1, 0.2), (0.6, 0.2), (0.5, 0.9))),
                category=PARKING,
                labels=("car", "truck"),
                dwell_s=60.0,
                minimum_score=0.4,
                region=(0.0, 0.25, 0.5, 0.75),
                looks_per_s=2.0,
                priority="high",
            ),
        ),
        code="14080200011320000012",
        owner="盐湖区城管局",
        kind=CameraKind.PTZ_BULLET,
        tags=("重点", "学校周边"),
    )
    return replace(plain, **changes)


def category(code: str = "09009", **changes: Any) -> Category:
    plain = Category(
        code=CategoryCode(code),
        standard="GB/T 47678.5-2026",
        zh="机动车乱停放",
        en="Vehicle parked where it may not",
        question_zh="车上有人吗？",
        question_en="Is somebody in it?",
        filing=(Condition(code="1", zh="停在禁停区", en="Inside a no-stopping zone"),),
        closing=(
            Condition(code="1", zh="已驶离", en="Driven away"),
            Condition(code="2", zh="拖走", en="Towed"),
        ),
        limit=Limit(Clock.CONTINUOUS, timedelta(hours=2)),
        code_30428_2="04-09",
        code_older="05-05",
        confusable=(CategoryCode("09012"), CategoryCode("09019")),
        urgency=Priority.HIGH,
        unit_zh="公安交管",
        unit_en="Traffic police",
        conditions_from="judgement",
        limit_from="judgement",
        hints_from="judgement",
    )
    return replace(plain, **changes)


def calendar() -> WorkingCalendar:
    return WorkingCalendar(
        zone=ZoneInfo("Asia/Shanghai"),
        hours=((time(9), time(12)), (time(13, 30), time(17, 30))),
        holidays=frozenset({date(2026, 10, 1), date(2026, 10, 2)}),
        make_up_days=frozenset({date(2026, 10, 10)}),
    )


def facts(**changes: Any) -> AuditFacts:
    plain = AuditFacts(
        at=NOW,
        who="王芳",
        seat_id="seat-2",
        verb="confirm",
        subject="alarm-1",
        detail={"category": "09009", "score": 0.1, "corners": (1, 2)},
    )
    return replace(plain, **changes)
