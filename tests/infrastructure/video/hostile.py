"""Streams no camera should send: files and RTP sessions of H.264 and H.265, each spoilt in its own seeded way."""

import random
import socket
import struct
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import av

from console.demo.rtsp.packing import interleaved
from console.demo.rtsp.reel import split_annex_b

Spoil = Callable[[random.Random, bytearray], None]
LARGEST_PAYLOAD = 1000
SESSION_LINES = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=control:t\r\n"


def _flip(dice: random.Random, data: bytearray) -> None:
    for _ in range(dice.choice((1, 4, 16, 64, 256))):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _noise(dice: random.Random, data: bytearray) -> None:
    at = dice.randrange(len(data))
    length = dice.choice((8, 64, 512, 4096))
    data[at : at + length] = dice.randbytes(length)


def _zero(dice: random.Random, data: bytearray) -> None:
    at = dice.randrange(len(data))
    data[at : at + 256] = bytes(len(data[at : at + 256]))


def _cut(dice: random.Random, data: bytearray) -> None:
    at = dice.randrange(len(data))
    del data[at : at + dice.choice((1, 7, 188, 3000))]


def _repeat(dice: random.Random, data: bytearray) -> None:
    at = dice.randrange(len(data))
    data[at:at] = data[at : at + 2000] * dice.choice((1, 3))


def _truncate(dice: random.Random, data: bytearray) -> None:
    del data[dice.randrange(8, len(data)) :]


def _lie_at_the_head(dice: random.Random, data: bytearray) -> None:
    """Sizes, codecs and parameter sets stand at the beginning of most formats."""
    for _ in range(dice.choice((1, 3, 8))):
        data[dice.randrange(min(len(data), 700))] = dice.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF, dice.randrange(256)))


def _lie_in_headers(dice: random.Random, data: bytearray) -> None:
    """Change the first bytes of NAL units: their kinds, parameter sets and slice headers."""
    starts: list[int] = []
    at = data.find(b"\x00\x00\x01")
    while at >= 0 and len(starts) < 400:
        starts.append(at + 3)
        at = data.find(b"\x00\x00\x01", at + 3)
    for _ in range(dice.choice((1, 3, 9))):
        at = (dice.choice(starts) if starts else dice.randrange(len(data))) + dice.randrange(12)
        if at < len(data):
            data[at] = dice.randrange(256)


def _lie_in_sizes(dice: random.Random, data: bytearray) -> None:
    """Put a huge or a small number where four bytes may be one."""
    for _ in range(dice.choice((1, 2, 5))):
        at = dice.randrange(len(data))
        data[at : at + 4] = struct.pack(">I", dice.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x00FFFFFF, len(data))))


SPOILERS: tuple[Spoil, ...] = (
    _flip, _noise, _zero, _cut, _repeat, _truncate, _lie_at_the_head, _lie_in_headers, _lie_in_sizes,
)  # fmt: skip


def spoilt(whole: bytes, seed: int) -> bytes:
    """Return the bytes spoilt in the way of this seed, in one to three ways at once."""
    dice = random.Random(seed)
    data = bytearray(whole)
    for spoil in dice.choices(SPOILERS, k=dice.choice((1, 1, 2, 3))):
        spoil(dice, data)
        if len(data) < 16:
            break
    return bytes(data)


def containers_of(clip: Path, folder: Path) -> list[Path]:
    """Return the clip's own packets in each container that a camera, a recorder or a person may hand us."""
    codec = "hevc" if "hevc" in clip.name else "h264"
    kinds = {"mp4": "mp4", "ts": "mpegts", "mkv": "matroska", codec: codec, "flv": "flv"}
    if codec == "hevc":
        del kinds["flv"]
    made = []
    for ending, name in kinds.items():
        path = folder / f"{clip.stem}.{ending}"
        with av.open(str(clip)) as source, av.open(str(path), "w", format=name) as target:
            stream = source.streams.video[0]
            copy = target.add_stream_from_template(stream)
            for packet in source.demux(stream):
                if packet.size:
                    packet.stream = copy
                    target.mux(packet)
        made.append(path)
    return made


def rtp_of(clip: Path) -> list[bytes]:
    """Return a clip as RTP packets (RFC 6184, RFC 7798)."""
    is_hevc = "hevc" in clip.name
    packets: list[bytes] = []
    with av.open(str(clip)) as source:
        stream = source.streams.video[0]
        to_annex_b = av.BitStreamFilterContext("hevc_mp4toannexb" if is_hevc else "h264_mp4toannexb", stream)
        for number, packet in enumerate(source.demux(stream)):
            for filtered in to_annex_b.filter(packet) if packet.size else ():
                payloads = [part for nal in split_annex_b(bytes(filtered)) for part in _payloads(nal, is_hevc)]
                for at, payload in enumerate(payloads):
                    marker = 0x80 if at == len(payloads) - 1 else 0
                    packets.append(
                        struct.pack(">BBHII", 0x80, marker | 96, len(packets) & 0xFFFF, number * 9000, 7) + payload
                    )
    return packets


def _payloads(nal: bytes, is_hevc: bool) -> list[bytes]:
    if len(nal) <= LARGEST_PAYLOAD:
        return [nal]
    head = 2 if is_hevc else 1
    body = [nal[at : at + LARGEST_PAYLOAD] for at in range(head, len(nal), LARGEST_PAYLOAD)]
    found = []
    for number, part in enumerate(body):
        place = (0x80 if number == 0 else 0) | (0x40 if number == len(body) - 1 else 0)
        if is_hevc:
            found.append(bytes((nal[0] & 0x81 | 49 << 1, nal[1], place | nal[0] >> 1 & 0x3F)) + part)
        else:
            found.append(bytes((nal[0] & 0xE0 | 28, place | nal[0] & 0x1F)) + part)
    return found


