"""A device far away sends by SRT, ffmpeg as the device: seen, heard, and disturbed by nobody. One sender for all."""

import random
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from console.infrastructure.channel.messages import OpenStream
from console.infrastructure.clock import SystemClock
from console.infrastructure.pushed.reading import reading_address
from console.infrastructure.pushed.srt_door import SrtDoor
from console.infrastructure.sound_slots import SoundReader
from console.infrastructure.video.srt import SrtMissing, srt_library
from tests.infrastructure.video.media_station import MediaStation, Slots, wait_until
from tests.peers.listening.flash_and_beep import SIZE, make_flash_and_beep
from tests.peers.video.streamers import Ffmpeg
from tests.peers.video.test_pushed_sound import Look, is_loud
from tests.peers.video.test_pushed_sound import ring as ring
from tests.peers.video.test_pushed_streams import COPY, KEY, READING, Doors

pytestmark = pytest.mark.peer
PASSPHRASE = "0ver-the-h1lls"
DATAGRAMS = 400
SEED = 20_261_123
INDUCTION, CONCLUSION = 1, 0xFFFFFFFF
ASKS_WITH, NAMES = 1, 5  # the extensions of a handshake: what is spoken, and the stream's name


class SrtDoors(Doors):
    """The doors, and that of SRT beside them."""

    def __init__(self) -> None:
        super().__init__()
        self._srt = SrtDoor(self.publications, SystemClock(), lambda: PASSPHRASE)
        self.srt = self._wait(self._srt.open("127.0.0.1", 0))

    def place(self, stream_id: str, passphrase: str = PASSPHRASE) -> str:
        told = f"&passphrase={passphrase}" if passphrase else ""
        return f"srt://127.0.0.1:{self.srt}?mode=caller&latency=80{told}&streamid={quote(stream_id)}"

    def close(self) -> None:
        self._wait(self._srt.close())
        super().close()


@pytest.fixture(scope="module")
def doors() -> Iterator[SrtDoors]:
    try:
        srt_library()
    except SrtMissing:
        pytest.fail("libsrt comes with ffmpeg")
    opened = SrtDoors()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_flash_and_beep(tmp_path_factory.mktemp("srt") / "street.mp4", "aac", 12)


@pytest.fixture(scope="module")
def drone(doors: SrtDoors, clip: Path) -> Iterator[Ffmpeg]:
    sender = Ffmpeg(clip, *COPY, "-f", "mpegts", doors.place(f"drone?key={KEY}"))
    wait_until(lambda: doors.is_sending("drone"), "a drone that sends")
    yield sender
    sender.close()


def test_a_drone_by_srt_is_seen_and_heard(
    doors: SrtDoors, drone: Ffmpeg, station: MediaStation, slots: Slots, look_at: Look, ring: Path
) -> None:
    slot, place = slots.picture(), reading_address("drone", doors.rtsp, READING)
    station.order(
        OpenStream(
            stream_id="s", camera_id="drone", address=SecretStr(place), pictures=(slot,), sound=str(ring), ring_s=5.0
        )
    )
    facts, _ = look_at(slot).next(lambda facts, luma: bool(luma[SIZE[1] // 2, 40] > 128))
    assert (facts.width, facts.height) == SIZE
    with SoundReader(ring) as reader:
        wait_until(lambda: is_loud(reader), "a beep")
    told = station.state("s", "live", lambda state: bool(state.codec))
    assert (told.codec, told.sound) == ("h264", "aac")


@pytest.mark.parametrize(
    ("stream_id", "passphrase", "why"),
    [
        ("#!::r=vest,m=publish,key=Wr0ngTry", PASSPHRASE, ("vest", "127.0.0.1", "wrong_key")),
        (f"drone?key={KEY}", PASSPHRASE, ("drone", "127.0.0.1", "sends_already")),
        (f"vest?key={KEY}", "an0ther-secret", None),
        (f"vest?key={KEY}", "", None),
    ],
    ids=["wrong key", "second of one name", "wrong passphrase", "no passphrase"],
)
def test_others_are_turned_away_and_the_drone_goes_on(
    stream_id: str,
    passphrase: str,
    why: tuple[str, str, str] | None,
    doors: SrtDoors,
    drone: Ffmpeg,
    clip: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = Ffmpeg(clip, *COPY, "-f", "mpegts", doors.place(stream_id, passphrase))
    try:
        wait_until(other.is_over, "it was turned away")
    finally:
        other.close()
    assert why is None or why in doors.refused
    assert doors.is_sending("drone") and not drone.is_over() and not doors.is_sending("vest")
    assert not any(secret in caplog.text for secret in (KEY, "Wr0ngTry", PASSPHRASE))


def test_spoilt_datagrams_do_not_end_the_door(doors: SrtDoors, drone: Ffmpeg) -> None:
    chance = random.Random(SEED)
    answered = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.connect(("127.0.0.1", doors.srt))
        line.settimeout(2)
        for number in range(DATAGRAMS):
            if number % 20 == 0:
                line.send(handshake(INDUCTION, 4, 2, 0))
                cookie = struct.unpack(">I", line.recv(2000)[44:48])[0]
                answered += 1
            said = bytearray(handshake(CONCLUSION, 5, 5, cookie, extensions()))
            for _ in range(chance.randint(1, 6)):
                said[chance.randrange(len(said))] = chance.randrange(256)
            line.send(bytes(said[: chance.randint(1, len(said))]) if chance.random() < 0.3 else bytes(said))
    assert answered == DATAGRAMS // 20
    assert doors.is_sending("drone") and not drone.is_over() and doors._srt.is_well


def handshake(kind: int, version: int, fields: int, cookie: int, more: bytes = b"") -> bytes:
    """Return the datagram of a caller's handshake (draft-sharabayko-srt §3.2.1)."""
    head = struct.pack(">IIII", 0x80000000, 0, 0, 0)
    told = struct.pack(">IHHIIIIII", version, 0, fields, 7, 1500, 8192, kind, 77, cookie)
    return head + told + b"\x01\x00\x00\x7f" + bytes(12) + more


def extensions() -> bytes:
    name = f"vest?key={KEY}".encode().ljust(20, b"\0")
    turned = b"".join(name[at : at + 4][::-1] for at in range(0, len(name), 4))
    asks = struct.pack(">HHIIHH", ASKS_WITH, 3, 0x010501, 0xBF, 80, 80)
    return asks + struct.pack(">HH", NAMES, len(turned) // 4) + turned


def test_a_drone_that_goes_is_gone_and_may_come_again(doors: SrtDoors, drone: Ffmpeg, clip: Path) -> None:
    drone.stop()
    wait_until(lambda: not doors.is_sending("drone"), "it is gone")
    again = Ffmpeg(clip, *COPY, "-f", "mpegts", doors.place(f"#!::r=drone,m=publish,key={KEY}"))
    try:
        wait_until(lambda: doors.is_sending("drone"), "it is back")
    finally:
        again.close()
