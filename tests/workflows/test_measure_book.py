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
from tests.workflows.office import policies
from workflows.domain.account import Account, Book, Item
from workflows.domain.metrics import Figures
from workflows.forecast_cash import forecast_cash
from workflows.import_ledger import ImportLedger, import_ledger
from workflows.measure_book import measure_book


@pytest.fixture
async def ibm(store: SqlStore, clock: FixedClock) -> Book:
    reading = read_ledger(shared("data/ibm-accounts-receivable.csv"), load_mapping("ibm-receivables"), "USD")
    async with store() as work:
        await import_ledger(ImportLedger("main", reading.rows(), date(2014, 1, 9)), work, clock)
        return await work.book("main")


def _open_at(account: Account, item: Item, day: date) -> bool:
    paid = max((fact.paid_on for fact in account.payments if fact.item == item.id), default=date.max)
    return item.issued_on is not None and item.issued_on <= day < paid


async def figures(store: SqlStore, book: Book, day: date, window: int) -> Figures:
    async with store() as work:
        (found,) = await measure_book(book, day, window, work, policies())
    return found


async def test_the_figures_of_a_real_ledger_come_out_on_any_past_day(store: SqlStore, ibm: Book) -> None:
    year_end = await figures(store, ibm, date(2012, 12, 31), 90)
    assert (year_end.dso, year_end.best_possible_dso, year_end.days_delinquent) == tuple(map(Decimal, ("26.8407", "23.1428", "3.6978")))
    assert year_end.countback.days == Decimal("27.3299")
    summer = await figures(store, ibm, date(2013, 6, 30), 90)
    assert (summer.dso, summer.best_possible_dso, summer.days_delinquent) == tuple(map(Decimal, ("23.1508", "19.3726", "3.7782")))
    assert summer.countback.days == Decimal("26.2575")
    june = await figures(store, ibm, date(2013, 6, 30), 30)
    assert (june.cei, june.sales.plain) == (Decimal("90.1509"), "5849.59")


async def test_days_late_and_money_of_a_real_ledger_come_out(store: SqlStore, ibm: Book) -> None:
    ever = await figures(store, ibm, date(2014, 1, 9), 738)
    assert (ever.collected.plain, ever.receivables.plain) == ("147703.18", "0.00")
    assert ever.days_late is not None
    assert round(ever.days_late, 2) == Decimal("-3.30")
    assert ever.days_late_floored is not None
    assert ever.days_late_floored > 0
    assert (ever.reserve, ever.promises.kept_rate, ever.kept_by_value) == (ever.receivables, None, None)


async def test_the_due_date_baseline_errs_as_was_measured(store: SqlStore, ibm: Book) -> None:
    """Sum of the weeks' absolute errors / what came in, for what was open at the end of June 2013."""
    day = date(2013, 6, 30)
    async with store() as work:
        (one,) = await forecast_cash(ibm, day, work)
        known = {
            item.id: item for account in [a async for a in work.all_accounts()] for item in account.items if _open_at(account, item, day)
        }
        paid = [fact for account in [a async for a in work.all_accounts()] for fact in account.payments if fact.item in known]
    actual = [sum(fact.amount.minor for fact in paid if week.first <= fact.paid_on <= week.last) for week in one.weeks]
    assert (len(known), sum(actual), sum(week.expected.minor for week in one.weeks)) == (84, 511_985, 511_985)
    errors = sum(abs(week.expected.minor - came) for week, came in zip(one.weeks, actual, strict=True))
    assert round(Decimal(errors) / sum(actual), 2) == Decimal("0.28")
    assert one.overdue.plain == "835.56"
