"""The times of a fragmented MP4's pictures, read from its tables alone: none of the pictures themselves is touched.

A minute of 1080p is 30 MB that a disk must give before its first picture is shown; its tables are some 30 kB. From the
cache it is 10 ms of a core against 2 (this machine, 2026-11-22).
What is not understood here is read through: a file without fragments, with several tracks of pictures, or of another
writer.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

# ISO/IEC 14496-12 §8.8.7 and §8.8.8: which fields a table has.
_TFHD_DATA_OFFSET, _TFHD_DESCRIPTION, _TFHD_DURATION, _TFHD_SIZE, _TFHD_FLAGS = 0x1, 0x2, 0x8, 0x10, 0x20
_TRUN_DATA_OFFSET, _TRUN_FIRST_FLAGS = 0x1, 0x4
_TRUN_DURATION, _TRUN_SIZE, _TRUN_FLAGS, _TRUN_COMPOSITION = 0x100, 0x200, 0x400, 0x800
_IS_NO_KEY = 0x10000  # sample_is_non_sync_sample
_LARGEST_TABLE = 4_000_000  # bytes of one ``moof`` or ``moov``; larger ones are not our writers'

Stamp = tuple[int, bool]


class NotUnderstood(Exception):
    """The file is not of the kind that is read here."""


@dataclass(frozen=True, slots=True)
class _Track:
    """The track of pictures: its number, and the duration and flags a picture has where its fragment says none."""

    number: int
    duration: int
    flags: int


def pictures_in(moof: bytes) -> int:
    """Return how many pictures a fragment has that a writer of ours wrote: its first track is theirs.

    Args:
        moof: its table, without the box's head.
    """
    count = 0
    for parts in _trafs(moof, 1):
        count += sum(struct.unpack_from(">I", run, 4)[0] for kind, run in parts if kind == b"trun")
    return count


def stamps_of(file: BinaryIO) -> list[Stamp]:
    """Return presentation time stamps in the track's time base and whether each is a key picture, in decoding order.

    Edit lists are not looked at: the stamps may be off by one constant. A last fragment that was cut short by a
    crash is left out where even its table is incomplete.

    Raises:
        NotUnderstood: read it through instead.
    """
    found: list[Stamp] = []
    track: _Track | None = None
    try:
        for kind, body in _tables(file):
            if kind == b"moov":
                track = _pictures(body)
            elif track is None:
                raise NotUnderstood
            else:
                found += _of_fragment(body, track)
    except (struct.error, IndexError, KeyError) as cause:
        raise NotUnderstood from cause
    if not found:
        raise NotUnderstood
    return found


def _tables(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Give the file's ``moov`` and ``moof`` boxes, passing over everything else."""
    at = 0
    while True:
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        size, kind = struct.unpack_from(">I4s", head)
        begin = 8
        if size == 1:
            if len(head) < 16:
                return
            (size,) = struct.unpack_from(">Q", head, 8)
            begin = 16
        if size < begin:
            raise NotUnderstood
        if kind in (b"moov", b"moof"):
            if size > _LARGEST_TABLE:
                raise NotUnderstood
            file.seek(at + begin)
            body = file.read(size - begin)
            if len(body) < size - begin:
                return
            yield kind, body
        at += size


def _boxes(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(body):
        size, kind = struct.unpack_from(">I4s", body, at)
        if size < 8:
            raise NotUnderstood
        yield kind, body[at + 8 : at + size]
        at += size


def _pictures(moov: bytes) -> _Track:
    extends = [body for kind, body in _boxes(moov) if kind == b"mvex"]
    numbers = [number for number, kind in map(_of_track, _named(moov, b"trak")) if kind == b"vide"]
    if len(numbers) != 1 or len(extends) != 1:
        raise NotUnderstood
    for trex in _named(extends[0], b"trex"):
        number, duration, flags = struct.unpack_from(">I4xI4xI", trex, 4)
        if number == numbers[0]:
            return _Track(number, duration, flags)
    raise NotUnderstood


def _of_track(trak: bytes) -> tuple[int, bytes]:
    """Return a track's number and what it holds (ISO/IEC 14496-12 §8.3.2, §8.4.3)."""
    head, media = dict(_boxes(trak))[b"tkhd"], dict(_boxes(trak))[b"mdia"]
    (number,) = struct.unpack_from(">I", head, 20 if head[0] == 1 else 12)
    return number, dict(_boxes(media))[b"hdlr"][8:12]


def _named(body: bytes, wanted: bytes) -> Iterator[bytes]:
    return (found for kind, found in _boxes(body) if kind == wanted)


def _trafs(moof: bytes, number: int) -> Iterator[list[tuple[bytes, bytes]]]:
    """Give the parts of each run of a track."""
    for traf in _named(moof, b"traf"):
        parts = list(_boxes(traf))
        header = dict(parts).get(b"tfhd")
        if header is None:
            raise NotUnderstood
        if struct.unpack_from(">I", header, 4)[0] == number:
            yield parts


def _of_fragment(moof: bytes, track: _Track) -> list[Stamp]:
    found: list[Stamp] = []
    for each in _trafs(moof, track.number):
        parts = dict(each)
        if b"tfdt" not in parts:
            raise NotUnderstood
        duration, flags = _of_header(parts[b"tfhd"], track)
        version = parts[b"tfdt"][0]
        (dts,) = struct.unpack_from(">Q" if version == 1 else ">I", parts[b"tfdt"], 4)
        for run in (body for kind, body in each if kind == b"trun"):
            dts = _of_run(run, dts, duration, flags, found)
    return found


def _of_header(tfhd: bytes, track: _Track) -> tuple[int, int]:
    (kinds,) = struct.unpack_from(">I", tfhd)
    duration, flags = track.duration, track.flags
    at = 8
    for bit, size in ((_TFHD_DATA_OFFSET, 8), (_TFHD_DESCRIPTION, 4)):
        at += size if kinds & bit else 0
    if kinds & _TFHD_DURATION:
        (duration,) = struct.unpack_from(">I", tfhd, at)
        at += 4
    at += 4 if kinds & _TFHD_SIZE else 0
    if kinds & _TFHD_FLAGS:
        (flags,) = struct.unpack_from(">I", tfhd, at)
    return duration, flags


def _of_run(run: bytes, dts: int, duration: int, flags: int, found: list[Stamp]) -> int:
    """Add a run's stamps and return the time behind it."""
    kinds, count = struct.unpack_from(">II", run)
    at = 8 + (4 if kinds & _TRUN_DATA_OFFSET else 0)
    first_flags = None
    if kinds & _TRUN_FIRST_FLAGS:
        (first_flags,) = struct.unpack_from(">I", run, at)
        at += 4
    fields = [bit for bit in (_TRUN_DURATION, _TRUN_SIZE, _TRUN_FLAGS, _TRUN_COMPOSITION) if kinds & bit]
    row = struct.Struct(">" + "".join("i" if bit == _TRUN_COMPOSITION else "I" for bit in fields))
    for number in range(count):
        told = dict(zip(fields, row.unpack_from(run, at + number * row.size), strict=True))
        own = first_flags if number == 0 and first_flags is not None else told.get(_TRUN_FLAGS, flags)
        found.append((dts + told.get(_TRUN_COMPOSITION, 0), not own & _IS_NO_KEY))
        dts += told.get(_TRUN_DURATION, duration)
    return dts
