"""``citydesk bench player``: how long from asking for a moment of a recorded hour to its picture.

The hour is sixty segments of 1080p H.264 at 25 a second with a key picture every two seconds, as the recorder writes
them, each a file of its own. Moments are drawn by a seed. For each of them the product's replay is asked, and the
clock runs from the order until the right picture lies in its slot, where the seat reads it; then PyAV alone opens the
same file, seeks and decodes to the same picture (the limit: no index, no slot, no thread to be asked). Both decode
with as many threads.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from statistics import median, quantiles
from typing import TextIO

import av
import numpy as np
from av import VideoFrame

from console.application.errors import Unavailable
from console.bench.machine import facts
from console.bench.medians import RESTLESS_ABOVE, is_settled, spread
from console.infrastructure.channel.messages import PictureSlot, PlaySpan, RunReplay
from console.infrastructure.clock import SystemClock
from console.infrastructure.frame_slots import SlotReader, create
from console.infrastructure.video.recording import THREADS
from console.infrastructure.video.reel import ReelPart, part_of_file
from console.infrastructure.video.replay import Replay

TARGET_MS = 200.0
MINUTES = 60
WIDTH, HEIGHT, FPS, KEY_EVERY_S = 1920, 1080, 25, 2
BITS_A_SECOND = 4_000_000
SHOWN_WIDTH, SHOWN_HEIGHT = 1236, 696  # the player's picture on a 1080p screen (DESIGN §6)
SEEKS_A_ROUND = 40
BEGIN = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
SEED = 4
PICTURE_WITHIN_S = 10.0
LOOK_EVERY_S = 0.0005


@dataclass(slots=True)
class Measured:
    """Seek times at the 95th percentile (ms), one entry a round."""

    seek_ms: list[float] = field(default_factory=list)
    limit_ms: list[float] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    """Measure until the medians settle. Exit code 1 where nothing could be measured, else 0."""
    parser = argparse.ArgumentParser(prog="citydesk bench player")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end, instead of a table")
    parser.add_argument("--minutes", type=int, default=MINUTES, help="length of the recording (default 60)")
    parser.add_argument("--once", action="store_true", help="one round only: no verdict")
    chosen = parser.parse_args(arguments)
    told: TextIO = sys.stderr if chosen.json else sys.stdout
    with tempfile.TemporaryDirectory(prefix="citydesk-bench-") as folder:
        print(f"recording {chosen.minutes} min of {WIDTH}×{HEIGHT}…", file=told, flush=True)
        files = recorded(Path(folder), chosen.minutes)
        try:
            measured = measure(files, Path(folder) / "slot", is_once=chosen.once, told=told)
        except Unavailable as cause:
            print(cause, file=sys.stderr)
            return 1
    found = summary(measured, is_once=chosen.once)
    print(json.dumps(found | {"machine": facts()}) if chosen.json else found)
    return 0


def recorded(folder: Path, minutes: int) -> list[Path]:
    """Write the recording: a minute is made, and lies there once for each minute."""
    first = folder / "00.mp4"
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(str(first), "w", format="mp4", options=options) as output:
        stream = output.add_stream("libx264", rate=Fraction(FPS))
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.bit_rate = BITS_A_SECOND
        stream.codec_context.gop_size = FPS * KEY_EVERY_S
        stream.codec_context.max_b_frames = 0  # as cameras send it
        stream.options = {"preset": "veryfast", "x264-params": f"scenecut=0:keyint={FPS * KEY_EVERY_S}"}
        packets = []
        for number, picture in enumerate(pictures()):
            picture.pts = number
            packets += stream.encode(picture)
        packets += stream.encode(None)
        lap = len(packets)
        for turn in range(60 * FPS // lap):
            for number, packet in enumerate(packets):
                made = av.Packet(bytes(packet))
                made.pts = made.dts = turn * lap + number
                made.time_base, made.stream, made.is_keyframe = Fraction(1, FPS), stream, packet.is_keyframe
                output.mux(made)
    files = [first, *(folder / f"{minute:02d}.mp4" for minute in range(1, minutes))]
    for file in files[1:]:
        shutil.copyfile(first, file)
    return files


def pictures() -> list[VideoFrame]:
    """Return ten seconds of a picture full of edges that move in two directions at once."""
    noise = np.random.default_rng(SEED)
    ground = noise.integers(0, 255, (HEIGHT // 8, WIDTH // 8, 3), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    made = []
    for number in range(10 * FPS):
        picture = np.roll(ground, number * 3, axis=1)
        picture[HEIGHT // 3 : HEIGHT // 2] = np.roll(ground, -number * 7, axis=1)[HEIGHT // 3 : HEIGHT // 2]
        made.append(VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p"))
    return made


def measure(files: Sequence[Path], slot: Path, *, is_once: bool, told: TextIO) -> Measured:
    """Ask for moments by turns of the replay and of PyAV alone.

    Raises:
        Unavailable: a picture did not come.
    """
    measured, draw = Measured(), random.Random(SEED)
    minute = timedelta(minutes=1)
    parts = [part_of_file(file, BEGIN + at * minute, BEGIN + (at + 1) * minute) for at, file in enumerate(files)]
    ring = create(slot, SHOWN_WIDTH * SHOWN_HEIGHT * 4)
    try:
        with SlotReader(ring.path) as reader:
            asker = _Asker(parts, ring.path, reader)
            try:
                while not measured.seek_ms or not (is_once or is_settled([measured.seek_ms, measured.limit_ms])):
                    seek_ms, limit_ms = [], []
                    for _ in range(SEEKS_A_ROUND):
                        frame = draw.randrange(len(files) * 60 * FPS)
                        seek_ms.append(asker.seek_ms(frame))
                        limit_ms.append(bare_ms(files[frame // (60 * FPS)], frame % (60 * FPS)))
                    measured.seek_ms.append(p95(seek_ms))
                    measured.limit_ms.append(p95(limit_ms))
                    line = f"seek p95 {measured.seek_ms[-1]:.0f} ms, PyAV alone {measured.limit_ms[-1]:.0f} ms"
                    print(line, file=told, flush=True)
            finally:
                asker.close()
    finally:
        ring.remove()
    return measured


class _Asker:
    """Orders seeks of one replay and waits for their pictures."""

    def __init__(self, parts: Sequence[ReelPart], slot: Path, reader: SlotReader) -> None:
        self._clock = SystemClock()
        self._reader = reader
        self._into = bytearray(reader.capacity_bytes)
        self._pause = threading.Event()
        picture = PictureSlot(slot_path=str(slot), max_width=SHOWN_WIDTH, max_height=SHOWN_HEIGHT)
        wish = PlaySpan(player_id="bench", camera_id="bench", stream_id="bench", parts=(), at=BEGIN, picture=picture)
        self._replay = Replay(wish, parts, self._clock, lambda state: None)

    def seek_ms(self, frame: int) -> float:
        """Return how long the picture of a number took to come (ms)."""
        at = BEGIN + timedelta(seconds=frame / FPS)
        began_s = self._clock.monotonic_s()
        self._replay.order(RunReplay(player_id="bench", action="seek", when_s=began_s, at=at))
        while True:
            found = self._reader.copy_newest(self._into)
            now_s = self._clock.monotonic_s()
            if found is not None and abs((found.received_at - at).total_seconds()) < 0.5 / FPS:
                return (now_s - began_s) * 1000
            if now_s - began_s > PICTURE_WITHIN_S:
                raise Unavailable("The picture of {at} did not come.", at=at.isoformat())
            self._pause.wait(LOOK_EVERY_S)

    def close(self) -> None:
        self._replay.order(RunReplay(player_id="bench", action="close", when_s=self._clock.monotonic_s()))
        self._replay.join(PICTURE_WITHIN_S)


def bare_ms(file: Path, number: int) -> float:
    """Return how long PyAV alone takes to the same picture, as BGRA of the same size (ms)."""
    clock = SystemClock()
    began_s = clock.monotonic_s()
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = THREADS
        base = stream.time_base
        assert base is not None
        wanted = round(number / FPS / base)
        container.seek(wanted, stream=stream, backward=True)
        for frame in container.decode(stream):
            if frame.pts is not None and frame.pts >= wanted:
                frame.reformat(width=SHOWN_WIDTH, height=SHOWN_HEIGHT, format="bgra", interpolation="FAST_BILINEAR")
                break
    return (clock.monotonic_s() - began_s) * 1000


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]


def summary(measured: Measured, *, is_once: bool = False) -> dict[str, object]:
    """Return the figures; no verdict where the limit itself varied by more than 20 %, or after one round only."""
    is_restless = is_once or spread(measured.limit_ms) > RESTLESS_ABOVE
    seek_p95_ms = median(measured.seek_ms)
    return {
        "seek_p95_ms": round(seek_p95_ms, 1),
        "limit_p95_ms": round(median(measured.limit_ms), 1),
        "target_ms": TARGET_MS,
        "meets_target": None if is_restless else seek_p95_ms <= TARGET_MS,
        "rounds": len(measured.seek_ms),
        "limit_spread": round(spread(measured.limit_ms), 3),
        "seeks_a_round": SEEKS_A_ROUND,
    }
