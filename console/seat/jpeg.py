"""JPEG files of stills: encoded from what a tile shows, and with their facts written into them."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from console.domain.errors import DomainError

_START, _COMMENT = b"\xff\xd8", b"\xff\xfe"
LONGEST_COMMENT = 0xFFFF - 2  # a segment's length counts its own two bytes


def jpeg_of(image: QImage, quality: int) -> bytes:
    """Return a picture as JPEG. Any thread.

    Raises:
        DomainError: it cannot be encoded.
    """
    raw = QByteArray()
    buffer = QBuffer(raw)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"jpeg"))
    writer.setQuality(quality)
    if not writer.write(image):
        raise DomainError("The still could not be encoded.")
    buffer.close()
    return bytes(raw.data())


def with_facts(jpeg: bytes, facts: str) -> bytes:
    """Return the same picture, bit for bit, with a comment that image programs show as its description.

    Raises:
        DomainError: it is no JPEG.
    """
    if not jpeg.startswith(_START):
        raise DomainError("The still could not be encoded.")
    comment = f"Description: {facts}".encode()[:LONGEST_COMMENT]
    return _START + _COMMENT + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[len(_START) :]
