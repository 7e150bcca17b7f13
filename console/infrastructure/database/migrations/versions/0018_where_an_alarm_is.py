"""Where an alarm is, whether or not a camera sees it, and what was said of it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_WORDS = ("address", "district", "street", "community", "grid_cell")
_DEGREES = ("longitude", "latitude")


def upgrade() -> None:
    for name in _WORDS:
        op.add_column("alarms", sa.Column(name, sa.String(), nullable=False, server_default=sa.text("''")))
    for name in _DEGREES:
        op.add_column("alarms", sa.Column(name, sa.Float(), nullable=True))
    op.add_column("alarms", sa.Column("said", sa.JSON(none_as_null=True), nullable=True))
    # Until now an alarm was where its camera stands.
    for name in (*_WORDS, *_DEGREES):
        op.execute(
            f"UPDATE alarms SET {name} = (SELECT cameras.{name} FROM cameras"
            " WHERE cameras.camera_id = alarms.camera_id)"
            " WHERE EXISTS (SELECT 1 FROM cameras WHERE cameras.camera_id = alarms.camera_id)"
        )
    waits = sa.text("stage = 'waiting'")
    op.create_index(
        "ix_alarms_waiting_place", "alarms", ["latitude", "longitude"], sqlite_where=waits, postgresql_where=waits
    )
