"""How a stream's address is opened: what FFmpeg is told, how quickly one after another, and why it was refused."""

import errno
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import av
import av.error
from av.container import InputContainer

from console.application.ports import Clock
from console.domain.cameras import device_of, without_credentials
from console.infrastructure.channel.messages import OpenStream, StreamCondition
from console.infrastructure.video.arriving import CodecNotKnown
from console.infrastructure.video.playlists import PlaylistReader, PlaylistRefused, is_playlist
from console.infrastructure.video.srt import SrtMissing, SrtReader, SrtRefused

OPEN_WITHIN_S = 5.0
READ_WITHIN_S = 15.0  # DESIGN §5: a tile that stands still for 15 s is connected anew

# A switch or a recorder is not knocked at by a whole wall at once, neither at the start nor when it comes back; yet
# sixteen streams of one recorder are asked for within a second, because a decoder's death is to be over in three.
DEVICE_APART_S = 0.06
STREAMS_APART_S = 0.02  # judgement: about what an opening costs of a processor
# A frame rate is of no use to us, and finding it out holds the first 2.5 s of pictures back.
_QUICK_PROBE = {"fpsprobesize": "0"}
# FLV and MPEG-TS may bring a further stream at any time; FFmpeg waits 5 s for one (measured) unless told otherwise.
_SHORT_LOOK = {"analyzeduration": "1000000"}  # microseconds
_WITH_TLS = ("rtsps", "https", "rtmps")
# Which protocols an address may lead to: a playlist or a container from the net must not make us read this machine's
# files or knock at other doors, and what began with TLS goes on with it.
_LEADS_TO = {
    "http": "http,https,tls,tcp,crypto",
    "https": "https,tls,tcp,crypto",
    "rtmp": "rtmp,tcp",
    "rtmps": "rtmps,tls,tcp",
    "file": "file",
}
# What a device, a server or a file may be; scripts that name further sources (concat, sdp, lavfi) are none of it.
_CONTAINERS = "mpjpeg,mjpeg,flv,live_flv,mpegts,mov,mp4,matroska,avi,h264,hevc,aac,mp3,webvtt"
_HLS_FROM = "-2"  # one finished segment in hand: from the last one itself each next would come late (judgement)


class Doorway:
    """Lets streams begin to open one after another, those of one device further apart. Safe from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at_s = 0.0
        self._device_free_at_s: dict[str, float] = {}

    def wait_s(self, address: str) -> float:
        """Take the next turn of this address's device and return in how many seconds it is."""
        device = device_of(address)
        with self._lock:
            now_s = self._clock.monotonic_s()
            at_s = max(now_s, self._free_at_s, self._device_free_at_s.get(device, 0.0))
            self._free_at_s = max(now_s, self._free_at_s) + STREAMS_APART_S
            self._device_free_at_s = {name: free for name, free in self._device_free_at_s.items() if free > now_s}
            self._device_free_at_s[device] = at_s + DEVICE_APART_S
            return at_s - now_s


def options_of(wish: OpenStream, ca_file: str) -> dict[str, str]:
    """Return what FFmpeg is told to open an address with.

    A camera that speaks TLS must prove who it is: the password would go to whoever answers. FFmpeg checks that only
    when it is told to, and with which authorities.

    Args:
        ca_file: certificates that are trusted, PEM; empty for those of this machine.
    """
    address = wish.address.get_secret_value()
    scheme = _scheme(address)
    if scheme == "webcam":
        return {"input_format": "mjpeg"}  # raw pictures would need a decoder that knows their layout
    options = dict(_QUICK_PROBE)
    if scheme in ("rtsp", "rtsps"):
        options["rtsp_transport"] = wish.transport
    else:
        options |= {**_SHORT_LOOK, "format_whitelist": _CONTAINERS, "live_start_index": _HLS_FROM}
    if is_playlist(address):
        options |= {"format_whitelist": f"hls,{_CONTAINERS}", "http_persistent": "0"}
    if scheme in ("rtmp", "rtmps"):
        options["rtmp_live"] = "live"
    if scheme in _LEADS_TO:
        options["protocol_whitelist"] = _LEADS_TO[scheme]
    if scheme in _WITH_TLS:
        options |= {"tls_verify": "1", "ca_file": ca_file or ssl.get_default_verify_paths().cafile or ""}
    return options


@contextmanager
def opened(wish: OpenStream, ca_file: str, clock: Clock, is_over: Callable[[], bool]) -> Iterator[InputContainer]:
    """Open what a wish's address leads to, and close it afterwards.

    Args:
        is_over: says whether the stream is to end meanwhile.

    Raises:
        av.error.FFmpegError, OSError: it cannot be opened; ``why_refused`` says what that means.
    """
    address = wish.address.get_secret_value()
    options = options_of(wish, ca_file)
    within_s = (OPEN_WITHIN_S, READ_WITHIN_S)
    if _scheme(address) == "srt":
        source = SrtReader(address, clock, is_over, connect_within_s=OPEN_WITHIN_S, read_within_s=READ_WITHIN_S)
        try:
            with av.open(source, "r", format="mpegts", options=options, timeout=within_s) as container:
                yield container
        finally:
            source.close()
        return
    if is_playlist(address):
        reader = PlaylistReader(address, ca_file)
        with av.open(address, "r", options=options, timeout=within_s, io_open=reader.open) as container:
            yield container
        return
    file, form_name = opened_by(address)
    with av.open(file, "r", format=form_name, options=options, timeout=within_s) as container:
        yield container


def opened_by(address: str) -> tuple[str, str | None]:
    """Return what FFmpeg opens for an address: ``webcam://0`` is a device of this machine, by number or by name."""
    scheme, _, name = address.partition("://")
    if scheme != "webcam":
        return address, None
    if sys.platform == "win32":
        return f"video={name}", "dshow"
    return (f"/dev/video{name}" if name.isdigit() else name), "v4l2"


def why_refused(cause: Exception, wish: OpenStream) -> tuple[StreamCondition, str]:
    """Return what a camera that could not be opened or read is said to be, and why, without its credentials.

    401 and 403 are about who asks; asking again would lock the account out. Everything else may pass by itself.
    """
    secret = wish.address.get_secret_value()
    if isinstance(cause, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
        return "wrong_password", ""
    if isinstance(cause, SrtRefused) and cause.is_about_who_asks:
        return "wrong_password", str(cause)
    if isinstance(cause, PlaylistRefused) and cause.is_about_who_asks:
        return "wrong_password", ""
    if isinstance(cause, ssl.SSLError):
        return "not_trusted", "a certificate its playlist leads to is not trusted here"
    if _scheme(secret) in _WITH_TLS and isinstance(cause, OSError) and cause.errno == errno.EIO:
        return "not_trusted", "its certificate is not trusted here, or it does not speak TLS"
    if isinstance(cause, SrtMissing):
        return "cannot_open", str(cause)
    if isinstance(cause, av.error.ProtocolNotFoundError):
        return "cannot_open", f"addresses that begin with {_scheme(secret)[:20]} are not known here"
    if isinstance(cause, CodecNotKnown):
        return "cannot_decode", f"{cause} is none of H.264, H.265 and MJPEG"
    said = str(cause).split(": '", 1)[0]
    return "no_signal", said.replace(secret, without_credentials(secret))[:200]


def _scheme(address: str) -> str:
    return address.partition(":")[0].lower()
