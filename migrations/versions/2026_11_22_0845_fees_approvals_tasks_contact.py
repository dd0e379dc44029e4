"""Fees, approvals, tasks, opt-outs and answers; reversals; what policies choose by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_0845"
down_revision = "2026_11_22_0715"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
RUNNING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _columns()
    _fees()
    _approvals()
    _tasks()
    _opt_outs()
    _replies()


def _columns() -> None:
    op.add_column("customers", sa.Column("segment", sa.String(), nullable=True))
    op.add_column("customers", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.add_column("items", sa.Column("product", sa.String(), nullable=True))
    op.add_column("payments", sa.Column("reversed_on", sa.Date(), nullable=True))
    op.add_column("credits", sa.Column("kind", sa.String(), nullable=False, server_default="note"))
    op.add_column("credits", sa.Column("reversed_on", sa.Date(), nullable=True))


def _fees() -> None:
    op.create_table(
        "fees",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("waived_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name="fk_fees_by"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_fees_customer_id"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_fees_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_fees"),
        sa.UniqueConstraint("item_id", "step", name="uq_fees_item_id_step"),
    )
    op.create_index("ix_fees_customer_id", "fees", ["customer_id"], unique=False)


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("terms", sa.String(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("needs", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_how", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name="fk_approvals_by"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_approvals_customer_id"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_approvals_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
    )
    op.create_index("ix_approvals_customer_id", "approvals", ["customer_id"], unique=False)
    op.create_index("ix_approvals_subject", "approvals", ["subject"], unique=False)
    op.create_table(
        "approvals_given",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["approval_id"], ["approvals.id"], name="fk_approvals_given_approval_id"),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name="fk_approvals_given_by"),
        sa.PrimaryKeyConstraint("id", name="pk_approvals_given"),
        sa.UniqueConstraint("approval_id", "by", name="uq_approvals_given_approval_id_by"),
    )


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name="fk_tasks_by"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_tasks_customer_id"),
        sa.ForeignKeyConstraint(["done_by"], ["users.id"], name="fk_tasks_done_by"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_tasks_item_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_tasks_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.UniqueConstraint("key", name="uq_tasks_key"),
    )
    op.create_index("ix_tasks_customer_id", "tasks", ["customer_id"], unique=False)
    op.create_index("ix_tasks_done_at", "tasks", ["done_at"], unique=False)


def _opt_outs() -> None:
    op.create_table(
        "opt_outs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name="fk_opt_outs_by"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_opt_outs_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_opt_outs"),
    )
    op.create_index("ix_opt_outs_customer_id", "opt_outs", ["customer_id"], unique=False)
    key = ["customer_id", "channel", "address"]
    op.create_index("uq_opt_outs_running", "opt_outs", key, unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING)


def _replies() -> None:
    op.create_table(
        "replies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.Column("about", JSON, nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_replies_customer_id"),
        sa.ForeignKeyConstraint(["ended_by"], ["users.id"], name="fk_replies_ended_by"),
        sa.PrimaryKeyConstraint("id", name="pk_replies"),
        sa.UniqueConstraint("key", name="uq_replies_key"),
    )
    op.create_index("ix_replies_customer_id", "replies", ["customer_id"], unique=False)
    op.create_index("ix_replies_ended_at", "replies", ["ended_at"], unique=False)


def downgrade() -> None:
    for table in ("replies", "opt_outs", "tasks", "approvals_given", "approvals", "fees"):
        op.drop_table(table)
    columns = (("credits", "reversed_on"), ("credits", "kind"), ("payments", "reversed_on"), ("items", "product"))
    for table, column in (*columns, ("customers", "parent_id"), ("customers", "segment")):
        op.drop_column(table, column)
