"""What `/due` answers: a customer's balance, what is overdue, one invoice, why something is as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from cards.actions import Action, Name
from cards.buttons import buttons
from cards.clean import bare
from cards.digest import DigestLine
from cards.elements import Card, Element, Facts, Heading, Row, Rows, Text, Tone
from cards.format import age, amounts, cell, count, day, lateness, listing, locale_of, money, name, remark, step_words
from cards.history import Event
from cards.lines import following_line, next_words, past_line, which_line
from cards.overdue import evidence_link
from cards.standing import person
from workflows.domain.account import Account, Book
from workflows.domain.allocation import balances
from workflows.domain.decision import ItemDecision, State
from workflows.domain.ids import UserId
from workflows.domain.money import totals
from workflows.domain.reach import addresses
from workflows.domain.standing import Standing

EVENTS = 12
STATE_WORDS = {
    State.OPEN: "open",
    State.CHASING: "being reminded",
    State.SNOOZED: "snoozed",
    State.PROMISED: "promised",
    State.ON_PLAN: "on a plan",
    State.DISPUTED: "disputed",
    State.HELD: "on hold",
    State.ESCALATED: "with a manager",
    State.SETTLED: "settled",
}
BUCKETS = ((0, "not due"), (30, "1–30 d"), (60, "31–60 d"), (90, "61–90 d"), (None, "over 90 d"))


def bucket(days_past_due: int | None) -> str:
    """The aging bucket's words; an item without a due day is not due."""
    late = days_past_due or 0
    return next(words for most, words in BUCKETS if most is None or late <= most)


def aging_words(items: Sequence[Standing], locale: str) -> tuple[tuple[str, str], ...]:
    """Per bucket that holds something: its words and one sum per currency."""
    by = {words: [item.open for item in items if bucket(item.days_past_due) == words] for _, words in BUCKETS}
    return tuple((words, amounts(totals(sums), locale)) for words, sums in by.items() if sums)


def balance(account: Account, items: Iterable[Standing], now: datetime) -> Card:
    """A customer with every open item, oldest due first, totals per currency and their ages."""
    locale, today, customer = locale_of(account.book), account.book.place.day(now), name(account.customer.name)
    items = sorted(items, key=lambda item: item.item.due_on or date.max)
    if not items:
        return Card(
            f"{customer} owes nothing", (Heading(f"{customer} owes nothing", tone=Tone.GOOD), *_on_account(account, locale)), Tone.GOOD
        )
    sums, late = amounts(totals(item.open for item in items), locale), [item for item in items if item.overdue]
    overdue = f"{amounts(totals(item.open for item in late), locale)} overdue" if late else "nothing overdue"
    heading = Heading(customer, sums, overdue, Tone.LATE if late else Tone.QUIET)
    body: tuple[Element, ...] = (heading, Facts(aging_words(items, locale)), _items(account, items, today), *_on_account(account, locale))
    return Card(f"{customer} owes {sums}, {overdue}, {count(len(items), 'item')}", body, heading.tone)


def _on_account(account: Account, locale: str) -> tuple[Text, ...]:
    free = tuple(balances(account).on_account.values())
    return (Text(f"Money on account, not set against an invoice: {amounts(free, locale)}", quiet=True),) if free else ()


def overdue_of(account: Account, items: Sequence[Standing], now: datetime, bounds: str = "") -> Card:
    """One customer's overdue items, the oldest first."""
    locale, customer = locale_of(account.book), name(account.customer.name)
    said = f"overdue{', ' + bounds if bounds else ''}"
    if not items:
        return Card(f"{customer}: nothing {said}", (Heading(f"{customer}: nothing {said}", tone=Tone.GOOD),), Tone.GOOD)
    ordered = sorted(items, key=lambda item: item.item.due_on or date.max)
    sums = amounts(totals(item.open for item in ordered), locale)
    body = (Heading(customer, sums, said, Tone.LATE), _items(account, ordered, account.book.place.day(now)))
    return Card(f"{customer}: {sums} {said}, {count(len(ordered), 'item')}", body, Tone.LATE)


def customer(account: Account, items: Iterable[Standing], now: datetime, people: Mapping[UserId, str]) -> Card:
    """Who the customer is to us, then what they owe."""
    card, one, today = balance(account, items, now), account.customer, account.book.place.day(now)
    last = max((notice for notice in account.notices if notice.state.counts), key=lambda notice: notice.at, default=None)
    known = (
        ("Number", name(one.number)),
        ("Book", name(account.book.name)),
        ("Owner", name(person(people, one.owner)) if one.owner else "nobody"),
        ("Segment", name(one.segment) if one.segment else ""),
        ("Written to", _written_to(account)),
        ("Last message", f"{step_words(last.step)}, {day(last.day, today, locale_of(account.book))}" if last else "none yet"),
        ("Policy", f"{bare(account.policy[0])}, version {account.policy[1]}" if account.policy else "not started"),
    )
    facts = Facts(tuple((key, value) for key, value in known if value))
    return Card(f"{card.summary}. {facts.pairs[0][1]}", (card.body[0], facts, *card.body[1:]), card.tone)


