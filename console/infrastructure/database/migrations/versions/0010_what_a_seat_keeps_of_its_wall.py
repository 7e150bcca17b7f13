"""Views, salvos and tours, what a seat likes to see, and bookmarks."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "wall_views",
        sa.Column("view_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.String(), nullable=True),
        sa.Column("shows", JSON, nullable=False),
        sa.PrimaryKeyConstraint("view_id", name="pk_wall_views"),
    )
    op.create_table(
        "wall_habits",
        sa.Column("seat_id", sa.String(), nullable=False),
        sa.Column("layers", JSON, nullable=False),
        sa.Column("has_alarm_tile", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("seat_id", name="pk_wall_habits"),
    )
    op.create_table(
        "bookmarks",
        sa.Column("bookmark_id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("seat_id", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("bookmark_id", name="pk_bookmarks"),
    )
    op.create_index("ix_bookmarks_newest", "bookmarks", ["made_at", "bookmark_id"])
