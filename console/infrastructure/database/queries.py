"""Rows for lists and pages: bare statements over indexed columns, no locks.

Long because every list and page has its statement here, so that the plans are read in one place.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Table,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from console.application.errors import Stale
from console.application.read_models import (
    EVIDENCE_MISSING,
    AlarmCard,
    AlarmRow,
    AuditQuery,
    Backlog,
    CasePage,
    CaseRow,
    DeliveryRow,
    MissingEvidence,
    RegisterRow,
)
from console.domain.accounts import EVERYWHERE, Scope
from console.domain.alarms import Alarm, AlarmStage, Priority, Source
from console.domain.cases import Case
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import AlarmId, CaseId
from console.domain.speaking import TalkSession
from console.domain.verifier_policy import UNLIKELY, Act
from console.infrastructure.database.audit_register import register
from console.infrastructure.database.engine import Database
from console.infrastructure.database.mapping import alarms as alarm_mapping
from console.infrastructure.database.mapping import cases as case_mapping
from console.infrastructure.database.mapping.evidence import item_in, talk_in
from console.infrastructure.database.repositories.evidence import items_with_fate
from console.infrastructure.database.scopes import alarm_covered, case_covered, covered
from console.infrastructure.database.tables import (
    ALARM_WAITS,
    CASE_IS_OPEN,
    ORDER_IS_PARKED,
    ORDER_WAITS,
    RECHECK_IS_ASKED,
    alarms,
    audit_lines,
    cameras,
    cases,
    categories,
    evidence_items,
    orders,
    rechecks,
    talks,
    units,
)
from console.infrastructure.database.types import UtcTime
from console.infrastructure.database.verifier_tables import IS_KEPT_OFF, seen_alarms

SAME_PLACE = timedelta(days=30)  # AlarmCard.alarms_here_30_days


class SqlQueries:
    """Keeps the promises of ``ports.Queries``. Safe from any thread; each call sees one moment of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def alarm_queue(self, now: datetime, most: int, scope: Scope = EVERYWHERE) -> Sequence[AlarmRow]:
        is_due = or_(alarms.c.postponed_until.is_(None), alarms.c.postponed_until <= now)
        unlikely = exists().where(
            seen_alarms.c.alarm_id == alarms.c.alarm_id,
            seen_alarms.c.act.in_([Act.RANK.value, Act.SAMPLE.value]),
            seen_alarms.c.probability < UNLIKELY,
        )
        statement = (
            _alarm_rows()
            .add_columns(alarms.c.priority_rank, unlikely.label("is_unlikely"))
            .where(ALARM_WAITS, is_due, ~IS_KEPT_OFF, alarm_covered(scope))
            .order_by(alarms.c.priority_rank, alarms.c.raised_at, alarms.c.alarm_id)
            .limit(most)
        )
        with self._database.reading() as connection:
            found = connection.execute(statement).mappings().all()
        # Put in order here, so that the index still gives the oldest first: nobody is kept waiting for ever.
        ranked = sorted(found, key=lambda row: (row["priority_rank"], row["is_unlikely"]))
        return [_alarm_row(row) for row in ranked]

    def alarm_card(self, alarm_id: AlarmId) -> AlarmCard:
        """Return the card. "Here" is its camera and zone, or its address without a camera, in the 30 days before."""
        statement = (
            _alarm_rows()
            .add_columns(
                alarms.c.zone_name,
                alarms.c.began_at,
                alarms.c.last_hit_at,
                alarms.c.rule,
                alarms.c.verdicts,
                alarms.c.case_id,
                alarms.c.grid_cell,
                alarms.c.street,
                alarms.c.community,
                alarms.c.said,
                cases.c.number.label("case_number"),
            )
            .outerjoin(cases, cases.c.case_id == alarms.c.case_id)
            .where(alarms.c.alarm_id == alarm_id)
        )
        with self._database.reading() as connection:
            row = connection.execute(statement).mappings().first()
            if row is None:
                raise Stale("This alarm is not there any more.")
            raised_here, confirmed_here = _raised_here(connection, row)
            is_here = (
                cases.c.camera_id == row["camera_id"]
                if row["camera_id"]
                else and_(cases.c.camera_id.is_(None), cases.c.address == row["address"])
            )
            open_here = connection.execute(
                select(cases.c.number)
                .where(CASE_IS_OPEN, is_here, cases.c.alarm_id != alarm_id)
                .order_by(cases.c.filed_at, cases.c.case_id)
            ).scalars()
            return AlarmCard(
                row=_alarm_row(row),
                address=row["address"],
                grid_cell=row["grid_cell"],
                street=row["street"],
                community=row["community"],
                said=tuple(alarm_mapping.said_in(said) for said in row["said"] or ()),
                began_at=row["began_at"],
                last_hit_at=row["last_hit_at"],
                rule=alarm_mapping.masked_rule_in(row["rule"]),
                evidence=_evidence_of(connection, evidence_items.c.subject_id == alarm_id),
                missing=_missing_of(connection, alarm_id),
                verdicts=alarm_mapping.verdicts_in(row["verdicts"]),
                case_id=row["case_id"] or "",
                case_number=row["case_number"] or "",
                open_cases_here=tuple(open_here),
                alarms_here_30_days=raised_here,
                confirmed_here_30_days=confirmed_here,
            )

    def case_list(
        self, most: int, scope: Scope = EVERYWHERE, *, before: tuple[datetime, str] | None = None
    ) -> Sequence[CaseRow]:
        """Return the newest cases; one that no camera saw is covered by its own grid cell."""
        statement = (
            _case_rows()
            .where(case_covered(scope))
            .order_by(cases.c.filed_at.desc(), cases.c.case_id.desc())
            .limit(most)
        )
        if before is not None:
            filed_at, case_id = before
            last_seen = tuple_(literal(filed_at, UtcTime()), literal(case_id))
            statement = statement.where(tuple_(cases.c.filed_at, cases.c.case_id) < last_seen)
        with self._database.reading() as connection:
            return [_case_row(row) for row in connection.execute(statement).mappings()]

    def case_page(self, case_id: CaseId) -> CasePage:
        """Return the page; its evidence is the case's own, its alarm's, its re-checks' and its talk sessions'."""
        statement = (
            _case_rows()
            .add_columns(
                cameras.c.number.label("camera_number"),
                cameras.c.name.label("camera_name"),
                alarms.c.rule,
            )
            .outerjoin(cameras, cameras.c.camera_id == cases.c.camera_id)
            .outerjoin(alarms, alarms.c.alarm_id == cases.c.alarm_id)
            .where(cases.c.case_id == case_id)
        )
        with self._database.reading() as connection:
            row = connection.execute(statement).mappings().first()
            whole = connection.execute(select(cases).where(cases.c.case_id == case_id)).mappings().first()
            if row is None or whole is None:
                raise Stale("This case is not there any more.")
            found = case_mapping.case_in(whole)
            looked_again = _of_case(connection, rechecks, case_id, rechecks.c.asked_at)
            spoken = _of_case(connection, talks, case_id, talks.c.ordered_at)
            subjects = {case_id, found.alarm_id}
            subjects.update(line["recheck_id"] for line in looked_again)
            subjects.update(line["talk_id"] for line in spoken)
            return CasePage(
                case=found,
                row=_case_row(row),
                camera_number=row["camera_number"] or "",
                camera_name=row["camera_name"] or "",
                rule=alarm_mapping.masked_rule_in(row["rule"]),
                evidence=_evidence_of(connection, evidence_items.c.subject_id.in_(sorted(subjects))),
                deliveries=tuple(_delivery(line) for line in _of_case(connection, orders, case_id, orders.c.made_at)),
                rechecks=tuple(case_mapping.recheck_in(line) for line in looked_again),
                talks=tuple(talk_in(line) for line in spoken),
            )

    def talk_log(self, most: int, scope: Scope = EVERYWHERE) -> Sequence[TalkSession]:
        """Return talk sessions, newest first."""
        statement = (
            select(talks)
            .where(covered(scope, talks.c.camera_id))
            .order_by(talks.c.ordered_at.desc(), talks.c.talk_id.desc())
            .limit(most)
        )
        with self._database.reading() as connection:
            return [talk_in(row) for row in connection.execute(statement).mappings()]

    def backlog(self) -> Backlog:
        def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
            return select(func.count()).where(condition).scalar_subquery()

        statement = select(
            counted(and_(ALARM_WAITS, ~IS_KEPT_OFF)).label("alarms_waiting"),
            counted(ORDER_WAITS).label("orders_waiting"),
            select(func.min(orders.c.made_at)).where(ORDER_WAITS).scalar_subquery().label("oldest_order_at"),
            counted(ORDER_IS_PARKED).label("orders_parked"),
            counted(RECHECK_IS_ASKED).label("rechecks_waiting"),
        )
        with self._database.reading() as connection:
            return Backlog(**connection.execute(statement).mappings().one())

    def audit_register(self, query: AuditQuery, most: int, *, before: int | None = None) -> Sequence[RegisterRow]:
        with self._database.reading() as connection:
            return register(connection, query, most, before)

    def alarms_between(self, begins_at: datetime, ends_at: datetime, scope: Scope = EVERYWHERE) -> Sequence[Alarm]:
        """Return the alarms raised in the span, in order."""
        statement = (
            select(alarms)
            .where(_within(alarms.c.raised_at, begins_at, ends_at), alarm_covered(scope))
            .order_by(alarms.c.raised_at, alarms.c.alarm_id)
        )
        with self._database.reading() as connection:
            return [alarm_mapping.alarm_in(row) for row in connection.execute(statement).mappings()]

    def cases_between(self, begins_at: datetime, ends_at: datetime, scope: Scope = EVERYWHERE) -> Sequence[Case]:
        moments = (cases.c.filed_at, cases.c.handled_at, cases.c.due_at, cases.c.closed_at)
        statement = (
            select(cases)
            .where(or_(*(_within(moment, begins_at, ends_at) for moment in moments)), case_covered(scope))
            .order_by(cases.c.filed_at, cases.c.case_id)
        )
        with self._database.reading() as connection:
            return [case_mapping.case_in(row) for row in connection.execute(statement).mappings()]

    def overdue_since(self, after: datetime, until: datetime) -> Sequence[CaseId]:
        statement = select(cases.c.case_id).where(CASE_IS_OPEN, cases.c.due_at > after, cases.c.due_at <= until)
        with self._database.reading() as connection:
            return [CaseId(case_id) for case_id in connection.execute(statement).scalars()]

    def talks_between(self, begins_at: datetime, ends_at: datetime, scope: Scope = EVERYWHERE) -> Sequence[TalkSession]:
        """Return the talk sessions ordered in the span, in order."""
        statement = (
            select(talks)
            .where(_within(talks.c.ordered_at, begins_at, ends_at), covered(scope, talks.c.camera_id))
            .order_by(talks.c.ordered_at, talks.c.talk_id)
        )
        with self._database.reading() as connection:
            return [talk_in(row) for row in connection.execute(statement).mappings()]


