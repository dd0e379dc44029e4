"""Persons who were erased, and the copies of their invoices that the law asks for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_0930"
down_revision = "2026_11_22_0920"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("contact_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_erasures_customer_id"),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name="fk_erasures_by"),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
        sa.UniqueConstraint("customer_id", name="uq_erasures_customer_id"),
    )
    op.create_index("ix_erasures_contact_until", "erasures", ["contact_until"], unique=False)
    op.create_table(
        "snapshots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_snapshots_customer_id"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_snapshots_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_snapshots"),
        sa.UniqueConstraint("item_id", name="uq_snapshots_item_id"),
    )
    op.create_index("ix_snapshots_customer_id", "snapshots", ["customer_id"], unique=False)
    op.create_index("ix_snapshots_keep_until", "snapshots", ["keep_until"], unique=False)


def downgrade() -> None:
    op.drop_table("snapshots")
    op.drop_table("erasures")
