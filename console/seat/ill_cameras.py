"""Cameras that are out of order, at a seat: which there are, filed by one key, taken back, their reference renewed."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject

from console.application.camera_sight import IllCamera, SightDesk, SightLink
from console.application.case_desk import CaseDesk, FiledCase
from console.domain.accounts import Actor, Verb
from console.domain.errors import Refusal
from console.domain.ids import CameraId, CaseId
from console.domain.routing import Unit
from console.words import N_
from widgets.desk import Desk
from widgets.state.health import IllLine
from widgets.state.telling import Named, Told
from widgets.wall.wall_page import WallPage

if TYPE_CHECKING:  # the pages are made after the first picture (``seat.pages``)
    from widgets.health.health_page import HealthPage


Tell = Callable[[Told], None]


class NewsLink(SightLink, Protocol):
    """What is asked of the station here, and told to the other seats through it."""

    def nudge(self, topic: str, ids: tuple[str, ...]) -> None: ...


class IllCameras(QObject):
    """Lives in the GUI thread, for one person's time at a seat; what it asks is done by the desks."""

    def __init__(
        self,
        sight: SightDesk,
        cases: CaseDesk,
        units: Callable[[], Sequence[Unit]],
        actor: Actor,
        link: NewsLink,
        desk: Desk,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._sight, self._cases, self._units = sight, cases, units
        self._actor, self._link, self._desk = actor, link, desk
        self._page: HealthPage | None = None
        self._is_reading = self._is_behind = False
        self._walls: dict[int, WallPage] = {}

    def serve_wall(self, number: int, wall: WallPage) -> None:
        """Do what the wall's keys ask; what came of it is said there, while it is open."""
        self._walls[number] = wall
        tell = partial(self._tell_wall, number)
        wall.report_asked.connect(partial(self._file_camera, tell))
        wall.reference_asked.connect(partial(self._renew, tell))

    def leave_wall(self, number: int) -> None:
        self._walls.pop(number, None)

    def serve_page(self, page: "HealthPage") -> None:
        """Keep the page's list, and do what its keys ask."""
        self._page = page
        page.file_asked.connect(partial(self._file, self._tell_page))
        page.withdraw_asked.connect(partial(self._withdraw, self._tell_page))
        page.reference_asked.connect(partial(self._renew, self._tell_page))
        self.read()

    def read(self) -> None:
        """Read the list again; without a page for it, whoever makes one does."""
        if self._page is None or not self._actor.may(Verb.WATCH):
            return
        # Where many cameras fall ill at once, one list after the other is read, not one for each of them.
        self._is_behind = self._is_reading
        if not self._is_reading:
            self._is_reading = True
            self._desk.fetch(lambda: self._sight.ill(self._actor), self._came, self._unread)

    def _unread(self, _: Refusal) -> None:
        """Leave the list as it was; that the database is away the page says by itself."""
        self._read_on()

    def _read_on(self) -> None:
        self._is_reading = False
        if self._is_behind:
            self.read()

    def leave(self) -> None:
        """Another sits here from now on."""
        self._page = None
        self._walls.clear()

    def _tell_wall(self, number: int, told: Told) -> None:
        wall = self._walls.get(number)
        if wall is not None:
            wall.tell(told)

    def _tell_page(self, told: Told) -> None:
        if self._page is not None:
            self._page.tell(told)

    def _came(self, found: Sequence[IllCamera]) -> None:
        if self._page is not None:
            self._page.note_ill([_line(one) for one in found])
        self._read_on()

    def _file_camera(self, tell: Tell, camera_id: str) -> None:
        """File what is wrong with a camera of the wall, if anything is known to be."""
        actor = self._actor

        def file() -> tuple[FiledCase, Sequence[Unit]] | None:
            fault = self._sight.lasting(actor, CameraId(camera_id))
            return None if fault is None else (self._cases.file_fault(actor, fault.fault_id), self._units())

        def filed(found: tuple[FiledCase, Sequence[Unit]] | None) -> None:
            if found is None:
                tell(Told(N_("Nothing is known to be wrong with this camera; nothing was filed.")))
            else:
                self._filed(tell, *found)

        self._desk.ask(file, filed, partial(_refused, tell))

    def _file(self, tell: Tell, fault_id: str) -> None:
        actor = self._actor
        self._desk.ask(
            lambda: (self._cases.file_fault(actor, fault_id), self._units()),
            lambda found: self._filed(tell, *found),
            partial(_refused, tell),
        )

    def _filed(self, tell: Tell, filed: FiledCase, units: Sequence[Unit]) -> None:
        unit = next((Named(one.zh, one.en) for one in units if one.unit_id == filed.unit_id), str(filed.unit_id))
        values = {"number": filed.number, "unit": unit}
        tell(Told(N_("Filed {number}, sent to {unit}. U on the health page (F9) takes it back."), values))
        self._link.nudge("cases", (filed.case_id,))
        self.read()

    def _withdraw(self, tell: Tell, case_id: str) -> None:
        actor = self._actor

        def withdrawn(_: None) -> None:
            tell(Told(N_("The filing was taken back; the alarm waits in review (F3).")))
            self._link.nudge("cases", (case_id,))
            self._link.nudge("alarms", ())
            self.read()

        self._desk.ask(lambda: self._cases.undo_filing(actor, CaseId(case_id)), withdrawn, partial(_refused, tell))

    def _renew(self, tell: Tell, camera_id: str) -> None:
        actor = self._actor

        def renewed(_: None) -> None:
            tell(Told(N_("How this camera looks now is taken for how it should look.")))

        self._desk.ask(
            lambda: self._sight.renew_reference(actor, self._link, CameraId(camera_id)),
            renewed,
            partial(_refused, tell),
        )


def _refused(tell: Tell, refusal: Refusal) -> None:
    tell(Told(refusal.sentence, refusal.values))


def _line(ill: IllCamera) -> IllLine:
    fault = ill.fault
    return IllLine(
        fault_id=fault.fault_id,
        camera_id=str(ill.camera.camera_id),
        number=ill.camera.number,
        name=ill.camera.name,
        kind=fault.kind.value,
        since=fault.began_at,
        clock_offset_s=fault.clock_offset_s,
        case_id=ill.case_id or "",
        case_number=ill.case_number,
    )
