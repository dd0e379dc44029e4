"""The figures of reports and answers as JSON: money is a decimal string beside its currency, dates are ISO."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from cards.elements import Card, Heading, Row, Rows, Text
from cards.format import amounts, count, locale_of, long_day, money
from workflows.answer_query import Seen
from workflows.domain.account import Book
from workflows.domain.decision import ItemDecision
from workflows.domain.money import Money, total
from workflows.import_ledger import Imported
from workflows.measure_book import Figures
from workflows.records import AgingRow

BUCKETS = ("current", "1-30", "31-60", "61-90", "90+")


def _buckets(row: AgingRow) -> tuple[tuple[int, Money], ...]:
    return row.current, row.d1_30, row.d31_60, row.d61_90, row.d90_plus


def _whole(row: AgingRow) -> Money:
    return total((amount for _, amount in _buckets(row)), row.currency) + row.unapplied


def aging_json(book: Book, day: date, rows: Sequence[AgingRow]) -> dict[str, Any]:
    """`total` is the ledger's balance: the buckets and `unapplied`, which is money on account as a negative amount."""
    return {
        "report": "aging",
        "book": book.slug,
        "at": day.isoformat(),
        "currencies": [
            {
                "currency": row.currency,
                "buckets": {
                    name: {"count": number, "amount": amount.plain} for name, (number, amount) in zip(BUCKETS, _buckets(row), strict=True)
                },
                "unapplied": row.unapplied.plain,
                "count": sum(number for number, _ in _buckets(row)),
                "total": _whole(row).plain,
            }
            for row in rows
        ],
    }


def aging_card(book: Book, day: date, rows: Sequence[AgingRow]) -> Card:
    """One row per currency and bucket, then the totals."""
    locale = locale_of(book)
    title = f"Aging of {book.name}, {long_day(day, locale)}"
    if not rows:
        return Card(f"{title}: nothing is open", (Heading(title), Text("Nothing is open.")))
    lines = [
        Row((row.currency, name, f"{number:,}", money(amount, locale)))
        for row in rows
        for name, (number, amount) in [*zip(BUCKETS, _buckets(row), strict=True), ("unapplied", (0, row.unapplied))]
        if number or amount
    ]
    sums = [Row((row.currency, "total", f"{sum(number for number, _ in _buckets(row)):,}", money(_whole(row), locale))) for row in rows]
    said = Text("Days past the due date; due that day is current.", quiet=True)
    whole = amounts([_whole(row) for row in rows], locale)
    items = count(sum(number for row in rows for number, _ in _buckets(row)), "open item")
    return Card(
        f"{title}: {whole}, {items}", (Heading(title, whole), Rows(("", "Days", "Items", "Open"), (*lines, *sums), frozenset({2, 3})), said)
    )


def item_json(seen: Seen, decided: ItemDecision) -> dict[str, Any]:
    """One item and why it stands as it does."""
    account, following = seen.account, decided.next
    return {
        "invoice": decided.item.number,
        "customer": account.customer.name,
        "book": account.book.slug,
        "at": seen.at.isoformat(),
        "state": decided.state.value,
        "level": decided.level,
        "open": decided.open.plain,
        "currency": decided.open.currency,
        "due": decided.item.due_on.isoformat() if decided.item.due_on else None,
        "days_past_due": decided.days_past_due,
        "because": decided.because,
        "next": None if following is None else {"step": following.step, "on": following.day.isoformat(), "at": following.at.isoformat()},
        "notices": [
            {"on": account.written_on(n).isoformat(), "step": n.step, "channel": n.channel, "state": n.state.value, "because": n.because}
            for n in account.notices
            if any(entry.item == decided.item.id for entry in n.items)
        ],
        "acts": [{"at": act.at.isoformat(), "by": act.by_name, "words": act.words} for act in account.acts_on(decided.item.id)],
        "policy": f"{seen.policy.name}@{seen.policy.version}",
    }


def account_json(seen: Seen, *, overdue_only: bool = False) -> dict[str, Any]:
    """A customer with every open item, or those that are overdue."""
    customer = seen.account.customer
    chosen = seen.overdue if overdue_only else seen.decision.items
    items = [item_json(seen, decided) for decided in chosen if decided.open.minor > 0]
    keep = ("invoice", "state", "level", "open", "currency", "due", "days_past_due")
    return {
        "customer": customer.name,
        "number": customer.number,
        "book": seen.account.book.slug,
        "items": [{key: item[key] for key in keep} for item in items],
    }


def import_json(result: Imported) -> dict[str, Any]:
    """What an import did; the four counts of rows add up to `rows`."""
    return {
        "rows": result.rows,
        "invoices": result.invoices,
        "imported": result.imported,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "refused": [asdict(refusal) for refusal in result.refused],
        "repeats": [asdict(repeat) for repeat in result.repeats],
    }


_METHODS = (
    ("dso", "DSO, simple"),
    ("best_possible_dso", "DSO, best possible"),
    ("days_delinquent", "Days delinquent"),
)


def metrics_json(book: Book, day: date, window: int, figures: Sequence[Figures]) -> dict[str, Any]:
    """Days and percent are decimal strings; null where a figure has no denominator."""
    return {
        "report": "metrics",
        "book": book.slug,
        "at": day.isoformat(),
        "window_days": window,
        "currencies": [
            {
                "currency": one.currency,
                "receivables": one.receivables.plain,
                "current": one.current.plain,
                "sales": one.sales.plain,
                **{name: _plain(getattr(one, name)) for name, _ in _METHODS},
                "dso_countback": _plain(one.countback.days),
                "insufficient_history": one.countback.insufficient_history,
                "cei": _plain(one.cei),
            }
            for one in figures
        ],
    }


def _plain(figure: Decimal | None) -> str | None:
    return None if figure is None else str(figure)


def metrics_card(book: Book, day: date, window: int, figures: Sequence[Figures]) -> Card:
    """One row per currency and figure, each with its method."""
    title = f"Figures of {book.name}, {long_day(day, locale_of(book))}"
    if not figures:
        return Card(f"{title}: nothing is open or sold", (Heading(title), Text("Nothing is open, and nothing was invoiced.")))
    rows = [Row((one.currency, words, value)) for one in figures for words, value in _lines(one, locale_of(book))]
    said = Text(
        f"Sales and CEI over the {count(window, 'day')} up to and including that day. CEI: 100 % is everything collectable.", quiet=True
    )
    return Card(title, (Heading(title), Rows(("", "Figure", "Value"), tuple(rows), frozenset({2})), said))


def _lines(one: Figures, locale: str) -> list[tuple[str, str]]:
    short = " (history too short)" if one.countback.insufficient_history else ""
    days = [(words, getattr(one, name)) for name, words in _METHODS]
    return [
        ("Receivables", money(one.receivables, locale)),
        ("Not yet due", money(one.current, locale)),
        ("Sales", money(one.sales, locale)),
        *((words, "n/a" if value is None else f"{value:.1f} d") for words, value in days),
        (f"DSO, countback{short}", f"{one.countback.days:.1f} d"),
        ("CEI", "n/a" if one.cei is None else f"{one.cei:.1f} %"),
    ]
