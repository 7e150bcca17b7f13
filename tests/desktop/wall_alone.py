"""A wall with sixteen painted cameras in a window of its own: ``python -m tests.desktop.wall_alone``.

For tests of hands: real keys and a real mouse meet it, pixels are read from the screen. Each picture is dark on its
left half, in a grey that is its camera's own, and white on its right. Ends with its parent's signal.
"""

import sys
from zoneinfo import ZoneInfo

import numpy as np
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from console.application.live_wall import layout_named
from console.application.profile_choice import TileRoom
from console.domain.ids import CameraId
from console.domain.wall_views import Tour, View
from console.domain.walls import Wall
from console.infrastructure.clock import SystemClock
from console.words import ENGLISH, Words
from tests.widgets.street import Frame, Slot, cameras
from widgets.common import theme
from widgets.state.telling import Teller
from widgets.wall.render_clock import RenderClock
from widgets.wall.wall_page import WallPage

SIZE = (1280, 760)
COUNT = 16
FRAME_EVERY_MS = 100
TOUR_S = 5.0


def grey_of(number: int) -> int:
    """Return the grey of a camera's left half: far enough from its neighbours', from the plates and from white."""
    return 40 + 10 * number


class Halves(Slot):
    """A slot whose picture is a camera's grey on the left and white on the right."""

    def __init__(self, grey: int) -> None:
        super().__init__(320, 180)
        picture = np.full((180, 320, 4), 255, np.uint8)
        picture[:, :160, :3] = grey
        self._raw = picture.tobytes()

    def copy_newest(self, into: bytearray | memoryview, after: int = 0) -> Frame | None:
        facts = super().copy_newest(into, after)
        if facts is not None:
            into[: len(self._raw)] = self._raw
        return facts


class Street(QObject):
    """Gives the tiles their pictures and lets time go on in them."""

    def __init__(self, page: WallPage, clock: SystemClock) -> None:
        super().__init__(page)
        self._page, self._clock = page, clock
        self._slots = {f"c{number:02d}": Halves(grey_of(number)) for number in range(1, COUNT + 1)}
        page.arranged.connect(self._serve)
        timer = QTimer(self)
        timer.setInterval(FRAME_EVERY_MS)
        timer.timeout.connect(self._go_on)
        timer.start()

    def _serve(self, rooms: tuple[TileRoom, ...]) -> None:
        for room in rooms:
            self._page.attach(room.tile_id, room.camera_id, self._slots[room.camera_id])

    def _go_on(self) -> None:
        for slot in self._slots.values():
            slot.put(self._clock.now())
            del slot.frames[:-1]


def main() -> int:
    application = QApplication(sys.argv[:1])
    theme.dress(application)
    clock = SystemClock()
    page = WallPage(Teller(Words(ENGLISH), ZoneInfo("Asia/Shanghai")), clock, RenderClock(application))
    page.setWindowTitle("wall alone")
    page.show_cameras(cameras(COUNT), Wall(layout=layout_named("3x3"), cameras=()))
    tour = Tour(cameras=(CameraId("c15"), CameraId("c16")), dwell_s=TOUR_S)
    page.show_views([View(view_id="t", name="round", number=1, seat_id=None, shows=tour)], may_share=False)
    street = Street(page, clock)
    assert street.parent() is page
    page.setFixedSize(*SIZE)
    page.show()
    page.move(0, 0)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
