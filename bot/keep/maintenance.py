"""Maintenance: announced, backed up, migrated and judged in one transaction, which is kept only if all is well."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from adapters.store.engine import open_engine
from adapters.store.migrate import head, knows
from adapters.store.pausing import Pause, zone_of
from adapters.store.restoring import schema_of
from adapters.store.trouble import sentence_of
from adapters.store.trying import migrated
from adapters.store.unit_of_work import SqlStore
from bot.app import App, NotMigrated, load_policies
from bot.config import Settings, database_file, secret_keys
from bot.keep.backups import make_backup
from cards.format import count
from workflows.audit_invariants import Rule, audit_invariants
from workflows.domain.calendar import Place
from workflows.domain.maintenance import window
from workflows.errors import Refused
from workflows.ports import Clock

KEPT = 14  # backups of maintenance; older ones go
NAME = "duebot-{:%Y%m%dT%H%M%SZ}.backup"
TOLD_WITHIN = 75.0  # seconds for the card to stand in the chat: the running service shows cards every minute
RESTS_WITHIN = 60.0  # seconds for what is being handed over to be noted
MARK = "maintenance"
_SERIOUS = frozenset({Rule.SAID_TWICE, Rule.LEDGER, Rule.PLAN})

log = structlog.get_logger(__name__)

Say = Callable[[str], None]


class NotSound(Refused):
    """What must always hold does not, after migrating. Nothing was kept."""


@dataclass(frozen=True, slots=True)
class Maintained:
    """What a maintenance came to. Where it is not `ok` the database is what it was, and `because` says why."""

    ok: bool
    from_schema: str
    to_schema: str
    backup: str = ""
    because: str = ""

    @property
    def migrated(self) -> bool:
        return self.ok and self.from_schema != self.to_schema


async def planned(settings: Settings) -> tuple[str, str]:
    """The schema the database is at, and the one this release wants. Raises `NotMigrated` and `Refused`."""
    file = database_file(settings.database_url)
    if file is not None and not await asyncio.to_thread(file.exists):
        raise NotMigrated(f"There is no database {file.absolute()}.")
    schema = await asyncio.to_thread(schema_of, settings.database_url)
    if schema is None:
        raise NotMigrated("The database is empty.")
    if not knows(schema):
        raise Refused("The database was made by a newer Duebot. Use that version.")
    return schema, head()


async def maintain(settings: Settings, clock: Clock, say: Say, *, chats: bool) -> Maintained:
    """Nothing is paused where nothing is migrated. With `chats` it waits until staff were told. Raises `Refused` while another one goes on."""
    before, after = await planned(settings)
    engine = open_engine(settings.database_url)
    pause, done = Pause(engine), Maintained(ok=False, from_schema=before, to_schema=after, because="It was broken off")
    try:
        if before != after:
            await _pause(pause, clock, say, chats=chats)
        done = await _maintained(settings, clock, say, before, after)
        if not done.ok and before == after:
            await pause.announce(clock.now(), {})
    finally:
        await pause.end(clock.now(), {"ok": done.ok, "because": done.because, "backup": Path(done.backup).name})
        await engine.dispose()
    return done


async def _pause(pause: Pause, clock: Clock, say: Say, *, chats: bool) -> None:
    say("Telling staff.")
    if await pause.announce(clock.now(), {}) and chats:
        await _until(pause.is_announced, TOLD_WITHIN)
    if not await pause.begin(clock.now(), {}):
        raise Refused(
            "Another maintenance goes on. If its process was killed, its pause ends by itself within half an hour; run this again then."
        )
    say("Paused. Waiting for what is under way.")

    async def rests() -> bool:
        return await pause.under_way(clock.now()) == 0

    await _until(rests, RESTS_WITHIN)


async def _until(holds: Callable[[], Any], seconds: float) -> None:
    """Or until the time is over."""
    try:
        async with asyncio.timeout(seconds):
            while not await holds():  # ruff: ignore[async-busy-wait] - another process changes it
                await asyncio.sleep(0.5)
    except TimeoutError:
        log.warning("maintenance goes on without waiting longer", seconds=seconds)


async def _maintained(settings: Settings, clock: Clock, say: Say, before: str, after: str) -> Maintained:
    made = ""
    try:
        say("Backing up.")
        made = await _backed_up(settings, clock)
        say("Migrating, and looking whether all that must hold holds." if before != after else "Looking whether all that must hold holds.")
        await _tried(settings, clock, before, after)
    except Exception as trouble:  # ruff: ignore[blind-except] - whatever it was, the database is what it was, and staff are told
        because = str(trouble) if isinstance(trouble, Refused) else sentence_of(trouble) or f"{type(trouble).__name__}: {trouble}"
        log.warning("maintenance failed", why=because)
        return Maintained(ok=False, from_schema=before, to_schema=after, backup=made, because=because)
    return Maintained(ok=True, from_schema=before, to_schema=after, backup=made)


async def _backed_up(settings: Settings, clock: Clock) -> str:
    folder = settings.backups
    await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
    made = await make_backup(settings, folder / NAME.format(clock.now()), clock, lambda _: None)
    await asyncio.to_thread(_let_old_ones_go, folder)
    return str(made.path)


def _let_old_ones_go(folder: Path) -> None:
    mine = sorted(folder.glob("duebot-*T*Z.backup"))
    for old in mine[:-KEPT]:
        old.unlink()


async def _tried(settings: Settings, clock: Clock, before: str, after: str) -> None:
    """Raises what was wrong; then nothing was kept."""
    engine, keys = open_engine(settings.database_url), secret_keys(settings)
    try:
        if before == after:
            await _must_be_sound(SqlStore(engine, keys), settings, clock)
            return
        async with migrated(engine, keys) as store:
            await _must_be_sound(store, settings, clock)
    finally:
        await engine.dispose()


async def _must_be_sound(store: SqlStore, settings: Settings, clock: Clock) -> None:
    verified = await store.audit.verify()
    if verified.first_bad is not None:
        raise NotSound(f"The audit trail breaks at entry {verified.first_bad}.")
    broken = [one for one in await audit_invariants(store, await load_policies(settings, store), clock) if one.rule in _SERIOUS]
    if broken:
        raise NotSound(f"{count(len(broken), 'place')} where a rule does not hold, the first: {broken[0].words}")


async def maintain_in_window(app: App) -> Maintained | None:
    """Once in each window; null outside of it, and when it was done."""
    began = await window_began(app.settings, app.clock.now())
    if began is None:
        return None
    async with app.store() as work:
        mark = await work.read_mark(MARK)
        if mark is not None and mark[1] >= began:
            return None
        await work.set_read_mark(MARK, began.isoformat(), app.clock.now())
    return await maintain(app.settings, app.clock, lambda words: log.info("maintenance", what=words), chats=False)


async def window_began(settings: Settings, now: datetime) -> datetime | None:
    """When the window that is open now began; null outside of it, and where none is set."""
    if settings.maintenance is None:
        return None
    engine = open_engine(settings.database_url)
    try:
        return window(settings.maintenance).began(now, Place(await zone_of(engine)))
    finally:
        await engine.dispose()


def document(done: Maintained) -> dict[str, Any]:
    """For scripts."""
    schemas = {"from": done.from_schema, "to": done.to_schema, "migrated": done.migrated}
    return {"ok": done.ok, **schemas, "backup": done.backup, "because": done.because}
