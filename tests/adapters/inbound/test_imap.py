"""A mailbox against a real server: what is read, once and in order, and what each kind of trouble is called."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from adapters.inbound import imap as connector
from adapters.inbound.imap import IMAPMailbox, IMAPSettings
from adapters.outreach.smtp import TLS
from tests.peers.imap import HOST, Dovecot, running_dovecot
from workflows.domain.arrivals import Answer
from workflows.errors import NeedsReconnect, Unavailable

LONG_AGO = date(2020, 1, 1)  # the server dates what arrives by its own clock


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    # Not below the test run's own folder, which only its owner may enter.
    with tempfile.TemporaryDirectory(prefix="duebot-dovecot-") as name, running_dovecot(Path(name)) as running:
        yield running


@pytest.fixture
def server(dovecot: Dovecot, request: pytest.FixtureRequest) -> Dovecot:
    """A mailbox of the test's own."""
    return dovecot.of(f"user{abs(hash(request.node.name))}")


def letter(n: int) -> bytes:
    return f"From: Pay <pay@acme.example>\r\nSubject: Re: {n}\r\nMessage-ID: <{n}@acme.example>\r\n\r\nAnswer {n}\r\n".encode()


def reading(server: Dovecot, **changes: object) -> IMAPMailbox:
    given = {"host": HOST, "user": server.user, "password": server.password, "port": server.port, "tls": TLS.NONE, "timeout_seconds": 5.0}
    return IMAPMailbox(IMAPSettings(**(given | changes)))  # type: ignore[arg-type]


async def words(mailbox: IMAPMailbox, mark: str | None) -> tuple[list[str], str | None]:
    found = await mailbox.arrivals(mark, LONG_AGO)
    return [one.words for _, one in found if isinstance(one, Answer)], found[-1][0] if found else mark


async def test_letters_are_read_once_in_order_and_left_as_they_were(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connector, "BATCH", 2)
    mailbox = reading(server)
    assert await words(mailbox, None) == ([], None)
    server.put(letter(1), letter(2), letter(3))
    first, mark = await words(mailbox, None)
    second, mark = await words(mailbox, mark)
    assert (first, second) == (["Answer 1", "Answer 2"], ["Answer 3"])
    assert (await words(mailbox, mark))[0] == []
    server.put(letter(4))
    assert (await words(mailbox, mark))[0] == ["Answer 4"]
    assert not [flags for flags in server.flags() if b"Seen" in flags]
    # Numbered anew, nothing of the days in doubt is missed; the same letter keeps its key.
    monkeypatch.setattr(connector, "BATCH", 50)
    before = {one.key for _, one in await mailbox.arrivals(None, LONG_AGO)}
    server.number_anew()
    after = await mailbox.arrivals(mark, LONG_AGO)
    assert {one.key for _, one in after} == before
    assert len(before) == 4
    assert after[0][0].partition(":")[0] != str(mark).partition(":")[0]


async def test_a_long_letter_is_read_in_its_beginning(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connector, "LONGEST", 2_000)
    server.put(letter(1) + b"x" * 100_000)
    ((_, arrived),) = await reading(server).arrivals(None, LONG_AGO)
    assert isinstance(arrived, Answer)
    assert arrived.words.startswith("Answer 1")
    assert len(arrived.words) < 2_000


async def test_trouble_has_its_name(server: Dovecot) -> None:
    with pytest.raises(NeedsReconnect, match="user or password") as refused:
        await reading(server, password="wrong").arrivals(None, LONG_AGO)
    assert "wrong" not in str(refused.value)
    with pytest.raises(NeedsReconnect, match="no folder Nowhere"):
        await reading(server, folder="Nowhere").arrivals(None, LONG_AGO)
    with pytest.raises(Unavailable, match="no connection"):
        await reading(server, port=1).arrivals(None, LONG_AGO)
    with pytest.raises(Unavailable, match="no connection"):
        await reading(server, tls=TLS.TLS, timeout_seconds=0.3).arrivals(None, LONG_AGO)


async def test_a_folder_may_have_a_name_of_any_letters(server: Dovecot) -> None:
    server.make("Entw&APw-rfe &- &TgA-")
    assert await reading(server, folder="Entwürfe & 一").arrivals(None, LONG_AGO) == []


async def test_a_server_without_encryption_gets_no_password(server: Dovecot) -> None:
    with pytest.raises((NeedsReconnect, Unavailable), match="encrypt"):
        await reading(server, tls=TLS.STARTTLS).arrivals(None, LONG_AGO)


def test_the_password_is_not_shown() -> None:
    assert "sesame" not in repr(IMAPSettings("mail.example", "a", "open sesame"))
