"""A customer wants no more messages over a channel, or wants them again: on their word, noted by a colleague."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.acting import item_to_act_on, note_act
from workflows.domain.access import User
from workflows.domain.account import Account, Item
from workflows.domain.contact import EVERY, NOTED_BY_COLLEAGUE, OptOut
from workflows.domain.ids import ItemId
from workflows.errors import Refused
from workflows.ports import Clock, UnitOfWork

EMAIL = "email"


@dataclass(frozen=True, slots=True)
class OptOutCustomer:
    """No more messages to `address`; `*` is all of them, over every channel. `how` is how the customer said so."""

    item: ItemId
    address: str
    how: str
    by: User
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class OptInCustomer:
    item: ItemId
    address: str
    how: str
    by: User
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """`out` is true when messages stop, false when they may go out again."""

    account: Account
    item: Item
    address: str
    out: bool


def opted_out(account: Account) -> tuple[str, ...]:
    """Addresses to which nothing is sent; `*` for all."""
    return tuple(dict.fromkeys(one.address for one in account.opt_outs if one.ended_at is None))


async def opt_out_customer(ask: OptOutCustomer, work: UnitOfWork, clock: Clock) -> ContactChanged:
    """It takes effect at once and hides no debt. Raises `Refused` for an address that is not theirs, or is opted out already."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    if ask.address not in {EVERY, *account.customer.emails}:
        raise Refused("That is none of the customer's addresses; choose one of them.")
    _say_how(ask.how)
    now, channel = clock.now(), EVERY if ask.address == EVERY else EMAIL
    fact = OptOut(channel, ask.address, f"{NOTED_BY_COLLEAGUE}: {ask.how.strip()}", now, ask.by.id)
    if not await work.opt_out(fact, account.customer.id):
        raise Refused("They are opted out there already.")
    words = f"{ask.by.name} noted that the customer wants no more messages{_to(ask.address)}: {ask.how.strip()}"
    await note_act(work, account, item, ask.by, "contact.opted_out", words, now, customer=str(account.customer.id), channel=channel)
    return ContactChanged(account, item, ask.address, out=True)


async def opt_in_customer(ask: OptInCustomer, work: UnitOfWork, clock: Clock) -> ContactChanged:
    """Only on the customer's own word. Both events are kept. Raises `Refused` when none runs."""
    account, item = await item_to_act_on(work, ask.item, ask.by, ask.seen)
    _say_how(ask.how)
    now = clock.now()
    mine = [one for one in account.opt_outs if one.ended_at is None and one.address == ask.address]
    for one in mine:
        await work.opt_in(account.customer.id, one.channel, one.address, now)
    if not mine:
        raise Refused("They are not opted out there.")
    words = f"{ask.by.name} noted that the customer wants messages again{_to(ask.address)}: {ask.how.strip()}"
    await note_act(work, account, item, ask.by, "contact.opted_in", words, now, customer=str(account.customer.id))
    return ContactChanged(account, item, ask.address, out=False)


def _say_how(how: str) -> None:
    if not how.strip():
        raise Refused("Say how the customer told you, by phone or in writing.")


def _to(address: str) -> str:
    return "" if address == EVERY else f" to {address}"
