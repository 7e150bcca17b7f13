"""Claims about a case's time at the desk: who moves a deadline, what leaves for the unit, what the figures count."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.application.dispatch import Answer
from console.application.errors import NotPermitted
from console.application.reports import ShiftDesk
from console.domain.accounts import Actor, Role
from console.domain.alarms import Priority
from console.domain.cases import Act, Appeal, Case, Stage
from console.domain.errors import IncompleteFiling, TransitionRefused
from console.domain.ids import CaseId
from console.domain.outbox import OrderKind, OrderStage
from tests.application.city import BEGIN, TEAM, City, open_city, person

HOUR = timedelta(hours=1)
LI, CHIEF, OTHER = person("李文静"), person("陈建国", Role.SUPERVISOR), person("赵敏", Role.DISPATCHER)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with open_city(tmp_path) as found:
        yield found


class Department:
    """Takes everything."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, object]] = []
        self.recalled: list[str] = []

    def submit(self, body: dict[str, object], _key: str) -> str:
        self.bodies.append(body)
        return f"R-{len(self.bodies)}"

    def recall(self, receipt: str, _key: str) -> None:
        self.recalled.append(receipt)

    def answers(self, _since: object) -> tuple[Answer, ...]:
        return ()


def deliver(city: City, department: Department) -> None:
    for order in city.dispatch.take_due():
        city.dispatch.deliver(order, department)


def delivered(city: City, department: Department) -> CaseId:
    case_id = city.filed(LI, priority=Priority.HIGH).case_id
    deliver(city, department)
    return case_id


def read(city: City, case_id: CaseId) -> Case:
    return city.cases.page(CHIEF, case_id).case


def test_the_clock_of_a_case_begins_when_it_is_sent_and_is_kept(city: City) -> None:
    case = read(city, city.filed(LI).case_id)
    # Two working hours from ten in the morning; the working day has a break at noon.
    assert case.due_at == BEGIN + 2 * HOUR
    assert case.near_at == BEGIN + 1.6 * HOUR and case.allowed == 2 * HOUR and not case.extensions


def test_a_supervisor_extends_twice_and_an_operator_never(city: City) -> None:
    case_id = delivered(city, Department())
    with pytest.raises(NotPermitted):
        city.times.extend(LI, case_id, "下雨")
    with pytest.raises(IncompleteFiling):
        city.times.extend(CHIEF, case_id, "")
    city.times.extend(CHIEF, case_id, "下雨")
    city.times.extend(OTHER, case_id, "下雨")
    with pytest.raises(TransitionRefused):
        city.times.extend(CHIEF, case_id, "下雨")
    case = read(city, case_id)
    assert (case.extensions, case.allowed) == (2, 6 * HOUR)
    assert case.due_at == BEGIN + 8 * HOUR  # six working hours, and two of lunch


def test_what_is_overdue_is_not_extended(city: City) -> None:
    case_id = delivered(city, Department())
    city.clock.wait(hours=3)
    with pytest.raises(TransitionRefused, match="over"):
        city.times.extend(CHIEF, case_id, "下雨")
    assert read(city, case_id).due_at == BEGIN + 2 * HOUR


def test_a_suspension_that_ends_early_leaves_what_was_left(city: City) -> None:
    case_id = delivered(city, Department())
    city.clock.wait(hours=1)
    city.times.suspend(CHIEF, case_id, city.clock.now() + timedelta(days=30), "道路施工")
    assert read(city, case_id).is_suspended(city.clock.now())
    with pytest.raises(TransitionRefused, match="suspended"):
        city.times.urge(LI, case_id, "催")
    city.clock.wait(days=2, hours=-1)  # Wednesday, ten
    city.times.resume(CHIEF, case_id)
    case = read(city, case_id)
    assert case.due_at == BEGIN + timedelta(days=2) + HOUR
    with pytest.raises(TransitionRefused):
        city.times.suspend(CHIEF, case_id, city.clock.now() + HOUR, "再次")
    assert [step.act for step in case.steps][-2:] == [Act.SUSPENDED, Act.RESUMED]
    assert case.steps[-2].facts["reason"] == "道路施工"


