"""Sealed values open only where they were sealed, and only with the right key."""

from __future__ import annotations

from uuid import UUID

import pytest

from adapters.store.secrets import BadKey, Unreadable, Vault

ROW, OTHER = UUID(int=1), UUID(int=2)
OLD, NEW = b"o" * 32, b"n" * 32


def test_a_value_opens_where_it_was_sealed() -> None:
    vault = Vault([OLD])
    assert vault.open(vault.seal("Grüße", "notices", "body", ROW), "notices", "body", ROW) == "Grüße"


def test_the_same_value_never_looks_the_same_twice() -> None:
    vault = Vault([OLD])
    assert vault.seal("a", "notices", "body", ROW) != vault.seal("a", "notices", "body", ROW)


@pytest.mark.parametrize(("table", "column", "row"), [("inbound", "body", ROW), ("notices", "payload", ROW), ("notices", "body", OTHER)])
def test_a_value_that_was_moved_does_not_open(table: str, column: str, row: UUID) -> None:
    vault = Vault([OLD])
    with pytest.raises(Unreadable):
        vault.open(vault.seal("a", "notices", "body", ROW), table, column, row)


@pytest.mark.parametrize("at", [0, 12, 20, -1])
def test_one_changed_byte_is_noticed(at: int) -> None:
    vault = Vault([OLD])
    sealed = bytearray(vault.seal("a message", "notices", "body", ROW))
    sealed[at] ^= 1
    with pytest.raises(Unreadable):
        vault.open(bytes(sealed), "notices", "body", ROW)


@pytest.mark.parametrize("junk", [b"", b"short", bytes(12)])
def test_what_was_never_sealed_does_not_open(junk: bytes) -> None:
    with pytest.raises(Unreadable):
        Vault([OLD]).open(junk, "notices", "body", ROW)


def test_in_a_rotation_the_new_key_seals_and_both_open() -> None:
    before, during, after = Vault([OLD]), Vault([NEW, OLD]), Vault([NEW])
    assert during.open(before.seal("a", "t", "c", ROW), "t", "c", ROW) == "a"
    assert after.open(during.seal("a", "t", "c", ROW), "t", "c", ROW) == "a"
    with pytest.raises(Unreadable):
        after.open(before.seal("a", "t", "c", ROW), "t", "c", ROW)


@pytest.mark.parametrize("keys", [[], [b"short"], [OLD, b"n" * 31]])
def test_a_key_of_another_length_is_refused(keys: list[bytes]) -> None:
    with pytest.raises(BadKey):
        Vault(keys)


def test_a_key_never_shows() -> None:
    assert "ooo" not in repr(Vault([OLD]))
