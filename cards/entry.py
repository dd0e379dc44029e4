"""Data typed in by hand: where it starts, what is asked, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import starmap

from cards.actions import Action, Name
from cards.elements import Actions, Button, Card, ChoiceField, DateField, Element, Field, Form, Heading, Option, Style, Text, TextField
from cards.format import day, locale_of, money, name
from cards.forms import filled, general_error
from cards.outcome import answer
from workflows.domain.account import Book, Customer, Item, Party

Answers = Mapping[str, str] | None

LANGUAGES = (("en", "English"), ("de", "German"), ("fr", "French"), ("es", "Spanish"))
_PARTIES = (Option("business", "A company"), Option("sole_trader", "A sole trader"), Option("consumer", "A consumer"))
_TERM = timedelta(30)


def start(book: Book, *, may_enter: bool) -> Card:
    """The ways to begin; customers and invoices are a manager's, money anybody's who chases."""
    title = "Enter data by hand"
    body: list[Element] = [
        Heading(title),
        Text(f"For {name(book.name)}. What a file or a system brings needs no typing: duebot import reads CSV and Excel."),
    ]
    mine = (
        (Button("New invoice", _of(Name.NEW_INVOICE, book), Style.PRIMARY), Button("New customer", _of(Name.NEW_CUSTOMER, book)))
        if may_enter
        else ()
    )
    after = (Button("All entered up to today", _of(Name.ENTERED_ALL, book)),) if may_enter else ()
    body.append(Actions((*mine, Button("Payment received", _of(Name.NEW_PAYMENT, book)), *after)))
    said = (
        "“All entered up to today” says that balances are right: reminders leave only on balances somebody answers for."
        if may_enter
        else "Customers and invoices are entered by a manager, so that who notes money is not who says what is owed."
    )
    return Card(title, (*body, Text(said, quiet=True)))


def _of(action: Name, book: Book) -> Action:
    return Action(action, book.id)


def customer_form(book: Book, values: Answers = None, errors: Answers = None) -> Form:
    """Answers: `number`, `name`, `email`, `party`, `language`, `zone` (the last ones may be empty)."""
    fields: tuple[Field, ...] = (
        TextField("number", "Customer number", hint="Your own; one that is known is changed", max_length=140),
        TextField("name", "Name", max_length=140),
        TextField("email", "E-mail", hint="Where reminders go", required=False, max_length=254),
        ChoiceField("party", "They are", _PARTIES, "business", hint="Laws differ on how consumers may be written to"),
        ChoiceField("language", "Letters in", tuple(starmap(Option, LANGUAGES)), book.language[:2]),
        TextField("zone", "Time zone", hint=f"Empty: as the book, {book.place.zone}", required=False, max_length=60),
    )
    return _form("New customer", "Save customer", Name.ENTER_CUSTOMER, fields, "", book, values, errors)


def invoice_form(book: Book, today: date, values: Answers = None, errors: Answers = None) -> Form:
    """Answers: `customer`, `number`, `total` (text), `currency`, `issued_on` and `due_on` (ISO), `reference`, `product`."""
    fields: tuple[Field, ...] = (
        TextField("customer", "Customer", hint="Their number or full name", max_length=140),
        TextField("number", "Invoice number", max_length=140),
        TextField("total", "Amount", hint="With tax, like 1234.50", max_length=30),
        TextField("currency", "Currency", book.currency or "", hint="Three letters", max_length=3),
        DateField("issued_on", "Issued on", today),
        DateField("due_on", "Due on", today + _TERM),
        TextField("reference", "Their order or reference", required=False, max_length=140),
        TextField("product", "What was sold", hint="For routes and policies that name a product", required=False, max_length=140),
    )
    more = "Reminders follow the policy from its due day."
    return _form("New invoice", "Save invoice", Name.ENTER_INVOICE, fields, more, book, values, errors)


def payment_form(book: Book, today: date, limit: str, values: Answers = None, errors: Answers = None) -> Form:
    """Answers: `invoice`, `amount` (text, in the invoice's currency), `paid_on` (ISO), `reference` (may be empty)."""
    fields: tuple[Field, ...] = (
        TextField("invoice", "Invoice number", max_length=140),
        TextField("amount", "Amount", hint="In the invoice's currency, like 1234.50", max_length=30),
        DateField("paid_on", "Received on", today),
        TextField("reference", "Bank reference", hint="So that it is not noted twice", required=False, max_length=140),
    )
    more = f"What is too much for the invoice stays on account. Above {limit} somebody else has to approve it."
    return _form("Payment received", "Save payment", Name.ENTER_PAYMENT, fields, more, book, values, errors)


def _form(title: str, label: str, action: Name, fields: tuple[Field, ...], more: str, book: Book, values: Answers, errors: Answers) -> Form:
    intro = (*general_error(errors), Text(name(book.name), quiet=True))
    outro = (Text(more, quiet=True),) if more else ()
    return Form(title, Button(label, _of(action, book), Style.PRIMARY), intro, filled(fields, values or {}), outro)


def customer_entered(customer: Customer, *, new: bool) -> Card:
    reach = "" if customer.emails else "Without an e-mail address nothing can be sent to them."
    return answer(f"{name(customer.name)} ({name(customer.number)}) {'is kept' if new else 'was changed'}", reach)


def invoice_entered(book: Book, customer: Customer, item: Item, today: date) -> Card:
    locale = locale_of(book)
    due = f", due {day(item.due_on, today, locale)}" if item.due_on else ""
    return answer(f"{name(customer.name)}: {name(item.number)} of {money(item.total, locale)}{due} is kept", "Found above by its number.")


def all_entered(book: Book, today: date) -> Card:
    return answer(
        f"{name(book.name)} is complete up to {day(today, today, locale_of(book))}",
        "What waited for fresh balances leaves when its hour comes.",
    )


def party_of(value: str) -> Party:
    return Party(value) if value in set(Party) else Party.BUSINESS
