"""What the directory's panel shows: a search's findings, or the tree with the branches that are open. Frozen, pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from console.application.directory_desk import Found, IllFound, Leaves
from console.application.directory_index import FoundKey
from console.application.directory_ports import Ailment, Branch, BranchRow, CameraLine, Sorting, Standing
from console.domain.cameras import CameraKind
from console.words import N_
from widgets.state.telling import Told

# What a sharing platform says of a camera that it passes on, as far as it is worth a word.
STANDING_WORDS = MappingProxyType(
    {Standing.OFFLINE: N_("Offline at the platform"), Standing.GONE: N_("Gone from the platform")}
)
KIND_WORDS: Mapping[CameraKind, str] = MappingProxyType(
    {
        CameraKind.DOME: N_("Dome"),
        CameraKind.HALF_DOME: N_("Half dome"),
        CameraKind.BULLET: N_("Bullet"),
        CameraKind.PTZ_BULLET: N_("PTZ bullet"),
        CameraKind.PTZ_HALF_DOME: N_("PTZ half dome"),
        CameraKind.PANORAMA: N_("Panorama"),
        CameraKind.BODY_WORN: N_("Body-worn"),
        CameraKind.DRONE: N_("Drone"),
        CameraKind.OTHER: N_("Other"),
    }
)
AILMENT_WORDS: Mapping[Ailment, str] = MappingProxyType(
    {
        Ailment.SILENT: N_("No picture"),
        Ailment.BLACK: N_("Picture black"),
        Ailment.BLANK: N_("Picture of one colour"),
        Ailment.BLURRED: N_("Blurred"),
        Ailment.COVERED: N_("Covered"),
        Ailment.TURNED: N_("Turned away"),
        Ailment.CLOCK_OFF: N_("Clock off"),
    }
)
SORTING_WORDS: Mapping[Sorting, str] = MappingProxyType(
    {
        Sorting.AREA: N_("Area"),
        Sorting.KIND: N_("Kind"),
        Sorting.OWNER: N_("Owner"),
        Sorting.TAG: N_("Tag"),
        Sorting.FAVOURITES: N_("Favourites"),
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the list: a branch, a camera, or the one that asks for more.

    Attributes:
        depth: how far it is indented.
    """

    depth: int
    branch: BranchRow | None = None
    camera: CameraLine | None = None
    is_open: bool = False
    more_of: Branch | None = None

    @property
    def key(self) -> str:
        """What the row is, so that it stays selected when others come and go."""
        if self.camera is not None:
            return f"camera {self.camera.camera_id} {self.depth}"
        branch = self.branch.branch if self.branch is not None else self.more_of
        return f"{'branch' if self.branch is not None else 'more'} {branch}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryState:
    """Attributes:
    typed: what stands in the search field; empty shows the tree.
    found: the answer to ``answered``, ``None`` before the first.
    answered: what ``found`` was looked for with: while somebody types on, the last findings stay.
    size: how many cameras there are to look through, ``None`` while nobody has counted.
    only_ill: whether only ill cameras are listed; ``ailment``: of these only who suffers from it.
    ill: what was read of them for ``ill_asked``; ``None`` before the first time.
    """

    typed: str = ""
    sorting: Sorting = Sorting.AREA
    found: tuple[CameraLine, ...] | None = None
    answered: str = ""
    more_after: FoundKey | None = None
    branches: Mapping[Branch, tuple[BranchRow, ...]] = field(default_factory=dict)
    leaves: Mapping[Branch, Leaves] = field(default_factory=dict)
    open: frozenset[Branch] = frozenset()
    size: int | None = None
    only_ill: bool = False
    ailment: Ailment | None = None
    ill: IllFound | None = None
    ill_asked: tuple[Ailment | None, str] | None = None

    @property
    def ill_wanted(self) -> tuple[Ailment | None, str]:
        """What is to be read: the whole of it while nobody wants only those."""
        return (self.ailment, self.typed) if self.only_ill else (None, "")

    @property
    def is_searching(self) -> bool:
        return bool(self.typed.strip())

    @property
    def trunk(self) -> Branch:
        return Branch(self.sorting)


def rows(state: DirectoryState) -> tuple[Row, ...]:
    """Return the rows of the list, top down."""
    if state.only_ill:
        return tuple(Row(0, camera=line) for line in (state.ill.lines if state.ill is not None else ()))
    if state.is_searching:
        lines = tuple(Row(0, camera=line) for line in state.found or ())
        return (*lines, Row(0, more_of=state.trunk)) if state.more_after is not None else lines
    return tuple(_below(state, state.trunk, 0))


