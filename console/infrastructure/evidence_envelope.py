"""The ZIP around an evidence file, with exactly one way to write it, so that every bit of it can be checked.

Stored, never compressed; no dates, no remarks, no spare fields: name and content say everything. Any ZIP program
opens it. Reading trusts nothing: a damaged or rearranged file still yields what members can be made out, so that a
check can name what was changed. Nothing is ever unpacked to a path that an archive names.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from console.application.errors import Unavailable

LARGEST_FILE = 0xFFFF_FFFE  # beyond it the format needs its 64-bit extension, which we do not write
MOST_MEMBERS = 10_000
BLOCK = 1 << 20
_LOCAL, _ENTRY, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LOCAL_SIZE, _ENTRY_SIZE, _END_SIZE = 30, 46, 22
_ENCRYPTED = 0x0001
_VERSION, _UTF8, _NO_TIME, _NO_DATE = 20, 0x0800, 0, 0x21  # 1980-01-01, the format's earliest


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file in the envelope. Positions are bytes from the envelope's beginning.

    Attributes:
        is_plain: neither compressed nor encrypted; what is not, is not of our writing and not read.
    """

    name: str
    header_at: int
    content_at: int
    size_bytes: int
    crc: int = 0
    is_plain: bool = True

    @property
    def ends_at(self) -> int:
        return self.content_at + self.size_bytes


class EnvelopeWriter:
    """Writes members one after another, then ``finish``. Owned by one thread.

    Raises (every method):
        Unavailable: it becomes larger than the format holds. OSError: the disk failed.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._members: list[Member] = []

    def add(self, name: str, content: Iterator[bytes]) -> None:
        """Write a member from its blocks."""
        header_at = self._file.tell()
        self._file.write(_header(name, 0, 0))
        content_at, size_bytes, crc = self._file.tell(), 0, 0
        for block in content:
            self._file.write(block)
            size_bytes += len(block)
            crc = zlib.crc32(block, crc)
            if content_at + size_bytes > LARGEST_FILE:
                raise Unavailable("The evidence file would be larger than 4 GB; hand the clips out in parts.")
        self._file.seek(header_at)
        self._file.write(_header(name, crc, size_bytes))
        self._file.seek(content_at + size_bytes)
        self._members.append(
            Member(name=name, header_at=header_at, content_at=content_at, size_bytes=size_bytes, crc=crc)
        )

    def finish(self) -> None:
        directory_at = self._file.tell()
        if directory_at > LARGEST_FILE or len(self._members) > MOST_MEMBERS:
            raise Unavailable("The evidence file would be larger than 4 GB; hand the clips out in parts.")
        self._file.write(_directory(self._members, directory_at))


@dataclass(frozen=True, slots=True)
class Found:
    """What could be made out of a file that claims to be an envelope.

    Attributes:
        has_directory: False when the list at the file's end is cut off or damaged, and members were looked for
            from the beginning instead.
    """

    members: tuple[Member, ...]
    has_directory: bool


def look_into(path: Path) -> Found:
    """Return the members of a file, as its directory lists them, or else as they follow each other.

    Raises:
        OSError: the file cannot be read at all.
    """
    size_bytes = path.stat().st_size
    with open(path, "rb") as file:
        listed = _listed(file, size_bytes)
        if listed is not None:
            return Found(tuple(listed), has_directory=True)
        return Found(tuple(_walked(file, size_bytes)), has_directory=False)


def blocks_of(path: Path, member: Member) -> Iterator[bytes]:
    """Yield a member's content, as far as it is there."""
    with open(path, "rb") as file:
        file.seek(member.content_at)
        left = member.size_bytes
        while left and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block


def first_oddity(path: Path, members: Sequence[Member], say: Callable[[str], None]) -> None:
    """Say the name of each member whose record in the archive is not as we write it; an empty name for the rest.

    Together with the contents' digests this covers the file to the last bit.
    """
    position, whole = 0, []
    with open(path, "rb") as file:
        for member in members:
            crc = 0
            for block in blocks_of(path, member):
                crc = zlib.crc32(block, crc)
            expected = _header(member.name, crc, member.size_bytes)
            file.seek(position)
            if member.header_at != position or file.read(len(expected)) != expected:
                say(member.name)
                return
            position += len(expected) + member.size_bytes
            whole.append(replace(member, crc=crc))
        file.seek(position)
        expected = _directory(whole, position)
        found = file.read(len(expected) + 1)
        if found == expected:
            return
        at = 0
        for member in whole:
            entry = _entry(member)
            if found[at : at + len(entry)] != entry:
                say(member.name)
                return
            at += len(entry)
        say("")


