"""Which public or shared channels may see customers' names and amounts."""

from __future__ import annotations

from sqlalchemy import Table

from adapters.store.columns import METADATA, instant, own_id, text

approved_channels = Table("approved_channels", METADATA, own_id(), text("channel", unique=True), text("by"), instant("at"))
