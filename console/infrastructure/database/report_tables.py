"""The table of reports taken in; it belongs to the schema of ``tables``."""

from sqlalchemy import Column, Index, String, Table

from console.infrastructure.database.tables import metadata
from console.infrastructure.database.types import UtcTime

reports = Table(
    "reports",
    metadata,
    Column("report_id", String, primary_key=True),
    Column("partner", String, nullable=False),
    Column("alarm_id", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("digest", String, nullable=False),
    Index("ix_reports_partner", "partner", "at", "report_id"),
)