def _within(moment: ColumnElement[Any], begins_at: datetime, ends_at: datetime) -> ColumnElement[bool]:
    return and_(moment >= begins_at, moment < ends_at)


def _alarm_rows() -> Select[Any]:
    still = (
        select(evidence_items.c.path)
        .where(
            evidence_items.c.subject_id == alarms.c.alarm_id,
            evidence_items.c.kind == EvidenceKind.STILL.value,
        )
        .order_by(evidence_items.c.begins_at, evidence_items.c.evidence_id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            alarms.c.alarm_id,
            alarms.c.camera_id,
            cameras.c.number.label("camera_number"),
            cameras.c.name.label("camera_name"),
            alarms.c.category,
            categories.c.zh.label("category_zh"),
            categories.c.en.label("category_en"),
            alarms.c.source,
            alarms.c.address,
            alarms.c.priority,
            alarms.c.stage,
            alarms.c.raised_at,
            alarms.c.acknowledged_at,
            alarms.c.claim_display_name,
            alarms.c.claim_seat_id,
            alarms.c.claim_until,
            alarms.c.postponed_until,
            alarms.c.hits,
            still.label("still_path"),
        )
        .select_from(alarms)
        .outerjoin(cameras, cameras.c.camera_id == alarms.c.camera_id)
        .outerjoin(categories, categories.c.code == alarms.c.category)
    )


