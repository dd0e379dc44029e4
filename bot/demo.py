"""The demo: a sample book, one run of the main job on a fixed Tuesday morning, and the inbox on top of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.accounting.ledger_file import read_ledger
from adapters.store.engine import open_engine
from adapters.store.migrate import upgrade
from bot.app import App, running
from bot.clock import FixedClock
from bot.config import Settings, SlackSettings, SMTPSettings
from bot.http import PRIVATE_HOST
from bot.live.draw import draw
from bot.serve import listening, serve_app
from bot.verbs.terminal import say
from cards.aging import aging as aging_card
from cards.format import count
from cards.plain.render import render
from workflows.answer_query import see
from workflows.domain.access import Role, User
from workflows.domain.account import Book
from workflows.domain.calendar import Place
from workflows.domain.ids import UserId, new_id
from workflows.import_ledger import ImportLedger, import_ledger
from workflows.ports import UnitOfWork
from workflows.records import CardKind
from workflows.release_accounts import ReleaseAccounts, release_accounts

SAMPLE = Path(__file__).parent / "sample_book.csv"
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 10:00 in Berlin
NORA, TOMAS = "nora@alderfinch.example", "tomas@alderfinch.example"


async def run_demo(*, once: bool, port: int) -> None:
    """Everything lives in a folder that is gone afterwards. The same figures on every run."""
    if once:
        async with _played():
            return
    with listening(PRIVATE_HOST, port, "--port") as private, listening(PRIVATE_HOST, 0, "--port") as public:
        async with _played() as app:
            say(f"\nThe inbox: http://{PRIVATE_HOST}:{port}/inbox    The mails: {app.settings.smtp.folder}    Stop with Ctrl-C.")
            await serve_app(app, public, private)


@asynccontextmanager
async def _played() -> AsyncGenerator[App, None]:
    """After the main job, which was told on the way."""
    with TemporaryDirectory(prefix="duebot-demo-") as folder:
        mails = Path(folder) / "mails"
        settings = demo_settings(Path(folder), mails)
        engine = open_engine(settings.database_url)
        await upgrade(engine)
        await engine.dispose()
        async with running(settings, FixedClock(TUESDAY)) as app:
            await _main_job(app)
            _tell_mails(mails)
            yield app


def demo_settings(folder: Path, mails: Path) -> Settings:
    """Only what the demo needs, whatever the environment says."""
    return Settings.model_construct(
        database_url=f"sqlite+aiosqlite:///{folder}/demo.db",
        secret_key=None,
        secret_key_before=None,
        public_url=None,
        policies=None,
        letters=None,
        inbox_user=NORA,
        slack=SlackSettings(),
        smtp=SMTPSettings(folder=mails, sender="receivables@alderfinch.example"),
    )


async def _main_job(app: App) -> None:
    async with app.store() as work:
        await _set_up(work)
        reading = read_ledger(SAMPLE)
        read = await import_ledger(ImportLedger("main", reading.rows(), TUESDAY.date()), work, app.clock)
    say(f"Read the sample book: {count(read.rows, 'row')}, {read.imported} imported, {len(read.refused)} refused.")
    first = await app.jobs.tick()
    say(f"First contact: {count(first.decided.waiting, 'account')} were overdue already and wait; the demo releases them itself.")
    async with app.store() as work:
        await release_accounts(ReleaseAccounts(), work, app.clock)
    done = first + await app.jobs.tick()
    sent = await app.jobs.deliver()
    await _tell_book(app)
    say(
        f"\nDecided {count(first.decided.accounts, 'account')}: {count(done.decided.notices, 'message')} queued, {sent.sent} sent, "
        f"{done.decided.escalated} escalated, {done.decided.withheld} withheld, {count(done.alerts.cards, 'card')} and {count(done.alerts.digests, 'digest')} posted."
    )


async def _set_up(work: UnitOfWork) -> None:
    book = await work.book("main")
    await work.change_book(_seller(book))
    for email, name, role in ((NORA, "Nora Albrecht", Role.ADMINISTRATOR), (TOMAS, "Tomás Rey", Role.MANAGER)):
        await work.add_user(User(UserId(new_id()), email, name, role))


def _seller(book: Book) -> Book:
    return replace(
        book,
        name="Alder & Finch GmbH",
        place=Place("Europe/Berlin", "DE"),
        currency="EUR",
        seller_email="receivables@alderfinch.example",
        seller_phone="+49 30 5550 0177",
        payment_instructions="Alder & Finch GmbH, IBAN DE02 1203 0000 0000 2020 51",
    )


async def _tell_book(app: App) -> None:
    """The aging, the digest, and every account that stands still and why."""
    now = app.clock.now()
    async with app.store() as work:
        book = await work.book("main")
        day = book.place.day(now)
        _show([render(aging_card(book, day, await work.aging(book.id, day)))])
        cards = sorted(await work.live_cards(book.id), key=lambda card: card.kind is not CardKind.DIGEST)
        _show([render(await draw(card, work, app.policies, now)) for card in cards])
        quiet = []
        async for account in work.all_accounts(book.id):
            seen = await see(account.customer.id, work, app.policies, now)
            quiet += [f"  {account.customer.name}, {one.item.number}: {one.because}" for one in seen.decision.items if one.open.minor > 0]
    _show(["Why each item stands as it does:\n" + "\n".join(sorted(quiet))])


def _show(texts: Sequence[str]) -> None:
    for text in texts:
        say(f"\n{text}")


def _tell_mails(mails: Path) -> None:
    found = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in mails.glob("*.eml")]
    say("\nMails that left:")
    for mail in sorted(found, key=lambda mail: str(mail["To"])):
        say(f"  {mail['To']}: {mail['Subject']}")
