from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import cast

import pytest

from tests.fakes.clock import FixedClock
from workflows.domain.account import Book
from workflows.domain.calendar import Place
from workflows.domain.ids import BookId, new_id
from workflows.domain.money import Money
from workflows.errors import Refused
from workflows.import_ledger import Entry, Imported, ImportLedger, NothingKept, Refusal, Repeat, import_ledger
from workflows.ports import UnitOfWork
from workflows.records import AuditEntry, LedgerRow, StaffCard, Stored

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
ROW = LedgerRow("R-1", "C1", "Ada", Money(24995, "EUR"), date(2026, 10, 1))


@dataclass
class Shelf:
    """A store of invoices by number, as much of a unit of work as an import touches."""

    the_book: Book = field(default_factory=lambda: Book(BookId(new_id()), "main", "Main", Place("UTC")))
    rows: dict[str, LedgerRow] = field(default_factory=dict)
    trail: list[AuditEntry] = field(default_factory=list)

    async def book(self, slug: str) -> Book:
        assert slug == self.the_book.slug
        return self.the_book

    async def change_book(self, book: Book) -> None:
        self.the_book = book

    async def live_cards(self, book: BookId, subject: BookId) -> Sequence[StaffCard]:
        return ()

    async def record(self, entry: AuditEntry) -> None:
        self.trail.append(entry)

    async def store_rows(self, book: BookId, rows: Iterable[LedgerRow], at: datetime, *, lock_book: bool) -> Sequence[Stored]:
        assert (book, at, lock_book) == (self.the_book.id, NOW, True)
        return [self._store(row) for row in rows]

    def _store(self, row: LedgerRow) -> Stored:
        known, self.rows[row.number] = self.rows.get(row.number), row
        return Stored.IMPORTED if known is None else Stored.UNCHANGED if known == row else Stored.UPDATED


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


async def _import(shelf: Shelf, *parsed: LedgerRow | Refusal, as_of: date = TODAY, **ask: bool) -> Imported:
    """Rows stand on lines 2, 3, 4 ..."""
    entries = [one if isinstance(one, Refusal) else Entry(line, one) for line, one in enumerate(parsed, 2)]
    wanted = ImportLedger("main", entries, as_of, number_column="Invoice no", by="Ana", **ask)
    result = await import_ledger(wanted, cast(UnitOfWork, shelf), FixedClock(NOW))
    assert result.imported + result.updated + result.unchanged + len(result.refused) == result.rows == len(parsed)
    return result


async def test_rows_are_imported_then_unchanged_then_updated(shelf: Shelf) -> None:
    assert await _import(shelf, ROW) == Imported(1, 1, 1, 0, 0, (), ())
    assert await _import(shelf, ROW) == Imported(1, 1, 0, 0, 1, (), ())
    assert await _import(shelf, replace(ROW, due_on=date(2026, 10, 2))) == Imported(1, 1, 0, 1, 0, (), ())


async def test_refused_rows_are_reported_and_the_good_ones_kept(shelf: Shelf) -> None:
    bad = Refusal(3, "Due", "no date")
    result = await _import(shelf, ROW, bad)
    assert (result.imported, result.refused) == (1, (bad,))
    assert list(shelf.rows) == ["R-1"]


async def test_all_or_nothing_keeps_nothing_and_says_what_would_have_been(shelf: Shelf) -> None:
    with pytest.raises(NothingKept) as caught:
        await _import(shelf, ROW, Refusal(3, "Due", "no date"), all_or_nothing=True)
    assert (caught.value.result.imported, len(caught.value.result.refused)) == (1, 1)
    assert shelf.the_book.read_through is None
    assert (await _import(shelf, replace(ROW, number="R-2"), all_or_nothing=True)).imported == 1


async def test_a_dry_run_keeps_nothing_whatever_the_rows_are(shelf: Shelf) -> None:
    with pytest.raises(NothingKept) as caught:
        await _import(shelf, ROW, dry_run=True)
    assert caught.value.result == Imported(1, 1, 1, 0, 0, (), ())
    assert not shelf.trail


async def test_a_number_that_comes_again_with_equal_content_is_unchanged_and_told(shelf: Shelf) -> None:
    assert await _import(shelf, ROW, ROW) == Imported(2, 1, 1, 0, 1, (), (Repeat(3, 2, "R-1"),))


async def test_a_number_that_comes_again_with_other_content_is_refused_with_the_first_line(shelf: Shelf) -> None:
    result = await _import(shelf, ROW, replace(ROW, total=Money(1, "EUR")))
    assert result.refused == (Refusal(3, "Invoice no", "Line 2 has the same invoice number with other content."),)
    assert shelf.rows["R-1"].total == ROW.total


