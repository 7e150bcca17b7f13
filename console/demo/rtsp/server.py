"""The RTSP server of the demo's cameras (RFC 2326): live streams over interleaved TCP."""

import asyncio
import base64
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from console.demo.rtsp.digest import Login, challenge, is_right, new_nonce
from console.demo.rtsp.packing import PAYLOAD_TYPE, Packer, interleaved
from console.demo.rtsp.reel import CLOCK_HZ, Reel

_log = logging.getLogger(__name__)

REPORT_EVERY_S = 2.0
LONGEST_REQUEST = 16_384
IDLE_WITHIN_S = 90.0
# A viewer that does not read is let go when this much waits for it: some seconds of a main stream.
MOST_WAITING_BYTES = 4_000_000
METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, TEARDOWN"


@dataclass(slots=True)
class LiveStream:
    """One address. ``reels`` may hold another street for the same camera; ``shown`` says which is on.

    Attributes:
        begins_s: where in the reel the street stood when the server began; all viewers see the same moment.
    """

    path: str
    reels: dict[str, Reel]
    begins_s: float = 0.0
    login: Login | None = None
    shown: str = "before"
    viewers: int = 0
    began_s: float = field(default_factory=time.monotonic)

    @property
    def reel(self) -> Reel:
        return self.reels[self.shown]


