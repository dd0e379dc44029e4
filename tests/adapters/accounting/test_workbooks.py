from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from adapters.accounting.ledger_file import read_ledger
from adapters.accounting.records import Unreadable
from tests.adapters.accounting.files import HEADER, LINE, kept, plain, refused
from tests.adapters.accounting.workbooks import number, row, shared, text, texts, workbook

HEAD = row(*texts(HEADER))
SHORT = row(*texts("number,customer,due,total,currency"))


def _short(folder: Path, *cells: str) -> tuple[list[str], list[tuple[int, str | None, str]]]:
    """Totals kept and rows refused of invoices that are alike but for their last cells."""
    rows = [row(text(f"R-{n}"), text("C"), text("2026-01-31"), cell, text("EUR")) for n, cell in enumerate(cells)]
    parsed = list(read_ledger(workbook(folder / "l.xlsx", {"S": [SHORT, *rows]}), plain()).rows())
    return [one.total.plain for one in kept(parsed)], refused(parsed)


def test_a_workbook_as_a_spreadsheet_writes_it_reads_like_the_same_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.merge_cells("A1:G1")
    sheet["A1"] = "Acme Ltd: open items"
    sheet.append([])
    sheet.append(HEADER.split(","))
    sheet.append(["0042", "007", "Zoë & Sons", datetime(2026, 1, 2, tzinfo=UTC).replace(tzinfo=None), date(2026, 2, 1), 249.95, "EUR"])
    sheet.append([43, 8, "Ádá", "2026-01-03", "2026-02-02", "1.020,00", "EUR"])
    book.save(tmp_path / "ledger.xlsx")
    read = read_ledger(tmp_path / "ledger.xlsx")
    assert read.certain
    parsed = list(read.rows())
    assert [(one.line) for one in parsed] == [4, 5]
    assert [
        (one.number, one.customer_number, one.customer_name, one.total.plain, str(one.issued_on), str(one.due_on)) for one in kept(parsed)
    ] == [
        ("0042", "007", "Zoë & Sons", "249.95", "2026-01-02", "2026-02-01"),
        ("43", "8", "Ádá", "1020.00", "2026-01-03", "2026-02-02"),
    ]


@pytest.mark.parametrize(
    ("stored", "plain_text"),
    [
        ("249.95", "249.95"),
        ("0.30000000000000004", "0.30"),
        ("1234.5600000000001", "1234.56"),
        ("99.99999999999999", "100.00"),
        ("1E3", "1000.00"),
        ("-5", "-5.00"),
    ],
)
def test_a_number_is_what_the_sheet_stores_without_float_dust(tmp_path: Path, stored: str, plain_text: str) -> None:
    assert _short(tmp_path, number(stored), number("7", 3)) == ([plain_text, "7.00"], [])


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (number("1.234"), "1.234 has 3 digits after the point"),
        (number("1e99"), "where a number should be"),
        (number("nan"), "where a number should be"),
        ("<c><f>A1*2</f></c>", "The formula has no stored value; open the workbook"),
        ('<c t="str"><f>A1*2</f></c>', "The formula has no stored value"),
        ('<c t="e"><v>#N/A</v></c>', 'The sheet shows the fault "#N/A" here.'),
        ('<c t="b"><v>1</v></c>', "TRUE is not an amount"),
        (shared(7), "a text that the workbook does not hold"),
        (number("46000", 1), "is not an amount"),
        ("<c/>", "The cell is empty."),
    ],
)
def test_a_cell_without_a_usable_number_is_refused_with_row_and_column(tmp_path: Path, cell: str, words: str) -> None:
    totals, bad = _short(tmp_path, number("5"), cell)
    assert totals == ["5.00"]
    assert [one[:2] for one in bad] == [(3, "total")]
    assert words in bad[0][2]


def test_a_formula_counts_as_its_stored_value(tmp_path: Path) -> None:
    assert _short(tmp_path, "<c><f>A1*2</f><v>12.5</v></c>", '<c t="str"><f>TEXT(1)</f><v>7</v></c>') == (["12.50", "7.00"], [])


