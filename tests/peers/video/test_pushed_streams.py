"""Devices that send to us, ffmpeg as the device: a street arrives, and neither rubbish nor a second one disturbs it."""

import asyncio
import logging
import secrets
import socket
import subprocess
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from console.domain.pushing import key_name
from console.infrastructure.channel.connection import Channel, Endpoint, listen
from console.infrastructure.channel.messages import Heartbeat, Hello, LookSlot, PictureSlot, PushRefused, ShutDown
from console.infrastructure.pushed import publications as room
from console.infrastructure.pushed import rtmp_door, rtsp_door
from console.infrastructure.pushed.publications import Publications
from console.infrastructure.pushed.reading import reading_address, reading_key
from console.infrastructure.pushed.rtmp_door import RtmpDoor
from console.infrastructure.pushed.rtsp_door import RtspDoor
from console.infrastructure.secrets import FileVault
from console.infrastructure.supervisor import command_for, environment_for_child
from tests.infrastructure.video.media_station import MediaStation, Slots, Viewer, wait_until
from tests.infrastructure.video.numbered_clips import make_clip, number_in
from tests.peers.video.streamers import Ffmpeg, free_port

pytestmark = pytest.mark.peer
Look = Callable[[PictureSlot | LookSlot], Viewer]
Found = TypeVar("Found")
KEY, READING = "Str33tL1ght", "worker-key"
COPY = ("-c", "copy")
TOLD = PushRefused(device="vest", peer="127.0.0.1", reason="wrong_key")  # and nothing of what was tried


