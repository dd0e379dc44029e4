"""Fees, approvals, tasks, answers and money by hand come back with their account, once each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.store.unit_of_work import SqlStore
from tests.store.samples import LATER, NOW, TODAY, account, add_user, book_in, customer_id, eur, import_rows, item_id, row
from workflows.domain.access import Role
from workflows.domain.account import Credit, CreditKind, Payment
from workflows.domain.approvals import Approval, ApprovalEnd, ApprovalKind, Given
from workflows.domain.charges import Fee
from workflows.domain.contact import Meaning, OptOut, Reply
from workflows.domain.ids import ApprovalId, ReplyId, TaskId, new_id
from workflows.domain.tasks import Task
from workflows.errors import NotKnown


async def test_a_step_charges_an_item_once_and_a_waived_fee_says_when(store: SqlStore) -> None:
    await import_rows(store, row())
    fee = Fee(await item_id(store), "final", eur("10.00"), NOW)
    async with store() as work:
        assert [await work.add_fee(fee), await work.add_fee(replace(fee, amount=eur("11.00")))] == [True, False]
    assert (await account(store)).fees == (fee,)
    async with store() as work:
        await work.waive_fee(fee.item, "final", LATER)
    assert (await account(store)).fees == (replace(fee, waived_at=LATER),)


async def test_an_approval_counts_each_person_once_and_ends_once(store: SqlStore) -> None:
    ana, max_ = await add_user(store), await add_user(store, "Max", Role.MANAGER)
    await import_rows(store, row())
    item = await item_id(store)
    asked = Approval(
        ApprovalId(new_id()), ApprovalKind.WRITE_OFF, item, item, "{}", "ab", NOW, NOW + timedelta(days=7), ana, amount=eur("5.00")
    )
    async with store() as work:
        await work.add_approval(asked)
        assert [await work.give_approval(asked.id, max_, LATER), await work.give_approval(asked.id, max_, LATER)] == [True, False]
        assert await work.open_approvals(await book_in(work)) == [
            ((await work.account_of(item)).customer.id, replace(asked, given=(Given(max_, LATER),)))
        ]
    given = replace(asked, given=(Given(max_, LATER),))
    assert (await account(store)).approvals == (given,)
    async with store() as work:
        await work.end_approval(asked.id, ApprovalEnd.DONE, LATER)
        await work.end_approval(asked.id, ApprovalEnd.REFUSED, LATER + timedelta(hours=1))
    assert (await account(store)).approvals == (replace(given, ended_at=LATER, ended_how=ApprovalEnd.DONE),)
    async with store() as work:
        assert (await work.approval(asked.id))[0].ended_how is ApprovalEnd.DONE
        assert await work.open_approvals(await book_in(work)) == []


async def test_a_task_is_made_once_by_its_key_and_done_once(store: SqlStore) -> None:
    ana = await add_user(store)
    await import_rows(store, row())
    task = Task(TaskId(new_id()), "task:1:call", await item_id(store), "call", NOW, owner=ana, due_on=TODAY)
    async with store() as work:
        assert [await work.add_task(task), await work.add_task(replace(task, id=TaskId(new_id())))] == [True, False]
        assert [one.id for _, one in await work.open_tasks(await book_in(work))] == [task.id]
        assert [await work.finish_task(task.id, ana, LATER), await work.finish_task(task.id, ana, LATER)] == [True, False]
        assert await work.open_tasks(await book_in(work)) == []
    assert (await account(store)).tasks == (replace(task, done_at=LATER, done_by=ana),)


async def test_an_opt_out_runs_once_and_both_events_stay_when_it_ends_and_begins_anew(store: SqlStore) -> None:
    await import_rows(store, row())
    customer = await customer_id(store)
    fact = OptOut("email", "pay@c1.example", "reply", NOW)
    async with store() as work:
        assert [await work.opt_out(fact, customer), await work.opt_out(fact, customer)] == [True, False]
        assert [await work.opt_in(customer, "email", "pay@c1.example", LATER) for _ in range(2)] == [True, False]
        assert await work.opt_out(replace(fact, at=LATER), customer)
    assert [one.ended_at for one in (await account(store)).opt_outs] == [LATER, None]


async def test_an_answer_is_taken_once_keeps_its_words_and_waits_until_somebody_dealt_with_it(store: SqlStore) -> None:
    ana = await add_user(store)
    await import_rows(store, row())
    item, customer = await item_id(store), await customer_id(store)
    reply = Reply(ReplyId(new_id()), "imap:1", "email", "pay@c1.example", NOW, Meaning.PROMISE, (item,), TODAY, eur("20.00"))
    async with store() as work:
        assert [await work.add_reply(reply, customer, "We pay on Monday – grüße"), await work.add_reply(reply, customer, "")] == [
            True,
            False,
        ]
        assert await work.reply(reply.id) == (reply, customer, "We pay on Monday – grüße")
        assert await work.open_replies(await book_in(work)) == [(customer, reply)]
        assert [await work.end_reply(reply.id, Meaning.PAID, ana, LATER) for _ in range(2)] == [True, False]
        assert await work.open_replies(await book_in(work)) == []
    assert (await account(store)).replies == (replace(reply, meaning=Meaning.PAID, ended_at=LATER, ended_by=ana),)


async def test_money_by_hand_is_taken_once_and_reversed_once(store: SqlStore) -> None:
    await import_rows(store, row())
    item, customer = await item_id(store), await customer_id(store)
    paid, off = Payment(eur("40.00"), TODAY, item, "hand:1"), Credit(eur("5.00"), TODAY, item, "off:1", CreditKind.WRITE_OFF)
    async with store() as work:
        assert [await work.add_payment(paid, customer, NOW), await work.add_payment(paid, customer, NOW)] == [True, False]
        assert [await work.add_credit(off, customer, NOW), await work.add_credit(off, customer, NOW)] == [True, False]
    found = await account(store)
    assert (found.payments, found.credits) == ((paid,), (off,))
    async with store() as work:
        assert [await work.reverse_money(customer, "hand:1", TODAY, LATER) for _ in range(2)] == [True, False]
    assert (await account(store)).payments == (replace(paid, reversed_on=TODAY),)


async def test_a_customer_is_given_to_a_colleague_and_back_to_nobody(store: SqlStore) -> None:
    ana = await add_user(store)
    await import_rows(store, row())
    customer = await customer_id(store)
    for owner in (ana, None):
        async with store() as work:
            await work.assign(customer, owner, NOW)
        assert (await account(store)).customer.owner == owner


async def test_what_does_not_exist_is_said(store: SqlStore) -> None:
    async with store() as work:
        for asked in (work.task(TaskId(new_id())), work.approval(ApprovalId(new_id())), work.reply(ReplyId(new_id()))):
            with pytest.raises(NotKnown):
                await asked
