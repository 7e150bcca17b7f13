"""A seat's orders through the station's room to ipycam; where it looks is read at ipycam's own page."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.application.ptz_desk import PtzDesk, Turning
from console.domain.accounts import Role
from console.domain.ptz import PtzSetup, Velocity
from console.infrastructure.clock import SystemClock
from console.infrastructure.gateways.onvif import OnvifDevice
from console.infrastructure.watch.ptz import PtzRoom
from tests.application.city import CAMERA, SHANGHAI, open_city, person
from tests.infrastructure.video.media_station import wait_until
from tests.infrastructure.watch.test_ptz_room import Line
from tests.peers.onvif.simulator import LOGIN, IpyCam

pytestmark = pytest.mark.peer

STOPPED_WITHIN_S = 2.0


@pytest.fixture
def room(dome: IpyCam, tmp_path: Path) -> Iterator[tuple[PtzRoom, Turning]]:
    user, _, password = LOGIN.partition(":")
    clock = SystemClock()
    with open_city(tmp_path) as city:
        desk = PtzDesk(city.units, city.gate, clock, SHANGHAI)
        desk.set_up(
            person("周敏", role=Role.ADMINISTRATOR),
            PtzSetup(camera_id=CAMERA, device_address=dome.address, profile="Profile_Main"),
        )
        room = PtzRoom(
            desk=desk,
            connect=lambda _, setup: lambda: OnvifDevice(setup.device_address, user, password, clock),
            clock=clock,
            show=lambda _: None,
            station="st",
        )
        yield room, desk.take(person("李文静"), Line(room, "02-aa"), CAMERA)
        room.close()


def looking(room: PtzRoom, is_so: Callable[[], bool]) -> Callable[[], bool]:
    def look() -> bool:
        room.look_around()
        return is_so()

    return look


def test_a_silent_seats_camera_stands_within_two_seconds(dome: IpyCam, room: tuple[PtzRoom, Turning]) -> None:
    watch, turning = room
    turning.turn(Velocity(pan=0.3, tilt=-0.1))
    wait_until(lambda: dome.position()["pan"] > 0.02, "the camera turning")
    assert dome.position()["tilt"] < 0 and dome.position()["moving"]
    said_s = time.monotonic()

    wait_until(looking(watch, lambda: not dome.position()["moving"]), "the camera standing")

    assert time.monotonic() - said_s < STOPPED_WITHIN_S


def test_a_lost_seats_camera_goes_back_home(dome: IpyCam, room: tuple[PtzRoom, Turning]) -> None:
    watch, turning = room
    turning.turn(Velocity(zoom=0.5))
    wait_until(lambda: dome.position()["zoom"] > 0.02, "the camera zooming")

    watch.forget_seat("02-aa")

    wait_until(lambda: dome.position()["zoom"] == 0.0 and not dome.position()["moving"], "the camera at home")
