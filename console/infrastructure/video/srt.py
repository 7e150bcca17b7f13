"""SRT through the libsrt of this machine: FFmpeg as it comes with PyAV does not speak it."""

import ctypes
import ctypes.util
import socket
import struct
import sys
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlsplit

from console.application.ports import Clock

# Debian names it after the TLS library it was built with; elsewhere it has its plain name.
LIBRARY_NAMES = ("srt-gnutls", "srt-openssl", "srt")
LARGEST_MESSAGE = 1456  # SRT_LIVE_MAX_PLSIZE of srt.h
LOOK_UP_EVERY_S = 0.5  # judgement: how long a closed stream may go on waiting for bytes
_SILENT = 0  # LOG_EMERG: it writes to standard error, which is nobody's
# SRT_SOCKOPT of srt.h (1.3 to 1.5).
_RECEIVE_TIMEOUT, _PASSPHRASE, _CONNECT_TIMEOUT, _LATENCY, _STREAM_ID = 14, 26, 36, 43, 46
_REFUSED, _TIMED_OUT = 1002, 6002 + 1  # SRT_ECONNREJ, SRT_ETIMEOUT
_NOTHING_YET = 6002  # SRT_EASYNCRCV: a receive time-out
# SRT_REJ_BADSECRET, SRT_REJ_UNSECURE, and the answers of a server with keys (1000 + the number of HTTP).
_ABOUT_WHO_ASKS = frozenset({10, 11, 1401, 1403})
_FAILED = -1


class SrtMissing(OSError):
    """This machine has no libsrt."""


class SrtRefused(OSError):
    """The other side said no. ``is_about_who_asks``: the passphrase or the stream's name is wrong."""

    def __init__(self, reason: str, *, is_about_who_asks: bool) -> None:
        super().__init__(reason)
        self.is_about_who_asks = is_about_who_asks


def srt_library() -> ctypes.CDLL:
    """Return libsrt, begun.

    Raises:
        SrtMissing: it is not installed.
    """
    for name in LIBRARY_NAMES:
        found = ctypes.util.find_library(name)
        if found is not None:
            break
    else:
        raise SrtMissing("no libsrt on this machine")
    try:
        library = ctypes.CDLL(found)
    except OSError as cause:
        raise SrtMissing("libsrt cannot be loaded") from cause
    library.srt_rejectreason_str.restype = ctypes.c_char_p
    library.srt_setloglevel(_SILENT)
    library.srt_startup()  # counted by the library itself
    return library


def socket_address(host: str, port: int) -> bytes:
    """Return a ``sockaddr`` of IPv4 or IPv6.

    Raises:
        OSError: no such host.
    """
    family, _, _, _, told = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    if family == socket.AF_INET6:
        packed = socket.inet_pton(family, str(told[0]))
        return struct.pack("=H", family) + struct.pack(">HI", port, 0) + packed + struct.pack("=I", 0)
    return struct.pack("=H", family) + struct.pack(">H", port) + socket.inet_aton(str(told[0])) + bytes(8)


class SrtReader:
    """Calls a sender and reads what it sends, as a file that PyAV reads from. Owned by its stream's thread."""

    def __init__(
        self,
        address: str,
        clock: Clock,
        is_over: Callable[[], bool],
        *,
        connect_within_s: float,
        read_within_s: float,
    ) -> None:
        """Call ``srt://host:port?streamid=…&passphrase=…&latency=…`` (latency in ms, as everywhere in SRT).

        Raises:
            SrtMissing: no libsrt here. SrtRefused: the other side said no. OSError: it does not answer.
        """
        parts = urlsplit(address)
        told = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if not parts.hostname or not parts.port:
            raise OSError("an SRT address names a host and a port")
        self._library = srt_library()
        self._clock = clock
        self._is_over = is_over
        self._read_within_s = read_within_s
        self._buffer = ctypes.create_string_buffer(LARGEST_MESSAGE)
        whither = socket_address(parts.hostname, parts.port)
        self._socket = self._library.srt_create_socket()
        try:
            self._set_up(told, connect_within_s)
            if self._library.srt_connect(self._socket, whither, len(whither)) == _FAILED:
                raise self._why_not()
        except OSError:
            self.close()
            raise

    def read(self, size: int) -> bytes:
        """Return the next message, empty when the sender has ended.

        Raises:
            TimeoutError: nothing came for as long as may be. OSError: the connection is lost.
        """
        give_up_s = self._clock.monotonic_s() + self._read_within_s
        while not self._is_over():
            got = self._library.srt_recvmsg(self._socket, self._buffer, min(size, LARGEST_MESSAGE))
            if got > 0:
                return self._buffer.raw[:got]
            if self._library.srt_getlasterror(None) not in (_NOTHING_YET, _TIMED_OUT):
                return b""
            if self._clock.monotonic_s() > give_up_s:
                raise TimeoutError("nothing came")
        return b""

    def close(self) -> None:
        self._library.srt_close(self._socket)

    def _set_up(self, told: Mapping[str, str], connect_within_s: float) -> None:
        self._set_number(_CONNECT_TIMEOUT, round(connect_within_s * 1000))
        self._set_number(_RECEIVE_TIMEOUT, round(LOOK_UP_EVERY_S * 1000))
        if told.get("latency", "").isdigit():
            self._set_number(_LATENCY, int(told["latency"]))
        self._set_text(_STREAM_ID, told.get("streamid", ""))
        self._set_text(_PASSPHRASE, told.get("passphrase", ""))

    def _set_number(self, option: int, value: int) -> None:
        number = ctypes.c_int(value)
        self._library.srt_setsockflag(self._socket, option, ctypes.byref(number), ctypes.sizeof(number))

    def _set_text(self, option: int, text: str) -> None:
        raw = text.encode()
        if raw and self._library.srt_setsockflag(self._socket, option, raw, len(raw)) == _FAILED:
            # A passphrase has 10 to 79 characters, a stream's name at most 512.
            raise SrtRefused("a passphrase has 10 to 79 characters", is_about_who_asks=True)

    def _why_not(self) -> OSError:
        if self._library.srt_getlasterror(None) != _REFUSED:
            return TimeoutError("nobody answers by SRT")
        reason = self._library.srt_getrejectreason(self._socket)
        words: bytes = self._library.srt_rejectreason_str(reason)
        return SrtRefused(
            words.decode(sys.getdefaultencoding(), "replace"), is_about_who_asks=reason in _ABOUT_WHO_ASKS
        )
