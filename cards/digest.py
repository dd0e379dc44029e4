"""The morning's digest of a book, the lists behind it, and the first-contact review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cards.actions import Action, Name
from cards.elements import Actions, Button, Card, Element, Heading, Row, Rows, Style, Text, Tone
from cards.format import age, amounts, cell, clock, count, day, days, locale_of, long_day, name, remark, since, step_words
from cards.paging import paged
from workflows.domain.account import Book, NoticeState
from workflows.domain.ids import ItemId, NoticeId
from workflows.domain.money import Money, totals

SHOWN = 8
PAGE = 20
_COLUMNS = ("Customer", "Open", "Late", "State")
_RIGHT = frozenset({1, 2})


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One customer's newly overdue items. `amounts` one per currency, `days` the oldest item's, `words` where it stands, `item` what opens.

    `waits` is true where nothing goes out by itself: snoozed, on a plan, with a manager.
    """

    customer: str
    amounts: tuple[Money, ...]
    days: int
    words: str
    item: ItemId
    items: int = 1
    waits: bool = False
    seen: int = 0


@dataclass(frozen=True, slots=True)
class OutgoingLine:
    """A message that leaves today: to whom, for what, over which step, when; without a `state` it is only planned."""

    customer: str
    amounts: tuple[Money, ...]
    step: str
    at: datetime
    item: ItemId
    seen: int = 0
    state: NoticeState | None = None
    notice: NoticeId | None = None

    @property
    def waits(self) -> bool:
        """It can still be stopped."""
        return self.state in {None, NoticeState.QUEUED}


@dataclass(frozen=True, slots=True)
class Today:
    """What the day brings: reminders from `first_at` on, accounts that wait for their release, and whether the book is too old to send from.

    `stale_since` is the day of the file that is too old; with `more` there are at least so many reminders.
    """

    reminders: int = 0
    first_at: datetime | None = None
    under_review: int = 0
    stale_since: date | None = None
    more: bool = False


def digest(
    book: Book, on: date, lines: Sequence[DigestLine], today: Today, beyond: Sequence[tuple[int, Money]] = (), among: int = 0
) -> Card:
    """`Tuesday 24 November · 14 newly overdue · €86,210.00 and $12,900.00`, the first lines, and what goes out.

    Of a long list `lines` are the first, `among` how many there are, and `beyond` the debts and sums of the others.
    """
    locale, items = locale_of(book), sum(line.items for line in lines) + sum(debts for debts, _ in beyond)
    sums = amounts(totals([*(amount for line in lines for amount in line.amounts), *(amount for _, amount in beyond)]), locale)
    title = f"{long_day(on, locale)} · {f'{items:,}' if items else 'nothing'} newly overdue"
    heading = Heading(title, sums or None, tone=Tone.LATE if lines else Tone.GOOD)
    body: list[Element] = [heading]
    if lines:
        body.append(late_rows(book, lines[:SHOWN], left=max(among, len(lines)) - SHOWN, more=_page(book, on, 0)))
    body.append(Text(today_words(book, today, on)))
    if today.reminders:
        body.append(_digest_buttons(book, on))
    summary = " · ".join(part for part in (long_day(on, locale), f"{items:,} newly overdue", sums) if part)
    return Card(f"{summary}. {today_words(book, today, on)}", tuple(body), heading.tone)


def _digest_buttons(book: Book, on: date) -> Actions:
    return Actions((Button("What goes out today", Action(Name.SHOW_OUTGOING, book.id, data={"day": on.isoformat()})),))


def today_words(book: Book, today: Today, on: date) -> str:
    """`Today: 9 reminders go out from 09:00 · 2 customers wait for release`."""
    first = f" from {clock(today.first_at, book.place)}" if today.first_at else ""
    goes = f"{count(today.reminders, 'reminder goes', 'reminders go')} out{first}" if today.reminders else "no reminder goes out"
    goes = f"at least {goes}" if today.more and today.reminders else goes
    waits = count(today.under_review, "customer waits", "customers wait") + " for release" if today.under_review else ""
    stale = (
        f"the last file is of {day(today.stale_since, on, locale_of(book))}, nothing leaves until a newer one" if today.stale_since else ""
    )
    return "Today: " + " · ".join(part for part in (goes, waits, stale) if part)


def _page(book: Book, on: date, page: int) -> Action:
    return Action(Name.SHOW_ALL, book.id, data={"day": on.isoformat(), "page": str(page)})


