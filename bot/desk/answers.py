"""What a typed question is answered with, the same in every chat, in the inbox and on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from bot.commands import (
    Ask,
    AskAct,
    AskBalance,
    AskCustomer,
    AskFigures,
    AskHelp,
    AskHome,
    AskInvoice,
    AskLink,
    AskList,
    AskOverdue,
    AskSettings,
    AskShare,
    AskWhy,
    Listed,
    number_first,
)
from bot.desk.amounts import amount_of
from bot.desk.colleagues import names
from bot.live.home import home_card
from bot.live.lines import MOST as LINES
from bot.live.lines import line_of
from bot.summaries import figure_card
from cards import answers as cards
from cards import choices, lists, problems
from cards.actions import Action, Name
from cards.choices import Choice, asking
from cards.elements import Card
from cards.format import locale_of, money, name
from cards.help import help_card
from cards.history import history
from cards.paging import PAGE
from cards.settings import settings
from workflows.answer_query import EXACT, MOST, Bounds, Choices, Seen, balance, invoice, marked, overdue, tasks
from workflows.domain.access import User
from workflows.domain.account import Book
from workflows.domain.decision import ItemDecision
from workflows.errors import NotKnown, Refused
from workflows.ports import Policies, UnitOfWork
from workflows.records import Mark

_PIECE = 3  # letters of a number that are enough to look for it
_MARKS = {Listed.PROMISES: Mark.PROMISED, Listed.PLANS: Mark.ON_PLAN, Listed.DISPUTES: Mark.DISPUTED}


async def meant(ask: Ask, work: UnitOfWork) -> Ask:
    """Words that are no command, nor come near one, are an invoice's number where there is one, else a customer, else a piece of a number."""
    if not isinstance(ask, AskHelp) or not ask.unknown or ask.near:
        return ask
    if await work.find_items(ask.unknown):
        return AskInvoice(ask.unknown)
    pieces = () if len(ask.unknown) < _PIECE or await work.find_customers(ask.unknown) else await work.near_items(ask.unknown)
    held = {one.item.number for one in pieces if one.item.plan is None and ask.unknown.casefold() in one.item.number.casefold()}
    if not held:
        return AskBalance(ask.unknown)
    return AskInvoice(held.pop() if len(held) == 1 else ask.unknown)


async def answer(
    ask: Ask, work: UnitOfWork, policies: Policies, now: datetime, by: User | None = None, page: int | None = None, command: str = ""
) -> Card:
    """One card, whatever was asked, and nothing changed; a thing that does not exist is said so. `by` is who asks; of a long list a
    `page` of `cards.paging` is enough. `command` is what they type before a question, if they do.
    """
    try:
        return await Answering(work, policies, now, by, page, command).answer(await meant(ask, work))
    except NotKnown as unknown:
        return problems.not_found(str(unknown))
    except Refused as refused:
        return problems.not_understood(str(refused))


async def invoice_card(seen: Seen, decided: ItemDecision, work: UnitOfWork) -> Card:
    """One invoice with its history and buttons."""
    people = await names(work)
    events = history(seen.account, decided.item.id, seen.at, people)
    return cards.invoice(seen.account, decided, events, seen.at, people)


async def why_card(seen: Seen, decided: ItemDecision, work: UnitOfWork) -> Card:
    """Why an item is as it is."""
    events = history(seen.account, decided.item.id, seen.at, await names(work))
    return cards.why(seen.account, decided, events, seen.at)


def several(found: Choices, books: Sequence[Book], verb: str) -> Card:
    """Customers or invoices that all fit, or nearly; opening one asks the same of it."""
    called = {book.id: f", {book.name}" for book in books} if len(books) > 1 else {}
    fit = [Choice(one.name, f"{one.number}{called.get(one.book_id, '')}", asking(f"{verb} {EXACT}{one.id}")) for one in found.customers]
    opens = Name.WHY if verb == "why" else Name.OPEN
    fit += [Choice(one.item.number, f"{one.customer.name}, {one.book.name}", Action(opens, one.item.id)) for one in found.items]
    return choices.several(found.asked, fit, near=found.near)


