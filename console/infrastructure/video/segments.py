"""One segment of a recording while it is written: packets in, whole fragments on the disk."""

import hashlib
import os
from collections import deque
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import av
import av.error

from console.domain.recordings import Segment
from console.infrastructure.recording_shelf import to_json
from console.infrastructure.sealed_fragments import Sealer
from console.infrastructure.video.fragments import pictures_in
from console.infrastructure.video.kept_sound import KeptSound, SoundFormat
from console.infrastructure.video.packets import KeptPacket, StreamFormat
from console.infrastructure.video.tracks import Tracks, with_sound

# Fragments end at key pictures or after half a second: half a second in memory and the sync behind it keep the
# loss of a power cut below one second. Shorter ones cost 150 bytes and a sync each.
FRAGMENT_S = 0.5
_FRAGMENTED = {
    "movflags": "frag_keyframe+empty_moov+default_base_moof+skip_trailer",
    "frag_duration": str(round(FRAGMENT_S * 1_000_000)),
    "flush_packets": "1",
}
_ONE_WRITE = 1 << 20  # bytes FFmpeg gathers before it writes: a fragment of most streams in one go
_FIRST_STEP_S = 0.04  # how long the only picture of a segment is shown


class SegmentFile:
    """Owned by the recorder's thread.

    Attributes:
        birth: what was known when it began.
    """

    def __init__(
        self, birth: Segment, form: StreamFormat, key: KeptPacket, draft: Path, sound: SoundFormat | None = None
    ) -> None:
        """Args:
        sound: what is kept of its sound; a file without it never has any.

        Raises:
        OSError, av.error.FFmpegError: the disk refuses, or no file can hold such packets.
        """
        self.birth = birth
        self.form = form
        self.sound = sound
        self._draft = draft
        self._in_no_fragment: deque[float] = deque()  # when the pictures are that the file does not hold yet
        self._last_s = birth.media_from_s
        self._step_s = _FIRST_STEP_S
        self._pictures = 0
        self._sink = Sink(draft)
        options = with_sound(_FRAGMENTED, sound)
        try:
            self._output = av.open(self._sink, "w", format="mp4", buffer_size=_ONE_WRITE, options=options)
            self._output.metadata["comment"] = to_json(birth).decode()
            self._tracks = Tracks(self._output, form, key, sound)
        except (OSError, av.error.FFmpegError):
            self._sink.close()
            draft.unlink(missing_ok=True)
            raise

    @property
    def draft(self) -> Path:
        return self._draft

    def add(self, packet: KeptPacket) -> bool:
        """Take a packet; true when a fragment became whole with it and waits to be synced.

        Raises:
            OSError, av.error.FFmpegError: the disk refuses, or the packet fits nowhere.
        """
        before = self._sink.size_bytes
        self._in_no_fragment.append(packet.media_time_s)
        if packet.media_time_s > self._last_s:
            self._step_s = packet.media_time_s - self._last_s
        self._last_s = packet.media_time_s
        self._tracks.add(packet)
        return self._seal_since(before)

    def add_sound(self, sound: KeptSound) -> bool:
        """Take sound that lies beside its pictures; the rest as ``add``."""
        before = self._sink.size_bytes
        self._tracks.add_sound(sound)
        return self._seal_since(before)

    def _seal_since(self, before: int) -> bool:
        """Seal the fragments that were let out; the next one begins with the first picture that is in none of them."""
        if self._sink.size_bytes == before:
            return False
        for table in self._sink.take_tables():
            for _ in range(pictures_in(table)):
                self._in_no_fragment.popleft()
                self._pictures += 1
        ends_s = self._in_no_fragment[0] if self._in_no_fragment else self._last_s + self._step_s
        self._sink.seal(ends_s - self.birth.media_from_s, self._pictures)
        return True

    def sync(self) -> None:
        """Have all whole fragments on the disk itself.

        Raises:
            OSError: the disk refuses.
        """
        self._sink.sync()

    def close(self) -> Segment:
        """End the file, sync it, and return its facts, the digest over what was written.

        Raises:
            OSError, av.error.FFmpegError: the disk refuses; the draft is left for repair.
        """
        try:
            self._tracks.end()
            self._output.close()
            ends_s = round(self._last_s + self._step_s, 6)
            self._sink.seal(ends_s - self.birth.media_from_s, self._pictures + len(self._in_no_fragment))
            self._sink.sync()
        finally:
            self._sink.close()
        return replace(
            self.birth,
            media_to_s=ends_s,
            ends_at=self.birth.begins_at + timedelta(seconds=ends_s - self.birth.media_from_s),
            size_bytes=self._sink.size_bytes,
            sha256=self._sink.sha256,
        )

    def abandon(self) -> None:
        """Stop writing after a failure and leave the draft as it is."""
        self._sink.refuse()
        try:
            self._output.close()
        except (OSError, av.error.FFmpegError):
            pass  # that is why it is abandoned
        finally:
            self._sink.close()


class Sink:
    """What FFmpeg writes into: bytes to the file, to the digest and under the next seal."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        self._digest = hashlib.sha256()
        self._sealer = Sealer()
        self._refuses = False
        self._tables: list[bytes] = []
        self.size_bytes = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        if self._refuses:
            raise OSError("this file is given up")
        self._sealer.note(data)
        self._write(data)
        if data[4:8] == b"moof":  # FFmpeg empties its buffer behind each fragment, so each begins a write
            self._tables.append(data[8 : int.from_bytes(data[:4])])
        return len(data)

    def take_tables(self) -> list[bytes]:
        """Return the tables (``moof`` without its head) of the fragments written since the last time."""
        found, self._tables = self._tables, []
        return found

    def seal(self, ends_s: float, pictures: int) -> None:
        self._write(self._sealer.seal(ends_s, pictures))

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            written = os.write(self._handle, rest)
            self._digest.update(rest[:written])
            self.size_bytes += written
            rest = rest[written:]

    def sync(self) -> None:
        # Not on Windows and macOS; what it leaves out, times of access, is nothing we need after a power cut.
        getattr(os, "fdatasync", os.fsync)(self._handle)

    def refuse(self) -> None:
        self._refuses = True

    def close(self) -> None:
        os.close(self._handle)
