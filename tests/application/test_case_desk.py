"""Claims about cases: filed once, sent once, taken back in time, closed by a person."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.application.dispatch import Answer, DeliveryRefused
from console.application.errors import NotPermitted, Unavailable
from console.application.recheck import Looked
from console.domain.accounts import Actor, Role
from console.domain.alarms import AlarmStage, Priority
from console.domain.cases import Act, RecheckAnswer, Stage
from console.domain.errors import DomainError, IncompleteFiling, TransitionRefused
from console.domain.outbox import TRIES_BEFORE_PARKING
from tests.application.city import OTHER_TEAM, TEAM, City, person


@dataclass(slots=True)
class Department:
    """A unit's system that stores by key, as the real one does; ``faults`` are raised first."""

    stored: dict[str, dict[str, Any]] = field(default_factory=dict)
    recalled: list[str] = field(default_factory=list)
    faults: list[Unavailable] = field(default_factory=list)

    def submit(self, body: dict[str, Any], idempotency_key: str) -> str:
        if self.faults:
            raise self.faults.pop(0)
        self.stored.setdefault(idempotency_key, body)
        return f"R-{list(self.stored).index(idempotency_key) + 1}"

    def recall(self, receipt: str, idempotency_key: str) -> None:
        del idempotency_key
        self.recalled.append(receipt)

    def answers(self, since: datetime | None) -> Sequence[Answer]:
        del since
        return ()


def deliver(city: City, department: Department) -> int:
    orders = city.dispatch.take_due()
    for order in orders:
        city.dispatch.deliver(order, department)
    return len(orders)


def answer(name: str, receipt: str, says: str = "done") -> Answer:
    return Answer(answer_id=name, receipt=receipt, says=says, text="已清理", at=datetime(2026, 11, 23, 3, tzinfo=UTC))


def delivered(city: City, actor: Actor, department: Department) -> str:
    filed = city.filed(actor, priority=Priority.HIGH)
    assert deliver(city, department) == 1
    return filed.case_id


def test_a_case_carries_number_place_deadline_and_the_unit_the_table_names(city: City, li: Actor) -> None:
    filed = city.filed(li)
    page = city.cases.page(li, filed.case_id)
    assert page.case.number == "20261123-0001"
    assert page.case.place.grid_cell == "330199001003001"
    assert filed.unit_id == TEAM
    # Two working hours from ten o'clock end at noon, Shanghai time.
    assert filed.due_at == datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    assert [step.act for step in page.case.steps] == [Act.FOUND, Act.CONFIRMED, Act.FILED, Act.ROUTED]


def test_an_alarm_is_filed_once(city: City, li: Actor, wang: Actor) -> None:
    alarm_id = city.confirmed(li)
    city.cases.file(li, alarm_id)
    with pytest.raises(TransitionRefused, match="already"):
        city.cases.file(wang, alarm_id)
    assert len(city.cases.list(li)) == 1


def test_only_a_confirmed_alarm_can_be_filed(city: City, li: Actor) -> None:
    with pytest.raises(TransitionRefused):
        city.cases.file(li, city.hit())
    assert not city.cases.list(li)


def test_another_unit_than_the_proposed_needs_a_reason(city: City, li: Actor) -> None:
    alarm_id = city.confirmed(li)
    with pytest.raises(DomainError, match="why"):
        city.cases.file(li, alarm_id, OTHER_TEAM)
    assert city.cases.file(li, alarm_id, OTHER_TEAM, "本队值班").unit_id == OTHER_TEAM


def test_an_order_waits_ten_seconds_for_second_thoughts_but_a_high_one_leaves_at_once(city: City, li: Actor) -> None:
    department = Department()
    city.filed(li)
    assert deliver(city, department) == 0
    city.clock.wait(seconds=10)
    assert deliver(city, department) == 1


def test_a_high_priority_order_leaves_at_once(city: City, li: Actor) -> None:
    department = Department()
    city.filed(li, priority=Priority.HIGH)
    assert deliver(city, department) == 1


