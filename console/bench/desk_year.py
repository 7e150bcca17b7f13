"""What happens in a city in a year, drawn by a seed: the rows of one alarm and one case a turn.

Shares and rhythms are judgement; they only have to look like a city: matters and cameras are unevenly busy, most is
long closed, a bad day waits.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from console.domain.alarms import Alarm, AlarmStage, DismissReason, Priority, Said, Source, Verdict
from console.domain.audit import NOTHING_BEFORE, AuditFacts, written
from console.domain.cameras import Camera
from console.domain.cases import Act, Case, CaseStep, Stage
from console.domain.categories import Category
from console.domain.deadlines import Clock
from console.domain.evidence import EvidenceItem, EvidenceKind, RuleFacts
from console.domain.ids import AccountId, AlarmId, CaseId, CategoryCode, EvidenceId, RuleId, UnitId
from console.domain.outbox import Order, OrderKind, OrderStage
from console.domain.places import Place
from console.domain.retention import Lock, LockKind
from console.infrastructure.database.mapping.alarms import row_of as row_of_alarm
from console.infrastructure.database.mapping.cases import row_of as row_of_case
from console.infrastructure.database.mapping.cases import row_of_order
from console.infrastructure.database.mapping.evidence import row_of as row_of_item
from console.infrastructure.database.mapping.people import row_of_line
from console.infrastructure.database.mapping.retention import row_of_lock
from console.infrastructure.database.retention_tables import locks
from console.infrastructure.database.tables import alarms, audit_lines, cases, evidence_items, inbox, orders

Kind = TypeVar("Kind")

ZONE = ZoneInfo("Asia/Shanghai")
WITH_EVIDENCE = timedelta(days=90)
A_BAD_DAY = 2_000  # alarms that wait for a verdict; a screen asks for 500
UNITS = 40

_SOURCES = {Source.VIDEO: 70, Source.CITIZEN: 12, Source.HOTLINE: 8, Source.SENSOR: 5, Source.PATROL: 4, Source.SEAT: 1}
_VERDICTS = {AlarmStage.CONFIRMED: 62, AlarmStage.DISMISSED: 30, AlarmStage.MERGED: 8}
_PRIORITIES = {Priority.HIGH: 5, Priority.MEDIUM: 70, Priority.LOW: 25}
_TEXTS = ("车辆占道停放", "夜里施工噪声很大", "井盖松动", "垃圾满了没有人收", "店外经营堵住人行道", "路灯不亮")
_PEOPLE = ("李文静", "王磊", "陈建国", "周敏", "赵强", "孙浩", "吴芳", "刘洋", "黄婷", "徐伟")
_ZONE_POLYGON = ((0.1, 0.2), (0.6, 0.2), (0.6, 0.8), (0.1, 0.8))
_MODEL_DIGEST = "c3" * 32


class Year:
    """Draws one alarm and one case a turn: the alarm's own where it was confirmed, else one of the book before.

    Attributes:
        taken: the last number of each day's cases.
        waiting: alarms that wait for a verdict with their matters, the oldest first.
        some_cases: of all ages and stages, with when each was filed.
    """

    def __init__(
        self,
        rows: int,
        ends_at: datetime,
        streets: Sequence[Camera],
        matters: Sequence[Category],
        chance: random.Random,
    ) -> None:
        self._streets, self._matters = streets, matters
        self._by_code = {matter.code: matter for matter in matters}
        self._ends_at = ends_at
        self._chance = chance
        self._position, self._before = 0, NOTHING_BEFORE
        self._waits_from = rows - min(A_BAD_DAY, rows // 5)
        self._kept_every = max(1, rows // 1000)
        self.taken: dict[str, int] = {}
        self.waiting: list[tuple[AlarmId, CategoryCode]] = []
        self.some_cases: list[tuple[datetime, CaseId]] = []

    def turn(self, number: int, at: datetime) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Give the rows of a turn, with their tables, in an order that keys allow."""
        alarm = self._alarm(number, at)
        case: Case | None = None
        if alarm.stage is AlarmStage.CONFIRMED:
            case = self._case(alarm, alarm.verdicts[-1].at, alarm.verdicts[-1].filing_condition)
            alarm.case_id = case.case_id
        yield alarms, {**row_of_alarm(alarm), "raised_category": alarm.category}
        yield inbox, {"source": "rule hit", "answer_id": alarm.hit_id, "taken_at": at}
        stills = []
        if alarm.source is Source.VIDEO and self._ends_at - at < WITH_EVIDENCE:
            for kind in (EvidenceKind.STILL, EvidenceKind.CLIP):
                item = self._item(alarm, kind)
                stills.append(item)
                yield evidence_items, row_of_item(item)
        yield (
            audit_lines,
            self._line("raise_alarm", "station", at, alarm.alarm_id, alarm.camera_id or "", hit=alarm.hit_id),
        )
        filed = case if case is not None else self._case_of_the_book(at)
        yield cases, row_of_case(filed)
        yield orders, row_of_order(self._order(filed, number))
        if case is not None:
            for item in stills:
                yield locks, row_of_lock(self._lock(case, LockKind.EVIDENCE, evidence_id=item.evidence_id))
            if alarm.camera_id is not None:
                span = {"camera_id": alarm.camera_id, "from_at": alarm.began_at, "to_at": alarm.last_hit_at}
                yield locks, row_of_lock(self._lock(case, LockKind.SPAN, **span))
        who = f"{self._chance.choice(_PEOPLE)} ({filed.filed_by})"
        yield audit_lines, self._line("file", who, filed.filed_at, filed.case_id, filed.camera_id or "", filed.case_id)
        if number % self._kept_every == 0:
            self.some_cases.append((filed.filed_at, filed.case_id))
        if alarm.stage is AlarmStage.WAITING:
            self.waiting.append((alarm.alarm_id, alarm.category))

    # ---- alarms ----------------------------------------------------------------------------------------------

    def _alarm(self, number: int, at: datetime) -> Alarm:
        chance = self._chance
        camera, matter = self._camera(), self._matter()
        source = _drawn(chance, _SOURCES)
        is_seen = source is Source.VIDEO
        place = camera.place if is_seen else beside(camera.place, chance)
        alarm = Alarm(
            alarm_id=AlarmId(self._name()),
            hit_id=self._name(),
            camera_id=camera.camera_id if is_seen or source is Source.SEAT else None,
            place=place,
            category=matter.code,
            priority=_drawn(chance, _PRIORITIES),
            source=source,
            raised_at=at,
            began_at=at - timedelta(seconds=chance.uniform(10, 300)),
            last_hit_at=at + timedelta(seconds=chance.uniform(0, 600)),
            rule=facts_of_a_rule(chance) if is_seen else None,
            media_time_s=chance.uniform(0, 86_400),
            hits=1 + int(chance.expovariate(0.5)),
        )
        if not is_seen:
            alarm.said.append(
                Said(report_id=alarm.hit_id, source=source, at=at, text=chance.choice(_TEXTS), name="", contact="")
            )
        if number < self._waits_from:
            self._decide(alarm, matter)
        return alarm

    def _decide(self, alarm: Alarm, matter: Category) -> None:
        chance, person = self._chance, self._chance.randrange(len(_PEOPLE))
        at = min(alarm.raised_at + timedelta(seconds=5 + chance.expovariate(1 / 120)), self._ends_at)
        stage = _drawn(chance, _VERDICTS)
        is_confirmed = stage is AlarmStage.CONFIRMED
        alarm.stage = stage
        alarm.acknowledged_at, alarm.acknowledged_by = at, _PEOPLE[person]
        alarm.verdicts.append(
            Verdict(
                stage=stage,
                at=at,
                account_id=AccountId(f"account-{person}"),
                display_name=_PEOPLE[person],
                category=matter.code if is_confirmed else None,
                filing_condition=chance.choice(matter.filing).code if is_confirmed else "",
                reason=chance.choice(list(DismissReason)) if stage is AlarmStage.DISMISSED else None,
                merged_into=self._name() if stage is AlarmStage.MERGED else "",
            )
        )

    def _item(self, alarm: Alarm, kind: EvidenceKind) -> EvidenceItem:
        name = self._name()
        return EvidenceItem(
            evidence_id=EvidenceId(name),
            kind=kind,
            subject_id=alarm.alarm_id,
            path=f"evidence/{alarm.raised_at:%Y/%m/%d}/{name}.{'jpg' if kind is EvidenceKind.STILL else 'mp4'}",
            sha256=name * 2,
            size_bytes=self._chance.randrange(80_000, 4_000_000),
            begins_at=alarm.began_at,
            duration_s=0.0 if kind is EvidenceKind.STILL else 20.0,
            camera_id=alarm.camera_id,
            width=640,
            height=360,
            rule=alarm.rule,
            made_by="station",
        )

    # ---- cases -----------------------------------------------------------------------------------------------

    def _case_of_the_book(self, at: datetime) -> Case:
        """Return a case that was taken over with its number, its alarm not."""
        matter, camera = self._matter(), self._camera()
        alarm = Alarm(
            alarm_id=AlarmId(self._name()),
            hit_id="",
            camera_id=None,
            place=beside(camera.place, self._chance),
            category=matter.code,
            priority=Priority.MEDIUM,
            source=Source.HOTLINE,
            raised_at=at,
            began_at=at,
            last_hit_at=at,
            rule=None,
        )
        return self._case(alarm, at, self._chance.choice(matter.filing).code)

    def _case(self, alarm: Alarm, at: datetime, condition: str) -> Case:
        chance = self._chance
        matter = self._by_code[alarm.category]
        day = at.astimezone(ZONE).strftime("%Y%m%d")
        self.taken[day] = self.taken.get(day, 0) + 1
        person = chance.randrange(len(_PEOPLE))
        case = Case(
            case_id=CaseId(self._name()),
            number=f"{day}-{self.taken[day]:04d}",
            alarm_id=alarm.alarm_id,
            category=alarm.category,
            filing_condition=condition,
            place=alarm.place,
            filed_at=at,
            filed_by=AccountId(f"account-{person}"),
            camera_id=alarm.camera_id,
            rule_id=RuleId(alarm.rule.rule_id) if alarm.rule is not None else None,
            unit_id=UnitId(f"unit-{chance.randrange(UNITS)}"),
            routed_at=at,
            stage=Stage.ROUTED,
        )
        # Working hours are eight of twenty-four; that a weekend is in between changes no figure here.
        days = 3 if matter.limit.clock is Clock.WORKING else 1
        case.clock, case.allowed = matter.limit.clock, matter.limit.amount
        case.near_at, case.due_at = at + 0.8 * days * matter.limit.amount, at + days * matter.limit.amount
        self._walk(case, alarm, person)
        return case

    def _walk(self, case: Case, alarm: Alarm, person: int) -> None:
        """Let a case come as far as it has by the end of the year."""
        chance, end = self._chance, self._ends_at
        assert case.due_at is not None
        who = _PEOPLE[person]

        def note(act: Act, at: datetime, by: str, **said: Any) -> None:
            case.steps.append(CaseStep(act=act, at=at, who=by, facts=said))

        note(Act.FOUND, alarm.raised_at, alarm.source.value, camera=alarm.camera_id or "", zone="")
        note(Act.CONFIRMED, case.filed_at, who, seconds=30.0)
        note(Act.FILED, case.filed_at, who, number=case.number, condition=case.filing_condition)
        note(Act.ROUTED, case.filed_at, who, unit=case.unit_id, accepted=True)
        delivered_at = case.filed_at + timedelta(seconds=chance.uniform(10, 40))
        if delivered_at > end:
            return
        case.stage, case.receipt = Stage.DELIVERED, f"R-{case.number}"
        note(Act.DELIVERED, delivered_at, "station", receipt=case.receipt)
        handled_at = delivered_at + (case.due_at - case.filed_at) * min(chance.expovariate(2.5), 4.0)
        if handled_at > end:
            return
        case.stage, case.handled_at = Stage.HANDLED, handled_at
        note(Act.ANSWERED, handled_at, str(case.unit_id), says="done")
        closed_at = handled_at + timedelta(hours=chance.expovariate(1 / 6))
        if closed_at > end:
            return
        case.stage, case.closed_at, case.closing_condition = Stage.CLOSED, closed_at, "done"
        note(Act.CLOSED, closed_at, who, condition="done")

    def _order(self, case: Case, number: int) -> Order:
        is_there = case.stage is not Stage.ROUTED
        return Order(
            order_id=self._name(),
            kind=OrderKind.SUBMIT,
            case_id=case.case_id,
            unit_id=case.unit_id or UnitId(""),
            idempotency_key=self._name(),
            body={
                "case_number": case.number,
                "service_code": case.category,
                "address": case.place.address,
                "grid_cell": case.place.grid_cell,
                "due_at": case.due_at.isoformat() if case.due_at else "",
                "condition": case.filing_condition,
            },
            made_at=case.filed_at,
            not_before=case.filed_at,
            tries=1 if is_there else 0,
            stage=OrderStage.DELIVERED if is_there else OrderStage.PARKED if number % 7 == 0 else OrderStage.WAITING,
            receipt=case.receipt,
            delivered_at=case.filed_at if is_there else None,
        )

    def _lock(self, case: Case, kind: LockKind, **what: Any) -> Lock:
        return Lock(
            lock_id=self._name(),
            kind=kind,
            case_id=case.case_id,
            reason=case.number,
            by=case.filed_by,
            at=case.filed_at,
            **what,
        )

    def _line(
        self, verb: str, who: str, at: datetime, subject: str, camera_id: str, case_id: str = "", **detail: str
    ) -> dict[str, Any]:
        facts = AuditFacts(
            at=at, who=who, seat_id="", verb=verb, subject=subject, detail=detail, camera_id=camera_id, case_id=case_id
        )
        self._position += 1
        line = written(self._position, facts, self._before)
        self._before = line.digest
        return row_of_line(line)

    # ---- drawing ---------------------------------------------------------------------------------------------

    def _camera(self) -> Camera:
        """Return a camera; the busiest of 62,500 is drawn eleven times a day, most of them once a month."""
        return self._streets[int(len(self._streets) * self._chance.random() ** 2)]

    def _matter(self) -> Category:
        """Return a matter; a tenth of them makes up half."""
        return self._matters[int(len(self._matters) * self._chance.random() ** 3)]

    def _name(self) -> str:
        return f"{self._chance.getrandbits(128):032x}"


