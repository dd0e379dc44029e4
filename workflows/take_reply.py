"""A customer's answer comes in: whose it is, what it seems to say, and the one thing that happens at once, which is a stop."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5

from workflows.acting import record, redraw, stand
from workflows.domain.account import Account, PlanState
from workflows.domain.allocation import balances
from workflows.domain.arrivals import Answer
from workflows.domain.contact import EVERY, Meaning, OptOut, Reply
from workflows.domain.ids import CardId, CustomerId, ItemId, ReplyId, new_id
from workflows.domain.inbound_words import Understood, understand
from workflows.errors import NotKnown
from workflows.ports import Clock, UnitOfWork
from workflows.records import CardKind, StaffCard

MOST_NUMBERS = 10
_NUMBER = re.compile(r"[A-Za-z0-9][\w./-]{1,40}")
MONTH_FIRST = frozenset({"US"})


class Fate(StrEnum):
    """What became of a letter: `stray` belongs to nobody known, `ours` was written by a colleague, `passed` by a machine."""

    TAKEN = "taken"
    AGAIN = "again"
    STRAY = "stray"
    OURS = "ours"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class _Found:
    account: Account
    items: tuple[ItemId, ...]


async def take_reply(answer: Answer, work: UnitOfWork, clock: Clock) -> Fate:
    """Repeating it adds nothing. What is open of the items it is about waits until somebody has dealt with it."""
    now = clock.now()
    if not await work.first_arrival(answer.key, now):
        return Fate.AGAIN
    books = await work.books()
    ours = {book.seller_email.casefold() for book in books if book.seller_email}
    if answer.sender.casefold() in ours or await work.user_by_email(answer.sender) is not None:
        return Fate.OURS
    found = await _whose(answer, work)
    if found is None:
        await _stray(answer, work, now)
        return Fate.STRAY
    await _take(answer, found, work, now)
    return Fate.TAKEN


async def _take(answer: Answer, found: _Found, work: UnitOfWork, now: datetime) -> None:
    account = found.account
    meant = _understood(answer, account, now)
    reply = Reply(
        ReplyId(new_id()),
        answer.key,
        answer.channel,
        answer.sender,
        now,
        meant.meaning,
        found.items,
        meant.until,
        meant.amount,
        ended_at=now if meant.sure and meant.meaning in {Meaning.STOP, Meaning.START} else None,
    )
    await work.add_reply(reply, account.customer.id, answer.words or answer.subject)
    await record(work, f"customer:{account.customer.id}", now, "reply.taken", _facts(reply, sure=meant.sure))
    if meant.meaning is Meaning.STOP:
        await _stop(reply, account, work, now)
    if meant.meaning is Meaning.START:
        await _start(reply, account, work, now)
    if reply.ended_at is None:
        await stand(work, account.book, _card(CardKind.ANSWER, reply.id, account, now))
    for item in found.items:
        await redraw(work, account, item, now)


def _facts(reply: Reply, *, sure: bool) -> dict[str, object]:
    items = [str(item) for item in reply.items]
    return {"reply": str(reply.id), "channel": reply.channel, "meaning": reply.meaning.value, "sure": sure, "items": items}


def _card(kind: CardKind, subject: ReplyId, account: Account, now: datetime, **data: str) -> StaffCard:
    return StaffCard(CardId(new_id()), kind, account.book.id, subject, account.book.place.day(now), now, data=data)


def _understood(answer: Answer, account: Account, now: datetime) -> Understood:
    """An empty letter speaks by its subject: that is how mail programs unsubscribe. A promise's amount counts in a currency that is owed."""
    asked = any(plan.state is PlanState.PROPOSED for plan in account.plans)
    place = account.book.place
    words = answer.words or answer.subject
    meant = understand(words, place.day(now), asked=asked, month_first=place.country in MONTH_FIRST)
    owed = {item.total.currency for item in account.all_items}
    if meant.amount is None or (meant.amount.currency in owed and meant.amount.minor > 0):
        return meant
    return Understood(meant.meaning, meant.sure, meant.until)


# Whose it is -----------------------------------------------------------------------------------------------------------


