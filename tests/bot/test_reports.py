"""What reports say as JSON and as text: money as decimal strings with the currency's digits, sums that add up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from bot.reports import aging_json, import_json, metrics_json
from cards.aging import aging as aging_card
from cards.figures import figures as metrics_card
from cards.plain.render import render
from workflows.domain.account import Book
from workflows.domain.aging import AgingRow
from workflows.domain.calendar import Place
from workflows.domain.ids import BookId, new_id
from workflows.domain.metrics import Countback, Figures, PromisesDue
from workflows.domain.money import Money
from workflows.import_ledger import Imported, Refusal, Repeat

BOOK = Book(BookId(new_id()), "main", "Northwind GmbH", Place("Europe/Berlin", "DE"), currency="EUR")
DAY = date(2026, 11, 24)


def aged(currency: str, *amounts: str, unapplied: str = "0") -> AgingRow:
    """One item in each bucket that has an amount."""
    current, d1_30, d31_60, d61_90, d90_plus = ((int(amount != "0"), Money.of(amount, currency)) for amount in amounts)
    return AgingRow(currency, current, d1_30, d31_60, d61_90, d90_plus, Money.of(unapplied, currency))


def test_the_total_is_the_sum_of_the_buckets_and_of_money_on_account() -> None:
    (one,) = aging_json(BOOK, DAY, [aged("EUR", "10.00", "20.50", "0", "0", "3.20", unapplied="-5.00")])["currencies"]
    assert one["buckets"]["1-30"] == {"count": 1, "amount": "20.50"}
    assert Decimal(one["total"]) == sum(Decimal(bucket["amount"]) for bucket in one["buckets"].values()) + Decimal(one["unapplied"])
    assert (one["total"], one["unapplied"], one["count"]) == ("28.70", "-5.00", 3)


def test_amounts_have_the_digits_of_their_currency() -> None:
    yen, dinar = aging_json(BOOK, DAY, [aged("JPY", "1200", "0", "0", "0", "0"), aged("KWD", "1.250", "0", "0", "0", "0")])["currencies"]
    assert (yen["total"], dinar["total"]) == ("1200", "1.250")


def test_currencies_are_never_added_and_empty_buckets_not_shown() -> None:
    text = render(aging_card(BOOK, DAY, [aged("EUR", "10.00", "0", "0", "0", "0"), aged("USD", "0", "0", "0", "0", "7.00")]))
    assert "€10.00 and $7.00" in text
    assert [line.split()[:2] for line in text.splitlines() if line.startswith(("EUR", "USD"))] == [
        ["EUR", "current"],
        ["USD", "90+"],
        ["EUR", "total"],
        ["USD", "total"],
    ]


def test_nothing_open_is_said_in_words() -> None:
    assert render(aging_card(BOOK, DAY, [])).splitlines()[-1] == "Nothing is open."
    assert aging_json(BOOK, DAY, []) == {"report": "aging", "book": "main", "at": "2026-11-24", "currencies": []}


def test_an_imports_four_counts_add_up_to_its_rows() -> None:
    figures = import_json(Imported(5, 3, 1, 1, 2, (Refusal(4, "Due", "No date."),), (Repeat(5, 2, "A-1"),)))
    assert figures["imported"] + figures["updated"] + figures["unchanged"] + len(figures["refused"]) == figures["rows"]
    assert figures["refused"] == [{"line": 4, "column": "Due", "reason": "No date."}]
    assert figures["repeats"] == [{"line": 5, "first": 2, "number": "A-1"}]


ZERO = Money.zero("EUR")
MEASURED = Figures(
    currency="EUR",
    receivables=ZERO,
    current=ZERO,
    sales=ZERO,
    collected=ZERO,
    dso=Decimal("26.8407"),
    best_possible_dso=None,
    days_delinquent=None,
    countback=Countback(Decimal("91.0000"), insufficient_history=True),
    cei=Decimal("90.1509"),
    days_late=Decimal("-3.3"),
    days_late_floored=None,
    promises=PromisesDue(6, 3, 1),
    promised=Money.of("12000.00", "EUR"),
    received=Money.of("8900.00", "EUR"),
    reserve=None,
)


def test_promises_are_told_by_count_and_by_value() -> None:
    (one,) = metrics_json(BOOK, DAY, 90, [MEASURED])["currencies"]
    assert (one["promises"]["kept_rate"], one["promises"]["kept_rate_by_value"]) == ("60.0000", "74.1667")
    assert "60.0 % (6 of 10)" in render(metrics_card(BOOK, DAY, 90, [MEASURED]))


def test_a_figure_without_a_denominator_is_null_and_said_so() -> None:
    document = metrics_json(BOOK, DAY, 90, [MEASURED])
    assert document["currencies"][0]["best_possible_dso"] is None
    assert document["currencies"][0]["dso"] == "26.8407"
    text = render(metrics_card(BOOK, DAY, 90, [MEASURED]))
    assert "n/a" in text
    assert "26.8 d" in text
    assert "90.2 %" in text


def test_a_history_that_is_too_short_is_said_beside_the_figure() -> None:
    assert metrics_json(BOOK, DAY, 90, [MEASURED])["currencies"][0]["insufficient_history"] is True
    assert "history too short" in render(metrics_card(BOOK, DAY, 90, [MEASURED]))
