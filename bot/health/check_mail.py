"""Are the mail servers there, and do they let us in? As they say it themselves; nothing is sent or read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from adapters.outreach.smtp import SMTPMail
from bot.app import App, channels
from bot.health.finding import Finding
from bot.mail_in import mailbox_of
from workflows.errors import OutsideError

_OUT = "DUEBOT_SMTP__HOST, PORT, USER, PASSWORD, SECURITY and SENDER"
_IN = "DUEBOT_IMAP__HOST, PORT, USER, PASSWORD, SECURITY and FOLDER"


async def of_mail(app: App) -> list[Finding]:
    found: list[Finding | None] = []
    mail = channels(app.settings.smtp, app.clock).get("email")
    if isinstance(mail, SMTPMail) and app.settings.smtp.sender is not None:
        found.append(await _asked("smtp.reach", mail.reach, "Messages to customers cannot leave", _OUT))
    if (answers := mailbox_of(app.settings.imap)) is not None:
        found.append(await _asked("imap.reach", answers.reach, "Answers of customers cannot be read", _IN))
    return [one for one in found if one is not None]


async def _asked(name: str, reach: Callable[[], Awaitable[None]], what: str, settings: str) -> Finding | None:
    try:
        await reach()
    except OutsideError as trouble:
        return Finding(name, f"{what}: {str(trouble).rstrip('.')}.", f"Look whether the server runs, and at {settings}.")
    return None