async def _whose(answer: Answer, work: UnitOfWork) -> _Found | None:
    """By the message it answers, else by who wrote it, else by an invoice's number in the subject; null where that is not one customer."""
    for reference in answer.refers:
        if (sent := await work.notice_sent_as(reference)) is not None:
            notice, customer = sent
            listed = [entry.item for entry in (await work.notice(notice))[0].items]
            return await _about(customer, listed, work)
    named = await _named(answer.subject, work)
    writers = await work.customers_at(answer.sender)
    if writers:
        fits = {customer for customer, _ in named if customer in writers} if len(writers) > 1 else set(writers)
    else:
        fits = {customer for customer, _ in named}
    if len(fits) != 1:
        return None
    (customer,) = fits
    return await _about(customer, [item for owner, item in named if owner == customer], work)


async def _named(subject: str, work: UnitOfWork) -> list[tuple[CustomerId, ItemId]]:
    words = [word.rstrip(".,/-") for word in _NUMBER.findall(subject) if any(letter.isdigit() for letter in word)]
    found = [one for word in dict.fromkeys(words[:MOST_NUMBERS]) for one in await work.find_items(word)]
    return [(one.customer.id, one.item.id) for one in found]


async def _about(customer: CustomerId, items: Sequence[ItemId], work: UnitOfWork) -> _Found:
    """Those with something open; none of them says that it is about the whole account."""
    account = await work.account(customer)
    left, standing = balances(account), {item.id for item in account.all_items}
    return _Found(account, tuple(item for item in dict.fromkeys(items) if item in standing and left.open_of(item).minor > 0))


async def _stray(answer: Answer, work: UnitOfWork, now: datetime) -> None:
    """A card in the first book; the words stay in the mailbox."""
    books = await work.books()
    if not books:
        raise NotKnown("There is no book yet.")
    book = books[0]
    data = {"what": "stray_answer", "sender": answer.sender, "subject": answer.subject[:200]}
    subject = uuid5(NAMESPACE_URL, answer.key)
    await stand(work, book, StaffCard(CardId(new_id()), CardKind.PROBLEM, book.id, subject, book.place.day(now), now, data=data))
    await record(work, "duebot", now, "reply.stray", {"channel": answer.channel})


# Stop and start --------------------------------------------------------------------------------------------------------


def stopped_by(reply: ReplyId) -> str:
    """What an opt-out keeps of the answer it came from."""
    return f"reply:{reply}"


async def _stop(reply: Reply, account: Account, work: UnitOfWork, now: datetime) -> None:
    """The address that wrote; where that is none we write to, all of theirs: what was meant is what they get from us."""
    wrote = tuple(address for address in account.customer.emails if address.casefold() == reply.sender.casefold())
    stopped = [address for address in wrote or account.customer.emails if await _opt_out(address, reply, account, work, now)]
    if stopped and reply.ended_at is not None:
        await tell_stopped(", ".join(stopped), "They wrote a word that means stop.", reply.id, account, work, now)


async def _opt_out(address: str, reply: Reply, account: Account, work: UnitOfWork, now: datetime) -> bool:
    if not await work.opt_out(OptOut(reply.channel, address, stopped_by(reply.id), now), account.customer.id):
        return False
    facts = {"customer": str(account.customer.id), "channel": reply.channel, "how": stopped_by(reply.id)}
    await record(work, f"customer:{account.customer.id}", now, "contact.opted_out", facts)
    return True


async def tell_stopped(address: str, why: str, subject: ReplyId, account: Account, work: UnitOfWork, now: datetime) -> None:
    """Colleagues are told, for the debt is still there: another channel or a person takes over."""
    data = {"what": "opted_out", "customer": str(account.customer.id), "address": address, "because": why}
    await stand(work, account.book, _card(CardKind.PROBLEM, subject, account, now, **data))


async def _start(reply: Reply, account: Account, work: UnitOfWork, now: datetime) -> None:
    """Ends the opt-outs of the address that wrote; one a colleague noted for everything stays."""
    running = [one for one in account.opt_outs if one.ended_at is None and one.address != EVERY]
    for one in running:
        if one.address.casefold() == reply.sender.casefold():
            await work.opt_in(account.customer.id, one.channel, one.address, now)
            facts = {"customer": str(account.customer.id), "channel": one.channel, "how": stopped_by(reply.id)}
            await record(work, f"customer:{account.customer.id}", now, "contact.opted_in", facts)
