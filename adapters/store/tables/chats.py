"""Which channels may see customers' names and amounts, where chats without fixed addresses are written to, and how each colleague wants to be told."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, UniqueConstraint, Uuid

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

preferences = Table(
    "preferences",
    METADATA,
    Column("user_id", Uuid(), ForeignKey("users.id"), primary_key=True),
    text("notify"),
    text("language", needed=False),
    text("quiet", needed=False),
)
