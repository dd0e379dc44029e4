"""Ledger rows become customers, invoices and payments, and the same file twice changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.store.samples import (
    NOW,
    TODAY,
    account,
    add_user,
    awake,
    book_in,
    customer_id,
    eur,
    import_rows,
    item_id,
    item_in,
    row,
    sleep_all,
)
from workflows.domain.account import Credit, CreditKind, Party, Payment, Snooze
from workflows.domain.allocation import balances
from workflows.domain.ids import BookId, new_id
from workflows.domain.money import Money


async def test_a_new_row_brings_the_customer_the_invoice_and_what_was_paid(store: SqlStore) -> None:
    given = row(
        paid=eur("40.00"), paid_on=date(2026, 2, 20), issued_on=date(2026, 1, 2), reference="PO 7", email="pay@c1.example",
        language="de", country="DE", zone="Europe/Berlin", party="consumer",
    )  # fmt: skip
    assert await import_rows(store, given) == ["imported"]
    found = await account(store)
    (item,) = found.items
    assert (item.number, item.total, item.due_on, item.issued_on, item.reference) == (
        "INV-1", eur("100.00"), date(2026, 2, 1), date(2026, 1, 2), "PO 7",
    )  # fmt: skip
    assert item.seen_at == NOW
    (payment,) = found.payments
    assert (payment.amount, payment.paid_on, payment.item) == (eur("40.00"), date(2026, 2, 20), item.id)
    customer = found.customer
    assert (customer.number, customer.name, customer.emails, customer.language) == ("C1", "Customer C1", ("pay@c1.example",), "de")
    assert (customer.place.zone, customer.place.country, customer.party) == ("Europe/Berlin", "DE", Party.CONSUMER)


async def test_what_a_customer_lacks_is_as_in_the_book(store: SqlStore) -> None:
    await import_rows(store, row(customer_name=None))
    found = await account(store)
    assert (found.customer.name, found.customer.language, found.customer.place) == ("C1", "en", found.book.place)


async def test_the_same_file_twice_changes_nothing(store: SqlStore) -> None:
    rows = [row("INV-1", paid=eur("10.00")), row("INV-2", "C2", customer_name="Two Ltd"), row("INV-3", "C2", customer_name="TWO LIMITED")]
    assert await import_rows(store, *rows) == ["imported"] * 3
    before = await account(store)
    await sleep_all(store)
    assert await import_rows(store, *rows, at=NOW + timedelta(days=1)) == ["unchanged"] * 3
    assert (await account(store)).payments == before.payments
    assert await awake(store) == []


async def test_a_changed_total_or_due_day_is_an_update_and_wakes_the_account(store: SqlStore) -> None:
    await import_rows(store, row("INV-1"), row("INV-2", "C2"))
    await sleep_all(store)
    assert await import_rows(store, row("INV-1", total="120.00"), row("INV-2", "C2")) == ["updated", "unchanged"]
    found = await account(store)
    assert found.items[0].total == eur("120.00")
    assert await awake(store) == [found.customer.id]


async def test_another_product_is_an_update_and_a_file_without_products_leaves_it(store: SqlStore) -> None:
    await import_rows(store, row(product="Hosting"))
    await sleep_all(store)
    assert await import_rows(store, row(product=None)) == ["unchanged"]
    assert (await account(store)).items[0].product == "Hosting"
    assert await import_rows(store, row(product="Licences")) == ["updated"]
    found = await account(store)
    assert found.items[0].product == "Licences"
    assert await awake(store) == [found.customer.id]


async def test_only_the_difference_to_what_was_paid_before_becomes_a_payment(store: SqlStore) -> None:
    for paid in ("30.00", "50.00", "50.00", "20.00", "50.00"):
        await import_rows(store, row(paid=eur(paid)))
    amounts = [payment.amount for payment in (await account(store)).payments]
    assert sorted(amount.plain for amount in amounts) == ["-30.00", "20.00", "30.00", "30.00"]
    assert sum(amount.minor for amount in amounts) == 5000


@pytest.mark.parametrize(
    ("files", "open_"),
    [
        (["0.00", "0.00"], "40.00"),  # the books do not know it yet
        (["0.00", "60.00", "60.00"], "40.00"),  # now they do
        (["60.00", "0.00"], "40.00"),
        (["30.00"], "40.00"),  # a part of it
        (["80.00", "80.00"], "20.00"),  # and other money
        (["80.00", "70.00"], "20.00"),  # still more than files had brought
        (["80.00", "10.00"], "30.00"),  # less than files had brought: that was a mistake
        (["100.00"], "0.00"),
    ],
)
async def test_what_was_noted_or_written_off_by_hand_counts_once_before_and_after_the_file_has_it(
    store: SqlStore, files: list[str], open_: str
) -> None:
    await import_rows(store, row(paid=eur("0.00")))
    item, customer = await item_id(store), await customer_id(store)
    async with store() as work:
        await work.add_payment(Payment(eur("50.00"), TODAY, item, "hand:1"), customer, NOW)
        await work.add_payment(Payment(eur("7.00"), TODAY, item, "hand:2", TODAY), customer, NOW)
        await work.add_credit(Credit(eur("10.00"), TODAY, item, "write_off:1", CreditKind.WRITE_OFF), customer, NOW)
    for paid in files:
        await import_rows(store, row(paid=eur(paid)))
    assert balances(await account(store)).open_of(item) == eur(open_)


async def test_a_file_that_says_nothing_of_payments_takes_none_back(store: SqlStore) -> None:
    await import_rows(store, row(paid=eur("30.00")))
    assert await import_rows(store, row(paid=None)) == ["unchanged"]
    assert len((await account(store)).payments) == 1


async def test_money_without_a_day_came_on_the_day_of_the_import(store: SqlStore) -> None:
    await import_rows(store, row(paid=eur("30.00")))
    assert (await account(store)).payments[0].paid_on == NOW.date()


async def test_the_later_of_two_rows_with_one_number_wins(store: SqlStore) -> None:
    assert await import_rows(store, row(total="100.00"), row(total="90.00", paid=eur("5.00")), row(total="90.00")) == [
        "imported", "updated", "unchanged",
    ]  # fmt: skip
    found = await account(store)
    assert ([item.total for item in found.items], [payment.amount for payment in found.payments]) == ([eur("90.00")], [eur("5.00")])


async def test_a_corrected_currency_corrects_the_money_received_too(store: SqlStore) -> None:
    await import_rows(store, row(paid=eur("30.00")))
    dollars = Money.of("100.00", "USD")
    await import_rows(store, replace(row(paid=Money.of("30.00", "USD")), total=dollars))
    found = await account(store)
    assert found.items[0].total == dollars
    assert [payment.amount for payment in found.payments] == [Money.of("30.00", "USD")]


async def test_an_invoice_that_moves_to_another_customer_takes_its_facts_along(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(store, row("INV-1", "C1", paid=eur("30.00")), row("INV-2", "C2"))
    async with store() as work:
        await work.snooze(Snooze(await item_in(work), date(2026, 4, 1), user, NOW))
    await sleep_all(store)
    await import_rows(store, row("INV-1", "C2"))
    found = await account(store)
    assert found.customer.number == "C2"
    assert (len(found.items), len(found.payments), len(found.snoozes)) == (2, 1, 1)
    assert len(await awake(store)) == 2


async def test_the_same_number_in_two_books_is_two_invoices(store: SqlStore) -> None:
    async with store() as work:
        book = await work.book("main")
        other = replace(book, id=BookId(new_id()), slug="north", name="North")
        await work.add_book(other)
        await work.store_rows(book.id, [row()], NOW)
        await work.store_rows(other.id, [row(total="7.00")], NOW)
        assert sorted(found.item.total.plain for found in await work.find_items("INV-1")) == ["100.00", "7.00"]
        assert [found.book.slug for found in await work.find_items("INV-1", other.id)] == ["north"]


async def test_a_thousand_rows_take_no_more_statements_than_ten(database_url: str) -> None:
    engine, said = open_engine(database_url), list[str]()
    event.listen(engine.sync_engine, "before_cursor_execute", lambda _connection, _cursor, statement, *_: said.append(statement))
    store = SqlStore(engine, [SECRET_KEY])
    counts = []
    for size in (10, 1_000):
        rows = [row(f"{size}-{n}", f"{size}-{n % 5}", paid=eur("1.00") if n % 2 else None, email=f"c{n}@x.example") for n in range(size)]
        for expected in ("imported", "unchanged"):
            said.clear()
            assert set(await import_rows(store, *rows)) == {expected}
            counts.append(len(said))
    async with store() as work:
        (line,) = await work.aging(await book_in(work), TODAY)
    await store.close()
    assert line.d1_30 == (1_010, eur("100495.00"))
    assert counts[:2] == counts[2:]


async def test_an_item_id_outlives_the_next_file(store: SqlStore) -> None:
    await import_rows(store, row())
    before = await item_id(store)
    await import_rows(store, row(total="1.00"))
    assert await item_id(store) == before


async def test_a_credit_note_is_money_on_account_under_its_number_and_nets(store: SqlStore) -> None:
    note = replace(row("CN-1", total="-30.00"), issued_on=date(2026, 1, 15), due_on=None)
    assert await import_rows(store, row("INV-1"), note) == ["imported", "imported"]
    found = await account(store)
    assert [item.number for item in found.items] == ["INV-1"]
    (credit,) = found.credits
    assert (credit.amount, credit.credited_on, credit.item) == (eur("30.00"), date(2026, 1, 15), None)
    await sleep_all(store)
    assert await import_rows(store, note) == ["unchanged"]
    assert await awake(store) == []
    async with store() as work:
        (line,) = await work.aging(await book_in(work), TODAY)
    assert line.unapplied == eur("-30.00")


async def test_what_was_used_of_a_credit_note_is_taken_off_it_and_another_customer_may_turn_out_to_own_it(store: SqlStore) -> None:
    note = replace(row("CN-1", total="-30.00"), issued_on=date(2026, 1, 15))
    used = replace(note, paid=eur("-10.00"), paid_on=date(2026, 2, 1))
    await import_rows(store, row("INV-1"))
    assert [await import_rows(store, one) for one in (note, used, used)] == [["imported"], ["updated"], ["unchanged"]]
    assert [credit.amount.plain for credit in (await account(store)).credits] == ["20.00"]
    moved = replace(used, customer_number="C2")
    assert [await import_rows(store, one) for one in (moved, moved)] == [["updated"], ["unchanged"]]
    async with store() as work:
        (line,) = await work.aging(await book_in(work), TODAY)
    assert line.unapplied == eur("-20.00")


async def test_every_address_of_a_row_becomes_one_of_the_customer(store: SqlStore) -> None:
    await import_rows(store, replace(row(email="a@c1.example"), more_emails=("b@c1.example",)))
    assert (await account(store)).customer.emails == ("a@c1.example", "b@c1.example")
