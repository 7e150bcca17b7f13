"""Cameras that are out of order, at a seat: which there are, filed by one key, taken back, their reference renewed."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Slot

from console.application.camera_sight import IllCamera, SightDesk, SightLink
from console.application.case_desk import CaseDesk, FiledCase
from console.domain.accounts import Actor, Verb
from console.domain.camera_faults import CameraFault
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
        show_line: Callable[[Told], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._sight, self._cases, self._units = sight, cases, units
        self._actor, self._link, self._desk, self._show_line = actor, link, desk, show_line
        self._page: HealthPage | None = None

    def serve_wall(self, wall: WallPage) -> None:
        wall.report_asked.connect(self._file_camera)
        wall.reference_asked.connect(self._renew)

    def serve_page(self, page: "HealthPage") -> None:
        self._page = page
        page.file_asked.connect(self._file)
        page.withdraw_asked.connect(self._withdraw)
        page.reference_asked.connect(self._renew)
        self.read()

    def read(self) -> None:
        """Read the list again; without a page for it, whoever makes one does."""
        if self._page is not None and self._actor.may(Verb.WATCH):
            self._desk.fetch(lambda: self._sight.ill(self._actor), self._came, self._refused)

    def leave(self) -> None:
        """Another sits here from now on."""
        self._page = None

    def _came(self, found: Sequence[IllCamera]) -> None:
        if self._page is not None:
            self._page.note_ill([_line(one) for one in found])

    @Slot(str)
    def _file_camera(self, camera_id: str) -> None:
        """File what is wrong with a camera of the wall, if anything is known to be."""
        actor = self._actor

        def file() -> tuple[CameraFault | None, FiledCase | None, Sequence[Unit]]:
            fault = self._sight.lasting(actor, CameraId(camera_id))
            if fault is None:
                return None, None, ()
            return fault, self._cases.file_fault(actor, fault.fault_id), self._units()

        def filed(found: tuple[CameraFault | None, FiledCase | None, Sequence[Unit]]) -> None:
            if found[1] is None:
                self._show_line(Told(N_("Nothing is known to be wrong with this camera; nothing was filed.")))
            else:
                self._filed((found[1], found[2]))

        self._desk.ask(file, filed, self._refused)

    @Slot(str)
    def _file(self, fault_id: str) -> None:
        actor = self._actor
        self._desk.ask(lambda: (self._cases.file_fault(actor, fault_id), self._units()), self._filed, self._refused)

    def _filed(self, found: tuple[FiledCase, Sequence[Unit]]) -> None:
        filed, units = found
        unit = next((Named(one.zh, one.en) for one in units if one.unit_id == filed.unit_id), str(filed.unit_id))
        values = {"number": filed.number, "unit": unit}
        self._show_line(Told(N_("Filed {number}, sent to {unit}. U on the health page (F9) takes it back."), values))
        self._link.nudge("cases", (filed.case_id,))
        self.read()

    @Slot(str)
    def _withdraw(self, case_id: str) -> None:
        actor = self._actor
        self._desk.ask(lambda: self._cases.undo_filing(actor, CaseId(case_id)), self._withdrawn, self._refused)

    def _withdrawn(self, _: None) -> None:
        self._show_line(Told(N_("The filing was taken back; the alarm waits in review (F3).")))
        self._link.nudge("cases", ())
        self._link.nudge("alarms", ())
        self.read()

    @Slot(str)
    def _renew(self, camera_id: str) -> None:
        actor = self._actor
        self._desk.ask(
            lambda: self._sight.renew_reference(actor, self._link, CameraId(camera_id)), self._renewed, self._refused
        )

    def _renewed(self, _: None) -> None:
        self._show_line(Told(N_("How this camera looks now is taken for how it should look.")))

    def _refused(self, refusal: Refusal) -> None:
        self._show_line(Told(refusal.sentence, refusal.values))


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
