"""Short answers after money by hand, requests and their approval, assignments, tasks and opt-outs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cards.actions import Action, Name
from cards.approval import request_words
from cards.elements import Actions, Button, Card
from cards.format import day, listing, locale_of, money, name, remark
from cards.outcome import answer, next_line, subject
from workflows.domain.account import Account, Payment
from workflows.domain.allocation import balances
from workflows.domain.approvals import Approval, ApprovalEnd
from workflows.domain.contact import EVERY
from workflows.domain.decision import ItemDecision
from workflows.domain.tasks import Task

_SEVERAL = 4


def requested(account: Account, decided: ItemDecision, approval: Approval, approvers: Sequence[str], now: datetime) -> Card:
    """`Waits for Maria Holt or Jo Lund, until Tue 1 Dec.`"""
    until = day(account.book.place.day(approval.expires_at), account.book.place.day(now), locale_of(account.book))
    who = " or ".join(name(one) for one in approvers[:_SEVERAL]) + (" or others" if len(approvers) > _SEVERAL else "")
    if len(approvers) < approval.people:
        lacks = "Nobody" if not approvers else f"Only {who}"
        waits = f"{lacks} may approve this. An administrator gives a colleague the role, or the limit, with: duebot user role, duebot user limit."
    else:
        waits = f"Waits for {'two of ' if approval.people > 1 else ''}{who}, until {until}. Nothing has changed yet."
    return answer(f"{subject(account, decided)}: asked to {request_words(account, approval)}", waits)


def approval_answered(account: Account, decided: ItemDecision, approval: Approval, now: datetime, because: str = "") -> Card:
    """What became of the request after somebody's answer."""
    title = f"{subject(account, decided)}: request to {request_words(account, approval)}"
    match approval.ended_how:
        case ApprovalEnd.DONE:
            return answer(f"{title} approved", next_line(account, decided, now))
        case ApprovalEnd.REFUSED:
            return answer(f"{title} refused", "Nothing else has changed; the one who asked sees it on the card.")
        case ApprovalEnd.VOID:
            return answer(f"{title} is void", f"Nothing was done: {because or 'it was changed'}. It has to be asked for anew.")
        case ApprovalEnd.EXPIRED:
            return answer(f"{title} has expired", "Nothing was done. It has to be asked for anew.")
        case None:
            return answer(f"{title} approved by you", f"{len(approval.given)} of {approval.people} have approved; one more is needed.")


def payment_noted(account: Account, decided: ItemDecision, payment: Payment, now: datetime) -> Card:
    locale, today = locale_of(account.book), account.book.place.day(now)
    where = " on account" if payment.item is None else ""
    said = f"{money(payment.amount, locale)} of {day(payment.paid_on, today, locale)} noted{where}"
    left = f"{money(decided.open, locale)} is still open." if decided.open.minor > 0 else "Nothing is open on it any more."
    free = balances(account).on_account.get(payment.amount.currency)
    beside = f"{money(free, locale)} of their money is on account, set against no invoice." if free is not None else ""
    return answer(f"{subject(account, decided)}: {said}", left, beside)


def payment_reversed(account: Account, decided: ItemDecision, payment: Payment, now: datetime) -> Card:
    locale = locale_of(account.book)
    title = f"{subject(account, decided)}: {money(payment.amount, locale)} taken back"
    return answer(title, f"{money(decided.open, locale)} is open now.", next_line(account, decided, now))


def assigned(account: Account, to_name: str | None, *, woke: bool = False) -> Card:
    title = f"{name(account.customer.name)}: with {name(to_name)}" if to_name else f"{name(account.customer.name)}: with nobody"
    return answer(
        title, "It stands on every card of this customer." if to_name else "Anybody may take it.", "Its snooze has ended." if woke else ""
    )


def task_made(account: Account, decided: ItemDecision, task: Task, owner_name: str | None, now: datetime) -> Card:
    """With a button for when it is done."""
    until = f", by {day(task.due_on, account.book.place.day(now), locale_of(account.book))}" if task.due_on else ""
    card = answer(f"{subject(account, decided)}: task for {name(owner_name) if owner_name else 'anybody'}{until}", remark(task.what, 300))
    return replace(card, body=(*card.body, Actions((Button("Done", Action(Name.COMPLETE_TASK, task.id)),))))


def task_done(account: Account, decided: ItemDecision, task: Task) -> Card:
    return answer(f"{subject(account, decided)}: done", remark(task.what, 300))


def contact_changed(account: Account, decided: ItemDecision, address: str, now: datetime, *, out: bool) -> Card:
    to = "" if address == EVERY else f" to {name(address)}"
    if not out:
        return answer(f"{name(account.customer.name)}: messages{to} again", next_line(account, decided, now))
    left = [name(one) for one in account.customer.emails if one != address] if address != EVERY else []
    means = f"They are still written to at {listing(left[:3])}." if left else "Nothing is sent to them by itself any more; call them."
    return answer(f"{name(account.customer.name)}: no more messages{to}", means)
