"""When nothing may leave: a copy that was put back, or a database that is being looked after."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table
from sqlalchemy import text as sql

from adapters.store.columns import METADATA, Json, instant, own_id, text

# One of a kind stands at a time. `until` is when it no longer counts although nobody ended it: whoever began it is gone.
stops = Table(
    "stops",
    METADATA,
    own_id(),
    text("kind"),
    instant("at"),
    instant("until", needed=False),
    instant("ended_at", needed=False),
    Column("data", Json, nullable=False),
)
Index("uq_stops_standing", stops.c.kind, unique=True, sqlite_where=sql("ended_at IS NULL"), postgresql_where=sql("ended_at IS NULL"))
