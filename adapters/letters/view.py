"""What a letter's templates see: plain strings in the reader's language, cleaned of everything that could reorder or break a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from babel import Locale
from babel.lists import format_list

from adapters.letters.locales import full_day, language_of, long_day
from cards.clean import bare, clean, isolated
from cards.format import money, name
from workflows.domain.account import Book
from workflows.domain.messages import Letter, LetterLine
from workflows.domain.money import Money, totals

WEEKDAY_WITHIN = 14  # days; nearer than that people think in weekdays
NUMBER_WIDTH = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One invoice. `due` names the weekday when it is near, `due_on` never; what there is none of is empty.

    `partly`: something of it was paid or credited, so that `open` is a part of it.
    """

    number: str
    due: str
    due_on: str
    days: int
    open: str
    total: str
    paid: str
    credited: str
    partly: bool
    reference: str
    issued: str


@dataclass(frozen=True, slots=True)
class Sum:
    """One currency. `on_account` is empty when nothing is deducted; then `asked` is `open`."""

    currency: str
    open: str
    on_account: str
    asked: str


def view_of(letter: Letter, step: str, locale: str) -> dict[str, Any]:
    """The names a template may use, for every step the same. Something is listed; with the step `upcoming` something upcoming is."""
    overdue = [_line(line, locale) for line in letter.overdue]
    upcoming = [_line(line, locale) for line in letter.upcoming]
    # The one whose turn it is leads; a person may have chosen one that is not the oldest.
    led_by, led = (letter.upcoming, upcoming) if step == "upcoming" or not overdue else (letter.overdue, overdue)
    part_paid = [line for line in (*letter.overdue, *letter.upcoming) if line.paid.minor > 0]
    asked = letter.amounts or totals(line.open for line in letter.overdue)
    soon = totals(line.open for line in letter.upcoming)
    return {
        "language": language_of(locale),
        "seller": name(letter.book.name),
        "customer": name(bare(letter.customer.name) or letter.customer.number),
        "today": long_day(letter.day, locale),
        "lead": led[0],
        "earliest": min(zip(led_by, led, strict=True), key=lambda pair: pair[0].due_on)[1],
        "overdue": overdue,
        "upcoming": upcoming,
        "count": len(overdue) or len(upcoming),
        "listed": len(overdue) + len(upcoming),
        "asked": _listed([money(amount, locale) for amount in asked], locale),
        "currencies": len(asked),
        "soon": _listed([money(amount, locale) for amount in soon], locale),
        "soon_currencies": len(soon),
        "part_paid": [_line(line, locale) for line in part_paid],
        "paid": _listed([money(amount, locale) for amount in totals(line.paid for line in part_paid)], locale),
        "overdue_sums": _sums(letter.overdue, letter.on_account, locale),
        "upcoming_sums": _sums(letter.upcoming, (), locale),
        **_seller(letter.book),
    }


def _line(line: LetterLine, locale: str) -> Line:
    paid, credited = (money(part, locale) if part.minor > 0 else "" for part in (line.paid, line.credited))
    near = abs(line.days_past_due) <= WEEKDAY_WITHIN
    return Line(
        number=name(line.number, NUMBER_WIDTH),
        due=full_day(line.due_on, locale) if near else long_day(line.due_on, locale),
        due_on=long_day(line.due_on, locale),
        days=line.days_past_due,
        open=money(line.open, locale),
        total=money(line.total, locale),
        paid=paid,
        credited=credited,
        partly=bool(paid or credited),
        reference=name(line.reference) if line.reference else "",
        issued=long_day(line.issued_on, locale) if line.issued_on else "",
    )


def _sums(lines: Sequence[LetterLine], on_account: Iterable[Money], locale: str) -> list[Sum]:
    """Nothing for a single line with nothing deducted: its own amount says it all."""
    deducted = {amount.currency: amount for amount in on_account}
    if len(lines) < 2 and not deducted:
        return []
    return [_sum(gross, deducted, locale) for gross in totals(line.open for line in lines)]


def _sum(gross: Money, deducted: Mapping[str, Money], locale: str) -> Sum:
    less = deducted.get(gross.currency)
    asked = gross - less if less else gross
    return Sum(gross.currency, money(gross, locale), money(less, locale) if less else "", money(asked, locale))


def _seller(book: Book) -> dict[str, Any]:
    email, phone = bare(book.seller_email or ""), bare(book.seller_phone or "")
    lines = clean(book.payment_instructions or "", lines=True).split("\n")
    return {
        "contacts": [name(way) for way in (email, phone) if way],
        "mailto": f"mailto:{quote(email, safe='@')}" if email else "",
        "instructions": [isolated(line) for line in map(bare, lines) if line],
    }


def _listed(words: Sequence[str], locale: str) -> str:
    return format_list(words, locale=Locale.parse(locale))
