"""What was recorded of one camera in a span, as pictures by the moment they came, over all files that hold them."""

import io
import logging
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import av
import av.error
from av import VideoFrame

from console.domain.recordings import SMALLEST_GAP
from console.infrastructure.video.packets import KeptPacket, StreamFormat, as_av_packet, template_of
from console.infrastructure.video.recording import Recording

_log = logging.getLogger(__name__)

# The file that plays and the one before or after it: a step back over the end of a segment opens nothing anew.
FILES_OPEN = 2
_FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReelPart:
    """One file's worth of pictures.

    Attributes:
        begins_at, ends_at: of its first picture and behind its last, by our clock.
        open: opens it; raises ``OSError`` or ``av.error.FFmpegError`` when it cannot be read.
        is_memory: its packets are in memory only, and in no file.
    """

    begins_at: datetime
    ends_at: datetime
    open: Callable[[], Recording]
    is_memory: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A picture of a reel: which part, and its number in it."""

    part: int
    number: int


class Reel:
    """Pictures by moment. Owned by one thread; ``close`` lets the files go."""

    def __init__(self, parts: Sequence[ReelPart]) -> None:
        """Args:
        parts: in any order; one that begins before another ends is cut short by it.
        """
        self._parts = sorted(parts, key=lambda part: part.begins_at)
        self._begins = [part.begins_at for part in self._parts]
        self._open: dict[int, Recording] = {}
        self._unreadable: set[int] = set()

    @property
    def from_at(self) -> datetime | None:
        return self._parts[0].begins_at if self._parts else None

    @property
    def to_at(self) -> datetime | None:
        return max((part.ends_at for part in self._parts), default=None)

    def at(self, moment: datetime) -> Place | None:
        """Return the picture that was on at a moment, ``None`` where there is a gap."""
        part = bisect_right(self._begins, moment) - 1
        if part < 0 or moment >= self._parts[part].ends_at + SMALLEST_GAP:
            return None
        book = self._book(part)
        if book is None:
            return None
        passed_s = (moment - self._begins[part]).total_seconds()
        return Place(part, max(0, bisect_right(book.times_s, passed_s + 1e-4) - 1))

    def from_(self, moment: datetime) -> Place | None:
        """Return the picture of a moment, or the first one after the gap that it lies in."""
        found = self.at(moment)
        if found is not None:
            return found
        following = bisect_right(self._begins, moment)
        return next((Place(part, 0) for part in range(following, len(self._parts)) if self._book(part)), None)

    def after(self, place: Place) -> Place | None:
        """Return the next picture, behind a gap too; ``None`` at the end."""
        book = self._book(place.part)
        if book is not None and place.number + 1 < len(book.times_s):
            following = Place(place.part, place.number + 1)
            is_cut = place.part + 1 < len(self._parts) and self.moment(following) >= self._begins[place.part + 1]
            if not is_cut:
                return following
        return next((Place(part, 0) for part in range(place.part + 1, len(self._parts)) if self._book(part)), None)

    def before(self, place: Place) -> Place | None:
        """Return the picture before, before a gap too; ``None`` at the beginning."""
        if place.number > 0:
            return Place(place.part, place.number - 1)
        for part in range(place.part - 1, -1, -1):
            book = self._book(part)
            if book is not None:
                passed_s = (self._begins[part + 1] - self._begins[part]).total_seconds()
                return Place(part, max(0, bisect_right(book.times_s, passed_s - 1e-4) - 1))
        return None

    def key_at(self, place: Place) -> Place:
        """Return the key picture at or before a place, within its file."""
        book = self._book(place.part)
        return Place(place.part, book.key_before(place.number)) if book is not None else place

    def moment(self, place: Place) -> datetime:
        """Return when a picture came, by our clock."""
        book = self._book(place.part)
        return self._begins[place.part] + timedelta(seconds=book.times_s[place.number] if book is not None else 0.0)

    def is_memory(self, place: Place) -> bool:
        return self._parts[place.part].is_memory

    def picture(self, place: Place, most_kept: int) -> VideoFrame | None:
        """Return a picture, ``None`` where the file is damaged.

        Args:
            most_kept: how many decoded pictures its file may keep in memory.
        """
        book = self._book(place.part)
        if book is None:
            return None
        book.most_kept = most_kept
        return book.picture(place.number)

    def close(self) -> None:
        for book in self._open.values():
            book.close()
        self._open.clear()

    def _book(self, part: int) -> Recording | None:
        """Return a part's pictures, opened if needed; ``None`` if it cannot be read, which is a gap from then on."""
        if part in self._open:
            self._open[part] = self._open.pop(part)  # used last, let go last
            return self._open[part]
        if part in self._unreadable:
            return None
        try:
            book = self._parts[part].open()
        except (OSError, av.error.FFmpegError) as cause:
            _log.warning("a recording of %s cannot be read: %s", self._begins[part], type(cause).__name__)
            self._unreadable.add(part)
            return None
        while len(self._open) >= FILES_OPEN:
            self._open.pop(next(iter(self._open))).close()
        self._open[part] = book
        return book


def part_of_file(path: Path, begins_at: datetime, ends_at: datetime) -> ReelPart:
    """Return a segment's file as a part; it is opened when one of its pictures is wanted."""
    return ReelPart(begins_at=begins_at, ends_at=ends_at, open=lambda: Recording(path))


def part_of_growing(path: Path, begins_at: datetime, now: datetime) -> ReelPart:
    """Return what a segment that is still being written holds now.

    Read into memory at once: an open file could not be put in its place where the system locks open files.
    """
    return ReelPart(begins_at=begins_at, ends_at=now, open=lambda: Recording(io.BytesIO(path.read_bytes())))


def part_of_packets(form: StreamFormat, packets: Sequence[KeptPacket]) -> ReelPart:
    """Return packets that were kept in memory as a part, by their media times, from when the first one came.

    Args:
        packets: in order, the first one a key packet.
    """
    kept = list(packets)
    lasted = timedelta(seconds=kept[-1].media_time_s - kept[0].media_time_s)
    return ReelPart(
        begins_at=kept[0].received_at,
        ends_at=kept[0].received_at + lasted,
        open=lambda: Recording(_in_a_file(form, kept)),
        is_memory=True,
    )


def _in_a_file(form: StreamFormat, packets: Sequence[KeptPacket]) -> io.BytesIO:
    """Return the packets as a file in memory: a decoder then finds its way in them as in any other."""
    file = io.BytesIO()
    first_s, last_dts = packets[0].media_time_s, -1
    container, template = template_of(form, packets[0])
    with container, av.open(file, "w", format="mp4", options=_FRAGMENTED) as output:
        stream = output.add_stream_from_template(template)
        stream.time_base = form.time_base
        for packet in packets:
            dts = max(last_dts + 1, round((packet.media_time_s - first_s) / form.time_base))
            counted = replace(packet, dts=dts, pts=dts + packet.pts - packet.dts)
            made = as_av_packet(counted, form.time_base)
            made.stream = stream
            output.mux(made)
            last_dts = dts
    file.seek(0)
    return file
