"""The sound of a recorded file, piece by piece as it is wanted, and how it gets to the player in step with a replay."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer

from console.infrastructure.frame_slots import SlotUnavailable
from console.infrastructure.sound_slots import SoundWriter
from console.infrastructure.video.listening import MOST_SAMPLES, OneRate

# Written so long before it is heard: a replay's thread is awake ten times a second, and a busy machine some later.
AHEAD_S = 0.3
# What is there this long before its picture is in time for the loudspeaker's own buffer (``loudspeaker.AHEAD_S``).
DUE_EARLIER_S = 0.04
JUMPED_S = 0.2  # further from where it was than this a replay was moved (judgement)
Sounded = tuple[float, bytes]  # when its first sample is, and samples as they are played


class RecordedSound:
    """Sound of one file. Owned by one thread.

    Times are the seconds since its first picture.
    """

    def __init__(self, container: InputContainer, stream: AudioStream, first_picture_s: float) -> None:
        self._container = container
        self._stream = stream
        self._first_picture_s = first_picture_s
        self._one_rate = OneRate()
        self._frames: Iterator[Sounded] = iter(())
        self._next: Sounded | None = None
        self._read_to_s: float | None = None

    def between(self, from_s: float, to_s: float) -> list[Sounded]:
        """Return what begins in a span; quickest where it follows the last one."""
        if self._read_to_s is None or abs(from_s - self._read_to_s) > JUMPED_S:
            self._seek(from_s)
        found: list[Sounded] = []
        while self._next is not None and self._next[0] < to_s:
            if self._next[0] >= from_s:
                found.append(self._next)
            self._next = next(self._frames, None)
        self._read_to_s = to_s
        return found

    def close(self) -> None:
        self._container.close()

    def _seek(self, at_s: float) -> None:
        base = self._stream.time_base
        assert base is not None
        stamp = max(0, round((at_s + self._first_picture_s) / base))
        self._one_rate = OneRate()
        try:
            self._container.seek(stamp, stream=self._stream, backward=True)
        except av.error.FFmpegError:
            self._next = None  # behind the last of it
            return
        self._frames = self._decoded(at_s)
        self._next = next(self._frames, None)

    def _decoded(self, from_s: float) -> Iterator[Sounded]:
        """Give what begins at a time or later; what is damaged is left out."""
        base = self._stream.time_base
        assert base is not None
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
                frames = packet.decode()
            except StopIteration:
                return
            except av.error.FFmpegError:
                continue
            for frame in frames:
                if frame.pts is None or not 0 < frame.samples <= MOST_SAMPLES:
                    continue
                begins_s = float(frame.pts * base) - self._first_picture_s
                if begins_s >= from_s:
                    yield begins_s, self._one_rate.samples(frame)


def sound_in(file: Path | io.BytesIO, first_picture_s: float) -> RecordedSound | None:
    """Open a file's sound, ``None`` where there is none or it cannot be read.

    Args:
        first_picture_s: when the file's first picture is, by the file's own clock.
    """
    try:
        container = av.open(str(file) if isinstance(file, Path) else file, "r")
    except (av.error.FFmpegError, OSError):
        return None
    if not container.streams.audio:
        container.close()
        return None
    return RecordedSound(container, container.streams.audio[0], first_picture_s)


class SoundAhead:
    """Writes what is to be heard beside a replay a little before it is due. Owned by the replay's thread."""

    def __init__(self) -> None:
        self._writer: SoundWriter | None = None
        self._written_to_s: float | None = None

    def write_to(self, path: str) -> None:
        """Write into this ring from now on, into none with an empty path."""
        self.close()
        if path:
            try:
                self._writer = SoundWriter(Path(path))
            except SlotUnavailable:
                self._writer = None  # nobody listens any more

    def play(self, between: Callable[[float, float], list[Sounded]], at_s: float, now_s: float) -> None:
        """Write what is due soon.

        Args:
            between: gives the sound of a span. at_s: the time that is due now, on the same scale.
            now_s: this machine's monotonic clock.
        """
        if self._writer is None:
            return
        written_s = self._written_to_s
        if written_s is None or not at_s - JUMPED_S < written_s <= at_s + AHEAD_S + JUMPED_S:
            self.stop(now_s)
            written_s = at_s
        to_s = at_s + AHEAD_S
        if to_s <= written_s:
            return
        for begins_s, samples in between(written_s, to_s):
            # As if it had come just in time: the player then hears it with the picture, however early it was read.
            self._writer.write(memoryview(samples), begins_s, now_s + begins_s - at_s - DUE_EARLIER_S)
        self._written_to_s = to_s

    def stop(self, now_s: float) -> None:
        """Let what was written ahead not be heard."""
        if self._writer is not None and self._written_to_s is not None:
            self._writer.cut(now_s)
        self._written_to_s = None

    def close(self) -> None:
        writer, self._writer = self._writer, None
        self._written_to_s = None
        if writer is not None:
            writer.close()
