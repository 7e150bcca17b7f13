"""The tables of what a seat keeps of its wall."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table

from console.infrastructure.database.tables import metadata
from console.infrastructure.database.types import Json, UtcTime

wall_views = Table(
    "wall_views",
    metadata,
    Column("view_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("seat_id", String, nullable=True),
    Column("shows", Json, nullable=False),
)

wall_habits = Table(
    "wall_habits",
    metadata,
    Column("seat_id", String, primary_key=True),
    Column("layers", Json, nullable=False),
    Column("has_alarm_tile", Boolean, nullable=False),
)

bookmarks = Table(
    "bookmarks",
    metadata,
    Column("bookmark_id", String, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("words", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("seat_id", String, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Index("ix_bookmarks_newest", "made_at", "bookmark_id"),
)
