"""Claims about recordings at the desk: who recorded and who looked is written down, and gaps are said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.application.errors import NotPermitted, Unavailable
from console.application.recordings_desk import SpanWanted
from console.domain.accounts import Actor, Role
from console.domain.audit import AuditFacts
from console.domain.errors import DomainError
from console.domain.recordings import Gap
from console.domain.retention import Lock, LockKind
from tests.application.city import CAMERA, City, person
from tests.infrastructure.database.test_recordings import segment


def last_line(city: City) -> AuditFacts:
    with city.units.read() as unit:
        return unit.audit.lines(0, 1000)[-1].facts


def recorded(city: City, *minutes: float) -> None:
    with city.units.write() as unit:
        for number, minute in enumerate(minutes):
            begins_at = city.clock.at + timedelta(minutes=minute)
            unit.recordings.add(segment(f"s{number}", begins_at, camera_id=CAMERA, follows=""))
        unit.commit()


def test_a_recording_by_hand_ends_by_itself_and_says_when(city: City, li: Actor) -> None:
    until = city.recordings.record(li, city.line, CAMERA)
    assert until == city.clock.at + timedelta(minutes=15)
    assert city.line.orders == [("record", f"{CAMERA} until {until:%H:%M}")]
    facts = last_line(city)
    assert (facts.verb, facts.camera_id, facts.from_at, facts.to_at) == ("record", CAMERA, city.clock.at, until)


def test_a_recording_is_ended_by_hand_too(city: City, li: Actor) -> None:
    city.recordings.record(li, city.line, CAMERA)
    city.recordings.stop(li, city.line, CAMERA)
    assert city.line.orders[-1] == ("record", f"{CAMERA} no longer")
    assert last_line(city).verb == "stop_recording"


def test_nobody_believes_to_record_while_the_station_is_away(city: City, li: Actor) -> None:
    city.line.is_cut = True
    with pytest.raises(Unavailable):
        city.recordings.record(li, city.line, CAMERA)


def test_who_may_not_record_does_not(city: City) -> None:
    with pytest.raises(NotPermitted):
        city.recordings.record(person("adm", Role.ADMINISTRATOR), city.line, CAMERA)
    assert not city.line.orders
    assert last_line(city).verb == "refused"


def test_a_search_says_what_is_missing_and_is_written_down(city: City, li: Actor) -> None:
    recorded(city, 0, 1, 3)
    begin, end = city.clock.at, city.clock.at + timedelta(minutes=4)
    found = city.recordings.find(li, CAMERA, begin, end)
    assert len(found.segments) == 3
    assert found.gaps == (Gap(begin + timedelta(minutes=2), begin + timedelta(minutes=3)),)
    facts = last_line(city)
    assert (facts.verb, facts.from_at, facts.to_at) == ("search_recordings", begin, end)


def test_looking_takes_a_reason_and_leaves_a_line_with_camera_span_and_reason(city: City, li: Actor) -> None:
    recorded(city, 0, 1, 2)
    begin, end = city.clock.at + timedelta(seconds=30), city.clock.at + timedelta(seconds=90)
    with pytest.raises(DomainError, match="reason"):
        city.recordings.play(li, CAMERA, begin, end, "  ")
    assert [one.segment_id for one in city.recordings.play(li, CAMERA, begin, end, "找丢失的包")] == ["s0", "s1"]
    facts = last_line(city)
    assert (facts.verb, facts.camera_id, facts.reason) == ("play_recording", CAMERA, "找丢失的包")
    assert (facts.from_at, facts.to_at) == (begin, end)


def test_a_time_of_which_nothing_is_there_is_said_and_not_shown_as_an_empty_street(city: City, li: Actor) -> None:
    with pytest.raises(DomainError, match="Nothing was recorded"):
        city.recordings.play(li, CAMERA, city.clock.at, city.clock.at + timedelta(minutes=1), "r")
    with pytest.raises(DomainError, match="before it begins"):
        city.recordings.find(li, CAMERA, city.clock.at, city.clock.at)


def test_evidence_of_a_span_takes_a_reason_a_bearable_length_and_leaves_a_line(city: City, li: Actor) -> None:
    begin = city.clock.at
    wanted = SpanWanted(
        camera_id=CAMERA, from_at=begin, to_at=begin + timedelta(minutes=2), subject_id="alarm-1", reason="撞车经过"
    )
    for refused in (
        replace(wanted, reason=""),
        replace(wanted, to_at=begin + timedelta(minutes=11)),
        replace(wanted, to_at=begin),
    ):
        with pytest.raises(DomainError):
            city.recordings.cut(li, city.line, refused)
    assert not city.line.orders
    city.recordings.cut(li, city.line, wanted)
    assert city.line.orders == [("cut", f"{CAMERA} for alarm-1")]
    facts = last_line(city)
    assert (facts.verb, facts.subject, facts.reason) == ("cut_recording", "alarm-1", "撞车经过")
    assert (facts.from_at, facts.to_at) == (wanted.from_at, wanted.to_at)


def test_a_search_brings_what_happened_there_and_what_is_locked_of_it(city: City, li: Actor) -> None:
    recorded(city, 0)
    begin, end = city.clock.at, city.clock.at + timedelta(minutes=5)
    city.clock.wait(seconds=30)
    alarm_id = city.hit()
    lock = Lock(
        lock_id="l", kind=LockKind.SPAN, camera_id=CAMERA, from_at=begin, to_at=end, reason="投诉", by="x", at=begin
    )
    with city.units.write() as unit:
        unit.locks.add(lock)
        unit.commit()
    found = city.recordings.find(li, CAMERA, begin, end)
    assert [alarm.alarm_id for alarm in found.alarms] == [alarm_id]
    assert found.locks == (lock,)
    assert city.recordings.find(li, CAMERA, end, end + timedelta(minutes=5)).alarms == ()


def test_the_last_minutes_are_looked_at_again_without_a_reason_and_older_ones_are_not(city: City, li: Actor) -> None:
    since = city.clock.at - timedelta(minutes=1)
    city.recordings.look_back(li, [CAMERA], since)
    facts = last_line(city)
    assert (facts.verb, facts.camera_id, facts.from_at, facts.to_at) == ("look_back", CAMERA, since, city.clock.at)
    with pytest.raises(DomainError, match="Older than 10 minutes"):
        city.recordings.look_back(li, [CAMERA], city.clock.at - timedelta(minutes=11))
    with pytest.raises(NotPermitted):
        city.recordings.look_back(person("adm", Role.ADMINISTRATOR), [CAMERA], since)
