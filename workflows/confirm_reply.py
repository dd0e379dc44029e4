"""A person says what a customer's answer means, and that is what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from workflows.acting import record, redraw, require, show, when
from workflows.domain.access import Right, User
from workflows.domain.account import Account, Item, PlanState
from workflows.domain.allocation import balances
from workflows.domain.contact import Meaning, OptOut, Reply
from workflows.domain.holds import dispute_on, holds_on
from workflows.domain.ids import ItemId, ReplyId
from workflows.domain.money import Money
from workflows.errors import AlreadyDone, Refused
from workflows.hold_item import SaysPaid, says_paid
from workflows.open_dispute import OpenDispute, open_dispute
from workflows.ports import Clock, Policies, UnitOfWork
from workflows.record_promise import RecordPromise, record_promise
from workflows.records import CardState
from workflows.take_reply import stopped_by


@dataclass(frozen=True, slots=True)
class ConfirmReply:
    """`items` are those it is about, for a meaning that is about items; `reason` is what a dispute is opened with."""

    reply: ReplyId
    meaning: Meaning
    by: User
    items: tuple[ItemId, ...] = ()
    amount: Money | None = None
    until: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReplyConfirmed:
    account: Account
    reply: Reply
    meaning: Meaning


async def confirm_reply(ask: ConfirmReply, work: UnitOfWork, policies: Policies, clock: Clock) -> ReplyConfirmed:
    """Raises `AlreadyDone` when somebody dealt with it before, and `Refused` as the use case for its meaning does."""
    require(ask.by, Right.CHASE)
    _, customer, _ = await work.reply(ask.reply)
    account, now = await work.account(customer), clock.now()
    reply, _, _ = await work.reply(ask.reply)  # anew, behind the account's lock
    if reply.ended_at is not None:
        raise AlreadyDone(await who_was_first(reply, account, work))
    # What can be refused comes first: a refusal has changed nothing.
    await _carry_out(ask, reply, account, work, policies, clock)
    await work.end_reply(reply.id, ask.meaning, ask.by.id, now)
    facts = {"reply": str(reply.id), "seemed": reply.meaning.value, "meaning": ask.meaning.value}
    await record(work, str(ask.by.id), now, "reply.confirmed", facts)
    for card in await work.live_cards(account.book.id, reply.id):
        await work.set_card(replace(card, state=CardState.FROZEN))
        show(work, account.book, card, now, acted=True)
    for item in reply.items:
        await redraw(work, account, item, now, acted=True)
    return ReplyConfirmed(account, reply, ask.meaning)


async def who_was_first(reply: Reply, account: Account, work: UnitOfWork) -> str:
    """Of an answer that somebody has dealt with."""
    by = (await work.user(reply.ended_by)).name if reply.ended_by else "Duebot"
    return f"{by} dealt with this answer {when(account.book.place, reply.ended_at or reply.at)}."


async def _carry_out(ask: ConfirmReply, reply: Reply, account: Account, work: UnitOfWork, policies: Policies, clock: Clock) -> None:
    match ask.meaning:
        case Meaning.PAID:
            today = account.book.place.day(clock.now())
            for item in _some(ask, account, lambda item: not holds_on(account, item, today)):
                await says_paid(SaysPaid(item, ask.by), work, clock)
        case Meaning.DISPUTE:
            for item in _some(ask, account, lambda item: dispute_on(account, item) is None):
                await open_dispute(OpenDispute(item, ask.reason, ask.by), work, clock)
        case Meaning.PROMISE:
            await _promise(ask, account, work, policies, clock)
        case Meaning.STOP | Meaning.WRONG_PERSON:
            await _no_more(ask, reply, account, work, clock)
        case Meaning.START | Meaning.HELP | Meaning.OTHER:
            pass
    if reply.meaning is Meaning.STOP and ask.meaning is not Meaning.STOP:
        await _write_again(reply, account, work, clock)


def _some(ask: ConfirmReply, account: Account, fits: Callable[[Item], bool]) -> list[ItemId]:
    """Those it can be noted on. Of several that are chosen, one that is noted already is left as it is; one alone says why it cannot be."""
    if not ask.items:
        raise Refused("Choose the invoice it is about.")
    fitting = [item.id for item in account.all_items if item.id in ask.items and fits(item)]
    return fitting or list(ask.items[:1])


async def _promise(ask: ConfirmReply, account: Account, work: UnitOfWork, policies: Policies, clock: Clock) -> None:
    """One amount on one invoice; of several each is promised as a whole."""
    if ask.until is None:
        raise Refused("Choose the day by which they pay.")
    left = balances(account)
    planned = {item for plan in account.plans if plan.state is PlanState.ACTIVE for item in plan.covers}
    for item in _some(ask, account, lambda item: item.id not in planned):
        amount = ask.amount if ask.amount is not None and len(ask.items) == 1 else left.open_of(item)
        await record_promise(RecordPromise(item, amount, ask.until, ask.by), work, policies, clock)


async def _no_more(ask: ConfirmReply, reply: Reply, account: Account, work: UnitOfWork, clock: Clock) -> None:
    """Nothing more to the address that wrote; a stop that took effect when it came in stands."""
    wrote = [address for address in account.customer.emails if address.casefold() == reply.sender.casefold()]
    for address in wrote or (account.customer.emails if ask.meaning is Meaning.STOP else ()):
        await work.opt_out(OptOut(reply.channel, address, stopped_by(reply.id), clock.now(), ask.by.id), account.customer.id)


async def _write_again(reply: Reply, account: Account, work: UnitOfWork, clock: Clock) -> None:
    """It was no stop after all: what it stopped goes on."""
    for one in account.opt_outs:
        if one.ended_at is None and one.how == stopped_by(reply.id):
            await work.opt_in(account.customer.id, one.channel, one.address, clock.now())
