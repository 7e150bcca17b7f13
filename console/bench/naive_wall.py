"""The program everybody writes first: ``cv2.VideoCapture`` in a thread a camera, a signal a frame, a label a tile.

A role of its own: the wall is measured against it, and its libraries meet none of ours.
"""

import argparse
import json
import os
import sys
import threading
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QGridLayout, QLabel, QWidget

from console.infrastructure.clock import SystemClock

SAY_EVERY_MS = 1000
SCREEN = (1600, 900)
Picture = npt.NDArray[np.uint8]


class Reader(QObject):
    """Reads a camera for ever; each frame is a signal."""

    came = Signal(object)

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        camera = cv2.VideoCapture(self._address, cv2.CAP_FFMPEG)
        number = 0
        while True:
            is_there, picture = camera.read()
            if not is_there:
                return
            number += 1
            self.came.emit((number, picture))


class Label(QLabel):
    """Shows the newest picture; counts distinct ones it really painted."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn = 0
        self._number = self._painted = 0
        self.setMinimumSize(80, 45)

    def show_picture(self, told: tuple[int, Picture]) -> None:
        self._number, picture = told
        colours = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        height, width = colours.shape[:2]
        image = QImage(colours.data, width, height, width * 3, QImage.Format.Format_RGB888)
        room = self.size()
        self.setPixmap(QPixmap.fromImage(image).scaled(room, Qt.AspectRatioMode.KeepAspectRatio))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._number != self._painted:
            self._painted = self._number
            self.drawn += 1


def main(arguments: list[str]) -> int:
    """Show the cameras until the process is ended, and write a line of figures a second."""
    parser = argparse.ArgumentParser(prog="citydesk --role naive-wall")
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--columns", type=int, required=True)
    parser.add_argument("addresses", nargs="+")
    chosen = parser.parse_args(arguments)
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        os.environ.pop(name, None)  # OpenCV has just set them for a Qt of its own
    application = QApplication([sys.argv[0]])
    window = QWidget()
    window.resize(*SCREEN)
    grid = QGridLayout(window)
    readers, labels = [], []
    for number, address in enumerate(chosen.addresses):
        reader, label = Reader(address), Label()
        reader.came.connect(label.show_picture)
        grid.addWidget(label, number // chosen.columns, number % chosen.columns)
        readers.append(reader)
        labels.append(label)
    clock = SystemClock()
    file = open(chosen.figures, "a", encoding="utf-8", buffering=1)  # noqa: SIM115 - as long as the process

    def say() -> None:
        drawn = {str(number): label.drawn for number, label in enumerate(labels)}
        is_ready = all(drawn.values())
        line = {"at_s": clock.monotonic_s(), "drawn": drawn, "age_ms": [], "late_ms": [], "is_ready": is_ready}
        file.write(json.dumps(line) + "\n")

    timer = QTimer(window)
    timer.setObjectName("figures-1-s")
    timer.timeout.connect(say)
    timer.start(SAY_EVERY_MS)
    window.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
