"""The table of warnings of cases; it belongs to the schema of ``tables``."""

from sqlalchemy import Column, String, Table

from console.infrastructure.database.tables import metadata
from console.infrastructure.database.types import UtcTime

case_warnings = Table(
    "case_warnings",
    metadata,
    Column("case_id", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("of_moment", UtcTime, primary_key=True),
    Column("given_at", UtcTime, nullable=False),
)
