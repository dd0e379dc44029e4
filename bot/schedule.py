"""Which job runs how often, stated once."""

from __future__ import annotations

from adapters.jobs.embedded import Job
from bot.app import App
from bot.mail_in import mail_in


def _mail(app: App) -> tuple[Job, ...]:
    mail = mail_in(app.settings.imap, app.store, app.clock, app.wake.set)
    return () if mail is None else (Job("read_mail", mail.read),)


def jobs(app: App) -> tuple[Job, ...]:
    """All of them tick every minute of UTC; every local time is decided from the accounts' and books' own places."""
    return (
        Job("tick", app.jobs.tick),
        Job("catch_up", app.jobs.catch_up),
        Job("expire_requests", app.jobs.expire_requests),
        Job("post_summaries", app.jobs.post_summaries),
        Job("send_messages", app.jobs.send_messages, wakes=True),
        Job("show_cards", app.jobs.show_cards, wakes=True),
        *_mail(app),
        Job("seal_audit", app.store.audit.seal),
        Job("publish_head", app.keeping.publish),
        Job("audit_invariants", app.keeping.audit),
        Job("forget_expired", app.keeping.forget),
    )
