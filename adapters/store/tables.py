"""Every table: what is known of customers and their invoices first, what we do about it second."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Index, Integer, LargeBinary, Table, UniqueConstraint
from sqlalchemy import text as sql

from adapters.store.columns import METADATA, Counter, Json, instant, minor, own_id, refers_to, text

# People and books ------------------------------------------------------------------------------------------------------

users = Table("users", METADATA, own_id(), text("email", unique=True), text("name"), Column("role", Integer(), nullable=False))

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

# A customer's row is the account's row too: it is what a unit of work locks. `folded` is the name as `find_customers` compares it.
customers = Table(
    "customers",
    METADATA,
    own_id(),
    refers_to("books.id"),
    text("number"),
    text("name"),
    text("folded"),
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
    UniqueConstraint("book_id", "number"),
)

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

# What they owe and paid ------------------------------------------------------------------------------------------------

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
    UniqueConstraint("customer_id", "key"),
)

# What people said about it ---------------------------------------------------------------------------------------------

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
    refers_to("users.id", name="by"),
    instant("at"),
    instant("ended_at", needed=False),
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

# What we did -----------------------------------------------------------------------------------------------------------

raised = Table(
    "raised",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    refers_to("items.id"),
    text("step"),
    Column("occurrence", Integer(), nullable=False),
    instant("at", index=True),
    UniqueConstraint("item_id", "step", "occurrence"),
)

# `body` is the message as it was written, encrypted; erasure may empty it.
notices = Table(
    "notices",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    text("key"),
    Column("day", Date(), nullable=False, index=True),
    instant("at"),
    text("step"),
    text("state"),
    Column("counts", Boolean(), nullable=False),
    text("channel"),
    refers_to("users.id", name="by", needed=False),
    Column("currencies", Json, nullable=False),
    instant("sent_at", needed=False),
    text("because"),
    Column("body", LargeBinary()),
)
# Invariant 1, held by the database: a notice that never reached the customer frees both its key and its step.
Index("uq_notices_key", notices.c.key, unique=True, sqlite_where=sql("counts"), postgresql_where=sql("counts"))

notice_items = Table(
    "notice_items",
    METADATA,
    own_id(),
    refers_to("notices.id", index=True),
    refers_to("items.id", index=True),
    text("step", needed=False),
    Column("occurrence", Integer(), nullable=False),
    Column("leads", Boolean(), nullable=False),
    Column("counts", Boolean(), nullable=False),
    Column("position", Integer(), nullable=False),
)
Index(
    "uq_notice_items_leading_step",
    notice_items.c.item_id,
    notice_items.c.step,
    notice_items.c.occurrence,
    unique=True,
    sqlite_where=sql("leads AND counts"),
    postgresql_where=sql("leads AND counts"),
)

outbox = Table(
    "outbox",
    METADATA,
    own_id(),
    text("kind"),
    text("key", unique=True),
    Column("payload", Json, nullable=False),
    text("state"),
    Column("attempts", Integer(), nullable=False),
    instant("not_before"),
    instant("claimed_at", needed=False),
    instant("lease_until", needed=False),
    instant("settled_at", needed=False),
    text("reference", needed=False),
    text("error"),
    Index("ix_outbox_due", "kind", "state", "not_before"),
)

cards = Table(
    "cards",
    METADATA,
    own_id(),
    text("kind"),
    refers_to("books.id"),
    Column("subject", own_id().type, nullable=False),
    Column("day", Date(), nullable=False),
    instant("at"),
    text("state"),
    Column("data", Json, nullable=False),
    text("platform", needed=False),
    text("channel", needed=False),
    text("message", needed=False),
    UniqueConstraint("kind", "subject", "day"),
    UniqueConstraint("platform", "channel", "message"),
    Index("ix_cards_standing", "state", "subject"),
)

# What came in, and the trail -------------------------------------------------------------------------------------------

inbound = Table(
    "inbound",
    METADATA,
    own_id(),
    text("key", unique=True),
    Column("payload", LargeBinary(), nullable=False),
    instant("accepted_at"),
    instant("handled_at", needed=False),
    Index("ix_inbound_pending", "handled_at", "accepted_at"),
)

# Written without a number; `seal` numbers and chains what is committed. Triggers refuse every other change.
audit = Table(
    "audit",
    METADATA,
    Column("position", Counter, primary_key=True, autoincrement=True),
    Column("seq", BigInteger(), unique=True),
    text("hash", needed=False),
    text("actor"),
    instant("at"),
    text("type"),
    Column("data", Json, nullable=False),
)

audit_head = Table(
    "audit_head",
    METADATA,
    Column("id", Integer(), primary_key=True, autoincrement=False),
    Column("seq", BigInteger(), nullable=False),
    text("hash"),
    CheckConstraint("id = 1", name="single"),
)

policies = Table(
    "policies",
    METADATA,
    text("name", primary_key=True),
    Column("version", Integer(), primary_key=True, autoincrement=False),
    text("digest"),
    text("text"),
)
