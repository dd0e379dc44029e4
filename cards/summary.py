"""A book's week, fortnight or month for its managers, and the lists behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from cards.actions import Action, Name
from cards.aging import aging_bars
from cards.choices import asking
from cards.elements import Actions, Button, Card, Element, FileKind, FileRef, Heading, Links, Row, Rows, Text, Tone
from cards.format import age, amounts, cell, count, day, listing, locale_of, moment, money, name, remark, step_words
from cards.paging import paged
from cards.summary_lists import Between
from workflows.domain.account import Book
from workflows.domain.aging import Debtor
from workflows.domain.ids import ItemId
from workflows.domain.money import Money
from workflows.domain.summary import CurrencySummary, Period, Summary

_PERIOD = {Period.WEEKLY: "week", Period.FORTNIGHTLY: "fortnight", Period.MONTHLY: "month"}
_SUNDAY = 6
_FILES_KEPT = timedelta(days=30)


def summary(told: Summary) -> Card:
    """What happened, who owes most, what was promised, said and sent, and what comes."""
    title = f"{period_words(told)} · {name(told.book.name)}"
    locale = locale_of(told.book)
    lines = [_state_line(one, locale) for one in told.currencies] or ["Nothing is open, and nothing came in."]
    body: list[Element] = [Heading(title), *(Text(line) for line in lines)]
    body += [Text(_method(told), quiet=True)] if told.currencies else []
    body += [replace(aging_bars(one.aging, locale), picture=chart_of(told, one)) for one in told.currencies if one.aging.items]
    body += [
        Text(line)
        for line in (*_debtors_lines(told, locale), _promises_line(told, locale), _said_line(told), _ahead_line(told, locale))
        if line
    ]
    body += [Links((("Spreadsheet", sheet_of(told)),)), _buttons(told)]
    return Card(f"{title}: {'; '.join(lines)}", tuple(body))


def sheet_of(told: Summary) -> FileRef:
    """The workbook."""
    return FileRef(FileKind.SHEET, told.book.id, told.last + _FILES_KEPT, f"{told.period} {told.last}")


def chart_of(told: Summary, one: CurrencySummary | None = None) -> FileRef:
    """The picture of a currency, or of all of them."""
    sheet = sheet_of(told)
    return replace(sheet, kind=FileKind.CHART, about=f"{sheet.about} {one.currency}" if one else sheet.about)


def period_words(told: Summary) -> str:
    """`Week 47`, `November 2026`; `Week to Tue 24 Nov` where it does not end with the calendar's."""
    last, locale = told.last, locale_of(told.book)
    if told.period is Period.MONTHLY and told.first.day == 1:
        return f"{last:%B %Y}"
    if told.period is not Period.MONTHLY and last.weekday() == _SUNDAY:
        weeks = [f"{on.isocalendar().week}" for on in (told.first, last)]
        return f"Week {weeks[1]}" if told.period is Period.WEEKLY else f"Weeks {listing(weeks)}"
    return f"{_PERIOD[told.period].capitalize()} to {day(last, last, locale)}"


def _state_line(one: CurrencySummary, locale: str) -> str:
    """`Open €412,300.00 (+3 %) · overdue €96,400.00 (−11 %) · DSO 41 d (−2) · collected €138,900.00 (+5 %)`."""
    now, before = one.now, one.before
    dso = "n/a" if now.dso is None else f"{now.dso:.0f} d{_days_change(now.dso, before.dso)}"
    return " · ".join(
        (
            f"Open {money(now.open, locale)}{_change(now.open, before.open)}",
            f"overdue {money(now.overdue, locale)}{_change(now.overdue, before.overdue)}",
            f"DSO {dso}",
            f"collected {money(now.collected, locale)}{_change(now.collected, before.collected)}",
        )
    )


def _change(now: Money, before: Money) -> str:
    """In whole percent of what it was; nothing where it was nothing."""
    if before.minor <= 0:
        return ""
    return f" ({_signed(round(Decimal(100 * (now - before).minor) / before.minor))} %)"


def _days_change(now: Decimal, before: Decimal | None) -> str:
    return "" if before is None else f" ({_signed(round(now) - round(before))})"


def _signed(number: int) -> str:
    return f"+{number:,}" if number > 0 else f"−{-number:,}" if number else "±0"


def _method(told: Summary) -> str:
    before = told.first - timedelta(days=1)
    since = f"Change since {day(before, told.last, locale_of(told.book))}; collected against the {_PERIOD[told.period]} before"
    return f"{since}. DSO: simple, over {told.dso_days} days."


def _debtors_lines(told: Summary, locale: str) -> list[str]:
    """One per currency in which somebody is overdue."""
    lines = []
    for one in told.currencies:
        owing = [f"{name(debtor.name)} {money(debtor.aging.overdue, locale)}{_oldest(debtor, told.last)}" for debtor in one.debtors]
        lines += [f"Most overdue: {' · '.join(owing)}"] if owing else []
    return lines or ["Nobody is overdue."]


def _oldest(debtor: Debtor, last: date) -> str:
    return f", {age((last - debtor.oldest).days)}" if debtor.oldest else ""


def _promises_line(told: Summary, locale: str) -> str:
    made, plans = told.promises, told.plans
    fates = [
        f"{number:,} {words}" for number, words in ((made.kept, "kept"), (made.partly, "kept in part"), (made.broken, "broken")) if number
    ]
    who = "; ".join(f"{name(one.customer)}, {money(one.amount, locale)}" for one in told.broken)
    promises = f"Promises: {made.all:,} due, {listing(fates)}{f' ({who})' if who else ''}" if made.all else "Promises: none due"
    late = f", {plans.late:,} late" if plans.late else ""
    return f"{promises} · plans: {plans.running:,} running{late}"