def test_a_filing_taken_back_in_time_never_leaves_the_house(city: City, li: Actor) -> None:
    department = Department()
    filed = city.filed(li)
    city.cases.undo_filing(li, filed.case_id)
    city.clock.wait(minutes=5)
    assert deliver(city, department) == 0 and not department.stored
    assert city.cases.page(li, filed.case_id).case.stage is Stage.VOID
    assert city.review.queue(li)[0].stage is AlarmStage.WAITING


def test_a_filing_taken_back_too_late_is_recalled_at_the_unit(city: City, li: Actor) -> None:
    department = Department()
    case_id = delivered(city, li, department)
    city.cases.undo_filing(li, city.filed_case_id())
    assert deliver(city, department) == 1
    assert department.recalled == ["R-1"]
    assert city.cases.page(li, city.filed_case_id()).case.stage is Stage.VOID
    assert case_id == city.cases.list(li)[0].case_id


def test_a_case_is_delivered_only_when_the_unit_has_acknowledged_it(city: City, li: Actor) -> None:
    department = Department(faults=[Unavailable("The unit does not answer.")])
    filed = city.filed(li, priority=Priority.HIGH)
    deliver(city, department)
    assert city.cases.page(li, filed.case_id).case.stage is Stage.ROUTED
    city.clock.wait(seconds=3)
    deliver(city, department)
    page = city.cases.page(li, filed.case_id)
    assert page.case.stage is Stage.DELIVERED and page.deliveries[0].tries == 2
    assert len(department.stored) == 1


def test_a_unit_that_stays_away_parks_the_order_and_it_can_be_sent_again(city: City, li: Actor) -> None:
    department = Department(faults=[Unavailable("away")] * TRIES_BEFORE_PARKING)
    filed = city.filed(li, priority=Priority.HIGH)
    for _ in range(TRIES_BEFORE_PARKING):
        deliver(city, department)
        city.clock.wait(minutes=10)
    assert deliver(city, department) == 0
    assert city.queries.backlog().orders_parked == 1
    city.cases.resend(li, filed.case_id)
    assert deliver(city, department) == 1 and len(department.stored) == 1


def test_a_refusal_of_the_unit_is_not_tried_again(city: City, li: Actor) -> None:
    department = Department(faults=[DeliveryRefused("service_code is unknown there")])
    city.filed(li, priority=Priority.HIGH)
    deliver(city, department)
    city.clock.wait(hours=1)
    assert deliver(city, department) == 0 and city.queries.backlog().orders_parked == 1


def test_an_answer_told_twice_is_taken_once_and_asks_the_camera_once(city: City, li: Actor) -> None:
    case_id = delivered(city, li, Department())
    assert city.dispatch.take_answer(TEAM, answer("a-1", "R-1")) == case_id
    assert city.dispatch.take_answer(TEAM, answer("a-1", "R-1")) is None
    assert len(city.rechecks.take_asked(timedelta(seconds=30))) == 1


def test_an_answer_to_something_we_never_sent_changes_nothing(city: City, li: Actor) -> None:
    delivered(city, li, Department())
    assert city.dispatch.take_answer(TEAM, answer("a-1", "somebody else's")) is None


def test_an_answer_to_the_first_order_counts_after_a_reminder_too(city: City, li: Actor) -> None:
    department = Department()
    case_id = delivered(city, li, department)
    city.dispatch.take_answer(TEAM, answer("a-1", "R-1"))
    look_twice(city, RecheckAnswer.STILL_THERE)
    city.cases.rework(li, city.filed_case_id(), "复核仍在")
    deliver(city, department)
    assert city.dispatch.take_answer(TEAM, answer("a-2", "R-1")) == case_id
    case = city.cases.page(li, city.filed_case_id()).case
    assert case.receipt == "R-2" and case.stage is Stage.HANDLED
    assert len(city.rechecks.take_asked(timedelta(seconds=30))) == 1


