"""A mail server says that a message did not arrive, or a reader calls it spam: the address gets no more mail, and colleagues are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from workflows.acting import record, redraw, stand
from workflows.domain.account import Account, Notice, NoticeState
from workflows.domain.arrivals import Bounce
from workflows.domain.contact import OptOut
from workflows.domain.ids import CardId, NoticeId, ReplyId, new_id
from workflows.ports import Clock, UnitOfWork
from workflows.records import CardKind, StaffCard
from workflows.take_reply import Fate, tell_stopped

EMAIL = "email"


async def take_bounce(bounce: Bounce, work: UnitOfWork, clock: Clock) -> Fate:
    """Only of a message of ours, whose id nobody else knows, and only for addresses it was sent to: a forged report stops nothing."""
    now = clock.now()
    if not await work.first_arrival(bounce.key, now):
        return Fate.AGAIN
    found = [sent for reference in bounce.refers if (sent := await work.notice_sent_as(reference)) is not None]
    if not found:
        return Fate.PASSED
    notice, customer = found[0]
    account = await work.account(customer)
    named = {address.casefold() for address in bounce.addresses}
    mine = [address for address in account.customer.emails if address.casefold() in named]
    if bounce.hard and mine:
        await _stop(bounce, mine, account, work, now)
    letter = await work.body(notice)
    if not bounce.complaint and {one.casefold() for one in (letter.to if letter else account.customer.emails)} <= named:
        await _failed(bounce, notice, account, told=bounce.hard, work=work, now=now)
    return Fate.TAKEN


async def refused_at_once(notice: NoticeId, addresses: Sequence[str], because: str, work: UnitOfWork, now: datetime) -> None:
    """The server named those addresses as none of its own while the message was handed over: a bounce that needs no letter."""
    _, customer = await work.notice(notice)
    await _stop(Bounce(f"refused:{notice}", (), tuple(addresses), because, hard=True), addresses, await work.account(customer), work, now)


async def _stop(bounce: Bounce, addresses: Sequence[str], account: Account, work: UnitOfWork, now: datetime) -> None:
    how = "complaint" if bounce.complaint else f"bounce: {bounce.because}"
    stopped = [one for one in addresses if await work.opt_out(OptOut(EMAIL, one, how, now), account.customer.id)]
    if not stopped:
        return
    await record(work, "duebot", now, "contact.opted_out", {"customer": str(account.customer.id), "channel": EMAIL, "how": how})
    why = "A reader of it called our message spam." if bounce.complaint else f"The mail server there takes none: {bounce.because}."
    await tell_stopped(", ".join(stopped), why, ReplyId(uuid5(NAMESPACE_URL, bounce.key)), account, work, now)


async def _failed(bounce: Bounce, notice: NoticeId, account: Account, *, told: bool, work: UnitOfWork, now: datetime) -> None:
    """No address of theirs got it, so it does not count as said. Of an address that takes no mail the card for it tells."""
    sent = _sent(account, notice)
    if sent is None:
        return
    await work.set_notice(notice, NoticeState.FAILED, now, f"It came back: {bounce.because}")
    await record(work, "duebot", now, "notice.failed", {"notice": str(notice), "because": bounce.because})
    if not told:
        day, data = account.book.place.day(now), {"what": "delivery_failed"}
        await stand(work, account.book, StaffCard(CardId(new_id()), CardKind.PROBLEM, account.book.id, notice, day, now, data=data))
    for entry in sent.items:
        await redraw(work, account, entry.item, now)


def _sent(account: Account, notice: NoticeId) -> Notice | None:
    return next((one for one in account.notices if one.id == notice and one.state.counts), None)
