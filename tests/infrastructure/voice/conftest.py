"""Loudspeakers that a test can look into, and frames to speak."""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pytest

from console.infrastructure.channel.messages import SpeakerTarget
from console.infrastructure.voice.sound import FRAME_SAMPLES, SESSION_HZ, Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One RTP packet as it arrived."""

    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    arrived_s: float


@dataclass(slots=True)
class Listener:
    """A socket in the place of a loudspeaker."""

    media: socket.socket
    control: socket.socket
    packets: list[Packet] = field(default_factory=list)

    @property
    def port(self) -> int:
        port: int = self.media.getsockname()[1]
        return port

    def target(self, codec: Literal["pcmu", "pcma", "l16"] = "pcmu", speaker_id: str = "S-01") -> SpeakerTarget:
        return SpeakerTarget(speaker_id=speaker_id, host="127.0.0.1", port=self.port, codec=codec)

    def hear(self, count: int, within_s: float = 10.0) -> list[Packet]:
        """Wait for packets, with the moment each arrived."""
        give_up_s = time.monotonic() + within_s
        heard: list[Packet] = []
        while len(heard) < count:
            self.media.settimeout(max(0.01, give_up_s - time.monotonic()))
            raw = self.media.recv(4096)
            flags, kind, sequence, timestamp, ssrc = struct.unpack_from("!BBHII", raw)
            assert flags == 0x80, "version 2, no padding, no extension, no contributing sources"
            heard.append(
                Packet(
                    marker=bool(kind & 0x80),
                    payload_type=kind & 0x7F,
                    sequence=sequence,
                    timestamp=timestamp,
                    ssrc=ssrc,
                    payload=raw[12:],
                    arrived_s=time.monotonic(),
                )
            )
        self.packets += heard
        return heard

    def waiting(self) -> int:
        """Return how many packets have arrived and were not heard yet."""
        self.media.settimeout(0)
        count = 0
        try:
            while self.media.recv(4096):
                count += 1
        except BlockingIOError:
            return count
        return count


@pytest.fixture
def listeners() -> Iterator[list[Listener]]:
    """Return three listeners on free even ports, each with its control port above."""
    with ExitStack() as stack:
        found: list[Listener] = []
        while len(found) < 3:
            media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            stack.enter_context(media)
            stack.enter_context(control)
            media.bind(("127.0.0.1", 0))
            port = media.getsockname()[1]
            try:
                control.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            if port % 2 == 0:
                found.append(Listener(media, control))
        yield found


@pytest.fixture
def closed_port() -> int:
    """Return an even port of loopback on which nobody listens."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port % 2 == 0:
            return port


@pytest.fixture
def tone_frames() -> list[Samples]:
    """Return half a second of a 440 Hz tone."""
    time_s = np.arange(25 * FRAME_SAMPLES) / SESSION_HZ
    tone = (16_000 * np.sin(2 * np.pi * 440 * time_s)).astype(np.int16)
    return list(tone.reshape(25, FRAME_SAMPLES))
