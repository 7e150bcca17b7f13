"""Where something is: a point, an address, and the cell of the city's grid that answers for it."""

import math
from dataclasses import dataclass

from console.domain.errors import DomainError

EARTH_RADIUS_M = 6_371_000.0
GRID_CELL_DIGITS = 15  # 6 district + 3 street + 3 community + 3 sequence (DOMAIN A.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the city.

    Attributes:
        longitude, latitude: degrees, WGS 84; ``None`` where nobody measured them.
        grid_cell: 15 digits.
    """

    address: str
    district: str = ""
    street: str = ""
    community: str = ""
    grid_cell: str = ""
    longitude: float | None = None
    latitude: float | None = None

    def __post_init__(self) -> None:
        if self.grid_cell and (len(self.grid_cell) != GRID_CELL_DIGITS or not self.grid_cell.isdigit()):
            raise DomainError("Grid cell {cell} is not 15 digits.", cell=self.grid_cell)
        if self.longitude is not None and not -180 <= self.longitude <= 180:
            raise DomainError("Longitude {value} is outside −180…180.", value=self.longitude)
        if self.latitude is not None and not -90 <= self.latitude <= 90:
            raise DomainError("Latitude {value} is outside −90…90.", value=self.latitude)


def metres_between(one: Place, other: Place) -> float | None:
    """Return the distance on the ground, ``None`` where a place is not measured. Flat is exact enough in a city."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    north = math.radians(other.latitude - one.latitude)
    east = math.radians(other.longitude - one.longitude) * math.cos(math.radians((one.latitude + other.latitude) / 2))
    return EARTH_RADIUS_M * math.hypot(north, east)
