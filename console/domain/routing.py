"""Who answers for a matter in a place at an hour: a pure function over a table."""

from dataclasses import dataclass
from datetime import datetime, time

from console.domain.ids import CategoryCode, UnitId
from console.domain.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Whoever must deal with a case, and where its cases are delivered.

    ``credentials_name`` names the key in the vault; the address holds none.
    """

    unit_id: UnitId
    zh: str
    en: str
    address: str
    credentials_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRow:
    """One line of the routing table; empty fields match everything.

    Attributes:
        category_prefix: leading digits of the category code.
        grid_prefix: leading digits of the grid cell.
        begins, ends: local time of day; ``ends`` before ``begins`` runs over midnight.
    """

    row: int
    unit_id: UnitId
    category_prefix: str = ""
    grid_prefix: str = ""
    begins: time | None = None
    ends: time | None = None

    def covers(self, category: CategoryCode, place: Place, local: datetime) -> bool:
        return (
            category.startswith(self.category_prefix)
            and place.grid_cell.startswith(self.grid_prefix)
            and self._covers_hour(local.time())
        )

    def _covers_hour(self, hour: time) -> bool:
        if self.begins is None or self.ends is None:
            return True
        if self.begins <= self.ends:
            return self.begins <= hour < self.ends
        return hour >= self.begins or hour < self.ends

    @property
    def narrowness(self) -> tuple[int, int, int]:
        """How special the line is: the matter counts first, then the place, then the hour."""
        return (len(self.category_prefix), len(self.grid_prefix), int(self.begins is not None))


@dataclass(frozen=True, slots=True)
class Proposal:
    """The unit proposed, and the line of the table that says so."""

    unit_id: UnitId
    because: RoutingRow


def propose(rows: tuple[RoutingRow, ...], category: CategoryCode, place: Place, local: datetime) -> Proposal | None:
    """Return who would get the case: the narrowest matching line, the earlier of equals; ``None`` if none matches.

    Args:
        local: the moment in the city's own time.
    """
    matching = [row for row in rows if row.covers(category, place, local)]
    if not matching:
        return None
    best = max(matching, key=lambda row: (row.narrowness, -row.row))
    return Proposal(best.unit_id, best)
