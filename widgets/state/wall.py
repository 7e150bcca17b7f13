"""Which cameras stand where on the wall, and which one the keys mean. Frozen, pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from console.domain.cameras import Camera
from console.domain.walls import LAYOUTS, Layout, Wall


@dataclass(frozen=True, slots=True, kw_only=True)
class WallState:
    """Cameras in their order, shown a page of the layout at a time.

    Attributes:
        selected: place on the page that the keys mean.
        is_enlarged: the selected place fills the wall.
    """

    cameras: tuple[Camera, ...] = ()
    layout: Layout = LAYOUTS[0]
    page: int = 0
    selected: int = 0
    is_enlarged: bool = False

    @property
    def pages(self) -> int:
        """How many pages the cameras fill, at least one."""
        return max(1, -(-len(self.cameras) // len(self.layout.places)))

    @property
    def shown(self) -> tuple[Camera | None, ...]:
        """The camera of each place of this page, ``None`` for an empty one."""
        size = len(self.layout.places)
        here = self.cameras[self.page * size : (self.page + 1) * size]
        return (*here, *(None for _ in range(size - len(here))))

    @property
    def selected_camera(self) -> Camera | None:
        return self.shown[self.selected]

    @property
    def wall(self) -> Wall:
        """What is kept for the next time: this page's cameras in this layout."""
        cameras = tuple(camera.camera_id if camera is not None else None for camera in self.shown)
        return Wall(layout=self.layout, cameras=cameras)


def with_cameras(state: WallState, cameras: Sequence[Camera], wall: Wall | None) -> WallState:
    """Show these cameras; those of the wall that was kept come first, in its order. The selected camera stays so."""
    known = {camera.camera_id: camera for camera in cameras}
    first = [known.pop(name) for name in (wall.cameras if wall is not None else ()) if name in known]
    if wall is None:
        kept = [known.pop(camera.camera_id) for camera in state.cameras if camera.camera_id in known]
        first = kept
    layout = wall.layout if wall is not None else state.layout
    return _around(replace(state, cameras=(*first, *known.values()), layout=layout), state.selected_camera)


def choose(state: WallState, place: int) -> WallState:
    """Mean another place. A place the layout does not have changes nothing."""
    if 0 <= place < len(state.layout.places) and not state.is_enlarged:
        return replace(state, selected=place)
    return state


def step(state: WallState, columns: int, rows: int) -> WallState:
    """Mean the neighbour in that direction, if there is one."""
    if state.is_enlarged:
        return state
    column, row, wide, high = state.layout.places[state.selected]
    x = column + wide if columns > 0 else column - 1 if columns < 0 else column
    y = row + high if rows > 0 else row - 1 if rows < 0 else row
    for place, (left, top, width, height) in enumerate(state.layout.places):
        if left <= x < left + width and top <= y < top + height:
            return replace(state, selected=place)
    return state


def turn(state: WallState, pages: int) -> WallState:
    """Show the next page or the one before, from the last on to the first."""
    return replace(state, page=(state.page + pages) % state.pages, selected=0, is_enlarged=False)


def enlarge(state: WallState) -> WallState:
    """Let the selected place fill the wall; an empty one stays as it is."""
    return replace(state, is_enlarged=state.selected_camera is not None)


def back(state: WallState) -> WallState:
    return replace(state, is_enlarged=False)


def next_layout(state: WallState) -> WallState:
    """Take the next layout of the table; the selected camera is on the page that shows."""
    at = next((at for at, layout in enumerate(LAYOUTS) if layout.name == state.layout.name), 0)
    return in_layout(state, LAYOUTS[(at + 1) % len(LAYOUTS)])


def in_layout(state: WallState, layout: Layout) -> WallState:
    """Take this layout; the selected camera is on the page that shows."""
    return _around(replace(state, layout=layout, is_enlarged=False), state.selected_camera)


def _around(state: WallState, camera: Camera | None) -> WallState:
    size = len(state.layout.places)
    names = [shown.camera_id for shown in state.cameras]
    at = names.index(camera.camera_id) if camera is not None and camera.camera_id in names else 0
    is_kept = state.is_enlarged and camera is not None and camera.camera_id in names
    return replace(state, page=at // size, selected=at % size, is_enlarged=is_kept)
