"""The life of a case, from filing to closure: the aggregate that obeys the table of ``steps``."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from console.domain.deadlines import Clock, Countdown, WorkingCalendar
from console.domain.errors import IncompleteFiling, TransitionRefused
from console.domain.ids import AccountId, AlarmId, CameraId, CaseId, CategoryCode, RuleId, UnitId
from console.domain.places import Place
from console.domain.steps import Act, Need, Stage, rule_of

__all__ = ["EXTENSIONS", "Act", "Appeal", "Case", "CaseStep", "RecheckAnswer", "Stage"]

EXTENSIONS = 2  # DOMAIN A.4: one more original limit each, not after expiry
LONGEST_SUSPENSION = timedelta(days=365)  # DOMAIN A.4: once, up to a year
REVIEWERS = 2  # of an appeal, DOMAIN A.4


class RecheckAnswer(StrEnum):
    CLEARED = "cleared"
    STILL_THERE = "still_there"
    CANNOT_TELL = "cannot_tell"


class Appeal(StrEnum):
    """How the unit's word against the mark of an answer that came late stands."""

    WAITS = "waits"
    UPHELD = "upheld"
    REJECTED = "rejected"


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
        due_at: computed once at routing, moved only by an extension or a suspension, and stored.
        clock, allowed, near_at: the rest of its ``Countdown``; cases of older tables have none.
        handled_at: when the unit's answer came; the clock stops there (DOMAIN A.4).
        extensions: how often its time was lengthened.
        suspended_at, suspended_until: from when and to when its clock stands still, or stood.
        appeal: of its unit against an answer that came late. The late answer stays in the history either way.
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
    clock: Clock | None = None
    allowed: timedelta | None = None
    near_at: datetime | None = None
    extensions: int = 0
    suspended_at: datetime | None = None
    suspended_until: datetime | None = None
    urged_at: datetime | None = None
    appeal: Appeal | None = None
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
        self._take(step)
        self.unit_id = unit_id
        self.routed_at = step.at
        self.due_at = due_at

    @property
    def countdown(self) -> Countdown | None:
        """Its clock, if it has been sent to a unit since cases have one."""
        if self.clock is None or self.allowed is None or self.near_at is None or self.due_at is None:
            return None
        return Countdown(clock=self.clock, allowed=self.allowed, near_at=self.near_at, due_at=self.due_at)

    def start_clock(self, countdown: Countdown) -> None:
        """Keep the clock that began when the case was first sent to a unit."""
        self.clock, self.allowed = countdown.clock, countdown.allowed
        self.near_at, self.due_at = countdown.near_at, countdown.due_at

    def is_suspended(self, now: datetime) -> bool:
        """Say whether its clock stands still now."""
        return (
            self.suspended_at is not None
            and self.suspended_until is not None
            and self.suspended_at <= now < self.suspended_until
        )

    @property
    def was_late(self) -> bool:
        """Say whether its unit answered after the deadline."""
        return self.handled_at is not None and self.due_at is not None and self.handled_at > self.due_at

    @property
    def is_exempt(self) -> bool:
        """Say whether a late answer counts against nobody, because the appeal against it was upheld."""
        return self.appeal is Appeal.UPHELD

    def extend(self, calendar: WorkingCalendar, step: CaseStep) -> None:
        """Give it one more original limit, at most twice and not after expiry (DOMAIN A.4).

        Raises:
            IncompleteFiling: no reason was given.
            TransitionRefused: it was lengthened twice, its time is over or stands still, or its unit has answered.
        """
        self._check(step)
        countdown = self._running(step.at)
        if self.extensions >= EXTENSIONS:
            raise TransitionRefused("The time of this case was extended twice already.")
        original = countdown.allowed / (1 + self.extensions)
        self._take(step)
        self.extensions += 1
        self.start_clock(countdown.lengthened(step.at, original, calendar))

    def suspend(self, until: datetime, calendar: WorkingCalendar, step: CaseStep) -> None:
        """Let its clock stand still, once and at most a year; both lamps come exactly that much later.

        It runs on by itself when the moment comes.

        Raises:
            IncompleteFiling: no reason was given.
            TransitionRefused: it was suspended before, its time is over, or its unit has answered.
        """
        self._check(step)
        countdown = self._running(step.at)
        if self.suspended_at is not None:
            raise TransitionRefused("This case was suspended once already.")
        if step.at == countdown.due_at:  # nothing is left that could be kept for later
            raise TransitionRefused("The time of this case is over.")
        if not step.at < until <= step.at + LONGEST_SUSPENSION:
            raise TransitionRefused("A case is suspended until a moment within a year.")
        self._take(step)
        self.suspended_at, self.suspended_until = step.at, until
        self.start_clock(countdown.stopped(step.at, until, calendar))

    def resume(self, calendar: WorkingCalendar, step: CaseStep) -> None:
        """End a suspension before its time.

        Raises:
            TransitionRefused: its clock does not stand still.
        """
        self._check(step)
        countdown, until = self.countdown, self.suspended_until
        if countdown is None or until is None or not self.is_suspended(step.at):
            raise TransitionRefused("This case is not suspended.")
        self._take(step)
        self.suspended_until = step.at
        self.start_clock(countdown.started_early(step.at, until, calendar))

    def urge(self, step: CaseStep) -> None:
        """Remind its unit; no clock moves.

        Raises:
            IncompleteFiling: no reason was given.
            TransitionRefused: it is with no unit, or its clock stands still.
        """
        self._check(step)
        if self.is_suspended(step.at):
            raise TransitionRefused("This case is suspended; its unit need not hurry.")
        self._take(step)
        self.urged_at = step.at

    def void(self, step: CaseStep) -> None:
        """End a case that should never have been one.

        Raises:
            IncompleteFiling: no reason was given.
            TransitionRefused: it is closed or void.
        """
        self._take(step)

    def appeal_against_lateness(self, step: CaseStep) -> None:
        """Take in its unit's word against the mark of a late answer, once and after closing (DOMAIN A.4).

        Raises:
            IncompleteFiling: no reason was given.
            TransitionRefused: it is not closed, was not late, or was appealed before.
        """
        self._check(step)
        if not self.was_late:
            raise TransitionRefused("Its unit answered in time; there is nothing to appeal against.")
        if self.appeal is not None:
            raise TransitionRefused("There was an appeal in this case already.")
        self._take(step)
        self.appeal = Appeal.WAITS

    def judge_appeal(self, step: CaseStep) -> None:
        """Take one reviewer's judgement; it is upheld when two agree, and rejected by the first who does not.

        ``step.facts["account"]`` tells reviewers apart, from each other and from who brought it in.

        Raises:
            IncompleteFiling: no reason was given.
            TransitionRefused: no appeal waits, or this reviewer has had a word in it.
        """
        self._check(step)
        if self.appeal is not Appeal.WAITS:
            raise TransitionRefused("No appeal waits for a judgement.")
        spoken = [one for one in self.steps if one.act in (Act.APPEALED, Act.APPEAL_UPHELD)]
        if any(one.facts.get("account") == step.facts.get("account") for one in spoken):
            raise TransitionRefused("Another reviewer must judge this appeal.")
        self._take(step)
        if step.act is Act.APPEAL_REJECTED:
            self.appeal = Appeal.REJECTED
        elif len(spoken) == REVIEWERS:
            self.appeal = Appeal.UPHELD

    def note_delivered(self, receipt: str, step: CaseStep) -> None:
        """The unit's own system acknowledged it. A repeated acknowledgement changes nothing."""
        if self.stage is not Stage.ROUTED and self.receipt == receipt:
            return
        self._take(step)
        self.receipt = receipt

    def note(self, step: CaseStep) -> None:
        """Add a line that changes no stage."""
        self.steps.append(step)

    def note_answer(self, step: CaseStep) -> None:
        """The unit says it is done; the clock stops.

        Raises:
            TransitionRefused: nobody was asked, or the case is closed.
        """
        self._take(step)
        self.handled_at = step.at

    def note_returned(self, step: CaseStep) -> None:
        """The unit says it is not theirs, and whose it is (``responsible``): back to whoever routes.

        Raises:
            IncompleteFiling: it names nobody.
            TransitionRefused: the case is not with a unit.
        """
        self._take(step)
        self.unit_id = None

    def note_recheck(self, answer: RecheckAnswer, step: CaseStep) -> None:
        """The camera looked again. Only the operator closes.

        Raises:
            TransitionRefused: no answer of a unit is waiting to be checked.
        """
        self._take(step)
        self.recheck = answer

    def close(self, closing_condition: str, step: CaseStep) -> None:
        """Close by a closing condition.

        Raises:
            IncompleteFiling: none was chosen.
            TransitionRefused: the unit has not answered yet, or the case is closed.
        """
        if not closing_condition:
            raise IncompleteFiling("Choose a closing condition first.")
        self._take(step)
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
        self._take(step)
        self.reworks += 1
        self.handled_at = None
        self.recheck = None

    def withdraw(self, step: CaseStep) -> None:
        """Take the filing back (undo).

        Raises:
            TransitionRefused: the unit has answered already, or the case is closed.
        """
        self._take(step)

    def _running(self, now: datetime) -> Countdown:
        countdown = self.countdown
        if countdown is None:
            raise TransitionRefused("This case has no clock of its own.")
        if self.is_suspended(now):
            raise TransitionRefused("This case is suspended.")
        if now > countdown.due_at:
            raise TransitionRefused("The time of this case is over.")
        return countdown

    def _check(self, step: CaseStep) -> Stage:
        """Return where the step leads by the table."""
        rule = rule_of(self.stage, step.act)
        if rule is None:
            raise TransitionRefused("A case that is {now} cannot take this step.", now=self.stage)
        for need in Need:
            if need in rule.needs and not str(step.facts.get(need, "")).strip():
                raise _say_missing(need)
        return rule.then

    def _take(self, step: CaseStep) -> None:
        self.stage = self._check(step)
        self.steps.append(step)


def _say_missing(need: Need) -> IncompleteFiling:
    match need:
        case Need.REASON:
            return IncompleteFiling("Give a reason.")
        case Need.RESPONSIBLE:
            return IncompleteFiling("A return must name who is responsible.")
        case Need.CONDITION:
            return IncompleteFiling("Choose a closing condition first.")
        case Need.UNTIL:
            return IncompleteFiling("Say until when it is suspended.")
