"""A second person approves what was asked for, or refuses it; what has enough approvals is carried out at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from workflows import charge_fee, offer_plan, record_payment, write_off
from workflows.acting import note_act, record, require, when
from workflows.ask_approval import show_request, void
from workflows.domain.access import Right, User
from workflows.domain.account import Account, Item
from workflows.domain.approvals import Approval, ApprovalEnd, ApprovalKind
from workflows.domain.approving import asked_words, expired, intact, why_not
from workflows.domain.ids import ApprovalId
from workflows.errors import AlreadyDone, NotAllowed, NotKnown
from workflows.ports import Clock, UnitOfWork

Unfit = Callable[[Approval, Account, date], str | None]
CarryOut = Callable[[Approval, Account, UnitOfWork, Clock], Awaitable[bool]]
# What stands against it now, and what approving it does. A policy's step is only let go on: the next tick does the rest.
_KINDS: Mapping[ApprovalKind, tuple[Unfit, CarryOut]] = {
    ApprovalKind.WRITE_OFF: (write_off.unfit, write_off.carry_out),
    ApprovalKind.PAYMENT: (record_payment.unfit, record_payment.carry_out),
    ApprovalKind.FEE: (charge_fee.unfit, charge_fee.carry_out),
    ApprovalKind.WAIVER: (charge_fee.unfit_waiver, charge_fee.carry_out_waiver),
    ApprovalKind.PLAN: (offer_plan.unfit, offer_plan.carry_out),
}


@dataclass(frozen=True, slots=True)
class ApproveRequest:
    approval: ApprovalId
    by: User


@dataclass(frozen=True, slots=True)
class RefuseRequest:
    """`why` may be empty."""

    approval: ApprovalId
    by: User
    why: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The request as it stands after the answer. `because` says why it ended void."""

    account: Account
    item: Item
    approval: Approval
    because: str = ""


async def approve_request(ask: ApproveRequest, work: UnitOfWork, clock: Clock) -> Answered:
    """Raises `NotAllowed` for the one who asked and for whoever may not, and `AlreadyDone` for what has ended or was approved by them.

    A request that expired, or no longer fits what is there, ends here and nothing of it is done.
    """
    require(ask.by, Right.CHASE)
    asked, account, item = await standing_request(ask.approval, work)
    if (reason := why_not(asked, ask.by)) is not None:
        raise NotAllowed(reason)
    now = clock.now()
    if expired(asked, now):
        return await _end(asked, ApprovalEnd.EXPIRED, account, item, work, now)
    if (because := _unfit(asked, account, account.book.place.day(now))) is not None:
        await void(work, account, asked, now)
        return Answered(account, item, (await work.approval(asked.id))[0], because)
    if not await work.give_approval(asked.id, ask.by.id, now):
        raise AlreadyDone(f"You approved this already; it needs {asked.people} people.")
    return await _approved(asked, ask.by, account, item, work, clock)


async def standing_request(approval: ApprovalId, work: UnitOfWork) -> tuple[Approval, Account, Item]:
    """As it stands once the account is locked, so that two presses at once are one after the other. Raises `AlreadyDone` naming who ended it and when."""
    _, customer = await work.approval(approval)
    account = await work.account(customer)
    asked, _ = await work.approval(approval)
    if asked.ended_at is not None:
        raise AlreadyDone(await _who_was_first(asked, account, work))
    item = next((one for one in account.all_items if one.id == asked.item), None)
    if item is None:
        raise NotKnown("What was asked for belongs to a plan that no longer runs.")
    return asked, account, item


async def _who_was_first(asked: Approval, account: Account, work: UnitOfWork) -> str:
    """`Max approved this, Tue 24 Nov 2026 at 14:02.`"""
    ended = asked.ended_at or asked.at
    at = when(account.book.place, ended)
    refusal = next((act for act in reversed(account.acts) if act.at == ended and act.name == "approval.refused"), None)
    match asked.ended_how:
        case ApprovalEnd.DONE if asked.given:
            return f"{(await work.user(asked.given[-1].by)).name} approved this, {at}."
        case ApprovalEnd.REFUSED if refusal is not None:
            return f"{refusal.words}, {at}."
        case ApprovalEnd.EXPIRED:
            return f"Nobody approved this in time; it expired, {at}. Ask for it anew if it is still wanted."
        case _:
            return f"This was changed after it was asked for, so it is void, {at}. Ask for it anew if it is still wanted."


