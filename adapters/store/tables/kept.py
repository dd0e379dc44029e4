"""What is left of a person who was erased: that it was done, and the copies of invoices the law still asks for."""

from __future__ import annotations

from sqlalchemy import Column, Date, LargeBinary, Table, UniqueConstraint

from adapters.store.columns import METADATA, instant, own_id, refers_to, text

# `contact_until`: what was written stays so long; null once it is gone.
erasures = Table(
    "erasures",
    METADATA,
    own_id(),
    refers_to("customers.id"),
    text("alias"),
    instant("at"),
    refers_to("users.id", name="by", needed=False),
    Column("contact_until", Date(), index=True),
    UniqueConstraint("customer_id"),
)

# `body` is the invoice as it was when the person was erased, their name with it, encrypted.
snapshots = Table(
    "snapshots",
    METADATA,
    own_id(),
    refers_to("customers.id", index=True),
    refers_to("items.id"),
    Column("keep_until", Date(), nullable=False, index=True),
    Column("body", LargeBinary(), nullable=False),
    UniqueConstraint("item_id"),
)
