"""Turning cameras: two never turn one, a lost seat's camera stops and goes back, rounds wait for people.

Long because a corner with its camera, its people and its rounds is one place.
"""

import queue
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from threading import Event

import pytest

from console.application.camera_devices import CameraDevice, DeviceFacts
from console.application.errors import NotPermitted, Stale, Unavailable
from console.application.ptz_desk import CameraHeld, PtzDesk, Turning
from console.domain.accounts import Actor, Role
from console.domain.audit import AuditLine
from console.domain.deadlines import WorkingCalendar
from console.domain.errors import DomainError
from console.domain.ids import CameraId
from console.domain.ptz import STILL, DayKind, Preset, PtzLease, PtzSetup, PtzTour, TourStop, Velocity
from console.infrastructure.channel.messages import AnyMessage, PtzState, TurnCamera
from console.infrastructure.watch import ptz_line
from console.infrastructure.watch.ptz import NO_PRESET, NOT_TO_KEEP, SETTLE_S, PtzRoom
from tests.application.city import CAMERA, SHANGHAI, City, open_city, person

WITHIN_S = 5.0
SETUP = PtzSetup(camera_id=CAMERA, device_address="192.0.2.7", profile="main", return_preset="south")
CALENDAR = WorkingCalendar(zone=SHANGHAI)
RIGHT = Velocity(pan=0.5)


class Dome:
    """A camera that notes what it is told; ``is_deaf`` makes it fail until it is told otherwise."""

    def __init__(self) -> None:
        self.told: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.is_deaf = Event()
        self.kept: tuple[Preset, ...] = (Preset("south", "南口"), Preset("north", "北口"))

    def next(self) -> str:
        return self.told.get(timeout=WITHIN_S)

    def _hear(self, words: str) -> None:
        if self.is_deaf.is_set():
            raise Unavailable("The camera at {host} does not answer. Check its address and its network.", host="dome")
        self.told.put(words)

    def facts(self) -> DeviceFacts:
        raise AssertionError("a turn needs no facts")

    def turn(self, profile: str, velocity: Velocity, for_s: float) -> None:
        assert profile == SETUP.profile and for_s == ptz_line.DEVICE_STOPS_AFTER_S
        self._hear(f"turn {velocity.pan:g} {velocity.tilt:g} {velocity.zoom:g}")

    def step(self, profile: str, by: Velocity) -> None:
        raise AssertionError("nobody steps here")

    def stop(self, profile: str) -> None:
        self._hear("stop")

    def presets(self, profile: str) -> tuple[Preset, ...]:
        return self.kept

    def go_to(self, profile: str, token: str) -> None:
        self._hear(f"go {token}")

    def keep_preset(self, profile: str, name: str, token: str = "") -> str:
        self._hear(f"keep {name} {token}".strip())
        self.kept = (*self.kept, Preset(token or "new", name)) if not token else self.kept
        return token or "new"

    def go_home(self, profile: str) -> None:
        self._hear("home")

    def close(self) -> None:
        self.told.put("closed")


class Line:
    """A seat's line that ends in the room."""

    def __init__(self, room: PtzRoom, name: str) -> None:
        self.room, self.name, self.is_cut = room, name, False

    def turn_camera(self, lease: PtzLease, action: str, velocity: Velocity = STILL, preset: int = 0) -> None:
        if self.is_cut:
            raise Unavailable("The station does not answer; it is being started again.")
        order = {"camera_id": lease.camera_id, "lease_id": lease.lease_id, "action": action, "preset": preset}
        speeds = {"pan": velocity.pan, "tilt": velocity.tilt, "zoom": velocity.zoom}
        self.room.take_order(self.name, TurnCamera.model_validate({**order, **speeds}))


