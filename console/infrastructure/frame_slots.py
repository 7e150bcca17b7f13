"""Frames between processes: a small ring of slots in shared memory, newest wins, never torn.

One file per (stream, size), made and removed by the station alone, written by one worker, read by any
number of processes. Nothing is ever waited for: a writer overwrites the oldest slot, a reader copies out what
is newest and throws the copy away when the slot was begun anew meanwhile. Linux maps a sparse file of
``/dev/shm``; Windows a named section that lives as long as its creator holds it.

Layout (native byte order; one machine): a head of 64 bytes (magic, slots, capacity, newest sequence), then
slot each: a head of 128 bytes (sequence begun, sequence finished, facts) and the frame.
"""

import mmap
import os
import struct
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from console.application.errors import Unavailable

PixelFormat = Literal["bgra", "i420"]
Buffer = bytes | bytearray | memoryview

_MAGIC = int.from_bytes(b"CDSLOT01", "little")
_HEAD_BYTES = 64
_SLOT_HEAD_BYTES = 128
_PAGE_BYTES = 4096
# Words of 8 bytes in the head of the file and of a slot.
_HEAD_MAGIC, _HEAD_SLOTS, _HEAD_CAPACITY, _HEAD_NEWEST = range(4)
_SLOT_BEGUN, _SLOT_FINISHED = range(2)
_FACTS_AT = 16
# Sequence, bytes, width, height, stride, flags, received, captured, media time.
_FACTS = struct.Struct("=QQIIIIqqd")
_UNKNOWN_US = -(2**63)
_IS_KEY, _IS_I420 = 1, 2
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A reader that was overtaken takes the newer frame. With three slots a writer must lap it twice within one
# copy (0.04 ms a tile) for that to fail, so a handful of attempts is for writers far above a camera's rate.
_ATTEMPTS = 5


class SlotUnavailable(Unavailable):
    """The slot ring cannot be opened: the station has removed it, or it is not one of ours."""


class FrameDoesNotFit(ValueError):
    """A frame is larger than the slot, or than the place it should be copied to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameFacts:
    """What is known of one frame.

    Attributes:
        sequence: counts the frames of a ring from 1; given by the writer.
        width, height: of the picture, in pixels.
        stride: bytes from one row to the next (I420: of the luma plane; chroma rows are half as long).
        pixel_format: ``bgra`` (8 bits each, alpha 255) or ``i420`` (planes Y, U, V one after the other).
        received_at_us: microseconds since 1970 UTC by this machine's clock.
        captured_at_us: the same by the camera's clock, or ``None`` where that is unknown.
        media_time_s: seconds since the stream began, by the camera's time stamps.
        is_key: decoded from a key frame.
    """

    sequence: int = 0
    width: int
    height: int
    stride: int
    pixel_format: PixelFormat
    received_at_us: int
    captured_at_us: int | None = None
    media_time_s: float
    is_key: bool = False

    @property
    def received_at(self) -> datetime:
        """When this machine received the frame, aware UTC."""
        return _EPOCH + timedelta(microseconds=self.received_at_us)

    @property
    def captured_at(self) -> datetime | None:
        """When the camera says it saw the frame, aware UTC."""
        return None if self.captured_at_us is None else _EPOCH + timedelta(microseconds=self.captured_at_us)

    @property
    def size_bytes(self) -> int:
        """Bytes the pixels take."""
        if self.pixel_format == "bgra":
            return self.stride * self.height
        return self.stride * self.height + 2 * ((self.stride // 2) * ((self.height + 1) // 2))


class SlotRing:
    """A ring made by this process; removing it is this process's duty too."""

    def __init__(self, path: Path, memory: mmap.mmap) -> None:
        self.path = path
        self._memory = memory

    def remove(self) -> None:
        """Take the ring away. Processes that have it open keep it until they close it."""
        self._memory.close()
        if sys.platform != "win32":
            self.path.unlink(missing_ok=True)


def create(path: Path, capacity_bytes: int, slots: int = 3) -> SlotRing:
    """Make an empty ring for frames of up to ``capacity_bytes``. Only a station does this.

    Memory is taken when frames are first written, not now.

    Raises:
        Unavailable: the folder of shared memory refuses it.
    """
    if slots < 2 or capacity_bytes < 1:
        raise ValueError(f"a ring of {slots} slots of {capacity_bytes} bytes holds nothing")
    total_bytes = _slot_offset(slots, capacity_bytes)
    try:
        memory = _new_memory(path, total_bytes)
    except OSError as cause:
        raise SlotUnavailable("There is no shared memory for the pictures.") from cause
    with memoryview(memory) as raw, raw[:_HEAD_BYTES].cast("Q") as head:
        head[_HEAD_SLOTS], head[_HEAD_CAPACITY], head[_HEAD_NEWEST] = slots, capacity_bytes, 0
        head[_HEAD_MAGIC] = _MAGIC
    return SlotRing(path, memory)


