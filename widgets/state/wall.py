"""Which camera stands at which place of the wall, and which place the keys mean. Frozen, pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from console.domain.cameras import Camera
from console.domain.errors import DomainError
from console.domain.ids import CameraId
from console.domain.walls import LAYOUTS, MOST_PLACES, Layout, Wall, join, split

# Judgement: a slip is seen within a few steps; more would bring back a wall that nobody remembers.
MOST_UNDONE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WallState:
    """Cameras at their places, shown a page of the layout at a time. An empty place stays empty.

    Attributes:
        known: the cameras that may be shown, by id.
        places: of all pages in order, ``None`` for an empty one; what lies behind the last is empty too.
        selected: place on the page that the keys mean.
        is_enlarged: the selected place fills the wall.
        before: the walls that ``undo`` brings back, the newest last.
        has_alarm_tile: the last place of every page shows ``alarm_camera`` and takes no other.
    """

    known: Mapping[CameraId, Camera] = field(default_factory=dict)
    layout: Layout = LAYOUTS[0]
    places: tuple[CameraId | None, ...] = ()
    page: int = 0
    selected: int = 0
    is_enlarged: bool = False
    before: tuple[Wall, ...] = ()
    has_alarm_tile: bool = False
    alarm_camera: CameraId | None = None

    @property
    def alarm_place(self) -> int | None:
        """The place of the alarm tile; ``None`` without one, and on a wall of one tile, which would show no more."""
        return len(self.layout.places) - 1 if self.has_alarm_tile and len(self.layout.places) > 1 else None

    @property
    def size(self) -> int:
        """How many places of a page take cameras."""
        return len(self.layout.places) - (self.alarm_place is not None)

    @property
    def pages(self) -> int:
        """How many pages the cameras fill, at least one and as many as the page shown needs."""
        return max(1, -(-len(self.places) // self.size), self.page + 1)

    @property
    def shown(self) -> tuple[Camera | None, ...]:
        """The camera of each place of this page, ``None`` for an empty one."""
        size = self.size
        here = [*self.places[self.page * size : (self.page + 1) * size]]
        here += [None] * (size - len(here))
        if self.alarm_place is not None:
            here.append(self.alarm_camera)
        return tuple(self.known.get(name) if name is not None else None for name in here)

    @property
    def selected_camera(self) -> Camera | None:
        return self.shown[self.selected]

    @property
    def wall(self) -> Wall:
        """What is kept for the next time: the cameras of all pages in this layout."""
        lacking = max(0, self.size - len(self.places))
        return Wall(layout=self.layout, cameras=(*self.places, *(None for _ in range(lacking))))


def with_cameras(state: WallState, cameras: Sequence[Camera], wall: Wall | None) -> WallState:
    """Let these cameras be shown, each where the wall that was kept has it. The selected camera stays so.

    A wall that nobody has arranged yet begins with the directory's first cameras. Without ``wall`` every camera stays
    where it is; one that may not be shown any more leaves an empty place.
    """
    known = {camera.camera_id: camera for camera in cameras}
    places = wall.cameras if wall is not None else state.places
    if not places and not state.before:
        places = tuple(camera.camera_id for camera in cameras[:MOST_PLACES])
    places = _trimmed(tuple(name if name in known else None for name in places))
    layout = wall.layout if wall is not None else state.layout
    is_same = layout == state.layout and places == state.places
    after = replace(state, known=known, layout=layout, places=places)
    return replace(after, is_enlarged=_may_enlarge(after)) if is_same else _meaning(after, state)


def put(state: WallState, place: int, camera_id: CameraId) -> WallState:
    """Show a camera at a place of this page, and mean that place. One that may not be shown changes nothing."""
    if camera_id not in state.known or not 0 <= place < state.size:
        return state
    if state.is_enlarged and place != state.selected:
        return state
    return replace(_with(state, {place: camera_id}), selected=place)


def swap(state: WallState, one: int, other: int) -> WallState:
    """Let the cameras of two places of this page change places; the other is meant afterwards."""
    size = state.size
    if one == other or state.is_enlarged or not (0 <= one < size and 0 <= other < size):
        return state
    names = _names(state)
    return replace(_with(state, {one: names[other], other: names[one]}), selected=other)


def swap_beside(state: WallState, columns: int, rows: int) -> WallState:
    """Let the selected camera change places with its neighbour in that direction."""
    return swap(state, state.selected, step(state, columns, rows).selected)


def empty(state: WallState) -> WallState:
    """Empty the selected place. The alarm tile empties itself."""
    if state.selected == state.alarm_place:
        return state
    return replace(_with(state, {state.selected: None}), is_enlarged=False)


def undo(state: WallState) -> WallState:
    """Bring the wall back as it was before the last change of cameras or layout."""
    if not state.before:
        return state
    wall = state.before[-1]
    after = replace(
        state,
        layout=wall.layout,
        places=_trimmed(tuple(name if name in state.known else None for name in wall.cameras)),
        before=state.before[:-1],
        is_enlarged=False,
    )
    return after if wall.layout == state.layout else _meaning(after, state)


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


def in_layout(state: WallState, layout: Layout) -> WallState:
    """Take this layout; the selected camera is on the page that shows."""
    if layout == state.layout:
        return state
    return _meaning(replace(_remembering(state), layout=layout, is_enlarged=False), state)


def with_view(state: WallState, wall: Wall) -> WallState:
    """Show a whole view: its layout and its cameras, from its first page on."""
    places = _trimmed(tuple(name if name in state.known else None for name in wall.cameras))
    after = replace(state, layout=wall.layout, places=places, page=0, selected=0, is_enlarged=False)
    if (after.layout, after.places) == (state.layout, state.places):
        return after
    return replace(after, before=_remembering(state).before)


def with_salvo(state: WallState, puts: Sequence[tuple[int, CameraId]]) -> WallState:
    """Show these cameras at their places of this page; the others stay."""
    allowed = {place: name for place, name in puts if place < state.size and name in state.known}
    return replace(_with(state, dict(allowed)), is_enlarged=False)


def salvo_of(state: WallState) -> tuple[tuple[int, CameraId], ...]:
    """Return this page's cameras and where they stand."""
    here = state.shown[: state.size]
    return tuple((place, camera.camera_id) for place, camera in enumerate(here) if camera is not None)


