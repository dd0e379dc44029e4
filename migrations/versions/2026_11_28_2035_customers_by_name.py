"""A customer is found by their whole name or number without reading all of them."""

from __future__ import annotations

from alembic import op

revision = "2026_11_28_2035"
down_revision = "2026_11_28_1940"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_customers_number", "customers", ["number"])
    op.create_index("ix_customers_folded", "customers", ["folded"])


def downgrade() -> None:
    op.drop_index("ix_customers_folded", "customers")
    op.drop_index("ix_customers_number", "customers")