def sweep(directory: Path, prefix: str) -> int:
    """Remove rings that a killed station left in ``directory`` and return how many there were."""
    if sys.platform == "win32":
        return 0  # a section ends with its creator
    leftovers = [path for path in directory.iterdir() if path.name.startswith(prefix) and path.is_file()]
    for path in leftovers:
        path.unlink(missing_ok=True)
    return len(leftovers)


class OpenRing:
    """A ring opened by a worker or a seat: its slots, and where what they hold begins."""

    def __init__(self, path: Path, *, is_writable: bool) -> None:
        memory = _open_memory(path, writable=is_writable)
        self.path = path
        self._memory = memory
        self._raw = memoryview(memory)
        self._head = self._raw[:_HEAD_BYTES].cast("Q")
        if self._head[_HEAD_MAGIC] != _MAGIC:
            self.close()
            raise SlotUnavailable("The shared memory of the pictures is not of this version.")
        self._slots, self.capacity_bytes = self._head[_HEAD_SLOTS], self._head[_HEAD_CAPACITY]
        offsets = [_slot_offset(index, self.capacity_bytes) for index in range(self._slots)]
        self._marks = [self._raw[offset : offset + _FACTS_AT].cast("Q") for offset in offsets]
        self._frames_at = [offset + _SLOT_HEAD_BYTES for offset in offsets]
        self._fence = threading.Lock()

    def newest_sequence(self) -> int:
        """Return the number of the newest whole frame, 0 before the first. Costs next to nothing."""
        return int(self._head[_HEAD_NEWEST])

    def close(self) -> None:
        """Let the memory go. Views handed out by ``writing`` must be gone by then."""
        for view in (*getattr(self, "_marks", ()), self._head, self._raw):
            view.release()
        self._memory.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _put(self, sequence: int, layout: struct.Struct, facts: tuple[int | float, ...], octets: memoryview) -> None:
        """Write a slot that is no frame. Only who opened the ring for writing may."""
        marks, begin = self._marks[sequence % self._slots], self._frames_at[sequence % self._slots]
        marks[_SLOT_BEGUN] = sequence
        self._settle()
        layout.pack_into(self._raw, begin - _SLOT_HEAD_BYTES + _FACTS_AT, *facts)
        self._raw[begin : begin + len(octets)] = octets
        self._settle()
        marks[_SLOT_FINISHED] = sequence
        self._head[_HEAD_NEWEST] = sequence

    def _copied(self, sequence: int, layout: struct.Struct) -> tuple[tuple[int | float, ...], bytes] | None:
        """Return what ``_put`` wrote, ``None`` if it is overwritten. The second of its facts is its length."""
        marks, begin = self._marks[sequence % self._slots], self._frames_at[sequence % self._slots]
        if marks[_SLOT_FINISHED] != sequence:
            return None
        self._settle()
        facts = layout.unpack_from(self._raw, begin - _SLOT_HEAD_BYTES + _FACTS_AT)
        octets = bytes(self._raw[begin : begin + min(int(facts[1]), self.capacity_bytes)])
        self._settle()
        return (facts, octets) if marks[_SLOT_BEGUN] == sequence else None

    def _settle(self) -> None:
        # Taking and giving back a lock is a full barrier on processors that reorder stores (x86 does not).
        with self._fence:
            pass


