"""The walls of a seat: the one in its main window, and further ones in windows of their own, a monitor each.

A monitor may be pulled out at any time. Its wall then comes home to the main window as a page, with its cameras, and
goes back when the monitor is there again; nothing pops up and nothing takes the keyboard.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from console.application.ports import Clock
from console.domain.cameras import Camera
from console.domain.walls import Wall
from console.infrastructure.window_places import KeptBox, KeptPlace, WindowPlaces
from console.words import N_
from widgets.common.page_keys import PageKey
from widgets.login.lock_panel import LockNote
from widgets.main_window import MainWindow
from widgets.state.monitors import Box, Monitor, Spot, free_monitor
from widgets.state.telling import Teller, Told
from widgets.wall.monitor_watch import Monitors
from widgets.wall.standing import Standing
from widgets.wall.wall_page import WallPage
from widgets.wall.wall_window import WallWindow, name_of

_log = logging.getLogger(__name__)

MAIN = 1
MOST = 9  # one key each, Shift F2 to Shift F9; more than eight monitors beside one desk nobody looks at
CASCADE_PX = 48  # a window that finds no monitor of its own stands so far from the one before


class WallWindows(QObject):
    """Lives in the GUI thread. ``pages`` are all walls by their numbers; 1 is the main window's.

    Signals:
        opened: a wall is there now; its number. closed: the operator closed it, and it is not to come again.
        lock_wanted: ``Ctrl L`` in one of the windows.
    """

    opened = Signal(int)
    closed = Signal(int)
    lock_wanted = Signal()

    def __init__(
        self,
        *,
        window: MainWindow,
        make: Callable[[], WallPage],
        keys: Sequence[PageKey],
        places: WindowPlaces,
        keep: Callable[[Callable[[], None]], None],
        monitors: Monitors,
        teller: Teller,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        """Args:
        make: returns a wall that is wired to nothing yet.
        keys: of a wall, for the sheet of F1.
        keep: does work of a disk off the GUI thread, one after the other.
        """
        super().__init__(parent)
        self._window, self._make, self._keys = window, make, tuple(keys)
        self._places, self._keep, self._monitors = places, keep, monitors
        self._teller, self._clock = teller, clock
        self._pages: dict[int, WallPage] = {}
        self._windows: dict[int, WallWindow] = {}
        self._home: list[int] = []
        self._notes: dict[int, LockNote] = {}
        self._kept = {number: _spot(place) for number, place in places.load().items()}
        self._main = Standing(window, monitors)
        self._main.changed.connect(self._keep_places)
        monitors.changed.connect(self.settle)

    # ---- the main window -------------------------------------------------------------------------------------

    def show_main(self) -> None:
        """Show the main window where it stood last; maximized where it never stood."""
        spot = self._kept.get(MAIN)
        if spot is None or not self._main.stand(spot):
            self._window.showMaximized()

    def begin(self, page: WallPage) -> None:
        """Take the main window's wall; the others follow with ``restore`` or ``open``."""
        self._pages[MAIN] = page
        self.opened.emit(MAIN)

    # ---- all walls -------------------------------------------------------------------------------------------

    @property
    def pages(self) -> Mapping[int, WallPage]:
        return MappingProxyType(self._pages)

    @property
    def focused(self) -> WallPage | None:
        """The wall that the keyboard means: the active window's, else the one that is open in the main window."""
        active = QApplication.activeWindow()
        for number, window in self._windows.items():
            if window is active and number not in self._home:
                return self._pages[number]
        shown = next((number for number in self._home if self._window.page == _page_id(number)), MAIN)
        return self._pages.get(shown)

    @property
    def line(self) -> Told | str:
        """What there is to say of a monitor that is away; empty while every wall stands where it belongs."""
        if not self._home:
            return ""
        number = self._home[-1]
        spot = self._windows[number].standing.spot
        return Told(
            N_("{screen} is in this window ({key}): its monitor {monitor} is away."),
            {
                "screen": name_of(number),
                "key": _key(number),
                "monitor": spot.monitor.name if spot is not None else "",
            },
        )

    def restore(self, walls: Mapping[int, Wall], cameras: Sequence[Camera]) -> None:
        """Open again what was open when somebody left this seat."""
        for number, wall in walls.items():
            if number not in self._pages and MAIN < number <= MOST:
                self._add(number, self._kept.get(number))
                self._pages[number].show_cameras(cameras, wall)

    def open(self, cameras: Sequence[Camera]) -> int | None:
        """Open another wall, on a monitor without one if there is any, with cameras no other wall shows; where every
        one is shown already, with the first.

        Returns its number; ``None`` where there are as many as a seat may have.
        """
        number = next((number for number in range(MAIN + 1, MOST + 1) if number not in self._pages), None)
        if number is None or MAIN not in self._pages:
            return None
        shown = {camera.camera_id for page in self._pages.values() for camera in page.state.shown if camera is not None}
        layout = self._pages[MAIN].state.layout
        unshown = [camera.camera_id for camera in cameras if camera.camera_id not in shown]
        rest = (unshown or [camera.camera_id for camera in cameras])[: len(layout.places)]
        self._add(number, self._free_spot(number))
        wall = Wall(layout=layout, cameras=(*rest, *(None for _ in range(len(layout.places) - len(rest)))))
        self._pages[number].show_cameras(cameras, wall)
        if number not in self._home:
            self._windows[number].activateWindow()  # the operator asked for it
        self._keep_places()
        return number

    def raise_window(self, number: int) -> None:
        """Bring a wall to the front because the operator asked for it."""
        if number == MAIN or number in self._home:
            self._window.show_page("wall" if number == MAIN else _page_id(number))
            self._window.activateWindow()
        elif number in self._windows:
            self._windows[number].raise_()
            self._windows[number].activateWindow()

    def end(self) -> None:
        """Close every further window: the person they were made for has gone."""
        for number in list(self._windows):
            self._take_away(number)
        self._pages.clear()

    def stop(self) -> None:
        """The seat is closing: watch no monitor any more."""
        self.end()
        self._main.end()
        self._monitors.changed.disconnect(self.settle)

    # ---- locking ---------------------------------------------------------------------------------------------

    def lock(self) -> None:
        """Hide names and take no keys in the further windows; pictures run on."""
        for number, window in self._windows.items():
            self._notes[number] = LockNote(self._teller)
            self._pages[number].lock(self._notes[number])
            window.lock(is_locked=True)

    def unlock(self) -> None:
        for number, note in self._notes.items():
            if number in self._windows:
                self._pages[number].unlock()
                self._windows[number].lock(is_locked=False)
            note.deleteLater()
        self._notes.clear()

    # ---- news for all ----------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Say everything again; pages at home are told by the main window that holds them."""
        for number, window in self._windows.items():
            window.retranslate()
            if number not in self._home:
                self._pages[number].retranslate()
        for note in self._notes.values():
            note.retranslate()

    @property
    def windows(self) -> tuple[WallWindow, ...]:
        """The windows beside the main one, also those whose wall is at home."""
        return tuple(self._windows.values())

    # ---- monitors that come and go ---------------------------------------------------------------------------

    def settle(self) -> None:
        """Let each wall stand where it belongs, or at home while its monitor is away."""
        for number, window in self._windows.items():
            standing = window.standing
            if number in self._home:
                if standing.is_there:
                    self._send_back(number)
            elif standing.spot is not None and not standing.is_there:
                self._bring_home(number)
            elif standing.spot is not None and standing.spot.fill == "screen":
                standing.stand(standing.spot)  # its monitor may have another size or place now
        spot = self._main.spot
        if spot is not None and not self._main.is_there:
            for monitor in self._monitors.now()[:1]:
                self._main.shelter(monitor)
        elif spot is not None and self._main.is_sheltered:
            self._main.stand(spot)

    def _bring_home(self, number: int) -> None:
        window, page = self._windows[number], self._pages[number]
        window.give()
        self._home.append(number)
        self._window.add_page(_page_id(number), "wall", name_of(number), _key(number), page, self._keys)
        self._window.show_line(self.line)
        _log.info("screen %d came home: its monitor is away", number)

    def _send_back(self, number: int) -> None:
        window, page = self._windows[number], self._pages[number]
        self._home.remove(number)
        self._window.remove_page(_page_id(number))
        window.hold(page)
        assert window.standing.spot is not None
        window.standing.stand(window.standing.spot)
        self._window.show_line(self.line)
        _log.info("screen %d is back on its monitor", number)

    # ---- making and taking away ------------------------------------------------------------------------------

    def _add(self, number: int, spot: Spot | None) -> None:
        window, page = WallWindow(number, self._teller, self._clock, self._monitors), self._make()
        self._windows[number], self._pages[number] = window, page
        window.closing.connect(self._closing)
        window.lock_wanted.connect(self.lock_wanted)
        window.new_wanted.connect(self._window.new_wall_wanted)
        window.send_wanted.connect(self._window.send_wanted)
        window.standing.changed.connect(self._keep_places)
        window.hold(page)
        if not window.standing.stand(spot or self._free_spot(number)):
            self._bring_home(number)
        self.opened.emit(number)
        _log.info("screen %d is open", number)

    def _closing(self) -> None:
        window = self.sender()
        if isinstance(window, WallWindow) and self._windows.get(window.number) is window:
            self._take_away(window.number)
            self._keep_places()
            self.closed.emit(window.number)

    def _take_away(self, number: int) -> None:
        window, page = self._windows.pop(number), self._pages.pop(number)
        if spot := window.standing.spot:
            self._kept[number] = spot
        if number in self._home:
            self._home.remove(number)
            self._window.remove_page(_page_id(number))
        window.give()
        window.standing.end()
        page.deleteLater()
        window.deleteLater()

    def _free_spot(self, number: int) -> Spot:
        monitors = self._monitors.now()
        own = self._monitors.of(self._window) or monitors[0]
        there = [self._monitors.of(window) for at, window in self._windows.items() if at not in self._home]
        taken = {monitor.name for monitor in (own, *there) if monitor is not None}
        free = free_monitor(monitors, taken)
        return _spot_on(free or own, number, fills=free is not None)

    def _keep_places(self) -> None:
        for number, window in self._windows.items():
            if spot := window.standing.spot:
                self._kept[number] = spot
        if self._main.spot is not None:
            self._kept[MAIN] = self._main.spot
        kept = {number: _place(spot) for number, spot in self._kept.items()}
        self._keep(lambda: self._places.save(kept))


