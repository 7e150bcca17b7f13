"""What a supervisor lets a verifier do, and what it did with each alarm."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("seen_alarms", sa.Column("act", sa.String(), nullable=False, server_default=sa.text("'shadow'")))
    op.create_index(
        "ix_seen_alarms_kept_off",
        "seen_alarms",
        ["raised_at", "alarm_id"],
        sqlite_where=sa.text("act = 'suppress'"),
        postgresql_where=sa.text("act = 'suppress'"),
    )
    op.create_table(
        "verifier_settings",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("line", sa.Float(), nullable=False),
        sa.Column("sampled", sa.Float(), nullable=False),
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "category", name="pk_verifier_settings"),
    )
