"""The demo's loudspeakers as a far end: do they keep what arrives, and only that."""

import hashlib
import json
import queue
import signal
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from console.infrastructure.channel.messages import SpeakerTarget, TalkState
from console.infrastructure.supervisor import command_for, environment_for_child
from console.infrastructure.voice.codecs import CODECS
from console.infrastructure.voice.drivers.rtp import RtpSpeaker
from console.infrastructure.voice.session import Prepared, TalkSession
from console.infrastructure.voice.sound import FRAME_SAMPLES, Samples, read_wav
from console.infrastructure.voice.sources import SpokenFrames

WITHIN_S = 30.0


class Street:
    """The process with two loudspeakers, and what it wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        options = ["--out", str(folder / "heard"), "--ports", "2", "--state", str(folder / "speakers.json")]
        self.process = subprocess.Popen(
            command_for("demo-speaker", options), env=environment_for_child({}), stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "READY\n"
        self.state = json.loads((folder / "speakers.json").read_text(encoding="utf-8"))

    def target(self, number: int, **more: Any) -> SpeakerTarget:
        return SpeakerTarget(**self.state["speakers"][number], **more)

    def heard(self, count: int) -> list[dict[str, Any]]:
        """Wait for so many finished sessions."""
        give_up_s = time.monotonic() + WITHIN_S
        pause = threading.Event()
        index = Path(self.state["heard"])
        while True:
            lines = index.read_text(encoding="utf-8").splitlines() if index.exists() else []
            if len(lines) >= count:
                return [json.loads(line) for line in lines]
            assert time.monotonic() < give_up_s, f"{len(lines)} sessions were heard"
            pause.wait(0.05)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(WITHIN_S)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    found = Street(tmp_path)
    yield found
    found.close()


def frames(count: int) -> list[Samples]:
    noise = np.random.default_rng(1).normal(0, 4000, count * FRAME_SAMPLES)
    return list(noise.astype(np.int16).reshape(count, FRAME_SAMPLES))


def test_it_says_where_it_listens_when_it_listens(street: Street) -> None:
    ports = [speaker["port"] for speaker in street.state["speakers"]]

    assert street.state["pid"] == street.process.pid
    assert [speaker["speaker_id"] for speaker in street.state["speakers"]] == ["S-01", "S-02"]
    listening = {one.laddr.port for one in psutil.Process(street.process.pid).net_connections(kind="udp")}
    assert listening == {port + above for port in ports for above in (0, 1)}
    assert all(port % 2 == 0 for port in ports)


def test_what_it_keeps_is_sample_for_sample_what_our_recording_says_was_sent(street: Street, tmp_path: Path) -> None:
    told: queue.SimpleQueue[TalkState] = queue.SimpleQueue()
    session = TalkSession(
        session_id="T-1",
        speakers=[street.target(0, codec="pcma"), street.target(1, codec="l16")],
        record_path=tmp_path / "said.wav",
        prepare=lambda stopping: Prepared(SpokenFrames(frames(30))),
        open_driver=RtpSpeaker,
        report=told.put,
        ended=lambda _: None,
    )
    session.start()
    session.join()
    end = told.get(timeout=WITHIN_S)
    while end.condition != "ended":
        end = told.get(timeout=WITHIN_S)

    narrow, wide = sorted(street.heard(2), key=lambda line: str(line["speaker_id"]))

    assert wide["pcm_sha256"] == end.pcm_sha256
    for line, payload_type, rate_hz in ((narrow, 8, 8000), (wide, 96, 16_000)):
        assert (line["payload_type"], line["rate_hz"]) == (payload_type, rate_hz)
        assert (line["packets"], line["lost"], line["duplicates"]) == (30, 0, 0)
        assert line["began_with_marker"] is True
        assert line["ended_by"] == "bye"
        assert line["duration_s"] == 0.6
        assert hashlib.sha256(Path(line["file"]).read_bytes()).hexdigest() == line["sha256"]
        assert line["first_packet_at"] < line["last_packet_at"]


def test_lost_and_swapped_packets_leave_silence_and_order(street: Street) -> None:
    speaker = RtpSpeaker(street.target(0))
    sound = [CODECS["pcmu"].encode(frame[::2]) for frame in frames(6)]
    packets = [struct.pack("!BBHII", 0x80, 0, 65534 + n & 0xFFFF, 160 * n, 77) + sound[n] for n in range(6)]
    for number in (0, 2, 1, 5, 5, 3):
        speaker._media.send(packets[number])
    speaker.close()

    line = street.heard(1)[0]

    heard, _ = read_wav(Path(line["file"]))
    expected = [CODECS["pcmu"].decode(payload) for payload in sound]
    expected[4] = np.zeros(160, np.int16)
    assert np.array_equal(heard, np.concatenate(expected))
    assert (line["packets"], line["lost"], line["duplicates"], line["ended_by"]) == (5, 1, 1, "silence")


def test_each_session_is_a_file_of_its_own_and_noise_on_the_port_is_none(street: Street) -> None:
    for _ in range(2):
        speaker = RtpSpeaker(street.target(1))
        speaker._media.send(b"not RTP at all")
        for _ in range(3):
            speaker.send(bytes(160))
        speaker.close()

    first, second = street.heard(2)

    assert first["file"] != second["file"]
    assert first["ssrc"] != second["ssrc"]
    assert (first["packets"], second["packets"]) == (3, 3)


def test_switched_off_in_the_middle_of_a_sentence_it_keeps_what_it_heard(street: Street) -> None:
    speaker = RtpSpeaker(street.target(0))
    for _ in range(3):
        speaker.send(bytes(160))
    street.close()
    speaker.close()

    assert [(line["packets"], line["ended_by"]) for line in street.heard(1)] == [(3, "switched off")]
    assert street.process.returncode == 0
