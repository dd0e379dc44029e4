"""What was raised today becomes cards: own ones for the few that matter, one digest for all when they are many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from workflows.acting import show
from workflows.domain.account import Account, Book
from workflows.domain.allocation import balances
from workflows.domain.ids import CardId, CustomerId, ItemId, new_id
from workflows.ports import CardKind, Clock, StaffCard, UnitOfWork

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
    day = book.place.day(now)
    start = book.place.start_of(day)
    by_customer: dict[CustomerId, list[ItemId]] = {}
    for customer, raised in await work.raised_between(book.id, start, book.place.start_of(day + timedelta(days=1))):
        by_customer.setdefault(customer, []).append(raised.item)
    if not by_customer:
        return AlertsRaised()
    standing = [card for card in await work.live_cards(book.id) if card.day == day]
    many = len(by_customer) > FEW
    mine = [_weigh(await work.account(customer), items) for customer, items in by_customer.items()]
    cards = await _own_cards(book, mine, standing, work, now)
    digests = await _digest(book, mine, work, now) if many else 0
    return AlertsRaised(cards, digests)


def _weigh(account: Account, items: list[ItemId]) -> _Raised:
    """The heaviest open amount of the customer, in minor units: good enough to choose whose card stands on its own."""
    left = balances(account)
    ranked = sorted(set(items), key=lambda item: (account.item(item).due_on or account.book.read_through, account.item(item).number))
    return _Raised(account.customer.id, tuple(ranked), max(left.open_of(item).minor for item in ranked))


async def _own_cards(book: Book, raised: list[_Raised], standing: list[StaffCard], work: UnitOfWork, now: datetime) -> int:
    taken = sum(1 for card in standing if card.kind is CardKind.ALERT)
    have = {card.subject for card in standing}
    added = 0
    for one in sorted(raised, key=lambda one: -one.weight):
        if have.intersection(one.items) or taken + added >= FEW:
            continue
        card = StaffCard(CardId(new_id()), CardKind.ALERT, book.id, one.items[0], book.place.day(now), now)
        if await work.add_card(card):
            added += 1
            await show(work, book, card, now)
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
        await work.set_card(replace(card, data={"items": items}))
    await show(work, book, card, now)
    return int(added)
