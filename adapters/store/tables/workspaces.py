"""The workspaces the app is installed in, invitations, and how fast and whether chats can be written to."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table, UniqueConstraint

from adapters.store.columns import METADATA, instant, own_id, refers_to, text

# `tokens` are encrypted, and emptied when the installation ends.
workspaces = Table(
    "workspaces",
    METADATA,
    own_id(),
    text("platform"),
    text("team"),
    text("name"),
    text("bot"),
    text("scopes"),
    Column("tokens", LargeBinary()),
    instant("expires_at", needed=False),
    instant("installed_at"),
    instant("ended_at", needed=False),
    UniqueConstraint("platform", "team"),
)

# Of links and codes only the SHA-256 is kept. An offer has no browser yet; a state belongs to the one that took up its offer.
install_states = Table(
    "install_states",
    METADATA,
    text("digest", primary_key=True),
    text("platform"),
    text("browser", needed=False),
    text("offer", needed=False),
    instant("expires_at"),
)

invitations = Table(
    "invitations",
    METADATA,
    own_id(),
    text("digest", unique=True),
    refers_to("users.id", index=True),
    text("by"),
    instant("at"),
    instant("expires_at"),
    instant("used_at", needed=False),
)

# Channels that can only be posted to, through an address that is a secret.
webhooks = Table("webhooks", METADATA, own_id(), text("platform"), Column("url", LargeBinary(), nullable=False), instant("at"))

# When the next call of a kind may be made, shared by all processes.
paces = Table("paces", METADATA, text("key", primary_key=True), instant("free_at"))

# A workspace that cannot be written to, from the first failure until it is back.
outages = Table(
    "outages",
    METADATA,
    text("key", primary_key=True),
    text("platform"),
    text("home"),
    text("kind"),
    text("why"),
    instant("since"),
    instant("told_at", needed=False),
)
