"""Nobody asked to be forgotten, but nothing keeps their records any more: the day before, the day itself, and who is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from adapters.store.unit_of_work import SqlStore
from bot.keep.daily import AT_ONCE, Keeping
from tests.workflows.office import Office
from workflows.audit_invariants import audit_invariants
from workflows.domain.calendar import Place
from workflows.domain.money import Money
from workflows.domain.retention import invoices_kept_from
from workflows.publish_head import HeadPlaces

ISSUED = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("country", "today", "kept_from"),
    [
        ("DE", date(2034, 12, 31), date(2026, 1, 1)),
        ("DE", date(2035, 1, 1), date(2027, 1, 1)),
        ("FR", date(2036, 12, 31), date(2026, 1, 1)),
        ("GB", date(2033, 1, 1), date(2027, 1, 1)),
        ("XX", date(2037, 1, 1), date(2027, 1, 1)),
        (None, date(2036, 12, 31), date(2026, 1, 1)),
    ],
)
def test_the_first_day_of_which_records_are_kept(country: str | None, today: date, kept_from: date) -> None:
    assert invoices_kept_from(country, today) == kept_from


async def kept(store: SqlStore, *names: str, paid: str | None = "100.00", paid_on: date = ISSUED, country: str = "DE") -> Office:
    """Customers with an invoice of March 2026, paid on that day or not at all."""
    office = Office(store)
    office.clock.set(datetime(2026, 3, 2, 9, tzinfo=UTC))
    await office.open()
    async with store() as work:
        book = await work.book("main")
        await work.change_book(replace(book, place=Place("Europe/Berlin", country)))
        rows = [replace(office.row(name, ISSUED, "100.00"), issued_on=ISSUED) for name in names]
        money = None if paid is None else Money.of(paid, "EUR")
        await work.store_rows(book.id, [replace(row, paid=money, paid_on=paid_on) for row in rows], office.clock.now())
    return office


async def forgotten(office: Office, on: date) -> int:
    office.clock.set(datetime.combine(on, datetime.min.time(), UTC) + timedelta(hours=9))
    return await Keeping(office.store, office.policies, office.clock, HeadPlaces()).forget()


async def test_after_the_last_day_of_keeping_nothing_names_the_person(store: SqlStore) -> None:
    office = await kept(store, *(f"c{n}" for n in range(AT_ONCE + 2)))
    assert await forgotten(office, date(2034, 12, 31)) == 0
    assert await forgotten(office, date(2035, 1, 1)) == AT_ONCE + 2
    assert await forgotten(office, date(2035, 1, 2)) == 0
    account = await office.account("c3")
    assert (account.customer.name[:7], account.customer.emails) == ("Erased ", ())
    async with store() as work:
        assert await work.snapshots_of(account.customer.id) == []
    assert {data["whole"] for kind, data in await office.trail() if kind == "person.erased"} == {True}
    assert (await store.audit.verify()).first_bad is None
    assert await audit_invariants(store, office.policies, office.clock) == []


@pytest.mark.parametrize(
    ("paid", "paid_on", "country"),
    [
        (None, ISSUED, "DE"),  # still owes it
        ("99.99", ISSUED, "DE"),
        ("120.00", ISSUED, "DE"),  # has money with us
        ("100.00", date(2027, 1, 1), "DE"),  # the payment's own record is kept a year longer
        ("100.00", ISSUED, "FR"),
    ],
)
async def test_who_is_left_alone(store: SqlStore, paid: str | None, paid_on: date, country: str) -> None:
    office = await kept(store, "acme", paid=paid, paid_on=paid_on, country=country)
    assert await forgotten(office, date(2035, 1, 1)) == 0
    assert (await office.account("acme")).customer.name == "Acme"


async def test_one_who_is_left_alone_keeps_nobody_else_from_it(store: SqlStore) -> None:
    office = await kept(store, *(f"owes{n}" for n in range(AT_ONCE)), paid=None)
    async with store() as work:
        row = replace(office.row("paid", ISSUED, "5.00"), issued_on=ISSUED, paid=Money.of("5.00", "EUR"), paid_on=ISSUED)
        await work.store_rows((await work.book("main")).id, [row], office.clock.now())
    assert await forgotten(office, date(2035, 1, 1)) == 1
