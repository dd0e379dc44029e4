"""A backup holds one instant of either database, and goes back into either, whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from adapters.keep.backup_file import END, BadBackup, writing
from adapters.store import migrate
from adapters.store.copying import lines_of, tables_of
from adapters.store.engine import open_engine, open_whole
from adapters.store.restoring import HoldsSomething, schema_of
from adapters.store.secrets import Unreadable
from adapters.store.unit_of_work import SqlStore
from tests.conftest import KINDS, SECRET_KEY
from tests.fakes.clock import FixedClock
from tests.store.whole import ADDED, COPIED, RESTORED, backed_up, filled, restored, rows_of
from tests.workflows.office import Office, policies
from workflows.audit_invariants import audit_invariants
from workflows.records import AuditEntry, CardKind
from workflows.stops import StopKind

BEFORE_THIS = "2026_11_28_1910"  # the last schema of the release before backups


@pytest.fixture(params=KINDS)
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that is not there yet, or has not a single table."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'elsewhere.db'}"
        return
    with request.getfixturevalue("postgres").database(template="template0") as url:
        yield url


@contextmanager
def sql(url: str, *statements: str) -> Generator[list[object], None, None]:
    """The first column of what the last statement answers."""
    engine = open_whole(url)
    with engine.begin() as connection:
        found: list[object] = []
        for statement in statements:
            answer = connection.execute(text(statement))
            found = [row[0] for row in answer] if answer.returns_rows else []
    engine.dispose()
    yield found


async def test_what_one_database_held_the_other_holds_to_the_last_byte(
    store: SqlStore, database_url: str, elsewhere: str, tmp_path: Path
) -> None:
    await filled(store)
    before, path = rows_of(database_url), tmp_path / "b"
    rows = backed_up(database_url, path)
    assert rows == {name: len(found) for name, found in before.items()}
    done = restored(elsewhere, path)
    after = rows_of(elsewhere)
    assert (done.schema, done.replaced, done.rows) == (migrate.head(), False, rows)
    assert {name: found for name, found in after.items() if name not in ADDED} == {n: f for n, f in before.items() if n not in ADDED}
    assert {name: len(set(after[name]) - set(before[name])) for name in ADDED} == dict.fromkeys(ADDED, 1)
    assert all(set(before[name]) <= set(after[name]) for name in ADDED)
    copy = SqlStore(open_engine(elsewhere), [SECRET_KEY])
    verified = await copy.audit.verify()
    assert (verified.first_bad, verified.count) == (None, len(before["audit"]) + 1)
    assert await audit_invariants(copy, policies(), FixedClock(COPIED)) == []
    async with copy() as work:
        await work.record(AuditEntry("me", COPIED, "x", {}))  # numbers itself behind all others
    assert (await copy.audit.verify()).count == verified.count + 1
    await copy.close()


async def test_nothing_leaves_a_copy_and_everything_says_so(store: SqlStore, database_url: str, elsewhere: str, tmp_path: Path) -> None:
    await filled(store)
    backed_up(database_url, tmp_path / "b")
    restored(elsewhere, tmp_path / "b")
    copy = Office(SqlStore(open_engine(elsewhere), [SECRET_KEY]), FixedClock(RESTORED))
    async with copy.store() as work:
        (stop,) = await work.stops(RESTORED)
        assert (stop.kind, stop.until, stop.data) == (StopKind.RESTORED, None, {"copied_at": COPIED.isoformat()})
    (card,) = [card for card in await copy.cards(CardKind.PROBLEM) if card.data["what"] == "restored"]
    assert card.message is None
    await copy.at(RESTORED + timedelta(days=20))
    assert copy.mail.tried == 0
    await copy.store.close()


async def test_a_backup_is_of_one_instant_and_keeps_no_writer_waiting(store: SqlStore, database_url: str) -> None:
    await filled(store)
    engine = open_whole(database_url)
    options = {"reads_only": True} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        tables = {table.table: table for table in tables_of(connection)}
        before = list(lines_of(connection, tables["audit"]))
        async with asyncio.timeout(5), store() as work:
            await work.record(AuditEntry("me", COPIED, "meanwhile", {}))
        assert list(lines_of(connection, tables["audit"])) == before
    with engine.connect() as connection:
        assert len(list(lines_of(connection, tables["audit"]))) == len(before) + 1
    engine.dispose()


async def test_a_database_in_use_is_written_over_only_when_told(store: SqlStore, database_url: str, tmp_path: Path) -> None:
    office = await filled(store)
    backed_up(database_url, tmp_path / "b")
    await office.owe("newer")
    held = rows_of(database_url)
    with pytest.raises(HoldsSomething, match="--replace"):
        restored(database_url, tmp_path / "b")
    assert rows_of(database_url) == held
    assert restored(database_url, tmp_path / "b", replace=True).replaced
    assert "INV-newer" not in str(rows_of(database_url)["items"])
    assert "INV-acme" in str(rows_of(database_url)["items"])


def test_a_database_that_was_made_and_never_used_is_empty(database_url: str, tmp_path: Path) -> None:
    backed_up(database_url, tmp_path / "b")
    assert not restored(database_url, tmp_path / "b").replaced


def half(path: Path, url: str, **rows: list[bytes]) -> Path:
    """A backup that is whole and says what the schema refuses, as a mistake of ours or a holder of the key could make it."""
    schema = schema_of(url)
    assert schema
    with writing(path, SECRET_KEY, schema, COPIED, "0") as into:
        into.table("users", ["id", "email", "name", "role"], iter([b"a" * 32 + b"\ta@x\tA\t1\n"]))
        for name, lines in rows.items():
            columns = ["id", "customer_id", "kind", "address", "position"] if name == "contacts" else ["id", "email", "name", "role"]
            into.table(name, columns, iter(lines))
    return path


REFUSED: tuple[dict[str, list[bytes]], ...] = (
    {"contacts": [b"b" * 32 + b"\t" + b"c" * 32 + b"\temail\tx@y\t0\n"]},  # refers to nobody
    {"contacts": [b"b" * 32 + b"\t" + b"c" * 32 + b"\n"]},  # cells are missing
    {"contacts": [b"b" * 32 + b"\t\\N\temail\tx@y\t0\n"]},  # null where there has to be something
    {"nonsense": [b"b\n"]},
    {"nonsense": [END]},
)


async def test_what_cannot_be_put_back_whole_changes_nothing(store: SqlStore, database_url: str, elsewhere: str, tmp_path: Path) -> None:
    await filled(store)
    held = rows_of(database_url)
    for number, rows in enumerate(REFUSED):
        path = half(tmp_path / f"b{number}", database_url, **rows)
        for url in (database_url, elsewhere):
            with pytest.raises(BadBackup):
                restored(url, path, replace=True)
    assert rows_of(database_url) == held
    assert schema_of(elsewhere) is None


async def test_a_key_that_opens_nothing_is_found_before_anything_stands(store: SqlStore, database_url: str, tmp_path: Path) -> None:
    """The seal can be right and the rows' key another: a database whose key was lost, backed up with a new one."""
    await filled(store)
    other = bytes(32)
    with pytest.raises(Unreadable):
        backed_up(database_url, tmp_path / "b", key=other)
    assert list(tmp_path.glob("b*")) == []  # ruff: ignore[blocking-path-method-in-async-function]