def _alarm_row(row: RowMapping) -> AlarmRow:
    return AlarmRow(
        alarm_id=row["alarm_id"],
        camera_id=row["camera_id"],
        camera_number=row["camera_number"] or "",
        camera_name=row["camera_name"] or "",
        category=row["category"],
        category_zh=row["category_zh"] or "",
        category_en=row["category_en"] or "",
        source=Source(row["source"]),
        address=row["address"],
        priority=Priority(row["priority"]),
        stage=AlarmStage(row["stage"]),
        raised_at=row["raised_at"],
        acknowledged_at=row["acknowledged_at"],
        claimed_by=row["claim_display_name"] or "",
        claimed_seat=row["claim_seat_id"] or "",
        claimed_until=row["claim_until"],
        postponed_until=row["postponed_until"],
        hits=row["hits"],
        still_path=row["still_path"] or "",
    )


def _raised_here(connection: Connection, row: RowMapping) -> tuple[int, int]:
    """Return how many earlier alarms the place had, and how many of them were confirmed."""
    is_here = alarms.c.zone_name == row["zone_name"] if row["camera_id"] else alarms.c.address == row["address"]
    is_confirmed = case((alarms.c.stage == AlarmStage.CONFIRMED.value, 1))
    raised, confirmed = connection.execute(
        select(func.count(), func.count(is_confirmed)).where(
            alarms.c.camera_id == row["camera_id"],
            is_here,
            _within(alarms.c.raised_at, row["raised_at"] - SAME_PLACE, row["raised_at"]),
        )
    ).one()
    return raised, confirmed


