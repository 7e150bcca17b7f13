"""A wrong key of a device that sends to us stands in the audit, and a night of guessing does not fill it."""

from collections.abc import Sequence

import pytest

from console.application.errors import Unavailable
from console.application.push_tries import MOST_APART, PushTries
from console.domain.audit import AuditFacts
from tests.application.city import City
from tests.application.test_gate import Away


@pytest.fixture
def tries(city: City) -> PushTries:
    return PushTries(city.units, city.clock)


def lines(city: City) -> Sequence[AuditFacts]:
    with city.units.read() as unit:
        return [line.facts for line in unit.audit.lines(0, 10_000) if line.facts.verb == "push_refused"]


def test_a_wrong_key_is_written_down_with_device_and_address(city: City, tries: PushTries) -> None:
    tries.note("drone-1", "10.0.0.9")
    tries.write_down()
    (line,) = lines(city)
    assert (line.subject, line.who, line.detail) == ("drone-1", "10.0.0.9", {"peer": "10.0.0.9", "tries": 1})


def test_an_hour_of_guessing_is_a_line_a_minute_and_no_try_is_lost(city: City, tries: PushTries) -> None:
    for _ in range(3600):
        tries.note("drone-1", "10.0.0.9")
        tries.write_down()
        city.clock.wait(seconds=1)
    tries.write_down()
    assert len(lines(city)) == 61
    assert sum(int(line.detail["tries"]) for line in lines(city)) == 3600


def test_many_names_from_many_addresses_are_no_more_than_a_handful_of_lines(city: City, tries: PushTries) -> None:
    for at in range(3600):
        tries.note(f"drone-{at}", f"10.0.{at // 250}.{at % 250}")
        tries.write_down()
        if at % 60 == 59:
            city.clock.wait(minutes=1)
    city.clock.wait(minutes=1)
    tries.write_down()
    assert len(lines(city)) <= 61 * (MOST_APART + 1)
    assert sum(int(line.detail["tries"]) for line in lines(city)) == 3600
    assert max(int(line.detail["tries"]) for line in lines(city)) > 1


def test_what_could_not_be_written_is_counted_on_and_written_later(city: City) -> None:
    tries = PushTries(Away(), city.clock)
    tries.note("drone-1", "10.0.0.9")
    with pytest.raises(Unavailable):
        tries.write_down()
    tries.note("drone-1", "10.0.0.9")
    tries._units = city.units
    tries.write_down()
    (line,) = lines(city)
    assert line.detail["tries"] == 2
