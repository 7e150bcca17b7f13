"""Claims about places on both engines: lists hold what a scope covers, and the last administrator stays."""

import pytest

from console.application.accounts_desk import AccountsDesk
from console.application.permissions import Gate
from console.domain.accounts import Actor, Role, Scope
from console.domain.errors import DomainError
from console.domain.ids import AccountId, AlarmId, CameraId, SeatId
from console.domain.places import Place
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.queries import SqlQueries
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from tests.application.city import Drawer
from tests.application.test_sign_in import PlainHasher
from tests.infrastructure.database import builders
from tests.infrastructure.database.builders import NOW, minutes

CELLS = {"here": "330199001003001", "next": "330199002001001", "nowhere": ""}
SPAN = (NOW - minutes(600), NOW + minutes(600))


@pytest.fixture
def filled(units: SqlUnitsOfWork, queries: SqlQueries) -> SqlQueries:
    """Return the queries over one camera, alarm, case and talk session in each place."""
    with units.write() as unit:
        for name, cell in CELLS.items():
            place = Place(address=name, grid_cell=cell)
            unit.directory.put_camera(builders.camera(name, number=name, place=place))
            unit.alarms.add(builders.alarm(name, camera_id=CameraId(name), place=place))
            unit.cases.add(
                builders.case(
                    f"case-{name}", number=name, camera_id=CameraId(name), place=place, alarm_id=AlarmId(name)
                )
            )
            unit.talks.add(builders.talk(f"talk-{name}", camera_id=CameraId(name)))
        unit.commit()
    return queries


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (Scope(), {"here", "next", "nowhere"}),
        (Scope(areas=frozenset({"330199"})), {"here", "next"}),
        (Scope(areas=frozenset({"330199001"})), {"here"}),
        (Scope(areas=frozenset({"330199001"}), cameras=frozenset({CameraId("nowhere")})), {"here", "nowhere"}),
        (Scope(areas=frozenset({"330105"})), set()),
    ],
)
def test_a_list_holds_what_the_scope_covers(filled: SqlQueries, scope: Scope, seen: set[str]) -> None:
    assert {alarm.camera_id for alarm in filled.alarms_between(*SPAN, scope)} == seen
    assert {row.number for row in filled.case_list(10, scope)} == seen
    assert {case.camera_id for case in filled.cases_between(*SPAN, scope)} == seen
    assert {talk.camera_id for talk in filled.talk_log(10, scope)} == seen
    assert {talk.camera_id for talk in filled.talks_between(*SPAN, scope)} == seen
    assert {row.camera_id for row in filled.alarm_queue(NOW + minutes(60), 10, scope)} <= seen


def test_the_last_active_administrator_stays_on_this_engine_too(units: SqlUnitsOfWork) -> None:
    clock = SystemClock()
    sun = Actor(account_id=AccountId("sun"), display_name="孙浩", role=Role.ADMINISTRATOR, seat_id=SeatId("01"))
    with units.write() as unit:
        for name, is_active in (("sun", True), ("gao", False)):
            unit.accounts.add(builders.account(name, role=Role.ADMINISTRATOR, is_active=is_active, scope=Scope()))
        unit.commit()
    desk = AccountsDesk(units, Gate(units, clock), PlainHasher(), clock, Drawer())
    with pytest.raises(DomainError, match="last active"):
        desk.change(sun, sun.account_id, display_name="孙浩", role=Role.ADMINISTRATOR, scope=Scope(), is_active=False)
    with units.read() as unit:
        assert unit.accounts.get(sun.account_id).is_active
