"""What people and their programs write into cells: signs, statuses, several addresses, totals, other encodings."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.accounting.currency_signs import given_by, without_sign
from adapters.accounting.emails import addresses
from adapters.accounting.ledger_amounts import amount_of
from adapters.accounting.ledger_columns import days_of
from adapters.accounting.ledger_file import read_ledger
from adapters.accounting.records import Unreadable
from adapters.accounting.statuses import Status, status_of
from adapters.accounting.words import small
from tests.adapters.accounting.files import HEADER, LINE, kept, plain, reading, refused
from workflows.domain.money import BadAmount

HEAD = "number,customer,due,total,currency"


@pytest.mark.parametrize(
    ("text", "currency", "plain_text"),
    [
        ("€ 1.234,50", "EUR", "1234.50"),
        ("1.234,50 €", "EUR", "1234.50"),
        ("$1,234.50", "USD", "1234.50"),
        ("$1,234.50", "CAD", "1234.50"),
        ("-$5", "USD", "-5.00"),
        ("$-5", "USD", "-5.00"),
        ("($5.00)", "USD", "-5.00"),
        ("(5.00) EUR", "EUR", "-5.00"),
        ("5,00- €", "EUR", "-5.00"),
        ("EUR 5", "EUR", "5.00"),
        ("5 eur", "EUR", "5.00"),
        ("CHF 1'234.50", "CHF", "1234.50"),
        ("Fr. 5.50", "CHF", "5.50"),
        ("£12", "GBP", "12.00"),
        ("¥1,200", "JPY", "1200"),
        ("1 200 kr", "SEK", "1200.00"),
        ("12,50 zł", "PLN", "12.50"),
    ],
)
def test_a_sign_beside_the_amount_may_agree_with_the_currency(text: str, currency: str, plain_text: str) -> None:
    assert amount_of(text, currency, None).plain == plain_text


@pytest.mark.parametrize("text", ["€ 5", "5 CHF", "£5", "R$ 5"])
def test_a_sign_of_another_currency_is_refused(text: str) -> None:
    with pytest.raises(BadAmount, match="its row in USD"):
        amount_of(text, "USD", None)


@pytest.mark.parametrize("text", ["5 bananas", "#5", "€", "€€5", "€5€", "5 EUR EUR", "€ 5 USD", "1€50"])
def test_other_words_beside_an_amount_are_no_sign(text: str) -> None:
    with pytest.raises(BadAmount):
        amount_of(text, "EUR", None)


def test_a_sign_gives_the_currency_where_it_means_one_only() -> None:
    assert [given_by(without_sign(text)[1]) for text in ("€5", "£5", "US$5", "5 CHF", "$5", "¥5", "5 kr", "5")] == [
        "EUR", "GBP", "USD", "CHF", None, None, None, None,
    ]  # fmt: skip


def test_a_file_whose_every_total_names_its_currency_is_not_asked_for_one(tmp_path: Path) -> None:
    head = HEADER.removesuffix(",Currency")
    lines = [LINE.replace("249.95,EUR", total) for total in ("€5", "£7", "8 CHF")]
    read = reading(tmp_path, head, *lines)
    assert read.certain
    assert [str(row.total) for row in kept(read.rows())] == ["5.00 EUR", "7.00 GBP", "8.00 CHF"]
    assert not reading(tmp_path, head, *lines, LINE.replace("249.95,EUR", "$5")).certain


@pytest.mark.parametrize(
    ("word", "status"),
    [("Sent", Status.OPEN), ("Überfällig", Status.OPEN), ("Payée", Status.PAID), ("Anulada", Status.VOID), ("teilweise bezahlt", Status.PARTIAL),
     ("BROUILLON", Status.DRAFT), ("partially_paid", Status.PARTIAL), ("written off", Status.VOID), ("5", None)],
)  # fmt: skip
def test_statuses_are_understood_in_four_languages(word: str, status: Status | None) -> None:
    assert status_of(small(word)) is status


def test_a_status_says_what_was_paid_where_no_amount_does_and_may_not_contradict_one(tmp_path: Path) -> None:
    lines = (
        "1,C,2026-01-31,5,EUR,Bezahlt,",
        "2,C,2026-01-31,5,EUR,Open,",
        "3,C,2026-01-31,5,EUR,Storno,2",
        "4,C,2026-01-31,5,EUR,paid,1",
        "5,C,2026-01-31,5,EUR,Foo,",
    )
    parsed = list(reading(tmp_path, HEAD + ",status,paid", *lines, mapping=plain(status="status", paid="paid")).rows())
    assert [(row.total.plain, "" if row.paid is None else row.paid.plain) for row in kept(parsed)] == [
        ("5.00", "5.00"),
        ("5.00", "0.00"),
        ("2.00", ""),
    ]
    assert refused(parsed) == [
        (5, "status", 'The status is "paid", and 4.00 EUR of it is open.'),
        (
            6,
            "status",
            '"Foo" is not a status known here (draft, open, sent, overdue, partial, paid, void); say in a mapping what it means.',
        ),
    ]


def test_a_mapping_may_say_what_a_status_means(tmp_path: Path) -> None:
    mapping = plain(status={"column": "status", "means": {"Foo": "paid"}})
    (row,) = kept(reading(tmp_path, HEAD + ",status", "1,C,2026-01-31,5,EUR,Foo", mapping=mapping).rows())
    assert row.paid is not None
    assert row.paid.plain == "5.00"


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("a@b.example", ("a@b.example",)),
        ("a@b.example; c@d.example,e@f.example", ("a@b.example", "c@d.example", "e@f.example")),
        ("a@b.example c@d.example a@b.example", ("a@b.example", "c@d.example")),
        ("Ada Ray <a@b.example>; <c@d.example>", ("a@b.example", "c@d.example")),
        ("a@b.example; nobody", ()),
        ("a@b.example\nBcc: c@d.example", ()),
        ("<a@b.example> <c@d.example>", ()),
        (";", ()),
    ],
)
def test_an_email_cell_may_hold_several_addresses_and_nothing_else(cell: str, found: tuple[str, ...]) -> None:
    assert addresses(cell) == found


@pytest.mark.parametrize(
    ("cell", "days"),
    [("30", 30), ("Net 30", 30), ("14 Tage netto", 14), ("45 jours", 45), ("Due on Receipt", 0), ("soon", None), ("9999", None)],
)
def test_terms_are_days_however_they_are_written(cell: str, days: int | None) -> None:
    assert days_of(cell) == days


def test_totals_at_the_end_are_left_out_with_a_word_and_a_customer_of_that_name_is_not(tmp_path: Path) -> None:
    lines = (LINE, LINE.replace("R-1", "R-2").replace("C1", "Total"), ",,,,,499.90,", "Total,,,,,499.90,EUR", ",,Summe:,,,499.90,EUR")
    parsed = list(reading(tmp_path, HEADER, *lines).rows())
    assert [row.customer_number for row in kept(parsed)] == ["C1", "Total"]
    assert [reason for _, _, reason in refused(parsed)] == [
        "The currency is missing.",
        "The row is a total of the file, not an invoice; it was left out.",
        "The row is a total of the file, not an invoice; it was left out.",
    ]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "Zoë Łuczak"),
        ("utf-8-sig", "Zoë Łuczak"),
        ("utf-16", "Zoë Łuczak"),
        ("utf-16-le", "Zoë Łuczak"),
        ("utf-16-be", "Zoë Łuczak"),
        ("windows-1252", "Müller & Söhne – «Çà» 5€"),
        ("windows-1252", "Père Noël"),
        ("windows-1252", "Smørrebrød på Åen"),
    ],
)
def test_an_encoding_that_is_certain_is_read(tmp_path: Path, encoding: str, name: str) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(f"{HEADER}\r\n{LINE.replace('Ada & Sons', name)}\r\n".encode(encoding))
    read = read_ledger(path)
    assert read.certain
    assert [row.customer_name for row in kept(read.rows())] == [name]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("windows-1250", "Dvořák"), ("windows-1251", "Иванов"), ("iso-8859-2", "Łódź"), ("mac-roman", "Müller"), ("shift-jis", "田中")],
)
def test_an_encoding_that_is_not_certain_is_a_word_with_line_and_column_until_the_mapping_names_it(
    tmp_path: Path, encoding: str, name: str
) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(f"number,customer,due,total,currency\n1,{name},2026-01-31,5,EUR\n".encode(encoding))
    ((line, column, reason),) = refused(read_ledger(path, plain()).rows())
    assert (line, column) == (2, "customer")
    assert "not text; save the file as CSV UTF-8" in reason
    if encoding.startswith(("windows", "mac")):
        assert [row.customer_number for row in kept(read_ledger(path, plain(encoding=encoding)).rows())] == [name]


def test_half_a_letter_at_the_end_of_wide_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(f"{HEAD}\n1,C,2026-01-31,5,EUR".encode("utf-16")[:-1])
    assert [(line, column) for line, column, _ in refused(read_ledger(path, plain()).rows())] == [(2, "currency")]


def test_a_wrong_encoding_of_the_header_names_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes("número,customer,due,total,currency\n1,C,2026-01-31,5,EUR".encode("shift-jis", "replace"))
    with pytest.raises(Unreadable, match='has no column "number"'):
        read_ledger(path, plain())


def test_formulas_in_cells_are_text_and_stay_it(tmp_path: Path) -> None:
    lines = ("=1+1,@SUM(A1),2026-01-31,5,EUR", "+49,=cmd|' /C calc'!A0,2026-01-31,5,EUR", "3,C,2026-01-31,=5+5,EUR")
    parsed = list(reading(tmp_path, HEAD, *lines, mapping=plain()).rows())
    assert [(row.number, row.customer_number) for row in kept(parsed)] == [("=1+1", "@SUM(A1)"), ("+49", "=cmd|' /C calc'!A0")]
    assert refused(parsed) == [(4, "total", "=5+5 is not an amount; write it as 1234.50.")]


@pytest.mark.parametrize(
    "lines",
    [
        ("N° facture;Code client;Client;Date de facture;Date d'échéance;Montant TTC;Devise;Reste à payer", "F-1;7;Éa;13/01/2026;31/01/2026;1 020,00;EUR;20,00"),
        ("Nº factura;Cliente;Fecha de emisión;Fecha de vencimiento;Importe total;Moneda;Pendiente", "F-1;7;13/01/2026;31/01/2026;1.020,00;EUR;20,00"),
        ("Rechnungs-Nr.;Kunden-Nr.;Rechnungsdatum;Fällig am;Bruttobetrag;Währung;Restbetrag", "F-1;7;13.01.2026;31.01.2026;1.020,00;EUR;20,00"),
        ("Invoice #;Customer ID;Invoice Date;Due Date;Grand Total;Currency;Balance Due", "F-1;7;2026-01-13;2026-01-31;1,020.00;EUR;20.00"),
    ],
    ids=["French", "Spanish", "German", "English"],
)  # fmt: skip
def test_ordinary_headers_of_four_languages_are_certain(tmp_path: Path, lines: tuple[str, str]) -> None:
    read = reading(tmp_path, *lines)
    assert (read.questions, read.doubts) == ((), ())
    (row,) = kept(read.rows())
    assert (row.number, row.customer_number, row.total.plain, row.paid and row.paid.plain, str(row.issued_on), str(row.due_on)) == (
        "F-1", "7", "1020.00", "1000.00", "2026-01-13", "2026-01-31",
    )  # fmt: skip
