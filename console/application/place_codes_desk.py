"""Makes, lists and takes away the codes that hang at places."""

from collections.abc import Sequence
from dataclasses import replace

from console.application.errors import Stale
from console.application.permissions import Gate
from console.application.ports import Clock, UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.cameras import Camera
from console.domain.intake import PlaceCode, new_code
from console.domain.places import Place


class PlaceCodesDesk:
    """What an administrator can do with codes. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, gate: Gate, clock: Clock) -> None:
        self._units = units
        self._gate = gate
        self._clock = clock

    def make(
        self, actor: Actor, label_zh: str, label_en: str = "", *, place: Place, camera_number: str = ""
    ) -> PlaceCode:
        """Make a code for a place. What is not said of the place is its camera's; without an address it is its name.

        Raises:
            DomainError: the place has no name. Stale: the directory knows no such camera.
        """
        camera = self._camera(camera_number)
        if camera is not None and not place.address and place.latitude is None:
            place = camera.place
        camera_id = None if camera is None else camera.camera_id
        # Who keeps a camera may hang a code into its view, wherever the code says it hangs.
        where = place if camera is None else camera.place
        actor = self._gate.require(actor, Verb.ADMINISTER, label_zh, place=where, camera_id=camera_id)
        made = PlaceCode(
            code=new_code(),
            label_zh=label_zh,
            label_en=label_en,
            place=place if place.address else replace(place, address=label_zh),
            camera_id=camera_id,
            made_at=self._clock.now(),
        )
        with self._units.write() as unit:
            unit.place_codes.add(made)
            unit.audit.append(
                self._gate.facts(actor, "place_code_made", made.code, camera_id=camera_id, place=label_zh)
            )
            unit.commit()
        return made

    def all(self, actor: Actor) -> Sequence[PlaceCode]:
        """Return all codes, forgotten ones too, oldest first."""
        self._gate.require(actor, Verb.ADMINISTER)
        with self._units.read() as unit:
            return unit.place_codes.all()

    def forget(self, actor: Actor, code: str) -> PlaceCode:
        """Let nobody report by a code any more. What was reported by it keeps its state.

        Raises:
            Stale: nobody knows this code.
        """
        with self._units.read() as unit:
            found = unit.place_codes.find(code)
        if found is None:
            raise Stale("Nobody reports by this code.")
        actor = self._gate.require(actor, Verb.ADMINISTER, code, place=found.place, camera_id=found.camera_id)
        with self._units.write() as unit:
            unit.place_codes.forget(code, self._clock.now())
            facts = self._gate.facts(
                actor, "place_code_forgotten", code, camera_id=found.camera_id, place=found.label_zh
            )
            unit.audit.append(facts)
            unit.commit()
        return found

    def _camera(self, number: str) -> Camera | None:
        if not number:
            return None
        with self._units.read() as unit:
            camera = unit.directory.camera_numbered(number)
        if camera is None:
            raise Stale("The directory knows no camera {number}.", number=number)
        return camera
