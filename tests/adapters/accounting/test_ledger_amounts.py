from __future__ import annotations

from pathlib import Path

import pytest

from adapters.accounting.ledger_amounts import AmountColumn, amount_of
from tests.adapters.accounting.files import kept, plain, reading, refused
from workflows.domain.money import BadAmount


@pytest.mark.parametrize(
    ("text", "plain_text"),
    [
        ("249.95", "249.95"),
        ("55.9", "55.90"),
        ("1,020.00", "1020.00"),
        ("1.020,00", "1020.00"),
        ("12,5", "12.50"),
        ("1,234,567", "1234567.00"),
        ("1 234,50", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("1’234.50", "1234.50"),
        ("+7", "7.00"),
        ("-7", "-7.00"),
        ("7.25-", "-7.25"),
        ("(1,234.50)", "-1234.50"),
        ("−3", "-3.00"),
        ("100.0000", "100.00"),
        ("0.10", "0.10"),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, plain_text: str) -> None:
    assert amount_of(text, "EUR", None).plain == plain_text


@pytest.mark.parametrize("text", ["", "-", "abc", "1.2.3", "12,34,56", "1E5", "nan", "Infinity", "0x10", "٣", "9" * 41, "9" * 16, "12.345"])
def test_what_is_not_certainly_an_amount_is_refused(text: str) -> None:
    with pytest.raises(BadAmount):
        amount_of(text, "EUR", ".")


def _mark(*cells: str) -> str | None:
    column = AmountColumn()
    for cell in cells:
        column.add(cell)
    return column.mark


def test_the_column_tells_what_a_lone_separator_means() -> None:
    assert _mark("1.234", "1.234,50") == ","
    assert _mark("1,234", "12.50") == "."
    assert _mark("1.234", "7") is None
    assert _mark("1.234,50", "1,234.50") is None


def test_thousands_without_a_telling_neighbour_are_thousands_where_the_currency_has_no_third_digit() -> None:
    assert amount_of("1.234", "EUR", None).plain == "1234.00"
    assert amount_of("1,234", "JPY", None).plain == "1234"
    assert amount_of("1.234", "KWD", ".").plain == "1.234"
    with pytest.raises(BadAmount, match="may mean thousands"):
        amount_of("1.234", "KWD", None)


def _parsed(folder: Path, header: str, *lines: str, **columns: object) -> tuple[list[tuple[str, str | None]], list[str]]:
    parsed = list(reading(folder, header, *lines, mapping=plain(**columns)).rows())
    said = [
        (row.paid.plain if row.paid is not None else "unsaid", row.paid_on.isoformat() if row.paid_on else None) for row in kept(parsed)
    ]
    return said, [f"{line} {column} {reason}" for line, column, reason in refused(parsed)]


def test_a_paid_date_alone_means_paid_in_full_and_none_means_open(tmp_path: Path) -> None:
    said, _ = _parsed(
        tmp_path, "number,customer,due,total,currency,p", "1,C,2026-01-26,5,EUR,2026-01-20", "2,C,2026-01-26,5,EUR,", paid_on="p"
    )
    assert said == [("5.00", "2026-01-20"), ("0.00", None)]


def test_an_amount_paid_stands_as_said_and_a_balance_goes_before_it(tmp_path: Path) -> None:
    head = "number,customer,due,total,currency,paid,balance"
    lines = (
        "1,C,2026-01-26,5,EUR,2,",
        "2,C,2026-01-26,5,EUR,2,1",
        "3,C,2026-01-26,5,EUR,,nan",
        "4,C,2026-01-26,5,EUR,,6",
        "5,C,2026-01-26,5,EUR,-1,",
    )
    said, bad = _parsed(tmp_path, head, *lines, paid="paid", balance="balance")
    assert said == [("2.00", None), ("4.00", None), ("0.00", None)]
    assert bad == [
        "5 balance That would make -1.00 EUR paid of 5.00 EUR, which cannot be.",
        "6 paid That would make -1.00 EUR paid of 5.00 EUR, which cannot be.",
    ]


def test_a_file_without_payments_says_nothing_of_them(tmp_path: Path) -> None:
    assert _parsed(tmp_path, "number,customer,due,total,currency", "1,C,2026-01-26,5,EUR")[0] == [("unsaid", None)]


def test_a_total_below_zero_is_a_credit_note_that_need_not_be_due(tmp_path: Path) -> None:
    head = "number,customer,due,total,currency,balance"
    parsed = list(
        reading(tmp_path, head, "1,C,,(5.00),EUR,-2", "2,C,,-5.00,EUR,1", "3,C,,5.00,EUR,5", mapping=plain(balance="balance")).rows()
    )
    (row,) = kept(parsed)
    assert (row.total.plain, row.paid.plain if row.paid else "", row.due_on) == ("-5.00", "-3.00", None)
    assert refused(parsed) == [
        (3, "balance", "That would make -6.00 EUR paid of -5.00 EUR, which cannot be."),
        (4, "due", "The cell is empty."),
    ]


def test_an_amount_has_the_digits_of_its_own_currency(tmp_path: Path) -> None:
    _, bad = _parsed(
        tmp_path, "number,customer,due,total,currency", "1,C,2026-01-26,5.5,JPY", "2,C,2026-01-26,5.555,KWD", "3,C,2026-01-26,5,usd"
    )
    assert len(bad) == 1
    assert bad[0].startswith("2 total 5.5 has ")
