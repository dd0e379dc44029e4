"""How far mailboxes are read, and what came in from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_0920"
down_revision = "2026_11_22_0910"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "read_marks",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_read_marks"),
    )
    op.create_table(
        "arrivals",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_arrivals"),
    )
    op.create_index("ix_outbox_reference", "outbox", ["reference"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_outbox_reference", table_name="outbox")
    op.drop_table("arrivals")
    op.drop_table("read_marks")
