"""What the directory's desk reads of the records, and the rows it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from console.application.directory_index import IndexEntry
from console.domain.accounts import Scope
from console.domain.cameras import CameraKind
from console.domain.ids import AccountId, CameraId


class Sorting(StrEnum):
    """By what the tree of the directory is grown."""

    AREA = "area"
    KIND = "kind"
    OWNER = "owner"
    TAG = "tag"
    FAVOURITES = "favourites"


@dataclass(frozen=True, slots=True)
class Branch:
    """A place in the tree: of areas district, street, community; of all others one name. Empty is the trunk."""

    sorting: Sorting
    path: tuple[str, ...] = ()

    @property
    def is_last(self) -> bool:
        """Whether cameras hang on it and no further branches."""
        depth = {Sorting.AREA: 3, Sorting.FAVOURITES: 0}.get(self.sorting, 1)
        return len(self.path) >= depth


@dataclass(frozen=True, slots=True)
class BranchRow:
    """A branch and how many cameras hang on it; its last name is empty where nobody wrote one down."""

    branch: Branch
    cameras: int


class Standing(StrEnum):
    """How a sharing platform has a camera that it passes on, since it was last asked for its directory."""

    FINE = ""
    OFFLINE = "offline"
    GONE = "gone"


class Ailment(StrEnum):
    """What a camera may suffer from: what is wrong with its picture or clock, or that it gives no picture."""

    SILENT = "silent"
    BLACK = "black"
    BLANK = "blank"
    BLURRED = "blurred"
    COVERED = "covered"
    TURNED = "turned"
    CLOCK_OFF = "clock_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraLine:
    """A camera as a list shows it: no address of a stream, no secret."""

    camera_id: CameraId
    number: str
    code: str
    name: str
    address: str
    street: str
    owner: str
    kind: CameraKind
    tags: tuple[str, ...]
    is_favourite: bool
    standing: Standing = Standing.FINE
    ailments: tuple[Ailment, ...] = ()


class DirectoryQueries(Protocol):
    """Rows of the directory that a scope covers. Safe from any thread."""

    def mark(self) -> int:
        """Return how often the cameras were changed."""
        ...

    def entries(self, scope: Scope) -> Sequence[IndexEntry]:
        """Return the words of every camera, by number and id."""
        ...

    def lines(self, camera_ids: Sequence[CameraId], scope: Scope, account_id: AccountId) -> Sequence[CameraLine]:
        """Return these cameras in this order; those that are gone are left out."""
        ...

    def branches(self, branch: Branch, scope: Scope) -> Sequence[BranchRow]: ...

    def lines_on(
        self, branch: Branch, scope: Scope, account_id: AccountId, after: tuple[str, str] | None, most: int
    ) -> Sequence[CameraLine]:
        """Return the cameras of a branch by number and id, behind the key of the last row seen."""
        ...
