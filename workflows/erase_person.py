"""Forgetting a person: what is not kept by law goes, what is kept is named with its reason and its last day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from workflows.acting import record, redraw_all, require
from workflows.domain.access import Right, User
from workflows.domain.account import Account, Book, Item
from workflows.domain.allocation import balances
from workflows.domain.ids import CustomerId, ItemId
from workflows.domain.retention import contact_until, invoices_kept_from, invoices_until
from workflows.errors import AlreadyDone, NotKnown
from workflows.ports import Clock
from workflows.work.keeping import KeepingWork


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """The whole customer, or with `address` only the person behind one e-mail address. Without `by` it is `actor`."""

    customer: CustomerId
    by: User | None = None
    address: str | None = None
    actor: str = "command line"


@dataclass(frozen=True, slots=True)
class Kept:
    what: str
    why: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """`alias` stands in place of the name from now on; `open_items` can be asked for by no message any more."""

    customer: CustomerId
    alias: str
    messages: int
    answers: int
    notes: int
    kept: tuple[Kept, ...]
    open_items: tuple[str, ...]


async def erase_person(ask: ErasePerson, work: KeepingWork, clock: Clock) -> Erased:
    """Raises `NotAllowed`, `NotKnown` for an address the customer does not have, and `AlreadyDone`."""
    if ask.by is not None:
        require(ask.by, Right.ADMINISTER)
    account = await work.account(ask.customer)
    alias = f"Erased {str(ask.customer)[-8:]}"
    whole = ask.address is None or _is_alone(account, ask.address)
    done = await (_whole(account, alias, ask, work, clock) if whole else _one_address(account, alias, ask, work))
    facts = {"customer": str(ask.customer), "messages": done.messages, "answers": done.answers, "notes": done.notes, "whole": whole}
    await redraw_all(work, [account.book.id], [item.id for item in account.all_items], clock.now())  # a card may quote them
    actor = ask.actor if ask.by is None else str(ask.by.id)
    await record(work, actor, clock.now(), "person.erased", facts | {"kept": [one.what for one in done.kept]})
    return done


def _is_alone(account: Account, address: str) -> bool:
    """Without that address nobody else is left to write to, so the customer is that person."""
    known = {one.casefold() for one in account.customer.emails}
    if address.casefold() not in known:
        raise NotKnown("No customer has that address.")
    return known == {address.casefold()}


async def _whole(account: Account, alias: str, ask: ErasePerson, work: KeepingWork, clock: Clock) -> Erased:
    today = account.book.place.day(clock.now())
    until = contact_until(account, _last_activity(account))
    until = until if until is not None and until >= today else None
    await work.keep_snapshots(account.customer.id, list(_copies(account, today)))
    if not await work.anonymise(account.customer.id, alias, clock.now(), None if ask.by is None else ask.by.id, until):
        raise AlreadyDone("That person was erased before.")
    notes = await work.forget_words(account.customer.id)
    messages, answers = await work.forget_contact(account.customer.id, alias) if until is None else (0, 0)
    left = balances(account)
    still_open = tuple(item.number for item in account.items if left.open_of(item.id).minor > 0)
    return Erased(account.customer.id, alias, messages, answers, notes, tuple(_kept(account, today, until)), still_open)


async def _one_address(account: Account, alias: str, ask: ErasePerson, work: KeepingWork) -> Erased:
    """The customer stays, and so do their other people; notes go, for they may speak of the one who asked."""
    notes = await work.forget_words(account.customer.id)
    messages, answers = await work.forget_contact(account.customer.id, alias, ask.address)
    why = "They are the records of the customer, not of the person."
    return Erased(account.customer.id, alias, messages, answers, notes, (Kept("invoices and payments", why),), ())


def _copies(account: Account, today: date) -> Iterator[tuple[ItemId, date, str]]:
    """Each invoice that is still to be kept, as its document says it."""
    for item in account.items:
        until = invoices_until(account.book.place.country, item.issued_on or item.seen_at.date(), today)
        if until >= today:
            yield item.id, until, _copy(account, item)


def _copy(account: Account, item: Item) -> str:
    told = {
        "number": item.number,
        "customer": account.customer.name,
        "customer_number": account.customer.number,
        "total": item.total.plain,
        "currency": item.total.currency,
        "issued": None if item.issued_on is None else item.issued_on.isoformat(),
        "due": None if item.due_on is None else item.due_on.isoformat(),
        "reference": item.reference,
    }
    return json.dumps(told, sort_keys=True, ensure_ascii=False)


def _kept(account: Account, today: date, contact: date | None) -> Iterator[Kept]:
    ends = [until for _, until, _ in _copies(account, today)]
    if ends:
        seller = account.book.place.country or "the seller's country"
        yield Kept(
            "a copy of the invoice" if len(ends) == 1 else f"copies of {len(ends)} invoices",
            f"Accounting records of a seller in {seller} have to be kept.",
            max(ends),
        )
    if account.payments or account.credits:
        yield Kept("amounts and dates of payments", "The ledger has to add up; nothing in it names the person.")
    if contact is not None:
        why = "Records of contact with a consumer in the United States are kept three years after the last activity."
        yield Kept("messages and answers", why, contact)
    yield Kept("audit entries", "The trail is never changed; it knows the customer by a number alone.")


def _last_activity(account: Account) -> date:
    days = [notice.day for notice in account.notices]
    days += [payment.paid_on for payment in account.payments]
    days += [reply.at.date() for reply in account.replies]
    days += [act.at.date() for act in account.acts]
    days += [item.seen_at.date() for item in account.items]
    return max(days, default=date.min.replace(year=1900))


async def forget_expired(work: KeepingWork, clock: Clock) -> int:
    """What had to be kept of erased persons and need not any more; returns of how many persons."""
    now = clock.now()
    due = await work.expired(now.date())
    for customer, alias in due:
        messages, answers = await work.forget_contact(customer, alias)
        facts = {"customer": str(customer), "messages": messages, "answers": answers}
        await record(work, "duebot", now, "person.forgotten", facts)
    return len(due)


async def forget_outdated(
    book: Book, after: CustomerId | None, work: KeepingWork, clock: Clock, limit: int
) -> tuple[int, CustomerId | None]:
    """Customers who owe nothing and of whom no record has to be kept any more are forgotten.

    Looks at so many of them behind `after`; returns how many were forgotten and the last one looked at, null when there are no more.
    """
    kept_from = invoices_kept_from(book.place.country, book.place.day(clock.now()))
    old = await work.outdated(book.id, kept_from, after, limit)
    ended = [account for account in await work.accounts(old) if _last_activity(account) < kept_from and not _owes(account)]
    for account in ended:
        await erase_person(ErasePerson(account.customer.id, actor="retention"), work, clock)
    return len(ended), old[-1] if old else None


def _owes(account: Account) -> bool:
    """Or is owed: money on account is theirs."""
    left = balances(account)
    return any(left.open_of(item.id).minor for item in account.all_items) or any(one.minor for one in left.on_account.values())
