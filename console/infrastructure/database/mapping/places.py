"""Places, which are columns of whatever stands there."""

from typing import Any

from sqlalchemy import RowMapping

from console.domain.places import Place


def columns_of(place: Place) -> dict[str, Any]:
    return {
        "address": place.address,
        "district": place.district,
        "street": place.street,
        "community": place.community,
        "grid_cell": place.grid_cell,
        "longitude": place.longitude,
        "latitude": place.latitude,
    }


def place_in(row: RowMapping) -> Place:
    return Place(
        address=row["address"],
        district=row["district"],
        street=row["street"],
        community=row["community"],
        grid_cell=row["grid_cell"],
        longitude=row["longitude"],
        latitude=row["latitude"],
    )
