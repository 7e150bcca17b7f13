"""Locks, the log of deletions, and whose turn a job is."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# A lock is released, not taken away; a line of the log is never changed.
WRITTEN_ONCE = (("locks", ("DELETE",)), ("deletions", ("UPDATE", "DELETE")))


def upgrade() -> None:
    op.create_table(
        "locks",
        sa.Column("lock_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=True),
        sa.Column("camera_id", sa.String(), nullable=True),
        sa.Column("from_at", MOMENT, nullable=True),
        sa.Column("to_at", MOMENT, nullable=True),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("locked_by", sa.String(), nullable=False),
        sa.Column("locked_at", MOMENT, nullable=False),
        sa.Column("released_at", MOMENT, nullable=True),
        sa.Column("released_by", sa.String(), nullable=False),
        sa.Column("release_reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("lock_id", name="pk_locks"),
    )
    holds = sa.text("released_at IS NULL")
    op.create_index("ix_locks_evidence_id", "locks", ["evidence_id"])
    op.create_index("ix_locks_case_id", "locks", ["case_id"])
    op.create_index(
        "ix_locks_span", "locks", ["camera_id", "to_at", "from_at"], sqlite_where=holds, postgresql_where=holds
    )
    op.create_index(
        "ix_locks_newest", "locks", ["locked_at", "lock_id"], sqlite_where=holds, postgresql_where=holds
    )
    op.create_table(
        "deletions",
        sa.Column("line", LONG, autoincrement=True, nullable=False),
        sa.Column("deletion_id", sa.String(), nullable=False),
        sa.Column("stored_id", sa.String(), nullable=False),
        sa.Column("holding", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=True),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("deleted_by", sa.String(), nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("line", name="pk_deletions"),
        sa.UniqueConstraint("stored_id", name="uq_deletions_stored_id"),
    )
    op.create_index("ix_deletions_camera_id", "deletions", ["camera_id", "begins_at"])
    op.create_index("ix_deletions_deleted_at", "deletions", ["deleted_at"])
    op.create_table(
        "jobs",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("began_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_jobs"),
    )
    for table, acts in WRITTEN_ONCE:
        _refuse(table, acts)


def _refuse(table: str, acts: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in acts:
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} are written once'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_refuse BEFORE {' OR '.join((*acts, 'TRUNCATE'))} ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
