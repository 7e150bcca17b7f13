"""What is done to a case's time, and to a case that should not be one: extend, suspend, urge, void, appeal."""

from collections.abc import Callable
from datetime import datetime

from console.application.case_locks import unlock_case
from console.application.case_orders import hold_back, order_of
from console.application.permissions import Gate
from console.application.ports import Clock, UnitOfWork, UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.cases import Case, CaseStep
from console.domain.ids import CaseId
from console.domain.outbox import OrderKind
from console.domain.steps import RULES, Act, Stage

# Who may take a step, the table of steps says.
_ASKS = {rule.act: rule.by for rule in RULES if isinstance(rule.by, Verb)}


class CaseClockDesk:
    """Acts on a case's clock. Case, audit row and outbox row share one transaction. Safe from any thread.

    Every act raises ``NotPermitted`` by the table of steps, ``IncompleteFiling`` without a reason where one is needed,
    ``TransitionRefused`` where the case stands elsewhere, and ``Stale`` if somebody was faster.
    """

    def __init__(self, units: UnitsOfWork, gate: Gate, clock: Clock) -> None:
        self._units = units
        self._gate = gate
        self._clock = clock

    def extend(self, actor: Actor, case_id: CaseId, reason: str) -> None:
        """Give it one more original limit; at most twice, and not when its time is over."""

        def do(unit: UnitOfWork, case: Case, step: CaseStep) -> None:
            case.extend(unit.directory.calendar(), step)

        self._take(actor, case_id, Act.EXTENDED, "extend_case", do, {"reason": reason})

    def suspend(self, actor: Actor, case_id: CaseId, until: datetime, reason: str) -> None:
        """Let its clock stand still until then; once, and at most a year.

        Args:
            until: aware.
        """

        def do(unit: UnitOfWork, case: Case, step: CaseStep) -> None:
            case.suspend(until, unit.directory.calendar(), step)

        facts = {"reason": reason, "until": until.isoformat()}
        self._take(actor, case_id, Act.SUSPENDED, "suspend_case", do, facts)

    def resume(self, actor: Actor, case_id: CaseId) -> None:
        """Let it run on before the suspension ends."""

        def do(unit: UnitOfWork, case: Case, step: CaseStep) -> None:
            case.resume(unit.directory.calendar(), step)

        self._take(actor, case_id, Act.RESUMED, "resume_case", do, {})

    def urge(self, actor: Actor, case_id: CaseId, reason: str) -> None:
        """Remind its unit: an order of its own leaves, with the reason."""

        def do(unit: UnitOfWork, case: Case, step: CaseStep) -> None:
            case.urge(step)
            self._order(unit, case, OrderKind.URGE, step.at, reason)

        self._take(actor, case_id, Act.URGED, "urge_case", do, {"reason": reason})

    def void(self, actor: Actor, case_id: CaseId, reason: str) -> None:
        """End a case that should never have been one. What has left for a unit that has not answered is recalled."""

        def do(unit: UnitOfWork, case: Case, step: CaseStep) -> None:
            is_with_unit = case.stage in (Stage.ROUTED, Stage.DELIVERED)
            case.void(step)
            if hold_back(unit, case) and is_with_unit:
                self._order(unit, case, OrderKind.RECALL, step.at)
            unlock_case(unit, case_id, actor.display_name, "voided", step.at)

        self._take(actor, case_id, Act.VOIDED, "void_case", do, {"reason": reason})

    def appeal(self, actor: Actor, case_id: CaseId, reason: str) -> None:
        """Take in the unit's word against the mark of a late answer; once, and after closing."""

        def do(_unit: UnitOfWork, case: Case, step: CaseStep) -> None:
            case.appeal_against_lateness(step)

        self._take(actor, case_id, Act.APPEALED, "appeal_case", do, {"reason": reason})

    def judge_appeal(self, actor: Actor, case_id: CaseId, reason: str, *, is_upheld: bool) -> None:
        """Give one reviewer's judgement; two who agree exempt the case in the figures."""

        def do(_unit: UnitOfWork, case: Case, step: CaseStep) -> None:
            case.judge_appeal(step)

        act = Act.APPEAL_UPHELD if is_upheld else Act.APPEAL_REJECTED
        self._take(actor, case_id, act, "judge_appeal", do, {"reason": reason})

    def _take(
        self,
        actor: Actor,
        case_id: CaseId,
        act: Act,
        verb: str,
        do: Callable[[UnitOfWork, Case, CaseStep], None],
        facts: dict[str, str],
    ) -> None:
        with self._units.read() as unit:
            known = unit.cases.get(case_id)
        self._gate.require(actor, _ASKS[act], case_id, place=known.place, camera_id=known.camera_id)
        now = self._clock.now()
        with self._units.write() as unit:
            case = unit.cases.get(case_id)
            said = facts | {"account": str(actor.account_id)}
            do(unit, case, CaseStep(act=act, at=now, who=actor.display_name, facts=said))
            unit.cases.save(case)
            detail = {"act": act.value, "due": case.due_at.isoformat() if case.due_at else ""}
            if "until" in facts:
                detail["until"] = facts["until"]
            audited = self._gate.facts(
                actor,
                verb,
                case_id,
                camera_id=case.camera_id,
                from_at=None,
                to_at=None,
                reason=facts.get("reason", ""),
                case_id=case_id,
                **detail,
            )
            unit.audit.append(audited)
            unit.commit()

    def _order(self, unit: UnitOfWork, case: Case, kind: OrderKind, now: datetime, remark: str = "") -> None:
        category = unit.directory.category(case.category)
        unit.orders.add(order_of(unit, case, category, kind, now, now, remark))
