"""Photos from outside: known by their first bytes, measured without being decoded, and sealed as evidence."""

import logging
import struct
from datetime import datetime

from console.application.intake_ports import Photo
from console.domain.ids import EvidenceId
from console.infrastructure.evidence_store import EvidenceStore

_log = logging.getLogger(__name__)

MOST_PHOTO_BYTES = 8 * 1024 * 1024  # judgement: what telephones of these years write for one picture
MOST_PIXELS = 64_000_000  # a seat reads no more: Qt stops at 256 MiB a picture
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_HEAD = struct.Struct(">8s4x4sII")
_JPEG = b"\xff\xd8\xff"
# Frame headers of every kind of JPEG (ITU-T T.81, table B.1): C0…CF but for C4, C8 and CC, which are tables.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))  # markers without a length


class NoPicture(ValueError):
    """Neither JPEG nor PNG."""


class TooLarge(ValueError):
    """More bytes or pixels than are taken."""


def photo_in(data: bytes) -> Photo:
    """Return the photo in a file somebody sent.

    Raises:
        NoPicture: it is neither a JPEG nor a PNG file. TooLarge: more than 8 MiB, or than a seat can show.
    """
    if len(data) > MOST_PHOTO_BYTES:
        raise TooLarge
    if data.startswith(_PNG):
        suffix, size = ".png", _size_of_png(data)
    elif data.startswith(_JPEG):
        suffix, size = ".jpg", _size_of_jpeg(data)
    else:
        raise NoPicture
    if size is None or 0 in size:
        raise NoPicture
    width, height = size
    if width * height > MOST_PIXELS:
        raise TooLarge
    return Photo(data=data, suffix=suffix, width=width, height=height)


def _size_of_png(data: bytes) -> tuple[int, int] | None:
    if len(data) < _PNG_HEAD.size:
        return None
    _, kind, width, height = _PNG_HEAD.unpack_from(data)
    return (width, height) if kind == b"IHDR" else None


def _size_of_jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # filling
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        else:
            at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])
    return None


class SealedPhotos:
    """Keeps the promises of ``intake_ports.PhotoShelf`` in the evidence store. Safe from any thread."""

    def __init__(self, store: EvidenceStore) -> None:
        self._store = store

    def keep(self, evidence_id: EvidenceId, at: datetime, photo: Photo) -> str:
        return self._store.keep(evidence_id, at, photo.suffix, photo.data).path

    def drop(self, path: str) -> None:
        """Harmless where the disk fails: the file then lies there without a row, as after a loss of power."""
        try:
            self._store.absolute(path).unlink(missing_ok=True)
        except OSError as cause:
            _log.warning("photo %s of a report that was not kept stays: %s", path, cause.strerror)