def _spot_on(monitor: Monitor, number: int, *, fills: bool) -> Spot:
    """Return the whole of a free monitor, or a window of two thirds, each further one a little lower."""
    here, step = monitor.box, CASCADE_PX * (number - MAIN)
    box = Box(x=here.x + step, y=here.y + step, width=here.width * 2 // 3, height=here.height * 2 // 3)
    return Spot(monitor=monitor, box=box, fill="screen" if fills else "window")


def _page_id(number: int) -> str:
    return f"wall-{number}"


def _key(number: int) -> str:
    return f"Shift+F{number}"


def _spot(place: KeptPlace) -> Spot:
    monitor = Monitor(name=place.monitor, serial=place.serial, box=_box(place.monitor_box))
    return Spot(monitor=monitor, box=_box(place.box), fill=place.fill)


def _place(spot: Spot) -> KeptPlace:
    monitor = spot.monitor
    return KeptPlace(
        monitor=monitor.name,
        serial=monitor.serial,
        monitor_box=_kept_box(monitor.box),
        box=_kept_box(spot.box),
        fill=spot.fill,
    )


def _box(box: KeptBox) -> Box:
    return Box(x=box.x, y=box.y, width=box.width, height=box.height)


def _kept_box(box: Box) -> KeptBox:
    return KeptBox(x=box.x, y=box.y, width=box.width, height=box.height)
