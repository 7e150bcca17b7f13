"""Accounts get places they may act in, and a second step.

An account that was there before may act everywhere and has no second step, as it was.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("scope", sa.JSON(none_as_null=True)))
    op.add_column("accounts", sa.Column("totp_secret_name", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column(
        "accounts", sa.Column("totp_last_counter", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
