"""RTSP (RFC 2326) for devices that send (ANNOUNCE, RECORD), and for our own workers that read (DESCRIBE, PLAY).

Packets go through as they came, inside the connection; nothing is decoded here.
"""

import asyncio
import base64
import binascii
import hmac
import logging
import secrets
import struct
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from console.infrastructure.pushed.publications import Publication, Publications, Refused
from console.infrastructure.pushed.reading import READER

_log = logging.getLogger(__name__)

LONGEST_REQUEST = 16_384  # bytes, its head and its body each
REQUEST_WITHIN_S = 10.0  # for a whole request: whoever drips bytes keeps no place
SILENT_AFTER_S = 15.0  # DESIGN §5: a stream that stands still so long is lost
MOST_CONNECTIONS = 256  # judgement: a hundred devices, each read by two workers
MOST_WAITING_BYTES = 4_000_000  # some seconds of a main stream; who reads no faster is let go
MOST_TRACKS = 4
_METHODS = "OPTIONS, ANNOUNCE, DESCRIBE, SETUP, RECORD, PLAY, GET_PARAMETER, SET_PARAMETER, TEARDOWN"


class Nonsense(Exception):
    """What came is no RTSP, or too much of it."""


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    address: str
    headers: Mapping[str, str]
    body: bytes


class RtspDoor:
    """Lives in one event loop."""

    def __init__(self, publications: Publications, reading_key: str) -> None:
        """Args:
        reading_key: what our own workers prove themselves with.
        """
        self._publications = publications
        self._reading_key = reading_key
        self._server: asyncio.Server | None = None
        self._sessions: set[asyncio.Task[None]] = set()

    async def open(self, host: str, port: int) -> int:
        """Listen, and return the port.

        Raises:
            OSError: the port is taken, or the address is not of this machine.
        """
        self._server = await asyncio.start_server(self._serve, host, port, limit=LONGEST_REQUEST)
        found: int = self._server.sockets[0].getsockname()[1]
        return found

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for session in tuple(self._sessions):
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if len(self._sessions) >= MOST_CONNECTIONS:
            writer.close()
            return
        self._sessions.add(task)
        session = _Session(self._publications, self._reading_key, reader, writer)
        try:
            await session.run()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever left in the middle of a word, or never said it
        except Nonsense as cause:
            _log.warning("%s was let go: %s", session.whence, cause)
        finally:
            session.leave()
            writer.close()
            self._sessions.discard(task)


