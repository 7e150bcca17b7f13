"""Claims about how streams are opened: not all at once, trusted only with proof, and refused for a reason."""

from dataclasses import dataclass

import av.error
import pytest
from pydantic import SecretStr

from console.infrastructure.channel.messages import OpenStream
from console.infrastructure.clock import SystemClock
from console.infrastructure.video.opening import DEVICE_APART_S, STREAMS_APART_S, Doorway, options_of, why_refused

ADDRESS = "rtsps://admin:Str33tL1ght@10.0.0.9/cam"


@dataclass
class StandingClock(SystemClock):
    passed_s: float = 100.0

    def monotonic_s(self) -> float:
        return self.passed_s


def wish(address: str) -> OpenStream:
    return OpenStream(stream_id="s", camera_id="c", address=SecretStr(address))


def test_streams_of_one_device_are_opened_further_apart_than_those_of_many() -> None:
    clock = StandingClock()
    door = Doorway(clock)
    recorder = [door.wait_s(f"rtsp://u:p@10.0.0.1:{port}/cam") for port in (554, 555, 556)]
    assert recorder == pytest.approx([0.0, DEVICE_APART_S, 2 * DEVICE_APART_S])
    others = [door.wait_s(f"rtsp://10.0.1.{number}/cam") for number in range(3)]
    assert others == pytest.approx([STREAMS_APART_S * at for at in (3, 4, 5)])
    clock.passed_s += 10
    assert door.wait_s("rtsp://10.0.0.1/cam") == 0.0


@pytest.mark.parametrize("kind", [av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError])
def test_a_login_that_is_refused_is_a_wrong_password(kind: type[av.error.FFmpegError]) -> None:
    assert why_refused(kind(0, "refused", ADDRESS), wish(ADDRESS))[0] == "wrong_password"


@pytest.mark.parametrize(
    "cause",
    [
        av.error.HTTPNotFoundError(0, "not found"),
        av.error.HTTPOtherClientError(0, "454 or another"),
        av.error.HTTPServerError(0, "busy"),
        av.error.ConnectionRefusedError(111, "refused"),
        av.error.TimeoutError(110, "nothing came"),
        av.error.InvalidDataError(0, f"rubbish from '{ADDRESS}'"),
    ],
)
def test_everything_else_may_pass_and_says_no_password(cause: Exception) -> None:
    condition, detail = why_refused(cause, wish(ADDRESS))
    assert condition == "no_signal"
    assert "Str33tL1ght" not in detail


def test_who_speaks_tls_must_prove_who_it_is() -> None:
    options = options_of(wish(ADDRESS), "/etc/city/ca.pem")
    assert (options["tls_verify"], options["ca_file"]) == ("1", "/etc/city/ca.pem")
    assert options_of(wish(ADDRESS), "")["tls_verify"] == "1"
    assert "tls_verify" not in options_of(wish("rtsp://10.0.0.9/cam"), "/etc/city/ca.pem")
    assert why_refused(av.error.OSError(5, "Input/output error"), wish(ADDRESS))[0] == "not_trusted"
