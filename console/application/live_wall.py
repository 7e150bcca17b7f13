"""Which streams a wall needs: directory and layout and room become wishes for pictures."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from console.application.permissions import Gate
from console.application.ports import UnitsOfWork
from console.application.profile_choice import TileRoom
from console.domain.accounts import Actor, Verb
from console.domain.cameras import Camera, StreamProfile
from console.domain.ids import CameraId
from console.domain.walls import LAYOUTS, MOST_PLACES, Layout, Wall

METRES_A_DEGREE = 111_195.0  # of latitude, on a ball of 6,371 km


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureWish:
    """A stream profile asked for a tile, never larger than it can show."""

    tile_id: str
    camera_id: CameraId
    profile: StreamProfile
    max_width: int
    max_height: int
    is_selected: bool = False


class LiveWall:
    """The wall's verbs. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, gate: Gate) -> None:
        self._units = units
        self._gate = gate

    def cameras(self, actor: Actor) -> Sequence[Camera]:
        """Return the cameras of the directory that the actor may watch, by number."""
        actor = self._gate.require(actor, Verb.WATCH, "directory")
        with self._units.read() as unit:
            found = _own(actor, unit.directory.cameras())
        return sorted(found, key=lambda camera: camera.number)

    def named(self, actor: Actor, camera_ids: Collection[CameraId]) -> Sequence[Camera]:
        """Return those of these cameras that the actor may watch, by number."""
        actor = self._gate.require(actor, Verb.WATCH, "directory")
        with self._units.read() as unit:
            return _own(actor, unit.directory.cameras_of(camera_ids))

    def watched(self, actor: Actor) -> Sequence[Camera]:
        """Return the cameras with a rule that the actor may watch, by number."""
        actor = self._gate.require(actor, Verb.WATCH, "directory")
        with self._units.read() as unit:
            return [one for one in _own(actor, unit.directory.cameras_with_rules()) if one.is_watched]

    def around(self, actor: Actor, camera_id: CameraId, metres: float) -> Sequence[Camera]:
        """Return the cameras the actor may watch in a square around one, itself among them.

        Nothing where its place is not measured, or not the actor's.

        Args:
            metres: from the camera to the square's sides.
        """
        actor = self._gate.require(actor, Verb.WATCH, "directory")
        with self._units.read() as unit:
            here = next(iter(_own(actor, unit.directory.cameras_of([camera_id]))), None)
            if here is None or here.place.longitude is None or here.place.latitude is None:
                return []
            high = metres / METRES_A_DEGREE
            wide = high / max(math.cos(math.radians(here.place.latitude)), 0.01)
            west, south = here.place.longitude - wide, here.place.latitude - high
            return _own(actor, unit.directory.cameras_around(west, south, west + 2 * wide, south + 2 * high))

    def wall(self, actor: Actor) -> Wall:
        """Return what the seat showed last, else a 3 × 3 with the first cameras on it and on its next pages.

        Whoever sat here before may have watched more: what the actor may not is an empty tile.
        """
        actor = self._gate.require(actor, Verb.WATCH, "directory")
        layout = layout_named("3x3")
        with self._units.read() as unit:
            kept = unit.directory.wall(actor.seat_id)
            if kept is not None:
                shown = unit.directory.cameras_of([name for name in kept.cameras if name is not None])
            else:
                shown = unit.directory.first_cameras(actor.scope, len(layout.places))
        own = [camera.camera_id for camera in _own(actor, shown)]
        if kept is not None:
            may = set(own)
            return replace(kept, cameras=tuple(name if name in may else None for name in kept.cameras))
        return Wall(layout=layout_named("3x3"), cameras=tuple(own[:MOST_PLACES]))

    def keep(self, actor: Actor, wall: Wall) -> None:
        """Remember what the actor's seat shows."""
        self._gate.require(actor, Verb.WATCH, "wall")
        with self._units.write() as unit:
            unit.directory.put_wall(actor.seat_id, wall)
            unit.commit()

    def further_walls(self, actor: Actor) -> Mapping[int, Wall]:
        """Return the walls that the seat has in windows of their own, by number; what the actor may not is empty."""
        actor = self._gate.require(actor, Verb.WATCH, "directory")
        with self._units.read() as unit:
            kept = unit.directory.further_walls(actor.seat_id)
            shown = {name for wall in kept.values() for name in wall.cameras if name is not None}
            may = {camera.camera_id for camera in _own(actor, unit.directory.cameras_of(shown))}
        return {
            number: replace(wall, cameras=tuple(name if name in may else None for name in wall.cameras))
            for number, wall in kept.items()
        }

    def keep_further(self, actor: Actor, number: int, wall: Wall) -> None:
        """Remember what a further window of the actor's seat shows, and that it is open.

        Args:
            number: of the window, from 2; the wall of the main window is ``keep``'s.
        """
        self._gate.require(actor, Verb.WATCH, "wall")
        with self._units.write() as unit:
            unit.directory.put_further_wall(actor.seat_id, number, wall)
            unit.commit()

    def close_further(self, actor: Actor, number: int) -> None:
        """Forget a further window of the actor's seat: somebody closed it."""
        self._gate.require(actor, Verb.WATCH, "wall")
        with self._units.write() as unit:
            unit.directory.remove_further_wall(actor.seat_id, number)
            unit.commit()

    def arrange(
        self, allowed: Collection[CameraId], rooms: Sequence[TileRoom], profiles: Mapping[str, StreamProfile]
    ) -> Sequence[PictureWish]:
        """Return what each tile should ask for: never more pixels than it can show.

        Asks no gate and no database, so that a wall can be rearranged while the records are away.

        Args:
            allowed: the cameras that ``cameras`` gave; a tile of any other asks for nothing.
            profiles: of each tile, as ``ProfileChoice`` gave it.
        """
        return [
            PictureWish(
                tile_id=room.tile_id,
                camera_id=room.camera_id,
                profile=profiles[room.tile_id],
                max_width=max(room.width_px, 16),
                max_height=max(room.height_px, 16),
                is_selected=room.is_selected,
            )
            for room in rooms
            if room.camera_id in allowed
        ]


def _own(actor: Actor, cameras: Sequence[Camera]) -> list[Camera]:
    return [camera for camera in cameras if actor.may(Verb.WATCH, camera.place, camera.camera_id)]


def layout_named(name: str) -> Layout:
    """Return a layout of ``LAYOUTS``, the first if there is none of that name."""
    return next((layout for layout in LAYOUTS if layout.name == name), LAYOUTS[0])
