"""When a policy that was switched off went on for a customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_1030"
down_revision = "2026_11_22_0940"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("customers") as customers:
        customers.drop_column("resumed_at")
