"""How a case's clock was lengthened and stopped, how an appeal stands, and which warnings were given."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0018"
branch_labels = None
depends_on = None

RUNNING = sa.text("stage NOT IN ('closed', 'void') AND handled_at IS NULL")


def upgrade() -> None:
    op.add_column("cases", sa.Column("clock", sa.String(), nullable=True))
    op.add_column("cases", sa.Column("allowed_s", sa.Float(), nullable=True))
    op.add_column("cases", sa.Column("near_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("extensions", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("cases", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("suspended_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("urged_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("appeal", sa.String(), nullable=True))
    op.create_index("ix_cases_running", "cases", ["near_at"], sqlite_where=RUNNING, postgresql_where=RUNNING)
    op.create_table(
        "case_warnings",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("of_moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "kind", "of_moment", name="pk_case_warnings"),
    )
