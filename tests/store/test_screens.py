"""What the inbox lists and counts, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from adapters.store.unit_of_work import SqlStore
from tests.fakes.clock import TUESDAY
from workflows.domain.access import Role, User
from workflows.domain.account import Escalation, Flag, Item, ItemKind, Plan, PlanState, Snooze
from workflows.domain.claims import Dispute, Hold, HoldKind, Promise
from workflows.domain.ids import BookId, HoldId, ItemId, PlanId, PromiseId, UserId, new_id
from workflows.domain.money import Money
from workflows.ports import UnitOfWork
from workflows.records import LedgerRow, Mark

DAY = date(2026, 11, 24)
ANA = User(UserId(new_id()), "ana@northwind.example", "Ana", Role.MANAGER)


def owed(number: str, late: int, *, paid: str | None = None) -> LedgerRow:
    received = None if paid is None else Money.of(paid, "EUR")
    return LedgerRow(
        number, f"C-{number}", f"Customer {number}", Money.of("100.00", "EUR"), DAY - timedelta(late), paid=received, paid_on=DAY
    )


async def filled(work: UnitOfWork) -> tuple[BookId, dict[str, ItemId]]:
    """Four invoices, three of them late, of which one is paid."""
    book = await work.book("main")
    await work.add_user(ANA)
    ledger = [owed("1", 9), owed("2", 5), owed("3", 7, paid="100.00"), owed("4", -2)]
    await work.store_rows(book.id, ledger, TUESDAY)
    return book.id, {row.number: (await work.find_items(row.number))[0].item.id for row in ledger}


async def numbers(work: UnitOfWork, book: BookId, mark: Mark, limit: int = 10, skip: int = 0) -> list[str]:
    return [(await work.account_of(item)).item(item).number for _, item in await work.marked(book, mark, DAY, limit, skip)]


async def test_marked_items_are_listed_while_the_mark_holds_and_something_is_open(store: SqlStore) -> None:
    async with store() as work:
        book, items = await filled(work)
        for number in ("1", "2", "3"):
            await work.flag(Flag(items[number], ANA.id, TUESDAY))
            await work.snooze(Snooze(items[number], DAY + timedelta(3), ANA.id, TUESDAY))
            await work.escalate(Escalation(items[number], ANA.id, "late", ANA.id, TUESDAY))
        await work.snooze(Snooze(items["4"], DAY, ANA.id, TUESDAY))
        assert await numbers(work, book, Mark.FLAGGED) == ["1", "2"]
        assert await numbers(work, book, Mark.SNOOZED) == ["1", "2"]
        assert await numbers(work, book, Mark.ESCALATED) == ["1", "2"]
        await work.end_flag(items["1"], TUESDAY)
        await work.end_snooze(items["1"], TUESDAY)
        await work.end_escalation(items["2"], TUESDAY)
        assert await work.mark_counts(book, DAY) == dict.fromkeys(Mark, 0) | {Mark.FLAGGED: 1, Mark.SNOOZED: 1, Mark.ESCALATED: 1}


async def test_what_is_promised_disputed_or_held_is_listed_while_it_stands(store: SqlStore) -> None:
    async with store() as work:
        book, items = await filled(work)
        owner = {number: (await work.account_of(item)).customer.id for number, item in items.items()}
        for number, until in (("1", DAY), ("2", DAY - timedelta(1))):
            word = Promise(PromiseId(new_id()), (items[number],), Money.of("10.00", "EUR"), until, ANA.id, TUESDAY)
            await work.promise(word, owner[number])
        assert await numbers(work, book, Mark.PROMISED) == ["1"]
        await work.dispute(Dispute(items["2"], "wrong price", ANA.id, TUESDAY))
        assert await numbers(work, book, Mark.DISPUTED) == ["2"]
        await work.settle_dispute(items["2"], "agreed", TUESDAY)
        assert await numbers(work, book, Mark.DISPUTED) == []
        whole = Hold(HoldId(new_id()), None, "audit", None, ANA.id, TUESDAY)
        await work.hold(whole, owner["4"])
        await work.hold(Hold(HoldId(new_id()), items["1"], "audit", DAY, ANA.id, TUESDAY), owner["1"])
        paid = Hold(HoldId(new_id()), items["2"], "", DAY + timedelta(1), ANA.id, TUESDAY, HoldKind.SAYS_PAID, Money.of("0.00", "EUR"))
        await work.hold(paid, owner["2"])
        assert await numbers(work, book, Mark.HELD) == ["2", "4"]
        await work.store_rows(book, [owed("2", 5, paid="10.00")], TUESDAY)
        await work.end_hold(whole.id, TUESDAY)
        assert await numbers(work, book, Mark.HELD) == []


async def test_only_an_accepted_plan_puts_its_invoices_on_the_list(store: SqlStore) -> None:
    async with store() as work:
        book, items = await filled(work)
        part = Item(ItemId(new_id()), "P/1", Money.of("100.00", "EUR"), DAY, TUESDAY, kind=ItemKind.INSTALMENT)
        plan = Plan(PlanId(new_id()), (items["1"],), (part,), PlanState.PROPOSED, ANA.id, TUESDAY)
        plan = replace(plan, instalments=(replace(part, plan=plan.id),))
        await work.add_plan(plan, (await work.account_of(items["1"])).customer.id)
        assert await numbers(work, book, Mark.ON_PLAN) == []
        await work.set_plan(plan.id, PlanState.ACTIVE, ANA.id, TUESDAY, "by phone")
        assert await numbers(work, book, Mark.ON_PLAN) == ["1"]


async def test_a_long_list_comes_in_pages_oldest_first(store: SqlStore) -> None:
    async with store() as work:
        book, items = await filled(work)
        for number in ("4", "2", "1"):
            await work.flag(Flag(items[number], ANA.id, TUESDAY))
        assert await numbers(work, book, Mark.FLAGGED, limit=2) == ["1", "2"]
        assert await numbers(work, book, Mark.FLAGGED, limit=2, skip=2) == ["4"]


@pytest.mark.parametrize(("day", "late"), [(DAY, 2), (DAY + timedelta(2), 2), (DAY + timedelta(3), 3), (DAY - timedelta(5), 1)])
async def test_customers_with_something_open_past_due_are_counted(store: SqlStore, day: date, late: int) -> None:
    async with store() as work:
        book, _ = await filled(work)
        assert await work.count_overdue(day, book) == await work.count_overdue(day) == late
        found, among = await work.overdue_accounts(day, 10, book)
        assert len(found) == among == late


async def test_items_know_their_owners(store: SqlStore) -> None:
    async with store() as work:
        _, items = await filled(work)
        owners = await work.owners([*items.values(), ItemId(new_id())])
        assert owners == {item: (await work.account_of(item)).customer.id for item in items.values()}
