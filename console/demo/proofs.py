"""Proof read at the far end: what the speaker's own file holds, and whether a clip is the camera's own packets."""

import hashlib
import json
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.bitstream import BitStreamFilterContext

from console.demo.rtsp.reel import split_annex_b

PARAMETER_SETS_AND_REMARKS = (6, 7, 8, 9)  # SEI, SPS, PPS, delimiter: said again or left out on the way


@dataclass(frozen=True, slots=True)
class HeardTalk:
    """A talk session as the speaker wrote it down."""

    file: Path
    duration_s: float
    packets: int
    lost: int


class SpeakerProof:
    """The speaker's own list of what it heard."""

    def __init__(self, index: Path) -> None:
        self._index = index

    def count(self) -> int:
        return len(self._lines())

    def since(self, count: int) -> HeardTalk | None:
        """Return the first session heard after ``count`` others."""
        lines = self._lines()
        if len(lines) <= count:
            return None
        line = json.loads(lines[count])
        file = Path(line["file"])
        file = file if file.is_absolute() else self._index.parent / file
        with wave.open(str(file)) as sound:
            duration_s = sound.getnframes() / sound.getframerate()
        return HeardTalk(file, duration_s, int(line["packets"]), int(line["lost"]))

    def all(self) -> list[dict[str, Any]]:
        """Return what it wrote down of every session, as it stands there."""
        return [json.loads(line) for line in self._lines()]

    def likeness(self, heard: HeardTalk, sent: Path) -> float:
        """Return how alike two recordings are: the greatest normalised correlation within a second's shift."""
        ours, theirs = _samples(sent), _samples(heard.file)
        length = min(len(ours), len(theirs))
        if length < 1000:
            return 0.0
        size = 1 << (2 * max(len(ours), len(theirs)) - 1).bit_length()
        spectrum = np.fft.rfft(ours, size) * np.conj(np.fft.rfft(theirs, size))
        correlation = np.fft.irfft(spectrum, size)
        scale = float(np.linalg.norm(ours) * np.linalg.norm(theirs))
        return float(correlation.max() / scale) if scale else 0.0

    def _lines(self) -> list[str]:
        return self._index.read_text(encoding="utf-8").splitlines() if self._index.exists() else []


def clip_is_stream(clip: Path, source: Path, after: Path | None = None) -> str:
    """Return a sentence when the clip's pictures are, in order, pictures of the camera's own file.

    Args:
        after: the file of the same camera's other street, if it may have gone over to it; time goes on there.

    Raises:
        AssertionError: a picture was re-encoded, is missing in between, or is no picture of that camera.
    """
    reels = [_pictures(path) for path in (source, after) if path is not None]
    kept = _pictures(clip)
    assert kept, "the clip holds no pictures"
    place = next((reel.index(kept[0]) for reel in reels if kept[0] in reel), None)
    assert place is not None, "the clip's first picture is not one that the camera sent"
    for number, digest in enumerate(kept):
        is_next = any(reel[(place + number) % len(reel)] == digest for reel in reels)
        assert is_next, f"picture {number} of {len(kept)} of the clip is not the camera's next"
    return f"clip of {len(kept)} pictures, each the camera's own packet"


def pictures_differ(first: bytes, second: bytes) -> bool:
    """Tell whether two BGRA pictures show a change of more than an encoder's noise."""
    if len(first) != len(second):
        return True
    a, b = np.frombuffer(first, np.uint8).astype(np.int16), np.frombuffer(second, np.uint8).astype(np.int16)
    return bool((np.abs(a - b) > 24).mean() > 0.0005)


def _pictures(path: Path) -> list[str]:
    """Return the digest of each picture's slices."""
    found = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        to_annex_b = BitStreamFilterContext("h264_mp4toannexb", stream)
        for packet in container.demux(stream):
            if not packet.size:
                continue
            for filtered in to_annex_b.filter(packet):
                slices = [
                    nal for nal in split_annex_b(bytes(filtered)) if nal[0] & 31 not in PARAMETER_SETS_AND_REMARKS
                ]
                found.append(hashlib.sha256(b"".join(slices)).hexdigest())
    return found


def _samples(path: Path) -> npt.NDArray[np.float64]:
    """Return a 16-bit mono recording at 8 kHz as floats, its mean taken away."""
    with wave.open(str(path)) as sound:
        rate = sound.getframerate()
        raw = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float64)
    if rate != 8000:
        times = np.arange(0, len(raw) / rate, 1 / 8000)
        raw = np.interp(times, np.arange(len(raw)) / rate, raw)
    centred: npt.NDArray[np.float64] = raw - raw.mean() if len(raw) else raw
    return centred
