"""The figures of a real ledger, against those measured on the file by somebody else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from adapters.accounting.ledger_file import read_ledger
from adapters.accounting.mapping import load_mapping
from adapters.store.unit_of_work import SqlStore
from tests.fakes.clock import FixedClock
from tests.paths import shared
from workflows.domain.ids import BookId
from workflows.import_ledger import ImportLedger, import_ledger
from workflows.measure_book import Figures, measure_book


@pytest.fixture
async def ibm(store: SqlStore, clock: FixedClock) -> BookId:
    reading = read_ledger(shared("data/ibm-accounts-receivable.csv"), load_mapping("ibm-receivables"), "USD")
    async with store() as work:
        await import_ledger(ImportLedger("main", reading.rows(), date(2014, 1, 9)), work, clock)
        return (await work.book("main")).id


async def figures(store: SqlStore, book: BookId, day: date, window: int) -> Figures:
    async with store() as work:
        (found,) = await measure_book(book, day, window, work)
    return found


async def test_the_figures_of_a_real_ledger_come_out_on_any_past_day(store: SqlStore, ibm: BookId) -> None:
    year_end = await figures(store, ibm, date(2012, 12, 31), 90)
    assert (year_end.dso, year_end.best_possible_dso, year_end.days_delinquent) == tuple(map(Decimal, ("26.8407", "23.1428", "3.6978")))
    assert year_end.countback.days == Decimal("27.3299")
    summer = await figures(store, ibm, date(2013, 6, 30), 90)
    assert (summer.dso, summer.best_possible_dso, summer.days_delinquent) == tuple(map(Decimal, ("23.1508", "19.3726", "3.7782")))
    assert summer.countback.days == Decimal("26.2575")
    june = await figures(store, ibm, date(2013, 6, 30), 30)
    assert (june.cei, june.sales.plain) == (Decimal("90.1509"), "5849.59")
