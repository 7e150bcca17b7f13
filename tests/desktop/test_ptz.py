"""A camera turned and brought in from a real window by real keys, at ipycam, which we did not write."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.bench.screen import VirtualScreen
from console.domain.ptz import PtzSetup
from tests.desktop.seat_window import SeatWindow, Street, wait_until
from tests.peers.onvif.simulator import IpyCam

pytestmark = [pytest.mark.desktop, pytest.mark.media, pytest.mark.peer]

PICTURE_WITHIN_S = 60.0
TURNS_WITHIN_S = 10.0
STANDS_WITHIN_S = 2.0
BROUGHT_IN_WITHIN_S = 60.0  # the first picture of a new camera


@pytest.fixture
def dome(street: Street, tmp_path: Path) -> Iterator[IpyCam]:
    """Have the demo's first camera turned by ipycam; its own picture is for whoever brings it in."""
    folder = tmp_path / "ipycam"
    folder.mkdir()
    camera = IpyCam(folder, login="", pictures=True)
    with street.site.units.write() as unit:
        first = min(unit.directory.cameras(), key=lambda one: one.number)
        unit.ptz.put_setup(PtzSetup(camera_id=first.camera_id, device_address=camera.address, profile="Profile_Main"))
        unit.commit()
    yield camera
    camera.close()


def test_keys_turn_the_camera_while_they_are_held_and_a_dead_seat_leaves_nothing_turning(
    dome: IpyCam, screen: VirtualScreen, open_seat: Callable[[], SeatWindow]
) -> None:
    seat = open_seat()
    seat.wait_for_log("first picture", PICTURE_WITHIN_S)
    seat.take_keys()
    environment = {**os.environ, "DISPLAY": screen.display}

    def key(action: str, name: str) -> None:
        subprocess.run(["xdotool", action, name], env=environment, check=True, timeout=20)

    seat.press("1")
    seat.press_until("PTZ mode", ["x"], lambda: seat.said("turning camera"))
    key("keydown", "Right")
    wait_until("the camera turning right", TURNS_WITHIN_S, lambda: dome.position()["pan"] > 0.05)
    key("keyup", "Right")
    wait_until("the camera standing", STANDS_WITHIN_S, lambda: not dome.position()["moving"])
    stood = dome.position()["pan"]

    key("keydown", "plus")
    wait_until("the camera zooming in", TURNS_WITHIN_S, lambda: dome.position()["zoom"] > 0.02)
    key("keyup", "plus")
    wait_until("the zoom standing", STANDS_WITHIN_S, lambda: not dome.position()["moving"])
    assert dome.position()["pan"] == pytest.approx(stood)

    key("keydown", "Up")
    wait_until("the camera turning up", TURNS_WITHIN_S, lambda: dome.position()["tilt"] > 0.02)
    seat.process.kill()
    died_s = time.monotonic()
    wait_until("the camera standing without its seat", STANDS_WITHIN_S, lambda: not dome.position()["moving"])
    print(f"stood {time.monotonic() - died_s:.2f} s after its seat died")
    wait_until("the camera at home", TURNS_WITHIN_S, lambda: dome.position()["pan"] == dome.position()["zoom"] == 0.0)
    seat.process.wait()


def test_an_administrator_sees_a_new_cameras_first_picture_within_a_minute_and_adds_it(
    dome: IpyCam, street: Street, screen: VirtualScreen, open_seat: Callable[..., SeatWindow]
) -> None:
    seat = open_seat(sign_in="admin")
    seat.wait_for_log("every page is made", PICTURE_WITHIN_S)
    seat.take_keys()
    seat.open_page("ctrl+F7", "onboarding")
    wait_until("the first step, which has no picture", TURNS_WITHIN_S, lambda: not screen.shows_picture)
    began_s = time.monotonic()

    seat.write(f"127.0.0.1:{dome.port}")
    seat.press_until("the step of its sign-in", ["Return"], lambda: seat.said("onboarding step sign_in"))
    seat.press_until("the step of its picture", ["Return"], lambda: seat.said("onboarding step picture"))
    wait_until("the camera's picture", BROUGHT_IN_WITHIN_S, lambda: screen.shows_picture)
    print(f"first picture {time.monotonic() - began_s:.1f} s after its address")
    seat.press_until("the step of its place", ["Return"], lambda: seat.said("onboarding step place"))
    seat.write("88")
    seat.press("Tab")
    seat.write("Dome")

    def added() -> bool:
        with street.site.units.read() as unit:
            return any(one.number == "88" and one.name == "Dome" for one in unit.directory.cameras())

    seat.press_until("the camera in the directory", ["Return"], added)
