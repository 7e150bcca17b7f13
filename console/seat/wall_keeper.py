"""What the wall asks to be kept, carried out: views, habits, bookmarks, and stills as files."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from console.application.wall_book import WallBook
from console.domain.accounts import Actor, Verb
from console.domain.cameras import Camera, StreamProfile
from console.domain.errors import DomainError, Refusal
from console.domain.wall_views import Bookmark, View, WallHabits
from console.seat.jpeg import jpeg_of, with_facts
from console.seat.stills import MainStill, MainStills
from console.words import N_
from widgets.desk import Desk
from widgets.state.telling import Teller, Told, told_of
from widgets.wall.orders import (
    ChangeTour,
    KeepHabits,
    KeepView,
    MarkWanted,
    RemoveView,
    ShareView,
    UnshareView,
    WallOrder,
)
from widgets.wall.wall_page import WallPage

_log = logging.getLogger(__name__)

STILL_QUALITY = 95  # of 100: at 95 a number plate of 12 px is as readable as in the picture (judgement)
LONGEST_FILE_NAME = 60
OF_MAIN = N_("main stream, {width} × {height}, kept at seat {who}")
OF_TILE = N_("picture of the wall's tile, {width} × {height}, not the main stream; kept at seat {who}")


class WallKeeper(QObject):
    """Lives in the GUI thread, for one person's time at a wall; files and database are met through the desk.

    Signals:
        cameras_named: the ids of the cameras that views name: who calls a view must know them.
    """

    cameras_named = Signal(frozenset)

    def __init__(
        self,
        page: WallPage,
        book: WallBook,
        actor: Actor,
        desk: Desk,
        teller: Teller,
        folder: Path,
        stills: MainStills,
        *,
        is_main: bool = True,
    ) -> None:
        """Args:
        folder: where stills are written. stills: gives those of main streams.
        is_main: the wall of the main window, which alone may have the seat's one alarm tile.
        """
        super().__init__(page)
        self._is_main, self._is_closed = is_main, False
        self._has_alarm_tile = False
        self._page, self._book, self._actor, self._desk = page, book, actor, desk
        self._teller, self._folder, self._stills = teller, folder, stills
        page.ordered.connect(self._carry_out)
        page.marked.connect(self._mark)
        page.marks_asked.connect(self._read_marks)
        page.views_asked.connect(self._read_views)
        page.snapshot_asked.connect(self._snapshot)
        page.show_who(f"{actor.seat_id} {actor.display_name}")

    def read(self) -> None:
        """Read views and habits and show them."""
        actor = self._actor
        self._desk.fetch(lambda: self._book.habits(actor), self._habits_came, self._refused)
        self._read_views()

    def close(self) -> None:
        """Answers that are still to come have nobody to tell any more."""
        self._is_closed = True

    @Slot()
    def _read_views(self) -> None:
        if self._is_closed:
            return
        actor = self._actor
        self._desk.fetch(lambda: self._book.views(actor), self._views_came, self._refused)

    @Slot()
    def _read_marks(self) -> None:
        if self._is_closed:
            return
        actor = self._actor
        self._desk.fetch(lambda: self._book.marks(actor), self._marks_came, self._refused)

    def _habits_came(self, habits: WallHabits) -> None:
        if not self._is_closed:
            self._has_alarm_tile = habits.has_alarm_tile
            self._page.show_habits(habits if self._is_main else replace(habits, has_alarm_tile=False))

    def _views_came(self, views: Sequence[View]) -> None:
        if not self._is_closed:
            self.cameras_named.emit(frozenset(name for view in views for name in view.cameras))
            self._page.show_views(views, may_share=self._actor.may(Verb.SHARE_VIEW))

    def _marks_came(self, marks: Sequence[Bookmark]) -> None:
        if not self._is_closed:
            self._page.show_marks(marks)

    @Slot(object)
    def _carry_out(self, order: WallOrder) -> None:
        book, actor = self._book, self._actor
        match order:
            case KeepHabits(habits=habits):
                if not self._is_main:
                    habits = replace(habits, has_alarm_tile=self._has_alarm_tile)
                self._desk.ask(lambda: book.keep_habits(actor, habits), _nothing, self._refused)
            case KeepView(name=name, shows=shows):
                self._ask(lambda: book.keep_view(actor, name, shows), self._kept)
            case ChangeTour(view_id=view_id, tour=tour):
                self._ask(lambda: book.change_tour(actor, view_id, tour), self._kept)
            case RemoveView(view_id=view_id):
                self._ask(lambda: book.remove_view(actor, view_id), self._removed)
            case ShareView(view_id=view_id):
                self._ask(lambda: book.share_view(actor, view_id), self._shared)
            case UnshareView(view_id=view_id):
                self._ask(lambda: book.unshare_view(actor, view_id), self._kept)

    def _ask(self, act: Callable[[], View | None], done: Callable[[View | None], None]) -> None:
        self._desk.ask(act, done, self._refused)

    def _tell(self, told: Told) -> None:
        if not self._is_closed:
            self._page.tell(told)

    def _kept(self, view: View | None) -> None:
        if view is not None:
            self._tell(Told(N_("{name} is kept; W {number} calls it."), {"name": view.name, "number": view.number}))
        self._read_views()

    def _shared(self, view: View | None) -> None:
        if view is not None:
            said = N_("{name} is every seat's now; W {number} calls it.")
            self._tell(Told(said, {"name": view.name, "number": view.number}))
        self._read_views()

    def _removed(self, _: View | None) -> None:
        self._tell(Told(N_("Removed.")))
        self._read_views()

    @Slot(MarkWanted)
    def _mark(self, wanted: MarkWanted) -> None:
        actor, book = self._actor, self._book
        self._desk.ask(lambda: book.mark(actor, wanted.camera_id, wanted.at, wanted.words), self._marked, self._refused)

    def _marked(self, mark: Bookmark) -> None:
        self._tell(Told(N_("Bookmark of {at} is kept."), {"at": mark.at}))
        self._read_marks()

    # ---- stills ----------------------------------------------------------------------------------------------

    @Slot(str)
    def _snapshot(self, camera_id: str) -> None:
        """Write the picture of now to a file: the main stream's, else the tile's, which says so."""
        found = self._page.still_of(camera_id)
        if found is None:
            self._tell(Told(N_("There is no live picture to keep.")))
            return
        camera, image, at = found
        shown = image.copy()  # the tile goes on with its buffer
        self._stills.take(camera_id, lambda main: self._keep(camera, shown, at, main))

    def _keep(self, camera: Camera, shown: QImage, at: datetime, main: MainStill | None) -> None:
        """Write a still, the line of audit before it; its facts stand in the file."""
        if self._is_closed:
            return
        actor, book = self._actor, self._book
        moment = main.at if main is not None else at
        name = self._file_name(camera, moment)
        path = self._folder / name
        size = (main.width, main.height) if main is not None else (shown.width(), shown.height())
        values: dict[str, object] = {
            "width": size[0],
            "height": size[1],
            "who": f"{actor.seat_id} {actor.display_name}",
        }
        source = Told(OF_MAIN if main is not None else OF_TILE, values)
        facts = f"{camera.number} {camera.name} {moment.isoformat()} · {self._teller.say(source)}"
        profile = StreamProfile.MAIN if main is not None else None

        def write() -> Path:
            bare = main.fetch() if main is not None else jpeg_of(shown, STILL_QUALITY)
            picture = with_facts(bare, facts)
            book.take_still(actor, camera.camera_id, moment, name, profile=profile, sha256=sha256(picture).hexdigest())
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                path.write_bytes(picture)
            except OSError as cause:
                raise DomainError("The still could not be written to {path}.", path=str(path)) from cause
            return path

        self._desk.ask(write, lambda kept: self._written(kept, is_main=main is not None), self._refused)

    def _written(self, path: Path, *, is_main: bool) -> None:
        _log.info("still written to %s", path.name)
        said = N_("Still kept: {path}")
        if not is_main:
            said = N_("Still kept, of the tile's picture; the main stream is not open: {path}")
        self._tell(Told(said, {"path": str(path)}))

    def _file_name(self, camera: Camera, at: datetime) -> str:
        """Return number, name and time as a file may be called on every system."""
        moment = f"{self._teller.day(at)}_{self._teller.clock(at).replace(':', '')}.{at.microsecond // 1000:03d}"
        safe = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in camera.name)
        number = "".join(letter for letter in camera.number if letter.isalnum() or letter in "-_")
        return f"{number}_{safe[:LONGEST_FILE_NAME]}_{moment}.jpg"

    def _refused(self, why: Refusal) -> None:
        self._tell(told_of(why))


def _nothing(_: object) -> None:
    """The answer to what needs none."""
