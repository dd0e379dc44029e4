"""What a person sees before they send: the sums beside the message are those in it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

import pytest

from adapters.chat.protocol import Incoming, Person, Reply
from adapters.store.unit_of_work import SqlStore
from bot.desk.forms import reminder
from cards.actions import Action, Name
from cards.elements import ChoiceField, Facts, Form, Quote
from tests.fakes.outreach import FakeOutreach
from tests.workflows.office import ANA, ANY_HOUR, Office, opened, policies
from workflows.domain.account import Account
from workflows.domain.money import Money
from workflows.ports import Store, UnitOfWork
from workflows.send_reminder import PreviewReminder, preview_reminder


async def asked_for(office: Office, name: str) -> str:
    item = next(one for one in (await office.account(name)).items if one.number == f"INV-{name}").id
    async with office.store() as work:
        seen = await preview_reminder(PreviewReminder(item, ANA), work, office.policies, office.letters, office.clock)
        form = reminder(seen, office.policies, office.clock.now())
    facts = next(part for part in form.intro if isinstance(part, Facts))
    return dict(facts.pairs)["Asks for"]


async def test_money_on_account_is_taken_off_as_in_the_message(store: SqlStore) -> None:
    office = await opened(store, "acme")
    note = replace(office.row("acme/credit", office.today - timedelta(days=3), "1.00"), total=Money.of("-30.00", "EUR"))
    async with store() as work:
        await work.store_rows((await work.book("main")).id, [note], office.clock.now())
    assert await asked_for(office, "acme") == "€70.00, INV-acme"


async def test_an_invoice_that_is_not_due_yet_is_named_with_its_own_amount(store: SqlStore) -> None:
    office = await opened(store)
    await office.owe("brill", late=-5)
    assert await asked_for(office, "brill") == "€100.00, INV-brill"


@dataclass
class Reached:
    """A unit of work whose customers can also be reached by SMS."""

    work: UnitOfWork

    def __getattr__(self, name: str) -> Any:
        return getattr(self.work, name)

    async def account_of(self, *asked: Any) -> Account:
        return replace(await self.work.account_of(*asked), channels=frozenset({"email", "sms", "letter"}))

    async def accounts(self, *asked: Any) -> list[Account]:
        return [replace(one, channels=frozenset({"email", "sms", "letter"})) for one in await self.work.accounts(*asked)]


@dataclass
class ReachedStore:
    store: Store

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return _reached(self.store())

    def reading(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return _reached(self.store.reading())


@asynccontextmanager
async def _reached(unit: AbstractAsyncContextManager[UnitOfWork]) -> AsyncGenerator[UnitOfWork, None]:
    async with unit as work:
        yield cast(UnitOfWork, Reached(work))


@dataclass
class Desk:
    """Everything over e-mail and SMS; letters on paper are not set up."""

    office: Office
    sms: FakeOutreach
    channels: tuple[str, ...] = ("sms", "email")
    asked: int = 0

    async def press(self, action: Action, **values: str) -> Reply:
        self.asked += 1
        incoming = Incoming(str(self.asked), Person("inbox", "", str(ANA.id)), action, values=values)
        await self.office.store.inbound(self.office.clock).accept(incoming)
        desk = replace(self.office.desk, channels=self.channels)
        return await (replace(desk, store=ReachedStore(self.office.store)) if "sms" in self.channels else desk)(incoming)

    async def form(self, action: Action, **values: str) -> Form:
        form = (await self.press(action, **values)).form
        assert form is not None
        return form

    async def deliver(self) -> None:
        both = {"email": self.office.mail, "sms": self.sms}
        await replace(self.office.jobs, store=ReachedStore(self.office.store), channels=both).send_messages()


@pytest.fixture
async def desk(store: SqlStore) -> Desk:
    return Desk(await opened(store, "acme", policies=policies(ANY_HOUR)), FakeOutreach("sms"))


async def test_a_person_chooses_among_the_channels_that_are_set_up_and_reach_the_customer(desk: Desk) -> None:
    item = (await desk.office.account("acme")).items[0].id
    form = await desk.form(Action(Name.SEND_REMINDER, item))
    (over,) = (field for field in form.fields if isinstance(field, ChoiceField) and field.name == "channel")
    assert ([option.label for option in over.options], over.value) == (["E-mail", "SMS"], "email")
    assert form.live is not None
    by_sms = await desk.form(form.live, channel="sms")
    assert dict(next(part for part in by_sms.intro if isinstance(part, Facts)).pairs)["To"] == "by SMS"
    unseen = await desk.press(form.submit.action, channel="sms")
    assert unseen.form is not None, "what goes by SMS was not looked at"
    words = next(part for part in by_sms.intro if isinstance(part, Quote)).text
    done = await desk.press(by_sms.submit.action, channel="sms")
    assert done.card is not None
    await desk.deliver()
    (arrived,) = desk.sms.mailbox
    assert (arrived.message.text, arrived.message.html, arrived.message.attachments) == (words, None, ())
    assert desk.office.mail.mailbox == []
    (notice,) = await desk.office.notices("acme")
    assert (notice.channel, notice.state.value) == ("sms", "sent")
    assert "Ana sent a reminder by SMS" in [act.words for act in (await desk.office.account("acme")).acts]


async def test_words_of_ones_own_go_over_the_channel_that_was_chosen(desk: Desk) -> None:
    item = (await desk.office.account("acme")).items[0].id
    by_sms = await desk.form(Action(Name.SEND_REMINDER, item), channel="sms")
    assert by_sms.also is not None
    edit = await desk.form(by_sms.also.action)
    await desk.press(edit.submit.action, subject="INV-acme", text="INV-acme: 100.00 EUR, please")
    await desk.deliver()
    assert [arrived.message.text for arrived in desk.sms.mailbox] == ["INV-acme: 100.00 EUR, please\n"]


async def test_with_one_channel_it_is_named_with_its_address_and_nothing_is_asked(desk: Desk) -> None:
    desk.channels = ("email",)
    shown = await desk.form(Action(Name.SEND_REMINDER, (await desk.office.account("acme")).items[0].id))
    assert dict(next(part for part in shown.intro if isinstance(part, Facts)).pairs)["To"] == "pay@acme.example, by e-mail"
    assert "channel" not in {field.name for field in shown.fields}


async def test_where_nothing_is_set_up_to_write_with_a_person_is_told_so(desk: Desk) -> None:
    desk.channels = ()
    said = (await desk.press(Action(Name.SEND_REMINDER, (await desk.office.account("acme")).items[0].id))).card
    assert said is not None
    assert "Nothing is set up over which Acme could be written to" in said.summary
