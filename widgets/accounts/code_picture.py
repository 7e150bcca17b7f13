"""What an authenticator app reads: a QR code, painted on white as cameras want it."""

import segno
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

SIDE_PX = 232


class CodePicture(QWidget):
    """Shows one text as a QR code; nothing where the text is empty. GUI thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        self._image = image_of(text) if text else QImage()
        self.setVisible(bool(text))
        self.update()

    @property
    def image(self) -> QImage:
        """One pixel a module, with the quiet zone the standard asks for (ISO/IEC 18004: four modules)."""
        return self._image

    # ---- Qt's own ----

    def sizeHint(self) -> QSize:
        return QSize(SIDE_PX, SIDE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._image.isNull():
            with QPainter(self) as painter:
                painter.drawImage(self.rect(), self._image.scaled(self.size() * self.devicePixelRatioF(), mode=_SHARP))


_SHARP = Qt.TransformationMode.FastTransformation
_DARK, _LIGHT = QColor(0, 0, 0), QColor(255, 255, 255)


def image_of(text: str) -> QImage:
    """Return the QR code of a text, one pixel a module, black on white."""
    rows = [bytes(row) for row in segno.make_qr(text).matrix_iter(scale=1, border=4)]
    made = QImage(len(rows[0]), len(rows), QImage.Format.Format_RGB32)
    for y, row in enumerate(rows):
        for x, module in enumerate(row):
            made.setPixelColor(x, y, _DARK if module else _LIGHT)
    return made
