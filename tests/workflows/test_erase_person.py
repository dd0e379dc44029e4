"""Forgetting: what names a person goes, what the law keeps stays up to its day and is said, and the trail still verifies."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select

from adapters.chat.protocol import Incoming, Person
from adapters.store.engine import open_engine
from adapters.store.tables import users
from adapters.store.unit_of_work import SqlStore
from cards.actions import Action, Name
from tests.conftest import KINDS, ONE
from tests.workflows.mail import answer
from tests.workflows.office import ANA, MAX, Office, opened
from workflows.acting import record
from workflows.domain.access import Role, User
from workflows.domain.account import Account as DomainAccount
from workflows.domain.account import Book, Customer, Party
from workflows.domain.calendar import Place
from workflows.domain.contact import EVERY, Meaning, OptOut, Reply
from workflows.domain.ids import BookId, CustomerId, ReplyId, UserId, new_id
from workflows.domain.pseudonyms import without_people
from workflows.domain.retention import contact_until, invoices_until
from workflows.dossier import dossier_of, mentions
from workflows.erase_person import Erased, ErasePerson, erase_person, forget_expired
from workflows.errors import AlreadyDone, NotAllowed, NotKnown
from workflows.export_person import export_person
from workflows.hold_item import HoldItem, hold_item
from workflows.open_dispute import OpenDispute, open_dispute
from workflows.opt_out_customer import OptOutCustomer, opt_out_customer
from workflows.take_reply import take_reply, tell_stopped
from workflows.write_note import WriteNote, write_note

ADMIN = User(UserId(new_id()), "root@seller.example", "Root", Role.ADMINISTRATOR)
NAME, EMAIL, SECRET = "Acme", "pay@acme.example", "lives in Elm Street"


BOTH = pytest.mark.parametrize("database_url", KINDS, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """One kind, unless a test asks for both: most of this is no matter of the database."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', ONE)}_url")
    return url


async def talked_with(store: SqlStore, **row: Any) -> Office:
    """A customer with a message, an answer, notes, a dispute, a hold, an opt-out and an invoice of 18 months ago."""
    office = await opened(store, "acme", "brill")
    old = replace(office.row("acme/old", office.today - timedelta(days=520), "70.00"), issued_on=office.today - timedelta(days=548), **row)
    await office.pass_minutes(1)
    async with store() as work:
        await work.add_user(ADMIN)
        await work.store_rows((await work.book("main")).id, [old], office.clock.now())
    item = (await office.account("acme")).items[0].id
    customer = (await office.account("acme")).customer.id
    now = office.clock.now()
    async with store() as work:
        await write_note(WriteNote(item, SECRET, ANA), work, office.clock)
        await open_dispute(OpenDispute(item, SECRET, ANA), work, office.clock)
        await work.add_reply(Reply(ReplyId(new_id()), "k1", "email", EMAIL, now, Meaning.OTHER, (item,)), customer, SECRET)
        await work.opt_out(OptOut("email", EMAIL, "reply", now), customer)
        await record(work, str(ANA.id), now, "note", {"item": str(item), "reason": SECRET, "because": f"550 <{EMAIL}> unknown"})
    other = next(one for one in (await office.account("acme")).items if one.id != item)
    async with store() as work:
        await hold_item(HoldItem(other.id, SECRET, None, ANA), work, office.clock)
    typed = Incoming("press-1", Person("slack", "T1", "U1"), Action(Name.NOTE, item, 0, {}), values={"words": SECRET})
    await office.store.inbound(office.clock).accept(typed)
    async with store() as work:
        await work.handled("press-1", now)
    return office


async def erase(office: Office, by: User | None = ADMIN, address: str | None = None) -> Erased:
    customer = (await office.account("acme")).customer.id
    async with office.store() as work:
        return await erase_person(ErasePerson(customer, by, address), work, office.clock)


async def everything(url: str) -> str:
    """Every row of every table, as text."""
    engine = open_engine(url)
    async with engine.connect() as connection:
        found = [str(row._asdict()) for table in users.metadata.sorted_tables for row in await connection.execute(select(table))]
    await engine.dispose()
    return "\n".join(found)


@BOTH
async def test_nothing_in_any_table_names_the_person_after_erasure(store: SqlStore, database_url: str) -> None:
    office = await talked_with(store)
    before = await everything(database_url)
    assert all(word in before for word in (f"'{NAME}'", EMAIL, SECRET))
    done = await erase(office)
    after = await everything(database_url)
    assert [word for word in (f"'{NAME}'", EMAIL, SECRET) if word in after] == []
    assert "'Brill'" in after
    assert (done.messages, done.answers) == (1, 1)
    assert done.notes >= 3
    assert done.open_items == ("INV-acme/old", "INV-acme")


