"""The job that reads the mailbox: once each, in order, nothing lost to trouble; and the whole way from a real mailbox to a card."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot import mail_in as job
from bot.config import BadSetting, IMAPSettings, read_settings
from bot.live.draw import draw
from bot.mail_in import MailIn, mail_in
from cards.plain.render import render
from tests.adapters.inbound.letters import letter, report, status
from tests.conftest import SECRET_KEY
from tests.peers.imap import HOST, running_dovecot
from tests.workflows.mail import FakeMailbox, answer
from tests.workflows.office import ANY_HOUR, Office, opened, policies
from workflows.domain.arrivals import Answer, Passed
from workflows.errors import NeedsReconnect, Unavailable
from workflows.ports import Clock, UnitOfWork
from workflows.records import CardKind
from workflows.take_reply import Fate, take_reply


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[Office]:
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    yield await opened(store, "acme", "brill", policies=policies(ANY_HOUR))
    await store.close()


def reading(office: Office, mailbox: FakeMailbox) -> MailIn:
    return MailIn(mailbox, office.store, office.clock, lambda: None)


async def words(office: Office) -> list[str]:
    replies = (await office.account("acme")).replies
    async with office.store() as work:
        return [(await work.reply(one.id))[2] for one in sorted(replies, key=lambda reply: reply.id)]


async def test_every_letter_is_taken_once_in_order_over_many_looks(office: Office) -> None:
    mailbox = FakeMailbox([answer(f"Letter {n}") for n in range(5)])
    assert (await reading(office, mailbox).read())[Fate.TAKEN] == 5
    mailbox.letters.append(answer("Letter 5"))
    assert (await reading(office, mailbox).read()) == {Fate.TAKEN: 1}
    assert await words(office) == [f"Letter {n}" for n in range(6)]
    assert mailbox.asked[0][0] is None
    assert mailbox.asked[-1][0] == "6"


async def test_a_mailbox_that_was_empty_at_midnight_loses_nothing(office: Office) -> None:
    mailbox = FakeMailbox()
    began = office.today
    await reading(office, mailbox).read()
    office.clock.advance(timedelta(days=3))
    await reading(office, mailbox).read()
    assert [since for _, since in mailbox.asked] == [began - timedelta(days=1)] * 2


async def test_two_machines_reading_at_once_take_each_letter_once(office: Office) -> None:
    letters = [answer(f"Letter {n}") for n in range(3)]
    first, second = (reading(office, FakeMailbox(list(letters), name=name)) for name in ("one", "two"))
    assert await first.read() + await second.read() == {Fate.TAKEN: 3, Fate.AGAIN: 3}


async def test_trouble_is_said_once_and_its_end_once(office: Office) -> None:
    mailbox = FakeMailbox([answer("Hello")], trouble=Unavailable("no connection"))
    mail = reading(office, mailbox)
    with capture_logs() as logged:
        for trouble in (Unavailable("no connection"), NeedsReconnect("wrong password"), None, None):
            mailbox.trouble = trouble
            await mail.read()
    assert [entry["event"] for entry in logged] == ["mailbox not read", "mailbox read again"]
    assert await words(office) == ["Hello"]


async def test_a_letter_that_breaks_us_is_told_of_and_keeps_back_no_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaking(letter: Answer, work: UnitOfWork, clock: Clock) -> Fate:
        if letter.words == "bad":
            await work.first_arrival(letter.key, clock.now())
            raise KeyError("our mistake")
        return await take_reply(letter, work, clock)

    monkeypatch.setattr(job, "take_reply", breaking)
    with capture_logs() as logged:
        done = await reading(office, FakeMailbox([answer("bad"), answer("good")])).read()
    assert (done[Fate.STRAY], done[Fate.TAKEN]) == (1, 1)
    assert await words(office) == ["good"]
    assert [entry["event"] for entry in logged if entry["log_level"] == "error"] == ["letter not taken"]
    (card,) = await office.cards(CardKind.PROBLEM)
    async with office.store() as work:
        assert "A letter could not be read" in render(await draw(card, work, office.policies, office.clock.now()))


async def test_machines_letters_come_to_nothing(office: Office) -> None:
    assert await reading(office, FakeMailbox([Passed("mail:1", "an automatic answer")])).read() == {Fate.PASSED: 1}
    assert not await office.cards()


async def test_while_an_answer_waits_the_next_step_waits(office: Office) -> None:
    await office.pass_minutes(1)
    before = len(office.mail.mailbox)
    await reading(office, FakeMailbox([answer("What is this about?")])).read()
    await office.at(office.clock.now() + timedelta(days=14))
    assert [arrived.message.to for arrived in office.mail.mailbox[before:]] == [("pay@brill.example",)]


def test_without_a_host_no_mailbox_is_read(office: Office) -> None:
    assert mail_in(IMAPSettings(), office.store, office.clock, lambda: None) is None


def test_a_mailbox_needs_a_login(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUEBOT_IMAP__HOST", "mail.example")
    with pytest.raises(BadSetting, match="DUEBOT_IMAP: expected USER and PASSWORD beside HOST"):
        read_settings()


async def test_from_a_real_mailbox_to_cards_and_facts(office: Office) -> None:
    await office.pass_minutes(1)
    keys = {arrived.message.to[0]: arrived.key for arrived in office.mail.mailbox}
    with tempfile.TemporaryDirectory(prefix="duebot-dovecot-") as name, running_dovecot(Path(name)) as server:
        settings = IMAPSettings(host=HOST, port=server.port, user=server.user, password=SecretStr(server.password), security="none")
        mail = mail_in(settings, office.store, office.clock, lambda: None)
        assert mail is not None
        async with office.store() as work:  # the server dates what arrives by its own clock, so the first look is set long ago
            await work.set_read_mark(f"imap:{server.user}@{HOST}/INBOX", "", datetime(2020, 1, 2, tzinfo=UTC))
        acme, brill = (f"<{keys[f'pay@{name}.example']}>" for name in ("acme", "brill"))
        server.put(
            letter("We will pay 40,00 € on 3.12.\n\n> Reply STOP", f"In-Reply-To: {acme}"),
            letter("I am away", "Auto-Submitted: auto-replied", "Message-ID: <2@acme.example>"),
            report("delivery-status", status(address="pay@brill.example"), f"Message-ID: {brill}\r\n"),
        )
        done = await mail.read()
        assert done == {Fate.TAKEN: 2, Fate.PASSED: 1}
        assert await mail.read() == {}
    (reply,) = (await office.account("acme")).replies
    assert (str(reply.amount), reply.items) == ("40.00 EUR", ((await office.account("acme")).items[0].id,))
    assert [one.address for one in (await office.account("brill")).opt_outs] == ["pay@brill.example"]
    assert len(await office.cards(CardKind.ANSWER)) == 1
