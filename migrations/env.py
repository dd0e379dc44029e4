"""Run by Alembic for every command: takes the connection `adapters.store.migrate` opened."""

from __future__ import annotations

from alembic import context

from adapters.store import tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=tables.users.metadata, render_as_batch=connection.dialect.name == "sqlite", compare_type=True
)
with context.begin_transaction():
    context.run_migrations()
