"""What a matter was called in the lists before, what it is mistaken for, how urgent it is and who answers for it."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None

_WORDS = ("code_30428_2", "code_older", "confusable", "unit_zh", "unit_en", "conditions_from", "limit_from", "hints_from")


def upgrade() -> None:
    for name in _WORDS:
        op.add_column("categories", sa.Column(name, sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("categories", sa.Column("urgency", sa.String(), nullable=False, server_default=sa.text("'medium'")))
