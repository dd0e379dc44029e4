"""Settings in, running application out: the only place that knows all parts. A part is loaded only when it is configured."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from adapters.chat.protocol import ChatRoom
from adapters.letters.template_letters import TemplateLetters
from adapters.outreach.eml_folder import EmlFolder
from adapters.outreach.smtp import TLS, SMTPMail
from adapters.outreach.smtp import SMTPSettings as MailSettings
from adapters.store.engine import open_engine
from adapters.store.inbound import SqlInbound
from adapters.store.keys import must_fit
from adapters.store.migrate import is_current
from adapters.store.unit_of_work import SqlStore
from bot.clock import SystemClock
from bot.config import Settings, SMTPSettings, TeamsSettings, database_file, secret_keys
from bot.evidence import Packing
from bot.file_links import FileLinks
from bot.file_making import FileMaker
from bot.handle import Desk
from bot.health.counts import Counts
from bot.installations import StoredInstallations
from bot.jobs import Jobs
from bot.keep.daily import Keeping, head_places
from bot.live.files import Files
from bot.live.pace import Pace
from bot.live.route_settings import routing_of
from bot.policies import PolicyBook, PolicyVersion, policy_files
from bot.rates import read_rates
from bot.web.place import inbox_way
from cards.linked import Way
from workflows.domain.approving import Limits
from workflows.errors import Refused
from workflows.ports import Clock, Letters, Outreach

if TYPE_CHECKING:
    from adapters.chat.slack.chat import SlackChat
    from adapters.chat.teams.chat import TeamsChat


class NotMigrated(Refused):
    """There is no database, or its schema is of another version: `what` says which."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} Run: duebot migrate")
        self.what = what


@dataclass(frozen=True, slots=True)
class App:
    """Everything wired. `wake` is set whenever something may wait to be delivered; `ready` says whether the schema is this version's."""

    settings: Settings
    clock: Clock
    ready: Callable[[], Awaitable[bool]]
    store: SqlStore
    inbound: SqlInbound
    policies: PolicyBook
    letters: Letters
    desk: Desk
    jobs: Jobs
    keeping: Keeping
    files: Files
    links: FileLinks
    wake: asyncio.Event
    slack: SlackChat | None = None
    teams: TeamsChat | None = None
    counts: Counts = field(default_factory=Counts)


@asynccontextmanager
async def running(settings: Settings, clock: Clock | None = None, *, connect: bool = False) -> AsyncGenerator[App, None]:
    """`connect` opens the chats' lasting connections, for the service itself. Raises `NotMigrated`, `bot.config.BadSetting` and `bot.policies.BadPolicy` before anything starts."""
    _must_be_there(database_file(settings.database_url))
    app = await _build(settings, clock or SystemClock())
    if app.slack is not None and connect:
        await app.slack.start(app.counts.acknowledged.add)
    try:
        yield app
    finally:
        for chat in (app.slack, app.teams):
            if chat is not None:
                await chat.stop()
        await app.store.close()


async def _build(settings: Settings, clock: Clock) -> App:
    letters = TemplateLetters(settings.letters, settings.documents)
    keys = secret_keys(settings)
    store, policies, ready = await _opened(settings, keys)
    inbound, wake = store.inbound(clock), asyncio.Event()
    rooms: dict[str, ChatRoom] = {}
    outreach = channels(settings.smtp, clock)
    desk = Desk(store, policies, letters, clock, rooms, wake.set, Limits(settings.payment_limit), read_rates(settings.rates), outreach)
    slack = _slack(settings, desk, inbound, store, clock)
    if slack is not None:
        rooms["slack"] = slack.room
    links = FileLinks(settings.public_url, keys, clock)
    if (hooks := await _hooks(settings, store, links)) is not None:
        rooms[hooks.platform] = hooks
    teams = _teams(settings.teams, desk, store, clock, links, inbox_way(settings.inbox_url))
    if teams is not None:
        rooms["teams"] = teams.room
    counts = Counts()
    jobs = Jobs(
        store,
        policies,
        letters,
        clock,
        counts.of_channels(outreach),
        counts.of_rooms(rooms),
        inbound,
        desk,
        routing_of(settings.routes, settings.quiet),
        settings.summaries,
        store.abreast,
        wake.set,
    )
    return App(
        settings,
        clock,
        ready,
        store,
        inbound,
        policies,
        letters,
        desk,
        jobs,
        Keeping(store, policies, clock, head_places(settings)),
        Files(FileMaker(Packing(store, clock, settings.documents, settings.smtp.sender), policies), rooms),
        links,
        wake,
        slack,
        teams,
        counts,
    )