def _unfit(asked: Approval, account: Account, today: date) -> str | None:
    if not intact(asked):
        return "the terms are not those that were sealed"
    return _KINDS[asked.kind][0](asked, account, today) if asked.kind in _KINDS else None


async def _approved(asked: Approval, by: User, account: Account, item: Item, work: UnitOfWork, clock: Clock) -> Answered:
    now, enough = clock.now(), len(asked.given) + 1 >= asked.people
    if enough and asked.kind in _KINDS and not await _KINDS[asked.kind][1](asked, account, work, clock):
        await void(work, account, asked, now)
        return Answered(account, item, (await work.approval(asked.id))[0], "it was done before")
    if enough:
        await work.end_approval(asked.id, ApprovalEnd.DONE, now)
    words = f"{by.name} approved the request to {asked_words(asked)}"
    kind = "approval.done" if enough else "approval.given"
    await note_act(work, account, item, by, kind, words, now, **_facts(asked))
    await show_request(work, account.book, asked.id, now, ended=enough)
    return Answered(account, item, (await work.approval(asked.id))[0])


async def refuse_request(ask: RefuseRequest, work: UnitOfWork, clock: Clock) -> Answered:
    """The one who asked may take it back; anybody else has to be of the role that approves. Raises as `approve_request` does."""
    require(ask.by, Right.CHASE)
    asked, account, item = await standing_request(ask.approval, work)
    if ask.by.id != asked.by and ask.by.role < asked.needs:
        raise NotAllowed(f"Your role is {ask.by.role.word}; this needs a {asked.needs.word}, or the one who asked.")
    now = clock.now()
    await work.end_approval(asked.id, ApprovalEnd.REFUSED, now)
    did = "took back" if ask.by.id == asked.by else "refused"
    words = f"{ask.by.name} {did} the request to {asked_words(asked)}" + (f": {ask.why.strip()}" if ask.why.strip() else "")
    await note_act(work, account, item, ask.by, "approval.refused", words, now, **_facts(asked))
    await show_request(work, account.book, asked.id, now, ended=True)
    return Answered(account, item, (await work.approval(asked.id))[0])


async def expire_requests(work: UnitOfWork, clock: Clock) -> int:
    """Ends what nobody answered in time; how many that were."""
    now = clock.now()
    waiting = [one for book in await work.books() for one in await work.open_approvals(book.id)]
    over = [(customer, asked) for customer, asked in waiting if expired(asked, now)]
    await work.lock_accounts([customer for customer, _ in over])  # in the order everybody locks them in
    for customer, asked in over:
        await _end_quietly(asked, ApprovalEnd.EXPIRED, await work.account(customer), work, now)
    return len(over)


async def _end(asked: Approval, how: ApprovalEnd, account: Account, item: Item, work: UnitOfWork, now: datetime) -> Answered:
    await _end_quietly(asked, how, account, work, now)
    return Answered(account, item, (await work.approval(asked.id))[0])


async def _end_quietly(asked: Approval, how: ApprovalEnd, account: Account, work: UnitOfWork, now: datetime) -> None:
    await work.end_approval(asked.id, how, now)
    await record(work, "duebot", now, f"approval.{how.value}", {"item": str(asked.item), **_facts(asked)})
    await show_request(work, account.book, asked.id, now, ended=True)


def _facts(asked: Approval) -> dict[str, object]:
    who = str(asked.by) if asked.by else "policy"
    return {"approval": str(asked.id), "kind": asked.kind.value, "asked_by": who, "seal": asked.seal} | (
        {"amount": asked.amount} if asked.amount else {}
    )