@dataclass(frozen=True, slots=True)
class Answering:
    work: UnitOfWork
    policies: Policies
    now: datetime
    by: User | None
    page: int | None = None
    command: str = ""

    async def answer(self, ask: Ask) -> Card:
        """Raises `NotKnown` and `Refused`."""
        match ask:
            case AskHelp():
                return help_card(self.command, unknown=ask.unknown or None, lacks=ask.lacks or None, near=ask.near)
            case AskBalance() | AskCustomer():
                return await self._customer(ask)
            case AskInvoice() | AskWhy():
                return await self._invoice(ask.number, ask)
            case AskAct() | AskLink():
                return await self._act(ask)
            case AskOverdue():
                return await self._overdue(ask)
            case AskList():
                return await self._list(ask.what, await self._books(ask.book))
            case AskFigures():
                return await self._figures(ask)
            case AskHome() | AskSettings():
                return await self._own(ask)
            case AskShare():
                return await self.answer(await meant(ask.ask, self.work))
            case _:
                assert_never(ask)

    async def _own(self, ask: AskHome | AskSettings) -> Card:
        if isinstance(ask, AskSettings):
            return settings(await self.work.books(), self.by, self.now)
        if self.by is None:
            raise Refused("Nobody is known to ask, so there is no home to show. Ask in chat or in the inbox.")
        return await home_card(self.by.id, self.work, self.policies, self.now)

    async def _customer(self, ask: AskBalance | AskCustomer) -> Card:
        found = await balance(ask.customer, self.work, self.policies, self.now)
        verb = "balance" if isinstance(ask, AskBalance) else "customer"
        if isinstance(found, Choices):
            return several(found, await self.work.books(), verb)
        if isinstance(ask, AskBalance):
            return cards.balance(found.account, found.open, self.now)
        return cards.customer(found.account, found.open, self.now, await names(self.work))

    async def _invoice(self, number: str, ask: AskInvoice | AskWhy) -> Card:
        found = await invoice(number, self.work, self.policies, self.now)
        if isinstance(found, Choices):
            return several(found, (), "why" if isinstance(ask, AskWhy) else "invoice")
        return await (why_card if isinstance(ask, AskWhy) else invoice_card)(*found, self.work)

    async def _act(self, ask: AskAct | AskLink) -> Card:
        if isinstance(ask, AskLink):
            return problems.linked_already()
        """Where nothing may be changed: the invoice, whose card has the buttons."""
        for number, _ in number_first(ask.words):
            if number.startswith(EXACT) or await self.work.find_items(number):
                return await self._invoice(number, AskInvoice(number))
        return await self._invoice(ask.words, AskInvoice(ask.words))

    async def _overdue(self, ask: AskOverdue) -> Card:
        books = await self.work.books()
        named = [book for book in books if book.slug == ask.customer.casefold()] or books
        least = amount_of(ask.least, ask.currency, named) if ask.least else None
        said = [f"{ask.days} days and more"] if ask.days > 1 else []
        said += [f"{money(least, locale_of(named[0]))} and more"] if least else []
        bounds = ", ".join(said)
        if named is not books or not ask.customer:
            return await self._late(named, Bounds(ask.days, None, least), bounds, "")
        found = await balance(ask.customer, self.work, self.policies, self.now)
        if isinstance(found, Choices):
            bound = f" >{ask.least} {ask.currency}".rstrip() if ask.least else ""
            return several(found, books, f"overdue {ask.days}{bound}")
        late = [one for one in found.open if one.overdue and (one.days_past_due or 0) >= ask.days]
        if least is not None:
            late = [one for one in late if one.open.currency == least.currency and one.open >= least]
        return cards.overdue_of(found.account, late, self.now, bounds)

    async def _late(self, books: Sequence[Book], bounds: Bounds, said: str, whose: str) -> Card:
        days = {book.id: book.place.day(self.now) for book in books}
        page = None if self.page is None else range(self.page * PAGE, (self.page + 1) * PAGE)
        found = await overdue(self.work, self.policies, self.now, days, bounds, MOST, page)
        book = found.accounts[0].account.book if found.accounts else books[0]
        whose = whose or ("" if len(books) == 1 else "All books")
        lines = [line_of(seen) for seen in found.accounts]
        of = found.count if page and found.count > MOST else None
        return cards.overdue_list(book, lines, more=0 if of else found.more, of=of, whose=whose, bounds=said)

    async def _books(self, slug: str) -> Sequence[Book]:
        """All of them where none is named."""
        return [await self.work.book(slug.casefold())] if slug else await self.work.books()

    async def _list(self, what: Listed, books: Sequence[Book]) -> Card:
        if what is Listed.MINE:
            if self.by is None:
                raise Refused("Nobody is known to ask, so no customers are theirs. Ask in chat or in the inbox.")
            return await self._late(books, Bounds(owner=self.by.id), "", f"{name(self.by.name)}'s customers")
        people = await names(self.work)
        if what is Listed.TASKS:
            found = await tasks(books, self.work, self.policies, self.now)
            return lists.tasks([(one.task, one.seen.account) for one in found], self.now, people)
        enough = MOST if self.page is None else min(max(MOST, (self.page + 2) * PAGE), LINES)
        listed = await marked(_MARKS[what], books, self.work, self.policies, self.now, enough)
        items = [(seen.account, decided) for seen, decided in listed.items]
        return lists.marked(what.value, items, self.now, people, more=listed.more)

    async def _figures(self, ask: AskFigures) -> Card:
        books = await self._books(ask.book)
        if len(books) > 1:
            fit = [Choice(one.name, one.slug, asking(f"{ask.what} {one.slug}")) for one in books]
            return choices.several(ask.what, fit)
        return await figure_card(ask.what, books[0], self.work, self.policies, self.now)
