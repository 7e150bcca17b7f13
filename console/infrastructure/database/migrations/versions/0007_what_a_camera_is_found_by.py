"""Code, owner, kind and tags of a camera, what it is found by, and each account's favourites."""

import importlib

import sqlalchemy as sa
from alembic import op

from console.domain.camera_words import LINE, normal

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LATER = ("code", "owner", "kind", "tags", "words")


def upgrade() -> None:
    for name in LATER:
        op.add_column("cameras", sa.Column(name, sa.String(), nullable=False, server_default=sa.text("''")))
    op.drop_index("ix_cameras_number", "cameras")
    op.create_index("ix_cameras_number", "cameras", ["number", "camera_id"])
    op.create_index("ix_cameras_area", "cameras", ["district", "street", "community", "number", "camera_id"])
    has_code = sa.text("code <> ''")
    op.create_index("ix_cameras_code", "cameras", ["code"], sqlite_where=has_code, postgresql_where=has_code)
    op.create_table(
        "favourites",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "camera_id", name="pk_favourites"),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )
    _find_words()


def _find_words() -> None:
    """Give the cameras that are here already the words they are found by, of the columns of this revision."""
    connection = op.get_bind()
    names = ("camera_id", "number", "name", "address", "district", "street", "community", "words")
    cameras = sa.table("cameras", *(sa.column(name, sa.String()) for name in names))
    rows = connection.execute(sa.select(cameras)).all()
    if not rows:
        return  # a new site does not wait for the tables of readings
    reading_of = importlib.import_module("console.infrastructure.pinyin").reading_of
    for row in rows:
        reading = reading_of(row.name)
        fields = (
            row.number, row.name, *reading.initials, *reading.pinyin,
            row.address, row.district, row.street, row.community,
        )
        words = LINE + LINE.join(said for field in fields if (said := normal(field))) + LINE
        connection.execute(sa.update(cameras).where(cameras.c.camera_id == row.camera_id).values(words=words))
