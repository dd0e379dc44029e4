"""Lets a copy that was put back send again: what waited in it is settled first, by the vendor's word or a person's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from workflows.acting import record, show
from workflows.deliver_notices import notice_of, settle_abandoned
from workflows.domain.account import Customer, ListedItem, Notice
from workflows.domain.decide import to_do
from workflows.domain.decision import Action, ActionKind
from workflows.domain.doubt import BY_RELEASE, LOST, Doubted, Restoration, may_have_been_sent
from workflows.domain.ids import CustomerId
from workflows.errors import AlreadyDone, OutsideError
from workflows.ports import Clock, Outreach, Policies
from workflows.records import CardKind, CardState, OutboxRow
from workflows.stops import Stop, StopKind
from workflows.work.keeping import KeepingStore, KeepingWork

PAGE = 100
MOST_TOLD = 20
_LEAVE = frozenset({ActionKind.REMIND, ActionKind.RECEIPT})


@dataclass(frozen=True, slots=True)
class ReleaseRestored:
    """`ran_until`: when the database this is a copy of last sent anything. `doubted`: what becomes of what it may have sent."""

    ran_until: datetime
    doubted: Doubted = Doubted.ASK


@dataclass(frozen=True, slots=True)
class Told:
    """A message that would leave or is in doubt. `was_sent` is the vendor's word; null: it cannot say, or was not asked."""

    customer: str
    step: str
    was_sent: bool | None
    in_doubt: bool


@dataclass(slots=True)
class Foreseen:
    """What a release comes to. `waited` are messages the copy was about to send, by the vendor's word; `due` are those the next tick adds.

    `told` are the first few of them.
    """

    copied_at: datetime
    ran_until: datetime
    sent: int = 0
    unsent: int = 0
    uncertain: int = 0
    due: int = 0
    due_in_doubt: int = 0
    told: list[Told] = field(default_factory=list)

    def add(self, one: Told) -> None:
        if len(self.told) < MOST_TOLD:
            self.told.append(one)


async def foresee(
    ask: ReleaseRestored, store: KeepingStore, channels: Mapping[str, Outreach], policies: Policies, clock: Clock
) -> Foreseen:
    """Changes nothing. Raises `AlreadyDone` where nothing waits to be released."""
    stop = await _standing(store, clock)
    restoration = _restoration(stop, ask)
    found = Foreseen(restoration.copied_at, restoration.ran_until)
    async for row, notice, customer in _waiting(store, restoration.ran_until):
        was_sent = _settled(await _asked(row, notice, channels), restoration)
        _count(found, was_sent)
        found.add(Told(customer.name, notice.step, was_sent, in_doubt=was_sent is None))
    await policies.refresh()
    await _foresee_due(found, restoration, store, policies, clock.now())
    return found


async def release_restored(ask: ReleaseRestored, store: KeepingStore, channels: Mapping[str, Outreach], clock: Clock) -> Foreseen:
    """What waited counts as sent, leaves, or is asked about, each settled before the mark goes. A repeat after a crash goes on.

    Raises `AlreadyDone` where nothing waits to be released.
    """
    stop = await _standing(store, clock)
    restoration = _restoration(stop, ask)
    done = Foreseen(restoration.copied_at, restoration.ran_until)
    async for row, notice, _ in _waiting(store, restoration.ran_until):
        asked = await _asked(row, notice, channels)
        was_sent = _settled(asked, restoration)
        _count(done, was_sent)
        known = () if asked is not None else (BY_RELEASE,)
        async with store() as work:
            await settle_abandoned(row, was_sent, work, clock, LOST, *known)
    async with store() as work:
        await _end(stop, restoration, work, clock)
    return done


async def _standing(store: KeepingStore, clock: Clock) -> Stop:
    async with store() as work:
        standing = await work.stops(clock.now())
    found = next((stop for stop in standing if stop.kind is StopKind.RESTORED), None)
    if found is None:
        raise AlreadyDone("This is no restored copy, or it was released already.")
    return found


def _restoration(stop: Stop, ask: ReleaseRestored) -> Restoration:
    copied = datetime.fromisoformat(stop.data["copied_at"])
    return Restoration(copied, max(copied, ask.ran_until), ask.doubted)


async def _waiting(store: KeepingStore, until: datetime) -> AsyncIterator[tuple[OutboxRow, Notice, Customer]]:
    """Messages that were to leave before the lost database ended, a page at a time."""
    last: UUID | None = None
    while True:
        async with store() as work:
            page = await work.waiting_messages(until, last, PAGE)
            owners = await work.addressees([notice_of(row) for row in page])
            accounts = await work.accounts(list(dict.fromkeys(owners.values())))
        notices = {notice.id: (notice, account.customer) for account in accounts for notice in account.notices}
        for row in page:
            if notice_of(row) in notices:  # delivery sets the others aside
                yield row, *notices[notice_of(row)]
        if not page:
            return
        last = page[-1].id


async def _asked(row: OutboxRow, notice: Notice, channels: Mapping[str, Outreach]) -> bool | None:
    """The vendor's word; null where it has none."""
    outreach = channels.get(notice.channel)
    try:
        return None if outreach is None else await outreach.was_sent(row.key)
    except OutsideError:
        return None


def _settled(asked: bool | None, of: Restoration) -> bool | None:  # ruff: ignore[boolean-type-hint-positional-argument] - the vendor's own answer
    """Where the vendor has no word, what the person who releases says of all of them."""
    if asked is None and of.doubted is not Doubted.ASK:
        return of.doubted is Doubted.SENT
    return asked


def _count(found: Foreseen, was_sent: bool | None) -> None:  # ruff: ignore[boolean-type-hint-positional-argument] - the vendor's own answer
    found.sent += was_sent is True
    found.unsent += was_sent is False
    found.uncertain += was_sent is None


async def _foresee_due(found: Foreseen, restoration: Restoration, store: KeepingStore, policies: Policies, now: datetime) -> None:
    last: CustomerId | None = None
    while True:
        async with store() as work:
            page = await work.due_after(last, now, PAGE)
            accounts = await work.accounts(page)
        for account in accounts:
            policy = policies.of(account)
            for action in to_do(policy, account, now).actions:
                if action.kind in _LEAVE and action.template:
                    ran_on = restoration.ran_until > restoration.copied_at
                    doubt = ran_on and may_have_been_sent(policy, account, action.step, _lead(action), restoration.ran_until)
                    found.due, found.due_in_doubt = found.due + 1, found.due_in_doubt + doubt
                    found.add(Told(account.customer.name, action.step, None, doubt))
        if not page:
            return
        last = page[-1]


def _lead(action: Action) -> ListedItem:
    return (action.items + action.upcoming)[0]


async def _end(stop: Stop, restoration: Restoration, work: KeepingWork, clock: Clock) -> None:
    now = clock.now()
    data = {"copied_at": restoration.copied_at.isoformat(), "ran_until": restoration.ran_until.isoformat()}
    if not await work.end_stop(stop.id, now, **data, doubted=restoration.doubted.value):
        raise AlreadyDone("Somebody released this copy just now.")
    await record(work, "command line", now, "backup.released", {**data, "doubted": restoration.doubted.value})
    books = {book.id: book for book in await work.books()}
    for card in await work.live_cards():
        if card.kind is CardKind.PROBLEM and card.data.get("what") == "restored":
            await work.set_card(replace(card, state=CardState.FROZEN))
            show(work, books[card.book], card, now)