def test_a_unit_that_has_the_case_no_more_is_heard_and_moves_nothing(city: City, li: Actor) -> None:
    case_id = delivered(city, li, Department())
    city.dispatch.take_answer(TEAM, answer("a-1", "R-1", "not_ours"))
    city.cases.reroute(li, city.filed_case_id(), OTHER_TEAM, "退回：不属本队")
    assert city.dispatch.take_answer(TEAM, answer("a-2", "R-1")) == case_id
    case = city.cases.page(li, city.filed_case_id()).case
    assert case.stage is Stage.ROUTED and case.steps[-1].act is Act.ANSWERED
    assert not city.rechecks.take_asked(timedelta(seconds=30))


def test_not_ours_brings_the_case_back_to_whoever_routes(city: City, li: Actor) -> None:
    case_id = delivered(city, li, Department())
    city.dispatch.take_answer(TEAM, answer("a-1", "R-1", "not_ours"))
    case = city.cases.page(li, city.filed_case_id()).case
    assert case.stage is Stage.FILED and case.unit_id is None
    city.cases.reroute(li, case.case_id, OTHER_TEAM, "退回：不属本队")
    assert city.cases.page(li, case.case_id).case.unit_id == OTHER_TEAM and case.case_id == case_id


def test_a_return_that_names_nobody_is_heard_and_leaves_the_case_where_it_is(city: City, li: Actor) -> None:
    case_id = delivered(city, li, Department())
    assert city.dispatch.take_answer(TEAM, replace(answer("a-1", "R-1", "not_ours"), text=" ")) == case_id
    case = city.cases.page(li, city.filed_case_id()).case
    assert (case.stage, case.unit_id, case.steps[-1].act) == (Stage.DELIVERED, TEAM, Act.RETURN_REFUSED)
    named = replace(answer("a-2", "R-1", "not_ours"), text="", responsible="交警支队")
    assert city.dispatch.take_answer(TEAM, named) == case_id
    case = city.cases.page(li, city.filed_case_id()).case
    assert case.stage is Stage.FILED and case.steps[-1].facts["responsible"] == "交警支队"


def test_the_camera_answers_and_the_operator_closes(city: City, li: Actor) -> None:
    department = Department()
    delivered(city, li, department)
    case_id = city.filed_case_id()
    city.dispatch.take_answer(TEAM, answer("a-1", "R-1"))
    look_twice(city, RecheckAnswer.STILL_THERE)
    city.cases.rework(li, case_id, "复核仍在")
    with pytest.raises(TransitionRefused):
        city.cases.rework(li, case_id, "复核仍在")  # pressed again: one reminder, not two
    deliver(city, department)
    city.dispatch.take_answer(TEAM, answer("a-2", "R-2"))
    look_twice(city, RecheckAnswer.CLEARED)
    with pytest.raises(IncompleteFiling):
        city.cases.close(li, case_id, "")
    city.cases.close(li, case_id, "1")
    case = city.cases.page(li, case_id).case
    assert case.stage is Stage.CLOSED and case.reworks == 1
    assert [step.facts["answer"] for step in case.steps if step.act is Act.RECHECKED] == ["still_there", "cleared"]


def look_twice(city: City, found: RecheckAnswer) -> None:
    """Note a look, and the same one again as after a crash between noting and forgetting."""
    (asked,) = city.rechecks.take_asked(timedelta(seconds=30))
    looked = Looked(
        recheck_id=asked.recheck_id, answer=found, reason="", looks=8, looks_with=0, best_score=0.0, still=None
    )
    city.rechecks.note(looked)
    city.rechecks.note(looked)


def test_a_case_cannot_be_closed_before_its_unit_has_answered(city: City, li: Actor) -> None:
    delivered(city, li, Department())
    with pytest.raises(TransitionRefused):
        city.cases.close(li, city.filed_case_id(), "1")


def test_an_auditor_sees_cases_but_cannot_file_one(city: City, li: Actor) -> None:
    alarm_id = city.confirmed(li)
    auditor = person("吴芳", Role.AUDITOR)
    with pytest.raises(NotPermitted):
        city.cases.file(auditor, alarm_id)
    assert not city.cases.list(li)
