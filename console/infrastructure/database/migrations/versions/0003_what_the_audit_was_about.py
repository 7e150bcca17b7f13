"""Audit lines say which camera, which span, why and for which case; older lines keep the form they were written in."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NOTHING = sa.text("''")


def upgrade() -> None:
    for name in ("camera_id", "reason", "case_id", "marks"):
        op.add_column("audit_lines", sa.Column(name, sa.String(), nullable=False, server_default=NOTHING))
    for name in ("from_at", "to_at"):
        op.add_column("audit_lines", sa.Column(name, MOMENT, nullable=True))
    op.add_column("audit_lines", sa.Column("form", sa.SmallInteger(), nullable=False, server_default=sa.text("1")))
    op.create_index("ix_audit_lines_verb", "audit_lines", ["verb", "position"])
    _partial("ix_audit_lines_camera_id", ["camera_id", "position"], "camera_id <> ''")
    _partial("ix_audit_lines_case_id", ["case_id", "position"], "case_id <> ''")


def _partial(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "audit_lines", columns, sqlite_where=where, postgresql_where=where)
