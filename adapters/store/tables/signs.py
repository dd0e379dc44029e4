"""How it goes: which processes are there, and when each job ran. Nothing is lost with these rows."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Table

from adapters.store.columns import METADATA, instant, own_id, text

processes = Table(
    "processes",
    METADATA,
    own_id(),
    text("name"),
    Column("runs_jobs", Boolean(), nullable=False),
    instant("started_at"),
    instant("seen_at"),
)

# `ended_at` before `begun_at`: it is under way, or its process died.
job_runs = Table(
    "job_runs",
    METADATA,
    text("job", primary_key=True),
    instant("begun_at"),
    instant("ended_at", needed=False),
    instant("failing_since", needed=False),
)
