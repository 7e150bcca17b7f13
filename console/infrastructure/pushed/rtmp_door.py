"""RTMP for devices that can send nothing else, by a key of the device, made into RTP for whoever reads.

As Adobe's specification 1.0 has it, the part of it that a sender uses, and Enhanced RTMP as far as H.265 needs it.
"""

import asyncio
import logging
import secrets
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from console.infrastructure.pushed.amf import Nonsense, Value, read_values, written
from console.infrastructure.pushed.flv import FlvTracks, NotTaken
from console.infrastructure.pushed.publications import Publication, Publications, Refused

_log = logging.getLogger(__name__)

SAY_WITHIN_S = 10.0  # for the handshake, and for each message until it sends
SILENT_AFTER_S = 15.0  # DESIGN §5
MOST_CONNECTIONS = 128
LARGEST_MESSAGE = 4_000_000  # bytes; a key picture of 8K is smaller
MOST_CHUNK_STREAMS = 32
_HANDSHAKE = 1536
_SET_CHUNK_SIZE, _ACKNOWLEDGE_EVERY, _PEER_BANDWIDTH, _SOUND, _VIDEO, _COMMAND = 1, 5, 6, 8, 9, 20
_WINDOW = 2_500_000


@dataclass(slots=True)
class _Chunks:
    """What is known of one chunk stream: its newest header and what came of its message so far."""

    time_ms: int = 0
    step_ms: int = 0
    length: int = 0
    kind: int = 0
    is_extended: bool = False
    body: bytearray = field(default_factory=bytearray)


class RtmpDoor:
    """Lives in one event loop."""

    def __init__(self, publications: Publications) -> None:
        self._publications = publications
        self._server: asyncio.Server | None = None
        self._sessions: set[asyncio.Task[None]] = set()

    async def open(self, host: str, port: int) -> int:
        """Listen, and return the port.

        Raises:
            OSError: the port is taken, or the address is not of this machine.
        """
        self._server = await asyncio.start_server(self._serve, host, port)
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
        session = _Session(self._publications, reader, writer)
        try:
            await session.run()
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass  # whoever left in the middle of a word, or never said it
        except (Nonsense, struct.error, IndexError) as cause:
            _log.warning("%s was let go: %s", session.whence, cause or "that is no RTMP")
        finally:
            session.leave()
            writer.close()
            self._sessions.discard(task)


