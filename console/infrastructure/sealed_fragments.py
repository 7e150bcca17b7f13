"""How far a segment's file is whole: fragments of an MP4, each with a seal of ours behind it.

A seal is a ``skip`` box (ISO/IEC 14496-12 §8.1.2; every player passes over it) that says where the pictures before it
end and holds a checksum over all bytes since the last seal. A file that lost power may have its length and not its
content, and boxes whose sizes fit prove nothing then. Read without a codec: the station, which repairs, maps none.
"""

import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

_SEAL = struct.Struct(">I4s4sQII")  # size, kind, mark, µs since the segment began, pictures so far, checksum
_SKIP, _MARK = b"skip", b"CtDk"
_BLOCK = 1 << 20
_LONGEST_HEADER = 1 << 20  # ftyp and moov take about 2 kB


@dataclass(slots=True)
class Sealer:
    """Makes the seals of a file that is being written, over what is given to ``note``. Owned by its writer."""

    _checksum: int = field(default=0, init=False)

    def note(self, data: bytes | memoryview) -> None:
        self._checksum = zlib.crc32(data, self._checksum)

    def seal(self, ends_s: float, pictures: int) -> bytes:
        """Return the seal over everything since the last one.

        Args:
            ends_s: where the pictures before it end, in seconds since the segment began.
        """
        made = _SEAL.pack(_SEAL.size, _SKIP, _MARK, round(ends_s * 1_000_000), pictures, self._checksum)
        self._checksum = 0
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The part of a file that is what was written.

    Attributes:
        size_bytes: up to and with the last good seal, 0 where there is none.
        duration_s: of the pictures in it, of which there are ``pictures``.
        comment: the text its writer left in the header.
    """

    size_bytes: int = 0
    duration_s: float = 0.0
    pictures: int = 0
    comment: str = ""


def whole_part(path: Path) -> Whole:
    """Return what of the file is whole.

    Raises:
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        return _whole_part(file, path.stat().st_size)


def _whole_part(file: BinaryIO, size: int) -> Whole:
    whole = Whole()
    comment = ""
    at = checksum = 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(_SEAL.size)
        (box_size,) = struct.unpack_from(">I", head)
        kind = head[4:8]
        if box_size == 1 and len(head) >= 16:
            (box_size,) = struct.unpack_from(">Q", head, 8)
        if box_size < 8 or at + box_size > size:
            break
        if kind == _SKIP and box_size == _SEAL.size:
            _, _, mark, ends_us, pictures, wanted = _SEAL.unpack(head)
            if mark != _MARK or wanted != checksum:
                break
            at, checksum = at + box_size, 0
            whole = Whole(size_bytes=at, duration_s=ends_us / 1_000_000, pictures=pictures, comment=comment)
            continue
        if kind == b"moov" and box_size <= _LONGEST_HEADER:
            file.seek(at)
            comment = _comment(file.read(box_size))
        checksum = _checksum(file, at, box_size, checksum)
        at += box_size
    return whole


def _checksum(file: BinaryIO, at: int, size: int, checksum: int) -> int:
    file.seek(at)
    while size > 0:
        block = file.read(min(size, _BLOCK))
        checksum = zlib.crc32(block, checksum)
        size -= len(block) or size
    return checksum


def _comment(header: bytes) -> str:
    """Return the text under ``©cmt``: the name, then a ``data`` box of 16 bytes and the text."""
    at = header.find(b"\xa9cmt")
    if at < 0 or at + 8 > len(header):
        return ""
    (size,) = struct.unpack_from(">I", header, at + 4)
    return header[at + 20 : at + 4 + size].decode("utf-8", "replace")