def _said_line(told: Summary) -> str:
    said = told.said
    parts = ((said.delivered, "delivered"), (said.bounced, "bounced"), (said.unknown, "in doubt"))
    became = [f"{number:,} {words}" for number, words in parts if number]
    sent = f"We sent {count(said.sent, 'message')}{': ' + ', '.join(became) if became else ''}"
    failed = f" · {said.failed:,} could not be sent" if said.failed else ""
    waiting = f", {said.waiting:,} {'waits' if said.waiting == 1 else 'wait'} for us" if said.waiting else ""
    return f"{sent}{failed} · {count(said.answers, 'answer')}{waiting}"


def _ahead_line(told: Summary, locale: str) -> str:
    """What leaves in the period to come, and what falls due in it."""
    ahead = told.ahead
    steps = [count(number, step_words(step), _many(step)) for step, number in sorted(ahead.steps.items(), key=lambda pair: -pair[1])]
    due = amounts([one.falls_due for one in told.currencies if one.falls_due], locale)
    goes = f"{'at least ' if ahead.at_least else ''}{listing(steps)}" if steps else "no message goes out"
    return f"Next {_PERIOD[told.period]}: {goes}{f' · falling due: {due}' if due else ''}"


def _many(step: str) -> str:
    """`final notices`, `notices before the due day`."""
    first, *rest = step_words(step).split(" before ")
    return " before ".join((f"{first}s", *rest))


def _buttons(told: Summary) -> Actions:
    """The lists behind the figures."""
    debtors = Button("All debtors", debtors_page(told.book, told.last, 0))
    slug = told.book.slug
    asked = (
        ("Overdue", f"overdue {slug}"),
        ("By age", f"aging {slug}"),
        ("DSO and more", f"metrics {slug}"),
        ("Promises", f"promises {slug}"),
        ("Plans", f"plans {slug}"),
        ("Expected in", f"forecast {slug}"),
    )
    goes = Button("Goes out today", Action(Name.SHOW_OUTGOING, told.book.id))
    lists = (
        ("Collected", Name.SHOW_COLLECTED),
        ("Sent", Name.SHOW_SENT),
        ("Answers", Name.SHOW_ANSWERS),
        ("Promises due", Name.SHOW_JUDGED),
    )
    moved = [Button(label, Between(told.book, told.first, told.last, 0).opens(name)) for label, name in lists]
    coming = Between(told.book, told.ahead.first, told.ahead.last, 0).opens(Name.SHOW_COMING)
    ahead = Button(f"Next {_PERIOD[told.period]}", coming)
    more = (*moved, *(Button(label, asking(question)) for label, question in asked), goes, ahead)
    return Actions((debtors, Button("Waiting", Action(Name.SHOW_WAITING, told.book.id))), more)


def debtors_page(book: Book, on: date, page: int) -> Action:
    return Action(Name.SHOW_DEBTORS, book.id, data={"day": on.isoformat(), "page": str(page)})


def debtors(book: Book, on: date, shown: Sequence[Debtor], page: int, *, more: bool) -> Card:
    """One page, from page 0, of who owes, per currency those first who owe most of what is overdue."""
    locale = locale_of(book)
    title = f"Debtors of {name(book.name)}, {day(on, on, locale)}"
    rows = tuple(
        Row(
            (
                cell(one.name),
                money(one.aging.balance, locale),
                money(one.aging.overdue, locale),
                age((on - one.oldest).days) if one.oldest else "",
            ),
            Tone.LATE if one.oldest else Tone.QUIET,
        )
        for one in shown
    )
    if not rows:
        return Card(f"{title}: nobody owes anything", (Heading(title), Text("Nobody owes anything.")))
    turn = [Button("Back", debtors_page(book, on, page - 1))] if page else []
    turn += [Button("Next", debtors_page(book, on, page + 1))] if more else []
    table = Rows(("Customer", "Balance", "Overdue", "Oldest"), rows, frozenset({1, 2, 3}))
    body: tuple[Element, ...] = (Heading(title), Text("Per currency, most overdue first.", quiet=True), table)
    return Card(f"{title}: {cell(shown[0].name)} first", body + ((Actions(tuple(turn)),) if turn else ()))


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """An answer, a task or an approval that somebody has to look at; `item` is what opens."""

    customer: str
    what: str
    since: datetime
    item: ItemId | None = None


def waiting(book: Book, lines: Sequence[WaitingLine], among: int, page: int, now: datetime) -> Card:
    """What waits for us, the oldest first: `lines` are the page's, from 0, `among` so many."""
    locale = locale_of(book)
    title = f"Waits for us, {name(book.name)}"
    if not lines:
        return Card(f"{title}: nothing", (Heading(title, tone=Tone.GOOD), Text("No answer, task or approval waits.")))
    rows = tuple(
        Row(
            (cell(line.customer), remark(line.what, 60), moment(line.since, now, book.place, locale)),
            open=Action(Name.OPEN, line.item) if line.item else None,
        )
        for line in lines
    )
    table = Rows(("Customer", "What", "Since"), rows, of=among)
    card = Card(f"{title}: {among:,}", (Heading(title, f"{among:,}"), table))
    return paged(card, page, lambda to: Action(Name.SHOW_WAITING, book.id, data={"page": str(to)}))