async def _opened(settings: Settings, keys: Sequence[bytes]) -> tuple[SqlStore, PolicyBook, Callable[[], Awaitable[bool]]]:
    """A database that is of this version and has these keys, its policies, and whether it still is of this version; else nothing stays open."""
    engine = open_engine(settings.database_url)
    try:
        await _must_be_migrated(is_current(engine))
        await must_fit(keys, engine)
        store = SqlStore(engine, keys)
        return store, await load_policies(settings, store), partial(is_current, engine)
    except BaseException:
        await engine.dispose()
        raise


def _must_be_there(file: Path | None) -> None:
    if file is not None and not file.exists():
        raise NotMigrated(f"There is no database {file.absolute()}.")


async def _must_be_migrated(asked: Awaitable[bool]) -> None:
    if not await asked:
        raise NotMigrated("The database's schema is not of this version.")


async def load_policies(settings: Settings, store: SqlStore) -> PolicyBook:
    """The files as they are now become the newest versions; older ones stay for the accounts that run on them."""
    current = [(name, await store.add_policy(name, text)) for name, text in policy_files(settings.policies)]
    try:
        return PolicyBook(starmap(PolicyVersion, await store.policy_versions()), current, stored=store.policy_versions)
    except ValueError as both:
        raise Refused(f"{str(both).capitalize()}.") from None


def channels(smtp: SMTPSettings, clock: Clock) -> Mapping[str, Outreach]:
    """The channels to customers that are set up."""
    sender = smtp.sender or "receivables@localhost"
    if smtp.folder is not None:
        return {"email": EmlFolder(smtp.folder, sender=sender, clock=clock)}
    if smtp.host is None:
        return {}
    password = smtp.password.get_secret_value() if smtp.password else None
    return {"email": SMTPMail(MailSettings(smtp.host, sender, smtp.port, TLS(smtp.security), smtp.user, password), clock)}


async def _approved(store: SqlStore) -> Sequence[str]:
    async with store() as work:
        return await work.approved_channels()


def _slack(settings: Settings, desk: Desk, inbound: SqlInbound, store: SqlStore, clock: Clock) -> SlackChat | None:
    """With the token of one workspace, or with what it takes to be installed in several."""
    slack = settings.slack
    if slack.bot_token is None and slack.client_id is None:
        return None
    from adapters.chat.slack.chat import build  # ruff: ignore[import-outside-top-level] - loaded only where Slack is used
    from adapters.chat.slack.settings import SlackSettings as Wire  # ruff: ignore[import-outside-top-level]

    wire = Wire(
        _shown(slack.bot_token),
        tuple(_shown(secret) or "" for secret in (slack.signing_secret, slack.signing_secret_before) if secret),
        _shown(slack.app_token),
        slack.client_id,
        _shown(slack.client_secret),
        settings.public_url,
        slack.api_url,
        frozenset(slack.approved_channels),
    )
    return build(wire, desk, inbound, StoredInstallations("slack", store, clock), clock, partial(_approved, store))


async def _hooks(settings: Settings, store: SqlStore, links: FileLinks) -> ChatRoom | None:
    """Channels that only have a webhook; one that is named later is known from the next start."""
    async with store() as work:
        if not await work.has_webhooks("slack_hook"):
            return None
    from adapters.chat.slack.hooks import SlackHooks  # ruff: ignore[import-outside-top-level]

    async def address(hook: str) -> str | None:
        async with store() as work:
            return await work.webhook(hook)

    return SlackHooks(address, inbox_way(settings.inbox_url), links.address)


def _teams(settings: TeamsSettings, desk: Desk, store: SqlStore, clock: Clock, links: FileLinks, way: Way | None) -> TeamsChat | None:
    if not settings.used:
        return None
    from adapters.chat.teams.chat import build  # ruff: ignore[import-outside-top-level] - loaded only where Teams is used
    from adapters.chat.teams.settings import PUBLIC_CLOUD  # ruff: ignore[import-outside-top-level]
    from adapters.chat.teams.settings import TeamsSettings as Wire  # ruff: ignore[import-outside-top-level]

    wire = Wire(
        app_id=settings.app_id or ("duebot" if settings.local else ""),
        workflows={name: one.get_secret_value() for name, one in settings.workflows.items()},
        password=_shown(settings.app_password) or "",
        tenant=settings.tenant_id,
        tenants=frozenset(settings.tenants),
        services=tuple(url.rstrip("/") for url in settings.service_urls) or PUBLIC_CLOUD,
        openid_url=settings.openid_url,
        issuer=settings.issuer,
        login_url=settings.login_url,
        local=settings.local,
        approved_channels=frozenset(settings.approved_channels),
    )
    return build(
        wire,
        desk,
        store.inbound(clock),
        store.addresses(clock),
        clock,
        partial(_approved, store),
        links.address,
        partial(Pace(store, clock).take, urgent=True),
        way,
    )


def _shown(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
