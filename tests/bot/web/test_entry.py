"""Customers, invoices and payments typed in by hand: kept as an import keeps them, wrong fields named, rights and trail."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import httpx
import pytest

from adapters.chat.protocol import Incoming, Person, Reply
from bot.app import App
from bot.desk.entry_forms import FORMS
from cards.actions import Action, Name
from cards.plain.render import render
from tests.bot.web.asking import page_of, pressed
from tests.bot.web.markup import Page
from tests.e2e.sample import ANA, MARIA
from workflows.domain.access import Role, User
from workflows.domain.account import Account, Party
from workflows.domain.ids import BookId, UserId, new_id
from workflows.domain.money import Money

_KEYS = count(1)
CUSTOMER = {
    "number": "C-77",
    "name": "Juno Works",
    "email": "pay@juno.example",
    "party": "consumer",
    "language": "de",
    "zone": "Europe/Vienna",
}
INVOICE = {
    "customer": "C-costa",
    "number": "H-1",
    "total": "1.250,50",
    "currency": "eur",
    "issued_on": "2026-11-20",
    "due_on": "2026-12-20",
    "reference": "PO 1",
    "product": "Hosting",
}
PAYMENT = {"invoice": "INV-2080", "amount": "990.00", "paid_on": "2026-11-23", "reference": "SEPA 1"}


async def opened(web: httpx.AsyncClient, label: str) -> Page:
    return await pressed(web, await page_of(web, "/inbox?view=enter"), "Enter data by hand", label)


async def sent(web: httpx.AsyncClient, label: str, title: str, submit: str, typed: dict[str, str]) -> Page:
    form = (await opened(web, label)).form(title)
    answer = await web.post(form.action, data=form.press(submit, **typed))
    assert answer.status_code == 200
    page = Page(answer.text)
    assert page.faults == []
    return page


async def customer_called(app: App, number: str) -> Account:
    async with app.store() as work:
        (found,) = await work.find_customers(number)
        return await work.account(found.id)


async def test_a_customer_and_an_invoice_are_kept_as_an_import_keeps_them(app: App, web: httpx.AsyncClient) -> None:
    assert "Juno Works (C-77) is kept" in (await sent(web, "New customer", "New customer", "Save customer", CUSTOMER)).text
    invoice = INVOICE | {"customer": "juno works"}
    assert "H-1 of €1,250.50" in (await sent(web, "New invoice", "New invoice", "Save invoice", invoice)).text
    account = await customer_called(app, "C-77")
    assert (account.customer.party, account.customer.language, account.customer.place.zone) == (Party.CONSUMER, "de", "Europe/Vienna")
    assert account.customer.emails == ("pay@juno.example",)
    (item,) = account.items
    assert (item.number, item.total, item.reference, item.product) == ("H-1", Money.of("1250.50", "EUR"), "PO 1", "Hosting")
    assert "Nothing" not in (await page_of(web, "/inbox?q=H-1")).form("Juno Works").text
    await app.store.audit.seal()
    trail = [sealed async for sealed in app.store.audit.entries()]
    entered = [entry for entry in trail if entry.type in {"customer.entered", "invoice.entered"}]
    assert [(entry.type, entry.actor) for entry in entered] == [("customer.entered", str(ANA.id)), ("invoice.entered", str(ANA.id))]
    assert "Juno" not in str([entry.data for entry in entered])


async def test_a_customer_that_is_known_is_changed_and_keeps_their_addresses(app: App, web: httpx.AsyncClient) -> None:
    typed = CUSTOMER | {"number": "C-costa", "name": "Costa & Filhos", "email": "new@costa.example", "zone": ""}
    assert "was changed" in (await sent(web, "New customer", "New customer", "Save customer", typed)).text
    account = await customer_called(app, "C-costa")
    assert account.customer.name == "Costa & Filhos"
    assert set(account.customer.emails) == {"accounts@costa.example", "new@costa.example"}
    assert len(account.items) == 1


WRONG_CUSTOMERS = [
    ({"number": " "}, "Give the number you know them by."),
    ({"name": ""}, "Give their name."),
    ({"name": "x" * 141}, "At most 140 characters."),
    ({"email": "nonsense"}, "That is no e-mail address."),
    ({"zone": "Mars/Base"}, "is no time zone"),
]
WRONG_INVOICES = [
    ({"customer": "nobody at all"}, "Enter the customer first."),
    ({"customer": "cost"}, "Did you mean C-costa"),
    ({"customer": ""}, "Say which customer it is for."),
    ({"number": "INV-2041"}, "is in the book already"),
    ({"number": ""}, "Give the invoice"),
    ({"total": "0"}, "An invoice is of some amount"),
    ({"total": "-5"}, "is not an amount"),
    ({"total": "1,234"}, "can be read in two ways"),
    ({"total": ""}, "Say how much."),
    ({"currency": "EURO"}, "is no currency"),
    ({"currency": ""}, "Which currency?"),
    ({"due_on": "2026-02-31"}, "Choose a day."),
    ({"due_on": "2026-11-01"}, "before it was issued"),
    ({"due_on": "2226-11-01"}, "ten years away"),
    ({"issued_on": "2026-11-25"}, "That day has not come."),
    ({"product": "x" * 141}, "At most 140 characters."),
]
WRONG_PAYMENTS = [
    ({"invoice": "H-99"}, "No invoice of this book has that number."),
    ({"invoice": ""}, "Say which invoice"),
    ({"amount": "x"}, "is not an amount"),
    ({"amount": "0"}, "A payment is of some amount"),
    ({"paid_on": ""}, "Choose a day."),
    ({"paid_on": "2026-11-25"}, "That day has not come"),
]
WRONG = [
    *((("New customer", "New customer", "Save customer"), CUSTOMER, *case) for case in WRONG_CUSTOMERS),
    *((("New invoice", "New invoice", "Save invoice"), INVOICE, *case) for case in WRONG_INVOICES),
    *((("Payment received", "Payment received", "Save payment"), PAYMENT, *case) for case in WRONG_PAYMENTS),
]


async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(app: App, web: httpx.AsyncClient) -> None:
    before = await everything(app)
    for (label, title, submit), good, change, words in WRONG:
        page = await sent(web, label, title, submit, good | change)
        assert words in page.form(title).text, (change, page.form(title).text)
    assert await everything(app) == before


async def everything(app: App) -> list[tuple[str, int, int]]:
    async with app.store() as work:
        return sorted([(one.customer.name, len(one.items), len(one.payments)) async for one in work.all_accounts()])


async def test_a_payment_names_its_invoice_and_a_large_one_waits_for_approval(app: App, web: httpx.AsyncClient) -> None:
    page = await sent(web, "Payment received", "Payment received", "Save payment", PAYMENT)
    assert "€990.00 of Mon 23 Nov noted" in page.text
    again = await sent(web, "Payment received", "Payment received", "Save payment", PAYMENT)
    assert "is known" in again.text
    large = await sent(web, "Payment received", "Payment received", "Save payment", PAYMENT | {"amount": "8000", "reference": "SEPA 2"})
    assert "Waits for Maria Lindt" in large.text
    paid = [one.amount for one in (await customer_called(app, "C-costa")).payments]
    assert paid == [Money.of("990.00", "EUR")]


async def test_a_book_kept_by_hand_is_fresh_when_somebody_answers_for_it(app: App, web: httpx.AsyncClient) -> None:
    async with app.store() as work:
        await work.change_book(replace(await work.book("main"), read_through=None, read_at=None))
    await sent(web, "New invoice", "New invoice", "Save invoice", INVOICE)
    assert await read_through(app) == "2026-11-24"
    async with app.store() as work:
        book = await work.book("main")
        assert book.read_through is not None
        await work.change_book(replace(book, read_through=book.read_through.replace(day=20)))
    await sent(web, "New invoice", "New invoice", "Save invoice", INVOICE | {"number": "H-2"})
    assert await read_through(app) == "2026-11-20"  # one invoice typed in says nothing of the others
    done = await pressed(web, await page_of(web, "/inbox?view=enter"), "Enter data by hand", "All entered up to today")
    assert "is complete up to Tue 24 Nov" in done.text
    assert await read_through(app) == "2026-11-24"


async def read_through(app: App) -> str:
    async with app.store() as work:
        return str((await work.book("main")).read_through)


async def test_names_that_are_typed_in_never_become_markup(web: httpx.AsyncClient) -> None:
    hostile = "<script>alert(1)</script> {{ 7*7 }} =cmd|' /c calc'!A1"
    page = await sent(web, "New customer", "New customer", "Save customer", CUSTOMER | {"name": hostile})
    assert hostile.split(maxsplit=1)[0] in page.text
    await sent(
        web, "New invoice", "New invoice", "Save invoice", INVOICE | {"customer": "C-77", "number": "<b>1</b>", "reference": "@here"}
    )
    answer = await web.get("/inbox?q=%3Cb%3E1%3C/b%3E")
    assert Page(answer.text).faults == []
    assert "<script>alert(1)" not in answer.text


# Who may ---------------------------------------------------------------------------------------------------------------

LEAST = {
    Name.ENTER_CUSTOMER: Role.MANAGER,
    Name.ENTER_INVOICE: Role.MANAGER,
    Name.ENTERED_ALL: Role.MANAGER,
    Name.ENTER_PAYMENT: Role.COLLECTOR,
    Name.CONFIRM_ROLE: Role.ADMINISTRATOR,
    Name.ADD_USER: Role.ADMINISTRATOR,
}
VALUES = {
    Name.ENTER_CUSTOMER: CUSTOMER,
    Name.ENTER_INVOICE: INVOICE,
    Name.ENTER_PAYMENT: PAYMENT,
    Name.CONFIRM_ROLE: {"user": str(MARIA.id), "role": "collector"},
    Name.ADD_USER: {"email": "new@northwind.example", "name": "New", "role": "viewer"},
}


async def asked(app: App, action: Action, by: User, values: dict[str, str]) -> Reply:
    incoming = Incoming(f"entry:{next(_KEYS)}", Person("inbox", "", str(by.id)), action, values=values)
    assert await app.inbound.accept(incoming)
    return await app.desk(incoming)


@pytest.mark.parametrize("name", LEAST)
async def test_who_may_enter_what(app: App, name: Name) -> None:
    book = await book_id(app)
    forms = [form for form, (answer, _) in FORMS.items() if answer is name]
    for role in Role:
        by = User(UserId(new_id()), f"{role.word}@northwind.example", role.word, role)
        async with app.store() as work:
            await work.add_user(by)
        refused = []
        for action in (*forms, name):
            reply = await asked(app, Action(action, book), by, VALUES.get(name, {}) if action is name else {})
            refused.append(reply.card is not None and "Your role is" in render(reply.card))
        assert refused == [role < LEAST[name]] * len(refused), (role, refused)


async def book_id(app: App) -> BookId:
    async with app.store() as work:
        return (await work.book("main")).id


async def test_a_book_that_does_not_exist_is_said_so(app: App) -> None:
    for name in (Name.NEW_INVOICE, Name.ENTERED_ALL):
        reply = await asked(app, Action(name, new_id()), ANA, {})
        assert reply.card is not None
        assert "There is no such book" in render(reply.card)
