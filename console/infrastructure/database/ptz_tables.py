"""The tables of turning cameras; they belong to the schema of ``tables``."""

from sqlalchemy import JSON, Column, Integer, String, Table

from console.infrastructure.database.tables import metadata
from console.infrastructure.database.types import UtcTime

ptz_setups = Table(
    "ptz_setups",
    metadata,
    Column("camera_id", String, primary_key=True),
    Column("device_address", String, nullable=False),
    Column("profile", String, nullable=False),
    Column("return_preset", String, nullable=False),
    Column("tour", JSON(none_as_null=True)),
)

# One row a camera that is or was turned; free once ``until`` has passed.
ptz_leases = Table(
    "ptz_leases",
    metadata,
    Column("camera_id", String, primary_key=True),
    Column("lease_id", String, nullable=False),
    Column("account_id", String, nullable=False),
    Column("display_name", String, nullable=False),
    Column("seat_id", String, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("until", UtcTime, nullable=False),
)