def _drawn(chance: random.Random, shares: Mapping[Kind, int]) -> Kind:
    return chance.choices(list(shares), list(shares.values()))[0]


def beside(place: Place, chance: random.Random) -> Place:
    """Return somewhere near a camera, as people name it: some doors are named again and again."""
    assert place.longitude is not None and place.latitude is not None
    return replace(
        place,
        address=f"{place.address}{1 + int(60 * chance.random() ** 3)}号",
        longitude=place.longitude + chance.uniform(-0.002, 0.002),
        latitude=place.latitude + chance.uniform(-0.002, 0.002),
    )


def facts_of_a_rule(chance: random.Random) -> RuleFacts:
    number = chance.randrange(1, 3)
    return RuleFacts(
        rule_id=f"rule-{number}",
        zone_name=f"zone-{number}",
        polygon=_ZONE_POLYGON,
        box=(0.2, 0.3, 0.4, 0.5),
        label="car",
        score=round(chance.uniform(0.4, 0.99), 3),
        mean_score=round(chance.uniform(0.4, 0.9), 3),
        dwell_s=round(chance.uniform(10, 300), 1),
        model_name="street",
        model_sha256=_MODEL_DIGEST,
        device="CPU",
        precision="bf16",
        reasons=(("dwell_s", 30.0), ("least_s", 10.0)),
    )