def test_urging_sends_an_order_of_its_own_and_moves_neither_stage_nor_deadline(city: City) -> None:
    department = Department()
    case_id = delivered(city, department)
    due = read(city, case_id).due_at
    city.times.urge(LI, case_id, "市民再次反映")
    deliver(city, department)
    case = read(city, case_id)
    assert (case.stage, case.due_at, case.urged_at) == (Stage.DELIVERED, due, city.clock.now())
    assert [body["rework_of"] for body in department.bodies] == ["", "R-1"]
    assert department.bodies[1]["remark"] == "市民再次反映"
    # The unit may answer to either.
    said = Answer(answer_id="a-1", receipt="R-2", says="done", text="已清理", at=city.clock.now())
    assert city.dispatch.take_answer(TEAM, said) == case_id
    assert read(city, case_id).stage is Stage.HANDLED


def test_a_void_case_is_recalled_where_it_had_left_and_held_back_where_not(city: City) -> None:
    department = Department()
    case_id = delivered(city, department)
    city.times.void(CHIEF, case_id, "重复立案")
    deliver(city, department)
    assert read(city, case_id).stage is Stage.VOID and department.recalled == ["R-1"]
    waiting = city.filed(LI, "hit-2").case_id
    city.times.void(CHIEF, waiting, "误报")
    with city.units.read() as unit:
        (order,) = unit.orders.of_case(waiting)
        assert (order.kind, order.stage) == (OrderKind.SUBMIT, OrderStage.WITHDRAWN)
        assert not unit.locks.of_case(waiting)
    with pytest.raises(TransitionRefused):
        city.times.void(CHIEF, waiting, "误报")


def answered_late_and_closed(city: City) -> CaseId:
    case_id = delivered(city, Department())
    city.clock.wait(hours=5)
    said = Answer(answer_id="a-1", receipt="R-1", says="done", text="已清理", at=city.clock.now())
    city.dispatch.take_answer(TEAM, said)
    city.cases.close(LI, case_id, "1")
    return case_id


class Paper:
    def print_shift(self, *_: object) -> None: ...


def in_time(city: City) -> tuple[int, int]:
    shifts = ShiftDesk(city.units, city.queries, city.gate, city.clock, Paper())
    city.clock.wait(hours=1)
    ratio = shifts.figures(CHIEF, BEGIN, city.clock.now()).in_time
    return ratio.part, ratio.whole


def judged(city: City, case_id: CaseId, actor: Actor, *, is_upheld: bool = True) -> Appeal | None:
    city.times.judge_appeal(actor, case_id, "属实", is_upheld=is_upheld)
    return read(city, case_id).appeal


def test_an_appeal_that_two_upheld_leaves_the_figures_and_stays_in_the_history(city: City) -> None:
    case_id = answered_late_and_closed(city)
    assert in_time(city) == (0, 1)
    city.times.appeal(LI, case_id, "道路封闭")
    with pytest.raises(NotPermitted):
        city.times.judge_appeal(LI, case_id, "属实", is_upheld=True)
    assert judged(city, case_id, CHIEF) is Appeal.WAITS
    with pytest.raises(TransitionRefused, match="reviewer"):
        judged(city, case_id, CHIEF)
    assert judged(city, case_id, OTHER) is Appeal.UPHELD
    assert in_time(city) == (0, 0)
    assert read(city, case_id).was_late


def test_a_rejected_appeal_is_not_brought_in_again(city: City) -> None:
    case_id = answered_late_and_closed(city)
    city.times.appeal(LI, case_id, "道路封闭")
    assert judged(city, case_id, CHIEF, is_upheld=False) is Appeal.REJECTED
    with pytest.raises(TransitionRefused):
        city.times.appeal(LI, case_id, "道路封闭")
    assert in_time(city) == (0, 1)