class Corner:
    """A street corner with one dome, a station's room for it, and a clock that stands still."""

    def __init__(self, city: City) -> None:
        self.city, self.dome = city, Dome()
        self.shown: list[AnyMessage] = []
        self.desk = PtzDesk(city.units, city.gate, city.clock, SHANGHAI)
        self.room = PtzRoom(
            desk=self.desk, connect=self._connect, clock=city.clock, show=self.shown.append, station="st"
        )
        self.desk.set_up(person("周敏", role=Role.ADMINISTRATOR), SETUP)

    def _connect(self, _camera: CameraId, _setup: PtzSetup) -> Callable[[], CameraDevice]:
        return lambda: self.dome

    def line(self, name: str = "02-aa") -> Line:
        return Line(self.room, name)

    def take(self, actor: Actor, name: str = "02-aa") -> Turning:
        return self.desk.take(actor, self.line(name), CAMERA)

    def wait(self, seconds: float) -> None:
        """Let time pass as the station does: it looks around ten times a second."""
        self.city.clock.wait(seconds=seconds)
        self.room.look_around()

    def until(self, is_so: Callable[[], bool]) -> None:
        """Look around until the device's thread has answered."""
        pause, left = Event(), int(WITHIN_S / 0.01)
        while not is_so():
            assert left, "not seen in time"
            left -= 1
            pause.wait(0.01)
            self.room.look_around()

    @property
    def state(self) -> PtzState:
        """What the seats were told last."""
        found = self.shown[-1]
        assert isinstance(found, PtzState)
        return found

    def is_shown(self, condition: str) -> bool:
        return self.state.condition == condition

    def audit(self) -> list[AuditLine]:
        with self.city.units.read() as unit:
            return [line for line in unit.audit.lines(0, 1000) if line.facts.verb.startswith("ptz")]

    def verbs(self) -> list[str]:
        return [line.facts.verb for line in self.audit()]


@pytest.fixture
def li() -> Actor:
    return person("李文静")


@pytest.fixture
def wang() -> Actor:
    return person("王磊", seat="03")


@pytest.fixture
def corner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Corner]:
    monkeypatch.setattr(ptz_line, "STOP_AGAIN_AFTER_S", 0.01)
    with open_city(tmp_path) as city:
        corner = Corner(city)
        yield corner
        corner.room.close()


def test_a_camera_turns_while_the_key_is_down_and_the_turn_is_written_down(corner: Corner, li: Actor) -> None:
    turning = corner.take(li)
    turning.turn(RIGHT)
    assert corner.dome.next() == "turn 0.5 0 0"
    assert corner.is_shown("turning") and corner.state.name == "李文静"

    corner.city.clock.wait(seconds=1)
    turning.stop()

    assert corner.dome.next() == "stop"
    (line,) = [line.facts for line in corner.audit() if line.facts.verb == "ptz_turn"]
    assert line.camera_id == CAMERA and line.from_at and line.to_at
    assert (line.to_at - line.from_at).total_seconds() == 1.0 and line.detail["kind"] == "turn"


def test_a_key_that_repeats_does_not_flood_the_camera(corner: Corner, li: Actor) -> None:
    turning = corner.take(li)
    turning.turn(RIGHT)
    assert corner.dome.next() == "turn 0.5 0 0"
    for _ in range(20):
        turning.turn(RIGHT)
        corner.city.clock.wait(seconds=0.1)
    turning.stop()

    heard = list(iter(corner.dome.next, "stop"))
    assert heard in ([], ["turn 0.5 0 0"])  # told again once a second, and not after it is to stop


def test_two_people_never_turn_one_camera(corner: Corner, li: Actor, wang: Actor) -> None:
    corner.take(li)

    with pytest.raises(CameraHeld, match="Seat 02, 李文静, is turning this camera") as refusal:
        corner.take(wang, "03-bb")

    assert not refusal.value.can_take_over
    with pytest.raises(CameraHeld):
        corner.desk.take_over(wang, corner.line("03-bb"), CAMERA)


def test_who_answers_for_more_takes_it_over_and_the_first_ones_keys_are_dead(corner: Corner, li: Actor) -> None:
    first = corner.take(li)
    first.turn(RIGHT)
    assert corner.dome.next() == "turn 0.5 0 0"
    lead = person("赵敏", seat="09", role=Role.SUPERVISOR)
    with pytest.raises(CameraHeld) as refusal:
        corner.take(lead, "09-cc")
    assert refusal.value.can_take_over

    second = corner.desk.take_over(lead, corner.line("09-cc"), CAMERA)

    assert corner.dome.next() == "stop"
    first.turn(Velocity(pan=-1.0))
    second.turn(Velocity(tilt=0.2))
    heard = [corner.dome.next() for _ in range(2)]
    assert sorted(heard) == ["closed", "turn 0 0.2 0"]  # the first line is closed, and nothing of it was told
    (over,) = [line.facts for line in corner.audit() if line.facts.verb == "ptz_take_over"]
    assert over.detail["from_whom"] == "02 李文静" and over.who.startswith("赵敏")


