"""Books, customers, and what they owe and paid."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, Table, UniqueConstraint, Uuid
from sqlalchemy import text as sql

from adapters.store.columns import METADATA, instant, minor, own_id, refers_to, text

# `approves_up_to` is in major units.
users = Table(
    "users",
    METADATA,
    own_id(),
    text("email", unique=True),
    text("name"),
    Column("role", Integer(), nullable=False),
    Column("approves_up_to", Integer()),
)

identities = Table(
    "identities",
    METADATA,
    own_id(),
    refers_to("users.id", index=True),
    text("platform"),
    text("team"),
    text("person"),
    UniqueConstraint("platform", "team", "person"),
)

books = Table(
    "books",
    METADATA,
    own_id(),
    text("slug", unique=True),
    text("name"),
    text("zone"),
    text("country", needed=False),
    text("subdivision", needed=False),
    text("currency", needed=False),
    text("language"),
    text("seller_email", needed=False),
    text("seller_phone", needed=False),
    text("payment_instructions", needed=False),
    Column("fed_by_files", Boolean(), nullable=False),
    Column("read_through", Date()),
    instant("read_at", needed=False),
    text("chat_channel", needed=False),
)

# A customer's row is the account's row too: it is what a unit of work locks, and `changes` differs once anything about the account did
# (no figure: only whether it is the same is of meaning). `folded` is the name as `find_customers` compares it. `oldest_due_on` is a hint, as
# `next_look_at` is: the due day of the oldest open debt, null without one, and `records.CHANGED` from any change until the tick's next look.
customers = Table(
    "customers",
    METADATA,
    own_id(),
    refers_to("books.id"),
    text("number", index=True),
    text("name"),
    text("folded", index=True),
    text("zone", needed=False),
    text("country", needed=False),
    text("subdivision", needed=False),
    text("language", needed=False),
    text("party"),
    refers_to("users.id", name="owner_id", needed=False),
    text("policy_name", needed=False),
    Column("policy_version", Integer()),
    instant("released_at", needed=False),
    refers_to("users.id", name="released_by", needed=False),
    instant("next_look_at", needed=False, index=True),
    Column("oldest_due_on", Date(), server_default="0001-01-01"),
    text("segment", needed=False),
    Column("parent_id", Uuid()),
    instant("resumed_at", needed=False),
    Column("changes", Integer(), nullable=False, server_default="0", onupdate=sql("changes + 1")),
    UniqueConstraint("book_id", "number"),
)
Index("ix_customers_oldest_due", customers.c.book_id, customers.c.oldest_due_on, customers.c.id)

contacts = Table(
    "contacts",
    METADATA,
    own_id(),
    refers_to("customers.id"),
    text("kind"),
    text("address"),
    Column("position", Integer(), nullable=False),
    UniqueConstraint("customer_id", "kind", "address"),
)

plans = Table(
    "plans",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    text("state"),
    refers_to("users.id", name="by"),
    instant("at"),
    refers_to("users.id", name="accepted_by", needed=False),
    instant("accepted_at", needed=False),
    text("accepted_how"),
    instant("ended_at", needed=False),
)

items = Table(
    "items",
    METADATA,
    own_id(),
    refers_to("books.id"),
    refers_to("customers.id", index=True),
    text("kind"),
    text("number", index=True),
    minor("total"),
    text("currency"),
    Column("due_on", Date(), index=True),
    Column("issued_on", Date()),
    instant("seen_at"),
    text("reference", needed=False),
    refers_to("plans.id", needed=False, index=True),
    Column("position", Integer(), nullable=False),
    text("product", needed=False),
)
Index(
    "uq_items_invoice",
    items.c.book_id,
    items.c.number,
    unique=True,
    sqlite_where=sql("kind = 'invoice'"),
    postgresql_where=sql("kind = 'invoice'"),
)

plan_items = Table(
    "plan_items",
    METADATA,
    own_id(),
    refers_to("plans.id"),
    refers_to("items.id", index=True),
    Column("position", Integer(), nullable=False),
    UniqueConstraint("plan_id", "item_id"),
)

payments = Table(
    "payments",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    refers_to("items.id", needed=False, index=True),
    minor("amount"),
    text("currency"),
    Column("paid_on", Date(), nullable=False),
    text("key"),
    Column("reversed_on", Date()),
    UniqueConstraint("customer_id", "key"),
)

credits_ = Table(
    "credits",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    refers_to("items.id", needed=False, index=True),
    minor("amount"),
    text("currency"),
    Column("credited_on", Date(), nullable=False),
    text("key"),
    text("kind", server_default="note"),
    Column("reversed_on", Date()),
    UniqueConstraint("customer_id", "key"),
)
