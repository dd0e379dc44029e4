"""What is open by age, as a card and as bars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cards.elements import Bar, Bars, Card, Heading, Row, Rows, Text
from cards.format import amounts, count, listing, locale_of, long_day, money, name
from workflows.domain.account import Book
from workflows.domain.aging import BUCKETS, AgingRow

_WORDS = ("not due", "1–30 days", "31–60 days", "61–90 days", "over 90 days")
METHOD = "Days past the due date; due that day is current."


def aging(book: Book, day: date, rows: Sequence[AgingRow]) -> Card:
    """One row per currency and bucket, then the totals."""
    locale = locale_of(book)
    title = f"Aging of {name(book.name)}, {long_day(day, locale)}"
    if not rows:
        return Card(f"{title}: nothing is open", (Heading(title), Text("Nothing is open.")))
    lines = [
        Row((row.currency, words, f"{number:,}", money(amount, locale)))
        for row in rows
        for words, (number, amount) in [*zip(BUCKETS, row.buckets, strict=True), ("unapplied", (0, row.unapplied))]
        if number or amount
    ]
    sums = [Row((row.currency, "total", f"{row.items:,}", money(row.balance, locale))) for row in rows]
    whole = amounts([row.balance for row in rows], locale)
    items = count(sum(row.items for row in rows), "open item")
    table = Rows(("", "Days", "Items", "Open"), (*lines, *sums), frozenset({2, 3}))
    return Card(f"{title}: {whole}, {items}", (Heading(title, whole), table, Text(METHOD, quiet=True)))


def aging_bars(row: AgingRow, locale: str) -> Bars:
    """One currency's buckets beside one another; the longest is the largest amount."""
    most = max((amount.minor for _, amount in row.buckets), default=0)
    bars = tuple(
        Bar(words, money(amount, locale), round(1000 * amount.minor / most) if most > 0 else 0)
        for words, (_, amount) in zip(_WORDS, row.buckets, strict=True)
    )
    title = f"Open by age, {row.currency}: {money(row.open, locale)}"
    less = f", less {money(-row.unapplied, locale)} on account" if row.unapplied else ""
    return Bars(f"{title}{less}", f"{title}{less}. {listing([f'{bar.label} {bar.words}' for bar in bars])}.", bars)