class SlotWriter(OpenRing):
    """The one writer of a ring; used by one thread.

    Raises:
        SlotUnavailable: the ring is not there.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, is_writable=True)

    def write(self, planes: Sequence[Buffer], facts: FrameFacts) -> int:
        """Write a frame whose planes stand one after the other and return its sequence number.

        Raises:
            FrameDoesNotFit: it is larger than the ring's capacity.
        """
        with self.writing(facts) as place:
            at = 0
            for plane in planes:
                with memoryview(plane).cast("B") as raw:
                    place[at : at + len(raw)] = raw
                    at += len(raw)
        return self.newest_sequence()

    @contextmanager
    def writing(self, facts: FrameFacts) -> Iterator[memoryview]:
        """Give the place of the next frame (``facts.size_bytes`` long) to be filled; published at the end.

        If filling it fails nothing is published and readers keep the frame before.

        Raises:
            FrameDoesNotFit: it is larger than the ring's capacity.
        """
        size_bytes = facts.size_bytes
        if size_bytes > self.capacity_bytes:
            raise FrameDoesNotFit(f"a frame of {size_bytes} bytes in a slot of {self.capacity_bytes}")
        sequence = self.newest_sequence() + 1
        index = sequence % self._slots
        marks, frame_at = self._marks[index], self._frames_at[index]
        marks[_SLOT_BEGUN] = sequence
        self._settle()
        with self._raw[frame_at : frame_at + size_bytes] as place:
            yield place
        _pack(self._raw, frame_at - _SLOT_HEAD_BYTES + _FACTS_AT, replace(facts, sequence=sequence))
        self._settle()
        marks[_SLOT_FINISHED] = sequence
        self._head[_HEAD_NEWEST] = sequence


class SlotReader(OpenRing):
    """One reader of a ring; used by one thread. It cannot write: the memory is mapped read only.

    Raises:
        SlotUnavailable: the ring is not there.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, is_writable=False)

    def copy_newest(self, into: bytearray | memoryview, after: int = 0) -> FrameFacts | None:
        """Copy the newest frame to the beginning of ``into``; ``None`` when none is newer than ``after``.

        ``into`` of ``capacity_bytes`` always suffices.

        Raises:
            FrameDoesNotFit: ``into`` is too small.
        """
        for _ in range(_ATTEMPTS):
            sequence = self.newest_sequence()
            if sequence <= after:
                return None
            facts = self._frame(sequence, into)
            if facts is not None:
                return facts
        return None

    def copy_next(self, into: bytearray | memoryview, after: int = 0) -> FrameFacts | None:
        """Copy the frame after ``after`` to the beginning of ``into``, or the oldest that is still there.

        ``None`` when none is newer. The frame the writer is about to write over is left to it.

        Raises:
            FrameDoesNotFit: ``into`` is too small.
        """
        for _ in range(_ATTEMPTS):
            newest = self.newest_sequence()
            if newest <= after:
                return None
            facts = self._frame(max(after + 1, newest - self._slots + 2), into)
            if facts is not None:
                return facts
        return None

    def _frame(self, sequence: int, into: bytearray | memoryview) -> FrameFacts | None:
        """Copy one frame; ``None`` where it was overwritten before that was done."""
        index = sequence % self._slots
        marks, frame_at = self._marks[index], self._frames_at[index]
        self._settle()
        facts, size_bytes = _unpack(self._raw, frame_at - _SLOT_HEAD_BYTES + _FACTS_AT)
        if facts.sequence != sequence or marks[_SLOT_FINISHED] != sequence:
            return None
        if size_bytes > len(into):
            raise FrameDoesNotFit(f"a frame of {size_bytes} bytes into {len(into)}")
        with memoryview(into) as target:
            target[:size_bytes] = self._raw[frame_at : frame_at + size_bytes]
        self._settle()
        return facts if marks[_SLOT_BEGUN] == sequence else None


def _slot_offset(index: int, capacity_bytes: int) -> int:
    slot_bytes = -(-(_SLOT_HEAD_BYTES + capacity_bytes) // _PAGE_BYTES) * _PAGE_BYTES
    return _PAGE_BYTES + index * slot_bytes


def _pack(raw: memoryview, offset: int, facts: FrameFacts) -> None:
    flags = (_IS_KEY if facts.is_key else 0) | (_IS_I420 if facts.pixel_format == "i420" else 0)
    captured_at_us = _UNKNOWN_US if facts.captured_at_us is None else facts.captured_at_us
    _FACTS.pack_into(
        raw,
        offset,
        facts.sequence,
        facts.size_bytes,
        facts.width,
        facts.height,
        facts.stride,
        flags,
        facts.received_at_us,
        captured_at_us,
        facts.media_time_s,
    )


def _unpack(raw: memoryview, offset: int) -> tuple[FrameFacts, int]:
    sequence, size_bytes, width, height, stride, flags, received_at_us, captured_at_us, media_time_s = (
        _FACTS.unpack_from(raw, offset)
    )
    facts = FrameFacts(
        sequence=sequence,
        width=width,
        height=height,
        stride=stride,
        pixel_format="i420" if flags & _IS_I420 else "bgra",
        received_at_us=received_at_us,
        captured_at_us=None if captured_at_us == _UNKNOWN_US else captured_at_us,
        media_time_s=media_time_s,
        is_key=bool(flags & _IS_KEY),
    )
    return facts, size_bytes


def _new_memory(path: Path, total_bytes: int) -> mmap.mmap:
    if sys.platform == "win32":
        return mmap.mmap(-1, total_bytes, tagname=path.name)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.ftruncate(descriptor, total_bytes)
        return mmap.mmap(descriptor, total_bytes)
    finally:
        os.close(descriptor)


def _open_memory(path: Path, *, writable: bool) -> mmap.mmap:
    access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
    if sys.platform == "win32":  # the head of a named section tells how long the whole is
        with mmap.mmap(-1, _HEAD_BYTES, tagname=path.name, access=mmap.ACCESS_READ) as head:
            magic, slots, capacity_bytes = struct.unpack_from("=QQQ", head)
        if magic != _MAGIC:
            raise SlotUnavailable("The pictures of this stream are no longer there.")
        total_bytes = _slot_offset(slots, capacity_bytes)
        return mmap.mmap(-1, total_bytes, tagname=path.name, access=access)
    try:
        descriptor = os.open(path, os.O_RDWR if writable else os.O_RDONLY)
    except OSError as cause:
        raise SlotUnavailable("The pictures of this stream are no longer there.") from cause
    try:
        return mmap.mmap(descriptor, 0, access=access)
    except (OSError, ValueError) as cause:
        raise SlotUnavailable("The pictures of this stream are no longer there.") from cause
    finally:
        os.close(descriptor)
