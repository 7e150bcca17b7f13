"""A clip written while its packets come, so that whoever dies meanwhile costs its end at most."""

from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import av
import av.error
from av.container import OutputContainer

from console.application.errors import Unavailable
from console.infrastructure.channel.messages import ClipCut, CutClip
from console.infrastructure.evidence_notes import draft_of, forget_note, write_note
from console.infrastructure.video.clips import FRAGMENTED, DiskRefused, clock_offset_s, finish, plain
from console.infrastructure.video.kept_sound import KeptSound, SoundFormat
from console.infrastructure.video.packets import KeptPacket, StreamFormat
from console.infrastructure.video.ring import PacketRing
from console.infrastructure.video.tracks import Tracks, in_time, with_sound

# Without it FFmpeg keeps fragments to itself until its buffer is full, and a kill leaves a file without a head.
_AT_ONCE = {"flush_packets": "1"}


class GrowingClip:
    """Used by the worker's writing thread alone.

    The file is fragmented at key pictures, and each fragment is on its way to the disk when the next begins: what a
    kill leaves is a clip up to the last key picture before it, and the note beside it says so.
    """

    def __init__(self, order: CutClip) -> None:
        self.order = order
        self._path = Path(order.path)
        self._output: OutputContainer | None = None
        self._file: BinaryIO | None = None
        self._tracks: Tracks | None = None
        self._sound: SoundFormat | None = None
        self._sound_to_s: float | None = None
        self._form: StreamFormat | None = None
        self._first: KeptPacket | None = None
        self._last: KeptPacket | None = None
        self._before_key: KeptPacket | None = None
        self._next_key: tuple[float, KeptPacket] | None = None

    def grow(self, ring: PacketRing | None, *, is_over: bool) -> bool:
        """Write what has come since; true when nothing more will.

        Args:
            ring: of the stream; ``None`` when it is open no more.
            is_over: its last picture has been waited for long enough.

        Raises:
            Unavailable: the stream has no packets of that time, or they cannot be put into a file.
            DiskRefused: the disk failed.
        """
        order, last = self.order, self._last
        known = order.known
        # A clip is of the connection in which it happened: the camera may have been away meanwhile, and be back.
        at_s = known.media_time_s if known is not None else None
        found = ring.span(order.from_media_s, order.to_media_s, at_s) if ring is not None else None
        if last is None and known is not None and ring is not None:
            found = found if ring.holds(known.media_time_s, known.received_at) else None
        if found is None and last is None:
            raise Unavailable("The stream has no packets of that time.")
        if found is None or (self._form is not None and found[0] is not self._form):
            return True  # the stream was opened anew: what comes now cannot be joined
        newest_s = ring.newest_s() if ring is not None else None
        is_whole = is_over or (newest_s is not None and newest_s >= order.to_media_s)
        form, packets = found
        if last is not None:
            packets = [packet for packet in packets if packet.media_time_s > last.media_time_s]
        # The newest may be half a picture still: some cameras send one in two packets.
        packets = packets if is_whole else packets[:-1]
        to_s = order.to_media_s if is_whole or not packets else packets[-1].media_time_s
        sound = ring.sound_of(form, self._sound_to_s, to_s) if ring is not None else None
        self._guarded_write(form, packets, sound)
        return is_whole

    def finish(self) -> ClipCut:
        """Close the file and return what is in it.

        Raises:
            DiskRefused: the disk failed.
        """
        try:
            self._close()
            written = finish(draft_of(self._path), self._path)
            note = self._note(self._last, written.sha256, written.size_bytes)
            write_note(note)
        except (OSError, av.error.FFmpegError) as cause:
            self.abandon()
            raise DiskRefused("The clip could not be written: {reason}.", reason=plain(cause)) from cause
        return note

    def abandon(self) -> None:
        """Leave no half of it behind."""
        with suppress(OSError, av.error.FFmpegError):
            self._close()
        forget_note(str(self._path))

    def _close(self) -> None:
        output, self._output = self._output, None
        file, self._file = self._file, None
        try:
            if output is not None:
                if self._tracks is not None:
                    self._tracks.end()
                output.close()
        finally:
            if file is not None:
                file.close()

    def _guarded_write(
        self, form: StreamFormat, packets: list[KeptPacket], sound: tuple[SoundFormat, list[KeptSound]] | None
    ) -> None:
        try:
            self._write(form, packets, sound)
        except (OSError, av.error.FFmpegError) as cause:
            self.abandon()
            refused = DiskRefused if isinstance(cause, OSError) else Unavailable
            raise refused("The clip could not be written: {reason}.", reason=plain(cause)) from cause

    def _write(
        self, form: StreamFormat, packets: list[KeptPacket], sound: tuple[SoundFormat, list[KeptSound]] | None
    ) -> None:
        if not packets:
            return
        if self._tracks is None:
            self._form, self._first = form, packets[0]
            self._sound = sound[0] if sound is not None else None
            # Through a file of our own: FFmpeg's says nothing of a disk that is full.
            self._file = open(draft_of(self._path), "wb")  # noqa: SIM115 - lives as long as the clip grows
            options = with_sound(FRAGMENTED | _AT_ONCE, self._sound)
            self._output = av.open(self._file, "w", format="mp4", options=options)
            self._tracks = Tracks(self._output, form, packets[0], self._sound)
        # What a clip has no track for from its begin on is left out of it.
        sounds = sound[1] if sound is not None and sound[0] is self._sound else []
        for one in in_time(packets, sounds):
            if isinstance(one, KeptSound):
                self._tracks.add_sound(one)
                self._sound_to_s = one.media_time_s
                continue
            if one.is_key and self._last is not None and self._next_key is None:
                self._next_key = one.media_time_s, self._last
            self._tracks.add(one)
            self._last = one
            if self._next_key is not None and self._tracks.written_s >= self._next_key[0]:
                self._before_key, self._next_key = self._next_key[1], None
        if self._file is not None:
            self._file.flush()
        if self._before_key is not None:
            write_note(self._note(self._before_key, "", 0))

    def _note(self, last: KeptPacket | None, sha256: str, size_bytes: int) -> ClipCut:
        assert self._first is not None and last is not None and self._form is not None
        return ClipCut(
            request_id=self.order.request_id,
            path=str(self._path),
            sha256=sha256,
            size_bytes=size_bytes,
            from_media_s=self._first.media_time_s,
            to_media_s=last.media_time_s,
            begins_at=self._first.received_at,
            captured_at=self._first.captured_at,
            clock_offset_s=clock_offset_s(self._first),
            width=self._form.width,
            height=self._form.height,
            codec=self._form.codec,
            sound=self._sound.codec if self._sound is not None and self._sound_to_s is not None else "",
        )
