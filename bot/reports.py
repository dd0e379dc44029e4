"""The figures of reports and answers as JSON: money is a decimal string beside its currency, dates are ISO."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.answer_query import Seen
from workflows.domain.account import Book
from workflows.domain.aging import BUCKETS, AgingRow, Debtor
from workflows.domain.decision import ItemDecision
from workflows.domain.forecast import METHOD, Forecast
from workflows.domain.metrics import Figures
from workflows.domain.summary import CurrencySummary, State, Summary
from workflows.import_ledger import Imported


def aging_json(book: Book, day: date, rows: Sequence[AgingRow]) -> dict[str, Any]:
    """`total` is the ledger's balance: the buckets and `unapplied`, which is money on account as a negative amount."""
    return _headed("aging", book, day) | {"currencies": [_aged(row) for row in rows]}


def _headed(report: str, book: Book, day: date) -> dict[str, Any]:
    return {"report": report, "book": book.slug, "at": day.isoformat()}


def _aged(row: AgingRow) -> dict[str, Any]:
    return {
        "currency": row.currency,
        "buckets": {name: {"count": number, "amount": amount.plain} for name, (number, amount) in zip(BUCKETS, row.buckets, strict=True)},
        "unapplied": row.unapplied.plain,
        "count": row.items,
        "total": row.balance.plain,
    }


def metrics_json(book: Book, day: date, window: int, figures: Sequence[Figures]) -> dict[str, Any]:
    """Days and percent are decimal strings; null where a figure has no denominator."""
    return _headed("metrics", book, day) | {"window_days": window, "currencies": [_figures(one) for one in figures]}


def _figures(one: Figures) -> dict[str, Any]:
    return {
        "currency": one.currency,
        "receivables": one.receivables.plain,
        "current": one.current.plain,
        "sales": one.sales.plain,
        "collected": one.collected.plain,
        "dso": _plain(one.dso),
        "best_possible_dso": _plain(one.best_possible_dso),
        "days_delinquent": _plain(one.days_delinquent),
        "dso_countback": _plain(one.countback.days),
        "insufficient_history": one.countback.insufficient_history,
        "cei": _plain(one.cei),
        "weighted_days_late": _plain(one.days_late),
        "weighted_days_late_floored": _plain(one.days_late_floored),
        "promises": {
            "due": one.promises.all,
            "kept": one.promises.kept,
            "partly_kept": one.promises.partly,
            "broken": one.promises.broken,
            "promised": one.promised.plain,
            "received": one.received.plain,
            "kept_rate": _plain(one.promises.kept_rate),
            "kept_rate_by_value": _plain(one.kept_by_value),
        },
        "loss_reserve": None if one.reserve is None else one.reserve.plain,
    }


def _plain(figure: Decimal | None) -> str | None:
    return None if figure is None else str(figure)


def forecast_json(book: Book, day: date, found: Sequence[Forecast]) -> dict[str, Any]:
    """`overdue` is part of the first week; `later` is due after the last one, or has no due day."""
    return _headed("forecast", book, day) | {
        "method": "due_date",
        "assumes": METHOD,
        "currencies": [
            {
                "currency": one.currency,
                "weeks": [
                    {"from": week.first.isoformat(), "to": week.last.isoformat(), "expected": week.expected.plain} for week in one.weeks
                ],
                "overdue": one.overdue.plain,
                "later": one.later.plain,
            }
            for one in found
        ],
    }


def summary_json(told: Summary) -> dict[str, Any]:
    """Every figure of a currency beside that at the end of the period before."""
    said, ahead = told.said, told.ahead
    return _headed("summary", told.book, told.last) | {
        "period": told.period.value,
        "from": told.first.isoformat(),
        "to": told.last.isoformat(),
        "dso_window_days": told.dso_days,
        "currencies": [_summarised(one) for one in told.currencies],
        "promises": {
            "due": told.promises.all,
            "kept": told.promises.kept,
            "partly_kept": told.promises.partly,
            "broken": told.promises.broken,
            "largest_broken": [
                {"customer": one.customer, "amount": one.amount.plain, "currency": one.amount.currency} for one in told.broken
            ],
        },
        "plans": asdict(told.plans),
        "messages": {name: getattr(said, name) for name in ("sent", "delivered", "bounced", "unknown", "failed")},
        "answers": {"received": said.answers, "waiting": said.waiting},
        "next": {
            "from": ahead.first.isoformat(),
            "to": ahead.last.isoformat(),
            "messages": dict(ahead.steps),
            "at_least": ahead.at_least,
        },
    }


def _summarised(one: CurrencySummary) -> dict[str, Any]:
    return {
        "currency": one.currency,
        **_state(one.now),
        "before": _state(one.before),
        "aging": _aged(one.aging),
        "top_debtors": [_debtor(debtor) for debtor in one.debtors],
        "falls_due_next": one.falls_due.plain,
    }


def _state(state: State) -> dict[str, Any]:
    return {"open": state.open.plain, "overdue": state.overdue.plain, "dso": _plain(state.dso), "collected": state.collected.plain}


def _debtor(one: Debtor) -> dict[str, Any]:
    oldest = one.oldest.isoformat() if one.oldest else None
    return {"number": one.number, "customer": one.name, "overdue": one.aging.overdue.plain, "oldest_due": oldest}


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
    """A customer with every open item, or those that are overdue, each debt once."""
    customer = seen.account.customer
    items = [item_json(seen, seen.of(one.item.id)) for one in (seen.late if overdue_only else seen.open)]
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
        "unlisted": list(result.unlisted),
    }
