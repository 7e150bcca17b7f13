"""A recorded file, any of whose pictures can be asked for by its number."""

import io
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import av
import av.error
from av import VideoFrame

from console.infrastructure.video.fragments import NotUnderstood, stamps_of
from console.infrastructure.video.recorded_sound import RecordedSound, sound_in

# Pictures kept decoded, so that stepping back within a group of pictures costs one decoding of it, not one each.
# Two seconds at 25 fps; 1080p takes 3 MB a picture.
PICTURES_KEPT = 50
# A seek decodes from the key picture before: two seconds of 1080p on one core alone take longer than 200 ms.
THREADS = 2
# FFmpeg would decode the first pictures to learn what an MP4's header says already: 50 ms to open 1080p instead of 23.
_AS_THE_HEADER_SAYS = {"analyzeduration": "0", "probesize": "32000"}


class Recording:
    """Pictures of a file by number, in the order they are shown. Owned by one thread.

    The file is read through once for its times and key pictures (a clip without an index is common: it is
    written in fragments); pictures are decoded as they are asked for, from the key picture before.

    Attributes:
        most_kept: how many decoded pictures stay in memory.

    Raises:
        av.error.FFmpegError, OSError: it cannot be read, or there is no picture in it.
    """

    def __init__(self, file: Path | BinaryIO) -> None:
        """Args:
        file: its path, or the file itself in memory; one that is still being written is read as far as it goes.
        """
        self.most_kept = PICTURES_KEPT
        self._file = file
        self._sound: RecordedSound | None = None
        self._has_no_sound = False
        self._container = av.open(str(file) if isinstance(file, Path) else file, "r", options=_AS_THE_HEADER_SAYS)
        try:
            self._stream = self._container.streams.video[0]
            self._stream.codec_context.thread_count = THREADS
            stamps = self._stamps_of_tables(file) or list(self._read_stamps())
        except (av.error.FFmpegError, IndexError) as cause:
            self._container.close()
            raise OSError("no pictures") from cause
        self._stamps = sorted(stamp for stamp, _ in stamps)
        self._keys = sorted(stamp for stamp, is_key in stamps if is_key)
        self._kept: OrderedDict[int, VideoFrame] = OrderedDict()
        self._decoded_to: int | None = None
        self._frames: Iterator[VideoFrame] = iter(())
        base = self._stream.time_base
        if not self._stamps or base is None:
            self._container.close()
            raise OSError("no pictures")
        self.times_s = tuple(float((stamp - self._stamps[0]) * base) for stamp in self._stamps)

    def _stamps_of_tables(self, file: Path | BinaryIO) -> list[tuple[int, bool]]:
        """Return the time stamps as the file's own tables tell them; nothing where they must be read through.

        The tables know nothing of edit lists, FFmpeg does: its first packet says by how much the stamps differ.
        """
        try:
            if isinstance(file, Path):
                with open(file, "rb") as opened:
                    told = stamps_of(opened)
            else:
                at = file.tell()
                told = stamps_of(file)
                file.seek(at)
        except NotUnderstood:
            return []
        first = next((one for one in self._container.demux(self._stream) if one.size and one.pts is not None), None)
        if first is None or first.pts is None:
            return []
        shift = first.pts - told[0][0]
        return [(stamp + shift, is_key) for stamp, is_key in told]

    def _read_stamps(self) -> Iterator[tuple[int, bool]]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.error.InvalidDataError):
                return  # the last fragment may be half a one
            if packet.size and packet.pts is not None:
                yield packet.pts, packet.is_keyframe

    def sound(self) -> RecordedSound | None:
        """Return the sound beside the pictures, by their times; ``None`` where the file has none.

        It is read by a way of its own, so that the pictures' place in the file is not lost.
        """
        if self._sound is None and not self._has_no_sound:
            again = self._file if isinstance(self._file, Path) else io.BytesIO(_all_of(self._file))
            base = self._stream.time_base
            assert base is not None
            self._sound = sound_in(again, float(self._stamps[0] * base)) if self._container.streams.audio else None
            self._has_no_sound = self._sound is None
        return self._sound

    def nearest(self, at_s: float) -> int:
        """Return the number of the picture nearest to a time since the beginning (s)."""
        after = bisect_left(self.times_s, at_s)
        return min(
            (n for n in (after - 1, after) if 0 <= n < len(self.times_s)), key=lambda n: abs(self.times_s[n] - at_s)
        )

    def key_before(self, number: int) -> int:
        """Return the number of the key picture at or before a picture; 0 where none is marked."""
        at = bisect_right(self._keys, self._stamps[number]) - 1
        return bisect_left(self._stamps, self._keys[at]) if at >= 0 else 0

    def picture(self, number: int) -> VideoFrame | None:
        """Return a picture, or ``None`` where the file is damaged."""
        wanted = self._stamps[number]
        if wanted not in self._kept:
            self._decode_to(wanted)
        return self._kept.get(wanted)

    def close(self) -> None:
        self._kept.clear()
        self._container.close()
        if self._sound is not None:
            self._sound.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _decode_to(self, wanted: int) -> None:
        key = self._keys[max(0, bisect_right(self._keys, wanted) - 1)] if self._keys else self._stamps[0]
        goes_on = self._decoded_to is not None and key <= self._decoded_to < wanted
        if not goes_on:
            self._container.seek(key, stream=self._stream, backward=True)
            self._frames = self._container.decode(self._stream)
        while True:
            try:
                frame = next(self._frames)
            except StopIteration:
                self._decoded_to = None
                return
            except av.error.InvalidDataError:
                self._frames = self._container.decode(self._stream)
                continue
            if frame.pts is None:
                continue
            self._kept[frame.pts] = frame
            while len(self._kept) > self.most_kept:
                self._kept.popitem(last=False)
            self._decoded_to = frame.pts
            if frame.pts >= wanted:
                return


def _all_of(file: BinaryIO) -> bytes:
    at = file.tell()
    file.seek(0)
    found = file.read()
    file.seek(at)
    return found
