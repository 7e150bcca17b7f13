"""The tables of sensors and of what they measured; they belong to the schema of ``tables``."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, String, Table

from console.infrastructure.database.tables import metadata
from console.infrastructure.database.types import Json, UtcTime

sensors = Table(
    "sensors",
    metadata,
    Column("number", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("zh", String, nullable=False),
    Column("en", String, nullable=False),
    Column("camera_id", String),
    Column("address", String, nullable=False),
    Column("district", String, nullable=False),
    Column("street", String, nullable=False),
    Column("community", String, nullable=False),
    Column("grid_cell", String, nullable=False),
    Column("longitude", Float),
    Column("latitude", Float),
    Column("category", String, nullable=False),
    Column("priority", String, nullable=False),
    Column("is_upper", Boolean, nullable=False),
    Column("bound_at", Float, nullable=False),
    Column("back_at", Float, nullable=False),
    Column("for_s", Float, nullable=False),
    Column("hold_off_s", Float, nullable=False),
    Column("unit_of_value", String, nullable=False),
    Column("closes_itself", Boolean, nullable=False),
    Column("silent_after_s", Float, nullable=False),
    Column("state", Json, nullable=False),
)

sensor_readings = Table(
    "sensor_readings",
    metadata,
    Column("number", String, primary_key=True),
    Column("boot", BigInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("value", Float, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Index("ix_sensor_readings_received", "received_at"),
)
