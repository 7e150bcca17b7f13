"""The tables of what verdicts teach; they belong to the schema of ``tables``."""

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    exists,
    literal_column,
    text,
)

from console.infrastructure.database.tables import alarms, metadata
from console.infrastructure.database.types import UtcTime

seen_alarms = Table(
    "seen_alarms",
    metadata,
    Column("alarm_id", String, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("category", String, nullable=False),
    Column("raised_at", UtcTime, nullable=False),
    Column("embedding", LargeBinary, nullable=False),
    Column("embedder", String, nullable=False),
    Column("score", Float, nullable=False),
    Column("teaching", String, nullable=False),
    Column("lesson_id", String, nullable=False),
    Column("probability", Float),
    Column("act", String, nullable=False, server_default=text("'shadow'")),
    Index("ix_seen_alarms_subject", "camera_id", "category", "raised_at"),
    Index(
        "ix_seen_alarms_waiting",
        "raised_at",
        "alarm_id",
        sqlite_where=text("teaching = 'waiting'"),
        postgresql_where=text("teaching = 'waiting'"),
    ),
    Index(
        "ix_seen_alarms_kept_off",
        "raised_at",
        "alarm_id",
        sqlite_where=text("act = 'suppress'"),
        postgresql_where=text("act = 'suppress'"),
    ),
)

lessons = Table(
    "lessons",
    metadata,
    Column("lesson_id", String, primary_key=True),
    Column("camera_id", String, nullable=False),
    Column("category", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("taught_at", UtcTime, nullable=False),
    Column("embedder", String, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("figures", String, nullable=False),
    Column("is_better", Boolean, nullable=False),
    Column("real", Integer, nullable=False),
    Column("false", Integer, nullable=False),
    Index("ix_lessons_subject", "camera_id", "category", "number", unique=True),
)

verifier_settings = Table(
    "verifier_settings",
    metadata,
    Column("camera_id", String, primary_key=True),
    Column("category", String, primary_key=True),
    Column("line", Float, nullable=False),
    Column("sampled", Float, nullable=False),
    Column("lesson_id", String, nullable=False),
)

IS_KEPT_OFF: ColumnElement[bool] = exists().where(
    seen_alarms.c.alarm_id == alarms.c.alarm_id, seen_alarms.c.act == literal_column("'suppress'")
)