def test_a_seat_that_goes_silent_while_the_camera_turns_stops_it_in_time(corner: Corner, li: Actor) -> None:
    corner.take(li).turn(RIGHT)
    assert corner.dome.next() == "turn 0.5 0 0"

    corner.wait(1.0)
    assert corner.is_shown("turning")
    corner.wait(0.5)

    assert corner.dome.next() == "stop"
    assert corner.is_shown("held")


def test_a_seat_that_dies_stops_its_camera_at_once_and_frees_it(corner: Corner, li: Actor, wang: Actor) -> None:
    corner.take(li).turn(RIGHT)
    assert corner.dome.next() == "turn 0.5 0 0"

    corner.room.forget_seat("02-aa")

    assert [corner.dome.next() for _ in range(2)] == ["stop", "go south"]
    assert corner.is_shown("free")
    corner.take(wang, "03-bb")
    assert corner.audit()[-2].facts.detail["why"] == "seat_lost"


def test_thirty_idle_seconds_end_it_and_the_camera_goes_back(corner: Corner, li: Actor) -> None:
    corner.take(li)
    corner.wait(29.0)
    assert corner.is_shown("held")

    corner.wait(1.5)

    assert corner.dome.next() == "go south"
    assert corner.is_shown("free") and corner.audit()[-1].facts.detail["why"] == "idle"


def test_who_keeps_turning_keeps_the_camera(corner: Corner, li: Actor, wang: Actor) -> None:
    turning = corner.take(li)
    for _ in range(4):
        corner.wait(20.0)
        turning.stop()
    corner.wait(20.0)

    with pytest.raises(CameraHeld):
        corner.take(wang, "03-bb")


def test_a_camera_that_does_not_hear_stop_is_told_until_it_does(corner: Corner, li: Actor) -> None:
    turning = corner.take(li)
    turning.turn(RIGHT)
    assert corner.dome.next() == "turn 0.5 0 0"
    corner.dome.is_deaf.set()
    turning.stop()
    corner.dome.is_deaf.clear()

    assert corner.dome.next() == "stop"


def test_a_camera_that_does_not_answer_is_said_in_its_sentence(corner: Corner, li: Actor) -> None:
    turning = corner.take(li)
    corner.dome.is_deaf.set()
    turning.go_home()

    corner.until(lambda: corner.state.sentence.startswith("The camera at {host} does not answer"))
    assert corner.state.values == {"host": "dome"}


def test_presets_are_called_by_their_number(corner: Corner, li: Actor) -> None:
    turning = corner.take(li)
    corner.until(lambda: corner.state.presets == ("南口", "北口"))

    turning.go_to(2)
    assert corner.dome.next() == "go north"
    turning.go_to(3)

    assert corner.state.sentence == "This camera has no preset {number}."


def test_a_lease_that_was_made_up_turns_nothing(corner: Corner, li: Actor) -> None:
    lease = corner.take(li).lease
    forged = Turning(replace(lease, lease_id="guessed"), corner.line("09-zz"))
    forged.link.turn_camera(forged.lease, "begin")
    forged.turn(RIGHT)

    corner.room.look_around()
    assert corner.dome.told.empty()


def test_nobody_turns_what_is_not_set_up_or_not_theirs(corner: Corner, li: Actor) -> None:
    with pytest.raises(NotPermitted):
        corner.take(person("吴霞", role=Role.AUDITOR))
    with corner.city.units.write() as unit:
        camera = unit.directory.camera(CAMERA)
        unit.directory.put_camera(replace(camera, camera_id=CameraId("cam02"), number="02", rules=()))
        unit.commit()
    with pytest.raises(DomainError, match="cannot be turned"):
        corner.desk.take(li, corner.line(), CameraId("cam02"))


