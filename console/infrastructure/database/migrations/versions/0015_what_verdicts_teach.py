"""What verdicts teach: alarms as a verifier saw them, and the lessons learned."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seen_alarms",
        sa.Column("alarm_id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=False),
        sa.Column("embedder", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("teaching", sa.String(), nullable=False),
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("alarm_id", name="pk_seen_alarms"),
    )
    op.create_index("ix_seen_alarms_subject", "seen_alarms", ["camera_id", "category", "raised_at"])
    op.create_index(
        "ix_seen_alarms_waiting",
        "seen_alarms",
        ["raised_at", "alarm_id"],
        sqlite_where=sa.text("teaching = 'waiting'"),
        postgresql_where=sa.text("teaching = 'waiting'"),
    )
    op.create_table(
        "lessons",
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("taught_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("embedder", sa.String(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("figures", sa.String(), nullable=False),
        sa.Column("is_better", sa.Boolean(), nullable=False),
        sa.Column("real", sa.Integer(), nullable=False),
        sa.Column("false", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("lesson_id", name="pk_lessons"),
    )
    op.create_index("ix_lessons_subject", "lessons", ["camera_id", "category", "number"], unique=True)
