"""Facts come back with the account they belong to, and have the tick look at it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from adapters.store.unit_of_work import SqlStore, SqlUnitOfWork
from tests.store.samples import (
    LATER,
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
    notice,
    plan,
    row,
    sleep_all,
)
from workflows.domain.access import Role
from workflows.domain.account import Act, Escalation, Flag, NoticeState, PlanState, Raised, Snooze
from workflows.domain.claims import Dispute, Hold, HoldKind, Promise, PromiseEnd
from workflows.domain.ids import CustomerId, HoldId, ItemId, PlanId, PromiseId, UserId, new_id
from workflows.errors import NotKnown

UNTIL = date(2026, 3, 20)


async def test_a_new_snooze_ends_the_one_that_runs(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(store, row())
    async with store() as work:
        item = await item_in(work)
        await work.snooze(Snooze(item, UNTIL, user, NOW))
        await work.snooze(Snooze(item, UNTIL + timedelta(days=7), user, LATER))
    first, second = (await account(store)).snoozes
    assert (first.until, first.ended_at) == (UNTIL, LATER)
    assert (second.until, second.ended_at) == (UNTIL + timedelta(days=7), None)
    async with store() as work:
        await work.end_snooze(item, LATER)
    assert all(snooze.ended_at for snooze in (await account(store)).snoozes)


async def test_a_flag_and_an_escalation_stand_until_they_are_ended(store: SqlStore) -> None:
    user, boss = await add_user(store), await add_user(store, "Bo", Role.MANAGER)
    await import_rows(store, row())
    item = await item_id(store)
    async with store() as work:
        await work.flag(Flag(item, user, NOW, "look at this"))
        await work.escalate(Escalation(item, boss, "too large", user, NOW))
    found = await account(store)
    assert (found.flags[0].note, found.flags[0].ended_at) == ("look at this", None)
    assert (found.escalations[0].to, found.escalations[0].why, found.escalations[0].by) == (boss, "too large", user)
    async with store() as work:
        await work.end_flag(item, LATER)
        await work.end_escalation(item, LATER)
    found = await account(store)
    assert (found.flags[0].ended_at, found.escalations[0].ended_at) == (LATER, LATER)


async def test_an_escalation_by_the_policy_names_nobody(store: SqlStore) -> None:
    boss = await add_user(store, "Bo", Role.MANAGER)
    await import_rows(store, row())
    async with store() as work:
        await work.escalate(Escalation(await item_in(work), boss, "step reached", None, NOW))
    assert (await account(store)).escalations[0].by is None


async def test_acts_come_back_in_the_order_they_were_done(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(store, row())
    item = await item_id(store)
    async with store() as work:
        for words in ("Ana flagged it", "Ana snoozed it", "Ana woke it"):
            await work.add_act(Act(item, "any", user, "Ana", NOW, words))
    assert [act.words for act in (await account(store)).acts_on(item)] == ["Ana flagged it", "Ana snoozed it", "Ana woke it"]


async def test_an_item_is_raised_once_per_step_and_occurrence(store: SqlStore) -> None:
    await import_rows(store, row())
    item = await item_id(store)
    async with store() as work:
        assert await work.add_raised(Raised(item, "first", 0, NOW))
        assert not await work.add_raised(Raised(item, "first", 0, LATER))
        assert await work.add_raised(Raised(item, "first", 1, LATER))
        told = await work.raised_between(await book_in(work), NOW, LATER)
    assert [(raised.step, raised.occurrence, raised.at) for _, raised in told] == [("first", 0, NOW)]


async def test_a_plan_is_kept_with_its_instalments_in_order(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(store, row())
    offered = plan(await item_id(store), user, (date(2026, 4, 1), "60.00"), (date(2026, 5, 1), "40.00"))
    async with store() as work:
        await work.add_plan(offered, await customer_in(work))
    async with store() as work:
        assert await work.plan(offered.id) == (offered, await customer_in(work))
    assert (await account(store)).plans == (offered,)
    async with store() as work:
        await work.set_plan(offered.id, PlanState.ACTIVE, user, LATER, "on the phone")
    accepted = (await account(store)).plans[0]
    assert (accepted.state, accepted.accepted_by, accepted.accepted_at, accepted.accepted_how) == (
        PlanState.ACTIVE, user, LATER, "on the phone",
    )  # fmt: skip
    assert [item.total for item in (await account(store)).all_items] == [eur("100.00"), eur("60.00"), eur("40.00")]
    async with store() as work:
        await work.set_plan(offered.id, PlanState.CANCELLED, user, LATER)
    assert (await account(store)).plans[0].ended_at == LATER


def promise(item: ItemId, by: UserId) -> Promise:
    return Promise(PromiseId(new_id()), (item,), eur("40.00"), UNTIL, by, LATER)


def hold(item: ItemId | None, by: UserId, until: date | None = UNTIL) -> Hold:
    return Hold(HoldId(new_id()), item, "asked for", until, by, LATER)


async def test_promises_come_back_with_their_items_in_order_and_with_their_end(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(store, row("INV-1", "C1"), row("INV-2", "C1"))
    first, second = await item_id(store, "INV-1"), await item_id(store, "INV-2")
    made = replace(promise(first, user), items=(second, first))
    async with store() as work:
        await work.promise(made, await customer_in(work))
    assert (await account(store)).promises == (made,)
    async with store() as work:
        await work.end_promise(made.id, PromiseEnd.CANCELLED, LATER)
    assert (await account(store)).promises == (replace(made, ended_at=LATER, ended_how=PromiseEnd.CANCELLED),)


async def test_a_dispute_stands_until_it_is_settled_with_its_outcome(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(store, row())
    said = Dispute(await item_id(store), "wrong price", user, NOW)
    async with store() as work:
        await work.dispute(said)
    assert (await account(store)).disputes == (said,)
    async with store() as work:
        await work.settle_dispute(said.item, "credit note to come", LATER)
        await work.settle_dispute(said.item, "said twice", LATER)
    assert (await account(store)).disputes == (replace(said, ended_at=LATER, outcome="credit note to come"),)


async def test_holds_of_an_item_and_of_a_customer_end_one_by_one(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(store, row())
    whole = hold(None, user, None)
    paid = replace(hold(await item_id(store), user), kind=HoldKind.SAYS_PAID, had=eur("20.00"))
    async with store() as work:
        for fact in (whole, paid):
            await work.hold(fact, await customer_in(work))
    assert set((await account(store)).holds) == {whole, paid}
    async with store() as work:
        await work.end_hold(whole.id, LATER)
    assert set((await account(store)).holds) == {replace(whole, ended_at=LATER), paid}


async def customer_in(work: SqlUnitOfWork) -> CustomerId:
    return (await work.account_of(await item_in(work))).customer.id


Say = Callable[[SqlUnitOfWork, ItemId, CustomerId, UserId], Awaitable[object]]
FACTS: dict[str, Say] = {
    "snooze": lambda work, item, _, by: work.snooze(Snooze(item, UNTIL, by, LATER)),
    "end_snooze": lambda work, item, _, by: work.end_snooze(item, LATER),
    "flag": lambda work, item, _, by: work.flag(Flag(item, by, LATER)),
    "end_flag": lambda work, item, _, by: work.end_flag(item, LATER),
    "escalate": lambda work, item, _, by: work.escalate(Escalation(item, by, "", by, LATER)),
    "end_escalation": lambda work, item, _, by: work.end_escalation(item, LATER),
    "act": lambda work, item, _, by: work.add_act(Act(item, "flag", by, "Ana", LATER, "Ana flagged it")),
    "release": lambda work, _, customer, by: work.release(customer, by, LATER),
    "plan": lambda work, item, customer, by: work.add_plan(plan(item, by, (UNTIL, "100.00"), at=LATER), customer),
    "promise": lambda work, item, customer, by: work.promise(promise(item, by), customer),
    "dispute": lambda work, item, _, by: work.dispute(Dispute(item, "wrong price", by, LATER)),
    "settle_dispute": lambda work, item, _, by: work.settle_dispute(item, "agreed", LATER),
    "hold": lambda work, item, customer, by: work.hold(hold(item, by), customer),
    "notice": lambda work, item, customer, _: work.add_notice(customer, notice(item, at=LATER), "key"),
}


@pytest.mark.parametrize("fact", FACTS)
async def test_every_fact_has_its_account_looked_at_and_no_other(store: SqlStore, fact: str) -> None:
    user = await add_user(store)
    await import_rows(store, row("INV-1", "C1"), row("INV-2", "C2"))
    item, customer = await item_id(store), await customer_id(store)
    await sleep_all(store)
    async with store() as work:
        await FACTS[fact](work, item, customer, user)
    assert await awake(store) == [customer]


async def test_a_message_that_failed_has_its_account_looked_at(store: SqlStore) -> None:
    await import_rows(store, row())
    item, customer = await item_id(store), await customer_id(store)
    said = notice(item)
    async with store() as work:
        await work.add_notice(customer, said, "key")
    await sleep_all(store)
    async with store() as work:
        await work.set_notice(said.id, NoticeState.FAILED, LATER, "no such address")
    assert await awake(store) == [customer]


UNKNOWN: dict[str, Say] = {
    name: FACTS[name] for name in ("snooze", "flag", "escalate", "end_snooze", "release", "act", "dispute", "settle_dispute")
} | {
    "account": lambda work, _, customer, by: work.account(customer),
    "account_of": lambda work, item, _, by: work.account_of(item),
    "raised": lambda work, item, _, by: work.add_raised(Raised(item, "first", 0, NOW)),
    "end_promise": lambda work, item, _, by: work.end_promise(PromiseId(item), PromiseEnd.CANCELLED, NOW),
    "end_hold": lambda work, item, _, by: work.end_hold(HoldId(item), NOW),
    "promise": lambda work, item, customer, by: work.promise(promise(item, by), customer),
    "hold": lambda work, item, customer, by: work.hold(hold(item, by), customer),
    "plan of": lambda work, item, _, by: work.plan(PlanId(item)),
    "set_plan": lambda work, item, _, by: work.set_plan(PlanId(item), PlanState.ACTIVE, by, NOW),
    "book": lambda work, item, _, by: work.book("nowhere"),
    "user": lambda work, item, _, by: work.user(UserId(item)),
}


@pytest.mark.parametrize("what", UNKNOWN)
async def test_an_id_that_does_not_exist_is_said_to_be_unknown(store: SqlStore, what: str) -> None:
    user = await add_user(store)
    with pytest.raises(NotKnown):
        async with store() as work:
            await UNKNOWN[what](work, ItemId(new_id()), CustomerId(new_id()), user)


async def test_what_a_unit_added_is_gone_when_it_fails(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(store, row())
    item = await item_id(store)

    class Crash(Exception):
        pass

    async def crashing() -> None:
        async with store() as work:
            await work.snooze(Snooze(item, UNTIL, user, NOW))
            await work.flag(Flag(item, user, NOW))
            raise Crash

    with pytest.raises(Crash):
        await crashing()
    found = await account(store)
    assert (found.snoozes, found.flags) == ((), ())


async def test_first_contact_waits_until_it_is_released_and_only_the_first_release_counts(store: SqlStore) -> None:
    user = await add_user(store)
    await import_rows(
        store, row("LATE", "C1"), row("TODAY", "C2", due_on=TODAY), row("PAID", "C3", paid=eur("100.00")), row("OPEN", "C4", due_on=None)
    )
    await import_rows(store, row("LATER", "C2"), at=LATER)  # came late, but was not the first of its customer
    late = await customer_id(store, "LATE")
    async with store() as work:
        assert await work.waiting_for_release(None) == [late]
        assert await work.waiting_for_release(await book_in(work)) == [late]
        await work.release(late, user, NOW)
        await work.release(late, None, LATER)
        assert await work.waiting_for_release(None) == []
    assert (await account(store, "LATE")).released_at == NOW