def _header(name: str, crc: int, size_bytes: int) -> bytes:
    raw = name.encode()
    fields = (_VERSION, _UTF8, 0, _NO_TIME, _NO_DATE, crc, size_bytes, size_bytes, len(raw), 0)
    return _LOCAL + struct.pack("<HHHHHIIIHH", *fields) + raw


def _entry(member: Member) -> bytes:
    raw, size_bytes = member.name.encode(), member.size_bytes
    fields = (_VERSION, _VERSION, _UTF8, 0, _NO_TIME, _NO_DATE, member.crc, size_bytes, size_bytes, len(raw))
    return _ENTRY + struct.pack("<HHHHHHIIIHHHHHII", *fields, 0, 0, 0, 0, 0, member.header_at) + raw


def _directory(members: Sequence[Member], at: int) -> bytes:
    entries = b"".join(_entry(member) for member in members)
    count = len(members)
    return entries + _END + struct.pack("<HHHHIIH", 0, 0, count, count, len(entries), at, 0)


def _listed(file: BinaryIO, size_bytes: int) -> list[Member] | None:
    """Return what the directory lists; ``None`` if there is none to be found at the end, or it is damaged."""
    tail_at = max(0, size_bytes - 0xFFFF - _END_SIZE)
    file.seek(tail_at)
    tail = file.read()
    end_at = tail.rfind(_END)
    if end_at < 0 or len(tail) - end_at < _END_SIZE:
        return None
    count, _, directory_at = struct.unpack("<HII", tail[end_at + 10 : end_at + 20])
    if count > MOST_MEMBERS:
        return None
    members = []
    position = directory_at
    for _ in range(count):
        file.seek(position)
        entry = file.read(_ENTRY_SIZE)
        if len(entry) < _ENTRY_SIZE or not entry.startswith(_ENTRY):
            return None
        flags, method = struct.unpack("<HH", entry[8:12])
        packed_bytes, _, name_bytes, extra_bytes, remark_bytes = struct.unpack("<IIHHH", entry[20:34])
        (header_at,) = struct.unpack("<I", entry[42:46])
        name = file.read(name_bytes).decode("utf-8", "backslashreplace")
        member = _member(file, header_at, name, packed_bytes, size_bytes)
        if member is None:
            return None
        members.append(replace(member, is_plain=method == 0 and not flags & _ENCRYPTED))
        position += _ENTRY_SIZE + name_bytes + extra_bytes + remark_bytes
    return members


def _member(file: BinaryIO, header_at: int, name: str, content_bytes: int, size_bytes: int) -> Member | None:
    file.seek(header_at)
    header = file.read(_LOCAL_SIZE)
    if len(header) < _LOCAL_SIZE or not header.startswith(_LOCAL):
        return None
    name_bytes, extra_bytes = struct.unpack("<HH", header[26:30])
    content_at = header_at + _LOCAL_SIZE + name_bytes + extra_bytes
    if content_at + content_bytes > size_bytes:
        return None
    return Member(name=name, header_at=header_at, content_at=content_at, size_bytes=content_bytes)


def _walked(file: BinaryIO, size_bytes: int) -> Iterator[Member]:
    """Yield members from the beginning on, as long as one follows another."""
    position = 0
    for _ in range(MOST_MEMBERS):
        file.seek(position)
        header = file.read(_LOCAL_SIZE)
        if len(header) < _LOCAL_SIZE or not header.startswith(_LOCAL):
            return
        packed_bytes, _, name_bytes, _ = struct.unpack("<IIHH", header[18:30])
        name = file.read(name_bytes).decode("utf-8", "backslashreplace")
        member = _member(file, position, name, packed_bytes, size_bytes)
        if member is None:
            return
        yield member
        position = member.ends_at
