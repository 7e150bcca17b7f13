"""What a seat can do with a case: file, route, take back, close, send back.

Long because one case's way from an alarm to its end, and what is written with each step, is read in one go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from console.application.alarm_review import Filing, confirm_within
from console.application.case_locks import lock_case, unlock_case
from console.application.case_orders import hold_back, order_of
from console.application.fault_filing import alarm_of_fault, unit_of_owner, words_of
from console.application.openings import Openings
from console.application.permissions import Gate
from console.application.ports import Clock, Queries, UnitOfWork, UnitsOfWork
from console.application.read_models import CasePage, CaseRow
from console.domain.accounts import Actor, Verb
from console.domain.alarms import Alarm, AlarmStage, Priority
from console.domain.audit import AuditFacts
from console.domain.camera_faults import OUT_OF_ORDER
from console.domain.cases import Act, Case, CaseStep, Stage
from console.domain.categories import Category
from console.domain.deadlines import Countdown
from console.domain.errors import DomainError, TransitionRefused
from console.domain.ids import AlarmId, CaseId, CategoryCode, RuleId, UnitId, new_id
from console.domain.outbox import Order, OrderKind, OrderStage
from console.domain.places import Place
from console.domain.routing import Proposal, propose

CASES_A_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSettings:
    """How this city counts and waits.

    Attributes:
        number_template: filled with ``day`` (``20261122``, local) and ``sequence`` (from 1 each day).
        undo: how long an order waits before it leaves; high priority leaves at once.
    """

    zone: ZoneInfo
    number_template: str = "{day}-{sequence:04d}"
    undo: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledCase:
    case_id: CaseId
    number: str
    unit_id: UnitId
    due_at: datetime
    leaves_at: datetime


class CaseDesk:
    """The case desk. Case, audit row and outbox row share one transaction. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, queries: Queries, gate: Gate, clock: Clock, settings: CaseSettings) -> None:
        self._units = units
        self._queries = queries
        self._gate = gate
        self._clock = clock
        self._settings = settings
        self._openings = Openings(units, gate)

    def list(self, actor: Actor, before: tuple[datetime, str] | None = None) -> Sequence[CaseRow]:
        """Return the newest cases where the actor may see them, or those after the key of the last one seen."""
        actor = self._gate.require(actor, Verb.SEE_CASES, "cases")
        return self._queries.case_list(CASES_A_PAGE, actor.scope, before=before)

    def page(self, actor: Actor, case_id: CaseId) -> CasePage:
        """Return what the case page shows; that it was opened is written down once."""
        self._require(actor, Verb.SEE_CASES, case_id)
        page = self._queries.case_page(case_id)
        self._openings.note(actor, "open_case", case_id, camera_id=page.case.camera_id, case_id=case_id)
        return page

    def propose(self, category: CategoryCode, place: Place) -> Proposal | None:
        """Return who would get it now, and which line of the table says so."""
        with self._units.read() as unit:
            return propose(unit.directory.routing(), category, place, self._local())

    def file(self, actor: Actor, alarm_id: AlarmId, unit_id: UnitId | None = None, reason: str = "") -> FiledCase:
        """File a confirmed alarm as a case and send it to a unit; the order leaves after the undo window.

        Args:
            unit_id: another unit than the proposed one, then with a ``reason``.

        Raises:
            TransitionRefused: the alarm is not confirmed, or is a case already.
            DomainError: no line of the routing table answers, or an override has no reason.
            Stale: somebody was faster.
        """
        self._require_of_alarm(actor, alarm_id, Verb.FILE, Verb.ROUTE)
        with self._units.write() as unit:
            filed = self._file_alarm(unit, actor, unit.alarms.get(alarm_id), unit_id, reason)
            unit.commit()
        return filed

    def confirm_and_file(
        self, actor: Actor, alarm_id: AlarmId, filing: Filing, unit_id: UnitId | None = None, reason: str = ""
    ) -> FiledCase:
        """Confirm an alarm and file it, both or neither: whoever dies in between leaves it waiting for a verdict.

        Args:
            unit_id, reason: as of ``file``.

        Raises:
            IncompleteFiling: no condition.
            TransitionRefused: the alarm is decided already, or another operator holds it.
            DomainError: no line of the routing table answers, or an override has no reason.
            Stale: somebody was faster.
        """
        self._require_of_alarm(actor, alarm_id, Verb.FILE, Verb.ROUTE, Verb.REVIEW)
        with self._units.write() as unit:
            confirm_within(unit, self._gate, actor, alarm_id, filing, self._clock.now())
            filed = self._file_alarm(unit, actor, unit.alarms.get(alarm_id), unit_id, reason)
            unit.commit()
        return filed

    def _file_alarm(
        self, unit: UnitOfWork, actor: Actor, alarm: Alarm, unit_id: UnitId | None, reason: str
    ) -> FiledCase:
        if alarm.stage is not AlarmStage.CONFIRMED:
            raise TransitionRefused("Only a confirmed alarm can be filed.")
        if alarm.case_id is not None:
            raise TransitionRefused("This alarm is a case already.")
        proposal = propose(unit.directory.routing(), alarm.category, alarm.place, self._local())
        return self._file(unit, actor, alarm, alarm.place, proposal, _chosen(proposal, unit_id, reason), reason)

    def file_fault(self, actor: Actor, fault_id: str) -> FiledCase:
        """File a camera that is out of order and send it to whoever answers for the device.

        That is the unit the directory names as the camera's owner, else the one the routing table answers with. The
        pictures sealed under the fault (the ill one and how it should look) are the evidence.

        Raises:
            TransitionRefused: the camera has such a case open.
            DomainError: no unit answers for it.
            Stale: somebody was faster, or the fault is not there.
        """
        with self._units.read() as unit:
            camera_id = unit.sight.fault(fault_id).camera_id
        for verb in (Verb.FILE, Verb.ROUTE):
            self._gate.require(actor, verb, fault_id, camera_id=camera_id)
        now = self._clock.now()
        with self._units.write() as unit:
            fault = unit.sight.fault(fault_id)
            open_case = unit.cases.open_about(camera_id, OUT_OF_ORDER)
            if open_case is not None:
                raise TransitionRefused("This camera is filed already: {number}.", number=open_case.number)
            camera = unit.directory.camera(camera_id)
            proposal = propose(unit.directory.routing(), OUT_OF_ORDER, camera.place, self._local())
            owner = unit_of_owner(camera.owner, unit.directory.units())
            if owner is None and proposal is None:
                raise DomainError(
                    "No unit answers for camera {name}: write its owner into the directory.", name=camera.name
                )
            alarm = alarm_of_fault(unit, fault, actor, now)
            chosen = owner or _chosen(proposal, None, "")
            filed = self._file(
                unit, actor, alarm, camera.place, proposal, chosen, remark=words_of(fault, self._settings.zone)
            )
            unit.commit()
        return filed

    def _file(
        self,
        unit: UnitOfWork,
        actor: Actor,
        alarm: Alarm,
        place: Place,
        proposal: Proposal | None,
        chosen: UnitId,
        reason: str = "",
        remark: str = "",
    ) -> FiledCase:
        """Make a case of a confirmed alarm within the caller's transaction."""
        now = self._clock.now()
        category = unit.directory.category(alarm.category)
        day = self._local().strftime("%Y%m%d")
        number = self._settings.number_template.format(day=day, sequence=unit.cases.next_of_day(day))
        case = self._new_case(alarm, place, number, actor, now)
        countdown = Countdown.begin(now, category.limit, unit.directory.calendar())
        due = countdown.due_at
        facts: dict[str, Any] = {
            "unit": chosen,
            "accepted": proposal is not None and proposal.unit_id == chosen,
        }
        if reason:
            facts["reason"] = reason
        case.route(chosen, due, CaseStep(act=Act.ROUTED, at=now, who=actor.display_name, facts=facts))
        case.start_clock(countdown)
        unit.cases.add(case)
        lock_case(unit, case, alarm, actor.display_name, now)
        alarm.case_id = case.case_id
        unit.alarms.save(alarm)
        leaves_at = now if alarm.priority is Priority.HIGH else now + self._settings.undo
        unit.orders.add(self._order(unit, case, category, OrderKind.SUBMIT, leaves_at, remark=remark))
        unit.audit.append(self._about(actor, "file", case, reason=reason, number=number, unit=chosen))
        return FiledCase(case_id=case.case_id, number=number, unit_id=chosen, due_at=due, leaves_at=leaves_at)

    def undo_filing(self, actor: Actor, case_id: CaseId) -> None:
        """Take a filing back. An order that has not left is withdrawn; one that has is recalled at the unit.

        The alarm waits again for a verdict.

        Raises:
            TransitionRefused: the unit has answered already, or the case is closed.
        """
        self._require(actor, Verb.FILE, case_id)
        now = self._clock.now()
        with self._units.write() as unit:
            case = unit.cases.get(case_id)
            has_left = hold_back(unit, case)
            act = Act.RECALLED if has_left else Act.WITHDRAWN
            case.withdraw(CaseStep(act=act, at=now, who=actor.display_name))
            unit.cases.save(case)
            unlock_case(unit, case_id, actor.display_name, "filing taken back", now)
            if has_left and case.unit_id is not None:
                category = unit.directory.category(case.category)
                unit.orders.add(self._order(unit, case, category, OrderKind.RECALL, now))
            alarm = unit.alarms.get(case.alarm_id)
            alarm.case_id = None
            alarm.stage = AlarmStage.WAITING
            unit.alarms.save(alarm)
            unit.audit.append(self._about(actor, "undo_filing", case, recalled=int(has_left)))
            unit.commit()

    def close(self, actor: Actor, case_id: CaseId, closing_condition: str) -> None:
        """Close by one of the matter's closing conditions.

        Raises:
            IncompleteFiling: no condition. TransitionRefused: the unit has not answered. Stale: somebody was faster.
        """
        self._require(actor, Verb.CLOSE, case_id)
        with self._units.write() as unit:
            case = unit.cases.get(case_id)
            if closing_condition:
                unit.directory.category(case.category).closing_condition(closing_condition)
            step = CaseStep(
                act=Act.CLOSED,
                at=self._clock.now(),
                who=actor.display_name,
                facts={"condition": closing_condition},
            )
            case.close(closing_condition, step)
            unit.cases.save(case)
            unit.audit.append(self._about(actor, "close", case, condition=closing_condition))
            unit.commit()

    def rework(self, actor: Actor, case_id: CaseId, reason: str) -> None:
        """Send it back to the same unit with a reason; its clock goes on.

        Raises:
            IncompleteFiling: no reason. TransitionRefused: the unit has not answered. Stale: somebody was faster.
        """
        self._require(actor, Verb.CLOSE, case_id)
        now = self._clock.now()
        with self._units.write() as unit:
            case = unit.cases.get(case_id)
            case.rework(
                reason,
                CaseStep(act=Act.REWORKED, at=now, who=actor.display_name, facts={"reason": reason}),
            )
            unit.cases.save(case)
            category = unit.directory.category(case.category)
            unit.orders.add(self._order(unit, case, category, OrderKind.REWORK, now, remark=reason))
            unit.audit.append(self._about(actor, "rework", case, reason=reason))
            unit.commit()

    def reroute(self, actor: Actor, case_id: CaseId, unit_id: UnitId, reason: str) -> None:
        """Send a case that its unit returned to another one; its deadline stays.

        Raises:
            TransitionRefused: it is with a unit. DomainError: no reason.
        """
        self._require(actor, Verb.ROUTE, case_id)
        if not reason:
            raise DomainError("Say why another unit gets it.")
        now = self._clock.now()
        with self._units.write() as unit:
            case = unit.cases.get(case_id)
            if case.stage is not Stage.FILED:
                raise TransitionRefused("This case is with a unit.")
            step = CaseStep(act=Act.ROUTED, at=now, who=actor.display_name, facts={"unit": unit_id, "reason": reason})
            case.route(unit_id, case.due_at or now, step)
            unit.cases.save(case)
            category = unit.directory.category(case.category)
            unit.orders.add(self._order(unit, case, category, OrderKind.SUBMIT, now))
            unit.audit.append(self._about(actor, "reroute", case, reason=reason, unit=unit_id))
            unit.commit()

    def resend(self, actor: Actor, case_id: CaseId) -> None:
        """Try a parked order again."""
        self._require(actor, Verb.ROUTE, case_id)
        with self._units.write() as unit:
            for order in unit.orders.of_case(case_id):
                if order.stage is OrderStage.PARKED:
                    order.stage = OrderStage.WAITING
                    order.tries = 0
                    order.next_try_at = self._clock.now()
                    unit.orders.save(order)
            unit.audit.append(self._about(actor, "resend", unit.cases.get(case_id)))
            unit.commit()

    def _about(self, actor: Actor, verb: str, case: Case, *, reason: str = "", **detail: str | int) -> AuditFacts:
        return self._gate.facts(
            actor,
            verb,
            case.case_id,
            camera_id=case.camera_id,
            from_at=None,
            to_at=None,
            reason=reason,
            case_id=case.case_id,
            **detail,
        )

    def _require(self, actor: Actor, verb: Verb, case_id: CaseId) -> None:
        with self._units.read() as unit:
            case = unit.cases.get(case_id)
        self._gate.require(actor, verb, case_id, place=case.place, camera_id=case.camera_id)

    def _require_of_alarm(self, actor: Actor, alarm_id: AlarmId, *verbs: Verb) -> None:
        with self._units.read() as unit:
            alarm = unit.alarms.get(alarm_id)
        for verb in verbs:
            self._gate.require(actor, verb, alarm_id, place=alarm.place, camera_id=alarm.camera_id)

    def _local(self) -> datetime:
        return self._clock.now().astimezone(self._settings.zone)

    def _new_case(self, alarm: Alarm, place: Place, number: str, actor: Actor, now: datetime) -> Case:
        verdict = alarm.verdicts[-1]
        found = CaseStep(
            act=Act.FOUND,
            at=alarm.raised_at,
            who=alarm.source.value,
            facts={"camera": alarm.camera_id or "", "zone": alarm.rule.zone_name if alarm.rule else ""},
        )
        confirmed = CaseStep(
            act=Act.CONFIRMED,
            at=verdict.at,
            who=verdict.display_name,
            facts={"seconds": (verdict.at - alarm.raised_at).total_seconds()},
        )
        filed = CaseStep(
            act=Act.FILED,
            at=now,
            who=actor.display_name,
            facts={"number": number, "condition": verdict.filing_condition},
        )
        return Case(
            case_id=CaseId(new_id()),
            number=number,
            alarm_id=alarm.alarm_id,
            category=alarm.category,
            filing_condition=verdict.filing_condition,
            place=place,
            filed_at=now,
            filed_by=actor.account_id,
            camera_id=alarm.camera_id,
            rule_id=RuleId(alarm.rule.rule_id) if alarm.rule else None,
            steps=[found, confirmed, filed],
        )

    def _order(
        self,
        unit: UnitOfWork,
        case: Case,
        category: Category,
        kind: OrderKind,
        leaves_at: datetime,
        remark: str = "",
    ) -> Order:
        return order_of(unit, case, category, kind, leaves_at, self._clock.now(), remark)


def _chosen(proposal: Proposal | None, unit_id: UnitId | None, reason: str) -> UnitId:
    if unit_id is None or (proposal is not None and proposal.unit_id == unit_id):
        if proposal is None:
            raise DomainError("No unit answers for this matter here. Choose one (R).")
        return proposal.unit_id
    if not reason:
        raise DomainError("Say why another unit gets it.")
    return unit_id
