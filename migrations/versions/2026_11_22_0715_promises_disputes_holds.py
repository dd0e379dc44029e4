"""Promises to pay, disputes, and holds on an item or a whole customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_0715"
down_revision = "2026_11_22_0600"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _promises()
    _disputes()
    _holds()


def _promises() -> None:
    op.create_table(
        "promises",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_how", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name="fk_promises_by"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_promises_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_promises"),
    )
    op.create_index("ix_promises_customer_id", "promises", ["customer_id"], unique=False)
    op.create_table(
        "promise_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("promise_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_promise_items_item_id"),
        sa.ForeignKeyConstraint(["promise_id"], ["promises.id"], name="fk_promise_items_promise_id"),
        sa.PrimaryKeyConstraint("id", name="pk_promise_items"),
        sa.UniqueConstraint("promise_id", "item_id", name="uq_promise_items_promise_id_item_id"),
    )
    op.create_index("ix_promise_items_item_id", "promise_items", ["item_id"], unique=False)


def _disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name="fk_disputes_by"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_disputes_customer_id"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_disputes_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_disputes"),
    )
    op.create_index("ix_disputes_customer_id", "disputes", ["customer_id"], unique=False)
    op.create_index("ix_disputes_item_id", "disputes", ["item_id"], unique=False)


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("had", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name="fk_holds_by"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_holds_customer_id"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_holds_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
    )
    op.create_index("ix_holds_customer_id", "holds", ["customer_id"], unique=False)
    op.create_index("ix_holds_item_id", "holds", ["item_id"], unique=False)


def downgrade() -> None:
    for table in ("holds", "disputes", "promise_items", "promises"):
        op.drop_table(table)
