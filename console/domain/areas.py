"""The city's areas as polygons, and in which of them a point lies."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from itertools import chain

from console.domain.errors import DomainError
from console.domain.places import GRID_CELL_DIGITS, Place

Ring = tuple[tuple[float, float], ...]
"""Corners of an outline: longitude, latitude in degrees, WGS 84; the last one joins the first."""

BILLIONTHS = 1_000_000_000
"""Of a degree, 0.1 mm on the ground: corners and points are counted in them, as whole numbers without rounding."""


class AreaLevel(Enum):
    """How deep an area lies, by the digits of its code (DOMAIN A.2)."""

    DISTRICT = 6
    STREET = 9
    COMMUNITY = 12
    GRID = GRID_CELL_DIGITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A district, street, community or cell of the grid.

    Attributes:
        code: 6, 9, 12 or 15 digits; those of the area around it come first.
        zh, en: its names; a cell of the grid may have none.
        rings: outlines of its parts and of their holes, in any order and either way round.

    Raises:
        DomainError: the code is of no level, or an outline has fewer than three corners.
    """

    code: str
    zh: str = ""
    en: str = ""
    rings: tuple[Ring, ...]

    def __post_init__(self) -> None:
        if not self.code.isascii() or not self.code.isdigit() or len(self.code) not in {one.value for one in AreaLevel}:
            raise DomainError("Area code {code} is not 6, 9, 12 or 15 digits.", code=self.code)
        if not self.rings or any(len(set(ring)) < 3 for ring in self.rings):
            raise DomainError("Area {code} needs at least three corners.", code=self.code)
        for longitude, latitude in chain.from_iterable(self.rings):
            if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
                raise DomainError("Area {code} has a corner that is no longitude and latitude.", code=self.code)

    @property
    def level(self) -> AreaLevel:
        return AreaLevel(len(self.code))

    @property
    def box(self) -> tuple[int, int, int, int]:
        """West, south, east, north in billionths of a degree; a point outside of it is not in the area."""
        across = [_whole(longitude) for longitude, _ in chain.from_iterable(self.rings)]
        up = [_whole(latitude) for _, latitude in chain.from_iterable(self.rings)]
        return min(across), min(up), max(across), max(up)

    def holds(self, longitude: float, latitude: float) -> bool:
        """Tell whether a point lies in the area: the even-odd rule over all rings.

        An edge belongs to the area east of it, or north of it where it runs level. Each edge is walked from south to
        north and reckoned in whole numbers, so two neighbours decide alike about the edge they share: of areas that
        meet corner to corner exactly one holds a point. Where a corner of one lies on the bare edge of another there
        may be a sliver that both hold or neither.
        """
        x, y = _whole(longitude), _whole(latitude)
        is_inside = False
        for (xa, ya), (xb, yb) in _edges(self.rings):
            if ya <= y < yb and (xb - xa) * (y - ya) > (x - xa) * (yb - ya):
                is_inside = not is_inside
        return is_inside


def point_in_billionths(longitude: float, latitude: float) -> tuple[int, int]:
    """Return a point as an area's box counts it."""
    return _whole(longitude), _whole(latitude)


def areas_at(areas: Iterable[Area], longitude: float, latitude: float) -> Mapping[AreaLevel, Area]:
    """Return the area of each level that holds the point; of two that overlap the one with the smaller code."""
    found: dict[AreaLevel, Area] = {}
    for area in areas:
        known = found.get(area.level)
        if (known is None or area.code < known.code) and area.holds(longitude, latitude):
            found[area.level] = area
    return found


def located(place: Place, areas: Iterable[Area]) -> Place:
    """Return the place with the cell, community, street and district its point lies in, where it names none itself."""
    if place.longitude is None or place.latitude is None:
        return place
    found = areas_at(areas, place.longitude, place.latitude)
    names = {level: area.zh for level, area in found.items()}
    cell = found.get(AreaLevel.GRID)
    return replace(
        place,
        grid_cell=place.grid_cell or ("" if cell is None else cell.code),
        community=place.community or names.get(AreaLevel.COMMUNITY, ""),
        street=place.street or names.get(AreaLevel.STREET, ""),
        district=place.district or names.get(AreaLevel.DISTRICT, ""),
    )


def _edges(rings: tuple[Ring, ...]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield every edge that does not run level, its southern end first."""
    for ring in rings:
        corners = [point_in_billionths(*corner) for corner in ring]
        for here, there in zip(corners, (*corners[1:], corners[0]), strict=True):
            if here[1] < there[1]:
                yield here, there
            elif there[1] < here[1]:
                yield there, here


def _whole(degrees: float) -> int:
    return round(degrees * BILLIONTHS)
