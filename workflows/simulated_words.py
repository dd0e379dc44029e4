"""What is heard of customers in a simulation: answers, stops, money that is to be drawn or did not come about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid5

from workflows.domain.account import Account, Payment
from workflows.domain.calendar import spoken
from workflows.domain.claims import Hold
from workflows.domain.contact import EVERY, Meaning, OptOut, Reply
from workflows.domain.ids import HoldId, ItemId, ReplyId
from workflows.domain.money import Money
from workflows.ledger_facts import CannotBe
from workflows.simulated_claims import NAMES, STAFF

CHANNELS = frozenset({"email", "sms", "phone", "voice", "whatsapp", "telegram", "intercom", "push", "letter"})
FAILED = "failed:"  # how the keys of payments begin that did not come about
_COLLECTION = "A collection is scheduled for"
_BANK_DAYS = 2  # business days until money that was drawn is on the account (DOMAIN 10, POL-PAUSE)
_DAY = timedelta(days=1)


def reply(account: Account, items: tuple[ItemId, ...], fact: str, at: datetime) -> Account:
    new = Reply(ReplyId(uuid5(NAMES, f"reply {fact}")), fact, "email", "", at, Meaning.OTHER, items)
    return replace(account, replies=(*account.replies, new))


def read_replies(account: Account, items: Iterable[ItemId], at: datetime) -> Account:
    """Somebody dealt with the answers about those items, and with those about everything."""
    mine = set(items)
    replies = (
        replace(one, ended_at=at) if one.ended_at is None and (not one.items or mine & set(one.items)) else one for one in account.replies
    )
    return replace(account, replies=tuple(replies))


def opt_out(account: Account, channel: str, fact: str, at: datetime) -> Account:
    """`how` keeps the fact, so that it can be undone."""
    return replace(account, opt_outs=(*account.opt_outs, OptOut(channel, EVERY, fact, at)))


def stop_of(account: Account, fact: str) -> OptOut | None:
    return next((one for one in account.opt_outs if one.how == fact), None)


def opt_in(account: Account, stopped: OptOut, at: datetime) -> Account:
    if stopped.ended_at is not None:
        raise CannotBe("It is undone already.")
    return replace(account, opt_outs=tuple(replace(one, ended_at=at) if one is stopped else one for one in account.opt_outs))


def collect(account: Account, items: Iterable[ItemId], on: date, fact: str, at: datetime) -> Account:
    """Silence until the money had the bank's time to arrive."""
    if on < account.book.place.day(at):
        raise CannotBe("The day of the collection has passed.")
    until = account.book.place.add_business_days(on, _BANK_DAYS) + _DAY
    why = f"{_COLLECTION} {spoken(on)}"
    new = (Hold(HoldId(uuid5(NAMES, f"collection {fact} {item}")), item, why, until, STAFF, at) for item in items)
    return replace(account, holds=(*account.holds, *new))


def fail(account: Account, items: tuple[ItemId, ...], amount: Money, fact: str, at: datetime) -> Account:
    """The money counts for nothing, and what was waited for is not coming."""
    on = account.book.place.day(at)
    payment = Payment(amount, on, items[0], f"{FAILED}{fact}", on)
    holds = (
        replace(one, ended_at=at) if one.item in items and one.ended_at is None and one.why.startswith(_COLLECTION) else one
        for one in account.holds
    )
    return replace(account, payments=(*account.payments, payment), holds=tuple(holds))
