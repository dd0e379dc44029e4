"""Wrong settings are named, with what was expected, before anything starts; secrets are never shown."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from pathlib import Path

import pytest

from adapters.chat.protocol import Incoming, Person
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.config import Settings, database_file, read_settings, secret_keys, setting_names
from tests.bot.cli_place import Place
from tests.fakes.clock import FixedClock

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(range(1, 33))).decode()
SERVER = "postgresql+psycopg://u:hunter2@127.0.0.1:1/x"


@pytest.fixture
def place(sqlite_place: Place) -> Place:
    """The key beside the database is made for a local one only."""
    return sqlite_place


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DUEBOT_DATABASE_URL", "mysql://u:hunter2@h/x", "begins with sqlite+aiosqlite:/// or postgresql+psycopg://"),
        ("DUEBOT_DATABASE_URL", "postgresql+psycopg://u:hunter2@h:many/x", "a number after the host's colon"),
        ("DUEBOT_DATABASE_URL", "sqlite+aiosqlite:///", "expected a file"),
        ("DUEBOT_DATABASE_URL", "sqlite+aiosqlite:///:memory:", "expected a file"),
        ("DUEBOT_DATABASE_URL", "sqlite+aiosqlite:///.", "expected a file"),
        ("DUEBOT_SECRET_KEY", "hunter2", "the base64 of 32 bytes"),
        ("DUEBOT_PUBLIC_URL", "hunter2", "https://"),
        ("DUEBOT_PUBLIC_URL", "http://h.example", "https://"),
        ("DUEBOT_POLICIES", "nowhere", "a folder"),
        ("DUEBOT_LETTERS", "nowhere", "a folder"),
        ("DUEBOT_SMTP__PORT", "many", "a whole number"),
        ("DUEBOT_SMTP__PORT", "0", "at least 1"),
        ("DUEBOT_SMTP__PORT", "70000", "at most 65535"),
        ("DUEBOT_SMTP__SECURITY", "ssl", "'starttls', 'tls' or 'none'"),
        ("DUEBOT_SLACK__API_URL", "https://hunter2.example", "ends in /api/"),
        ("DUEBOT_SLACK__APPROVED_CHANNELS", "C1", "a JSON list"),
        ("DUEBOT_SLACK__APPROVED_CHANNELS", '{"a": 1}', "a list"),
        ("DUEBOT_SLACK", "hunter2", "a section"),
        ("DUEBOT_NONSENSE", "hunter2", "there is no such setting"),
        ("DUEBOT_SMTP__HOTS", "hunter2", "Did you mean DUEBOT_SMTP__HOST?"),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_expected(place: Place, name: str, value: str, expected: str) -> None:
    told = place.duebot("user", "list", env={name: value})
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(f"{name}:")
    assert expected in told.err
    assert "hunter2" not in told.err
    assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = [", "duebot.toml is not TOML"),
        ("databse_url = 'a'", "DUEBOT_DATABSE_URL: there is no such setting. Did you mean DUEBOT_DATABASE_URL?"),
        ("[smpt]\nhost = 'a'", "DUEBOT_SMPT: there is no such setting. Did you mean DUEBOT_SMTP?"),
        ("[smtp]\nhots = 'a'", "DUEBOT_SMTP__HOTS: there is no such setting."),
        ("[smtp]\nhost = 1", "DUEBOT_SMTP__HOST: expected a text in quotes."),
        ("smtp = 1", "DUEBOT_SMTP: expected a section"),
    ],
)
def test_a_wrong_file_is_said_so(place: Place, text: str, expected: str) -> None:
    place.file("duebot.toml", text)
    told = place.duebot("check", "--offline")
    assert (told.code, told.out) == (2, "")
    assert expected in told.err


def test_a_file_that_cannot_be_read_is_said_so(place: Place) -> None:
    (place.folder / "duebot.toml").mkdir()
    assert place.duebot("user", "list").err == "duebot.toml cannot be read: Is a directory.\n"
    (place.folder / "duebot.toml").rmdir()
    (place.folder / "duebot.toml").write_bytes(b"\xff\xfe")
    assert place.duebot("user", "list").err == "duebot.toml is not UTF-8 text.\n"


def test_every_wrong_setting_is_named_at_once(place: Place) -> None:
    told = place.duebot("user", "list", env={"DUEBOT_SMTP__PORT": "many", "DUEBOT_NONSENSE": "1", "DUEBOT_POLICIES": "nowhere"})
    assert [line.partition(":")[0] for line in told.err.splitlines()] == ["DUEBOT_NONSENSE", "DUEBOT_POLICIES", "DUEBOT_SMTP__PORT"]


def test_the_environment_wins_over_the_file(empty_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    empty_place.file("duebot.toml", "inbox_user = 'a@b.example'", "[smtp]", "host = 'file.example'", "port = 25")
    monkeypatch.setenv("DUEBOT_SMTP__HOST", "environment.example")
    settings = read_settings()
    assert (settings.inbox_user, settings.smtp.host, settings.smtp.port) == ("a@b.example", "environment.example", 25)


def test_what_kubernetes_puts_beside_our_settings_is_not_taken_for_one(empty_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUEBOT_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("DUEBOT_PORT_8080_TCP", "tcp://10.0.0.1:8080")
    assert read_settings().public_url is None


def test_no_secret_is_in_the_settings_own_words(empty_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUEBOT_DATABASE_URL", SERVER)
    for name in [name for name in setting_names() if name.rpartition("_")[2] in {"TOKEN", "SECRET", "PASSWORD", "KEY", "BEFORE"}]:
        monkeypatch.setenv(name, "hunter2")
    shown = repr(read_settings()) + str(read_settings())
    assert "hunter2" not in shown
    assert shown.count("**********") == 2 * 10


def test_a_database_nobody_answers_at_is_one_sentence_without_its_password(place: Place) -> None:
    for words in (("migrate",), ("user", "list"), ("serve", "--port", "18980", "--admin-port", "18981")):
        told = place.duebot(*words, env={"DUEBOT_DATABASE_URL": SERVER, "DUEBOT_SECRET_KEY": KEY})
        assert (told.code, told.out) == (1, "")
        assert told.err.startswith("The database cannot be used: connection failed:")
        assert "hunter2" not in told.err
        assert len(told.err.splitlines()) == 1


def test_a_server_needs_a_key_of_its_own(empty_place: Place) -> None:
    told = empty_place.duebot("migrate", env={"DUEBOT_DATABASE_URL": SERVER})
    assert told.code == 2
    assert told.err.startswith("DUEBOT_SECRET_KEY: missing")


def test_a_file_that_is_no_database_is_one_sentence(empty_place: Place) -> None:
    empty_place.file("duebot.db", "not a database, though long enough to look like one " * 3)
    for words in (("migrate",), ("user", "list")):
        told = empty_place.duebot(*words)
        assert (told.code, len(told.err.splitlines())) == (1, 1)
        assert "file is not a database" in told.err


def test_a_folder_that_is_not_there_is_one_sentence(empty_place: Place) -> None:
    env = {"DUEBOT_DATABASE_URL": "sqlite+aiosqlite:///nowhere/duebot.db"}
    assert "nowhere/duebot.key" in empty_place.duebot("migrate", env=env).err
    told = empty_place.duebot("user", "list", env=env)
    assert told.err.endswith("nowhere/duebot.db. Run: duebot migrate\n")
    assert list(empty_place.folder.iterdir()) == []


async def _accepted(keys: Sequence[bytes]) -> None:
    """Something sealed is in the database."""
    store = SqlStore(open_engine("sqlite+aiosqlite:///duebot.db"), keys)
    await store.inbound(FixedClock()).accept(Incoming("key", Person("slack", "T1", "U1"), text="overdue"))
    await store.close()


def test_a_key_that_does_not_open_the_database_is_named_before_anything_starts(place: Place) -> None:
    asyncio.run(_accepted(secret_keys(read_settings())))
    for words in (("tick",), ("user", "list")):
        told = place.duebot(*words, env={"DUEBOT_SECRET_KEY": OTHER})
        assert (told.code, told.out) == (1, "")
        assert told.err.startswith("DUEBOT_SECRET_KEY is not the key this database was written with.")
    kept = (place.folder / "duebot.key").read_text().strip()
    assert place.duebot("user", "list", env={"DUEBOT_SECRET_KEY": OTHER, "DUEBOT_SECRET_KEY_BEFORE": kept}).code == 0


@pytest.mark.parametrize("text", [b"", b"short", b"\xff\xfe"])
def test_a_damaged_key_file_is_named_and_left_alone(place: Place, text: bytes) -> None:
    (place.folder / "duebot.key").write_bytes(text)
    told = place.duebot("user", "list")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("duebot.key is not a key any more")
    assert (place.folder / "duebot.key").read_bytes() == text


def test_the_key_is_made_once_and_for_its_owner_alone(empty_place: Place) -> None:
    settings = Settings(database_url="sqlite+aiosqlite:///a.db")
    assert secret_keys(settings) == secret_keys(settings)
    assert Path("a.key").stat().st_mode & 0o777 == 0o600


def test_a_local_databases_file_is_known() -> None:
    assert database_file("sqlite+aiosqlite:////var/duebot.db") == Path("/var/duebot.db")
    assert database_file(SERVER) is None


@pytest.mark.parametrize(("file", "text"), [("a.yaml", b"name: a\n"), ("b.yaml", b"\xff"), ("c.yaml", None)])
def test_a_bad_policy_file_stops_everything_with_its_name(place: Place, file: str, text: bytes | None) -> None:
    folder = place.folder / "policies"
    folder.mkdir()
    (folder / file).mkdir() if text is None else (folder / file).write_bytes(text)
    told = place.duebot("tick", env={"DUEBOT_POLICIES": "policies"})
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith(f"{file} line 1: ")
