"""A seat's windows on real monitors, with pictures that a test knows again: run as a program by the tests.

Its walls, its windows and its watch over the monitors are the seat's own; only the streams are ours.
"""

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from console.domain.walls import LAYOUTS, Wall
from console.infrastructure.clock import SystemClock
from console.infrastructure.window_places import WindowPlaces
from console.seat.wall_windows import MAIN, WallWindows
from console.words import ENGLISH, N_, Words
from tests.widgets.street import Slot, Told, cameras
from widgets.common import theme
from widgets.main_window import MainWindow
from widgets.state.telling import Teller
from widgets.wall.keys import WALL_KEYS
from widgets.wall.monitor_watch import MonitorWatch
from widgets.wall.render_clock import RenderClock
from widgets.wall.wall_page import WallPage

STREETS = cameras(8)
GREYS = {MAIN: 90, 2: 200}
"""How bright the pictures of each wall are: no other thing on a wall has this grey."""
FRAME_EVERY_MS = 100


def main(folder: Path, *, is_again: bool) -> int:
    """Show the desk's wall, and beside it a second one: opened, or found again where it was."""
    application = QApplication([sys.argv[0]])
    theme.dress(application)
    teller, clock = Teller(Words(ENGLISH), ZoneInfo("Asia/Shanghai")), SystemClock()
    window = MainWindow(teller, clock)
    monitors = MonitorWatch(application)
    walls = WallWindows(
        window=window,
        make=lambda: WallPage(teller, clock, RenderClock(window), window),
        keys=WALL_KEYS,
        places=WindowPlaces(folder, "01"),
        keep=lambda work: work(),
        monitors=monitors,
        teller=teller,
        clock=clock,
    )
    slots: dict[int, Slot] = {}

    def feed(number: int) -> None:
        slots[number] = Slot(320, 180)

    def beat() -> None:
        now = clock.now()
        for number, slot in slots.items():
            slot.put(now, GREYS[number])
            page = walls.pages[number]
            for at, tile in enumerate(page.tiles):
                if tile.camera is not None:
                    page.attach(f"tile-{at + 1}", tile.camera.camera_id, slot)
                    page.note_stream(Told(camera_id=tile.camera.camera_id, since=now))

    walls.opened.connect(feed)
    walls.show_main()
    first = WallPage(teller, clock, RenderClock(window), window)
    window.add_page("wall", "wall", N_("Wall"), "F2", first, WALL_KEYS, fills_screen=True)
    walls.begin(first)
    first.show_cameras(STREETS, _wall(0))
    if is_again:
        walls.restore({2: _wall(4)}, STREETS)
    else:
        walls.open(STREETS)
    beating = QTimer()
    beating.timeout.connect(beat)
    beating.start(FRAME_EVERY_MS)
    return application.exec()


def _wall(first: int) -> Wall:
    return Wall(layout=LAYOUTS[1], cameras=tuple(street.camera_id for street in STREETS[first : first + 4]))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), is_again="again" in sys.argv))
