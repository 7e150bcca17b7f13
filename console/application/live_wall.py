"""Which streams a wall needs: directory and layout and room become wishes for pictures."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from console.application.permissions import Gate
from console.application.ports import UnitsOfWork
from console.application.profile_choice import TileRoom
from console.domain.accounts import Actor, Verb
from console.domain.cameras import Camera, StreamProfile
from console.domain.ids import CameraId
from console.domain.walls import LAYOUTS, MOST_PLACES, Layout, Wall


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
            found = [
                camera for camera in unit.directory.cameras() if actor.may(Verb.WATCH, camera.place, camera.camera_id)
            ]
        return sorted(found, key=lambda camera: camera.number)

    def wall(self, actor: Actor) -> Wall:
        """Return what the seat showed last, else a 3 × 3 with the first cameras on it and on its next pages.

        Whoever sat here before may have watched more: what the actor may not is an empty tile.
        """
        own = [camera.camera_id for camera in self.cameras(actor)]
        with self._units.read() as unit:
            kept = unit.directory.wall(actor.seat_id)
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
        may = {camera.camera_id for camera in self.cameras(actor)}
        with self._units.read() as unit:
            kept = unit.directory.further_walls(actor.seat_id)
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


def layout_named(name: str) -> Layout:
    """Return a layout of ``LAYOUTS``, the first if there is none of that name."""
    return next((layout for layout in LAYOUTS if layout.name == name), LAYOUTS[0])
