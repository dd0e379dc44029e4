"""Two real ledgers, read where they lie, against the figures that were measured on them; in parts first, then through the store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pytest

from adapters.accounting.ledger_file import Reading, read_ledger
from adapters.accounting.mapping import load_mapping
from adapters.store.unit_of_work import SqlStore
from tests.adapters.accounting.files import kept, refused
from tests.fakes.clock import FixedClock
from tests.paths import shared
from workflows.domain.account import Book
from workflows.domain.aging import AgingRow
from workflows.domain.calendar import Place
from workflows.domain.ids import BookId, new_id
from workflows.domain.money import Money
from workflows.import_ledger import Imported, ImportLedger, import_ledger
from workflows.records import LedgerRow

# Per currency: (count, amount) of current, 1-30, 31-60, 61-90, 91 and more.
Aged = dict[str, list[tuple[int, str]]]
NOTHING = (0, "0.00")
IBM: dict[date, Aged] = {
    date(2012, 12, 31): {"USD": [(86, "4936.32"), (13, "788.74"), NOTHING, NOTHING, NOTHING]},
    date(2013, 6, 30): {"USD": [(72, "4284.29"), (12, "835.56"), NOTHING, NOTHING, NOTHING]},
}
HIGHRADIUS: dict[date, Aged] = {
    date(2020, 5, 22): {
        "CAD": [(8, "477904.02"), (222, "12149526.34"), (275, "16962266.19"), (96, "5090771.46"), NOTHING],
        "USD": [(405, "8327632.20"), (2734, "85778787.56"), (3235, "102122866.36"), (811, "23523642.52"), NOTHING],
    }
}


@pytest.fixture(scope="module")
def ibm() -> Reading:
    return read_ledger(shared("data/ibm-accounts-receivable.csv"), load_mapping("ibm-receivables"), "USD")


@pytest.fixture(scope="module")
def highradius() -> Reading:
    return read_ledger(shared("data/highradius-invoices.csv.gz"), load_mapping("highradius"))


def _aged(rows: Iterable[LedgerRow], day: date) -> Aged:
    """Straight from the rows: issued on or before the day, not paid by then."""
    buckets: dict[str, list[list[Money]]] = defaultdict(lambda: [[], [], [], [], []])
    for row in rows:
        late = (day - row.due_on).days if row.due_on else 0
        paid = row.paid if row.paid is not None and row.paid_on is not None and row.paid_on <= day else None
        if (row.issued_on is None or row.issued_on <= day) and (paid is None or paid < row.total):
            place = 0 if late <= 0 else min((late + 29) // 30, 4)
            buckets[row.total.currency][place].append(row.total)
    return {
        currency: [(len(bucket), Money(sum(one.minor for one in bucket), currency).plain) for bucket in buckets[currency]]
        for currency in sorted(buckets)
    }


def test_ibm_reads_whole_with_its_numbers_as_text(ibm: Reading) -> None:
    parsed = list(ibm.rows())
    rows = kept(parsed)
    assert refused(parsed) == []
    assert len(rows) == len({row.number for row in rows}) == ibm.count == 2466
    assert {len(row.number) for row in rows} == {10}
    assert sum(row.number.startswith("0") for row in rows) == 266
    assert len({row.customer_number for row in rows}) == 100
    assert sum(row.total.minor for row in rows) == 147_703_18
    assert sum((row.paid_on - row.due_on).days > 0 for row in rows if row.paid_on and row.due_on) == 877


def test_ibm_is_known_by_its_header_and_asks_for_the_currency() -> None:
    read = read_ledger(shared("data/ibm-accounts-receivable.csv"))
    assert read.mapping is not None
    assert read.mapping.name == "ibm-receivables"
    assert len(read.questions) == 1
    assert "--currency" in read.questions[0]


@pytest.mark.parametrize("day", list(IBM))
def test_ibm_ages_as_measured(ibm: Reading, day: date) -> None:
    assert _aged(kept(ibm.rows()), day) == IBM[day]


def test_highradius_refuses_only_what_has_no_currency(highradius: Reading) -> None:
    parsed = list(highradius.rows())
    bad = refused(parsed)
    assert len(parsed) == highradius.count == 39_785
    assert {(column, reason) for _, column, reason in bad} == {("invoice_currency", "The currency is missing.")}
    assert len(bad) == 934
    rows = kept(parsed)
    assert [sum(row.total.currency == code for row in rows) for code in ("USD", "CAD")] == [35_863, 2_988]
    assert sum(not row.paid for row in rows) == 7_786


def test_highradius_has_its_customers_once_each_when_codes_are_made_whole() -> None:
    whole = read_ledger(shared("data/highradius-invoices.csv.gz"), load_mapping("highradius"), "USD")
    rows = kept(whole.rows())
    assert len(rows) == 39_785
    assert len({row.customer_number for row in rows}) == 1_026
    assert sum(row.total.minor for row in rows) == 1_277_806_062_30


@pytest.mark.parametrize("day", list(HIGHRADIUS))
def test_highradius_ages_as_measured(highradius: Reading, day: date) -> None:
    assert _aged(kept(highradius.rows()), day) == HIGHRADIUS[day]


# Through the store -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Ledger:
    reading: Reading
    as_of: date
    answers: dict[date, Aged]


async def _imported(store: SqlStore, book: Book, ledger: _Ledger) -> Imported:
    async with store() as work:
        return await import_ledger(ImportLedger(book.slug, ledger.reading.rows(), ledger.as_of), work, FixedClock())


async def _check(store: SqlStore, book: Book, ledger: _Ledger) -> Imported:
    async with store() as work:
        await work.add_book(book)
    first = await _imported(store, book, ledger)
    async with store() as work:
        for day, answer in ledger.answers.items():
            assert _as_answer(await work.aging(book.id, day)) == answer
        assert (await work.book(book.slug)).read_through == ledger.as_of
    again = await _imported(store, book, ledger)
    assert again == replace(first, imported=0, unchanged=first.imported + first.unchanged)
    return first


def _as_answer(rows: Sequence[AgingRow]) -> Aged:
    assert not any(row.unapplied for row in rows)
    return {
        row.currency: [(count, amount.plain) for count, amount in (row.current, row.d1_30, row.d31_60, row.d61_90, row.d90_plus)]
        for row in rows
    }


def _book(slug: str) -> Book:
    return Book(BookId(new_id()), slug, slug, Place("UTC"))


async def test_ibm_through_the_store_ages_to_the_cent_and_comes_again_unchanged(store: SqlStore, ibm: Reading) -> None:
    first = await _check(store, _book("ibm"), _Ledger(ibm, date(2014, 1, 9), IBM))
    assert first == Imported(2466, 2466, 2466, 0, 0, (), ())


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # on SQLite the command line's test does it
async def test_highradius_through_the_store_ages_to_the_cent_and_tells_repeats(store: SqlStore, highradius: Reading) -> None:
    first = await _check(store, _book("food"), _Ledger(highradius, date(2020, 5, 22), HIGHRADIUS))
    assert (first.rows, first.imported, first.updated, first.unchanged) == (39_785, 38_737, 0, 114)
    assert len(first.refused) == 934
    assert first.invoices == first.imported
    numbered = [repeat for repeat in first.repeats if not repeat.number.startswith("auto-")]
    assert len(numbered) == first.unchanged
    assert all(repeat.first < repeat.line for repeat in first.repeats)
