"""A unit answers to the receipt of an order, and a case may have several: the order is what is found by it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    has_arrived = sa.text("receipt <> ''")
    op.drop_index("ix_cases_receipt", table_name="cases")
    op.create_index(
        "ix_orders_receipt",
        "orders",
        ["unit_id", "receipt"],
        sqlite_where=has_arrived,
        postgresql_where=has_arrived,
    )
