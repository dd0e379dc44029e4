"""The figures of reports and answers as JSON: money is a decimal string beside its currency, dates are ISO."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from cards.elements import Card, Heading, Row, Rows, Text
from cards.format import amounts, count, locale_of, long_day, money
from workflows.answer_query import Seen
from workflows.domain.account import Book
from workflows.domain.decision import ItemDecision
from workflows.domain.money import Money, total
from workflows.import_ledger import Imported
from workflows.ports import AgingRow

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
    chosen = seen.decision.overdue if overdue_only else seen.decision.items
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
