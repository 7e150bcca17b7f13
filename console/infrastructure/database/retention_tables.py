"""The tables of locks, deletions and jobs; they belong to the schema of ``tables``."""

from sqlalchemy import BigInteger, Column, ColumnElement, Index, Integer, String, Table, UniqueConstraint, text

from console.infrastructure.database.tables import metadata
from console.infrastructure.database.types import UtcTime

_HOLDS = "released_at IS NULL"

locks = Table(
    "locks",
    metadata,
    Column("lock_id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("evidence_id", String),
    Column("camera_id", String),
    Column("from_at", UtcTime),
    Column("to_at", UtcTime),
    Column("case_id", String),
    Column("reason", String, nullable=False),
    Column("locked_by", String, nullable=False),
    Column("locked_at", UtcTime, nullable=False),
    Column("released_at", UtcTime),
    Column("released_by", String, nullable=False),
    Column("release_reason", String, nullable=False),
    Index("ix_locks_evidence_id", "evidence_id"),
    Index("ix_locks_case_id", "case_id"),
    # Released ones are history: what holds back is asked before each deletion.
    Index("ix_locks_span", "camera_id", "to_at", "from_at", sqlite_where=text(_HOLDS), postgresql_where=text(_HOLDS)),
    Index("ix_locks_newest", "locked_at", "lock_id", sqlite_where=text(_HOLDS), postgresql_where=text(_HOLDS)),
)

deletions = Table(
    "deletions",
    metadata,
    Column("line", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("deletion_id", String, nullable=False),
    Column("stored_id", String, nullable=False),
    Column("holding", String, nullable=False),
    Column("path", String, nullable=False),
    Column("camera_id", String),
    Column("begins_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String, nullable=False),
    Column("why", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("deleted_by", String, nullable=False),
    Column("deleted_at", UtcTime, nullable=False),
    # Nothing is deleted twice.
    UniqueConstraint("stored_id"),
    Index("ix_deletions_camera_id", "camera_id", "begins_at"),
    Index("ix_deletions_deleted_at", "deleted_at"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("name", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("leased_until", UtcTime),
    Column("began_at", UtcTime),
    Column("ended_at", UtcTime),
    Column("next_at", UtcTime, nullable=False),
    Column("runs", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failure", String, nullable=False),
)

LOCK_HOLDS: ColumnElement[bool] = locks.c.released_at.is_(None)