async def test_rows_without_a_number_are_named_by_what_they_say_and_how_often(shelf: Shelf) -> None:
    nameless = replace(ROW, number="")
    result = await _import(shelf, nameless, replace(nameless, total=Money(1, "EUR")), replace(nameless, customer_name="ADA"))
    assert (result.imported, result.invoices) == (3, 3)
    first, other, again = shelf.rows
    assert (first[-2:], other[-2:], again[-2:]) == ("-1", "-1", "-2")
    assert first.startswith("auto-")
    assert first[:-2] == again[:-2] != other[:-2]
    assert result.repeats == (Repeat(4, 2, again),)


async def test_names_made_up_do_not_depend_on_the_order_or_the_day_of_the_file(shelf: Shelf) -> None:
    part_paid = replace(ROW, number="", paid=Money(5, "EUR"))
    rows = [part_paid, replace(part_paid, total=Money(1, "EUR")), part_paid]
    await _import(shelf, *rows, as_of=date(2026, 11, 20))
    before = set(shelf.rows)
    await _import(shelf, *reversed(rows), as_of=TODAY)
    assert set(shelf.rows) == before


@pytest.mark.parametrize(
    "other",
    [
        replace(ROW, number="", customer_number="C2"),
        replace(ROW, number="", due_on=date(2026, 9, 1)),
        replace(ROW, number="", paid_on=date(2026, 9, 1)),
        replace(ROW, number="", total=Money(24995, "USD")),
    ],
)
async def test_customer_due_date_amount_and_paid_date_make_another_invoice(shelf: Shelf, other: LedgerRow) -> None:
    result = await _import(shelf, replace(ROW, number=""), other)
    assert (result.invoices, result.repeats) == (2, ())


async def test_money_without_a_date_counts_from_the_day_of_the_file(shelf: Shelf) -> None:
    paid = replace(ROW, paid=Money(5, "EUR"))
    dated = replace(paid, number="R-2", paid_on=date(2026, 11, 1))
    await _import(shelf, paid, dated, replace(ROW, number="R-3", paid=Money(0, "EUR")), as_of=date(2026, 11, 20))
    assert [row.paid_on for row in shelf.rows.values()] == [date(2026, 11, 20), date(2026, 11, 1), None]


async def test_the_book_is_as_fresh_as_its_newest_file(shelf: Shelf) -> None:
    await _import(shelf, ROW, as_of=date(2026, 11, 20))
    assert (shelf.the_book.read_through, shelf.the_book.read_at) == (date(2026, 11, 20), NOW)
    await _import(shelf, ROW, as_of=date(2026, 11, 2))
    assert shelf.the_book.read_through == date(2026, 11, 20)


async def test_a_file_of_which_nothing_could_be_read_makes_no_book_fresh(shelf: Shelf) -> None:
    await _import(shelf, Refusal(2, None, "broken"))
    assert shelf.the_book.read_through is None


async def test_a_file_from_a_day_to_come_is_refused(shelf: Shelf) -> None:
    with pytest.raises(Refused, match="day to come"):
        await _import(shelf, ROW, as_of=date(2026, 11, 25))


async def test_the_trail_holds_who_and_the_counts_and_no_content(shelf: Shelf) -> None:
    await _import(shelf, ROW, Refusal(3, "Due", "Ada's secret"))
    (entry,) = shelf.trail
    assert (entry.actor, entry.type, entry.at) == ("Ana", "ledger.imported", NOW)
    assert entry.data == {
        "book": "main",
        "as_of": "2026-11-24",
        "rows": 2,
        "imported": 1,
        "updated": 0,
        "unchanged": 0,
        "refused": 1,
        "unlisted": 0,
    }


async def test_an_invoice_put_together_from_lines_counts_all_of_them_and_tells_equal_ones(shelf: Shelf) -> None:
    entries: list[Entry | Refusal] = [Entry(2, ROW, 3, (4,)), Refusal(9, None, "late"), Refusal(5, None, "early")]
    ask = ImportLedger("main", entries, TODAY)
    first = await import_ledger(ask, cast(UnitOfWork, shelf), FixedClock(NOW))
    assert first == Imported(5, 1, 3, 0, 0, (Refusal(5, None, "early"), Refusal(9, None, "late")), (Repeat(4, 2, "R-1"),))
    again = await import_ledger(ask, cast(UnitOfWork, shelf), FixedClock(NOW))
    assert (again.rows, again.imported, again.unchanged) == (5, 0, 3)


async def test_a_credit_note_passes_as_a_row_of_its_own(shelf: Shelf) -> None:
    result = await _import(shelf, ROW, replace(ROW, number="CN-1", total=Money(-500, "EUR"), due_on=None))
    assert (result.invoices, result.imported) == (2, 2)
    assert shelf.rows["CN-1"].total == Money(-500, "EUR")
