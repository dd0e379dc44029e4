"""Is everything in order? Each finding says what it means and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from adapters.outreach.mime import mailbox
from adapters.store.trouble import sentence_of
from bot.app import App, NotMigrated, running
from bot.config import BadSetting, Settings
from bot.health.check_mail import of_mail
from bot.health.check_slack import of_slack, of_slack_settings
from bot.health.check_teams import of_teams, of_teams_settings
from bot.health.check_work import of_work
from bot.health.finding import Finding
from bot.policies import BadPolicy
from bot.web.acting import Nobody, acting_user
from cards.format import count
from workflows.domain.access import Role
from workflows.domain.account import Book
from workflows.domain.calendar import spoken
from workflows.domain.freshness import fresh_until
from workflows.domain.routing import channel
from workflows.errors import Refused
from workflows.records import OutboxState
from workflows.stops import Stop, StopKind


async def findings(settings: Settings, *, offline: bool) -> list[Finding]:
    """Empty when all is well. `offline` asks nobody outside this machine."""
    found = _of_settings(settings)
    try:
        async with running(settings) as app:
            found += [*await _of_store(app), *await of_work(app), *await _of_trail(app)]
            if not offline:
                found += [*await of_mail(app), *await of_slack(app), *await of_teams(app)]
    except NotMigrated as missing:
        found.append(Finding("migrations", f"Nothing can start. {missing.what}", "Run: duebot migrate"))
    except (BadSetting, BadPolicy, Refused) as bad:
        found.append(Finding("settings", f"Nothing can start. {bad}", "Correct it and run: duebot check"))
    except Exception as error:
        if (sentence := sentence_of(error)) is None:
            raise
        found.append(Finding("database", f"Nothing can start. {sentence}", "Correct it and run: duebot check"))
    return found


async def findings_of(app: App) -> list[Finding]:
    """What a running Duebot can say of itself at once: nobody is asked, and the audit trail is not read through."""
    return [*_of_settings(app.settings), *await _of_store(app), *await of_work(app)]


def _of_settings(settings: Settings) -> list[Finding]:
    smtp, found = settings.smtp, []
    if smtp.host is None and smtp.folder is None:
        what = "No mail server is set, so messages to customers stay in the queue."
        found.append(Finding("smtp.host", what, "Set DUEBOT_SMTP__HOST and DUEBOT_SMTP__SENDER, or DUEBOT_SMTP__FOLDER to try things out."))
    elif smtp.sender is None or mailbox(smtp.sender) is None:
        what = "There is no sender address that a mail server would take."
        found.append(Finding("smtp.sender", what, "Set DUEBOT_SMTP__SENDER to an address such as receivables@your-company.example."))
    found += [*of_slack_settings(settings), *of_teams_settings(settings)]
    return found


async def _of_store(app: App) -> list[Finding]:
    found = []
    async with app.store.reading() as work:
        books, users, counts = await work.books(), await work.users(), await work.outbox_counts()
        acting, standing = await acting_user(app.settings.inbox_user, work), await work.stops(app.clock.now())
    if not any(user.role is Role.ADMINISTRATOR for user in users):
        what = "There is no administrator, so nobody can use the inbox or set Duebot up from chat."
        found.append(Finding("users.administrator", what, 'Run: duebot user add EMAIL --name "YOUR NAME" --role administrator'))
    elif isinstance(acting, Nobody):
        found.append(
            Finding("users.inbox", f"Nobody can use the inbox. {acting.why}", "Set DUEBOT_INBOX_USER to the e-mail of one of them.")
        )
    found += [_of_stop(stop) for stop in standing]
    found += [finding for book in books for finding in _of_book(book, app)]
    if app.slack is not None or app.teams is not None:
        found += [_no_channel(book) for book in books if book.chat_channel is None]
    if app.settings.inbox_url is None and _has_hooks(books, app.settings):
        what = "Cards of channels that only have a webhook or a workflow have no link, so nobody gets from them to where they can act."
        found.append(Finding("inbox_url", what, "Set DUEBOT_INBOX_URL to the address at which colleagues open the inbox."))
    unknown = sum(number for (_, state), number in counts.items() if state is OutboxState.UNKNOWN)
    if unknown:
        what = f"{count(unknown, 'message')} may or may not have left; nothing is sent again by itself."
        found.append(Finding("outbox.unknown", what, "Answer their cards in the inbox: was it sent, or send again?"))
    return found


def _has_hooks(books: Sequence[Book], settings: Settings) -> bool:
    """Whether cards go where nothing can be pressed; a workflow in Teams leads to the chat with the app, where there is one."""
    named = [book.chat_channel or "" for book in books] + [to for route in settings.routes for to in route.to]
    hooked = any(channel(one).platform == "slack_hook" for one in named)
    return hooked or (bool(settings.teams.workflows) and settings.teams.app_id is None)


def _of_stop(stop: Stop) -> Finding:
    if stop.kind is StopKind.MAINTENANCE:
        what = f"Maintenance has been going on since {stop.at:%Y-%m-%d %H:%M} UTC; nothing is sent or accepted meanwhile."
        return Finding("stops.maintenance", what, "Wait until it is over. If it was killed, run: duebot maintain --now")
    of = datetime.fromisoformat(stop.data["copied_at"])
    what = f"This is a restored copy of {of:%Y-%m-%d %H:%M} UTC that nobody released, so nothing is sent."
    return Finding("stops.restored", what, "See what would leave, and let it go, with: duebot release --restored")


async def _of_trail(app: App) -> list[Finding]:
    if (await app.store.audit.verify()).first_bad is None:
        return []
    return [Finding("audit", "The audit trail does not verify.", "Run: duebot audit verify")]


def _of_book(book: Book, app: App) -> list[Finding]:
    """A file too old to send on, or none yet."""
    if book.read_through is None:
        what = f"No invoices of the book {book.slug} were read yet."
        return [Finding(f"book.{book.slug}.empty", what, f"Run: duebot import FILE --book {book.slug}")]
    until = fresh_until(book, has_items=True)
    if until is None or app.clock.now() < until:
        return []
    what = f"The last file of the book {book.slug} is of {spoken(book.read_through)}: too old, so nothing is sent from it."
    return [Finding(f"book.{book.slug}.stale", what, f"Run: duebot import FILE --book {book.slug}")]


def _no_channel(book: Book) -> Finding:
    what = f"The book {book.slug} has no chat channel, so its cards stand in the inbox only."
    return Finding(
        f"book.{book.slug}.channel", what, f"Invite the bot to a private channel and run: duebot book {book.slug} --channel CHANNEL-ID"
    )
