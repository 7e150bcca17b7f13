"""Which codes hang at which places, by which citizens report."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0027"
branch_labels = None
depends_on = None

_WORDS = ("label_zh", "label_en", "address", "district", "street", "community", "grid_cell")


def upgrade() -> None:
    op.create_table(
        "place_codes",
        sa.Column("code", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in _WORDS),
        sa.Column("longitude", sa.Float()),
        sa.Column("latitude", sa.Float()),
        sa.Column("camera_id", sa.String()),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("code", name="pk_place_codes"),
    )
