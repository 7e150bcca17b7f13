"""A seat's window seen and used from outside: keys come from the X server, pictures from its frame buffer."""

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import psutil

from console.bench.screen import VirtualScreen
from console.demo.running import RunningDemo
from console.demo.site import PASSWORD, SEAT, SITE_NAME
from console.infrastructure.supervisor import command_for
from console.site import ENDPOINT_FILE, Site
from widgets.wall.rail import RAIL_PX

Found = TypeVar("Found")
Picture = npt.NDArray[np.uint8]

WINDOW_WITHIN_S = 60.0
PAGE_WITHIN_S = 40.0
AGAIN_AFTER_S = 3.0
STATION_ENDS_WITHIN_S = 15.0
LOOK_EVERY_S = 0.1
# The wall's chrome at 100 % (DESIGN §6): the top bar and the strip above, the health bar below.
ABOVE_PX, BELOW_PX = 86, 32


@dataclass(frozen=True, slots=True)
class Street:
    """The demo's far ends, and the records of its site."""

    site: Site
    demo: RunningDemo

    def station_pid(self) -> int:
        """Return the process of the station that runs for this site."""
        endpoint = self.site.paths.data / ENDPOINT_FILE
        return int(json.loads(endpoint.read_text(encoding="utf-8"))["pid"])


class SeatWindow:
    """One seat's process and its window. Used from one thread."""

    def __init__(self, screen: VirtualScreen, logs: Path, environment: dict[str, str], *, sign_in: str = "op") -> None:
        self._screen = screen
        self._log = logs / "seat.log"
        self._known = self._log.stat().st_size if self._log.exists() else 0
        self._environment = environment | {
            "DISPLAY": screen.display,
            "QT_QPA_PLATFORM": "xcb",
            "CITYDESK_DEMO_PASSWORD": PASSWORD,
        }
        words = ["--site", SITE_NAME, "--seat", SEAT, "--sign-in", sign_in]
        self.process = subprocess.Popen(command_for("seat", words), env=self._environment)

    def take_keys(self) -> None:
        """Wait for the wall, and give the window the keyboard (there is no window manager to do it)."""
        self.wait_for_log("page wall", WINDOW_WITHIN_S)
        window = wait_until(
            "the seat's window", WINDOW_WITHIN_S, lambda: window_of(self._environment, self.process.pid)
        )
        xdotool(self._environment, "windowfocus", "--sync", window)

    @property
    def focused(self) -> str:
        """The X id of the window that has the keyboard; empty between two that have it."""
        return xdotool(self._environment, "getwindowfocus").strip()

    def press(self, *keys: str) -> None:
        """Press keys one after the other, as X names them."""
        xdotool(self._environment, "key", "--delay", "60", *keys)

    def write(self, text: str) -> None:
        """Type letters and signs one after the other."""
        xdotool(self._environment, "type", "--delay", "30", text)

    def press_until(self, what: str, keys: Sequence[str], look: Callable[[], object]) -> None:
        """Press keys, and again after a while as a person would: a page that waits for an answer takes none."""
        pressed_s = -AGAIN_AFTER_S

        def is_so() -> bool:
            nonlocal pressed_s
            if look():
                return True
            if time.monotonic() - pressed_s > AGAIN_AFTER_S:
                self.press(*keys)
                pressed_s = time.monotonic()
            return bool(look())

        wait_until(what, PAGE_WITHIN_S, is_so)

    def open_page(self, key: str, page: str) -> None:
        """Press an F-key until its page is open."""
        self.press_until(f"page {page}", [key], lambda: self.said(f"page {page}"))

    def said(self, line: str) -> bool:
        """Say whether the seat's log has a line that begins so, since this seat was opened."""
        if not self._log.exists():
            return False
        added = self._log.read_bytes()[self._known :].decode(errors="replace")
        return any(
            json.loads(raw)["said"].startswith(line) for raw in added.splitlines(keepends=True) if raw[-1:] == "\n"
        )

    def wait_for_log(self, line: str, within_s: float) -> None:
        wait_until(f"'{line}' in the seat's log", within_s, lambda: self.said(line) or self._must_run())

    def end(self) -> None:
        """End the seat if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10.0)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _must_run(self) -> bool:
        assert self.process.poll() is None, f"the seat has ended with {self.process.returncode}"
        return False


def wait_until(what: str, within_s: float, look: Callable[[], Found | None]) -> Found:
    """Return what ``look`` finds, looking ten times a second; fail when the time is over."""
    give_up_s = time.monotonic() + within_s
    pause = threading.Event()
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < give_up_s, f"not seen within {within_s:.0f} s: {what}"
        pause.wait(LOOK_EVERY_S)


def xdotool(environment: dict[str, str], *words: str) -> str:
    """Run xdotool and return what it says; nothing where it finds nothing."""
    done = subprocess.run(["xdotool", *words], env=environment, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout


def window_of(environment: dict[str, str], pid: int) -> str:
    """Return the X id of a process's visible window; empty as long as it has none."""
    return (xdotool(environment, "search", "--onlyvisible", "--pid", str(pid)).split() or [""])[-1]


def mapped_files(pid: int) -> set[str]:
    """Return the files a process has mapped into its memory: libraries, modules, slots."""
    lines = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines()
    return {parts[5] for line in lines if len(parts := line.split(maxsplit=5)) == 6 and parts[5].startswith("/")}


def processes_below(pid: int) -> list[psutil.Process]:
    """Return a process and everything it has started."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def end_station(data: Path) -> None:
    """Ask the station of a data folder to end, if one runs, and wait until it has."""
    endpoint = data / ENDPOINT_FILE
    if not endpoint.exists():
        return
    try:
        station = psutil.Process(int(json.loads(endpoint.read_text(encoding="utf-8"))["pid"]))
        station.terminate()
        station.wait(STATION_ENDS_WITHIN_S)
    except psutil.NoSuchProcess:
        return


def tiles_of(window: Picture) -> Iterator[Picture]:
    """Cut the nine tiles of a 3 × 3 wall out of the picture of its window, row by row."""
    height, width = window.shape[:2]
    across = np.linspace(0, width - RAIL_PX, 4).astype(int)
    down = np.linspace(ABOVE_PX, height - BELOW_PX, 4).astype(int)
    for top, bottom in pairwise(down):
        for left, right in pairwise(across):
            yield window[top:bottom, left:right]