def _case_rows() -> Select[Any]:
    return (
        select(
            cases.c.case_id,
            cases.c.number,
            cases.c.category,
            categories.c.zh.label("category_zh"),
            categories.c.en.label("category_en"),
            cases.c.address,
            cases.c.stage,
            units.c.zh.label("unit_zh"),
            units.c.en.label("unit_en"),
            cases.c.filed_at,
            cases.c.due_at,
            cases.c.handled_at,
            cases.c.closed_at,
            cases.c.recheck,
            cases.c.near_at,
        )
        .select_from(cases)
        .outerjoin(categories, categories.c.code == cases.c.category)
        .outerjoin(units, units.c.unit_id == cases.c.unit_id)
    )


def _case_row(row: RowMapping) -> CaseRow:
    return CaseRow(
        case_id=row["case_id"],
        number=row["number"],
        category=row["category"],
        category_zh=row["category_zh"] or "",
        category_en=row["category_en"] or "",
        address=row["address"],
        stage=row["stage"],
        unit_zh=row["unit_zh"] or "",
        unit_en=row["unit_en"] or "",
        filed_at=row["filed_at"],
        due_at=row["due_at"],
        handled_at=row["handled_at"],
        closed_at=row["closed_at"],
        recheck=row["recheck"] or "",
        near_at=row["near_at"],
    )


def _delivery(row: RowMapping) -> DeliveryRow:
    return DeliveryRow(
        kind=row["kind"],
        stage=row["stage"],
        tries=row["tries"],
        made_at=row["made_at"],
        not_before=row["not_before"],
        next_try_at=row["next_try_at"],
        failure=row["failure"],
        delivered_at=row["delivered_at"],
    )


def _of_case(connection: Connection, table: Table, case_id: CaseId, moment: ColumnElement[Any]) -> Sequence[RowMapping]:
    statement = select(table).where(table.c.case_id == case_id).order_by(moment)
    return connection.execute(statement).mappings().all()


def _missing_of(connection: Connection, alarm_id: AlarmId) -> tuple[MissingEvidence, ...]:
    """Return what the audit trail says could not be kept for an alarm."""
    lines = connection.execute(
        select(audit_lines.c.detail)
        .where(audit_lines.c.subject == alarm_id, audit_lines.c.verb == EVIDENCE_MISSING)
        .order_by(audit_lines.c.position)
    ).scalars()
    return tuple(
        MissingEvidence(kind=told["kind"], remark=told["remark"], sentence=told["reason"], values=told["values"])
        for told in map(json.loads, lines)
    )


def _evidence_of(connection: Connection, condition: ColumnElement[bool]) -> tuple[EvidenceItem, ...]:
    statement = items_with_fate().where(condition).order_by(evidence_items.c.begins_at, evidence_items.c.evidence_id)
    return tuple(item_in(row) for row in connection.execute(statement).mappings())
