"""Accounts with something overdue are found by the due day of their oldest debt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_2230"
down_revision = "2026_11_28_2035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is there already counts as changed: it is worked out when asked for, until the tick or the daily audit has looked at the account."""
    op.add_column("customers", sa.Column("oldest_due_on", sa.Date(), nullable=True, server_default="0001-01-01"))
    op.create_index("ix_customers_oldest_due", "customers", ["book_id", "oldest_due_on", "id"])


def downgrade() -> None:
    op.drop_index("ix_customers_oldest_due", "customers")
    with op.batch_alter_table("customers") as customers:
        customers.drop_column("oldest_due_on")