def with_alarm_tile(state: WallState, *, is_on: bool) -> WallState:
    """Give the last place of every page to alarms, or back; no camera is lost, those behind move on by one."""
    if is_on == state.has_alarm_tile:
        return state
    return _meaning(replace(state, has_alarm_tile=is_on), state)


def with_alarm(state: WallState, camera_id: CameraId | None) -> WallState:
    """Show a camera in the alarm tile. One that is enlarged stays while somebody looks at it."""
    if state.is_enlarged and state.selected == state.alarm_place:
        return state
    return replace(state, alarm_camera=camera_id)


def toured(state: WallState, step: Wall | CameraId, place: int) -> WallState:
    """Show a step of a tour. There is nothing to undo: the tour itself goes on."""
    after = with_view(state, step) if isinstance(step, Wall) else put(state, place, step)
    selected = min(state.selected, len(after.layout.places) - 1)
    return replace(after, before=state.before, selected=selected)


def split_selected(state: WallState) -> WallState:
    """Cut the selected place into four; its camera stands in the first. Raises as ``walls.split``."""
    if state.selected == state.alarm_place:
        raise DomainError("The alarm tile is not divided.")
    layout = split(state.layout, state.selected)
    pages = [_inserted(page, state.selected) for page in _paged(state)]
    return _rearranged(state, layout, pages, state.selected)


def join_selected(state: WallState) -> WallState:
    """Let the selected place grow over its neighbours; their cameras go behind the last. Raises as ``walls.join``."""
    layout, gone = join(state.layout, state.selected)
    if state.alarm_place is not None and state.alarm_place in (state.selected, *gone):
        raise DomainError("The alarm tile is not joined with another.")
    pages = [[name for at, name in enumerate(page) if at not in gone] for page in _paged(state)]
    last = [page[at] for page in _paged(state) for at in gone if page[at] is not None]
    selected = state.selected - sum(1 for at in gone if at < state.selected)
    return _rearranged(state, layout, [*pages, last], selected)


def _paged(state: WallState) -> list[list[CameraId | None]]:
    size = state.size
    count = max(state.page + 1, -(-len(state.places) // size))
    places = [*state.places, *(None for _ in range(count * size - len(state.places)))]
    return [places[page * size : (page + 1) * size] for page in range(count)]


def _inserted(page: list[CameraId | None], at: int) -> list[CameraId | None]:
    return [*page[: at + 1], None, None, None, *page[at + 1 :]]


def _rearranged(state: WallState, layout: Layout, pages: list[list[CameraId | None]], selected: int) -> WallState:
    places = _trimmed(tuple(name for page in pages for name in page))
    kept = _remembering(state)
    return replace(kept, layout=layout, places=places, selected=selected, is_enlarged=False)


def _names(state: WallState) -> list[CameraId | None]:
    return [camera.camera_id if camera is not None else None for camera in state.shown]


def _with(state: WallState, changes: Mapping[int, CameraId | None]) -> WallState:
    """Return the wall with other cameras at places of this page; no change leaves nothing to undo."""
    size = state.size
    first = state.page * size
    places = [*state.places, *(None for _ in range(first + size - len(state.places)))]
    for place, name in changes.items():
        places[first + place] = name
    changed = _trimmed(tuple(places))
    return state if changed == state.places else replace(_remembering(state), places=changed)


def _remembering(state: WallState) -> WallState:
    return replace(state, before=(*state.before, state.wall)[-MOST_UNDONE:])


def _trimmed(places: tuple[CameraId | None, ...]) -> tuple[CameraId | None, ...]:
    """Leave out the empty places behind the last camera."""
    last = next((at for at in range(len(places), 0, -1) if places[at - 1] is not None), 0)
    return places[:last]


def _may_enlarge(state: WallState) -> bool:
    return state.is_enlarged and state.selected_camera is not None


def _meaning(after: WallState, before: WallState) -> WallState:
    """Mean the camera that was meant before, on the page where it stands now; the first place where it is gone."""
    camera = before.selected_camera
    at = before.page * before.size + before.selected
    name = camera.camera_id if camera is not None else None
    is_there = name is not None and name in after.places
    if not is_there:
        at = 0
    elif at >= len(after.places) or after.places[at] != name:
        at = after.places.index(name)
    size = after.size
    return replace(after, page=at // size, selected=at % size, is_enlarged=after.is_enlarged and is_there)