def test_days_may_be_cells_of_any_date_format_beside_texts_of_another(tmp_path: Path) -> None:
    cells = [number("46053", 1), number("46053.75", 2), text("31/01/2026"), '<c t="d"><v>2026-01-31T00:00:00Z</v></c>']
    rows = [
        row(text(f"R-{n}"), text("C"), cell, number(5), text("EUR")) for n, cell in enumerate([*cells, number("46053"), number("0", 1)])
    ]
    parsed = list(read_ledger(workbook(tmp_path / "l.xlsx", {"S": [SHORT, *rows]}), plain()).rows())
    assert {one.due_on for one in kept(parsed)} == {date(2026, 1, 31)}
    assert [one[:2] for one in refused(parsed)] == [(6, "due"), (7, "due")]


def test_days_may_count_from_1904(tmp_path: Path) -> None:
    one = row(text("R"), text("C"), number("44591", 1), number(5), text("EUR"))
    path = workbook(tmp_path / "l.xlsx", {"S": [SHORT, one]}, pr='<workbookPr date1904="1"/>')
    assert [found.due_on for found in kept(read_ledger(path, plain()).rows())] == [date(2026, 1, 31)]


def test_a_long_code_that_the_sheet_has_rounded_is_refused_and_as_text_it_is_kept(tmp_path: Path) -> None:
    rest = [text("C"), text("2026-01-31"), number(5), text("EUR")]
    rows = [row(number("2.5200180000000732E+18"), *rest), row(text("2520018000000073144"), *rest), row(number("100000"), *rest)]
    parsed = list(read_ledger(workbook(tmp_path / "l.xlsx", {"S": [SHORT, *rows]}), plain()).rows())
    assert [one.number for one in kept(parsed)] == ["2520018000000073144", "100000"]
    assert refused(parsed) == [(2, "number", "The sheet keeps this long number as a rounded figure; store it as text.")]


def test_shared_and_rich_texts_are_read_without_their_reading_aids(tmp_path: Path) -> None:
    strings = ["<si><t>R-</t></si>", "<si><r><t>Ada</t></r><r><rPr/><t> Ltd</t></r><rPh><t>ada</t></rPh></si>"]
    one = row(shared(0), shared(1), text("2026-01-31"), number(5), text("EUR"))
    (found,) = kept(read_ledger(workbook(tmp_path / "l.xlsx", {"S": [SHORT, one]}, strings=strings), plain()).rows())
    assert (found.number, found.customer_number) == ("R-", "Ada Ltd")


def test_rows_and_cells_may_be_missing_and_lines_are_those_that_the_sheet_shows(tmp_path: Path) -> None:
    sparse = '<row r="9"><c r="A9"><v>1</v></c><c r="D9"><v>5</v></c></row>'
    whole = row(*texts("2,C,2026-01-31,5,EUR"), at=1_000_000)
    parsed = list(read_ledger(workbook(tmp_path / "l.xlsx", {"S": [SHORT, sparse, row(at=10), whole]}), plain()).rows())
    assert [one.line for one in parsed] == [9, 1_000_000]
    assert refused(parsed) == [(9, "currency", "The currency is missing.")]


def test_a_cell_beyond_the_header_or_beyond_any_ledger_refuses_its_row(tmp_path: Path) -> None:
    rows = [row(*texts("1,C,2026-01-31,5,EUR,more")), '<row r="3"><c r="XFD3"><v>1</v></c></row>', row(*texts("4,C,2026-01-31,5,EUR"))]
    parsed = list(read_ledger(workbook(tmp_path / "l.xlsx", {"S": [SHORT, *rows]}), plain()).rows())
    assert [one.number for one in kept(parsed)] == ["4"]
    assert [line for line, _, _ in refused(parsed)] == [2, 3]