def spoilt_packets(packets: Sequence[bytes], seed: int) -> list[bytes]:
    """Return an RTP session spoilt in the way of this seed: contents, headers, order, loss, time stamps."""
    dice = random.Random(seed)
    found = [bytearray(packet) for packet in packets]
    for _ in range(dice.choice((1, 2, 4))):
        how = dice.randrange(6)
        at = dice.randrange(len(found))
        if how == 0:
            dice.choice(SPOILERS)(dice, found[at])
        elif how == 1:  # any kind of packet where there was one of another
            found[at][12:14] = dice.randbytes(2)
        elif how == 2:
            del found[at : at + dice.choice((1, 5, 40))]
        elif how == 3:
            dice.shuffle(found)
        elif how == 4:  # a clock that jumps
            jump = dice.randrange(2**32)
            for packet in found[at:]:
                packet[4:8] = struct.pack(">I", (struct.unpack(">I", packet[4:8].ljust(4, b"\0"))[0] + jump) % 2**32)
        else:
            for packet in found:
                packet[dice.randrange(len(packet))] ^= 1 << dice.randrange(8)
        if not found:
            found = [bytearray(b"\x80\x60")]
    return [bytes(packet) for packet in found]


class _Host(ABC):
    """A door on loopback behind which each caller is served in a thread."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._door = socket.create_server((host, 0))
        self._callers: list[threading.Thread] = []
        self._lines: list[socket.socket] = []
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        self.address = f"rtsp://{host}:{self._door.getsockname()[1]}"

    def close(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join()
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for caller in self._callers:
            caller.join()

    def _listen(self) -> None:
        while True:
            try:
                line, _ = self._door.accept()
            except OSError:
                return
            self._lines.append(line)
            self._callers.append(threading.Thread(target=self._serve, args=(line,)))
            self._callers[-1].start()

    @abstractmethod
    def _serve(self, line: socket.socket) -> None: ...


class HostileCamera(_Host):
    """An RTSP server that plays what it is given, as fast as it is read, and hangs up. A thread a viewer.

    What stands behind the last ``/`` of an address is given to ``packets_of``.
    """

    def __init__(
        self, codec: str, packets_of: Callable[[str], Iterable[bytes]], host: str = "127.0.0.1", *, stays: bool = False
    ) -> None:
        """``stays``: does not hang up when it has nothing more to send."""
        self._stays = stays
        self._packets_of = packets_of
        self._session = SESSION_LINES + f"a=rtpmap:96 {codec}/90000\r\n"
        super().__init__(host)

    def _serve(self, line: socket.socket) -> None:
        with line, suppress(OSError, ValueError), line.makefile("rb") as heard:
            name = ""
            while request := heard.readline().decode("latin-1").strip():
                verb, address = request.split(" ")[:2]
                headers = dict(
                    text.split(":", 1) for text in iter(lambda: heard.readline().decode("latin-1").strip().lower(), "")
                )
                if verb == "DESCRIBE":
                    name = address.rsplit("/", 1)[-1]
                line.sendall(self._answer(verb, headers.get("cseq", "0").strip()))
                if verb == "PLAY":
                    for packet in self._packets_of(name):
                        line.sendall(interleaved(0, packet[:65000]))
                    if self._stays:
                        continue
                    return

    def _answer(self, verb: str, number: str) -> bytes:
        lines = ["RTSP/1.0 200 OK", f"CSeq: {number}", "Session: 1"]
        body = ""
        if verb == "OPTIONS":
            lines.append("Public: DESCRIBE, SETUP, PLAY")
        elif verb == "DESCRIBE":
            body = self._session
            lines += ["Content-Type: application/sdp", f"Content-Length: {len(body)}"]
        elif verb == "SETUP":
            lines.append("Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


class MuteHost(_Host):
    """Takes every connection and never answers; ``babble`` has it talk rubbish without end. A thread a caller."""

    def __init__(self, *, babble: bool = False) -> None:
        self._babble = random.Random(7).randbytes(4096) if babble else b""
        super().__init__()
        self.address += "/cam"

    def _serve(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            while self._babble:
                line.sendall(self._babble)
                threading.Event().wait(0.01)
            while line.recv(4096):
                pass


def pictures_of(packets: Sequence[bytes]) -> list[list[bytes]]:
    """Return RTP packets by the picture they are of."""
    found: dict[bytes, list[bytes]] = {}
    for packet in packets:
        found.setdefault(packet[4:8], []).append(packet)
    return list(found.values())


def live_packets(
    pictures: Iterable[Sequence[bytes]], ending: threading.Event, *, jump_s: Callable[[int], float] = lambda number: 0.0
) -> Iterator[bytes]:
    """Give pictures as a camera of ten a second sends them, numbered and stamped anew.

    Args:
        jump_s: how far the camera's clock is wrong at its nth picture.
    """
    sequence = 0
    for number, picture in enumerate(pictures):
        stamp = (number * 9000 + round(jump_s(number) * 90_000)) % 2**32
        for packet in picture:
            yield packet[:2] + struct.pack(">HI", sequence % 2**16, stamp) + packet[8:]
            sequence += 1
        if ending.wait(0.1):
            return
