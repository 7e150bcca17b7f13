"""A crowd's warning that becomes an alarm while it waits."""

from dataclasses import replace

from console.domain.accounts import Actor
from console.domain.alarms import Alarm, Priority
from console.domain.ids import AlarmId
from console.domain.rules import RuleFamily
from tests.application.city import FACTS, City

WARNING = replace(FACTS, family=RuleFamily.CROWD, reasons=(("level", "warning"), ("count", 9.0)))
ALARM = replace(WARNING, reasons=(("level", "alarm"), ("count", 21.0)))


def alarm_of(city: City, alarm_id: AlarmId) -> Alarm:
    with city.units.read() as unit:
        return unit.alarms.get(alarm_id)


def test_a_heard_warning_that_becomes_an_alarm_is_unheard_again_with_the_newer_reasons(city: City, li: Actor) -> None:
    alarm_id = city.hit(priority=Priority.MEDIUM, facts=WARNING)
    city.review.acknowledge(li, alarm_id)
    assert city.hit("hit-2", priority=Priority.HIGH, facts=ALARM) == alarm_id
    alarm = alarm_of(city, alarm_id)
    assert (alarm.priority, alarm.acknowledged_at, alarm.hits) == (Priority.HIGH, None, 2)
    assert alarm.rule == ALARM


def test_what_somebody_has_in_hand_stays_theirs_and_heard(city: City, li: Actor) -> None:
    alarm_id = city.hit(priority=Priority.MEDIUM, facts=WARNING)
    city.review.claim(li, alarm_id)
    city.hit("hit-2", priority=Priority.HIGH, facts=ALARM)
    alarm = alarm_of(city, alarm_id)
    assert alarm.priority is Priority.HIGH
    assert alarm.claim is not None and alarm.acknowledged_at is not None


def test_a_warning_after_an_alarm_takes_nothing_from_it(city: City, li: Actor) -> None:
    alarm_id = city.hit(priority=Priority.HIGH, facts=ALARM)
    city.review.acknowledge(li, alarm_id)
    city.hit("hit-2", priority=Priority.MEDIUM, facts=WARNING)
    alarm = alarm_of(city, alarm_id)
    assert alarm.priority is Priority.HIGH and alarm.rule == ALARM
    assert alarm.acknowledged_at is not None
