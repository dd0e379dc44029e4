"""Tables as an Excel workbook. Every cell has its type: words stay words whatever they begin with, amounts are numbers."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from cards.clean import bare, shorten
from workflows.domain.money import Money, exponent

Cell = str | int | Decimal | Money | date | None
_LONGEST = 32_000  # characters of a cell; a workbook's hold 32,767
_MOST_ROWS = 1_000_000  # of a sheet; it has 1,048,576
_WIDTH = 18


@dataclass(frozen=True, slots=True)
class Sheet:
    """`name` at most 31 letters. The first row is the columns' names; `total` stands below the rows, in bold."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]] | AsyncIterable[Sequence[Cell]]
    total: Sequence[Sequence[Cell]] = ()


async def xlsx(sheets: Sequence[Sheet]) -> bytes:
    """Rows are written as they come, so that a long sheet is never held in memory as cells."""
    import xlsxwriter  # ruff: ignore[import-outside-top-level] - loaded only where a workbook is asked for

    into = BytesIO()
    book = xlsxwriter.Workbook(into, {"constant_memory": True})
    pen = _Pen(book)
    for sheet in sheets:
        await pen.draw(sheet)
    book.close()
    return into.getvalue()


class _Pen:
    """Writes cells by their type, each kind in a format made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[tuple[str, bool], Any] = {}

    async def draw(self, sheet: Sheet) -> None:
        page = self._book.add_worksheet(sheet.name)
        page.set_column(0, len(sheet.columns) - 1, _WIDTH)
        page.freeze_panes(1, 0)
        self._row(page, 0, sheet.columns, bold=True)
        at = 1
        async for row in _each(sheet.rows):
            if at > _MOST_ROWS:
                self._row(page, at, ("there are more rows than a sheet holds",), bold=True)
                at += 1
                break
            self._row(page, at, row, bold=False)
            at += 1
        for row in sheet.total:
            self._row(page, at, row, bold=True)
            at += 1

    def _row(self, page: Any, at: int, cells: Sequence[Cell], *, bold: bool) -> None:
        for column, cell in enumerate(cells):
            self._cell(page, at, column, cell, bold=bold)

    def _cell(self, page: Any, at: int, column: int, cell: Cell, *, bold: bool) -> None:
        match cell:
            case None | "":
                pass
            case str():
                page.write_string(at, column, shorten(bare(cell), _LONGEST), self._format("words", bold=bold))
            case Money():
                page.write_number(at, column, cell.decimal, self._format(_digits(exponent(cell.currency)), bold=bold))
            case date():
                page.write_datetime(at, column, cell, self._format("yyyy-mm-dd", bold=bold))
            case int() | Decimal():
                page.write_number(at, column, cell, self._format("General", bold=bold))

    def _format(self, kind: str, *, bold: bool) -> Any:
        if (kind, bold) not in self._formats:
            made = self._book.add_format({"bold": bold})
            if kind == "words":
                made.set_quote_prefix()  # so that editing the cell makes no formula of it either
            else:
                made.set_num_format(kind)
            self._formats[kind, bold] = made
        return self._formats[kind, bold]


def _digits(count: int) -> str:
    return f"#,##0.{'0' * count}" if count else "#,##0"


async def _each(rows: Sequence[Sequence[Cell]] | AsyncIterable[Sequence[Cell]]) -> AsyncIterator[Sequence[Cell]]:
    if isinstance(rows, Sequence):
        for row in rows:
            yield row
    else:
        async for row in rows:
            yield row