class _Session:
    """One connection: of a device, or of a worker of ours."""

    def __init__(
        self,
        publications: Publications,
        reading_key: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._publications = publications
        self._reading_key = reading_key
        self._reader = reader
        self._writer = writer
        self._name = secrets.token_hex(8)
        self._sent: Publication | None = None
        self._read: Publication | None = None
        self._is_sending = self._is_over = False
        self._channels: dict[int, int] = {}  # track → its first channel in this connection
        self.whence = str((writer.get_extra_info("peername") or ("nowhere",))[0])
        self._verbs: dict[str, Callable[[_Request], Awaitable[None]]] = {
            "OPTIONS": self._options,
            "ANNOUNCE": self._announce,
            "DESCRIBE": self._describe,
            "SETUP": self._setup,
            "RECORD": self._record,
            "PLAY": self._play,
            "GET_PARAMETER": self._agree,
            "SET_PARAMETER": self._agree,
            "TEARDOWN": self._teardown,
        }

    async def run(self) -> None:
        while not self._is_over:
            if self._read is not None and self in self._read.readers:
                first = await self._reader.readexactly(1)  # a worker that reads says nothing for long
            else:
                within_s = SILENT_AFTER_S if self._is_sending else REQUEST_WITHIN_S
                first = await asyncio.wait_for(self._reader.readexactly(1), within_s)
            if first == b"$":
                await asyncio.wait_for(self._take_packet(), REQUEST_WITHIN_S)
                continue
            request = await asyncio.wait_for(self._request(first), REQUEST_WITHIN_S)
            verb = self._verbs.get(request.method)
            if verb is None:
                await self._answer(request, "501 Not Implemented")
            else:
                await verb(request)

    def leave(self) -> None:
        if self._sent is not None:
            self._publications.leave(self._sent)
        if self._read is not None:
            self._read.readers.discard(self)

    # ---- as who reads: called by what is sent ---------------------------------------------------------------

    def take(self, track: int, is_report: bool, packet: bytes) -> None:
        channel = self._channels.get(track)
        if channel is None or self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() > MOST_WAITING_BYTES:
            _log.warning("a worker does not read what is sent; letting it go")
            self._writer.transport.abort()
            return
        self._writer.write(struct.pack(">cBH", b"$", channel + is_report, len(packet)) + packet)

    def end(self) -> None:
        self._is_over = True
        self._writer.close()

    # ---- what is read ---------------------------------------------------------------------------------------

    async def _take_packet(self) -> None:
        channel, length = struct.unpack(">BH", await self._reader.readexactly(3))
        packet = await self._reader.readexactly(length)
        if self._sent is None or not self._is_sending:
            return  # a reader's own reports
        for track, first in self._channels.items():
            if channel in (first, first + 1):
                self._sent.forward(track, channel != first, packet)

    async def _request(self, first: bytes) -> _Request:
        head = first + await self._reader.readuntil(b"\r\n\r\n")
        lines = head.decode("utf-8", "replace").split("\r\n")
        words = lines[0].split(" ")
        if len(words) != 3 or not words[2].startswith("RTSP/"):
            raise Nonsense("that is no RTSP")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        told = headers.get("content-length", "0")
        if not told.isdigit() or int(told) > LONGEST_REQUEST:
            raise Nonsense("a request that is too long")
        return _Request(words[0], words[1], headers, await self._reader.readexactly(int(told)))

    async def _answer(self, request: _Request, status: str, headers: tuple[str, ...] = (), body: str = "") -> None:
        lines = [f"RTSP/1.0 {status}", f"CSeq: {request.headers.get('cseq', '0')[:20]}", *headers]
        if body:
            lines += ["Content-Type: application/sdp", f"Content-Length: {len(body.encode())}"]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        await asyncio.wait_for(self._writer.drain(), REQUEST_WITHIN_S)

    # ---- verbs of both --------------------------------------------------------------------------------------

    async def _options(self, request: _Request) -> None:
        await self._answer(request, "200 OK", (f"Public: {_METHODS}",))

    async def _agree(self, request: _Request) -> None:
        await self._answer(request, "200 OK", (f"Session: {self._name}",))

    async def _teardown(self, request: _Request) -> None:
        await self._agree(request)
        self._is_over = True

    async def _setup(self, request: _Request) -> None:
        publication = self._sent or self._read
        track = _track_of(request.address)
        transport = request.headers.get("transport", "")
        if publication is None or track is None or track >= len(publication.tracks):
            await self._answer(request, "455 Method Not Valid in This State")
            return
        if "TCP" not in transport.upper():
            await self._answer(request, "461 Unsupported Transport")
            return
        told = transport.partition("interleaved=")[2].partition("-")[0].partition(";")[0]
        channel = int(told) & 0xFE if told.isdigit() and int(told) < 255 else 2 * track
        self._channels[track] = channel
        how = f"Transport: RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}"
        await self._answer(request, "200 OK", (how, f"Session: {self._name};timeout=60"))

    # ---- verbs of a device ----------------------------------------------------------------------------------

    async def _announce(self, request: _Request) -> None:
        device, key = _who(request)
        if not key:
            await self._ask_who(request)
            return
        if self._sent is not None or self._read is not None:
            raise Nonsense("a second announcement in one connection")
        tracks = _tracks(request.body)
        if not tracks:
            await self._answer(request, "415 Unsupported Media Type")
            return
        try:
            self._sent = await self._publications.admit(device, key, self.whence)
        except Refused as cause:
            await self._answer(request, f"403 Forbidden: {cause}")
            self._is_over = True
            return
        self._sent.tracks = tracks
        await self._agree(request)

    async def _record(self, request: _Request) -> None:
        if self._sent is None or not self._channels:
            await self._answer(request, "455 Method Not Valid in This State")
            return
        self._is_sending = True
        await self._agree(request)

    # ---- verbs of our workers -------------------------------------------------------------------------------

    async def _describe(self, request: _Request) -> None:
        user, key = _login(request)
        if not key:
            await self._ask_who(request)
            return
        if user != READER or not hmac.compare_digest(key.encode(), self._reading_key.encode()):
            await self._answer(request, "403 Forbidden")
            self._is_over = True
            return
        self._read = self._publications.of(_path(request.address))
        if self._read is None:
            await self._answer(request, "404 Not Found")
            return
        sections = [f"{section}a=control:track{number}\r\n" for number, section in enumerate(self._read.tracks)]
        body = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=pushed\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n" + "".join(sections)
        await self._answer(request, "200 OK", (f"Content-Base: {request.address.split('?')[0]}/",), body)

    async def _play(self, request: _Request) -> None:
        if self._read is None or not self._channels:
            await self._answer(request, "455 Method Not Valid in This State")
            return
        await self._answer(request, "200 OK", (f"Session: {self._name}", "Range: npt=now-"))
        self._read.welcome(self)

    async def _ask_who(self, request: _Request) -> None:
        await self._answer(request, "401 Unauthorized", ('WWW-Authenticate: Basic realm="citydesk"',))


def _path(address: str) -> str:
    with suppress(ValueError):
        return urlsplit(address).path.strip("/").split("/")[-1]
    return ""


def _track_of(address: str) -> int | None:
    """Return which track an address means: ``…/streamid=1`` (FFmpeg), ``…/stream=1`` (GStreamer), ``…/track1``."""
    last = _path(address) if not address.rpartition("/")[2].startswith(("streamid=", "stream=")) else address
    digits = last[len(last.rstrip("0123456789")) :]
    return int(digits) if digits and len(digits) < 3 else None


def _who(request: _Request) -> tuple[str, str]:
    """Return which device wants to send and with which key: by a login, or by ``…/NAME?key=KEY``."""
    device = _path(request.address)
    with suppress(ValueError):
        told = parse_qs(urlsplit(request.address).query).get("key", [""])
        if told[0]:
            return device, told[0]
    return device, _login(request)[1]


def _login(request: _Request) -> tuple[str, str]:
    kind, _, told = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        user, _, key = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return "", ""
    return unquote(user), key


def _tracks(body: bytes) -> tuple[str, ...]:
    """Return the media sections of an SDP (RFC 4566) without their controls; at most a few."""
    sections: list[list[str]] = []
    for line in body.decode("utf-8", "replace").splitlines():
        if line.startswith("m="):
            sections.append([])
        if sections and line[1:2] == "=" and not line.startswith(("a=control:", "c=")):
            sections[-1].append(line)
    return tuple("".join(f"{line}\r\n" for line in section) for section in sections[:MOST_TRACKS])
