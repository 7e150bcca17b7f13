"""The demo's loudspeakers: listen to RTP on loopback, keep what they hear, play it where there is a sound card.

Each talk session (SSRC) becomes a WAV file and a line of ``heard.jsonl``: the far end's own record of what was
said in the street. One thread.
"""

import argparse
import contextlib
import hashlib
import json
import logging
import os
import selectors
import signal
import socket
import struct
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from console.demo.sound_card import SoundCard
from console.infrastructure.clock import SystemClock
from console.infrastructure.voice.codecs import BY_PAYLOAD_TYPE, Codec
from console.infrastructure.voice.sound import Samples, level_dbfs, write_wav

_log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
_SILENCE_S = 1.0
"""A session whose packets stop for this long is over."""
_GAP_S = 0.04
_TICK_S = 0.1
_PORT_TRIES = 200
# Linux tells when a packet arrived (SO_TIMESTAMPNS; Python 3.11 has no name for it): when we read it says nothing.
_ARRIVAL = 35 if sys.platform == "linux" else None
_TIMESPEC = struct.Struct("@ll")
_RTP = struct.Struct("!BBHII")
_GOODBYE = 203


@dataclass(slots=True)
class Hearing:
    """What one loudspeaker hears of one session, by sequence number, so that order of arrival does not matter."""

    ssrc: int
    codec: Codec
    first_at: datetime
    has_marker: bool
    last_at: datetime = field(init=False)
    heard_s: float = 0.0
    payloads: dict[int, bytes] = field(default_factory=dict)
    highest: int = -1
    duplicates: int = 0
    gaps: int = 0
    longest_gap_s: float = 0.0

    def __post_init__(self) -> None:
        self.last_at = self.first_at

    def add(self, sequence: int, payload: bytes, arrived_at: datetime) -> None:
        """Keep a packet; ``sequence`` is the 16 bits of its head."""
        if self.highest < 0:
            self.highest = sequence
        step = (sequence - self.highest + 0x8000) % 0x10000 - 0x8000
        extended = self.highest + step
        if extended in self.payloads:
            self.duplicates += 1
            return
        if self.payloads:
            gap_s = (arrived_at - self.last_at).total_seconds()
            self.longest_gap_s = max(self.longest_gap_s, gap_s)
            self.gaps += gap_s > _GAP_S
        self.payloads[extended] = payload
        self.highest = max(self.highest, extended)
        self.last_at, self.heard_s = arrived_at, time.monotonic()

    def samples(self) -> tuple[Samples, int]:
        """Return the sound with silence for what was lost, and how many packets were."""
        first = min(self.payloads)
        silence = np.zeros(self.codec.frame_samples, np.int16)
        heard = [
            self.codec.decode(self.payloads[number]) if number in self.payloads else silence
            for number in range(first, self.highest + 1)
        ]
        return np.concatenate(heard), len(heard) - len(self.payloads)


class Loudspeaker:
    """One port: its sockets and the sessions it is hearing."""

    def __init__(self, speaker_id: str, folder: Path, card: SoundCard, port: int = 0) -> None:
        """Args:
        port: of the sound, an even one; 0 takes a free one.
        """
        self.speaker_id = speaker_id
        self.media, self.control = _even_pair(port)
        self.port: int = self.media.getsockname()[1]
        self._folder = folder
        self._card = card
        self._hearings: dict[int, Hearing] = {}
        self._over: set[int] = set()

    def hear(self) -> None:
        """Take the packets that have arrived."""
        while (packet := _received(self.media)) is not None:
            self._take(*packet)

    def hear_goodbyes(self) -> None:
        """Take the control packets that have arrived; a goodbye ends its session."""
        while (packet := _received(self.control)) is not None:
            for ssrc in _goodbyes(packet[0]):
                self._end(ssrc, "bye")

    def end_silent(self, now_s: float) -> None:
        for ssrc, hearing in list(self._hearings.items()):
            if now_s - hearing.heard_s > _SILENCE_S:
                self._end(ssrc, "silence")

    def end_all(self) -> None:
        """Take what has arrived, close every session and the sockets."""
        self.hear()
        for ssrc in list(self._hearings):
            self._end(ssrc, "switched off")
        self.media.close()
        self.control.close()

    def _take(self, packet: bytes, arrived_at: datetime) -> None:
        if len(packet) <= _RTP.size:
            return
        flags, kind, sequence, _, ssrc = _RTP.unpack_from(packet)
        codec = BY_PAYLOAD_TYPE.get(kind & 0x7F)
        if flags != 0x80 or codec is None or ssrc in self._over:
            return
        hearing = self._hearings.get(ssrc)
        if hearing is None:
            hearing = self._hearings[ssrc] = Hearing(ssrc, codec, arrived_at, has_marker=bool(kind & 0x80))
            self._card.begin(ssrc, codec.rate_hz)
            _log.info("speaker %s hears %08x", self.speaker_id, ssrc)
        payload = packet[_RTP.size :]
        hearing.add(sequence, payload, arrived_at)
        self._card.play(ssrc, codec.decode(payload))

    def _end(self, ssrc: int, how: str) -> None:
        hearing = self._hearings.pop(ssrc, None)
        if hearing is None:
            return
        self._over.add(ssrc)
        self._card.end(ssrc)
        samples, lost = hearing.samples()
        path = self._folder / f"{self.speaker_id}_{hearing.first_at:%Y%m%dT%H%M%S}_{ssrc:08x}.wav"
        write_wav(path, samples, hearing.codec.rate_hz)
        line = {
            "speaker_id": self.speaker_id,
            "port": self.port,
            "file": str(path),
            "ssrc": ssrc,
            "payload_type": hearing.codec.payload_type,
            "codec": hearing.codec.name,
            "rate_hz": hearing.codec.rate_hz,
            "first_packet_at": hearing.first_at.isoformat(),
            "last_packet_at": hearing.last_at.isoformat(),
            "began_with_marker": hearing.has_marker,
            "packets": len(hearing.payloads),
            "lost": lost,
            "duplicates": hearing.duplicates,
            "gaps_over_40ms": hearing.gaps,
            "longest_gap_ms": round(hearing.longest_gap_s * 1000, 1),
            "duration_s": round(len(samples) / hearing.codec.rate_hz, 3),
            "level_dbfs": round(level_dbfs(samples), 1),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "pcm_sha256": hashlib.sha256(samples.astype("<i2").tobytes()).hexdigest(),
            "ended_by": how,
        }
        with (self._folder / "heard.jsonl").open("a", encoding="utf-8") as index:
            index.write(json.dumps(line, ensure_ascii=False) + "\n")
        _log.info("speaker %s heard %.1f s, %d packets lost", self.speaker_id, line["duration_s"], lost)


