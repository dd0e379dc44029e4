"""The field's figures of a book, each with its method beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from cards.elements import Bar, Bars, Card, Heading, Row, Rows, Text
from cards.format import count, listing, locale_of, long_day, money, name
from workflows.domain.account import Book
from workflows.domain.metrics import Figures

NONE = "n/a"


def figures(book: Book, day: date, window: int, found: Sequence[Figures]) -> Card:
    """One row per currency and figure."""
    locale = locale_of(book)
    title = f"Figures of {name(book.name)}, {long_day(day, locale)}"
    if not found:
        return Card(f"{title}: nothing is open or sold", (Heading(title), Text("Nothing is open, and nothing was invoiced.")))
    rows = tuple(Row((one.currency, words, value)) for one in found for words, value in figure_lines(one, locale))
    said = f"Sales, money, promises and CEI over the {count(window, 'day')} up to and including that day. CEI: 100 % is everything collectable. Loss reserve: by what was written off of each age before."
    return Card(title, (Heading(title), Rows(("", "Figure", "Value"), rows, frozenset({2})), Text(said, quiet=True)))


def figure_lines(one: Figures, locale: str) -> list[tuple[str, str]]:
    """The figure's words with its method, and the figure."""
    short = " (history too short)" if one.countback.insufficient_history else ""
    return [
        ("Receivables", money(one.receivables, locale)),
        ("Not yet due", money(one.current, locale)),
        ("Sales", money(one.sales, locale)),
        ("Collected", money(one.collected, locale)),
        ("DSO, simple", _days(one.dso)),
        ("DSO, best possible", _days(one.best_possible_dso)),
        ("Days delinquent", _days(one.days_delinquent)),
        (f"DSO, countback{short}", _days(one.countback.days)),
        ("CEI", _percent(one.cei)),
        ("Days late, weighted by amount", _days(one.days_late)),
        ("Days late, early payment as 0", _days(one.days_late_floored)),
        ("Promises kept, by count", _of(_percent(one.promises.kept_rate), one.promises.kept, one.promises.all)),
        ("Promises kept, by value", _percent(one.kept_by_value)),
        ("Loss reserve", NONE if one.reserve is None else money(one.reserve, locale)),
    ]


def figure_bars(one: Figures) -> Bars:
    """The days of one currency beside one another."""
    days = {
        "DSO, simple": one.dso,
        "Best possible": one.best_possible_dso,
        "Delinquent": one.days_delinquent,
        "Countback": one.countback.days,
    }
    most = max((value for value in days.values() if value is not None), default=Decimal(0))
    bars = tuple(Bar(words, _days(value), round(1000 * value / most) if value and value > 0 else 0) for words, value in days.items())
    title = f"Days sales outstanding, {one.currency}"
    return Bars(title, f"{title}. {listing([f'{bar.label} {bar.words}' for bar in bars])}.", bars)


def _days(value: Decimal | None) -> str:
    return NONE if value is None else f"{value:.1f} d"


def _percent(value: Decimal | None) -> str:
    return NONE if value is None else f"{value:.1f} %"


def _of(rate: str, part: int, whole: int) -> str:
    return f"{rate} ({part:,} of {whole:,})" if whole else rate
