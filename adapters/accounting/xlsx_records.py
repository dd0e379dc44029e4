"""From an XLSX workbook to a header and records; a record's line is the row number that the sheet shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from xml.etree.ElementTree import Element  # ruff: ignore[suspicious-xml-etree-import] - a type; see xlsx_parts

from adapters.accounting.records import BANNER_LINES, Fit, Header, Raw, Table, Unreadable, best
from adapters.accounting.words import listed, names, shown
from adapters.accounting.xlsx_cells import CellReader
from adapters.accounting.xlsx_parts import Sheet, Workbook, local, open_workbook
from workflows.import_ledger import Refusal

LAST_ROW = 1_048_576
MOST_COLUMNS = 1_000
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def find_sheet(path: Path, fit: Fit, wanted: str | None = None) -> Table:
    """The first sheet with a header, or the one named. Raises `Unreadable`."""
    with open_workbook(path) as book:
        sheets = _wanted(book, wanted)
        found = [(sheet, header) for sheet in sheets if (header := _header(book, sheet, fit))]
    if not found:
        raise Unreadable(f"{path.name} is empty.")
    likely = [one for one in found if one[1].fits] or found[:1]
    sheet, header = likely[0]
    return Table(header.names, header.line, lambda: _below(path, sheet, header.line), _doubts([one.name for one, _ in likely]))


def _wanted(book: Workbook, name: str | None) -> list[Sheet]:
    if name is None:
        return [sheet for sheet in book.sheets if not sheet.hidden]
    sheets = [sheet for sheet in book.sheets if sheet.name.casefold() == name.casefold()]
    if not sheets:
        raise Unreadable(f"The workbook has no sheet {shown(name)}. It has {listed([sheet.name for sheet in book.sheets])}.")
    return sheets[:1]


def _doubts(likely: list[str]) -> tuple[str, ...]:
    if len(likely) < 2:
        return ()
    return (f"Sheets {listed(likely)} may each be the ledger; the first was taken. Name the sheet with --sheet to be sure.",)


def _header(book: Workbook, sheet: Sheet, fit: Fit) -> Header | None:
    top = islice((row for row in _rows(book, sheet) if isinstance(row, Raw)), BANNER_LINES)
    return best(Header(fit(header), header, row.line) for row in top if (header := names(row.cells)))


def _below(path: Path, sheet: Sheet, header_line: int) -> Iterator[Raw | Refusal]:
    with open_workbook(path) as book:
        width = 0
        for row in _rows(book, sheet):
            if isinstance(row, Raw):
                if row.line == header_line:
                    width = len(names(row.cells))
                if width and row.line != header_line:
                    yield Raw(row.line, row.line, row.cells + [""] * (width - len(row.cells)))
            elif width:
                yield row


def _rows(book: Workbook, sheet: Sheet) -> Iterator[Raw | Refusal]:
    number = 0
    reader = CellReader(book)
    for row in book.elements(sheet.part, "row"):
        number = _row_number(row.get("r"), number + 1)
        try:
            yield Raw(number, number, _cells(row, reader))
        except _TooWide:
            yield Refusal(number, None, f"The row has a cell beyond column {MOST_COLUMNS:,}; no ledger is that wide.")


class _TooWide(Exception):
    """A cell where no ledger has one."""


def _row_number(said: str | None, expected: int) -> int:
    number = int(said) if said is not None and said.isdecimal() and len(said) < 9 else expected
    if not 0 < number <= LAST_ROW:
        raise Unreadable(f"The workbook is damaged: it has a row {shown(said or str(number))}, and {LAST_ROW:,} is the last there can be.")
    return number


def _cells(row: Element, reader: CellReader) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if local(cell) != "c":
            continue
        place = _place(cell.get("r"), len(cells))
        if place >= MOST_COLUMNS:
            raise _TooWide
        cells += [""] * (place + 1 - len(cells))
        cells[place] = reader.read(cell)
    return cells


def _place(reference: str | None, following: int) -> int:
    at = _REFERENCE.fullmatch(reference or "")
    if at is None:
        return following
    place = 0
    for letter in at[1]:
        place = place * 26 + ord(letter) - 64
    return place - 1