def _below(state: DirectoryState, branch: Branch, depth: int) -> list[Row]:
    if branch.is_last:
        leaves = state.leaves.get(branch)
        if leaves is None:
            return []
        more = [Row(depth, more_of=branch)] if leaves.more_after is not None else []
        return [*(Row(depth, camera=line) for line in leaves.lines), *more]
    found: list[Row] = []
    for row in state.branches.get(branch, ()):
        is_open = row.branch in state.open
        found.append(Row(depth, branch=row, is_open=is_open))
        if is_open:
            found += _below(state, row.branch, depth + 1)
    return found


def took_found(state: DirectoryState, typed: str, page: Found, *, is_next: bool) -> DirectoryState:
    """Show what was found, behind what stands there where it is the next page; an old answer changes nothing."""
    if typed != state.typed:
        return state
    lines = (*(state.found or ()), *page.lines) if is_next else page.lines
    return replace(state, found=lines, answered=typed, more_after=page.more_after)


def took_ill(state: DirectoryState, asked: tuple[Ailment | None, str], found: IllFound) -> DirectoryState:
    """Show which cameras are ill, and how many; an answer to what is no longer asked changes nothing."""
    return replace(state, ill=found, ill_asked=asked) if asked == state.ill_wanted else state


def took_leaves(state: DirectoryState, branch: Branch, page: Leaves, *, is_next: bool) -> DirectoryState:
    before = state.leaves.get(branch)
    lines = (*before.lines, *page.lines) if is_next and before is not None else page.lines
    return replace(state, leaves={**state.leaves, branch: Leaves(lines, page.more_after)})


def took_branches(state: DirectoryState, branch: Branch, found: tuple[BranchRow, ...]) -> DirectoryState:
    return replace(state, branches={**state.branches, branch: found})


def turned(state: DirectoryState, branch: Branch, *, is_open: bool) -> DirectoryState:
    """Open a branch, or close it."""
    return replace(state, open=state.open | {branch} if is_open else state.open - {branch})


def marked(state: DirectoryState, camera_id: str, *, is_favourite: bool) -> DirectoryState:
    """Show a camera as a favourite or no longer, wherever it stands."""

    def lines(some: tuple[CameraLine, ...]) -> tuple[CameraLine, ...]:
        return tuple(replace(one, is_favourite=is_favourite) if one.camera_id == camera_id else one for one in some)

    leaves = {branch: Leaves(lines(page.lines), page.more_after) for branch, page in state.leaves.items()}
    ill = None if state.ill is None else replace(state.ill, lines=lines(state.ill.lines))
    return replace(state, leaves=leaves, ill=ill, found=None if state.found is None else lines(state.found))


def forgotten(state: DirectoryState) -> DirectoryState:
    """Forget everything read: the directory has changed. What is typed, chosen and open stays."""
    return replace(state, found=None, answered="", more_after=None, branches={}, leaves={}, size=None)


def said_instead(state: DirectoryState) -> Told | None:
    """Return what stands where rows would, if there are none."""
    if rows(state):
        return None
    if state.only_ill:
        if state.ill is None or state.ill_asked != state.ill_wanted:
            return Told(N_("Looking for cameras…"))
        if state.is_searching:
            return Told(N_("No ill camera matches “{words}”."), {"words": state.typed.strip()})
        return Told(N_("No camera is ill in this way."))
    if state.is_searching:
        if state.found is None or state.answered != state.typed:
            return Told(N_("Looking for cameras…"))
        return Told(
            N_("No match for “{words}”. Try a road, a number or pinyin initials."), {"words": state.typed.strip()}
        )
    if state.sorting is Sorting.FAVOURITES:
        has_read = state.trunk in state.leaves
        return Told(N_("No favourites yet. F keeps the chosen camera here.") if has_read else N_("Reading cameras…"))
    if state.trunk not in state.branches:
        return Told(N_("Reading cameras…"))
    return Told(N_("There is no camera here that you may watch. An administrator adds cameras and places."))


def name_of(row: BranchRow) -> Told | str:
    """Return what a branch is called; one without a name says what was not written down."""
    name = row.branch.path[-1]
    if row.branch.sorting is Sorting.KIND:
        return Told(KIND_WORDS[CameraKind(name)]) if name else Told(N_("Kind not written down"))
    if name:
        return name
    if row.branch.sorting is Sorting.OWNER:
        return Told(N_("Owner not written down"))
    if row.branch.sorting is Sorting.TAG:
        return Told(N_("Without a tag"))
    places = (N_("District not written down"), N_("Street not written down"), N_("Community not written down"))
    return Told(places[len(row.branch.path) - 1])
