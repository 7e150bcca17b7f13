"""Our ONVIF gateway against ipycam, read at ipycam's own page."""

import time
from collections.abc import Iterator

import pytest

from console.application.camera_devices import SignInRefused
from console.domain.ptz import Preset, Velocity
from console.infrastructure.clock import SystemClock
from console.infrastructure.gateways.discovery import find_devices
from console.infrastructure.gateways.onvif import OnvifDevice
from tests.peers.onvif.simulator import LOGIN, IpyCam

pytestmark = pytest.mark.peer

MAIN = "Profile_Main"
WITHIN_S = 5.0


@pytest.fixture
def device(dome: IpyCam) -> Iterator[OnvifDevice]:
    user, _, password = LOGIN.partition(":")
    with OnvifDevice(dome.address, user, password, SystemClock()) as device:
        yield device
        device.stop(MAIN)
        device.go_home(MAIN)


def pan_beyond(dome: IpyCam, pan: float) -> bool:
    """Wait until the camera's own page says that it has turned so far to the right."""
    give_up_s = time.monotonic() + WITHIN_S
    while time.monotonic() < give_up_s:
        if dome.position()["pan"] > pan:
            return True
    return False


def test_a_camera_says_what_it_is_and_where_its_streams_are(device: OnvifDevice, dome: IpyCam) -> None:
    facts = device.facts()

    assert (facts.manufacturer, facts.model) == ("PythonCam", "VirtualCam-1")
    main, sub = facts.profiles
    assert (main.token, main.codec, main.width, main.height) == (MAIN, "H264", 320, 180)
    assert main.address == f"rtsp://127.0.0.1:{dome.rtsp_port}/video_main" and sub.address.endswith("/video_sub")
    assert facts.can_turn and facts.snapshot_address.endswith("/snapshot.jpg")
    assert facts.clock_offset_s is not None and abs(facts.clock_offset_s) < 1.0


def test_a_camera_turns_while_it_is_told_and_stands_when_it_is_told(device: OnvifDevice, dome: IpyCam) -> None:
    device.turn(MAIN, Velocity(pan=0.8), 2.0)
    assert pan_beyond(dome, 0.1) and dome.position()["moving"]

    device.stop(MAIN)

    stood = dome.position()
    assert not stood["moving"]
    assert dome.position()["pan"] == stood["pan"]


def test_a_step_zooms_and_home_undoes_it(device: OnvifDevice, dome: IpyCam) -> None:
    device.step(MAIN, Velocity(tilt=0.2, zoom=0.3))
    assert dome.position()["tilt"] == pytest.approx(0.2) and dome.position()["zoom"] == pytest.approx(0.3)

    device.go_home(MAIN)

    assert dome.position()["tilt"] == dome.position()["zoom"] == 0.0


def test_a_preset_that_was_kept_is_found_again_by_its_chinese_name(device: OnvifDevice, dome: IpyCam) -> None:
    device.step(MAIN, Velocity(pan=-0.4))
    token = device.keep_preset(MAIN, "南口")
    device.go_home(MAIN)

    assert Preset(token, "南口") in device.presets(MAIN)
    device.go_to(MAIN, token)

    assert dome.position()["pan"] == pytest.approx(-0.4)


def test_a_wrong_password_is_told_from_a_camera_that_is_away(dome: IpyCam) -> None:
    device = OnvifDevice(dome.address, "admin", "wrong-one", SystemClock())
    with device, pytest.raises(SignInRefused) as refusal:
        device.facts()

    assert "wrong-one" not in str(refusal.value)


def test_a_call_into_the_network_finds_the_camera_and_its_name(dome: IpyCam) -> None:
    found = {device.address: device.name for device in find_devices(["127.0.0.1"], listen_s=0.6)}

    assert found.get(dome.address) == "学府路口 球机"
