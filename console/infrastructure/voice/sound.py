"""What speech is inside the talk worker: 20 ms frames of 16-bit mono samples at 16 kHz."""

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
"""Mono samples, int16, shape (n,), full scale ±32767."""

SESSION_HZ = 16_000
"""Rate of every source: what a wide-band codec sends; narrow-band codecs are sent half of it."""
FRAME_MS = 20
"""One packet's length: the default of every receiver we know (RFC 3551 §4.2)."""
FRAME_S = FRAME_MS / 1000
FRAME_SAMPLES = SESSION_HZ * FRAME_MS // 1000
SILENCE_DBFS = -120.0
_FULL_SCALE = 32767.0


def level_dbfs(samples: Samples) -> float:
    """Return the level of the samples: 0 is a full-scale square wave, -120 is silence."""
    if not len(samples):
        return SILENCE_DBFS
    power = float(np.mean(np.square(samples.astype(np.float64)))) / _FULL_SCALE**2
    return max(SILENCE_DBFS, 10.0 * np.log10(power)) if power > 0 else SILENCE_DBFS


def from_unit(sound: npt.NDArray[np.float32]) -> Samples:
    """Return samples from a sound in -1…1; what is louder is clipped."""
    return (np.clip(sound, -1.0, 1.0) * _FULL_SCALE).astype(np.int16)


def chime() -> Samples:
    """Return two falling notes at ``SESSION_HZ`` that make passers-by look up before the first word.

    Four tenths of a second (judgement: public address chimes are 1–3 s, but the operator is waiting).
    """
    notes = [_note(hertz, seconds) for hertz, seconds in ((784.0, 0.18), (587.0, 0.22))]
    return from_unit(np.concatenate([*notes, np.zeros(SESSION_HZ // 20, np.float32)]))


def _note(hertz: float, seconds: float) -> npt.NDArray[np.float32]:
    """Return a note that swells in 5 ms, so that it does not click, and dies away."""
    time_s = np.arange(int(seconds * SESSION_HZ)) / SESSION_HZ
    shape = np.minimum(1.0, time_s / 0.005) * np.exp(-6.0 * time_s) * np.minimum(1.0, (seconds - time_s) / 0.01)
    wave_ = np.sin(2 * np.pi * hertz * time_s) + 0.25 * np.sin(4 * np.pi * hertz * time_s)
    return (0.4 * shape * wave_).astype(np.float32)


def frames_of(samples: Samples) -> list[Samples]:
    """Cut into whole frames; the last one is filled with silence."""
    short = -len(samples) % FRAME_SAMPLES
    whole = np.concatenate([samples, np.zeros(short, np.int16)])
    return [whole[at : at + FRAME_SAMPLES] for at in range(0, len(whole), FRAME_SAMPLES)]


def read_wav(path: Path) -> tuple[Samples, int]:
    """Return the samples of a 16-bit mono WAV file and their rate in Hz.

    Raises:
        OSError, EOFError, wave.Error: it cannot be read, or it is something else.
    """
    with wave.open(str(path), "rb") as file:
        if file.getnchannels() != 1 or file.getsampwidth() != 2:
            raise wave.Error("not 16-bit mono")
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16), file.getframerate()


def write_wav(path: Path, samples: Samples, rate_hz: int) -> None:
    """Write a 16-bit mono WAV file; it appears under its name only when it is whole."""
    draft = path.with_name(f"{path.name}.draft")
    with wave.open(str(draft), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.astype("<i2").tobytes())
    draft.replace(path)
