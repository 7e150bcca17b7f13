"""The tables of how cameras see; they belong to the schema of ``tables``."""

from sqlalchemy import Column, Float, Index, Integer, String, Table

from console.infrastructure.database.tables import metadata
from console.infrastructure.database.types import UtcTime

camera_faults = Table(
    "camera_faults",
    metadata,
    Column("fault_id", String, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("began_at", UtcTime, nullable=False),
    Column("noted_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("clock_offset_s", Float),
    Index("ix_camera_faults_ended", "ended_at", "began_at"),
)

camera_references = Table(
    "camera_references",
    metadata,
    Column("reference_id", String, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("taken_at", UtcTime, nullable=False),
    Column("measured", String, nullable=False),
    Column("picture", String, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("taken_by", String, nullable=False),
    Index("ix_camera_references_camera", "camera_id", "taken_at"),
)
