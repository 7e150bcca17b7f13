"""The table of cameras that sharing platforms pass on; it belongs to the schema of ``tables``."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table

from console.infrastructure.database.tables import metadata
from console.infrastructure.database.types import UtcTime

# One row a camera a platform has ever listed. ``said`` is what the platform said of it the last time; ``since`` when
# it came to be online, offline or gone.
shared_channels = Table(
    "shared_channels",
    metadata,
    Column("camera_id", String, primary_key=True),
    Column("platform", String, nullable=False),
    Column("address", String, nullable=False),
    Column("said", JSON(none_as_null=True), nullable=False),
    Column("is_online", Boolean, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("gone_at", UtcTime),
    Index("ix_shared_channels_address", "address", unique=True),
    Index("ix_shared_channels_platform", "platform", "seen_at"),
)
