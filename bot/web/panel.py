"""The right side of the inbox: the customer of the chosen item and what happened, or the whole book when nothing is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.web.place import Place
from cards.answers import BUCKETS, STATE_WORDS, bucket
from cards.elements import Tone
from cards.format import amounts, cell, count, days, lateness, locale_of, money, name
from cards.history import Event, history
from workflows.answer_query import Seen
from workflows.domain.account import Account, Book
from workflows.domain.aging import AgingRow
from workflows.domain.allocation import balances
from workflows.domain.ids import ItemId, UserId
from workflows.domain.money import Money, total, totals
from workflows.domain.standing import Standing

EVENTS = 25
ITEMS = 12
BAR = 1000  # units of the bar's width


@dataclass(frozen=True, slots=True)
class Part:
    """One age: `at` and `width` are its place in the bar, of 1000 in all."""

    words: str
    amount: str
    age: int
    at: int
    width: int


@dataclass(frozen=True, slots=True)
class Aging:
    """One currency: what is open, by age, in figures, words and a bar."""

    open: str
    parts: tuple[Part, ...]
    less: str = ""

    @property
    def words(self) -> str:
        return ", ".join(f"{part.words} {part.amount}" for part in self.parts)


@dataclass(frozen=True, slots=True)
class OpenItem:
    number: str
    amount: str
    due: str
    state: str
    tone: Tone
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """`facts` are a few lines about the customer, whose page is at `url`; without `number` it is about no single invoice."""

    title: str
    told: str
    aging: tuple[Aging, ...]
    facts: tuple[str, ...] = ()
    items: tuple[OpenItem, ...] = ()
    more_items: int = 0
    number: str = ""
    events: tuple[Event, ...] = ()
    more_events: int = 0
    url: str = ""


def customer_panel(seen: Seen, item: ItemId | None, place: Place, people: Mapping[UserId, str]) -> Panel:
    """What a colleague wants to know before the phone rings."""
    account, locale = seen.account, locale_of(seen.account.book)
    facts, ages, told = tuple(_facts(account, people)), _ages(seen.open, locale), "Nothing open"
    if seen.open:
        told = f"{amounts(totals(one.open for one in seen.open), locale)} open"
    if item is None:
        return Panel(name(account.customer.name), told, ages, facts)
    events = history(account, item, seen.at, people)
    shown = sorted(seen.open, key=lambda one: (one.item.id != item, one.item.due_on or date.max, one.item.number))[:ITEMS]
    return Panel(
        name(account.customer.name),
        told,
        ages,
        facts,
        tuple(_open_item(one, seen, item, place) for one in shown),
        len(seen.open) - len(shown),
        name(seen.of(item).item.number),
        events[:EVENTS],
        max(len(events) - EVENTS, 0),
        place.of_customer(account.customer.id),
    )


def _open_item(one: Standing, seen: Seen, item: ItemId, place: Place) -> OpenItem:
    tone, amount = Tone.LATE if one.overdue else Tone.QUIET, money(one.open, locale_of(seen.account.book))
    number, chosen = cell(one.item.number), one.item.id == item
    return OpenItem(number, amount, lateness(one.days_past_due), STATE_WORDS[one.state], tone, place.of_item(one.item.id), chosen)


def _facts(account: Account, people: Mapping[UserId, str]) -> list[str]:
    customer, locale = account.customer, locale_of(account.book)
    owner = people.get(customer.owner) if customer.owner else None
    called = f"Customer {name(customer.number)}" if customer.number != customer.name else ""
    facts = [" · ".join(words for words in (called, f"looked after by {name(owner)}" if owner else "") if words)]
    facts += [", ".join(name(email) for email in customer.emails[:3]) or "No e-mail address, so nothing can be sent"]
    facts += [_habit(account)]
    free = tuple(balances(account).on_account.values())
    facts += [f"{amounts(free, locale)} on account, not set against an invoice"] if free else []
    return [fact for fact in facts if fact]


def _habit(account: Account) -> str:
    """How late they paid on average, over what was paid whole; empty where nothing was."""
    late = []
    for item in account.items:
        paid = [fact for fact in account.payments if fact.item == item.id and fact.amount.currency == item.total.currency]
        if paid and item.due_on and total((fact.amount for fact in paid), item.total.currency) == item.total:
            late.append((max(fact.paid_on for fact in paid) - item.due_on).days)
    if not late:
        return ""
    mean = round(sum(late) / len(late))
    of = f"{count(len(late), 'paid invoice')}"
    return f"Pays {days(mean)} late on average, {of}" if mean > 0 else f"Pays on time, {of}"


def _ages(items: Sequence[Standing], locale: str) -> tuple[Aging, ...]:
    """A bar per currency."""
    bars = []
    for code in sorted({one.open.currency for one in items}):
        mine = [one for one in items if one.open.currency == code]
        by = [(words, total((one.open for one in mine if bucket(one.days_past_due) == words), code)) for _, words in BUCKETS]
        bars.append(_bar(by, locale))
    return tuple(bars)


def _bar(by: Sequence[tuple[str, Money]], locale: str, less: str = "") -> Aging:
    """Ages with nothing in them are left out; each that has something is wide enough to be seen."""
    whole = sum(amount.minor for _, amount in by) or 1
    widths = [max(round(BAR * amount.minor / whole), 12) if amount.minor > 0 else 0 for _, amount in by]
    scale, at, parts = BAR / max(sum(widths), 1), 0, []
    for age, ((words, amount), width) in enumerate(zip(by, widths, strict=True)):
        if amount.minor > 0:
            wide = round(width * scale)
            parts.append(Part(words.capitalize(), money(amount, locale), age, at, wide))
            at += wide
    return Aging(money(total((amount for _, amount in by), by[0][1].currency), locale), tuple(parts), less)


def book_panel(book: Book, rows: Sequence[AgingRow]) -> Panel:
    """The whole book by age, when no customer is chosen."""
    locale = locale_of(book)
    words = [words for _, words in BUCKETS]
    ages = [
        _bar(
            list(zip(words, (amount for _, amount in (row.current, row.d1_30, row.d31_60, row.d61_90, row.d90_plus)), strict=True)),
            locale,
            f"{money(-row.unapplied, locale)} on account" if row.unapplied.minor < 0 else "",
        )
        for row in rows
    ]
    told = f"{amounts([_open(row) for row in rows], locale)} open" if rows else "Nothing open"
    return Panel(name(book.name), told, tuple(ages))


def _open(row: AgingRow) -> Money:
    return total((amount for _, amount in (row.current, row.d1_30, row.d31_60, row.d61_90, row.d90_plus)), row.currency)
