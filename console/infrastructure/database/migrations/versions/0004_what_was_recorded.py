"""The index of recordings."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "recording_segments",
        sa.Column("segment_id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("made_for", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("media_from_s", sa.Float(), nullable=False),
        sa.Column("media_to_s", sa.Float(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("codec", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("captured_at", MOMENT, nullable=True),
        sa.Column("clock_offset_s", sa.Float(), nullable=True),
        sa.Column("follows", sa.String(), nullable=False),
        sa.Column("lost_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("segment_id", name="pk_recording_segments"),
    )
    op.create_index("ix_recording_segments_camera", "recording_segments", ["camera_id", "begins_at", "segment_id"])
    op.create_index("ix_recording_segments_begins_at", "recording_segments", ["begins_at", "segment_id"])
    there = sa.text("lost_at IS NULL")
    op.create_index(
        "ix_recording_segments_oldest",
        "recording_segments",
        ["made_for", "begins_at", "segment_id", "size_bytes"],
        sqlite_where=there,
        postgresql_where=there,
    )
