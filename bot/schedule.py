"""Which job runs how often, stated once."""

from __future__ import annotations

from adapters.jobs.embedded import Job
from bot.app import App


def jobs(app: App) -> tuple[Job, ...]:
    """All of them tick every minute of UTC; every local time is decided from the accounts' and books' own places."""
    return (
        Job("tick", app.jobs.tick),
        Job("catch_up", app.jobs.catch_up),
        Job("deliver", app.jobs.deliver, wakes=True),
        Job("seal_audit", app.store.audit.seal),
    )