class RtspServer:
    """Serves streams on loopback. Lives in one event loop."""

    def __init__(self, streams: list[LiveStream]) -> None:
        self._streams = {stream.path: stream for stream in streams}
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> int:
        """Listen, and return the port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        found: int = self._server.sockets[0].getsockname()[1]
        return found

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = _Session(self._streams, reader, writer)
        try:
            await session.run()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ValueError):
            pass  # a viewer that left or spoke nonsense; the next one is not its fault
        finally:
            await session.end()


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    address: str
    headers: dict[str, str]


class _Session:
    """One viewer's connection."""

    def __init__(
        self, streams: dict[str, LiveStream], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._streams = streams
        self._reader = reader
        self._writer = writer
        self._nonce = new_nonce()
        self._name = secrets.token_hex(8)
        self._packer = Packer()
        self._channel = 0
        self._stream: LiveStream | None = None
        self._sending: asyncio.Task[None] | None = None
        self._verbs: dict[str, Callable[[_Request], Awaitable[bool]]] = {
            "OPTIONS": self._options,
            "DESCRIBE": self._describe,
            "SETUP": self._setup,
            "PLAY": self._play,
            "PAUSE": self._keep_alive,
            "GET_PARAMETER": self._keep_alive,
            "SET_PARAMETER": self._keep_alive,
            "TEARDOWN": self._teardown,
        }

    async def run(self) -> None:
        while True:
            request = await asyncio.wait_for(self._next_request(), IDLE_WITHIN_S if self._sending is None else None)
            if request is None:
                return
            verb = self._verbs.get(request.method)
            if verb is None:
                await self._answer(request, "501 Not Implemented")
            elif not await verb(request):
                return

    async def end(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            with suppress(asyncio.CancelledError):
                await self._sending
        self._writer.close()
        with suppress(ConnectionError, TimeoutError):
            await self._writer.wait_closed()

    async def _next_request(self) -> _Request | None:
        """Return the next request; interleaved packets of the viewer (its receiver reports) are read over."""
        while True:
            first = await self._reader.read(1)
            if not first:
                return None
            if first == b"$":
                head = await self._reader.readexactly(3)
                await self._reader.readexactly(int.from_bytes(head[1:3]))
                continue
            rest = await self._reader.readuntil(b"\r\n\r\n")
            if len(rest) > LONGEST_REQUEST:
                raise ValueError("request too long")
            lines = (first + rest).decode("utf-8", "replace").split("\r\n")
            method, address, _version = lines[0].split(" ", 2)
            headers = {}
            for line in lines[1:]:
                name, _, value = line.partition(":")
                headers[name.strip().lower()] = value.strip()
            await self._reader.readexactly(min(int(headers.get("content-length", "0") or 0), LONGEST_REQUEST))
            return _Request(method, address, headers)

    async def _answer(self, request: _Request, status: str, headers: tuple[str, ...] = (), body: str = "") -> None:
        lines = [f"RTSP/1.0 {status}", f"CSeq: {request.headers.get('cseq', '0')}", *headers]
        if body:
            lines.append(f"Content-Length: {len(body.encode())}")
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        await self._writer.drain()

    def _find(self, request: _Request) -> LiveStream | None:
        path = request.address.partition("://")[2].partition("/")[2].partition("?")[0].rstrip("/")
        return self._streams.get("/" + path.removesuffix("/track0"))

    async def _admit(self, request: _Request) -> LiveStream | None:
        """Return the stream asked for, or answer why not."""
        stream = self._find(request)
        if stream is None:
            await self._answer(request, "404 Not Found")
            return None
        answer = request.headers.get("authorization", "")
        if stream.login is not None and not is_right(answer, request.method, self._nonce, stream.login):
            await self._answer(request, "401 Unauthorized", (f"WWW-Authenticate: {challenge(self._nonce)}",))
            return None
        return stream

    async def _options(self, request: _Request) -> bool:
        await self._answer(request, "200 OK", (f"Public: {METHODS}",))
        return True

    async def _describe(self, request: _Request) -> bool:
        stream = await self._admit(request)
        if stream is not None:
            sps, pps = stream.reel.parameter_sets
            sets = ",".join(base64.b64encode(part).decode() for part in (sps, pps))
            body = "\r\n".join(
                (
                    "v=0",
                    f"o=- {int(stream.began_s)} 1 IN IP4 127.0.0.1",
                    "s=Citydesk demo camera",
                    "t=0 0",
                    "a=control:*",
                    f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
                    "c=IN IP4 0.0.0.0",
                    f"a=rtpmap:{PAYLOAD_TYPE} H264/{CLOCK_HZ}",
                    f"a=fmtp:{PAYLOAD_TYPE} packetization-mode=1; profile-level-id={sps[1:4].hex()}; "
                    f"sprop-parameter-sets={sets}",
                    "a=control:track0",
                    "",
                )
            )
            headers = ("Content-Type: application/sdp", f"Content-Base: {request.address.split('?')[0]}/")
            await self._answer(request, "200 OK", headers, body)
        return True

    async def _setup(self, request: _Request) -> bool:
        stream = await self._admit(request)
        if stream is None:
            return True
        transport = request.headers.get("transport", "")
        if "TCP" not in transport.upper():
            await self._answer(request, "461 Unsupported Transport")
            return True
        _, _, channels = transport.partition("interleaved=")
        self._channel = int(channels.partition("-")[0] or 0) & 0xFE
        self._stream = stream
        pair = f"interleaved={self._channel}-{self._channel + 1}"
        ssrc = f"ssrc={self._packer.ssrc:08X}"
        await self._answer(
            request, "200 OK", (f"Transport: RTP/AVP/TCP;unicast;{pair};{ssrc}", f"Session: {self._name};timeout=60")
        )
        return True

    async def _play(self, request: _Request) -> bool:
        if self._stream is None:
            await self._answer(request, "455 Method Not Valid in This State")
            return True
        info = f"RTP-Info: url={request.address};seq={self._packer.next_sequence};rtptime={self._packer.stamp(0.0)}"
        await self._answer(request, "200 OK", (f"Session: {self._name}", "Range: npt=0.000-", info))
        if self._sending is None:
            self._sending = asyncio.create_task(self._send(self._stream))
        return True

    async def _keep_alive(self, request: _Request) -> bool:
        await self._answer(request, "200 OK", (f"Session: {self._name}",))
        return True

    async def _teardown(self, request: _Request) -> bool:
        await self._answer(request, "200 OK", (f"Session: {self._name}",))
        return False

    async def _send(self, stream: LiveStream) -> None:
        """Send the street as it is now, from its next key picture on, for as long as the viewer stays."""
        stream.viewers += 1
        try:
            await self._send_from_key(stream)
        except ConnectionError:
            self._writer.close()
        finally:
            stream.viewers -= 1

    async def _send_from_key(self, stream: LiveStream) -> None:
        now_s = time.monotonic()
        reel, shown = stream.reel, stream.shown
        in_reel_s = (now_s - stream.began_s + stream.begins_s) % reel.length_s
        position = next((i for i, unit in enumerate(reel.units) if unit.is_key and unit.at_s >= in_reel_s), 0)
        first_s = reel.units[position].at_s + (reel.length_s if reel.units[position].at_s < in_reel_s else 0.0)
        # The clock of this session: the first picture is due when the street reaches it.
        zero_s = now_s + (first_s - in_reel_s)
        laps_s = 0.0
        begin_at_s = reel.units[position].at_s
        reported_s = -REPORT_EVERY_S
        while True:
            unit = reel.units[position]
            at_s = laps_s + unit.at_s - begin_at_s
            await asyncio.sleep(max(0.0, zero_s + at_s - time.monotonic()))
            if at_s - reported_s >= REPORT_EVERY_S:
                reported_s = at_s
                report = self._packer.sender_report(at_s, time.time())
                self._writer.write(interleaved(self._channel + 1, report))
            packets = self._packer.picture(unit.nal_units, at_s)
            self._writer.write(b"".join(interleaved(self._channel, packet) for packet in packets))
            if self._writer.transport.get_write_buffer_size() > MOST_WAITING_BYTES:
                _log.warning("a viewer of %s does not read; letting it go", stream.path)
                raise ConnectionError
            position += 1
            if position == len(reel.units):
                position = 0
                laps_s += reel.length_s
            if stream.shown != shown and stream.reel.units[position].is_key:
                # Same length, same settings: the street changes at a key picture and time goes on.
                reel, shown = stream.reel, stream.shown
