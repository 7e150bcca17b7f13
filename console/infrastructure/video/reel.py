"""What was recorded of one camera in a span, as pictures by the moment they came, over all files that hold them."""

import io
import logging
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import av.error
from av import VideoFrame

from console.domain.recordings import SMALLEST_GAP
from console.infrastructure.video.kept_sound import KeptSound, SoundFormat
from console.infrastructure.video.packets import KeptPacket, StreamFormat
from console.infrastructure.video.recorded_sound import Sounded
from console.infrastructure.video.recording import Recording
from console.infrastructure.video.tracks import Tracks, in_time, with_sound

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

    def has_sound(self, place: Place) -> bool:
        book = self._book(place.part)
        return book is not None and book.sound() is not None

    def sound_between(self, from_s: float, to_s: float) -> list[Sounded]:
        """Return the sound that begins in a span, over the ends of files.

        Args:
            from_s, to_s: moments, by our clock in seconds since 1970; so are the times that are returned.
        """
        found: list[Sounded] = []
        from_at, to_at = (datetime.fromtimestamp(at_s, UTC) for at_s in (from_s, to_s))
        first = max(0, bisect_right(self._begins, from_at) - 1)
        for part in range(first, bisect_left(self._begins, to_at)):
            begins_s = self._begins[part].timestamp()
            is_last = part + 1 == len(self._begins)
            ends_s = to_s if is_last else min(to_s, self._begins[part + 1].timestamp())
            book = self._book(part)
            sound = book.sound() if book is not None else None
            if sound is not None and ends_s > from_s:
                beside = sound.between(max(from_s, begins_s) - begins_s, ends_s - begins_s)
                found += [(begins_s + at_s, samples) for at_s, samples in beside]
        return found

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


def part_of_packets(
    form: StreamFormat, packets: Sequence[KeptPacket], sound: tuple[SoundFormat, list[KeptSound]] | None = None
) -> ReelPart:
    """Return packets that were kept in memory as a part, by their media times, from when the first one came.

    Args:
        packets: in order, the first one a key packet. sound: what is kept beside them.
    """
    kept = list(packets)
    lasted = timedelta(seconds=kept[-1].media_time_s - kept[0].media_time_s)
    return ReelPart(
        begins_at=kept[0].received_at,
        ends_at=kept[0].received_at + lasted,
        open=lambda: Recording(_in_a_file(form, kept, sound)),
        is_memory=True,
    )


def _in_a_file(
    form: StreamFormat, packets: Sequence[KeptPacket], sound: tuple[SoundFormat, list[KeptSound]] | None
) -> io.BytesIO:
    """Return the packets as a file in memory: a decoder then finds its way in them as in any other."""
    file = io.BytesIO()
    first_s, last_dts = packets[0].media_time_s, -1
    sound_form, sounds = sound if sound is not None else (None, [])
    with av.open(file, "w", format="mp4", options=with_sound(_FRAGMENTED, sound_form)) as output:
        tracks = Tracks(output, form, replace(packets[0], dts=0), sound_form)
        for one in in_time(packets, sounds):
            if isinstance(one, KeptSound):
                tracks.add_sound(one)
                continue
            dts = max(last_dts + 1, round((one.media_time_s - first_s) / form.time_base))
            tracks.add(replace(one, dts=dts, pts=dts + one.pts - one.dts))
            last_dts = dts
        tracks.end()
    file.seek(0)
    return file