def test_without_a_station_nobody_believes_to_turn_and_the_camera_stays_free(
    corner: Corner, li: Actor, wang: Actor
) -> None:
    line = corner.line()
    line.is_cut = True
    with pytest.raises(Unavailable):
        corner.desk.take(li, line, CAMERA)

    corner.take(wang, "03-bb")


# ---- rounds


def with_tour(corner: Corner) -> PtzSetup:
    dwell = timedelta(seconds=10)
    stops = (TourStop(preset="south", dwell=dwell), TourStop(preset="north", dwell=dwell, watches=False))
    setup = replace(SETUP, tours=(PtzTour(stops=stops),))
    corner.city.ptz_tours.keep(person("陈建国", role=Role.SUPERVISOR), CAMERA, setup.tours, ())
    corner.room.take_tours(corner.desk.tours_due())
    corner.room.look_around()
    return setup


def test_a_round_stays_at_each_preset_and_its_rules_watch_only_where_they_should(corner: Corner) -> None:
    with_tour(corner)
    assert corner.dome.next() == "go south" and CAMERA in corner.room.away

    corner.wait(SETTLE_S + 0.1)
    assert corner.room.away == frozenset() and CAMERA in corner.room.turned
    corner.wait(10.0)

    assert corner.dome.next() == "go north" and CAMERA in corner.room.away
    corner.wait(SETTLE_S + 0.1)
    assert CAMERA in corner.room.away  # no rules at the north
    corner.wait(10.0)
    assert corner.dome.next() == "go south"


def test_a_round_waits_while_a_person_turns_and_goes_on_afterwards(corner: Corner, li: Actor) -> None:
    with_tour(corner)
    assert corner.dome.next() == "go south"

    turning = corner.take(li)
    assert corner.dome.next() == "closed"
    corner.wait(20.0)
    assert corner.dome.told.empty() and CAMERA in corner.room.away
    turning.leave()

    assert [corner.dome.next() for _ in range(2)] == ["go south", "closed"]
    corner.wait(SETTLE_S + 0.1)
    assert corner.dome.next() == "go south" and corner.is_shown("tour")


def test_a_round_ends_with_its_calendar_and_the_camera_goes_back(corner: Corner) -> None:
    with_tour(corner)
    assert corner.dome.next() == "go south"

    corner.room.take_tours([])
    corner.wait(0.1)

    assert corner.dome.next() == "go south" and corner.verbs()[-1] == "ptz_leave"


def test_two_stations_never_drive_one_round(corner: Corner) -> None:
    with_tour(corner)

    assert corner.desk.take_for_tour(CAMERA, "other station") is None


@pytest.mark.parametrize(
    ("begins", "ends", "hour", "runs"),
    [(8, 20, 10, True), (8, 20, 21, False), (22, 6, 23, True), (22, 6, 5, True), (22, 6, 12, False), (0, 0, 3, True)],
)
def test_a_round_runs_by_the_citys_own_hours(corner: Corner, begins: int, ends: int, hour: int, runs: bool) -> None:
    stops = (TourStop(preset="a", dwell=timedelta(minutes=1)), TourStop(preset="b", dwell=timedelta(minutes=1)))
    tour = PtzTour(stops=stops, begins=time(begins), ends=time(ends))
    at = corner.city.clock.now().astimezone(SHANGHAI).replace(hour=hour)

    assert tour.runs_at(at, CALENDAR) is runs


def test_a_night_round_of_sunday_ends_on_monday_morning(corner: Corner) -> None:
    stops = (TourStop(preset="a", dwell=timedelta(minutes=1)), TourStop(preset="b", dwell=timedelta(minutes=1)))
    sundays = PtzTour(stops=stops, days=frozenset({6}), begins=time(22), ends=time(6))
    monday = corner.city.clock.now().astimezone(SHANGHAI)

    assert sundays.runs_at(monday.replace(hour=5), CALENDAR)
    assert not sundays.runs_at(monday.replace(hour=23), CALENDAR)


