"""SRT (the library's own API, 1.4 and later) for devices far away: MPEG-TS by a key of the device.

What comes is handed on as it is, as MPEG-TS inside RTP (RFC 2250); nothing is decoded here.
"""

import asyncio
import ctypes
import logging
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

from console.application.ports import Clock
from console.infrastructure.pushed.publications import Publication, Publications, Refused
from console.infrastructure.pushed.rtp import VIDEO_CLOCK_HZ, Packer
from console.infrastructure.video.srt import LARGEST_MESSAGE, SrtRefused, socket_address, srt_library

_log = logging.getLogger(__name__)

SILENT_AFTER_S = 15.0  # DESIGN §5
LOOK_UP_EVERY_MS = 100  # judgement: how long a door that is being closed, or a refusal, may wait
MOST_CONNECTIONS = 64  # judgement; of 4 MB at most each
MOST_WAITING_BYTES = 4_000_000  # as for readers: some seconds of a main stream
MOST_AT_ONCE = 256  # messages of one sender before the next has its turn
MOST_WORDS = 8  # in a stream id
LONGEST_NAME = 512  # SRT_STREAMID_MAX of srt.h
TS_TYPE, TS_PACKET, TS_BEGINS = 33, 188, 0x47
TS_SECTION = f"m=video 0 RTP/AVP {TS_TYPE}\r\na=rtpmap:{TS_TYPE} MP2T/{VIDEO_CLOCK_HZ}\r\n"
# SRT_SOCKOPT and the bits of SRT_EPOLL_OPT of srt.h (1.3 to 1.5).
_RECEIVE_WAITS, _RECEIVE_BUFFER, _PASSPHRASE, _STREAM_ID = 2, 6, 26, 46
_IN, _ERR = 1, 8
_FAILED, _NOTHING_YET = -1, 6002
_BACKLOG = 16


@dataclass(slots=True)
class Sender:
    """One connection. The thread of the door owns it; ``publication`` is the event loop's."""

    socket: int
    whence: str
    heard_s: float
    packer: Packer
    is_refused: bool = False  # set by the loop
    is_gone: bool = False  # set by the thread
    publication: Publication | None = None