async def test_what_cards_and_opt_outs_say_of_the_person_is_gone_too(store: SqlStore, database_url: str) -> None:
    """A stop that came by mail, an address that takes none, and a colleague's words on a call, each of which raises a card or stays as a fact."""
    office = await talked_with(store)
    account = await office.account("acme")
    async with store() as work:
        await work.opt_in(account.customer.id, "email", EMAIL, office.clock.now())
    async with store() as work:
        await take_reply(answer("STOP"), work, office.clock)
        await opt_out_customer(OptOutCustomer(account.items[0].id, EVERY, SECRET, ANA), work, office.clock)
        await tell_stopped(EMAIL, f"550 {EMAIL}", ReplyId(new_id()), account, work, office.clock.now())
    assert "'address': 'pay@acme" in await everything(database_url)
    await erase(office)
    after = await everything(database_url)
    assert [word for word in (f"'{NAME}'", EMAIL, SECRET) if word in after] == []


async def test_texts_that_were_sealed_are_gone_too(store: SqlStore) -> None:
    office = await talked_with(store)
    before = await office.account("acme")
    noted = Incoming("left", Person("inbox", "", str(ANA)), Action(Name.CONFIRM_NOTE, before.items[0].id), values={"note": SECRET})
    await office.store.inbound(office.clock).accept(noted)
    await erase(office)
    async with store() as work:
        assert await work.body(before.notices[0].id) is None
        assert not (await work.reply(before.replies[0].id))[2]
    assert await office.store.inbound(office.clock).pending(office.clock.now() + timedelta(days=1), 10) == []


async def test_the_trail_verifies_after_erasure_and_names_nobody(store: SqlStore) -> None:
    office = await talked_with(store)
    await erase(office)
    assert (await store.audit.verify()).first_bad is None
    trail = json.dumps([dict(data) for _, data in await office.trail()])
    assert [word for word in (NAME, EMAIL, SECRET) if word in trail] == []
    assert "550 <[address]> unknown" in trail
    told = next(data for kind, data in await office.trail() if kind == "person.erased")
    assert told["customer"] == str((await office.account("acme")).customer.id)


async def test_invoices_are_kept_with_the_name_on_them_until_their_time_is_over(store: SqlStore) -> None:
    office = await talked_with(store)
    customer = (await office.account("acme")).customer.id
    done = await erase(office)
    async with store() as work:
        copies = [(until, json.loads(words)) for until, words in await work.snapshots_of(customer)]
    assert [(until.isoformat(), copy["number"], copy["customer"]) for until, copy in copies] == [
        ("2033-12-31", "INV-acme/old", NAME),
        ("2034-12-31", "INV-acme", NAME),
    ]
    assert (done.kept[0].what, done.kept[0].until) == ("copies of 2 invoices", date(2034, 12, 31))
    assert all(one.why for one in done.kept)
    office.clock.set(datetime(2034, 1, 1, tzinfo=UTC))
    async with store() as work:
        await forget_expired(work, office.clock)
        assert [until.year for until, _ in await work.snapshots_of(customer)] == [2034]


async def test_nothing_is_written_to_an_erased_person_and_the_ledger_adds_up(store: SqlStore) -> None:
    office = await talked_with(store)
    async with store() as work:
        before = await work.aging((await work.book("main")).id, office.today)
    await erase(office)
    office.clock.advance(timedelta(days=30))
    sent = len(office.mail.mailbox)
    await office.pass_minutes(2)
    assert [to for to, _ in office.mail.letters[sent:] if to == EMAIL] == []
    async with store() as work:
        assert await work.aging((await work.book("main")).id, office.today - timedelta(days=30)) == before


async def test_a_file_read_later_does_not_bring_the_person_back(store: SqlStore, database_url: str) -> None:
    office = await talked_with(store)
    await erase(office)
    await office.pay("acme", "40.00")
    account = await office.account("acme")
    assert account.customer.name.startswith("Erased ")
    assert account.customer.emails == ()
    assert account.payments[0].amount.plain == "40.00"
    assert EMAIL not in await everything(database_url)


async def test_only_an_administrator_erases_and_only_once(store: SqlStore) -> None:
    office = await talked_with(store)
    with pytest.raises(NotAllowed, match="administrator"):
        await erase(office, MAX)
    await erase(office)
    with pytest.raises(AlreadyDone):
        await erase(office)