def test_the_first_sheet_with_a_header_is_read_unless_another_is_named(tmp_path: Path) -> None:
    one, other = row(*texts(LINE)), row(*texts(LINE.replace("R-1", "R-2")))
    sheets = {"Cover": [row(text("Acme"))], "Secret": [HEAD, one], "Open": [HEAD, one], "Empty": [], "Paid": [HEAD, other]}
    path = workbook(tmp_path / "l.xlsx", sheets, hidden=["Secret"])
    read = read_ledger(path)
    assert [found.number for found in kept(read.rows())] == ["R-1"]
    assert not read.certain
    assert read.doubts == ('Sheets "Open", "Paid" may each be the ledger; the first was taken. Name the sheet with --sheet to be sure.',)
    named = read_ledger(path, sheet="paid")
    assert named.certain
    assert [found.number for found in kept(named.rows())] == ["R-2"]
    with pytest.raises(Unreadable, match=r'no sheet "Other"\. It has "Cover", "Secret", "Open"'):
        read_ledger(path, sheet="Other")


def test_text_that_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    cells = [text("R"), text("=cmd|' /C calc'!A0"), text("2026-01-31"), number(5), text("EUR")]
    (found,) = kept(read_ledger(workbook(tmp_path / "l.xlsx", {"S": [SHORT, row(*cells)]}), plain()).rows())
    assert found.customer_number == "=cmd|' /C calc'!A0"


_BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + "&a;" * 99 + '"><!ENTITY c "' + "&b;" * 99 + '"><!ENTITY d "' + "&c;" * 999 + '">]>'


@pytest.mark.parametrize(
    ("part", "content", "words"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>", "damaged workbook"),
        ("xl/worksheets/sheet1.xml", b"\x00\x01", "damaged workbook"),
        ("xl/worksheets/sheet1.xml", f"{_BOMB}<worksheet><row><c t='str'><v>&d;</v></c></row></worksheet>".encode(), "damaged workbook"),
        ("xl/worksheets/sheet1.xml", b"<worksheet><row r='99999999'/></worksheet>", "a row .99999999."),
        ("xl/worksheets/sheet1.xml", b"<w><row><c t='str'><v>" + b"x" * 65_000_000, "more than 64,000,000 bytes"),
        ("xl/workbook.xml", b"<workbook/>", "is empty"),
        ("xl/styles.xml", b"<styleSheet", "damaged workbook"),
    ],
    ids=["cut off", "no XML", "entities", "far row", "endless cell", "no sheets", "styles"],
)
def test_a_damaged_or_hostile_workbook_is_one_sentence(tmp_path: Path, part: str, content: bytes, words: str) -> None:
    whole = workbook(tmp_path / "whole.xlsx", {"S": [HEAD, row(*texts(LINE))]})
    path = tmp_path / "l.xlsx"
    with zipfile.ZipFile(whole) as packed, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as other:
        for name in packed.namelist():
            other.writestr(name, content if name == part else packed.read(name))
    with pytest.raises(Unreadable, match=words) as caught:
        read_ledger(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("end", [20, 400, 900])
def test_a_workbook_cut_off_is_one_sentence(tmp_path: Path, end: int) -> None:
    path = workbook(tmp_path / "l.xlsx", {"S": [HEAD, row(*texts(LINE))]})
    path.write_bytes(path.read_bytes()[:-end])
    with pytest.raises(Unreadable, match="damaged workbook"):
        read_ledger(path)


def test_an_archive_that_is_no_workbook_or_unpacks_to_too_much_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "l.xlsx"
    for part, words in (("a.csv", "an archive and no XLSX"), ("xl/workbook.bin", "XLSB")):
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr(part, "x")
        with pytest.raises(Unreadable, match=words):
            read_ledger(path)
    monkeypatch.setattr("adapters.accounting.xlsx_parts.MOST_BYTES", 100)
    with pytest.raises(Unreadable, match="unpacks to more than"):
        read_ledger(workbook(path, {"S": [HEAD]}))
