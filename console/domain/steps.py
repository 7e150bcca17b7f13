"""The steps of a case as a table: from which stage, by which act, to which stage, by whom, and what must be said."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from console.domain.accounts import PERMITTED, Role, Verb


class Stage(StrEnum):
    FILED = "filed"  # 立案
    ROUTED = "routed"  # 派遣, waiting to be delivered
    DELIVERED = "delivered"  # the unit's system has it
    HANDLED = "handled"  # 处置回复
    CHECKED = "checked"  # 核查 by the camera
    CLOSED = "closed"  # 结案
    VOID = "void"  # 作废


class Act(StrEnum):
    """One line of a case's history."""

    FOUND = "found"
    CONFIRMED = "confirmed"
    FILED = "filed"
    ROUTED = "routed"
    DELIVERED = "delivered"
    DELIVERY_WAITS = "delivery_waits"
    DELIVERY_PARKED = "delivery_parked"
    SPOKEN = "spoken"
    BACK_TO_NORMAL = "back_to_normal"  # its sensor says so
    ANSWERED = "answered"
    RETURNED = "returned"
    RETURN_REFUSED = "return_refused"
    RECHECKED = "rechecked"
    REWORKED = "reworked"
    EXTENDED = "extended"  # 延期
    SUSPENDED = "suspended"  # 挂账
    RESUMED = "resumed"
    URGED = "urged"  # 催办
    WARNED = "warned"
    CLOSED = "closed"
    APPEALED = "appealed"  # 申诉
    APPEAL_UPHELD = "appeal_upheld"
    APPEAL_REJECTED = "appeal_rejected"
    WITHDRAWN = "withdrawn"
    RECALLED = "recalled"
    VOIDED = "voided"


class Party(StrEnum):
    """Who takes a step without an account."""

    STATION = "station"
    UNIT = "unit"
    CAMERA = "camera"


class Need(StrEnum):
    """What a step's facts must say, by their names."""

    REASON = "reason"
    RESPONSIBLE = "responsible"
    CONDITION = "condition"
    UNTIL = "until"


@dataclass(frozen=True, slots=True)
class StepRule:
    """A permitted step.

    Attributes:
        by: the permission an account needs, or who takes it without one.
        needs: what its facts must say.
    """

    now: Stage
    act: Act
    then: Stage
    by: Verb | Party
    needs: frozenset[Need] = frozenset()

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that may take it; none for what the station, a unit or a camera does."""
        return frozenset(role for role, verbs in PERMITTED.items() if self.by in verbs)


def _rules(
    act: Act, by: Verb | Party, stages: Iterable[Stage], then: Stage | None = None, *needs: Need
) -> list[StepRule]:
    return [StepRule(now, act, then or now, by, frozenset(needs)) for now in stages]


_WITH_UNIT = (Stage.FILED, Stage.ROUTED, Stage.DELIVERED)  # its clock runs
_ANSWERED = (Stage.HANDLED, Stage.CHECKED)
_OPEN = (*_WITH_UNIT, *_ANSWERED)

RULES: tuple[StepRule, ...] = (
    *_rules(Act.ROUTED, Verb.ROUTE, (Stage.FILED, Stage.ROUTED), Stage.ROUTED),
    *_rules(Act.DELIVERED, Party.STATION, (Stage.ROUTED,), Stage.DELIVERED),
    *_rules(Act.ANSWERED, Party.UNIT, (Stage.DELIVERED, *_ANSWERED), Stage.HANDLED),
    *_rules(Act.RETURNED, Party.UNIT, (Stage.DELIVERED,), Stage.FILED, Need.RESPONSIBLE),
    *_rules(Act.RECHECKED, Party.CAMERA, _ANSWERED, Stage.CHECKED),
    *_rules(Act.REWORKED, Verb.CLOSE, _ANSWERED, Stage.ROUTED, Need.REASON),
    *_rules(Act.CLOSED, Verb.CLOSE, _ANSWERED, Stage.CLOSED, Need.CONDITION),
    *_rules(Act.EXTENDED, Verb.APPROVE, _WITH_UNIT, None, Need.REASON),
    *_rules(Act.SUSPENDED, Verb.APPROVE, _WITH_UNIT, None, Need.REASON, Need.UNTIL),
    *_rules(Act.RESUMED, Verb.APPROVE, _OPEN, None),
    *_rules(Act.URGED, Verb.ROUTE, (Stage.DELIVERED,), None, Need.REASON),
    *_rules(Act.APPEALED, Verb.CLOSE, (Stage.CLOSED,), None, Need.REASON),
    *_rules(Act.APPEAL_UPHELD, Verb.APPROVE, (Stage.CLOSED,), None, Need.REASON),
    *_rules(Act.APPEAL_REJECTED, Verb.APPROVE, (Stage.CLOSED,), None, Need.REASON),
    *_rules(Act.WITHDRAWN, Verb.FILE, _WITH_UNIT, Stage.VOID),
    *_rules(Act.RECALLED, Verb.FILE, _WITH_UNIT, Stage.VOID),
    *_rules(Act.VOIDED, Verb.APPROVE, _OPEN, Stage.VOID, Need.REASON),
)
_BY_STEP = MappingProxyType({(rule.now, rule.act): rule for rule in RULES})


def rule_of(stage: Stage, act: Act) -> StepRule | None:
    """Return the rule of an act at a stage; ``None`` where the table has none: then it cannot be done."""
    return _BY_STEP.get((stage, act))


def permitted(stage: Stage, role: Role) -> frozenset[Act]:
    """Return the acts a role may take at a stage, whatever else of the case may speak against one."""
    return frozenset(rule.act for rule in RULES if rule.now is stage and role in rule.roles)
