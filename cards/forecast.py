"""When money comes in, week by week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cards.elements import Bar, Bars, Card, Element, Heading, Row, Rows, Text
from cards.format import amounts, day, listing, locale_of, long_day, money, name
from workflows.domain.account import Book
from workflows.domain.forecast import METHOD, Forecast


def forecast(book: Book, on: date, found: Sequence[Forecast]) -> Card:
    """One row per currency and week; weeks in which nothing falls due are left out. Says what the figures rest on."""
    locale = locale_of(book)
    title = f"Expected in, {name(book.name)}, after {long_day(on, locale)}"
    if not found:
        return Card(f"{title}: nothing is open", (Heading(title), Text("Nothing is open.")))
    rows = tuple(Row((one.currency, words, amount)) for one in found for words, amount in forecast_lines(one, locale))
    late = amounts([one.overdue for one in found if one.overdue], locale)
    said = f"Due-date baseline: {METHOD}." + (f" The first week holds {late} that is overdue already." if late else "")
    body: tuple[Element, ...] = (Heading(title), Text(said), Rows(("", "Week", "Expected"), rows, frozenset({2})))
    return Card(f"{title}, {METHOD}: {amounts([one.weeks[0].expected for one in found], locale)} in the first week", body)


def forecast_lines(one: Forecast, locale: str) -> list[tuple[str, str]]:
    lines = [
        (f"{day(week.first, week.first, locale)} to {day(week.last, week.last, locale)}", money(week.expected, locale))
        for week in one.weeks
        if week.expected
    ]
    return [*lines, ("later, or no due date", money(one.later, locale))] if one.later else lines


def forecast_bars(one: Forecast, locale: str) -> Bars:
    """The weeks of one currency beside one another, up to the last with something."""
    most = max((week.expected.minor for week in one.weeks), default=0)
    shown = one.weeks[: max((nth for nth, week in enumerate(one.weeks, start=1) if week.expected), default=1)]
    bars = tuple(
        Bar(day(week.first, week.first, locale), money(week.expected, locale), round(1000 * week.expected.minor / most) if most > 0 else 0)
        for week in shown
    )
    title = f"Expected per week, {one.currency}: due-date baseline, {METHOD}"
    return Bars(title, f"{title}. {listing([f'week of {bar.label} {bar.words}' for bar in bars])}.", bars)