async def test_a_backup_of_an_older_release_is_brought_up_to_date_and_one_of_a_newer_refused(
    database_url: str, elsewhere: str, tmp_path: Path
) -> None:
    engine = open_engine(database_url)
    await migrate.downgrade(engine, BEFORE_THIS)
    await engine.dispose()
    backed_up(database_url, tmp_path / "old")
    assert restored(elsewhere, tmp_path / "old").schema == migrate.head()
    with writing(tmp_path / "new", SECRET_KEY, "2031_01_01_0000", COPIED, "9.0") as into:
        into.table("users", ["id"], iter([]))
    with pytest.raises(BadBackup, match=r"made by a newer Duebot \(9.0\)"):
        restored(database_url, tmp_path / "new", replace=True)


def test_a_copy_of_a_copy_that_nobody_released_is_as_old_as_the_first(database_url: str, tmp_path: Path) -> None:
    backed_up(database_url, tmp_path / "b")
    restored(database_url, tmp_path / "b")
    backed_up(database_url, tmp_path / "c", at=COPIED + timedelta(days=3))
    restored(database_url, tmp_path / "c", replace=True)
    with sql(database_url, "SELECT data FROM stops WHERE ended_at IS NULL") as standing:
        assert len(standing) == 1
        assert COPIED.isoformat() in str(standing[0])


def test_a_foreign_database_is_left_alone(elsewhere: str, database_url: str, tmp_path: Path) -> None:
    backed_up(database_url, tmp_path / "b")
    with sql(elsewhere, "CREATE TABLE theirs (id INTEGER)"), pytest.raises(HoldsSomething, match="another program"):
        restored(elsewhere, tmp_path / "b")
