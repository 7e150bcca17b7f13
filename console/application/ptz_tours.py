"""Tours of cameras that can be turned: which there are, at which presets they stop, and when they run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from console.application.errors import Stale
from console.application.permissions import Gate
from console.application.ports import UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.cameras import Camera
from console.domain.deadlines import WorkingCalendar
from console.domain.errors import DomainError
from console.domain.ids import CameraId, new_id
from console.domain.ptz import PtzTour


class PresetLink(Protocol):
    """What is asked of the machine's station, which alone talks to cameras."""

    def list_presets(self, request_id: str, camera_id: CameraId) -> None:
        """Ask a camera for its presets; the answer comes as news, with the request's name.

        Raises:
            Unavailable: the station is away.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraTours:
    """A camera's tours, and the city's calendar that they run by."""

    camera: Camera
    tours: tuple[PtzTour, ...]
    calendar: WorkingCalendar


class PtzTourDesk:
    """The verbs of who answers for the room. Safe from any thread, never on the GUI thread."""

    def __init__(self, units: UnitsOfWork, gate: Gate) -> None:
        self._units = units
        self._gate = gate

    def toured(self, actor: Actor) -> Sequence[CameraTours]:
        """Return the cameras of the actor's places that have tours, by number.

        Raises:
            NotPermitted: not by this role.
        """
        actor = self._gate.require(actor, Verb.KEEP_TOURS, "tours")
        with self._units.read() as unit:
            tours = {setup.camera_id: setup.tours for setup in unit.ptz.with_tour()}
            cameras = unit.directory.cameras_of(list(tours))
            calendar = unit.directory.calendar()
        own = [one for one in cameras if actor.scope.covers(one.place.grid_cell, one.camera_id)]
        own.sort(key=lambda camera: camera.number)
        return [CameraTours(camera=one, tours=tours[one.camera_id], calendar=calendar) for one in own]

    def of(self, actor: Actor, camera_id: CameraId) -> CameraTours:
        """Return a camera's tours.

        Raises:
            NotPermitted: not by this role, or not there. DomainError: this camera cannot be turned. Stale: it left the
            directory.
        """
        self._gate.require(actor, Verb.KEEP_TOURS, camera_id, camera_id=camera_id)
        with self._units.read() as unit:
            camera, setup = unit.directory.camera(camera_id), unit.ptz.setup(camera_id)
            calendar = unit.directory.calendar()
        if setup is None:
            raise DomainError("This camera cannot be turned.")
        return CameraTours(camera=camera, tours=setup.tours, calendar=calendar)

    def ask_presets(self, actor: Actor, link: PresetLink, camera_id: CameraId) -> str:
        """Ask a camera which presets it has, and return the name of the request.

        Raises:
            NotPermitted: not by this role, or not there. Unavailable: the station or the database is away.
        """
        self._gate.require(actor, Verb.KEEP_TOURS, camera_id, camera_id=camera_id)
        request_id = new_id()
        link.list_presets(request_id, camera_id)
        return request_id

    def keep(
        self, actor: Actor, camera_id: CameraId, tours: tuple[PtzTour, ...], instead_of: tuple[PtzTour, ...]
    ) -> None:
        """Keep a camera's tours; what runs now is begun anew where it was changed.

        Args:
            instead_of: what was read before it was changed.

        Raises:
            NotPermitted: not by this role, or not there. DomainError: too many, or the camera cannot be turned.
            Stale: somebody else changed them meanwhile.
        """
        self._gate.require(actor, Verb.KEEP_TOURS, camera_id, camera_id=camera_id)
        with self._units.write() as unit:
            setup = unit.ptz.setup(camera_id)
            if setup is None:
                raise DomainError("This camera cannot be turned.")
            if setup.tours != instead_of:
                raise Stale("Somebody changed these tours first. Look again.")
            unit.ptz.put_setup(replace(setup, tours=tours))
            unit.audit.append(
                self._gate.facts(
                    actor,
                    "keep_ptz_tours",
                    camera_id,
                    camera_id=camera_id,
                    tours=_written(tours),
                    tours_before=_written(instead_of),
                )
            )
            unit.commit()


def _written(tours: Sequence[PtzTour]) -> str:
    """Return the tours as a line of the audit: name, on or off, the presets in their order."""
    return "; ".join(
        f"{tour.name or '–'} {'on' if tour.is_on else 'off'} {'>'.join(stop.preset for stop in tour.stops)}"
        for tour in tours
    )
