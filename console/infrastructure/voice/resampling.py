"""Changes of sampling rate, whole or frame by frame, by FFmpeg's resampler."""

import av
import numpy as np

from console.infrastructure.voice.sound import FRAME_MS, Samples


class Resampler:
    """Samples in at one rate, out at another, without a seam between two calls. One thread."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._from_hz = from_hz
        self._same = from_hz == to_hz
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=to_hz)

    def push(self, samples: Samples) -> Samples:
        """Return what is ready now; the filter keeps about a millisecond back."""
        if self._same or not len(samples):
            return samples
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples)[np.newaxis, :], format="s16", layout="mono")
        frame.sample_rate = self._from_hz
        return _joined(self._resampler.resample(frame))

    def rest(self) -> Samples:
        """Return what the filter kept back; nothing can be pushed after it."""
        return np.zeros(0, np.int16) if self._same else _joined(self._resampler.resample(None))


class FrameResampler:
    """Exactly one 20 ms frame out for each one in, later by the 3 ms it is given as a start. One thread."""

    _HEAD_START_MS = 3

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._resampler = Resampler(from_hz, to_hz)
        self._frame_samples = to_hz * FRAME_MS // 1000
        head_start = 0 if from_hz == to_hz else to_hz * self._HEAD_START_MS // 1000
        self._ready = np.zeros(head_start, np.int16)

    def push(self, frame: Samples) -> Samples:
        self._ready = np.concatenate([self._ready, self._resampler.push(frame)])
        out, self._ready = self._ready[: self._frame_samples], self._ready[self._frame_samples :]
        if len(out) < self._frame_samples:
            raise RuntimeError("the resampler keeps back more than its head start")
        return out


def resampled(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Return a whole sound at another rate."""
    resampler = Resampler(from_hz, to_hz)
    return np.concatenate([resampler.push(samples), resampler.rest()])


def _joined(frames: list[av.AudioFrame]) -> Samples:
    parts = [frame.to_ndarray().reshape(-1) for frame in frames]
    return np.concatenate(parts).astype(np.int16) if parts else np.zeros(0, np.int16)
