"""What we did about it, what came in, and the trail."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Index, Integer, LargeBinary, Table, UniqueConstraint
from sqlalchemy import text as sql

from adapters.store.columns import METADATA, Counter, Json, instant, own_id, refers_to, text

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

# `channel` is the way a message to a customer leaves; empty for everything else. `cause` is the reference of what queued it, as logs name it.
outbox = Table(
    "outbox",
    METADATA,
    own_id(),
    text("kind"),
    text("channel", server_default=sql("''")),
    text("key", unique=True),
    Column("payload", Json, nullable=False),
    text("state"),
    Column("attempts", Integer(), nullable=False),
    instant("not_before"),
    instant("claimed_at", needed=False),
    instant("lease_until", needed=False),
    instant("settled_at", needed=False),
    text("reference", needed=False, index=True),
    text("error"),
    text("cause", needed=False),
    Index("ix_outbox_waiting", "kind", "channel", "state", "not_before"),
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
    Index("ix_cards_kind", "kind", "state"),
)

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

# How far each outside source was read: of a mailbox its UIDVALIDITY and the last UID. And of what is done once a day, the last day.
DAILY = "daily:"
read_marks = Table("read_marks", METADATA, text("source", primary_key=True), text("mark"), instant("at"))

# Letters that came in, each taken once, also where a mailbox is numbered anew.
arrivals = Table("arrivals", METADATA, text("key", primary_key=True), instant("at"))

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
