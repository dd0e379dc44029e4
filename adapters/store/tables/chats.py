"""Which public or shared channels may see customers' names and amounts, and where chats without fixed addresses are written to."""

from __future__ import annotations

from sqlalchemy import Column, Table, UniqueConstraint

from adapters.store.columns import METADATA, Json, instant, own_id, text

approved_channels = Table("approved_channels", METADATA, own_id(), text("channel", unique=True), text("by"), instant("at"))

chat_addresses = Table(
    "chat_addresses",
    METADATA,
    own_id(),
    text("platform"),
    text("key"),
    Column("details", Json, nullable=False),
    instant("at"),
    UniqueConstraint("platform", "key"),
)
