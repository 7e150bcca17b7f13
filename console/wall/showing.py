"""A screen's process: asks the records what it is to show, and its machine's station for the pictures."""

import logging

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from console.application.errors import NotPermitted, Unavailable
from console.application.screens_desk import Shown
from console.desks import Desks
from console.domain.errors import Refusal
from console.domain.screens import seat_of
from console.domain.walls import LAYOUTS, Wall
from console.infrastructure.channel.messages import Arranged, Health, Seen, StreamState
from console.infrastructure.starting import start_station
from console.infrastructure.station_link import StationLink
from console.seat.health_words import health_lines
from console.seat.pictures import WallPictures
from console.site import Site
from console.words import Words
from widgets.bridge import Bridge
from widgets.desk import Desk
from widgets.state.telling import Teller, Told, told_of
from widgets.wall.screen_window import ScreenWindow

_log = logging.getLogger(__name__)

ASK_EVERY_MS = 2000  # a wall that was sent stands on the screen within this time and a second for its streams
NAME = "screen"
EMPTY = Wall(layout=LAYOUTS[0], cameras=(None,))


class ScreenProcess(QObject):
    """Lives in the GUI thread. ``open`` shows the window, ``close`` ends what it began."""

    def __init__(self, site: Site, name: str, key: str, words: Words) -> None:
        super().__init__()
        self._site, self._name, self._key = site, name, key
        self._desks = Desks.of(site)
        self._desk = Desk(self)
        self._bridge = Bridge(self)
        self._bridge.said.connect(self._hear)
        self._is_let_in = self._is_asking = False
        self._line: Told | None = None
        self._records: Told | None = None
        self.window = ScreenWindow(name, Teller(words, site.zone), site.clock)
        self.window.closing.connect(self._closed)
        self._link = StationLink(
            endpoint_file=site.endpoint_file,
            seat_id=seat_of(name),
            start=lambda: start_station(["--site", site.name], site.paths.logs / "station.out"),
            clock=site.clock,
            heard=self._bridge.publish,
            changed=self._bridge.publish,
            told=self._bridge.publish,
        )
        self._pictures = WallPictures(self._desks.wall, self._link, seat_of(name), site.clock, self)
        self._pictures.serve(NAME, self.window.page)
        self._asking = QTimer(self)
        self._asking.setObjectName("screen-ask-2-s")
        self._asking.setInterval(ASK_EVERY_MS)
        self._asking.timeout.connect(self._ask)

    def open(self) -> None:
        """Fill the monitor, find the station, and ask what to show."""
        self.window.showFullScreen()
        self._link.open()
        self._asking.start()
        self._ask()

    def close(self) -> None:
        """End what was begun. The station goes on."""
        self._asking.stop()
        self._pictures.close()
        self._desk.close()
        self._link.close()

    @Slot()
    def _closed(self) -> None:
        application = QApplication.instance()
        assert application is not None
        application.quit()

    @Slot()
    def _ask(self) -> None:
        if not self._is_asking:
            self._is_asking = True
            self._desk.fetch(self._look, self._came, self._refused)

    def _look(self) -> Shown | None:
        if not self._is_let_in:
            self._desks.screens.sign_in(self._name, self._key)
            self._is_let_in = True
        return self._desks.screens.shown(self._name, self._key)

    def _came(self, shown: Shown | None) -> None:
        self._is_asking = False
        self._records = None
        self._show(shown)
        self._tell()

    def _refused(self, refusal: Refusal) -> None:
        """Without the records the pictures go on; without a valid key nothing does."""
        self._is_asking = False
        if isinstance(refusal, NotPermitted):
            self._asking.stop()  # each try is a line of the audit; a new key needs a new start
            self._show(None)
        self._records = told_of(refusal)
        self._tell()

    def _show(self, shown: Shown | None) -> None:
        self._pictures.allow(camera.camera_id for camera in (shown.cameras if shown is not None else ()))
        if self.window.show_wall(shown):
            _log.info("the screen shows %s", "nothing" if shown is None else shown.wall.layout.name)
            if shown is None:
                self.window.page.show_cameras((), EMPTY)

    def _tell(self) -> None:
        self.window.note.show_trouble(self._records or self._line)

    @Slot(object)
    def _hear(self, message: object) -> None:
        match message:
            case bool():
                self._pictures.note_station(is_there=message)
            case None:
                self._line = None
                self._tell()
            case Unavailable():
                self._line = Told(message.sentence, message.values)
                self._tell()
            case Health():
                self.window.health_bar.note(health_lines(message), self._site.clock.now())
            case Arranged():
                self._pictures.take_arranged(message)
            case StreamState():
                self._pictures.take_state(message)
            case Seen():
                self.window.page.note_seen(message)
            case _:
                pass
