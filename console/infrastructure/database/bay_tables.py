"""The table of stays in parking bays; it belongs to the schema of ``tables``."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, text

from console.infrastructure.database.tables import metadata
from console.infrastructure.database.types import UtcTime

bay_sessions = Table(
    "bay_sessions",
    metadata,
    Column("session_id", String, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("rule_id", String, nullable=False),
    Column("row", String, nullable=False),
    Column("bay", Integer, nullable=False),
    Column("entered_at", UtcTime, nullable=False),
    Column("is_begin_known", Boolean, nullable=False),
    Column("is_sure", Boolean, nullable=False),
    Column("left_at", UtcTime),
    Column("plate", String, nullable=False),
    Column("settled", String),
    Column("settled_by", String, nullable=False),
    Column("settled_at", UtcTime),
    Index("ix_bay_sessions_entered", "entered_at", "session_id"),
    Index(
        "ix_bay_sessions_open",
        "camera_id",
        "rule_id",
        "bay",
        sqlite_where=text("left_at IS NULL"),
        postgresql_where=text("left_at IS NULL"),
    ),
)
