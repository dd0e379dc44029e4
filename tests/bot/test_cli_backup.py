"""backup, restore and release --restored, as somebody types them."""

from __future__ import annotations

import shutil

import pytest

from tests.bot.cli_place import SAMPLE, Place


@pytest.fixture
def local_place(sqlite_place: Place) -> Place:
    """As `filled_place`, on a local database with the key beside it."""
    assert sqlite_place.duebot("import", str(SAMPLE), "--yes").code == 0
    return sqlite_place


def fresh(place: Place) -> str:
    """A database that is not there yet, with the key beside it."""
    shutil.copyfile(place.folder / "duebot.key", place.folder / "new.key")
    return "sqlite+aiosqlite:///new.db"


def test_a_backup_is_told_and_never_written_over_unasked(filled_place: Place) -> None:
    told = filled_place.duebot("backup", "b", "--json").json
    assert (told["file"], told["bytes"], told["rows"]["items"]) == ("b", (filled_place.folder / "b").stat().st_size, 15)
    again = filled_place.duebot("backup", "b")
    assert (again.code, again.err) == (1, "b is there already. Name another file, or say --replace.\n")
    again = filled_place.duebot("backup", "b", "--replace")
    assert again.code == 0
    assert "The secret key is not in it" in again.out
    assert '"backup.made"' in filled_place.duebot("audit", "export").out


def test_a_copy_is_put_back_looked_at_and_released(local_place: Place) -> None:
    assert local_place.duebot("backup", "b").code == 0
    assert local_place.duebot("restore", "b", "--dry-run").out.startswith("b is whole: ")
    env = {"DUEBOT_DATABASE_URL": fresh(local_place), "DUEBOT_SMTP__FOLDER": "mails"}
    assert local_place.duebot("restore", "b", "--json", env=env).json["restored"] is True
    found = local_place.duebot("check", "--offline", "--json", env=env).json["findings"]
    assert "duebot release --restored" in next(one["fix"] for one in found if one["name"] == "stops.restored")
    assert local_place.duebot("tick", "--json", env=env).json["accounts"] == 0
    asked = local_place.duebot("release", "--restored", env=env)
    assert (asked.code, "Say so with --yes." in asked.err or "say so with --yes" in asked.err) == (2, True)
    assert "This is a copy of" in asked.out
    asked = local_place.duebot("release", "--restored", "--json", env=env)
    assert (asked.code, asked.json["released"]) == (2, False)
    done = local_place.duebot("release", "--restored", "--yes", env=env)
    assert (done.code, "Released." in done.out) == (0, True)
    assert local_place.duebot("release", "--restored", "--yes", env=env).code == 1
    assert local_place.duebot("tick", "--json", env=env).json["accounts"] > 0
    assert local_place.duebot("audit", "verify", env=env).code == 0


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        (b"0.1.0", b"0.1.1", "is not whole, or was changed"),
        (b'"backup"', b'"ledger"', "is not a backup of Duebot"),
    ],
)
def test_what_is_no_backup_gets_one_sentence_and_changes_nothing(filled_place: Place, good: bytes, bad: bytes, said: str) -> None:
    filled_place.duebot("backup", "b")
    file = filled_place.folder / "b"
    file.write_bytes(file.read_bytes().replace(good, bad))
    for words in (("restore", "b", "--replace"), ("restore", "b", "--dry-run")):
        told = filled_place.duebot(*words)
        assert (told.code, said in told.err, told.err.count("\n")) == (1, True, 1)
    assert filled_place.duebot("query", "overdue").code == 0


def test_a_backup_without_its_key_is_refused_and_no_new_key_is_made(local_place: Place) -> None:
    local_place.duebot("backup", "b")
    env = {"DUEBOT_DATABASE_URL": "sqlite+aiosqlite:///new.db"}
    told = local_place.duebot("restore", "b", env=env)
    assert (told.code, "The secret key of the backup is missing" in told.err) == (2, True)
    (local_place.folder / "new.key").write_text("A" * 43 + "=\n", encoding="utf-8")
    told = local_place.duebot("restore", "b", env=env)
    assert (told.code, "made with another secret key" in told.err) == (1, True)
    assert not (local_place.folder / "new.db").exists()


def test_a_database_in_use_is_kept(filled_place: Place) -> None:
    filled_place.duebot("backup", "b")
    told = filled_place.duebot("restore", "b")
    assert (told.code, "The database is not empty" in told.err) == (1, True)
    assert filled_place.duebot("restore", "b", "--replace").code == 0


def test_there_is_nothing_to_copy_or_to_release_where_nothing_is(empty_place: Place) -> None:
    told = empty_place.duebot("backup", "b")
    assert (told.code, "Run: duebot migrate" in told.err) == (1, True)
    assert empty_place.duebot("migrate").code == 0
    told = empty_place.duebot("release", "--restored", "--yes")
    assert (told.code, told.err) == (1, "This is no restored copy, or it was released already.\n")
    assert empty_place.duebot("restore", "nothing").err == "nothing: No such file or directory.\n"
