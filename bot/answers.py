"""What a typed question is answered with."""

from __future__ import annotations

from datetime import datetime

from bot.commands import Ask, AskBalance, AskHelp, AskInvoice, AskOverdue
from bot.draw import line_of, names
from cards import answers as cards
from cards import problems
from cards.actions import Action, Name
from cards.answers import Choice
from cards.elements import Card
from cards.help import help_card
from cards.history import history
from workflows.answer_query import Choices, Seen, balance, invoice, overdue
from workflows.domain.decision import ItemDecision
from workflows.errors import NotKnown
from workflows.ports import Policies, UnitOfWork


async def answer(ask: Ask, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    """One card, whatever was asked; a thing that does not exist is said so."""
    try:
        return await _answer(ask, work, policies, now)
    except NotKnown as unknown:
        return problems.not_found(str(unknown))


async def _answer(ask: Ask, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    match ask:
        case AskHelp():
            return help_card(unknown=ask.unknown or None, lacks=ask.lacks or None, near=ask.near)
        case AskBalance():
            found = await balance(ask.customer, work, policies, now)
            return several(found) if isinstance(found, Choices) else cards.balance(found.account, found.decision, now)
        case AskInvoice():
            one = await invoice(ask.number, work, policies, now)
            return several(one) if isinstance(one, Choices) else await invoice_card(*one, work)
        case AskOverdue():
            return await _overdue(work, policies, now)


async def invoice_card(seen: Seen, decided: ItemDecision, work: UnitOfWork) -> Card:
    """One invoice with its history and buttons."""
    people = await names(work)
    events = history(seen.account, decided.item.id, seen.at, people)
    return cards.invoice(seen.account, decided, events, seen.at, people)


async def why_card(seen: Seen, decided: ItemDecision, work: UnitOfWork) -> Card:
    """Why an item is as it is."""
    events = history(seen.account, decided.item.id, seen.at, await names(work))
    return cards.why(seen.account, decided, events, seen.at)


async def _overdue(work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    books = await work.books()
    found = await overdue(work, policies, now, {book.id: book.place.day(now) for book in books})
    book = found.accounts[0].account.book if found.accounts else books[0]
    return cards.overdue_list(book, [line_of(seen) for seen in found.accounts], more=found.more)


def several(found: Choices) -> Card:
    """Customers or invoices that all fit."""
    choices = [Choice(customer.name, customer.number) for customer in found.customers]
    choices += [Choice(one.item.number, f"{one.customer.name}, {one.book.name}", Action(Name.OPEN, one.item.id)) for one in found.items]
    return cards.several(found.asked, choices)
