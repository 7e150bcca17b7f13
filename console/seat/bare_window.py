"""A window of PySide6 alone: one widget, one picture. What `bench start` takes for the least a seat could need.

It is a role of its own so that it pays what every program of ours must pay: the interpreter, Qt, the screen.
"""

import argparse
import random
import sys
from pathlib import Path

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

SIZE = (480, 270)


class BareWindow(QWidget):
    """Paints noise, which has as many colours as a street; writes a line when it has."""

    def __init__(self, told: Path) -> None:
        super().__init__()
        self._told = told
        noise = random.Random(7).randbytes(SIZE[0] * SIZE[1] * 4)
        self._image = QImage(noise, *SIZE, SIZE[0] * 4, QImage.Format.Format_RGB32).copy()
        self.resize(*SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.drawImage(QRect(0, 0, *SIZE), self._image)
        if not self._told.exists():
            self._told.write_text("first picture\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Show the window until the process is ended."""
    parser = argparse.ArgumentParser(prog="citydesk --role bare-window")
    parser.add_argument("--told", type=Path, required=True, help="file that gets a line when the picture is painted")
    chosen = parser.parse_args(arguments)
    application = QApplication([sys.argv[0]])
    window = BareWindow(chosen.told)
    window.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