def late_rows(book: Book, lines: Sequence[DigestLine], *, left: int = 0, more: Action | None = None) -> Rows:
    locale = locale_of(book)
    rows = tuple(
        Row(
            (cell(line.customer), amounts(line.amounts, locale), age(line.days), remark(line.words, 60)),
            Tone.WARNING if line.waits else Tone.LATE,
            Action(Name.OPEN, line.item, line.seen),
        )
        for line in lines
    )
    return Rows(_COLUMNS, rows, _RIGHT, all=more if left > 0 else None, left=max(left, 0))


def page_within(page: int, among: int) -> int:
    """From 0; beyond the last it is the last."""
    return min(max(page, 0), max(-(-among // PAGE) - 1, 0))


def digest_list(book: Book, on: date, shown: Sequence[DigestLine], page: int, among: int, asked: Sequence[Money]) -> Card:
    """The page, from 0, of the whole list: `shown` of `among` customers, who owe what is `asked` together."""
    pages, first = max(1, -(-among // PAGE)), page * PAGE
    sums = amounts(asked, locale_of(book))
    title = f"Newly overdue, {long_day(on, locale_of(book))}"
    where = f"{first + 1:,} to {first + len(shown):,} of {among:,}" if pages > 1 else count(among, "customer")
    turn = ((Button("Back", _page(book, on, page - 1)),) if page else ()) + (
        (Button("Next", _page(book, on, page + 1)),) if page + 1 < pages else ()
    )
    body: tuple[Element, ...] = (Heading(title, sums or None), Text(where, quiet=True), late_rows(book, shown))
    return Card(f"{title}: {where}, {sums}" if sums else title, body + ((Actions(turn),) if turn else ()))


def outgoing(book: Book, on: date, lines: Sequence[OutgoingLine], page: int = 0, *, more: bool = False) -> Card:
    """What goes out today, in the order it leaves; one page, from 0, of a long list. With `more` that is not all."""
    locale = locale_of(book)
    title = f"Goes out {long_day(on, locale)}"
    if not lines:
        return Card(f"{title}: nothing", (Heading(title), Text("No reminder goes out that day.")))
    sums = amounts(totals(amount for line in lines for amount in line.amounts), locale)
    table = leaving_rows(book, lines)
    number = f"{'at least ' if more else ''}{count(len(lines), 'reminder')}"
    said = f"{number}; every one is decided again just before it leaves"
    card = Card(f"{title}: {number}, {sums}", (Heading(title, sums), Text(said, quiet=True), table))
    return paged(card, page, lambda to: Action(Name.SHOW_OUTGOING, book.id, data={"day": on.isoformat(), "page": str(to)}))


def leaving_rows(book: Book, lines: Sequence[OutgoingLine], *, left: int = 0, more: Action | None = None, stops: bool = True) -> Rows:
    """Messages of the day, each with a way to stop it while it waits, for those who may."""
    locale = locale_of(book)
    rows = tuple(
        Row(
            (cell(line.customer), amounts(line.amounts, locale), step_words(line.step), clock(line.at, book.place)),
            open=_stop(line) if stops and line.waits else Action(Name.OPEN, line.item, line.seen),
            label="Stop" if stops and line.waits else "Open",
        )
        for line in lines
    )
    return Rows(("Customer", "Asks for", "What", "At"), rows, frozenset({1, 3}), all=more if left > 0 else None, left=max(left, 0))


def _stop(line: OutgoingLine) -> Action:
    return Action(Name.STOP, line.item, line.seen, {"notice": str(line.notice)} if line.notice else {})


def released(book: Book, accounts: int, by_name: str, at: datetime, now: datetime) -> Card:
    """The review's card once somebody has let them go."""
    title = f"{count(accounts, 'customer')} of {name(book.name)} released"
    told = f"{name(by_name)} released them ({since(at, now, book.place, locale_of(book))}). Each gets one message at most, on the next working day and hour."
    return Card(f"{title}. {told}", (Heading(title, tone=Tone.GOOD), Text(told)), Tone.GOOD)


def review(book: Book, accounts: int, sums: Sequence[Money], oldest: tuple[str, int] | None = None) -> Card:
    """First contact: customers already late when the book was first read. `oldest` is a customer's name and the days they are late."""
    locale = locale_of(book)
    title = f"{count(accounts, 'customer')} of {name(book.name)} already overdue"
    old = f" The oldest: {name(oldest[0])}, {days(oldest[1])} late." if oldest else ""
    told = f"They were late before Duebot knew them, so nothing is sent until a manager releases them.{old}"
    after = "After release each gets one message at most, for the highest step it has reached, on the next working day and hour."
    release = Button("Release", Action(Name.RELEASE, book.id), Style.PRIMARY)
    body = (Heading(title, amounts(sums, locale), "under review", Tone.WARNING), Text(told), Text(after, quiet=True), Actions((release,)))
    return Card(f"{title}, {amounts(sums, locale)}, under review. {told}", body, Tone.WARNING)
