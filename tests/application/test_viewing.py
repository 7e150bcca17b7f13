"""Who had which camera on a wall: a line when it comes and a line when it goes, also when the seat is killed."""

import pytest

from console.application.viewing import Viewing
from console.domain.audit import AuditLine
from console.domain.ids import AccountId, CameraId, SeatId, ShiftId
from console.domain.shifts import Shift
from tests.application.city import City

SEAT = SeatId("02")
ONE, TWO, THREE = CameraId("cam01"), CameraId("cam02"), CameraId("cam03")


@pytest.fixture
def viewing(city: City) -> Viewing:
    sit_down(city, "李文静")
    return Viewing(city.units, city.clock)


def sit_down(city: City, name: str) -> None:
    with city.units.write() as unit:
        before = unit.shifts.open_at(SEAT)
        if before is not None:
            before.ended_at = city.clock.now()
            unit.shifts.save(before)
        unit.shifts.add(
            Shift(
                shift_id=ShiftId(name),
                account_id=AccountId(name),
                display_name=name,
                seat_id=SEAT,
                began_at=city.clock.now(),
            )
        )
        unit.commit()


def views(city: City) -> list[tuple[str, str, str, float | None]]:
    """Return of each line: what, which camera, whose name, and how long it was seen (s)."""
    with city.units.read() as unit:
        return [seen(line) for line in unit.audit.lines(0, 100)]


def seen(line: AuditLine) -> tuple[str, str, str, float | None]:
    facts = line.facts
    assert facts.from_at is not None
    span_s = (facts.to_at - facts.from_at).total_seconds() if facts.to_at is not None else None
    return facts.verb, facts.camera_id, facts.who.split(" ")[0], span_s


def test_a_camera_that_stays_leaves_one_line_and_one_that_is_changed_leaves_its_span(
    city: City, viewing: Viewing
) -> None:
    viewing.show("line-1", SEAT, {ONE, TWO})
    viewing.write_down()
    for _ in range(100):
        city.clock.wait(seconds=2)
        viewing.show("line-1", SEAT, {ONE, TWO})
        viewing.write_down()
    viewing.show("line-1", SEAT, {ONE, THREE})
    city.clock.wait(seconds=1)
    viewing.write_down()
    assert views(city) == [
        ("live_view", ONE, "李文静", None),
        ("live_view", TWO, "李文静", None),
        ("live_view_ended", TWO, "李文静", 200.0),
        ("live_view", THREE, "李文静", None),
    ]


def test_a_seat_that_is_gone_and_a_station_that_ends_end_the_views(city: City, viewing: Viewing) -> None:
    viewing.show("line-1", SEAT, {ONE})
    viewing.show("line-2", SeatId("03"), {TWO})
    viewing.write_down()
    city.clock.wait(seconds=30)
    viewing.show("line-1", SEAT, ())
    viewing.write_down()
    city.clock.wait(seconds=30)
    viewing.end()
    viewing.write_down()
    viewing.write_down()
    assert views(city)[2:] == [("live_view_ended", ONE, "李文静", 30.0), ("live_view_ended", TWO, "nobody", 60.0)]


def test_another_person_at_the_same_seat_has_a_view_of_their_own(city: City, viewing: Viewing) -> None:
    viewing.show("line-1", SEAT, {ONE})
    viewing.write_down()
    city.clock.wait(minutes=10)
    sit_down(city, "王磊")
    viewing.write_down()
    assert views(city)[1:] == [("live_view_ended", ONE, "李文静", 600.0), ("live_view", ONE, "王磊", None)]


def test_what_could_not_be_written_down_is_written_later_with_its_own_time(city: City, viewing: Viewing) -> None:
    viewing.show("line-1", SEAT, {ONE})
    city.clock.wait(minutes=3)  # the database was away
    viewing.write_down()
    with city.units.read() as unit:
        (line,) = unit.audit.lines(0, 100)
    assert (city.clock.now() - line.facts.at).total_seconds() == 180
