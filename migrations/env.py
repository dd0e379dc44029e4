"""Run by Alembic for every command: takes the connection `adapters.store.migrate` opened."""

from __future__ import annotations

from alembic import context

from adapters.store import tables
from adapters.store.migrate import ours

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=tables.users.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    include_name=ours,
)
with context.begin_transaction():
    context.run_migrations()
