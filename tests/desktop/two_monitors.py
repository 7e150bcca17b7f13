"""An X server whose monitors can be pulled out: Xorg with its dummy driver. Xvfb knows one monitor only."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tests.desktop.seat_window import Picture

CONFIGURATION = Path(__file__).with_name("two_monitors.conf")
DESK, BESIDE = (1600, 900), (1280, 1024)
"""The sizes of the two monitors in pixels; the second stands at the right of the first."""


class TwoMonitors:
    """Used from one thread."""

    def __init__(self, display: str) -> None:
        self.display = display

    def begin(self) -> None:
        self._xrandr("--addmode", "DUMMY1", "1280x1024")
        self._xrandr("--output", "DUMMY0", "--mode", "1600x900", "--pos", "0x0")
        self.plug_in()

    def plug_in(self) -> None:
        self._xrandr("--output", "DUMMY1", "--mode", "1280x1024", "--pos", "1600x0")

    def pull_out(self) -> None:
        self._xrandr("--output", "DUMMY1", "--off")

    def pixels(self, left: int, width: int, height: int) -> Picture:
        """Return what stands on a part of the desktop that begins at its upper edge: blue, green, red."""
        done = subprocess.run(
            [
                "ffmpeg", "-v", "error", "-f", "x11grab", "-draw_mouse", "0", "-video_size", f"{width}x{height}",
                "-i", f"{self.display}+{left},0", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "bgr24", "-",
            ],
            capture_output=True, check=True, timeout=20,
        )  # fmt: skip
        return np.frombuffer(done.stdout, np.uint8).reshape(height, width, 3)

    def _xrandr(self, *words: str) -> None:
        environment = {**os.environ, "DISPLAY": self.display}
        subprocess.run(["xrandr", *words], env=environment, check=True, timeout=20, capture_output=True)


@contextmanager
def two_monitors(folder: Path) -> Iterator[TwoMonitors]:
    """Run the server with both monitors plugged in, and end it afterwards.

    Args:
        folder: where it writes its log.
    """
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            "Xorg", "-displayfd", str(writing), "-config", str(CONFIGURATION), "-logfile", str(folder / "xorg.log"),
            "-nolisten", "tcp", "-noreset", "-novtswitch",
        ],
        pass_fds=(writing,), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with open(reading, encoding="ascii") as answer:
            number = answer.readline().strip()
        assert number, (folder / "xorg.log").read_text(encoding="utf-8")[-2000:]
        monitors = TwoMonitors(f":{number}")
        monitors.begin()
        yield monitors
    finally:
        server.terminate()
        server.wait(10.0)
