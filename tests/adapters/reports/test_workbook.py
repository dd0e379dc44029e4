"""Workbooks as another program reads them: types kept, sums right, nothing that computes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from adapters.reports.workbook import Cell, Sheet, xlsx
from workflows.domain.money import Money

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example","x")',
    "http://evil.example",
    "007",
)


async def a_thousand() -> AsyncIterator[Sequence[Cell]]:  # ruff: ignore[unused-async] - stands for rows of a database
    for n in range(1, 1001):
        yield f"C{n}", Money(n, "EUR")


async def read(*sheets: Sheet) -> Any:
    return load_workbook(BytesIO(await xlsx(sheets)))


async def test_every_cell_has_its_type() -> None:
    row: Sequence[Cell] = ("00042", 7, Money.of("1234.50", "EUR"), Money.of("5000", "JPY"), date(2026, 11, 24), Decimal("41.2"), None, "")
    page = (await read(Sheet("One", tuple("abcdefgh"), [row])))["One"]
    assert [cell.value for cell in page[2]][:4] == ["00042", 7, 1234.5, 5000]
    assert page["E2"].value.date() == date(2026, 11, 24)
    assert [cell.value for cell in page[2]][5:] == [41.2, None, None]
    assert (page["A2"].data_type, page["C2"].number_format, page["D2"].number_format) == ("s", "#,##0.00", "#,##0")


@pytest.mark.parametrize("words", FORMULAS)
async def test_words_stay_words_whatever_they_begin_with(words: str) -> None:
    made = await xlsx([Sheet("One", (words,), [(words,)])])
    page = load_workbook(BytesIO(made))["One"]
    assert (page["A2"].value, page["A2"].data_type) == (words.strip(), "s")
    assert page["A2"].quotePrefix
    with ZipFile(BytesIO(made)) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in xml
        assert "hyperlink" not in xml


async def test_rows_that_stream_in_and_their_totals_are_all_there() -> None:
    page = (await read(Sheet("Many", ("Who", "Open"), a_thousand(), [("total", Money(500_500, "EUR"))])))["Many"]
    amounts = [Decimal(str(cell.value)) for (cell,) in page.iter_rows(min_row=2, max_row=1001, min_col=2)]
    assert page.max_row == 1002
    assert sum(amounts) == Decimal(str(page["B1002"].value)) == Decimal("5005.00")


async def test_control_characters_and_endless_words_fit_into_a_cell() -> None:
    page = (await read(Sheet("One", ("a",), [("x\x00\x1b[31m\ufffe" + "y" * 40_000,)])))["One"]
    assert len(page["A2"].value) <= 32_767
    assert page["A2"].value.startswith("x[31m")
