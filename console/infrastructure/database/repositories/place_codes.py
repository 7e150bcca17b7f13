"""Codes that hang at places."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select, update

from console.domain.ids import CameraId
from console.domain.intake import PlaceCode
from console.infrastructure.database.mapping.places import columns_of, place_in
from console.infrastructure.database.place_code_tables import place_codes
from console.infrastructure.database.repositories.rows import add, one


class SqlPlaceCodes:
    """Keeps the promises of ``intake_ports.PlaceCodes``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, code: PlaceCode) -> None:
        values = {
            "code": code.code,
            "label_zh": code.label_zh,
            "label_en": code.label_en,
            "camera_id": code.camera_id,
            "made_at": code.made_at,
            "forgotten_at": code.forgotten_at,
        }
        add(self._connection, place_codes, values | columns_of(code.place))

    def find(self, code: str) -> PlaceCode | None:
        row = one(self._connection, select(place_codes).where(place_codes.c.code == code))
        return None if row is None else _code_in(row)

    def all(self) -> Sequence[PlaceCode]:
        statement = select(place_codes).order_by(place_codes.c.made_at, place_codes.c.code)
        return [_code_in(row) for row in self._connection.execute(statement).mappings()]

    def forget(self, code: str, at: datetime) -> None:
        still = place_codes.c.forgotten_at.is_(None)
        self._connection.execute(update(place_codes).where(place_codes.c.code == code, still).values(forgotten_at=at))


def _code_in(row: RowMapping) -> PlaceCode:
    return PlaceCode(
        code=row["code"],
        label_zh=row["label_zh"],
        label_en=row["label_en"],
        place=place_in(row),
        camera_id=CameraId(row["camera_id"]) if row["camera_id"] else None,
        made_at=row["made_at"],
        forgotten_at=row["forgotten_at"],
    )
