"""Five hundred conversations that go wrong somewhere: each costs its own connection and nothing else."""

import gc
import random
import socket
import struct
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from console.infrastructure.pushed import publications as room
from console.infrastructure.pushed.amf import written
from tests.peers.video.test_pushed_streams import KEY, Doors

pytestmark = pytest.mark.peer
CONVERSATIONS = 250  # at each door
SEED = 20_261_123
SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
    "a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:streamid=0\r\n"
)


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Doors]:
    monkeypatch.setattr(room, "REFUSED_AFTER_S", 0.0)
    opened = Doors()
    yield opened
    opened.close()


def by_rtsp() -> bytes:
    """Return what a device says that sends by RTSP, all of it at once."""
    login = b64encode(f"vest:{KEY}".encode()).decode()
    head = f"Authorization: Basic {login}\r\nSession: 1\r\n"
    place = "rtsp://127.0.0.1/vest"
    said = [
        f"OPTIONS {place} RTSP/1.0\r\nCSeq: 1\r\n{head}\r\n",
        f"ANNOUNCE {place} RTSP/1.0\r\nCSeq: 2\r\n{head}Content-Type: application/sdp\r\n"
        f"Content-Length: {len(SDP)}\r\n\r\n{SDP}",
        f"SETUP {place}/streamid=0 RTSP/1.0\r\nCSeq: 3\r\n{head}"
        "Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record\r\n\r\n",
        f"RECORD {place} RTSP/1.0\r\nCSeq: 4\r\n{head}\r\n",
    ]
    packet = struct.pack(">BBHII", 0x80, 96, 1, 0, 7) + b"\x65" + bytes(60)
    return "".join(said).encode() + (b"$\x00" + struct.pack(">H", len(packet)) + packet) * 5


def by_rtmp(settings: bytes = b"\x17\x00\x00\x00\x00") -> bytes:
    """Return what a device says that sends by RTMP, all of it at once.

    Args:
        settings: how its first picture begins.
    """
    record = b"\x01\x42\x00\x1e\xff\xe1\x00\x04\x67\x42\x00\x1e\x01\x00\x04\x68\xce\x3c\x80"
    said = [
        (20, written("connect", 1.0, {"app": "live", "fourCcList": ["hvc1", "avc1"]})),
        (20, written("createStream", 2.0, None)),
        (20, written("publish", 3.0, None, f"vest?key={KEY}")),
        (9, settings + record),
        (8, b"\xaf\x00\x12\x10"),
        (9, b"\x90hvc1" + bytes(21) + b"\x03\x01\x20\x00\x01\x00\x04" + bytes(4)),
        (8, b"\xaf\x01" + bytes(40)),
        *[(9, b"\x17\x01\x00\x00\x00" + struct.pack(">I", 60) + b"\x65" + bytes(59))] * 5,
    ]
    found = b"\x03" + bytes(1536) + bytes(1536)
    for kind, body in said:
        head = b"\x03" + bytes(3) + len(body).to_bytes(3) + bytes((kind,)) + bytes(4)
        found += head + b"\xc3".join(body[at : at + 128] for at in range(0, len(body), 128))
    return found


def spoilt(said: bytes, chance: random.Random) -> bytes:
    """Return a conversation with some bytes changed, taken out, said twice, or with the end missing."""
    found = bytearray(said)
    floor = 3073 if said[:1] == b"\x03" and chance.random() < 0.9 else 0  # what is behind the handshake is the point
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(floor, len(found)) if len(found) > floor else 0
        match chance.randrange(4):
            case 0:
                found[at : at + 1] = chance.randbytes(1)
            case 1:
                del found[at : at + chance.randint(1, 40)]
            case 2:
                found[at:at] = found[at : at + chance.randint(1, 200)]
            case _:
                found[at:at] = chance.randbytes(chance.randint(1, 20))
    return bytes(found[: chance.randrange(floor, len(found) + 1)] if chance.random() < 0.2 else found)


def converse(port: int, said: bytes) -> bytes:
    """Say it, hang up, and return what was answered until the door closed too."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port), 5) as line:
        line.settimeout(10)
        try:
            line.sendall(said)
            line.shutdown(socket.SHUT_WR)
            while more := line.recv(65_536):
                heard += more
        except ConnectionError:
            pass
    return heard


def test_conversations_that_go_wrong_cost_their_own_connection_only(doors: Doors) -> None:
    stumbled: list[dict[str, Any]] = []
    doors._loop.set_exception_handler(lambda loop, context: stumbled.append(context))
    assert b"RTSP/1.0 200" in converse(doors.rtsp, by_rtsp())
    assert b"Publish.Start" in converse(doors.rtmp, by_rtmp())
    chance = random.Random(SEED)
    for port, said in ((doors.rtsp, by_rtsp()), (doors.rtmp, by_rtmp())):
        for _ in range(CONVERSATIONS):
            converse(port, spoilt(said, chance))
    gc.collect()
    assert {str(context.get("exception") or context["message"]) for context in stumbled} == set()
    assert not doors.is_sending("vest"), "nobody is left behind"
    assert b"Publish.Start" in converse(doors.rtmp, by_rtmp())


def test_a_device_whose_pictures_are_of_another_kind_is_told_of(doors: Doors) -> None:
    converse(doors.rtmp, by_rtmp(settings=b"\x90av01"))
    assert doors.refused == [("vest", "127.0.0.1", "not_taken")]
    assert not doors.is_sending("vest")
