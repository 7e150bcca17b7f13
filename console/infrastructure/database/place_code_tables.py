"""The table of codes that hang at places; it belongs to the schema of ``tables``."""

from sqlalchemy import Column, Float, String, Table

from console.infrastructure.database.tables import metadata
from console.infrastructure.database.types import UtcTime

place_codes = Table(
    "place_codes",
    metadata,
    Column("code", String, primary_key=True),
    Column("label_zh", String, nullable=False),
    Column("label_en", String, nullable=False),
    Column("address", String, nullable=False),
    Column("district", String, nullable=False),
    Column("street", String, nullable=False),
    Column("community", String, nullable=False),
    Column("grid_cell", String, nullable=False),
    Column("longitude", Float),
    Column("latitude", Float),
    Column("camera_id", String),
    Column("made_at", UtcTime, nullable=False),
    Column("forgotten_at", UtcTime),
)
