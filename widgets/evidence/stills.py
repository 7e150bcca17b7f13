"""Small pictures of stills: read and scaled off the GUI thread once, kept while they are asked for."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

from console.domain.errors import Refusal
from widgets.desk import Desk

KEPT = 256  # about the queue twice over; a thumbnail is 20 kB, a full still 3 MB, so fulls are few
MISSING = QImage()


class Stills(QObject):
    """Gives pictures that are ready; asks for others and says when they came. GUI thread.

    ``absolute`` turns a path of a row into one of this machine.
    """

    ready = Signal(str)

    def __init__(self, desk: Desk, absolute: Callable[[str], Path], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._absolute = absolute
        self._kept: OrderedDict[tuple[str, int, int], QImage] = OrderedDict()
        self._asked: set[tuple[str, int, int]] = set()

    def picture(self, path: str, size: QSize) -> QImage:
        """Return the picture fitted into ``size`` (device pixels), or a null one; ``ready`` tells when it is there."""
        if not path:
            return MISSING
        key = (path, size.width(), size.height())
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if key not in self._asked:
            self._asked.add(key)
            self._desk.fetch(_Reading(self._absolute(path), size), _Kept(self, key), _Kept(self, key).missing)
        return MISSING

    def keep(self, key: tuple[str, int, int], image: QImage) -> None:
        self._asked.discard(key)
        self._kept[key] = image
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.ready.emit(key[0])


class _Reading:
    def __init__(self, path: Path, size: QSize) -> None:
        self._path = path
        self._size = size

    def __call__(self) -> QImage:
        return read_fitted(self._path, self._size)


class _Kept:
    def __init__(self, stills: Stills, key: tuple[str, int, int]) -> None:
        self._stills = stills
        self._key = key

    def __call__(self, image: QImage) -> None:
        self._stills.keep(self._key, image)

    def missing(self, _: Refusal) -> None:
        self._stills.keep(self._key, QImage())


def read_fitted(path: Path, size: QSize) -> QImage:
    """Read a JPEG or PNG no larger than ``size``, aspect kept; a null image if the file cannot be read. Any thread."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    full = reader.size()
    if reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90:  # a phone held upright
        size = size.transposed()
    if full.isValid() and (full.width() > size.width() or full.height() > size.height()):
        reader.setScaledSize(full.scaled(size, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()
