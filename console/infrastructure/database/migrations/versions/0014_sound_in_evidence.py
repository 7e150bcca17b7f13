"""Which evidence has sound in it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("evidence_items", sa.Column("sound", sa.String(), nullable=False, server_default=sa.text("''")))
