"""Names and numbers spelt almost right are found, and overdue customers by owner and amount, on both databases."""

from __future__ import annotations

import pytest

from adapters.store.unit_of_work import SqlStore
from tests.workflows.office import ANA, opened
from workflows.domain.money import Money
from workflows.records import CustomerRow


@pytest.mark.parametrize(
    ("typed", "names"),
    [("birkenhoff", ["Birkenhof"]), ("brikenhof", ["Birkenhof"]), ("birkenhof gmbh", ["Birkenhof"]), ("zzz", []), ("%", []), ("", [])],
)
async def test_a_name_with_a_slip_is_found(store: SqlStore, typed: str, names: list[str]) -> None:
    await opened(store, "birkenhof", "acme")
    async with store() as work:
        assert [customer.name for customer in await work.near_customers(typed)] == names


async def test_a_number_in_other_letters_or_with_a_slip_is_found(store: SqlStore) -> None:
    await opened(store, "birkenhof", "acme")
    async with store() as work:
        for typed in ("inv-birkenhof", "INV-brikenhof", "birkenhof"):
            assert [one.item.number for one in await work.near_items(typed)][:1] == ["INV-birkenhof"], typed
        assert await work.near_items("\\%_'") == []


async def test_accents_need_not_be_typed(store: SqlStore) -> None:
    """What is spelt in another way is a choice instead."""
    office = await opened(store, "birkenhof")
    name = "Bäckerei Möller & Söhne KG"
    async with store() as work:
        book = await work.book("main")
        await work.store_customer(book.id, CustomerRow("C-9", name), office.clock.now())
    async with store() as work:
        for typed in ("moller", "MÖLLER", "mo\u0308ller sohne", "backerei möl"):
            assert [customer.name for customer in await work.find_customers(typed)] == [name], typed
        assert await work.find_customers("moeller") == []
        assert [customer.name for customer in await work.near_customers("moeller")] == [name]


async def test_overdue_customers_are_chosen_by_owner_and_by_their_sum_in_one_currency(store: SqlStore) -> None:
    office = await opened(store, "acme", "acme/2", "brill")
    account = await office.account("acme")
    async with store() as work:
        await work.assign(account.customer.id, ANA.id, office.clock.now())
        for least, count in (("200.00", 1), ("200.01", 0), ("100.00", 2)):
            assert len((await work.overdue_accounts(office.today, 9, least=Money.of(least, "EUR")))[0]) == count
            assert await work.count_overdue(office.today, least=Money.of(least, "EUR")) == count
        assert await work.overdue_accounts(office.today, 9, least=Money.of("1.00", "USD")) == ([], 0)
        assert await work.overdue_accounts(office.today, 9, owner=ANA.id) == ([(account.items[0].due_on, account.customer.id)], 1)
        assert await work.count_overdue(office.today, owner=ANA.id) == 1