@BOTH
async def test_one_of_several_people_of_a_customer_is_erased_alone(store: SqlStore, database_url: str) -> None:
    office = await talked_with(store)
    two = replace(office.row("acme", office.today, "100.00"), email="boss@acme.example")
    async with store() as work:
        await work.store_rows((await work.book("main")).id, [two], office.clock.now())
    done = await erase(office, address="PAY@acme.example")
    account = await office.account("acme")
    assert (account.customer.name, account.customer.emails) == (NAME, ("boss@acme.example",))
    assert (done.messages, done.answers) == (1, 1)
    after = await everything(database_url)
    assert EMAIL not in after
    assert SECRET not in after
    with pytest.raises(NotKnown):
        await erase(office, address=EMAIL)


async def test_the_only_address_is_the_person_itself(store: SqlStore) -> None:
    office = await talked_with(store)
    await erase(office, address=EMAIL)
    assert (await office.account("acme")).customer.name.startswith("Erased ")


@BOTH
async def test_contact_with_a_consumer_in_america_is_kept_three_years(store: SqlStore) -> None:
    office = await talked_with(store, party="consumer", country="US", zone="America/New_York")
    message = (await office.account("acme")).notices[0].id
    done = await erase(office)
    assert (done.messages, done.answers) == (0, 0)
    kept = next(one for one in done.kept if one.what == "messages and answers")
    assert kept.until == date(2029, 11, 24)
    async with store() as work:
        assert await work.body(message) is not None
    office.clock.set(datetime(2029, 11, 25, 12, tzinfo=UTC))
    async with store() as work:
        assert await forget_expired(work, office.clock) == 1
        assert await work.body(message) is None
    async with store() as work:
        assert await forget_expired(work, office.clock) == 0


async def test_a_person_gets_all_that_is_stored_of_them_and_nothing_of_others(store: SqlStore) -> None:
    office = await talked_with(store)
    customer = (await office.account("acme")).customer.id
    await store.audit.seal()
    async with store() as work:
        dossier = await dossier_of(customer, work)
    trail = [{"type": entry.type} async for entry in store.audit.entries() if mentions(entry.data, dossier.ids)]
    told = json.loads(json.dumps(export_person(dossier, [], trail)))
    assert (told["customer"]["name"], told["customer"]["e-mail"]) == (NAME, [EMAIL])
    assert {one["number"] for one in told["invoices"]} == {"INV-acme", "INV-acme/old"}
    assert "INV-acme" in told["messages"][0]["message"]["text"]
    assert told["answers"][0]["words"] == SECRET
    assert any(SECRET in one["words"] for one in told["notes"])
    assert told["disputes"][0]["reason"] == SECRET
    assert {"notice.sent", "hold.set"} <= {one["type"] for one in told["audit_trail"]}
    assert "brill" not in json.dumps(told).casefold()


@pytest.mark.parametrize(
    ("country", "issued", "today", "until"),
    [
        ("DE", "2025-05-24", "2026-11-24", "2033-12-31"),
        ("DE", "2020-12-31", "2026-11-24", "2028-12-31"),
        ("DE", "2020-01-01", "2024-12-31", "2030-12-31"),
        ("FR", "2025-05-24", "2026-11-24", "2035-12-31"),
        ("GB", "2025-05-24", "2026-11-24", "2031-12-31"),
        ("ES", "2025-05-24", "2026-11-24", "2035-12-31"),
        (None, "2025-05-24", "2026-11-24", "2035-12-31"),
    ],
)
def test_invoices_are_kept_as_long_as_the_sellers_country_says(country: str | None, issued: str, today: str, until: str) -> None:
    assert invoices_until(country, date.fromisoformat(issued), date.fromisoformat(today)) == date.fromisoformat(until)


@pytest.mark.parametrize(
    ("party", "country", "until"),
    [(Party.CONSUMER, "US", date(2029, 2, 28)), (Party.BUSINESS, "US", None), (Party.CONSUMER, "DE", None)],
)
def test_records_of_contact_are_kept_for_consumers_in_america(party: Party, country: str, until: date | None) -> None:
    place = Place("America/New_York", country)
    book = Book(BookId(new_id()), "main", "Main", place)
    account = DomainAccount(book, Customer(CustomerId(new_id()), book.id, "C1", "C", place, party=party))
    assert contact_until(account, date(2026, 2, 28)) == until


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("because", "sent to maria@x.example, and (bo@y.example).", "sent to [address], and ([address])."),
        ("item", "INV-1", "INV-1"),
        ("seen", 3, 3),
        ("reason", "", ""),
        ("reason", "ill", f"sha256:{sha256(b'ill').hexdigest()}"),
    ],
)
def test_the_trail_keeps_no_address_and_no_typed_words(name: str, value: object, kept: object) -> None:
    assert without_people(name, value) == kept