def _written_to(account: Account) -> str:
    wanted = addresses(account)
    told = [f"{bare(one)}{'' if one in wanted else ' (wants no more messages)'}" for one in account.customer.emails]
    return listing(told) or "no e-mail address is known"


def _items(account: Account, items: Sequence[Standing], today: date) -> Rows:
    locale, versions = locale_of(account.book), {item.item.id: len(account.acts_on(item.item.id)) for item in items}
    rows = tuple(
        Row(
            (cell(item.item.number), money(item.open, locale), _due(item, today, locale), STATE_WORDS[item.state]),
            Tone.LATE if item.overdue else Tone.QUIET,
            Action(Name.OPEN, item.item.id, versions[item.item.id]),
        )
        for item in items
    )
    return Rows(("Invoice", "Open", "Due", "State"), rows, frozenset({1}))


def _due(decided: Standing, today: date, locale: str) -> str:
    on = decided.item.due_on
    return f"{day(on, today, locale)}, {lateness(decided.days_past_due)}" if on else "no due date"


def overdue_list(
    book: Book, lines: Sequence[DigestLine], *, more: int = 0, of: int | None = None, whose: str = "", bounds: str = ""
) -> Card:
    """Customers with something overdue, the oldest first; `more` were left out by the caller, or these are one page `of` so many.

    `whose` stands in place of the book's name, `bounds` says which of them were asked for.
    """
    locale, whose = locale_of(book), whose or name(book.name)
    title = f"{whose}: overdue{', ' + bounds if bounds else ''}"
    if not lines:
        return Card(f"{title}: nothing", (Heading(f"{title.replace(': overdue', ': nothing overdue', 1)}", tone=Tone.GOOD),), Tone.GOOD)
    rows = tuple(
        Row(
            (cell(line.customer), amounts(line.amounts, locale), age(line.days), remark(line.words, 60)),
            Tone.WARNING if line.waits else Tone.LATE,
            Action(Name.OPEN, line.item, line.seen),
        )
        for line in lines
    )
    table = Rows(("Customer", "Open", "Late", "State"), rows, frozenset({1, 2}), f"{more:,} more" if more else None, of=of)
    among = count(of or len(lines) + more, "customer")
    sums = None if more or of else amounts(totals(amount for line in lines for amount in line.amounts), locale)
    return Card(f"{title}: {among}{', ' + sums if sums else ''}", (Heading(title, sums, among, Tone.LATE), table), Tone.LATE)


def invoice(account: Account, decided: ItemDecision, events: Sequence[Event], now: datetime, people: Mapping[UserId, str]) -> Card:
    """One invoice: how it stands, what comes next, what happened, and its buttons."""
    locale, customer, number = locale_of(account.book), name(account.customer.name), name(decided.item.number)
    settled = decided.state is State.SETTLED
    late = "settled" if settled else lateness(decided.days_past_due)
    tone = Tone.GOOD if settled else Tone.LATE if decided.overdue else Tone.QUIET
    amount = money(decided.item.total if settled else decided.open, locale)
    body: list[Element] = [Heading(customer, amount, late, tone), Text(which_line(account, decided, now))]
    if not settled:
        body += [Text(past_line(account, decided, now, people), quiet=True), Text(following_line(account, decided, now, people))]
    body += _events(events)
    body += [] if settled else [*evidence_link(account, decided, now), buttons(account, decided)]
    return Card(f"{number}: {customer}, {amount}, {late}", tuple(body), tone)


def _events(events: Sequence[Event]) -> list[Element]:
    if not events:
        return []
    rows = tuple(Row((event.when, ", ".join(part for part in (event.words, event.detail) if part))) for event in events[:EVENTS])
    left = len(events) - EVENTS
    return [Rows(("When", "What"), rows, rest=f"{left:,} earlier" if left > 0 else None)]


def why(account: Account, decided: ItemDecision, events: Sequence[Event], now: datetime) -> Card:
    """Why the item is as it is: its state, the reason, what comes next, what happened."""
    customer, number = name(account.customer.name), name(decided.item.number)
    coming = next_words(account, decided, now) or "nothing by itself"
    policy = f"{bare(account.policy[0])}, version {account.policy[1]}" if account.policy else "not started"
    title, because = f"Why: {customer}, {number}", remark(decided.because, 500)
    facts = Facts((("State", STATE_WORDS[decided.state]), ("Because", because), ("Next", coming), ("Policy", policy)))
    return Card(f"{title}: {STATE_WORDS[decided.state]}. {because} Next: {coming}", (Heading(title), facts, *_events(events)))
