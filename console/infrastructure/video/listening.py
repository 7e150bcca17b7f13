"""A stream's sound for whoever listens: decoded, brought to one rate, and put where the player takes it."""

import logging
from collections.abc import Callable
from pathlib import Path

import av
import av.error
from av.audio.stream import AudioStream

from console.infrastructure.frame_slots import SlotUnavailable
from console.infrastructure.sound_slots import SOUND_HZ, SoundWriter

_log = logging.getLogger(__name__)

# What may be claimed of a frame of sound: a damaged stream must not take the memory of a minute at once.
MOST_SAMPLES = 48_000


class OneRate:
    """Brings decoded sound to what is played: mono, int16, ``SOUND_HZ``. Owned by one thread."""

    def __init__(self) -> None:
        self._resampler: av.AudioResampler | None = None
        self._layout: tuple[int, str, str] | None = None

    def samples(self, frame: av.AudioFrame) -> bytes:
        """Return a frame's samples, native order.

        Raises:
            av.error.FFmpegError, ValueError: no resampler knows its layout.
        """
        layout = (frame.sample_rate, frame.layout.name, frame.format.name)
        if self._resampler is None or layout != self._layout:
            self._resampler = av.AudioResampler(format="s16", layout="mono", rate=SOUND_HZ)
            self._layout = layout
        frame.pts = None  # a resampler that is told of times fills gaps by itself
        return b"".join(bytes(made.planes[0])[: made.samples * 2] for made in self._resampler.resample(frame))


class Ear:
    """Decodes one stream's packets of sound into a ring. Owned by the stream's thread."""

    def __init__(self, path: str, stream: AudioStream) -> None:
        """Args:
        stream: of the open connection; its decoder is used, nobody else decodes its sound.

        Raises:
            SlotUnavailable: the ring is gone.
        """
        self.path = path
        self._writer = SoundWriter(Path(path))
        self._stream = stream
        self._one_rate = OneRate()
        self.damaged = 0

    def take(
        self,
        packet: "av.Packet[AudioStream]",
        media_time_of: Callable[[int], float | None],
        arrived_s: float,
    ) -> None:
        """Decode a packet and hand its samples on. What cannot be decoded is silence, not the end of the stream.

        Args:
            media_time_of: gives the time of a stamp in the stream's time base, on the time scale of its pictures;
                ``None`` while no picture has come.
        """
        if packet.pts is None or packet.size == 0:
            return
        begins_s = media_time_of(packet.pts)
        if begins_s is None:
            return
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            self.damaged += 1
            return
        for frame in frames:
            if not 0 < frame.samples <= MOST_SAMPLES or frame.sample_rate <= 0:
                self.damaged += 1
                continue
            try:
                samples = self._one_rate.samples(frame)
            except (av.error.FFmpegError, ValueError):
                self.damaged += 1
                continue
            with memoryview(samples) as raw:
                self._writer.write(raw, begins_s, arrived_s)
            begins_s += frame.samples / frame.sample_rate

    def close(self) -> None:
        self._writer.close()


def ear_for(path: str, stream: AudioStream) -> Ear | None:
    """Return an ear, ``None`` where the ring is gone already."""
    try:
        return Ear(path, stream)
    except SlotUnavailable:
        return None
