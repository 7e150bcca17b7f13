"""A screen to look at from outside: Xvfb with its frame buffer in a file, read while programs paint on it."""

import mmap
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from console.application.errors import Unavailable

SIZE = "1920x1080x24"
FIRST_HEADER_BYTES = 100  # 25 numbers of XWDFile.h, big-endian
HEADER_SIZE, WIDTH, HEIGHT, BYTES_PER_LINE, COLOURS = 0, 4, 5, 12, 19
COLOUR_BYTES = 12
LOOK_AT_EVERY_PX = 4
# Of the 65,536 colours told apart here a page without pictures has 150 to 180, a wall with one street of the demo in
# one of its nine tiles 495 to 1,454 (measured on the demo site, 2026-11-22).
PICTURE_COLOURS = 350


class VirtualScreen:
    """Counts the colours on the screen. Used from one thread."""

    def __init__(self, display: str, frame_buffer: Path) -> None:
        self.display = display
        with open(frame_buffer, "rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header = np.frombuffer(self._map, dtype=">u4", count=FIRST_HEADER_BYTES // 4).astype(int)
        begins = int(header[HEADER_SIZE] + header[COLOURS] * COLOUR_BYTES)
        height, line = int(header[HEIGHT]), int(header[BYTES_PER_LINE])
        pixels = np.frombuffer(self._map, dtype=np.uint8, count=height * line, offset=begins)
        self._pixels = pixels.reshape(height, line // 4, 4)[:, : int(header[WIDTH])]

    def colours(self) -> int:
        """Return how many colours stand on the screen, told apart as 5, 6 and 5 bits of blue, green and red."""
        seen = self._pixels[::LOOK_AT_EVERY_PX, ::LOOK_AT_EVERY_PX].astype(np.uint16)
        names = (seen[..., 0] >> 3) | ((seen[..., 1] >> 2) << 5) | ((seen[..., 2] >> 3) << 11)
        table = np.zeros(1 << 16, dtype=bool)
        table[names.ravel()] = True
        return int(table.sum())

    def pixels(self) -> npt.NDArray[np.uint8]:
        """Return a copy of the screen: height × width × (blue, green, red)."""
        return self._pixels[..., :3].copy()

    def brightness(self, x: int, y: int) -> int:
        """Return how bright 8 × 8 pixels are there, 0 to 255."""
        return int(self._pixels[y : y + 8, x : x + 8, :3].mean())

    @property
    def shows_picture(self) -> bool:
        return self.colours() >= PICTURE_COLOURS


@contextmanager
def virtual_screen(folder: Path) -> Iterator[VirtualScreen]:
    """Run an X server without a monitor and end it afterwards.

    Raises:
        Unavailable: it did not start.
    """
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", SIZE, "-fbdir", str(folder), "-nolisten", "tcp"],
        pass_fds=(writing,), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with open(reading, encoding="ascii") as answer:
            number = answer.readline().strip()
        if not number:
            raise Unavailable("The virtual screen Xvfb did not start.")
        yield VirtualScreen(f":{number}", folder / "Xvfb_screen0")
    finally:
        server.terminate()
        server.wait()
