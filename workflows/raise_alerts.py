"""What was raised today becomes cards: own ones for what needs somebody again and the few that matter, one digest for all when they are many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from operator import itemgetter
from uuid import UUID

from workflows.acting import show, show_all
from workflows.domain.account import Account, Book, Raised
from workflows.domain.acts import NOTIFY
from workflows.domain.allocation import balances
from workflows.domain.ids import CardId, CustomerId, ItemId, new_id
from workflows.domain.telling import AGAIN, ESCALATED
from workflows.ports import Clock, UnitOfWork
from workflows.records import CardKind, StaffCard

LOOK_BACK = timedelta(days=7)  # raised longer ago, it is no news
COUNTED = "counted_on"  # the day a card was last drawn anew for the days it counts
_PAGE = 200
FEW = 5  # own cards a book and day for what is new; more customers than that make a digest
MOST = 20  # own cards a book and day up to which what needs somebody again gets one, however small it is


@dataclass(frozen=True, slots=True)
class AlertsRaised:
    cards: int = 0
    digests: int = 0

    def __add__(self, other: AlertsRaised) -> AlertsRaised:
        return AlertsRaised(self.cards + other.cards, self.digests + other.digests)


@dataclass(frozen=True, slots=True)
class _Raised:
    """Items of one customer, the one a card of theirs is about first: all that were raised today, or those that need somebody `again`."""

    customer: CustomerId
    items: tuple[ItemId, ...]
    again: str = ""
    weight: int = 0


async def raise_alerts(work: UnitOfWork, clock: Clock) -> AlertsRaised:
    """Repeating it adds nothing: a card of a kind, subject and day stands once."""
    done = AlertsRaised()
    for book in await work.books():
        done += await _of_book(book, work, clock.now())
    return done


async def _of_book(book: Book, work: UnitOfWork, now: datetime) -> AlertsRaised:
    day, live = book.place.day(now), await work.live_cards(book.id)
    await _count_days(book, live, day, work, now)
    since = _untold_since(book, day, live)
    raised = await work.raised_between(book.id, since, book.place.start_of(day + timedelta(days=1)))
    told, own, news, again = _told(live, day), _own(live, day), _of_customers(raised), _again(raised)
    if all(told.intersection(map(str, one.items)) for one in news):
        news = []
    untold = [one for one in again if own.isdisjoint(one.items)] if len(own) < MOST else []
    if not news and not untold:
        return AlertsRaised()
    # The accounts are locked first: whoever does this at the same time then sees our cards below, and adds none of its own.
    weighed = await _weighed([*news, *untold], work)
    have = _own(await work.live_cards(book.id), day)
    mine, urgent = [one for one in weighed if not one.again], [one for one in weighed if one.again and one.weight > 0]
    cards = await _urgent_cards(book, urgent, have, work, now)
    seen_to = {one.customer for one in again if have.intersection(one.items)}
    cards += await _own_cards(book, [one for one in mine if one.customer not in seen_to], have, work, now)
    return AlertsRaised(cards, await _digest(book, mine, work, now) if _many(mine, urgent, have) else 0)


def _many(mine: Sequence[_Raised], urgent: Sequence[_Raised], have: set[UUID]) -> bool:
    """Whether some have no card of their own, and more is to be told than some cards say."""
    return len(mine) > FEW or (bool(mine) and any(have.isdisjoint(one.items) for one in (*mine, *urgent) if one.weight > 0))


def _of_customers(raised: Sequence[tuple[CustomerId, Raised]]) -> list[_Raised]:
    """One of each."""
    items: dict[CustomerId, list[ItemId]] = {}
    for customer, one in raised:
        items.setdefault(customer, []).append(one.item)
    return [_Raised(customer, tuple(theirs)) for customer, theirs in items.items()]


def _again(raised: Sequence[tuple[CustomerId, Raised]]) -> list[_Raised]:
    """A promise that was broken, or a hold that is over, is one for all its items; what is escalated is each one of its own."""
    items: dict[tuple[CustomerId, str, int | ItemId], list[ItemId]] = {}
    for customer, one in raised:
        if one.step in AGAIN or one.step.startswith(NOTIFY):
            which = one.item if one.step == ESCALATED else one.occurrence
            items.setdefault((customer, one.step, which), []).append(one.item)
    return [_Raised(customer, tuple(theirs), step) for (customer, step, _), theirs in items.items()]


async def _count_days(book: Book, live: Sequence[StaffCard], day: date, work: UnitOfWork, now: datetime) -> None:
    """A card that stands says how many days it is by now: each is drawn anew once a day."""
    for card in live:
        if card.kind is CardKind.ALERT and card.message is not None and card.data.get(COUNTED, card.day.isoformat()) != day.isoformat():
            await work.set_card(replace(card, data={**card.data, COUNTED: day.isoformat()}))
            show(work, book, card, now)


def _untold_since(book: Book, day: date, live: Sequence[StaffCard]) -> datetime:
    """The start of today, or the last card before it: what was raised after that lost its cards to a stop, and is told today."""
    start = book.place.start_of(day)
    told = [card for card in live if card.kind in {CardKind.ALERT, CardKind.DIGEST}]
    if any(card.day == day for card in told):
        return start
    last = max((card.at for card in told), default=book.place.start_of(day - LOOK_BACK))
    return min(start, last + timedelta(microseconds=1))


def _told(live: Sequence[StaffCard], day: date) -> frozenset[str]:
    """What the day's cards show: one of a customer's items is enough."""
    return frozenset(shown for card in live if card.day == day for shown in (str(card.subject), *card.data.get("items", ())))


def _own(live: Sequence[StaffCard], day: date) -> set[UUID]:
    """The items with a card of their own today."""
    return {card.subject for card in live if card.kind is CardKind.ALERT and card.day == day}


async def _weighed(raised: Sequence[_Raised], work: UnitOfWork) -> list[_Raised]:
    """A page of accounts at a time, in the order everybody locks them in: there may be thousands, and little is kept of each."""
    by_customer: dict[CustomerId, list[_Raised]] = {}
    for one in raised:
        by_customer.setdefault(one.customer, []).append(one)
    customers, found = sorted(by_customer), dict[_Raised, _Raised]()
    for start in range(0, len(customers), _PAGE):
        for account in await work.accounts(customers[start : start + _PAGE]):
            found |= {one: _weigh(account, one) for one in by_customer[account.customer.id]}
        await work.give_way()
    return [found[one] for one in raised if one in found and found[one].items]


def _weigh(account: Account, raised: _Raised) -> _Raised:
    """The heaviest open amount of the customer, in minor units: good enough to choose whose card stands on its own.

    Instalments whose plan has ended since are left out; what was paid since comes last.
    """
    left, standing = balances(account), {item.id: item for item in account.all_items}
    ranked = sorted(
        {item for item in raised.items if item in standing},
        key=lambda item: (left.open_of(item).minor <= 0, standing[item].due_on or date.max, standing[item].number),
    )
    return replace(raised, items=tuple(ranked), weight=max((left.open_of(item).minor for item in ranked), default=0))


async def _urgent_cards(book: Book, raised: Sequence[_Raised], have: set[UUID], work: UnitOfWork, now: datetime) -> int:
    added = 0
    for one in _in_turn(raised):
        if len(have) < MOST:
            added += await _own_card(book, one, have, work, now)
    return added


def _in_turn(raised: Sequence[_Raised]) -> list[_Raised]:
    """Of each customer one before any has a second. What a policy has colleagues told of may be much: it comes last."""
    turns, ranked = Counter[CustomerId](), list[tuple[bool, int, _Raised]]()
    for one in sorted(raised, key=lambda one: -one.weight):
        ranked.append((one.again.startswith(NOTIFY), turns[one.customer], one))
        turns[one.customer] += 1
    return [one for *_, one in sorted(ranked, key=itemgetter(0, 1))]


async def _own_cards(book: Book, raised: Sequence[_Raised], have: set[UUID], work: UnitOfWork, now: datetime) -> int:
    taken, added = sum(1 for one in raised if have.intersection(one.items)), 0
    for one in sorted(raised, key=lambda one: -one.weight):
        if taken + added < FEW and len(have) < MOST:
            added += await _own_card(book, one, have, work, now)
    return added


async def _own_card(book: Book, raised: _Raised, have: set[UUID], work: UnitOfWork, now: datetime) -> bool:
    """`have` are the items that have one. False where one of these does, or nothing is open."""
    if raised.weight <= 0 or have.intersection(raised.items):
        return False
    item = raised.items[0]
    card = StaffCard(CardId(new_id()), CardKind.ALERT, book.id, item, book.place.day(now), now)
    older = await work.live_cards(book.id, item)
    if not await work.add_card(card):
        return False
    have.add(item)
    show_all(work, [(book, each) for each in (card, *older)], now)  # the older one says that this one has the buttons now
    return True


async def _digest(book: Book, raised: Sequence[_Raised], work: UnitOfWork, now: datetime) -> int:
    """The digest keeps which items it is about; what is said of them is read anew whenever it is drawn."""
    day = book.place.day(now)
    items = [str(one.items[0]) for one in sorted(raised, key=lambda one: -one.weight)]
    new = StaffCard(CardId(new_id()), CardKind.DIGEST, book.id, book.id, day, now, data={"items": items})
    added = await work.add_card(new)
    card = next(card for card in await work.live_cards(book.id, book.id) if card.kind is CardKind.DIGEST and card.day == day)
    if not added and card.data.get("items") == items:
        return 0
    if not added:
        card = await work.card(card.id)
        await work.set_card(replace(card, data={**card.data, "items": items}))
    show(work, book, card, now)
    return int(added)