class _Session:
    """One device's connection."""

    def __init__(self, publications: Publications, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._publications = publications
        self._reader = reader
        self._writer = writer
        self._chunk_size = 128
        self._chunks: dict[int, _Chunks] = {}
        self._tracks: FlvTracks | None = None
        self._sent: Publication | None = None
        self._is_over = False
        self.whence = str((writer.get_extra_info("peername") or ("nowhere",))[0])

    async def run(self) -> None:
        await asyncio.wait_for(self._shake_hands(), SAY_WITHIN_S)
        while not self._is_over:
            within_s = SAY_WITHIN_S if self._sent is None else SILENT_AFTER_S
            kind, time_ms, body = await asyncio.wait_for(self._message(), within_s)
            if kind == _SET_CHUNK_SIZE:
                self._chunk_size = max(1, min(struct.unpack(">I", body[:4])[0] & 0x7FFFFFFF, LARGEST_MESSAGE))
            elif kind == _COMMAND:
                await self._obey(read_values(body))
            elif kind == _VIDEO and self._tracks is not None:
                self._take_video(self._tracks, time_ms, body)
            elif kind == _SOUND and self._tracks is not None:
                self._tracks.take_sound(time_ms, body)

    def leave(self) -> None:
        if self._sent is not None:
            self._publications.leave(self._sent)

    async def _shake_hands(self) -> None:
        if await self._reader.readexactly(1) != b"\x03":
            raise Nonsense("that is no RTMP")
        hello = await self._reader.readexactly(_HANDSHAKE)
        self._writer.write(b"\x03" + bytes(8) + secrets.token_bytes(_HANDSHAKE - 8) + hello)
        await self._writer.drain()
        await self._reader.readexactly(_HANDSHAKE)

    # ---- chunks (§5.3) --------------------------------------------------------------------------------------

    async def _message(self) -> tuple[int, int, bytes]:
        """Return the next whole message: its kind, its time in ms, its body."""
        while True:
            chunks = await self._header()
            wanted = min(self._chunk_size, chunks.length - len(chunks.body))
            chunks.body += await self._reader.readexactly(wanted)
            if len(chunks.body) == chunks.length:
                body, chunks.body = bytes(chunks.body), bytearray()
                return chunks.kind, chunks.time_ms, body

    async def _header(self) -> _Chunks:
        (first,) = await self._reader.readexactly(1)
        shape, number = first >> 6, first & 0x3F
        if number == 0:
            number = 64 + (await self._reader.readexactly(1))[0]
        elif number == 1:
            low, high = await self._reader.readexactly(2)
            number = 64 + low + 256 * high
        chunks = self._chunks.setdefault(number, _Chunks())
        if len(self._chunks) > MOST_CHUNK_STREAMS:
            raise Nonsense("too many chunk streams")
        is_new = not chunks.body
        told = await self._reader.readexactly((11, 7, 3, 0)[shape])
        if shape < 2:
            chunks.length, chunks.kind = int.from_bytes(told[3:6]), told[6]
            if chunks.length > LARGEST_MESSAGE:
                raise Nonsense("a message that is too long")
            if chunks.length < len(chunks.body):
                raise Nonsense("a message that became shorter than what came of it")
        if shape < 3:
            step_ms = int.from_bytes(told[:3])
            chunks.is_extended = step_ms == 0xFFFFFF
        else:
            step_ms = chunks.step_ms
        if chunks.is_extended:
            step_ms = int.from_bytes(await self._reader.readexactly(4))
        if is_new:
            chunks.time_ms = step_ms if shape == 0 else (chunks.time_ms + step_ms) & 0xFFFFFFFF
            chunks.step_ms = step_ms
        return chunks

    async def _send(self, kind: int, body: bytes, stream: int = 0) -> None:
        channel = 2 if kind in (_SET_CHUNK_SIZE, _ACKNOWLEDGE_EVERY, _PEER_BANDWIDTH) else 3
        head = bytes((channel,)) + bytes(3) + len(body).to_bytes(3) + bytes((kind,)) + struct.pack("<I", stream)
        parts = [body[at : at + 128] for at in range(0, len(body), 128)]
        self._writer.write(head + bytes((0xC0 | channel,)).join(parts))
        await asyncio.wait_for(self._writer.drain(), SAY_WITHIN_S)

    # ---- commands (§7.2) ------------------------------------------------------------------------------------

    async def _obey(self, values: Sequence[Value]) -> None:
        name, number = values[0], values[1]
        if name == "connect":
            await self._send(_ACKNOWLEDGE_EVERY, struct.pack(">I", _WINDOW))
            await self._send(_PEER_BANDWIDTH, struct.pack(">IB", _WINDOW, 2))
            said: dict[str, Value] = {
                "level": "status",
                "code": "NetConnection.Connect.Success",
                "description": "welcome",
            }
            ours: dict[str, Value] = {"fmsVer": "FMS/3,0,1,123", "fourCcList": ["avc1", "hvc1", "mp4a"]}
            await self._send(_COMMAND, written("_result", number, ours, said))
        elif name == "createStream":
            await self._send(_COMMAND, written("_result", number, None, 1.0))
        elif name == "publish":
            await self._publish(str(values[3]))
        elif name in ("deleteStream", "closeStream", "FCUnpublish"):
            self._is_over = True

    async def _publish(self, told: str) -> None:
        """Let a device send: it names itself ``NAME?key=KEY``."""
        if self._sent is not None:
            raise Nonsense("a second stream in one connection")
        device = key = ""
        with suppress(ValueError):
            parts = urlsplit(told)
            device, key = parts.path.strip("/"), parse_qs(parts.query).get("key", [""])[0]
        try:
            self._sent = await self._publications.admit(device, key, self.whence)
        except Refused as cause:
            await self._status("error", "NetStream.Publish.BadName", str(cause))
            self._is_over = True
            return
        self._tracks = FlvTracks(self._sent)
        await self._status("status", "NetStream.Publish.Start", "it is taken")

    async def _status(self, level: str, code: str, words: str) -> None:
        said: dict[str, Value] = {"level": level, "code": code, "description": words}
        await self._send(_COMMAND, written("onStatus", 0.0, None, said), 1)

    def _take_video(self, tracks: FlvTracks, time_ms: int, body: bytes) -> None:
        try:
            tracks.take_video(time_ms, body)
        except NotTaken as cause:
            if self._sent is not None:
                self._publications.turn_away(self._sent.device, self.whence)
            raise Nonsense("by RTMP only H.264 and H.265 are taken") from cause
