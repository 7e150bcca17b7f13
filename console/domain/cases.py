"""The life of a case, from filing to closure: a table of permitted steps and the aggregate that obeys it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from console.domain.errors import IncompleteFiling, TransitionRefused
from console.domain.ids import AccountId, AlarmId, CameraId, CaseId, CategoryCode, RuleId, UnitId
from console.domain.places import Place


class Stage(StrEnum):
    FILED = "filed"  # 立案
    ROUTED = "routed"  # 派遣, waiting to be delivered
    DELIVERED = "delivered"  # the unit's system has it
    HANDLED = "handled"  # 处置回复
    CHECKED = "checked"  # 核查 by the camera
    CLOSED = "closed"  # 结案
    VOID = "void"  # 作废


_NEXT: MappingProxyType[Stage, frozenset[Stage]] = MappingProxyType(
    {
        Stage.FILED: frozenset({Stage.ROUTED, Stage.VOID}),
        Stage.ROUTED: frozenset({Stage.DELIVERED, Stage.ROUTED, Stage.VOID}),
        Stage.DELIVERED: frozenset({Stage.HANDLED, Stage.FILED, Stage.VOID}),
        Stage.HANDLED: frozenset({Stage.CHECKED, Stage.CLOSED, Stage.ROUTED, Stage.HANDLED}),
        Stage.CHECKED: frozenset({Stage.CLOSED, Stage.ROUTED, Stage.CHECKED, Stage.HANDLED}),
        Stage.CLOSED: frozenset(),
        Stage.VOID: frozenset(),
    }
)


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
    ANSWERED = "answered"
    RETURNED = "returned"
    RECHECKED = "rechecked"
    REWORKED = "reworked"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    RECALLED = "recalled"


class RecheckAnswer(StrEnum):
    CLEARED = "cleared"
    STILL_THERE = "still_there"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep:
    """What happened, when, by whom. Written once, never edited."""

    act: Act
    at: datetime
    who: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Case:
    """A confirmed alarm on its way to closure. Owned by the unit of work that read it.

    Attributes:
        number: what people call it, by the city's template.
        due_at: computed once at routing and stored.
        handled_at: when the unit's answer came; the clock stops there (DOMAIN A.4).
        camera_id, rule_id: what looks again after the unit's answer; ``None`` if no camera saw it.
        version: of the row, for compare-and-swap.
    """

    case_id: CaseId
    number: str
    alarm_id: AlarmId
    category: CategoryCode
    filing_condition: str
    place: Place
    filed_at: datetime
    filed_by: AccountId
    camera_id: CameraId | None = None
    rule_id: RuleId | None = None
    unit_id: UnitId | None = None
    routed_at: datetime | None = None
    due_at: datetime | None = None
    handled_at: datetime | None = None
    receipt: str = ""
    reworks: int = 0
    recheck: RecheckAnswer | None = None
    closing_condition: str = ""
    closed_at: datetime | None = None
    stage: Stage = Stage.FILED
    steps: list[CaseStep] = field(default_factory=list)
    version: int = 0

    def route(self, unit_id: UnitId, due_at: datetime, step: CaseStep) -> None:
        """Hand the case to the unit that must deal with it.

        Raises:
            TransitionRefused: the case is closed, void or already with a unit.
        """
        self._move(Stage.ROUTED, step)
        self.unit_id = unit_id
        self.routed_at = step.at
        self.due_at = due_at

    def note_delivered(self, receipt: str, step: CaseStep) -> None:
        """The unit's own system acknowledged it. A repeated acknowledgement changes nothing."""
        if self.stage is not Stage.ROUTED and self.receipt == receipt:
            return
        self._move(Stage.DELIVERED, step)
        self.receipt = receipt

    def note(self, step: CaseStep) -> None:
        """Add a line that changes no stage."""
        self.steps.append(step)

    def note_answer(self, step: CaseStep) -> None:
        """The unit says it is done; the clock stops.

        Raises:
            TransitionRefused: nobody was asked, or the case is closed.
        """
        self._move(Stage.HANDLED, step)
        self.handled_at = step.at

    def note_returned(self, step: CaseStep) -> None:
        """The unit says it is not theirs: back to whoever routes.

        Raises:
            TransitionRefused: the case is not with a unit.
        """
        self._move(Stage.FILED, step)
        self.unit_id = None

    def note_recheck(self, answer: RecheckAnswer, step: CaseStep) -> None:
        """The camera looked again. Only the operator closes.

        Raises:
            TransitionRefused: no answer of a unit is waiting to be checked.
        """
        self._move(Stage.CHECKED, step)
        self.recheck = answer

    def close(self, closing_condition: str, step: CaseStep) -> None:
        """Close by a closing condition.

        Raises:
            IncompleteFiling: none was chosen.
            TransitionRefused: the unit has not answered yet, or the case is closed.
        """
        if not closing_condition:
            raise IncompleteFiling("Choose a closing condition first.")
        self._move(Stage.CLOSED, step)
        self.closing_condition = closing_condition
        self.closed_at = step.at

    def rework(self, reason: str, step: CaseStep) -> None:
        """Send it back to the same unit; its clock goes on (DOMAIN A.4).

        Raises:
            IncompleteFiling: no reason was given.
            TransitionRefused: the unit has not answered yet, or the case is closed.
        """
        if not reason:
            raise IncompleteFiling("Give a reason for sending it back.")
        if self.stage not in (Stage.HANDLED, Stage.CHECKED):
            raise TransitionRefused("A case that is {now} cannot become {then}.", now=self.stage, then=Stage.ROUTED)
        self._move(Stage.ROUTED, step)
        self.reworks += 1
        self.handled_at = None
        self.recheck = None

    def withdraw(self, step: CaseStep) -> None:
        """Take the filing back (undo).

        Raises:
            TransitionRefused: the unit has answered already, or the case is closed.
        """
        self._move(Stage.VOID, step)

    def _move(self, to: Stage, step: CaseStep) -> None:
        if to not in _NEXT[self.stage]:
            raise TransitionRefused("A case that is {now} cannot become {then}.", now=self.stage, then=to)
        self.stage = to
        self.steps.append(step)
