"""Devices that are not what they should be: none holds us, none gets the password, each is told in its own words."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from console.application.camera_devices import CannotTurn, Unbelievable
from console.application.errors import Unavailable
from console.domain.errors import DomainError
from console.domain.ptz import Velocity
from console.infrastructure.clock import SystemClock
from console.infrastructure.gateways import onvif
from console.infrastructure.gateways.onvif import OnvifDevice, service_address

PASSWORD = "s3cret-7"
ENVELOPE = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:d="http://www.onvif.org/ver10/device/wsdl" '
    'xmlns:m="http://www.onvif.org/ver10/media/wsdl" xmlns:t="http://www.onvif.org/ver10/schema">'
    "<s:Body>{body}</s:Body></s:Envelope>"
)
SERVICE = (
    "<d:Service><d:Namespace>http://www.onvif.org/ver10/{name}/wsdl</d:Namespace><d:XAddr>{at}</d:XAddr></d:Service>"
)
PROFILE = (
    '<m:Profiles token="p"><t:Name>main</t:Name><t:VideoEncoderConfiguration token="e"><t:Encoding>H264</t:Encoding>'
    "<t:Resolution><t:Width>99999999</t:Width><t:Height>-5</t:Height></t:Resolution></t:VideoEncoderConfiguration>"
    "</m:Profiles>"
)

Answer = Callable[[str], bytes]


class Liar(ThreadingHTTPServer):
    """An HTTP server on loopback that answers each request's body as it is told."""

    daemon_threads = True

    def __init__(self, answer: Answer | None = None, *, drips: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer, self.drips = answer, drips
        self.asked: list[str] = []
        self.ending = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/onvif/device_service"

    def close(self) -> None:
        self.ending.set()
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Liar)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        server.asked.append(body)
        self.send_response(200)
        self.send_header("Content-Type", "application/soap+xml")
        self.end_headers()
        with suppress(OSError):  # whoever asked has had enough
            while server.drips and not server.ending.wait(0.05):
                self.wfile.write(b" ")
            if server.answer is not None:
                self.wfile.write(server.answer(body))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def lie() -> Iterator[Callable[..., Liar]]:
    liars: list[Liar] = []

    def one(answer: Answer | None = None, *, drips: bool = False) -> Liar:
        liars.append(Liar(answer, drips=drips))
        return liars[-1]

    yield one
    for liar in liars:
        liar.close()


def device_at(address: str) -> OnvifDevice:
    return OnvifDevice(address, "admin", PASSWORD, SystemClock())


def services(at: str) -> str:
    body = SERVICE.format(name="device", at=at) + SERVICE.format(name="media", at=at)
    return f"<d:GetServicesResponse>{body}</d:GetServicesResponse>"


def camera(stream: str, *, elsewhere: str = "http://203.0.113.9/onvif/media") -> Answer:
    """Return the answers of a camera that can be looked at and not be turned, and names others' addresses."""

    def answer(asked: str) -> bytes:
        if "GetServices" in asked:
            body = services(elsewhere)
        elif "GetProfiles" in asked:
            body = f"<m:GetProfilesResponse>{PROFILE}</m:GetProfilesResponse>"
        elif "GetStreamUri" in asked:
            body = f"<m:GetStreamUriResponse><m:MediaUri><t:Uri>{stream}</t:Uri></m:MediaUri></m:GetStreamUriResponse>"
        elif "GetDeviceInformation" in asked:
            body = "<d:GetDeviceInformationResponse><d:Model>DS\n-2</d:Model></d:GetDeviceInformationResponse>"
        else:
            body = ""
        return ENVELOPE.format(body=body).encode()

    return answer


def test_a_device_that_sends_a_byte_now_and_then_holds_nobody(
    lie: Callable[..., Liar], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onvif, "WHOLE_ANSWER_WITHIN_S", 0.4)
    with device_at(lie(drips=True).address) as device, pytest.raises(Unavailable, match="does not answer"):
        device.stop("p")


def test_a_device_that_answers_without_end_is_not_believed(lie: Callable[..., Liar]) -> None:
    liar = lie(lambda _: b"<x>" * 2_000_000)
    with device_at(liar.address) as device, pytest.raises(Unbelievable, match="without end"):
        device.facts()


@pytest.mark.parametrize(
    "said", [b"", b"<html>hello</html>", b"\xff\xfe\x00garbage", ENVELOPE.format(body="").encode()]
)
def test_what_does_not_speak_onvif_is_said_to_be_so(lie: Callable[..., Liar], said: bytes) -> None:
    with device_at(lie(lambda _: said).address) as device, pytest.raises(Unbelievable, match="does not speak ONVIF"):
        device.facts()


def test_addresses_a_device_names_for_itself_lead_to_where_it_was_reached(lie: Callable[..., Liar]) -> None:
    liar = lie(camera("rtsp://root:theirs@203.0.113.9:8554/live?channel=1"))
    with device_at(liar.address) as device:
        (profile,) = device.facts().profiles

    assert profile.address == "rtsp://127.0.0.1:8554/live?channel=1"
    assert any("GetProfiles" in asked for asked in liar.asked)  # asked here, not at 203.0.113.9
    assert not any(PASSWORD in asked for asked in liar.asked)


def test_sizes_and_words_of_a_device_are_kept_within_reason(lie: Callable[..., Liar]) -> None:
    with device_at(lie(camera("rtsp://127.0.0.1/a")).address) as device:
        facts = device.facts()

    assert (facts.profiles[0].width, facts.profiles[0].height) == (onvif.LARGEST_SIDE_PX, 0)
    assert facts.model == "DS-2" and facts.clock_offset_s is None


@pytest.mark.parametrize("stream", ["file:///etc/passwd", "", "concat:a|b"])
def test_a_stream_that_is_no_stream_is_not_opened(lie: Callable[..., Liar], stream: str) -> None:
    with device_at(lie(camera(stream)).address) as device, pytest.raises(Unbelievable, match="names no stream"):
        device.facts()


def test_a_camera_without_ptz_says_that_it_cannot_be_turned(lie: Callable[..., Liar]) -> None:
    with device_at(lie(camera("rtsp://127.0.0.1/a")).address) as device:
        assert not device.facts().can_turn
        with pytest.raises(CannotTurn):
            device.turn("p", Velocity(pan=1.0), 2.0)


def test_a_camera_that_is_away_is_said_to_be_away() -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as closed:
        port = closed.server_address[1]
    with device_at(f"127.0.0.1:{port}") as device, pytest.raises(Unavailable, match="does not answer") as refusal:
        device.facts()

    assert PASSWORD not in str(refusal.value)


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("192.0.2.4", "http://192.0.2.4/onvif/device_service"),
        (" cam.example:8000 ", "http://cam.example:8000/onvif/device_service"),
        ("rtsp://u:p@192.0.2.4:554/ch1", "http://192.0.2.4/onvif/device_service"),
        ("https://u:p@192.0.2.4/own/path", "https://192.0.2.4/own/path"),
        ("[2001:db8::1]:8080", "http://[2001:db8::1]:8080/onvif/device_service"),
    ],
)
def test_what_a_person_types_becomes_the_address_of_the_device(typed: str, means: str) -> None:
    assert service_address(typed) == means


@pytest.mark.parametrize("typed", ["", "http://", "ftp://192.0.2.4", "192.0.2.4:port"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Unavailable, match="is not an address"):
        service_address(typed)


@pytest.mark.parametrize("speed", [1.01, -2.0, float("nan")])
def test_no_speed_is_beyond_full_speed(speed: float) -> None:
    with pytest.raises(DomainError):
        Velocity(pan=speed)
