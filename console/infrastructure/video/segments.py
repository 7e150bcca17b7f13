"""One segment of a recording while it is written: packets in, whole fragments on the disk."""

import hashlib
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import av
import av.error

from console.domain.recordings import Segment
from console.infrastructure.recording_shelf import to_json
from console.infrastructure.sealed_fragments import Sealer
from console.infrastructure.video.packets import KeptPacket, StreamFormat, as_av_packet, template_of

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

    def __init__(self, birth: Segment, form: StreamFormat, key: KeptPacket, draft: Path) -> None:
        """Raises:
        OSError, av.error.FFmpegError: the disk refuses, or no file can hold such packets.
        """
        self.birth = birth
        self.form = form
        self._draft = draft
        self._first_dts = key.dts
        self._last_s = birth.media_from_s
        self._step_s = _FIRST_STEP_S
        self._pictures = 0
        container, template = template_of(form, key)
        with container:
            self._sink = Sink(draft)
            self._output = av.open(self._sink, "w", format="mp4", buffer_size=_ONE_WRITE, options=_FRAGMENTED)
            self._output.metadata["comment"] = to_json(birth).decode()
            self._stream = self._output.add_stream_from_template(template)
            self._stream.time_base = form.time_base

    @property
    def draft(self) -> Path:
        return self._draft

    def add(self, packet: KeptPacket) -> bool:
        """Take a packet; true when a fragment became whole with it and waits to be synced.

        Raises:
            OSError, av.error.FFmpegError: the disk refuses, or the packet fits nowhere.
        """
        made = as_av_packet(packet, self.form.time_base, first_dts=self._first_dts)
        made.stream = self._stream
        before = self._sink.size_bytes
        self._output.mux(made)
        is_whole = self._sink.size_bytes > before
        if is_whole:
            # A packet that lets a fragment out begins the next one.
            self._sink.seal(packet.media_time_s - self.birth.media_from_s, self._pictures)
        self._pictures += 1
        if packet.media_time_s > self._last_s:
            self._step_s = packet.media_time_s - self._last_s
        self._last_s = packet.media_time_s
        return is_whole

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
            self._output.close()
            ends_s = round(self._last_s + self._step_s, 6)
            self._sink.seal(ends_s - self.birth.media_from_s, self._pictures)
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
        self.size_bytes = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        if self._refuses:
            raise OSError("this file is given up")
        self._sealer.note(data)
        self._write(data)
        return len(data)

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
