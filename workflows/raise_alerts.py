"""What was raised today becomes cards: own ones for the few that matter, one digest for all when they are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from workflows.acting import show, show_all
from workflows.domain.account import Account, Book
from workflows.domain.allocation import balances
from workflows.domain.ids import CardId, CustomerId, ItemId, new_id
from workflows.ports import Clock, UnitOfWork
from workflows.records import CardKind, StaffCard

LOOK_BACK = timedelta(days=7)  # raised longer ago, it is no news
COUNTED = "counted_on"  # the day a card was last drawn anew for the days it counts
_PAGE = 200
FEW = 5  # own cards a book and day; more customers than that make a digest


@dataclass(frozen=True, slots=True)
class AlertsRaised:
    cards: int = 0
    digests: int = 0

    def __add__(self, other: AlertsRaised) -> AlertsRaised:
        return AlertsRaised(self.cards + other.cards, self.digests + other.digests)


@dataclass(frozen=True, slots=True)
class _Raised:
    """One customer of today's: the items raised, the one its card is about first."""

    customer: CustomerId
    items: tuple[ItemId, ...]
    weight: int


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
    by_customer: dict[CustomerId, list[ItemId]] = {}
    for customer, raised in await work.raised_between(book.id, since, book.place.start_of(day + timedelta(days=1))):
        by_customer.setdefault(customer, []).append(raised.item)
    told = _told(live, day)
    if all(any(str(item) in told for item in items) for items in by_customer.values()):
        return AlertsRaised()
    # The accounts are locked first: whoever does this at the same time then sees our cards below, and adds none of its own.
    mine = [one for one in await _weighed(by_customer, work) if one.items]
    standing = [card for card in await work.live_cards(book.id) if card.day == day]
    many = len(mine) > FEW
    cards = await _own_cards(book, mine, standing, work, now)
    digests = await _digest(book, mine, work, now) if many else 0
    return AlertsRaised(cards, digests)


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


async def _weighed(by_customer: dict[CustomerId, list[ItemId]], work: UnitOfWork) -> list[_Raised]:
    """A page of accounts at a time, in the order everybody locks them in: there may be thousands, and little is kept of each."""
    customers, found = sorted(by_customer), dict[CustomerId, _Raised]()
    for start in range(0, len(customers), _PAGE):
        accounts = await work.accounts(customers[start : start + _PAGE])
        found |= {account.customer.id: _weigh(account, by_customer[account.customer.id]) for account in accounts}
        await work.give_way()
    return [found[customer] for customer in by_customer if customer in found]


def _weigh(account: Account, items: list[ItemId]) -> _Raised:
    """The heaviest open amount of the customer, in minor units: good enough to choose whose card stands on its own.

    Instalments whose plan has ended since are left out.
    """
    left, standing = balances(account), {item.id: item for item in account.all_items}
    ranked = sorted(
        {item for item in items if item in standing}, key=lambda item: (standing[item].due_on or date.max, standing[item].number)
    )
    return _Raised(account.customer.id, tuple(ranked), max((left.open_of(item).minor for item in ranked), default=0))


async def _own_cards(book: Book, raised: list[_Raised], standing: list[StaffCard], work: UnitOfWork, now: datetime) -> int:
    taken = sum(1 for card in standing if card.kind is CardKind.ALERT)
    have = {card.subject for card in standing}
    added = 0
    for one in sorted(raised, key=lambda one: -one.weight):
        if one.weight <= 0 or have.intersection(one.items) or taken + added >= FEW:
            continue
        card = StaffCard(CardId(new_id()), CardKind.ALERT, book.id, one.items[0], book.place.day(now), now)
        older = await work.live_cards(book.id, one.items[0])
        if await work.add_card(card):
            added += 1
            show_all(work, [(book, each) for each in (card, *older)], now)  # the older one says that this one has the buttons now
    return added


async def _digest(book: Book, raised: list[_Raised], work: UnitOfWork, now: datetime) -> int:
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
