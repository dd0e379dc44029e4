from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from adapters.accounting.ledger_dates import DateColumn, day_of, known_format
from adapters.accounting.mapping import Mapping
from tests.adapters.accounting.files import kept, plain, reading, refused
from workflows.import_ledger import NeedsAnswers


def _decided(*cells: str) -> tuple[str | None, str | None]:
    column = DateColumn("Due")
    for cell in cells:
        column.add(cell)
    return column.decided()


@pytest.mark.parametrize(
    ("cells", "written", "last"),
    [
        (["2026-01-26"], "YYYY-MM-DD", date(2026, 1, 26)),
        (["2020-02-11 00:00:00"], "YYYY-MM-DD", date(2020, 2, 11)),
        (["2020-02-11T23:30:00Z"], "YYYY-MM-DD", date(2020, 2, 11)),
        (["20200125"], "YYYYMMDD", date(2020, 1, 25)),
        (["20200210.0"], "YYYYMMDD", date(2020, 2, 10)),
        (["1/2/2013", "2/13/2013"], "MM/DD/YYYY", date(2013, 2, 13)),
        (["1/2/2013", "13/2/2013"], "DD/MM/YYYY", date(2013, 2, 13)),
        (["01-02-2013", "28-02-2013"], "DD-MM-YYYY", date(2013, 2, 28)),
        (["3/31/26", "1/2/26"], "MM/DD/YY", date(2026, 1, 2)),
        (["03.04.2026"], "DD.MM.YYYY", date(2026, 4, 3)),
        (["3.4.26"], "DD.MM.YY", date(2026, 4, 3)),
        (["Jan 28 2021"], "MMM DD YYYY", date(2021, 1, 28)),
        (["December 1, 2021"], "MMM DD YYYY", date(2021, 12, 1)),
        (["28-Jan-2021"], "DD MMM YYYY", date(2021, 1, 28)),
        (["5. März 2026"], "DD MMM YYYY", date(2026, 3, 5)),
        (["5/5/2026", "7/7/2026"], "DD/MM/YYYY", date(2026, 7, 7)),
    ],
)
def test_the_format_is_that_which_all_dates_of_the_column_bear_out(cells: list[str], written: str, last: date) -> None:
    assert _decided(*cells) == (written, None)
    assert day_of(cells[-1], written) == last


def test_a_column_whose_every_day_is_twelve_or_less_is_a_question() -> None:
    _, question = _decided("01/02/2026", "12/11/2026", "nonsense")
    assert question is not None
    assert '"01/02/2026" DD/MM/YYYY or MM/DD/YYYY' in question
    assert "{column: Due, format: DD/MM/YYYY}" in question


def test_one_day_above_twelve_decides_the_whole_column() -> None:
    assert _decided("01/02/2026", "12/11/2026", "12/13/2026") == ("MM/DD/YYYY", None)


def test_a_column_that_proves_both_orders_is_a_question() -> None:
    _, question = _decided("13/02/2026", "02/13/2026", "02/14/2026")
    assert question is not None
    assert '"13/02/2026" is DD/MM/YYYY' in question


@pytest.mark.parametrize("cell", ["2026-02-30", "31/31/2026", "1969-12-31", "9999-12-31", "0000-00-00", "tomorrow", "45000", "Foo 12 2026"])
def test_what_is_no_day_of_a_ledger_is_no_date(cell: str) -> None:
    assert day_of(cell, None) is None


def test_a_format_may_be_named_as_people_write_it() -> None:
    assert known_format("M/D/YYYY") == "MM/DD/YYYY"
    assert known_format("dd.mm.yyyy") == "DD.MM.YYYY"
    with pytest.raises(ValueError, match="is not a date format"):
        known_format("YYYY")


def test_a_date_unlike_the_others_is_refused_with_its_line(tmp_path: Path) -> None:
    head = "number,customer,due,total,currency"
    parsed = list(reading(tmp_path, head, "1,C,2026-01-26,5,EUR", "2,C,20260126,5,EUR", "3,C,2026-02-30,5,EUR", mapping=plain()).rows())
    assert len(kept(parsed)) == 1
    assert refused(parsed) == [
        (3, "due", '"20260126" is not a date written as YYYY-MM-DD.'),
        (4, "due", '"2026-02-30" is not a date written as YYYY-MM-DD.'),
    ]


def test_an_open_order_stops_the_reading_until_the_mapping_says_which(tmp_path: Path) -> None:
    lines = ("number,customer,due,total,currency", "1,C,01/02/2026,5,EUR")
    read = reading(tmp_path, *lines, mapping=plain())
    assert not read.certain
    with pytest.raises(NeedsAnswers, match="can be read in two ways"):
        read.rows()
    answered: Mapping = plain(due={"column": "due", "format": "M/D/YYYY"})
    (row,) = kept(reading(tmp_path, *lines, mapping=answered).rows())
    assert row.due_on == date(2026, 1, 2)


def test_terms_make_a_due_date_where_there_is_no_column_of_them(tmp_path: Path) -> None:
    mapping = plain(due=None, issued="issued", terms_days=30)
    parsed = list(reading(tmp_path, "number,customer,issued,total,currency", "1,C,2026-01-31,5,EUR", "2,C,,5,EUR", mapping=mapping).rows())
    assert [row.due_on for row in kept(parsed)] == [date(2026, 3, 2)]
    assert refused(parsed) == [(3, "issued", "The cell is empty.")]
