"""How cameras see: what the station notes of it, and what a seat can do about it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from console.application.permissions import Gate
from console.application.ports import UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.camera_faults import OUT_OF_ORDER, CameraFault, ReferencePicture
from console.domain.cameras import Camera
from console.domain.ids import CameraId, CaseId


class SightLink(Protocol):
    """What this desk asks of the machine's station."""

    def take_reference(self, camera_id: CameraId, taken_by: str) -> None:
        """Take how the camera looks now for how it should look.

        Raises:
            Unavailable: the station is away; nothing is taken.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IllCamera:
    """A camera that is out of order, and the case it is filed as, if it is."""

    camera: Camera
    fault: CameraFault
    case_id: CaseId | None = None
    case_number: str = ""


class SightNotes:
    """The station's verbs. Safe from any thread. The rows are the record; a person's verbs leave a line of audit."""

    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def open_faults(self) -> Sequence[CameraFault]:
        """Return what lasted when this station was here last.

        Raises:
            Unavailable: the database is away.
        """
        with self._units.read() as unit:
            return unit.sight.open_faults()

    def note(self, fault: CameraFault) -> None:
        """Write down that a fault began, changed its name or ended. The same twice is one.

        Raises:
            Unavailable: the database is away; try again.
        """
        with self._units.write() as unit:
            unit.sight.put_fault(fault)
            unit.commit()

    def references(self, camera_id: CameraId) -> Sequence[ReferencePicture]:
        """Return how a camera should look, the newest first.

        Raises:
            Unavailable: the database is away.
        """
        with self._units.read() as unit:
            return unit.sight.references(camera_id)

    def keep_reference(self, reference: ReferencePicture, instead_of: Sequence[str] = ()) -> None:
        """Write a reference down, and forget those it stands for now.

        Raises:
            Unavailable: the database is away; try again.
        """
        with self._units.write() as unit:
            unit.sight.remove_references(instead_of)
            unit.sight.put_reference(reference)
            unit.commit()


class SightDesk:
    """The verbs of a seat on cameras that are out of order. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, gate: Gate) -> None:
        self._units = units
        self._gate = gate

    def ill(self, actor: Actor) -> Sequence[IllCamera]:
        """Return the cameras that are out of order where the actor may watch, the oldest fault first."""
        actor = self._gate.require(actor, Verb.WATCH, "cameras")
        with self._units.read() as unit:
            faults = unit.sight.open_faults()
            cameras = {one.camera_id: one for one in unit.directory.cameras_of([one.camera_id for one in faults])}
            found = []
            for fault in faults:
                camera = cameras.get(fault.camera_id)
                if camera is None or not actor.scope.covers(camera.place.grid_cell, camera.camera_id):
                    continue
                case = unit.cases.open_about(fault.camera_id, OUT_OF_ORDER)
                ill = IllCamera(camera=camera, fault=fault)
                found.append(ill if case is None else replace(ill, case_id=case.case_id, case_number=case.number))
        return found

    def lasting(self, actor: Actor, camera_id: CameraId) -> CameraFault | None:
        """Return what is wrong with a camera now, the oldest if several things are; ``None`` if nothing is known."""
        self._gate.require(actor, Verb.WATCH, camera_id, camera_id=camera_id)
        with self._units.read() as unit:
            return next((fault for fault in unit.sight.open_faults() if fault.camera_id == camera_id), None)

    def renew_reference(self, actor: Actor, link: SightLink, camera_id: CameraId) -> None:
        """Say that a camera looks now as it should; what was so before is so no longer.

        Raises:
            NotPermitted: not by this role, or not there. Unavailable: the station or the database is away.
        """
        self._gate.require(actor, Verb.WATCH, camera_id, camera_id=camera_id)
        with self._units.write() as unit:
            unit.audit.append(self._gate.facts(actor, "renew_reference", camera_id, camera_id=camera_id))
            unit.commit()
        link.take_reference(camera_id, actor.display_name)