def main(arguments: list[str]) -> int:
    """Run the demo's loudspeakers until this process is ended."""
    parser = argparse.ArgumentParser(prog="demo-speaker")
    parser.add_argument("--out", type=Path, required=True, help="folder of the WAV files and heard.jsonl")
    parser.add_argument("--ports", type=int, default=1, help="how many loudspeakers")
    parser.add_argument("--state", type=Path, required=True, help="where to write ports, when they are open")
    parser.add_argument("--again", action="store_true", help="come back at the ports that the state file tells of")
    chosen = parser.parse_args(arguments)
    chosen.out.mkdir(parents=True, exist_ok=True)
    asked_to_end, wake = socket.socketpair()
    wake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    card = SoundCard()
    ports = _ports_of(chosen.state) if chosen.again else [0] * chosen.ports
    speakers = [Loudspeaker(f"S-{number:02d}", chosen.out, card, port) for number, port in enumerate(ports, start=1)]
    _write_state(chosen.state, speakers, chosen.out / "heard.jsonl")
    print("READY", flush=True)
    try:
        _listen(speakers, asked_to_end)
    finally:
        for speaker in speakers:
            speaker.end_all()
        card.close()
    return 0


def _listen(speakers: Sequence[Loudspeaker], asked_to_end: socket.socket) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(asked_to_end, selectors.EVENT_READ)
        for speaker in speakers:
            selector.register(speaker.media, selectors.EVENT_READ, speaker)
            selector.register(speaker.control, selectors.EVENT_READ, speaker)
        while True:
            if any(key.data is None for key, _ in selector.select(_TICK_S)):
                return
            # Speech before goodbyes: both may have arrived since the last look.
            for speaker in speakers:
                speaker.hear()
            for speaker in speakers:
                speaker.hear_goodbyes()
                speaker.end_silent(time.monotonic())


def _write_state(path: Path, speakers: Sequence[Loudspeaker], heard: Path) -> None:
    state = {
        "pid": os.getpid(),
        "speakers": [{"speaker_id": one.speaker_id, "host": LOOPBACK, "port": one.port} for one in speakers],
        "heard": str(heard),
    }
    draft = path.with_name(f"{path.name}.draft")
    draft.write_text(json.dumps(state), encoding="utf-8")
    draft.replace(path)


def _ports_of(state: Path) -> list[int]:
    """Return the ports these loudspeakers had in an earlier life."""
    return [int(one["port"]) for one in json.loads(state.read_text(encoding="utf-8"))["speakers"]]


def _even_pair(wanted: int) -> tuple[socket.socket, socket.socket]:
    """Return sockets on an even port of loopback (a free one for 0) and on the port above it."""
    for _ in range(_PORT_TRIES):
        with contextlib.ExitStack() as opened:
            media = opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            media.bind((LOOPBACK, wanted))
            port = media.getsockname()[1]
            if port % 2:
                continue
            control = opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            try:
                control.bind((LOOPBACK, port + 1))
            except OSError:
                continue
            if _ARRIVAL is not None:
                media.setsockopt(socket.SOL_SOCKET, _ARRIVAL, 1)
            media.setblocking(False)
            control.setblocking(False)
            opened.pop_all()
            return media, control
    raise OSError("no free pair of ports on loopback")


def _received(from_: socket.socket) -> tuple[bytes, datetime] | None:
    """Return the next packet and when it arrived, or None when there is none."""
    try:
        if _ARRIVAL is None:
            return from_.recv(4096), SystemClock().now()
        packet, notes, _, _ = from_.recvmsg(4096, socket.CMSG_SPACE(_TIMESPEC.size))
    except BlockingIOError:
        return None
    for level, kind, data in notes:
        if level == socket.SOL_SOCKET and kind == _ARRIVAL:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            return packet, datetime.fromtimestamp(seconds + nanoseconds / 1e9, UTC)
    return packet, SystemClock().now()


def _goodbyes(packet: bytes) -> list[int]:
    """Return the sources that say goodbye in a compound control packet (RFC 3550 §6.6)."""
    sources: list[int] = []
    at = 0
    while at + 4 <= len(packet):
        flags, kind, words = struct.unpack_from("!BBH", packet, at)
        if kind == _GOODBYE and at + 4 + 4 * (flags & 0x1F) <= len(packet):
            sources += struct.unpack_from(f"!{flags & 0x1F}I", packet, at + 4)
        at += 4 * (words + 1)
    return sources
