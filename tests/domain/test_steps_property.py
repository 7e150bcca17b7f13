"""Claims about a case's life, whatever is asked of it in whatever order: the table is obeyed, the history only grows,
its time is lengthened and stopped as often as it may be, and what is over stays over."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from console.domain.accounts import Role
from console.domain.cases import EXTENSIONS, Appeal, Case, CaseStep, RecheckAnswer
from console.domain.deadlines import Clock, Countdown, Limit, WorkingCalendar
from console.domain.errors import IncompleteFiling, TransitionRefused
from console.domain.ids import AccountId, AlarmId, CaseId, CategoryCode, UnitId
from console.domain.places import Place
from console.domain.steps import RULES, Act, Need, Party, Stage, permitted, rule_of

CALENDAR = WorkingCalendar(zone=ZoneInfo("Asia/Shanghai"))
BEGINS = datetime(2026, 11, 20, 1, tzinfo=UTC)  # a Friday, nine in the morning there
HOUR = timedelta(hours=1)
OVER = (Stage.CLOSED, Stage.VOID)
reasons = st.sampled_from(["", "  ", "天气原因"])
reviewers = st.sampled_from(["li", "wang", "zhao"])


def new_case() -> Case:
    return Case(
        case_id=CaseId("c-1"),
        number="20261120-0001",
        alarm_id=AlarmId("a-1"),
        category=CategoryCode("09006"),
        filing_condition="1",
        place=Place(address=""),
        filed_at=BEGINS,
        filed_by=AccountId("li"),
    )


class CaseLife(RuleBasedStateMachine):
    """Asks anything of a case at any time; keeps its own, plainer book of what should be true."""

    def __init__(self) -> None:
        super().__init__()
        self.case = new_case()
        self.now = BEGINS
        self.limit = 4 * HOUR
        self.granted = 0
        self.still = timedelta()
        self.is_stopped = False
        self.seen: list[CaseStep] = []

    # ---- asking

    def step(self, act: Act, **facts: Any) -> CaseStep:
        return CaseStep(act=act, at=self.now, who="li", facts=facts)

    def tried(self, act: Act, step: CaseStep, ask: Any) -> bool:
        """Say whether it was done. What is refused leaves the case as it was; what is done is in the table."""
        before, known = self.case.stage, rule_of(self.case.stage, act)
        kept = (self.case.due_at, self.case.near_at, self.case.extensions, self.case.appeal, len(self.case.steps))
        try:
            ask()
        except (TransitionRefused, IncompleteFiling):
            found = (self.case.due_at, self.case.near_at, self.case.extensions, self.case.appeal, len(self.case.steps))
            assert found == kept and self.case.stage is before
            return False
        assert known is not None and self.case.stage is known.then
        assert all(str(step.facts[need]).strip() for need in known.needs)
        assert self.case.steps[-1] == step
        return True

    @initialize(clock=st.sampled_from(Clock))
    def begin(self, clock: Clock) -> None:
        self.route()
        self.case.start_clock(Countdown.begin(self.now, Limit(clock, self.limit), CALENDAR))
        self.first_due = self.case.due_at

    @rule(hours=st.integers(1, 40))
    def wait(self, hours: int) -> None:
        self.now += hours * HOUR

    @rule()
    def route(self) -> None:
        step = self.step(Act.ROUTED, unit="team-1")
        self.tried(Act.ROUTED, step, lambda: self.case.route(UnitId("team-1"), self.case.due_at or self.now, step))

    @rule()
    def deliver(self) -> None:
        if self.case.stage is Stage.ROUTED:
            step = self.step(Act.DELIVERED)
            assert self.tried(Act.DELIVERED, step, lambda: self.case.note_delivered(f"R-{len(self.case.steps)}", step))

    @rule()
    def answer(self) -> None:
        step = self.step(Act.ANSWERED)
        if self.tried(Act.ANSWERED, step, lambda: self.case.note_answer(step)):
            assert self.case.handled_at == self.now

    @rule(named=reasons)
    def give_back(self, named: str) -> None:
        step = self.step(Act.RETURNED, responsible=named)
        if self.tried(Act.RETURNED, step, lambda: self.case.note_returned(step)):
            assert named.strip() and self.case.unit_id is None

    @rule(found=st.sampled_from(RecheckAnswer))
    def recheck(self, found: RecheckAnswer) -> None:
        step = self.step(Act.RECHECKED)
        self.tried(Act.RECHECKED, step, lambda: self.case.note_recheck(found, step))

    @rule(why=reasons)
    def rework(self, why: str) -> None:
        due = self.case.due_at
        step = self.step(Act.REWORKED, reason=why)
        if self.tried(Act.REWORKED, step, lambda: self.case.rework(why, step)):
            assert self.case.due_at == due and self.case.handled_at is None

    @rule(condition=st.sampled_from(["", "1"]))
    def close(self, condition: str) -> None:
        step = self.step(Act.CLOSED, condition=condition)
        self.tried(Act.CLOSED, step, lambda: self.case.close(condition, step))

    @rule(why=reasons)
    def extend(self, why: str) -> None:
        was, is_over = self.case.countdown, self.case.due_at is not None and self.now > self.case.due_at
        step = self.step(Act.EXTENDED, reason=why)
        if self.tried(Act.EXTENDED, step, lambda: self.case.extend(CALENDAR, step)):
            assert not is_over and not self.case.is_suspended(self.now)
            self.granted += 1
            assert was is not None and self.case.due_at is not None and self.case.due_at > was.due_at

    @rule(why=reasons, hours=st.sampled_from([-1, 0, 5, 30, 24 * 365, 24 * 366]))
    def suspend(self, why: str, hours: int) -> None:
        is_over = self.case.due_at is not None and self.now > self.case.due_at
        until = self.now + hours * HOUR
        step = self.step(Act.SUSPENDED, reason=why, until=until.isoformat())
        if self.tried(Act.SUSPENDED, step, lambda: self.case.suspend(until, CALENDAR, step)):
            assert not self.is_stopped and not is_over and 0 < hours <= 24 * 365
            assert self.case.is_suspended(self.now) and not self.case.is_suspended(until)
            self.is_stopped, self.still = True, hours * HOUR

    @rule()
    def resume(self) -> None:
        was_still, begun = self.case.is_suspended(self.now), self.case.suspended_at
        step = self.step(Act.RESUMED)
        if self.tried(Act.RESUMED, step, lambda: self.case.resume(CALENDAR, step)):
            assert was_still and not self.case.is_suspended(self.now) and begun is not None
            self.still = self.now - begun

    @rule(why=reasons)
    def urge(self, why: str) -> None:
        due = self.case.due_at
        step = self.step(Act.URGED, reason=why)
        if self.tried(Act.URGED, step, lambda: self.case.urge(step)):
            assert self.case.due_at == due and not self.case.is_suspended(self.now)

    @rule(why=reasons)
    def void(self, why: str) -> None:
        step = self.step(Act.VOIDED, reason=why)
        self.tried(Act.VOIDED, step, lambda: self.case.void(step))

    @precondition(lambda self: self.case.stage is Stage.CLOSED)
    @rule(why=reasons, who=reviewers)
    def appeal(self, why: str, who: str) -> None:
        first = self.case.appeal is None
        step = self.step(Act.APPEALED, reason=why, account=who)
        if self.tried(Act.APPEALED, step, lambda: self.case.appeal_against_lateness(step)):
            assert first and self.case.was_late

    @precondition(lambda self: self.case.stage is Stage.CLOSED)
    @rule(why=reasons, who=reviewers, is_upheld=st.booleans())
    def judge(self, why: str, who: str, is_upheld: bool) -> None:
        act = Act.APPEAL_UPHELD if is_upheld else Act.APPEAL_REJECTED
        step = self.step(act, reason=why, account=who)
        self.tried(act, step, lambda: self.case.judge_appeal(step))

    # ---- what holds at any time

    @invariant()
    def the_history_only_grows(self) -> None:
        assert self.case.steps[: len(self.seen)] == self.seen
        ended = [step.act for step in self.seen if step.act in (Act.CLOSED, Act.VOIDED)]
        later = [step.act for step in self.case.steps[len(self.seen) :]]
        assert not ended or all(act.value.startswith("appeal") for act in later)
        self.seen = list(self.case.steps)

    @invariant()
    def time_is_given_and_stopped_as_often_as_it_may_be(self) -> None:
        acts = [step.act for step in self.case.steps]
        assert acts.count(Act.EXTENDED) == self.granted == self.case.extensions <= EXTENSIONS
        assert acts.count(Act.SUSPENDED) <= 1 and acts.count(Act.RESUMED) <= acts.count(Act.SUSPENDED)
        if self.case.allowed is not None:
            assert self.case.allowed == self.limit * (1 + self.granted)

    @invariant()
    def an_urgent_deadline_is_the_first_one_with_what_was_given_and_what_stood_still(self) -> None:
        if self.case.clock is Clock.CONTINUOUS:
            assert self.case.due_at == BEGINS + self.limit * (1 + self.granted) + self.still

    @invariant()
    def a_late_answer_counts_for_nobody_only_when_two_others_upheld_the_appeal(self) -> None:
        words = [step for step in self.case.steps if step.act in (Act.APPEALED, Act.APPEAL_UPHELD)]
        assert len({step.facts["account"] for step in words}) == len(words)
        assert self.case.is_exempt == (self.case.appeal is Appeal.UPHELD) == (len(words) == 3)
        if self.case.appeal is not None:
            assert self.case.was_late and self.case.stage is Stage.CLOSED


CaseLife.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestCaseLife = CaseLife.TestCase


def answered_late() -> Case:
    case = new_case()
    case.route(UnitId("team-1"), BEGINS + HOUR, CaseStep(act=Act.ROUTED, at=BEGINS, who="li"))
    case.start_clock(Countdown.begin(BEGINS, Limit(Clock.CONTINUOUS, HOUR), CALENDAR))
    case.note_delivered("R-1", CaseStep(act=Act.DELIVERED, at=BEGINS, who="team-1"))
    case.note_answer(CaseStep(act=Act.ANSWERED, at=BEGINS + 2 * HOUR, who="team-1"))
    case.close("1", CaseStep(act=Act.CLOSED, at=BEGINS + 3 * HOUR, who="li", facts={"condition": "1"}))
    return case


def test_at_the_very_deadline_there_is_nothing_left_to_suspend() -> None:
    case = new_case()
    case.route(UnitId("team-1"), BEGINS + HOUR, CaseStep(act=Act.ROUTED, at=BEGINS, who="li"))
    case.start_clock(Countdown.begin(BEGINS, Limit(Clock.CONTINUOUS, HOUR), CALENDAR))
    until = BEGINS + 5 * HOUR
    facts = {"reason": "封路", "until": until.isoformat()}
    with pytest.raises(TransitionRefused):
        case.suspend(until, CALENDAR, CaseStep(act=Act.SUSPENDED, at=BEGINS + HOUR, who="li", facts=facts))
    assert case.due_at == BEGINS + HOUR and case.suspended_at is None


def said(act: Act, account: str) -> CaseStep:
    return CaseStep(act=act, at=BEGINS + 4 * HOUR, who=account, facts={"reason": "道路封闭", "account": account})


def test_an_upheld_appeal_exempts_the_case_and_leaves_the_late_answer_to_be_seen() -> None:
    case = answered_late()
    case.appeal_against_lateness(said(Act.APPEALED, "li"))
    case.judge_appeal(said(Act.APPEAL_UPHELD, "wang"))
    assert not case.is_exempt
    for spoken in ("li", "wang"):
        with pytest.raises(TransitionRefused):
            case.judge_appeal(said(Act.APPEAL_UPHELD, spoken))
    case.judge_appeal(said(Act.APPEAL_UPHELD, "zhao"))
    assert case.is_exempt and case.was_late
    with pytest.raises(TransitionRefused):
        case.appeal_against_lateness(said(Act.APPEALED, "li"))


def test_the_first_reviewer_who_disagrees_ends_an_appeal() -> None:
    case = answered_late()
    case.appeal_against_lateness(said(Act.APPEALED, "li"))
    case.judge_appeal(said(Act.APPEAL_REJECTED, "wang"))
    assert case.appeal is Appeal.REJECTED and not case.is_exempt
    with pytest.raises(TransitionRefused):
        case.judge_appeal(said(Act.APPEAL_UPHELD, "zhao"))


@pytest.mark.parametrize("stage", OVER)
def test_what_is_over_can_be_nothing_else(stage: Stage) -> None:
    assert all(rule_.then is stage for rule_ in RULES if rule_.now is stage)


def test_no_step_is_in_the_table_twice_and_every_stage_can_be_reached() -> None:
    assert len({(rule_.now, rule_.act) for rule_ in RULES}) == len(RULES)
    assert {rule_.then for rule_ in RULES} | {Stage.FILED} == set(Stage)


def test_an_operator_files_and_closes_and_only_who_answers_for_the_shift_moves_a_deadline_or_voids() -> None:
    grants = {Act.EXTENDED, Act.SUSPENDED, Act.RESUMED, Act.VOIDED}
    for stage in (Stage.ROUTED, Stage.DELIVERED):
        assert not permitted(stage, Role.OPERATOR) & grants
        assert permitted(stage, Role.DISPATCHER) >= grants and permitted(stage, Role.SUPERVISOR) >= grants
    assert Act.CLOSED in permitted(Stage.CHECKED, Role.OPERATOR)
    for stage in Stage:
        assert not permitted(stage, Role.ADMINISTRATOR) | permitted(stage, Role.AUDITOR)


def test_a_unit_returns_a_case_only_with_a_name() -> None:
    returns = [rule_ for rule_ in RULES if rule_.act is Act.RETURNED]
    assert returns and all(rule_.by is Party.UNIT and Need.RESPONSIBLE in rule_.needs for rule_ in returns)
