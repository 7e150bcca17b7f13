"""The table of what was recorded; it belongs to the schema of ``tables``."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table, text

from console.infrastructure.database.tables import metadata
from console.infrastructure.database.types import UtcTime

_THERE = "lost_at IS NULL"

recording_segments = Table(
    "recording_segments",
    metadata,
    Column("segment_id", String, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("profile", String, nullable=False),
    Column("made_for", String, nullable=False),
    Column("path", String, nullable=False),
    Column("begins_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("media_from_s", Float, nullable=False),
    Column("media_to_s", Float, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String, nullable=False),
    Column("codec", String, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("captured_at", UtcTime),
    Column("clock_offset_s", Float),
    Column("follows", String, nullable=False),
    Column("lost_at", UtcTime),
    Index("ix_recording_segments_camera", "camera_id", "begins_at", "segment_id"),
    Index("ix_recording_segments_begins_at", "begins_at", "segment_id"),
    # Holds the size too, so that what a class takes is added up without touching a row.
    Index(
        "ix_recording_segments_oldest",
        "made_for",
        "begins_at",
        "segment_id",
        "size_bytes",
        sqlite_where=text(_THERE),
        postgresql_where=text(_THERE),
    ),
)
