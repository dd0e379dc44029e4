"""What customers say and staff note of it in a simulation: promises, disputes and holds as facts of an account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from workflows.domain.account import Account
from workflows.domain.claims import Dispute, Hold, Promise, PromiseEnd
from workflows.domain.ids import HoldId, ItemId, PromiseId, UserId
from workflows.domain.money import Money
from workflows.ledger_facts import CannotBe, Disputed, Held, Promised

NAMES = UUID("6b1f8a52-5d0e-5c58-9a2b-2a7c0f5c9e11")  # ids are made of the ledger's names, the same on every run
STAFF = UserId(uuid5(NAMES, "staff"))
POLICY_OFF, EXCLUDED = HoldId(uuid5(NAMES, "the policy is off")), HoldId(uuid5(NAMES, "excluded"))
_STANDING = {POLICY_OFF: "The policy is switched off", EXCLUDED: "The customer is excluded"}


def promise(account: Account, said: Promised, items: tuple[ItemId, ...], left: Money, fact: str, at: datetime) -> Account:
    """Takes the place of one that runs on any of the items; without an amount everything that is open is promised."""
    if said.until < account.book.place.day(at):
        raise CannotBe("The day it is promised for has passed.")
    amount = said.amount or left
    if amount.currency != left.currency or not 0 < amount.minor <= left.minor:
        raise CannotBe(f"{left} is open; a promise is for a part of it or the whole.")
    before = (
        replace(one, ended_at=at, ended_how=PromiseEnd.REPLACED) if one.ended_at is None and set(one.items) & set(items) else one
        for one in account.promises
    )
    new = Promise(PromiseId(uuid5(NAMES, f"promise {fact}")), items, amount, said.until, STAFF, at)
    return replace(account, promises=(*before, new))


def dispute(account: Account, said: Disputed, items: Iterable[ItemId], at: datetime) -> Account:
    running = {one.item for one in account.disputes if one.ended_at is None}
    if not said.resolved:
        new = (Dispute(item, said.why, STAFF, at) for item in items if item not in running)
        return replace(account, disputes=(*account.disputes, *new))
    ending = running & set(items)
    if not ending:
        raise CannotBe("It is not disputed.")
    disputes = (replace(one, ended_at=at) if one.item in ending and one.ended_at is None else one for one in account.disputes)
    return replace(account, disputes=tuple(disputes))


def hold(account: Account, said: Held, items: Iterable[ItemId], fact: str, at: datetime) -> Account:
    """Over the items, or without any over the whole customer."""
    if said.until is not None and said.until <= account.book.place.day(at):
        raise CannotBe("A hold ends at the start of its day, which has come.")
    about: list[ItemId | None] = [*items] or [None]
    new = (Hold(HoldId(uuid5(NAMES, f"hold {fact} {item}")), item, said.why, said.until, STAFF, at) for item in about)
    return replace(account, holds=(*account.holds, *new))


def release(account: Account, items: Iterable[ItemId], at: datetime) -> Account:
    """Ends the holds over the items; without any, all that staff set."""
    mine = frozenset(items)
    ends = {one.id for one in account.holds if one.id not in _STANDING and (not mine or one.item in mine)}
    return replace(account, holds=_ended(account, ends, at))


def keep_silent(account: Account, why: HoldId, at: datetime, *, on: bool) -> Account:
    """A silence over the whole customer that no colleague set: the policy is switched off, or they are excluded."""
    runs = any(one.id == why and one.ended_at is None for one in account.holds)
    if on and not runs:
        return replace(account, holds=(*account.holds, Hold(why, None, _STANDING[why], None, STAFF, at)))
    return account if on else replace(account, holds=_ended(account, {why}, at))


def _ended(account: Account, which: set[HoldId], at: datetime) -> tuple[Hold, ...]:
    return tuple(replace(one, ended_at=at) if one.id in which and one.ended_at is None else one for one in account.holds)
