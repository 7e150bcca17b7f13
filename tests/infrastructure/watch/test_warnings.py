"""Claims about warnings of deadlines: they come before the breach with no seat open, and only once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.application.case_clocks import CaseClocks
from console.application.dispatch import Answer
from console.domain.accounts import Role
from console.domain.alarms import Priority
from console.domain.case_warnings import warning_due
from console.domain.cases import Act
from console.domain.ids import CaseId
from console.infrastructure.jobs import JobRunner
from console.infrastructure.watch.rhythm import WARN_EVERY, warnings_of
from tests.application.city import BEGIN, TEAM, City, open_city, person

LI, CHIEF = person("李文静"), person("陈建国", Role.SUPERVISOR)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with open_city(tmp_path) as found:
        yield found


class Stations:
    """Two stations on one database; none has a seat."""

    def __init__(self, city: City) -> None:
        self._city = city
        self.told: list[str] = []
        job = warnings_of(CaseClocks(city.units, city.clock), lambda _topic, ids: self.told.extend(ids))
        self._runners = [JobRunner([job], name, city.units, city.clock) for name in ("first", "second")]

    def pass_by(self, **span: float) -> None:
        """Let time pass and both look, as they do every quarter of a minute."""
        self._city.clock.wait(**span)
        with self._city.units.read() as unit:
            found = unit.case_warnings.lacking(self._city.clock.now(), 10)
            assert all(warning_due(unit.cases.get(case_id), self._city.clock.now()) for case_id in found)
        for _ in range(2):
            for runner in self._runners:
                runner.run_due()
                assert not any(state.failures for state in runner.states())
            self._city.clock.wait(seconds=WARN_EVERY.total_seconds())


def warnings(city: City, case_id: CaseId) -> list[tuple[str, timedelta]]:
    case = city.cases.page(CHIEF, case_id).case
    return [(str(step.facts["kind"]), step.at - BEGIN) for step in case.steps if step.act is Act.WARNED]


class Department:
    def submit(self, _body: object, _key: str) -> str:
        return "R-1"

    def recall(self, _receipt: str, _key: str) -> None: ...

    def answers(self, _since: object) -> tuple[Answer, ...]:
        return ()


def delivered(city: City) -> CaseId:
    case_id = city.filed(LI, priority=Priority.HIGH).case_id
    for order in city.dispatch.take_due():
        city.dispatch.deliver(order, Department())
    return case_id


def test_a_case_is_warned_of_before_it_is_over_and_when_it_is_and_each_once(city: City) -> None:
    case_id, stations = delivered(city), Stations(city)
    stations.pass_by(minutes=95)
    assert not warnings(city, case_id)
    for _ in range(20):
        stations.pass_by(minutes=2)
    (near, near_at), (over, over_at) = warnings(city, case_id)
    assert (near, over) == ("near", "over")
    assert timedelta(minutes=96) <= near_at < timedelta(minutes=99)
    assert timedelta(minutes=120) < over_at < timedelta(minutes=124)
    assert stations.told == [case_id, case_id]
    assert city.audit_verbs().count("warn_case") == 2


def test_a_station_that_was_away_for_both_warns_only_of_what_is_still_true(city: City) -> None:
    case_id, stations = delivered(city), Stations(city)
    stations.pass_by(hours=5)
    assert [kind for kind, _ in warnings(city, case_id)] == ["over"]


def test_nobody_is_warned_of_what_was_answered(city: City) -> None:
    case_id, stations = delivered(city), Stations(city)
    said = Answer(answer_id="a-1", receipt="R-1", says="done", text="已清理", at=city.clock.now())
    city.dispatch.take_answer(TEAM, said)
    stations.pass_by(hours=5)
    assert not warnings(city, case_id) and not stations.told


def test_a_deadline_that_was_moved_is_warned_of_anew_and_not_while_it_stands_still(city: City) -> None:
    case_id, stations = delivered(city), Stations(city)
    stations.pass_by(minutes=100)
    assert len(warnings(city, case_id)) == 1
    city.times.extend(CHIEF, case_id, "下雨")
    city.times.suspend(CHIEF, case_id, city.clock.now() + timedelta(days=1), "封路")
    stations.pass_by(hours=20)
    assert len(warnings(city, case_id)) == 1
    stations.pass_by(hours=7)  # 80 % of both limits have run at twelve past three, by working time
    assert len(warnings(city, case_id)) == 1
    stations.pass_by(hours=1)
    assert [kind for kind, _ in warnings(city, case_id)] == ["near", "near"]