TWO = tuple(TourStop(preset=name, dwell=timedelta(minutes=1)) for name in ("south", "north"))
SATURDAY, MONDAY, HOLIDAY = (datetime(2026, *day, 10, tzinfo=SHANGHAI) for day in ((11, 21), (11, 23), (10, 1)))


@pytest.mark.parametrize(
    ("kept_to", "runs"),
    [(DayKind.ANY, (True, True, True)), (DayKind.WORKED, (False, True, False)), (DayKind.OFF, (True, False, True))],
)
def test_a_round_of_working_days_stands_still_on_a_holiday_and_one_of_days_off_goes_then(
    kept_to: DayKind, runs: tuple[bool, ...]
) -> None:
    calendar = WorkingCalendar(zone=SHANGHAI, holidays=frozenset({HOLIDAY.date()}))
    tour = PtzTour(stops=TWO, kept_to=kept_to)

    assert tuple(tour.runs_at(at, calendar) for at in (SATURDAY, MONDAY, HOLIDAY)) == runs


def test_a_weekend_that_is_worked_instead_is_a_working_day_of_a_round() -> None:
    calendar = WorkingCalendar(zone=SHANGHAI, make_up_days=frozenset({SATURDAY.date()}))

    assert PtzTour(stops=TWO, kept_to=DayKind.WORKED).runs_at(SATURDAY, calendar)
    assert not PtzTour(stops=TWO, kept_to=DayKind.OFF).runs_at(SATURDAY, calendar)


def test_a_round_that_was_stopped_does_not_run_and_the_next_one_of_the_camera_does(corner: Corner) -> None:
    first, second = PtzTour(stops=TWO, name="day", is_on=False), PtzTour(stops=TWO, name="other")
    corner.city.ptz_tours.keep(person("陈建国", role=Role.SUPERVISOR), CAMERA, (first, second), ())

    assert [one.tour.name for one in corner.desk.tours_due()] == ["other"]


def test_setting_up_the_dome_again_leaves_its_rounds_alone(corner: Corner) -> None:
    kept = with_tour(corner).tours
    corner.desk.set_up(person("周敏", role=Role.ADMINISTRATOR), replace(SETUP, device_address="192.0.2.8"))

    assert corner.city.ptz_tours.of(person("陈建国", role=Role.SUPERVISOR), CAMERA).tours == kept


def test_who_changed_the_rounds_later_is_told_that_somebody_was_first(corner: Corner) -> None:
    lead = person("陈建国", role=Role.SUPERVISOR)
    corner.city.ptz_tours.keep(lead, CAMERA, (PtzTour(stops=TWO, name="day"),), ())

    with pytest.raises(Stale):
        corner.city.ptz_tours.keep(lead, CAMERA, (PtzTour(stops=TWO, name="night"),), ())


@pytest.mark.parametrize("dwell_s", [0, 4, 90_000])
def test_a_stop_of_a_round_is_neither_a_blink_nor_for_ever(dwell_s: int) -> None:
    with pytest.raises(DomainError):
        TourStop(preset="a", dwell=timedelta(seconds=dwell_s))


def test_the_shift_leader_keeps_a_view_under_an_old_number_or_the_next_new_one(corner: Corner) -> None:
    lead = person("赵敏", seat="09", role=Role.SUPERVISOR)
    turning = corner.take(lead, "09-cc")
    corner.until(lambda: corner.state.presets == ("南口", "北口"))
    turning.keep(2)
    assert corner.dome.next() == "keep 北口 north"
    turning.keep(3)
    assert corner.dome.next() == "keep 3"
    corner.until(lambda: corner.state.presets == ("南口", "北口", "3"))
    kinds = [line.facts.detail["kind"] for line in corner.audit() if line.facts.verb == "ptz_turn"]
    assert kinds == ["keep", "keep"]

    turning.keep(5)
    assert corner.state.sentence == NO_PRESET


def test_an_operator_goes_to_presets_and_keeps_none(corner: Corner, li: Actor) -> None:
    turning = corner.take(li)
    corner.until(lambda: corner.state.presets == ("南口", "北口"))
    turning.keep(1)
    assert corner.state.sentence == NOT_TO_KEEP
    turning.go_to(1)
    assert corner.dome.next() == "go south", "nothing was kept before"
