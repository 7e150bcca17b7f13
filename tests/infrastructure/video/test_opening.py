"""Claims about how streams are opened: not all at once, trusted only with proof, and refused for a reason."""

from dataclasses import dataclass

import av.error
import pytest
from pydantic import SecretStr

from console.infrastructure.channel.messages import OpenStream
from console.infrastructure.clock import SystemClock
from console.infrastructure.video.arriving import CodecNotKnown
from console.infrastructure.video.opening import DEVICE_APART_S, STREAMS_APART_S, Doorway, options_of, why_refused
from console.infrastructure.video.srt import SrtMissing

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
    for address in ("https://10.0.0.9/live.m3u8", "rtmps://10.0.0.9/live/cam"):
        assert options_of(wish(address), "/etc/city/ca.pem")["tls_verify"] == "1"
    assert why_refused(av.error.OSError(5, "Input/output error"), wish(ADDRESS))[0] == "not_trusted"


@pytest.mark.parametrize("address", ["http://10.0.0.9/a.m3u8", "https://10.0.0.9/a.m3u8", "rtmp://10.0.0.9/live/cam"])
def test_what_comes_from_the_net_leads_to_no_file_of_this_machine(address: str) -> None:
    allowed = options_of(wish(address), "")["protocol_whitelist"].split(",")
    assert not {"file", "pipe", "fd", "data", "concat", "subfile", "unix"} & set(allowed)


def test_what_began_with_tls_goes_on_with_it() -> None:
    assert "http" not in options_of(wish("https://10.0.0.9/a.m3u8"), "")["protocol_whitelist"].split(",")


def test_a_picture_format_nobody_here_decodes_and_a_missing_library_have_words_of_their_own() -> None:
    assert why_refused(CodecNotKnown("vp9"), wish(ADDRESS))[0] == "cannot_decode"
    assert why_refused(SrtMissing("no libsrt"), wish("srt://10.0.0.9:9000"))[0] == "cannot_open"
