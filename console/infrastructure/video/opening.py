"""How a stream's address is opened: what FFmpeg is told, how quickly one after another, and why it was refused."""

import errno
import ssl
import sys
import threading

import av.error

from console.application.ports import Clock
from console.domain.cameras import device_of, without_credentials
from console.infrastructure.channel.messages import OpenStream, StreamCondition

# A switch or a recorder is not knocked at by a whole wall at once, neither at the start nor when it comes back; yet
# sixteen streams of one recorder are asked for within a second, because a decoder's death is to be over in three.
DEVICE_APART_S = 0.06
STREAMS_APART_S = 0.02  # judgement: about what an opening costs of a processor
# A frame rate is of no use to us, and finding it out holds the first 2.5 s of pictures back.
_QUICK_PROBE = {"fpsprobesize": "0"}
_WITH_TLS = ("rtsps", "https")


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
    if address.startswith("webcam:"):
        return {"input_format": "mjpeg"}  # raw pictures would need a decoder that knows their layout
    options = {"rtsp_transport": wish.transport, **_QUICK_PROBE} if address.startswith("rtsp") else {}
    if _scheme(address) in _WITH_TLS:
        options |= {"tls_verify": "1", "ca_file": ca_file or ssl.get_default_verify_paths().cafile or ""}
    return options


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
    if _scheme(secret) in _WITH_TLS and isinstance(cause, OSError) and cause.errno == errno.EIO:
        return "not_trusted", "its certificate is not trusted here, or it does not speak TLS"
    said = str(cause).split(": '", 1)[0]
    return "no_signal", said.replace(secret, without_credentials(secret))[:200]


def _scheme(address: str) -> str:
    return address.partition("://")[0].lower()
