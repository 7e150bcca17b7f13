"""Claims about what a supervisor is told of what verdicts taught."""

from dataclasses import replace

import pytest

from console.application.errors import NotPermitted
from console.application.learning import LearningNotes
from console.application.learning_desk import LearningDesk, LearningState, Learnt
from console.domain.accounts import Role
from console.domain.alarms import Priority
from console.domain.errors import DomainError
from console.domain.verifier_policy import Act
from console.domain.verifiers import LEAST_OF_EACH, VerifierSetting, drift
from inference.learning import lesson as inference_lesson
from tests.application.city import CAMERA, FACTS, City, person
from tests.application.lessons import (
    SPREAD,
    lesson_note,
    put_given,
    put_given_to,
    put_lesson,
    put_verdicts,
    seen_alarm,
)

LEAD = person("周强", Role.SUPERVISOR)


def only(city: City) -> Learnt:
    (found,) = LearningDesk(city.units, city.gate).overview(LEAD)
    return found


def test_a_camera_is_silent_and_says_how_many_verdicts_it_wants(city: City) -> None:
    put_verdicts(city.units, city.clock.now(), real=17, false=30)

    learnt = only(city)

    assert (learnt.state, learnt.real, learnt.false, learnt.missing) == (LearningState.SILENT, 17, 30, 3)
    assert learnt.drift is None and learnt.kind is not None and learnt.camera.number
    assert LEAST_OF_EACH == inference_lesson.LEAST_OF_EACH


def test_a_lesson_shows_its_figures_before_and_after_the_newest_first(city: City) -> None:
    now = city.clock.now()
    put_verdicts(city.units, now, real=30, false=30)
    put_lesson(city.units, lesson_note(1, now, is_better=False))
    assert only(city).state is LearningState.NO_BETTER

    put_lesson(city.units, lesson_note(2, now, is_better=True, each=30))
    learnt = only(city)

    assert learnt.state is LearningState.RANKING and learnt.in_force == learnt.lessons[0]
    assert [one.number for one in learnt.lessons] == [2, 1]
    newest = learnt.lessons[0]
    assert (newest.before.false_at_recall, newest.after.false_at_recall) == (0.8, 0.14)
    assert [(one.said, one.were, one.count) for one in newest.after.calibration] == [(0.1, 0.12, 30), (0.9, 0.88, 30)]


def test_another_street_is_told_from_the_one_that_was_learned(city: City) -> None:
    now = city.clock.now()
    put_verdicts(city.units, now, real=25, false=25)
    put_lesson(city.units, lesson_note(1, now, is_better=True))
    put_given(city.units, now, "lesson-1", [0.1] * 29)
    assert only(city).drift is None, "too few to tell"

    put_given(city.units, now, "lesson-1", [0.1] * 25 + [0.3] * 5 + [0.5] * 5 + [0.7] * 5 + [0.9] * 10)
    assert only(city).drift == pytest.approx(0, abs=1e-9) and not only(city).has_drifted

    put_given(city.units, now, "lesson-1", [0.9] * 50)
    assert only(city).has_drifted


def test_a_probability_of_one_lies_in_the_last_step() -> None:
    assert drift(SPREAD, [1.0] * 40) == drift(SPREAD, [0.95] * 40)


def test_a_line_is_refused_where_the_lesson_is_no_better_or_the_alarm_likely_real(city: City) -> None:
    now, desk = city.clock.now(), LearningDesk(city.units, city.gate)
    put_verdicts(city.units, now, real=25, false=25)
    subject = only(city).subject
    with pytest.raises(DomainError):
        desk.set_line(LEAD, subject, 0.2)
    put_lesson(city.units, lesson_note(1, now, is_better=False))
    with pytest.raises(DomainError):
        desk.set_line(LEAD, subject, 0.2)
    put_lesson(city.units, lesson_note(2, now, is_better=True))
    with pytest.raises(DomainError):
        desk.set_line(LEAD, subject, 0.51)

    desk.set_line(LEAD, subject, 0.2)

    assert only(city).state is LearningState.SUPPRESSING
    assert city.audit_verbs()[-1] == "set_verifier_line"


def test_one_goes_back_a_lesson_at_a_time_and_to_the_newest_at_once(city: City) -> None:
    now, desk = city.clock.now(), LearningDesk(city.units, city.gate)
    put_verdicts(city.units, now, real=25, false=25)
    for number in (1, 2, 3):
        put_lesson(city.units, lesson_note(number, now, is_better=True))
    subject = only(city).subject

    assert [desk.go_back(LEAD, subject), desk.go_back(LEAD, subject)] == [2, 1]
    with pytest.raises(DomainError):
        desk.go_back(LEAD, subject)
    learnt = only(city)
    assert learnt.is_pinned and learnt.in_force is not None and learnt.in_force.number == 1

    desk.follow_newest(LEAD, subject)
    learnt = only(city)
    assert not learnt.is_pinned and learnt.in_force is not None and learnt.in_force.number == 3


def test_unlikely_alarms_stand_behind_the_others_of_their_priority(city: City) -> None:
    now = city.clock.now()
    unlikely, urgent = city.hit("unlikely", facts=replace(FACTS, zone_name="a")), city.hit("b", priority=Priority.HIGH)
    city.clock.wait(seconds=60)
    later = city.hit("later", facts=replace(FACTS, zone_name="c"))
    assert [row.alarm_id for row in city.review.queue(LEAD)] == [urgent, unlikely, later]

    put_given_to(city.units, {unlikely: 0.2, urgent: 0.2}, now, Act.SHADOW)
    assert [row.alarm_id for row in city.review.queue(LEAD)] == [urgent, unlikely, later], "in shadow nothing moves"
    put_given_to(city.units, {unlikely: 0.2, urgent: 0.2}, now, Act.RANK)

    assert [row.alarm_id for row in city.review.queue(LEAD)] == [urgent, later, unlikely]


@pytest.mark.parametrize(("priority", "act"), [(Priority.HIGH, Act.RANK), (Priority.MEDIUM, Act.SUPPRESS)])
def test_what_is_urgent_is_never_kept_off(city: City, priority: Priority, act: Act) -> None:
    now, notes = city.clock.now(), LearningNotes(city.units, city.clock)
    put_verdicts(city.units, now, real=25, false=25)
    put_lesson(city.units, lesson_note(1, now, is_better=True))
    setting = VerifierSetting(subject=only(city).subject, line=0.5, sampled=0.02)
    with city.units.write() as unit:
        unit.verifiers.put_setting(setting)
        unit.commit()
    acts = set()
    for number in range(3):  # one of fifty is shown all the same
        alarm_id = city.hit(f"hit {number}", priority=priority, facts=replace(FACTS, zone_name=str(number)))
        notes.keep_seen(seen_alarm(alarm_id, CAMERA, now, lesson_id="lesson-1", probability=0.01))
        with city.units.read() as unit:
            acts |= {one.act for one in unit.verifiers.judged(setting.subject, 10) if one.alarm_id == alarm_id}

    assert act in acts and (priority is Priority.MEDIUM or acts == {Act.RANK})


def test_what_was_learned_is_for_supervisors(city: City) -> None:
    with pytest.raises(NotPermitted):
        LearningDesk(city.units, city.gate).overview(person("李文静"))
