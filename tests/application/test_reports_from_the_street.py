"""What people and sensors report becomes alarms that are filed where they are, with or without a camera."""

from dataclasses import replace

import pytest

from console.application.alarm_intake import AlarmIntake, Report
from console.application.alarm_review import Filing
from console.application.errors import NotPermitted, Stale
from console.domain.accounts import Actor, Scope
from console.domain.alarms import AlarmStage, Priority, Source
from console.domain.errors import DomainError, TransitionRefused
from console.domain.ids import CategoryCode
from console.domain.places import Place, metres_between
from tests.application.city import CAMERA, OTHER_TEAM, PARKING, TEAM, City

CORNER = Place(address="滨河路 88 号", street="城东", grid_cell="330199001003001", longitude=120.16, latitude=30.26)


def told(city: City, name: str = "report-1", *, place: Place = CORNER, text: str = "车停在人行道上") -> Report:
    return Report(
        report_id=name,
        source=Source.CITIZEN,
        category=PARKING,
        priority=Priority.MEDIUM,
        place=place,
        at=city.clock.now(),
        text=text,
        name="周先生",
    )


def test_a_report_without_a_camera_is_filed_at_its_place(city: City, li: Actor) -> None:
    alarm_id = city.intake.report(told(city)).alarm_id
    (row,) = city.review.queue(li)
    assert (row.alarm_id, row.where, row.source) == (alarm_id, "滨河路 88 号", Source.CITIZEN)
    filed = city.cases.confirm_and_file(li, alarm_id, Filing(PARKING, "1"))
    case = city.cases.page(li, filed.case_id).case
    assert case.place == CORNER and case.camera_id is None and filed.unit_id == TEAM


def test_a_second_report_of_the_same_spot_is_heard_by_the_first_and_kept(city: City, li: Actor) -> None:
    first = city.intake.report(told(city))
    near = replace(CORNER, latitude=30.2603, address="88 号对面")
    assert (metres_between(CORNER, near) or 0) < 50
    again = city.intake.report(told(city, "report-2", place=near, text="还停着"))
    assert again.alarm_id == first.alarm_id
    assert [said.text for said in city.review.card(li, first.alarm_id).said] == ["车停在人行道上", "还停着"]


def test_a_report_of_the_next_street_is_an_alarm_of_its_own(city: City, li: Actor) -> None:
    far = replace(CORNER, latitude=30.261)
    assert (metres_between(CORNER, far) or 0) > 50
    assert city.intake.report(told(city)).alarm_id != city.intake.report(told(city, "report-2", place=far)).alarm_id
    assert len(city.review.queue(li)) == 2


def test_a_report_of_what_a_camera_sees_already_is_heard_by_that_alarm(city: City, li: Actor) -> None:
    with city.units.read() as unit:
        here = unit.directory.camera(CAMERA).place
    seen = city.hit()
    assert city.intake.report(told(city, place=here)).alarm_id == seen
    assert city.review.card(li, seen).said[0].name == "周先生"


def test_the_same_report_twice_is_one_also_after_it_was_decided(city: City, li: Actor) -> None:
    alarm_id = city.intake.report(told(city)).alarm_id
    city.cases.confirm_and_file(li, alarm_id, Filing(PARKING, "1"))
    assert city.intake.report(told(city)).alarm_id == alarm_id
    assert not city.review.queue(li)


def test_a_place_nobody_measured_is_the_same_by_its_address_only(city: City, li: Actor) -> None:
    first = city.intake.report(told(city, place=Place(address="河东街口")))
    same = city.intake.report(told(city, "report-2", place=Place(address="河东街口")))
    nowhere = city.intake.report(told(city, "report-3", place=Place(address="")))
    nowhere_else = city.intake.report(told(city, "report-4", place=Place(address="")))
    assert first.alarm_id == same.alarm_id
    assert len({first.alarm_id, nowhere.alarm_id, nowhere_else.alarm_id}) == 3


def test_a_report_of_a_matter_nobody_keeps_is_refused_and_nothing_is_kept(city: City, li: Actor) -> None:
    with pytest.raises((Stale, DomainError)):
        city.intake.report(replace(told(city), category=CategoryCode("00000")))
    assert not city.review.queue(li)


def test_who_answers_for_another_grid_neither_sees_nor_decides_it(city: City, li: Actor) -> None:
    alarm_id = city.intake.report(told(city)).alarm_id
    elsewhere = replace(li, scope=Scope(areas=frozenset({"330199002"})))
    assert not city.review.queue(elsewhere)
    with pytest.raises(NotPermitted):
        city.cases.confirm_and_file(elsewhere, alarm_id, Filing(PARKING, "1"))
    inside = replace(li, scope=Scope(areas=frozenset({"330199001003"})))
    assert city.cases.confirm_and_file(inside, alarm_id, Filing(PARKING, "1")).number


def test_a_confirmation_whose_case_cannot_be_filed_leaves_the_alarm_waiting(city: City, li: Actor) -> None:
    alarm_id = city.hit()
    with pytest.raises(DomainError, match="why"):
        city.cases.confirm_and_file(li, alarm_id, Filing(PARKING, "1"), OTHER_TEAM)
    with city.units.read() as unit:
        alarm = unit.alarms.get(alarm_id)
    assert alarm.stage is AlarmStage.WAITING and not alarm.verdicts
    assert "confirm" not in city.audit_verbs()


def test_what_was_confirmed_and_filed_is_not_filed_again(city: City, li: Actor, wang: Actor) -> None:
    alarm_id = city.hit()
    city.cases.confirm_and_file(li, alarm_id, Filing(PARKING, "1"))
    with pytest.raises(TransitionRefused, match="decided"):
        city.cases.confirm_and_file(wang, alarm_id, Filing(PARKING, "1"))
    assert len(city.cases.list(li)) == 1


def test_an_intake_that_lost_its_answer_may_ask_again(city: City) -> None:
    once = city.intake.report(told(city))
    assert AlarmIntake(city.units, city.clock).report(told(city)).alarm_id == once.alarm_id
