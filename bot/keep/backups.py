"""Making a backup of this place's database, and putting one back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from adapters.keep.backup_file import Head, reading, writing
from adapters.store.engine import open_engine
from adapters.store.restoring import Restored, copy_out, put_back, schema_of
from adapters.store.unit_of_work import SqlStore
from bot.app import NotMigrated
from bot.config import Settings, database_file, known_keys, secret_keys
from workflows.acting import record
from workflows.errors import Refused
from workflows.ports import Clock

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A backup on the disk: where, how large in bytes, of which schema, and how many rows of each table."""

    path: Path
    size: int
    schema: str
    rows: Mapping[str, int]


async def make_backup(settings: Settings, path: Path, clock: Clock, told: Progress, *, replace: bool = False) -> Made:
    """While everything else goes on. Raises `Refused`, and `OSError` where the file cannot be written."""
    made = await asyncio.to_thread(_make, settings, path, clock, told, replace=replace)
    store = SqlStore(open_engine(settings.database_url), secret_keys(settings))
    try:
        async with store() as work:
            await record(work, "command line", clock.now(), "backup.made", {"schema": made.schema, "rows": sum(made.rows.values())})
    finally:
        await store.close()
    return made


def _make(settings: Settings, path: Path, clock: Clock, told: Progress, *, replace: bool) -> Made:
    if path.exists() and not replace:
        raise Refused(f"{path} is there already. Name another file, or say --replace.")
    file = database_file(settings.database_url)
    if file is not None and not file.exists():
        raise NotMigrated(f"There is no database {file.absolute()}.")
    schema = schema_of(settings.database_url)
    if schema is None:
        raise NotMigrated("The database is empty.")
    keys = secret_keys(settings)
    with writing(path, keys[0], schema, clock.now(), version("duebot")) as into:
        copy_out(settings.database_url, into, keys, schema, told)
    return Made(path, path.stat().st_size, schema, into.rows)


async def look_into(settings: Settings, path: Path) -> tuple[Head, Mapping[str, int]]:
    """What a backup is of, once it was found whole. Raises `adapters.keep.backup_file.BadBackup`."""

    def look() -> tuple[Head, Mapping[str, int]]:
        with reading(path, known_keys(settings)) as backup:
            return backup.head, backup.rows()

    return await asyncio.to_thread(look)


async def restore_backup(settings: Settings, path: Path, clock: Clock, told: Progress, *, replace: bool) -> Restored:
    """All of it or nothing. Raises `Refused`, and what the database raises."""

    def restore() -> Restored:
        with reading(path, known_keys(settings)) as backup, _nothing_left_of(database_file(settings.database_url)):
            return put_back(settings.database_url, backup, known_keys(settings), clock.now(), replace=replace, told=told)

    return await asyncio.to_thread(restore)


@contextmanager
def _nothing_left_of(file: Path | None) -> Generator[None, None, None]:
    """A local database that was not there before is not there after what went wrong."""
    is_new = file is not None and not file.exists()
    try:
        yield
    except BaseException:
        if file is not None and is_new:
            for end in ("", "-wal", "-shm"):
                file.with_name(file.name + end).unlink(missing_ok=True)
        raise
