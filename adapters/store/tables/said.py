"""What customers and colleagues said about it, and what was asked for and charged."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Index, Integer, LargeBinary, Table, UniqueConstraint
from sqlalchemy import text as sql

from adapters.store.columns import METADATA, Counter, Json, instant, minor, own_id, refers_to, text

snoozes = Table(
    "snoozes",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    refers_to("items.id", index=True),
    Column("until", Date(), nullable=False),
    refers_to("users.id", name="by"),
    instant("at"),
    instant("ended_at", needed=False),
)

flags = Table(
    "flags",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    refers_to("items.id", index=True),
    refers_to("users.id", name="by"),
    instant("at"),
    text("note"),
    instant("ended_at", needed=False),
)

escalations = Table(
    "escalations",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    refers_to("items.id", index=True),
    refers_to("users.id", name="to"),
    text("why"),
    refers_to("users.id", name="by", needed=False),
    instant("at"),
    instant("ended_at", needed=False),
)

promises = Table(
    "promises",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    minor("amount"),
    text("currency"),
    Column("until", Date(), nullable=False),
    refers_to("users.id", name="by"),
    instant("at"),
    instant("ended_at", needed=False),
    text("ended_how", needed=False),
)

promise_items = Table(
    "promise_items",
    METADATA,
    own_id(),
    refers_to("promises.id"),
    refers_to("items.id", index=True),
    Column("position", Integer(), nullable=False),
    UniqueConstraint("promise_id", "item_id"),
)

disputes = Table(
    "disputes",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    refers_to("items.id", index=True),
    text("reason"),
    refers_to("users.id", name="by"),
    instant("at"),
    instant("ended_at", needed=False),
    text("outcome"),
)

# A hold without an item is of everything the customer owes.
holds = Table(
    "holds",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    refers_to("items.id", needed=False, index=True),
    text("kind"),
    text("why"),
    Column("until", Date()),
    Column("had", BigInteger()),
    text("currency", needed=False),
    refers_to("users.id", name="by", needed=False),
    instant("at"),
    instant("ended_at", needed=False),
)

fees = Table(
    "fees",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    refers_to("items.id"),
    text("step"),
    minor("amount"),
    text("currency"),
    refers_to("users.id", name="by", needed=False),
    instant("at"),
    instant("waived_at", needed=False),
    UniqueConstraint("item_id", "step"),
)

approvals = Table(
    "approvals",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    refers_to("items.id"),
    Column("subject", own_id().type, nullable=False, index=True),
    text("kind"),
    text("step"),
    text("terms"),
    text("seal"),
    Column("amount", BigInteger()),
    text("currency", needed=False),
    Column("needs", Integer(), nullable=False),
    Column("people", Integer(), nullable=False),
    refers_to("users.id", name="by", needed=False),
    instant("at"),
    instant("expires_at"),
    instant("ended_at", needed=False),
    text("ended_how", needed=False),
)

approvals_given = Table(
    "approvals_given",
    METADATA,
    own_id(),
    refers_to("approvals.id"),
    refers_to("users.id", name="by"),
    instant("at"),
    UniqueConstraint("approval_id", "by"),
)

tasks = Table(
    "tasks",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    refers_to("items.id"),
    text("key", unique=True),
    text("what"),
    refers_to("users.id", name="owner_id", needed=False),
    Column("due_on", Date()),
    refers_to("users.id", name="by", needed=False),
    instant("at"),
    instant("done_at", needed=False, index=True),
    refers_to("users.id", name="done_by", needed=False),
)

opt_outs = Table(
    "opt_outs",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    text("channel"),
    text("address"),
    text("how"),
    refers_to("users.id", name="by", needed=False),
    instant("at"),
    instant("ended_at", needed=False),
)
# One that runs is enough; START after STOP keeps both events.
Index(
    "uq_opt_outs_running",
    opt_outs.c.customer_id,
    opt_outs.c.channel,
    opt_outs.c.address,
    unique=True,
    sqlite_where=sql("ended_at IS NULL"),
    postgresql_where=sql("ended_at IS NULL"),
)

# `body` is what the customer wrote, encrypted; erasure may empty it.
replies = Table(
    "replies",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    text("key", unique=True),
    text("channel"),
    text("sender"),
    instant("at"),
    text("meaning"),
    Column("about", Json, nullable=False),
    Column("until", Date()),
    Column("amount", BigInteger()),
    text("currency", needed=False),
    instant("ended_at", needed=False, index=True),
    refers_to("users.id", name="ended_by", needed=False),
    Column("body", LargeBinary()),
)

acts = Table(
    "acts",
    METADATA,
    Column("position", Counter, primary_key=True, autoincrement=True),
    refers_to("customers.id", index=True),
    refers_to("items.id", index=True),
    text("name"),
    refers_to("users.id", name="by"),
    text("by_name"),
    instant("at"),
    text("words"),
)
