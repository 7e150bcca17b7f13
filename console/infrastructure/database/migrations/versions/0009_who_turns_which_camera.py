"""How cameras are turned, and who has one."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "ptz_setups",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("device_address", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("return_preset", sa.String(), nullable=False),
        sa.Column("tour", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("camera_id", name="pk_ptz_setups"),
    )
    op.create_table(
        "ptz_leases",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("lease_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("seat_id", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("camera_id", name="pk_ptz_leases"),
    )