class Doors:
    """Both doors in an event loop of a thread, with keys for two devices."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.refused: list[tuple[str, str, str]] = []
        self.publications = Publications(
            {"push-drone": KEY, "push-vest": KEY}.get, lambda *whom_and_why: self.refused.append(whom_and_why)
        )
        self._rtsp, self._rtmp = RtspDoor(self.publications, READING), RtmpDoor(self.publications)
        self.rtsp = self._wait(self._rtsp.open("127.0.0.1", 0))
        self.rtmp = self._wait(self._rtmp.open("127.0.0.1", 0))

    def address(self, way: str, device: str, key: str = KEY) -> str:
        """Return where a device sends."""
        if way == "rtmp":
            return f"rtmp://127.0.0.1:{self.rtmp}/live/{device}?key={key}"
        return f"rtsp://{device}:{key}@127.0.0.1:{self.rtsp}/{device}"

    def sends(self, clip: Path, way: str, device: str, key: str = KEY) -> Ffmpeg:
        how = ("-f", "flv") if way == "rtmp" else ("-f", "rtsp", "-rtsp_transport", "tcp")
        return Ffmpeg(clip, *COPY, *how, self.address(way, device, key))

    def is_sending(self, device: str) -> bool:
        return self.publications.of(device) is not None

    def close(self) -> None:
        self._wait(self._rtsp.close())
        self._wait(self._rtmp.close())
        self.publications.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, Found]) -> Found:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Doors]:
    monkeypatch.setattr(room, "REFUSED_AFTER_S", 0.05)
    opened = Doors()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("pushed") / "clip.mp4", seconds=20, fps=10, size=(320, 180))


@pytest.mark.parametrize("way", ["rtsp", "rtmp"])
def test_what_a_device_sends_is_a_street_like_any_other_and_comes_back(
    way: str, doors: Doors, clip: Path, station: MediaStation, slots: Slots, look_at: Look
) -> None:
    device = doors.sends(clip, way, "drone")
    try:
        wait_until(lambda: doors.is_sending("drone"), "a device that sends")
        slot = slots.picture()
        station.open("s", reading_address("drone", doors.rtsp, READING), pictures=(slot,), ring_s=5.0)
        viewer = look_at(slot)
        seen = [viewer.next() for _ in range(8)]
        numbers = [number_in(luma) for _, luma in seen]
        assert numbers == sorted(set(numbers))
        media_s = seen[-1][0].media_time_s - seen[0][0].media_time_s
        assert media_s == pytest.approx((numbers[-1] - numbers[0]) / 10, abs=0.1)
        device.stop()
        station.state("s", "no_signal")
        device.start()
        station.state("s", "live")
        assert viewer.next()[0].sequence > seen[-1][0].sequence
    finally:
        device.close()
    assert KEY not in station.logged() and READING not in station.logged()


@pytest.mark.parametrize("way", ["rtsp", "rtmp"])
def test_a_wrong_key_and_a_second_device_of_one_name_are_turned_away(
    way: str, doors: Doors, clip: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    thief = doors.sends(clip, way, "vest", "Wr0ngTry")
    first = doors.sends(clip, way, "drone")
    second = None
    try:
        wait_until(lambda: doors.is_sending("drone"), "the first")
        second = doors.sends(clip, way, "drone")
        wait_until(lambda: thief.is_over() and second is not None and second.is_over(), "both were turned away")
        assert doors.is_sending("drone") and not doors.is_sending("vest")
    finally:
        for one in (thief, first, second):
            if one is not None:
                one.close()
    assert "drone was refused from 127.0.0.1: it sends already" in caplog.text
    assert "vest was refused from 127.0.0.1: its key is wrong" in caplog.text
    assert KEY not in caplog.text and "Wr0ngTry" not in caplog.text


def test_rubbish_and_dripping_bytes_are_let_go_and_disturb_nobody(
    doors: Doors, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rtsp_door, "REQUEST_WITHIN_S", 0.5)
    monkeypatch.setattr(rtmp_door, "SAY_WITHIN_S", 0.5)
    device = doors.sends(clip, "rtsp", "drone")
    try:
        wait_until(lambda: doors.is_sending("drone"), "a device that sends")
        hello = b"\x03" + bytes(1536) + bytes(1536)
        rubbish = [
            secrets.token_bytes(5000),
            b"ANNOUNCE rtsp://a/b RTSP/1.0\r\nX: " + b"y" * 40_000,
            b"GET / HTTP/1.1\r\n",
        ]
        rubbish += [b"ANNOUNCE a RTSP/1.0\r\nContent-Length: 99999999\r\n\r\n", b"A", b"$\x00\xff\xff" + bytes(70_000)]
        rubbish += [hello + secrets.token_bytes(3000), hello + b"\x03\x00\x00\x00\xff\xff\xff\x14" + bytes(4), hello]
        rubbish += [hello + b"\x03\x00\x00\x00\x00\x00\x05\x14" + bytes(4) + b"\x03\x03\x03\x03\x03"]
        for port in (doors.rtsp, doors.rtmp):
            for said in rubbish:
                with socket.create_connection(("127.0.0.1", port), 5) as line:
                    line.settimeout(10)
                    line.sendall(said)
                    while _heard(line):
                        pass  # until it is let go
        assert doors.is_sending("drone") and not device.is_over()
    finally:
        device.close()


def _heard(line: socket.socket) -> bytes:
    try:
        return line.recv(65_536)
    except ConnectionError:
        return b""


def test_nobody_reads_what_is_sent_without_the_workers_key(doors: Doors, clip: Path, station: MediaStation) -> None:
    device = doors.sends(clip, "rtsp", "drone")
    try:
        wait_until(lambda: doors.is_sending("drone"), "a device that sends")
        station.open("s", reading_address("drone", doors.rtsp, "another"))
        station.state("s", "wrong_password")
    finally:
        device.close()


def test_the_listener_is_a_process_that_asks_the_vault_and_ends_with_its_station(
    clip: Path, tmp_path: Path, station: MediaStation, slots: Slots, look_at: Look
) -> None:
    FileVault(tmp_path).put(key_name("vest"), KEY)
    channel_key = secrets.token_bytes(32)
    port = free_port()
    told = ["--logs", str(tmp_path / "logs"), "--data", str(tmp_path), "--site", "test", "--host", "127.0.0.1"]
    told += ["--rtsp-port", str(port)]
    with listen(channel_key) as door:
        ours = environment_for_child(Endpoint(port=door.address[1], key=channel_key).to_environment())
        process = subprocess.Popen(command_for("push-listener", told), env=ours)
        channel = Channel(door.accept())
    assert isinstance(channel.receive(), Hello)
    assert isinstance(channel.receive(), Heartbeat)
    wait_until(lambda: is_open(port), "the listener listens")
    device = Ffmpeg(clip, *COPY, "-f", "rtsp", "-rtsp_transport", "tcp", f"rtsp://vest:{KEY}@127.0.0.1:{port}/vest")
    try:
        slot = slots.picture()
        station.open("s", reading_address("vest", port, reading_key(channel_key)), pictures=(slot,))
        assert look_at(slot).next()[0].width == 320
        thief = Ffmpeg(clip, *COPY, "-f", "rtsp", "-rtsp_transport", "tcp", f"rtsp://vest:Wr0ng@127.0.0.1:{port}/vest")
        try:
            wait_until(lambda: channel.receive() == TOLD, "the station is told of a wrong key")
        finally:
            thief.close()
    finally:
        device.close()
        channel.send(ShutDown(reason="the station ends"))
        assert process.wait(20) == 0
        channel.close()
    assert KEY not in "".join(
        file.read_text(errors="replace") for file in (tmp_path / "logs").rglob("*") if file.is_file()
    )


def is_open(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0
