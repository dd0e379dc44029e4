from __future__ import annotations

from pathlib import Path

import pytest

from adapters.accounting.ledger_columns import LONGEST_WORDS
from adapters.accounting.ledger_file import read_ledger
from tests.adapters.accounting.files import HEADER, LINE, kept, plain, reading, refused, written
from workflows.errors import Refused
from workflows.import_ledger import NeedsAnswers


def test_an_ordinary_english_file_is_certain(tmp_path: Path) -> None:
    read = reading(tmp_path, HEADER + ",Paid on,Balance,E-Mail,PO Number", LINE + ",2026-01-20,0,ap@example.com,47-11")
    assert read.certain
    assert read.guessed
    assert read.count == 1
    (row,) = kept(read.rows())
    assert (row.number, row.customer_number, row.customer_name, str(row.paid)) == ("R-1", "C1", "Ada & Sons", "249.95 EUR")
    assert (row.email, row.reference, str(row.issued_on), str(row.due_on)) == ("ap@example.com", "47-11", "2026-01-02", "2026-02-01")


def test_an_ordinary_german_file_is_certain(tmp_path: Path) -> None:
    head = "Rechnungsnr.;Kundennr.;Kunde;Rechnungsdatum;Fälligkeit;Betrag;Währung;Bezahlt am;Offen"
    read = reading(tmp_path, "OP-Liste", head, "0042;007;Käse Müller;02.01.2026;01.02.2026;1.249,95;EUR;;1.249,95")
    assert read.certain
    (row,) = kept(read.rows())
    assert (row.number, row.customer_number, row.customer_name, str(row.total)) == ("0042", "007", "Käse Müller", "1249.95 EUR")
    assert (str(row.due_on), str(row.paid)) == ("2026-02-01", "0.00 EUR")


def test_what_is_used_can_be_written_down_and_given_back(tmp_path: Path) -> None:
    read = reading(tmp_path, HEADER, LINE)
    assert read.mapping is not None
    said = read.mapping.as_yaml()
    assert "number: Invoice number" in said
    assert "format: YYYY-MM-DD" in said
    assert kept(reading(tmp_path, HEADER, LINE, mapping=read.mapping).rows()) == kept(read.rows())


def test_customers_go_by_name_where_they_have_no_number(tmp_path: Path) -> None:
    read = reading(tmp_path, "Invoice #,Client,Due,Total,Currency", "1,Ada,2026-01-31,5,EUR")
    assert read.certain
    assert [row.customer_number for row in kept(read.rows())] == ["Ada"]


def test_a_missing_currency_is_asked_for_and_may_be_answered(tmp_path: Path) -> None:
    head, line = HEADER.removesuffix(",Currency"), LINE.removesuffix(",EUR")
    asked = reading(tmp_path, head, line)
    assert not asked.certain
    with pytest.raises(NeedsAnswers, match="give it with --currency"):
        asked.rows()
    told = reading(tmp_path, head, line, currency="CHF")
    assert told.certain
    assert [str(row.total) for row in kept(told.rows())] == ["249.95 CHF"]
    with pytest.raises(Refused, match="'EURO' is not"):
        reading(tmp_path, head, line, currency="EURO")


@pytest.mark.parametrize(
    ("header", "doubt"),
    [
        ("Invoice number,Invoice ID,Customer,Due,Total,Currency", '"Invoice number" and "Invoice ID" may each be the invoice number'),
        ("Invoice number,Customer,Due,Total,Amount,Currency", '"Total" and "Amount" may each be the invoice total'),
        ("Customer,Memo,Due,Total,Other,Currency", "No column is the invoice number"),
        ("Invoice number,Status,Customer,Due,Total,Currency", 'Column "Status" is not read, and no column says what was paid'),
    ],
)
def test_two_candidates_a_missing_number_and_an_unread_status_are_doubts(tmp_path: Path, header: str, doubt: str) -> None:
    line = ",".join({"Due": "2026-01-31", "Currency": "EUR"}.get(name, "5") for name in header.split(","))
    read = reading(tmp_path, header, line)
    assert not read.certain
    assert doubt in read.doubts[0]
    assert len(kept(read.rows())) == 1, "a person may wave a doubt through"


def test_a_file_without_a_due_date_or_total_asks_which_column_it_is(tmp_path: Path) -> None:
    read = reading(tmp_path, "Invoice number,Customer,When,How much", "1,Ada,2026-01-31,5")
    assert read.mapping is None
    assert [question.split("?")[0] for question in read.questions] == ["Which column is the due date", "Which column is the invoice total"]
    with pytest.raises(NeedsAnswers):
        read.rows()


def test_what_was_found_is_a_draft_to_complete(tmp_path: Path) -> None:
    read = reading(tmp_path, "Re.-Nr.,Kunde / Customer,Faellig am,How much,Whrg.", "1,Ada,2026-01-31,5,EUR")
    assert read.draft == "number: Re.-Nr.\ncustomer: Kunde / Customer\ndue: Faellig am\ntotal: '?'\ncurrency: Whrg.\n"


def test_columns_nobody_reads_are_named(tmp_path: Path) -> None:
    read = reading(tmp_path, HEADER + ",Colour,Kunde / Whim", LINE + ",red,1")
    assert read.left_out == ["Colour", "Kunde / Whim"]


def test_a_guessed_detail_that_its_cells_do_not_bear_out_is_left_unread(tmp_path: Path) -> None:
    read = reading(tmp_path, HEADER + ",Country,Language", LINE + ",Germany,de", LINE.replace("R-1", "R-2") + ",France,fr")
    assert read.certain
    assert read.mapping is not None
    assert read.mapping.country is None
    assert [(row.country, row.language) for row in kept(read.rows())] == [(None, "de"), (None, "fr")]


@pytest.mark.parametrize("heading", ["Product", "Item name", "Artikel", "Produit", "Producto"])
def test_a_column_of_products_is_read(tmp_path: Path, heading: str) -> None:
    read = reading(tmp_path, f"{HEADER},{heading}", f"{LINE},Web hosting", f"{LINE.replace('R-1', 'R-2')},")
    assert read.certain
    assert [row.product for row in kept(read.rows())] == ["Web hosting", None]


def test_a_guessed_column_of_products_that_tells_stories_is_left_unread(tmp_path: Path) -> None:
    read = reading(tmp_path, f"{HEADER},Service", f"{LINE},{'On Monday we met. ' * 12}")
    assert [row.product for row in kept(read.rows())] == [None]
    assert read.left_out == ["Service"]


def test_no_row_is_refused_for_what_a_mapping_says_is_the_product(tmp_path: Path) -> None:
    lines = ("number,customer,due,total,currency,what", f"R-1,C1,2026-02-01,249.95,EUR,{'On Monday we met. ' * 12}")
    (row,) = kept(reading(tmp_path, *lines, mapping=plain(product="what")).rows())
    assert row.product == ("On Monday we met. " * 12)[:LONGEST_WORDS]


def test_yes_in_a_column_of_amounts_paid_is_refused_not_read_as_unpaid(tmp_path: Path) -> None:
    parsed = list(reading(tmp_path, HEADER + ",Paid", LINE + ",Yes").rows())
    assert refused(parsed) == [(2, "Paid", "Yes is not an amount; write it as 1234.50.")]


def test_a_header_alone_is_a_ledger_of_no_rows(tmp_path: Path) -> None:
    read = read_ledger(written(tmp_path, HEADER))
    assert read.certain
    assert list(read.rows()) == []