class SrtDoor:
    """Sockets live in a thread of this door's own, for libsrt knows no event loop; publications in the loop."""

    def __init__(self, publications: Publications, clock: Clock, passphrase: Callable[[], str]) -> None:
        """Args:
        passphrase: asked as the door opens: without it nobody connects, and what is sent is encrypted; empty for
            neither.
        """
        self._publications = publications
        self._clock = clock
        self._passphrase = passphrase
        self._senders: dict[int, Sender] = {}
        self._is_over = threading.Event()
        self._thread: threading.Thread | None = None
        self._asking: set[asyncio.Task[None]] = set()

    async def open(self, host: str, port: int) -> int:
        """Listen, and return the port.

        Raises:
            SrtMissing: this machine has no libsrt. SrtRefused: the passphrase cannot be one.
            Unavailable: the vault that keeps the passphrase.
            OSError: the port is taken, or the address is not of this machine.
        """
        self._loop = asyncio.get_running_loop()
        secret = (await asyncio.to_thread(self._passphrase)).encode()
        self._library = srt_library()
        told = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)  # rows of sockets, how many each
        self._library.srt_epoll_wait.argtypes = (ctypes.c_int, *told, ctypes.c_int64, *told)
        self._buffer = ctypes.create_string_buffer(LARGEST_MESSAGE)
        self._door = self._library.srt_create_socket()
        self._poll = self._library.srt_epoll_create()
        try:
            found = self._listen(host, port, secret)
        except OSError:
            self._end_library()
            raise
        self._thread = threading.Thread(target=self._run, name="srt-door")
        self._thread.start()
        return found

    @property
    def is_well(self) -> bool:
        """Say whether the door does its work, if it was opened at all."""
        return self._thread is None or self._thread.is_alive()

    async def close(self) -> None:
        self._is_over.set()
        if self._thread is not None:
            self._thread.join()  # it looks up every 0.1 s
        for task in tuple(self._asking):
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)

    # ---- the thread -----------------------------------------------------------------------------------------

    def _listen(self, host: str, port: int, secret: bytes) -> int:
        for option, value in ((_RECEIVE_WAITS, 0), (_RECEIVE_BUFFER, MOST_WAITING_BYTES)):
            number = ctypes.c_int(value)
            self._library.srt_setsockflag(self._door, option, ctypes.byref(number), ctypes.sizeof(number))
        if secret and self._library.srt_setsockflag(self._door, _PASSPHRASE, secret, len(secret)) == _FAILED:
            raise SrtRefused("a passphrase has 10 to 79 characters", is_about_who_asks=True)
        where = socket_address(host, port)
        if self._library.srt_bind(self._door, where, len(where)) == _FAILED:
            raise OSError(0, "the port is taken, or the address is not of this machine")
        if self._library.srt_listen(self._door, _BACKLOG) == _FAILED:
            raise OSError(0, "nobody can be waited for there")
        self._watch(self._door)
        told, length = ctypes.create_string_buffer(28), ctypes.c_int(28)
        self._library.srt_getsockname(self._door, told, ctypes.byref(length))
        return int.from_bytes(told.raw[2:4])

    def _watch(self, of: int) -> None:
        events = ctypes.c_int(_IN | _ERR)
        self._library.srt_epoll_add_usock(self._poll, of, ctypes.byref(events))

    def _run(self) -> None:
        try:
            while not self._is_over.is_set():
                for ready in self._ready():
                    if ready == self._door:
                        self._let_in()
                    elif ready in self._senders:
                        self._hear(self._senders[ready])
                self._sweep()
        except Exception:  # noqa: BLE001 - the top of a thread: a door that is not well lets the listener fall silent
            _log.exception("the door of SRT stumbled")
        finally:
            for sender in tuple(self._senders.values()):
                self._drop(sender)
            self._end_library()

    def _ready(self) -> list[int]:
        found = (ctypes.c_int * (MOST_CONNECTIONS + 1))()
        many = ctypes.c_int(len(found))
        got = self._library.srt_epoll_wait(
            self._poll, found, ctypes.byref(many), None, None, LOOK_UP_EVERY_MS, None, None, None, None
        )
        return list(found[: many.value]) if got > 0 else []

    def _let_in(self) -> None:
        told, length = ctypes.create_string_buffer(28), ctypes.c_int(28)
        came = self._library.srt_accept(self._door, told, ctypes.byref(length))
        if came == _FAILED:
            return
        if len(self._senders) >= MOST_CONNECTIONS:
            self._library.srt_close(came)
            return
        whence = socket.inet_ntoa(told.raw[4:8])
        sender = Sender(came, whence, self._clock.monotonic_s(), Packer(TS_TYPE, VIDEO_CLOCK_HZ))
        self._senders[came] = sender
        self._watch(came)
        name, length = ctypes.create_string_buffer(LONGEST_NAME + 1), ctypes.c_int(LONGEST_NAME + 1)
        self._library.srt_getsockflag(came, _STREAM_ID, name, ctypes.byref(length))
        device, key = who_sends(name.raw[: max(0, length.value)].rstrip(b"\0").decode("utf-8", "replace"))
        self._tell_loop(self._ask, sender, device, key)

    def _hear(self, sender: Sender) -> None:
        heard: list[bytes] = []
        while len(heard) < MOST_AT_ONCE:
            got = self._library.srt_recvmsg(sender.socket, self._buffer, LARGEST_MESSAGE)
            if got <= 0:
                if got == 0 or self._library.srt_getlasterror(None) != _NOTHING_YET:
                    self._drop(sender)
                break
            heard.append(self._buffer.raw[:got])
        if heard and not sender.is_gone:
            sender.heard_s = self._clock.monotonic_s()
            self._tell_loop(self._hand_on, sender, heard, round(sender.heard_s * VIDEO_CLOCK_HZ))

    def _sweep(self) -> None:
        now_s = self._clock.monotonic_s()
        for sender in tuple(self._senders.values()):
            if sender.is_refused or now_s - sender.heard_s > SILENT_AFTER_S:
                self._drop(sender)

    def _drop(self, sender: Sender) -> None:
        sender.is_gone = True
        self._library.srt_epoll_remove_usock(self._poll, sender.socket)
        self._library.srt_close(sender.socket)
        del self._senders[sender.socket]
        self._tell_loop(self._leave, sender)

    def _end_library(self) -> None:
        self._library.srt_epoll_release(self._poll)
        self._library.srt_close(self._door)
        self._library.srt_cleanup()

    def _tell_loop(self, work: Callable[..., None], *about: object) -> None:
        self._loop.call_soon_threadsafe(work, *about)

    # ---- the loop -------------------------------------------------------------------------------------------

    def _ask(self, sender: Sender, device: str, key: str) -> None:
        task = self._loop.create_task(self._admit(sender, device, key))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _admit(self, sender: Sender, device: str, key: str) -> None:
        try:
            sender.publication = await self._publications.admit(device, key, sender.whence)
        except Refused:
            sender.is_refused = True
            return
        if sender.is_gone:
            self._leave(sender)

    def _hand_on(self, sender: Sender, heard: list[bytes], stamp: int) -> None:
        sent = sender.publication
        if sent is None or sender.is_refused:
            return  # what came before it was known who sends; a stream says everything again and again
        if not all(is_transport_stream(message) for message in heard):
            _log.warning("%s was let go: what it sends is no MPEG-TS", sent.device)
            self._publications.turn_away(sent.device, sender.whence)
            sender.is_refused = True
            return
        sent.tracks = (TS_SECTION,)
        for packet in sender.packer.packets(heard, stamp):
            sent.forward(0, False, packet)

    def _leave(self, sender: Sender) -> None:
        if sender.publication is not None:
            self._publications.leave(sender.publication)


def who_sends(stream_id: str) -> tuple[str, str]:
    """Return which device a stream id names and the key in it: ``NAME?key=KEY``, or ``#!::r=NAME,key=KEY`` as libsrt's
    guide to access control has it; empty where there is none.
    """
    stream_id = unquote(stream_id)  # some senders, FFmpeg 5 among them, leave an address's escapes in it
    if stream_id.startswith("#!::"):
        told = {name: value for name, _, value in (part.partition("=") for part in stream_id[4:].split(","))}
        return _last(told.get("r") or told.get("u", "")), told.get("key", "")
    device, _, query = stream_id.partition("?")
    try:
        return _last(device), parse_qs(query, max_num_fields=MOST_WORDS).get("key", [""])[0]
    except ValueError:
        return "", ""


def _last(path: str) -> str:
    return path.strip("/").rpartition("/")[2]


def is_transport_stream(message: bytes) -> bool:
    return len(message) % TS_PACKET == 0 and all(message[at] == TS_BEGINS for at in range(0, len(message), TS_PACKET))
