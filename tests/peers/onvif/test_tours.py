"""A tour kept at the desk and gone by a dome that we did not write; and its presets, told to the seat that asks."""

import queue
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from console.application.camera_devices import CameraDevice
from console.domain.accounts import Role
from console.domain.ids import CameraId
from console.domain.ptz import PtzSetup, PtzTour, TourStop, Velocity
from console.infrastructure.channel.messages import AnyMessage, ListPresets, PresetsListed
from console.infrastructure.clock import SystemClock
from console.infrastructure.gateways.onvif import OnvifDevice
from console.infrastructure.watch.presets import PresetRoom
from console.infrastructure.watch.ptz import PtzRoom
from tests.application.city import CAMERA, open_city, person
from tests.infrastructure.video.media_station import wait_until
from tests.peers.onvif.simulator import LOGIN, IpyCam

pytestmark = pytest.mark.peer

MAIN = "Profile_Main"
ANSWERS_WITHIN_S = 10.0
LEAD = person("陈建国", Role.SUPERVISOR)


@dataclass
class SeatLine:
    """The end of a seat that keeps what it was told."""

    told: "queue.SimpleQueue[AnyMessage]" = field(default_factory=queue.SimpleQueue)

    def send(self, message: AnyMessage) -> None:
        self.told.put(message)


def device_of(dome: IpyCam) -> OnvifDevice:
    user, _, password = LOGIN.partition(":")
    return OnvifDevice(dome.address, user, password, SystemClock())


def test_the_presets_of_a_dome_are_listed_and_a_tour_of_two_goes_to_both_until_it_is_stopped(
    dome: IpyCam, tmp_path: Path
) -> None:
    with device_of(dome) as device:
        device.go_home(MAIN)
        device.step(MAIN, Velocity(pan=-0.4))
        device.keep_preset(MAIN, "南口")
        device.step(MAIN, Velocity(pan=0.6))
        device.keep_preset(MAIN, "北口")
        device.go_home(MAIN)

    def connect(camera_id: CameraId, setup: PtzSetup) -> "Opens":
        assert (camera_id, setup.device_address) == (CAMERA, dome.address)
        return Opens(dome)

    with open_city(tmp_path) as city:
        setup = PtzSetup(camera_id=CAMERA, device_address=dome.address, profile=MAIN)
        city.ptz.set_up(person("周敏", role=Role.ADMINISTRATOR), setup)
        line = SeatLine()
        PresetRoom(city.ptz, connect).take_order(line, ListPresets(request_id="one", camera_id=CAMERA))
        listed = line.told.get(timeout=ANSWERS_WITHIN_S)
        assert isinstance(listed, PresetsListed) and listed.request_id == "one"
        tokens = {preset.name: preset.token for preset in listed.presets}

        dwell = timedelta(seconds=5)
        stops = tuple(TourStop(preset=tokens[name], dwell=dwell) for name in ("南口", "北口"))
        tour = PtzTour(stops=stops, name="两口", is_on=True)
        city.ptz_tours.keep(LEAD, CAMERA, (tour,), ())
        room = PtzRoom(desk=city.ptz, connect=connect, clock=city.clock, show=lambda _: None, station="st")

        def looks_at(pan: float) -> bool:
            room.take_tours(city.ptz.tours_due())
            room.look_around()
            return bool(dome.position()["pan"] == pytest.approx(pan))

        wait_until(lambda: looks_at(-0.4), "the first preset")
        city.clock.wait(seconds=10)
        wait_until(lambda: looks_at(0.2), "the second preset")
        city.ptz_tours.keep(LEAD, CAMERA, (PtzTour(stops=stops, name="两口", is_on=False),), (tour,))
        wait_until(lambda: looks_at(0.0), "home, when the tour was stopped")
        room.close()


def test_a_dome_that_refuses_the_password_says_so_instead_of_having_no_presets(dome: IpyCam, tmp_path: Path) -> None:
    with open_city(tmp_path) as city:
        setup = PtzSetup(camera_id=CAMERA, device_address=dome.address, profile=MAIN)
        city.ptz.set_up(person("周敏", role=Role.ADMINISTRATOR), setup)
        line = SeatLine()
        wrong = OnvifDevice(dome.address, "admin", "wrong-one", SystemClock())
        room = PresetRoom(city.ptz, lambda _camera, _setup: lambda: wrong)
        room.take_order(line, ListPresets(request_id="two", camera_id=CAMERA))

        said = line.told.get(timeout=ANSWERS_WITHIN_S)

    assert isinstance(said, PresetsListed) and said.sentence and not said.presets
    assert "wrong-one" not in str(said)


class Opens:
    """Opens the dome's device anew for whoever asks."""

    def __init__(self, dome: IpyCam) -> None:
        self._dome = dome

    def __call__(self) -> CameraDevice:
        return device_of(self._dome)
