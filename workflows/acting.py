"""What every act of a person on an item shares: the right to do it, the stale card, the note for colleagues, the cards to redraw."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from workflows.domain.access import Right, Role, User, least_role
from workflows.domain.account import Account, Act, Book, Item
from workflows.domain.calendar import Place, spoken
from workflows.domain.ids import BookId, ItemId
from workflows.domain.money import Money
from workflows.domain.pseudonyms import without_people
from workflows.errors import AlreadyDone, NotAllowed, NotKnown
from workflows.ports import UnitOfWork
from workflows.records import AuditEntry, StaffCard


def require(user: User, right: Right) -> None:
    """Raises `NotAllowed` naming the role that may."""
    if not user.may(right):
        raise NotAllowed(
            f"Your role is {user.role.word}; this needs {_a(least_role(right))}. Ask one to do it, or an administrator to change your role."
        )


def _a(role: Role) -> str:
    return f"an {role.word}" if role is Role.ADMINISTRATOR else f"a {role.word}"


async def item_to_act_on(work: UnitOfWork, item: ItemId, by: User, seen: int | None, right: Right = Right.CHASE) -> tuple[Account, Item]:
    """The item and its account, locked to the end of the unit.

    `seen` is how many acts the pressed card knew of; null when it does not matter. Raises `NotAllowed`, `NotKnown`, and
    `AlreadyDone` when somebody acted on the item since the card was drawn.
    """
    require(by, right)
    account = await work.account_of(item)
    acts = account.acts_on(item)
    if seen is not None and len(acts) > seen:
        raise AlreadyDone(_who_was_first(account, acts[-1], by))
    try:
        return account, account.item(item)
    except KeyError:
        raise NotKnown("That instalment belongs to a plan that no longer runs.") from None


def when(place: Place, at: datetime) -> str:
    """`Tue 24 Nov 2026 at 14:02`, of what somebody did before."""
    local = place.local(at)
    return f"{spoken(local.date())} at {local:%H:%M}"


def _who_was_first(account: Account, act: Act, by: User) -> str:
    who = "You were" if act.by == by.id else f"{act.by_name} was"
    done = act.words.removeprefix(act.by_name).strip()
    return f"{who} first, {when(account.book.place, act.at)}: {done}. Look at the card as it stands now, then press again if you still want to."


async def note_act(work: UnitOfWork, account: Account, item: Item, by: User, name: str, words: str, at: datetime, **facts: object) -> None:
    """Keeps what was done for colleagues and for the audit trail, and has the item's live cards redrawn."""
    await work.add_act(Act(item.id, name, by.id, by.name, at, words))
    await record(work, str(by.id), at, name, {"item": str(item.id), "number": item.number, **facts})
    await redraw(work, account, item.id, at, acted=True)


async def redraw(work: UnitOfWork, account: Account, item: ItemId, at: datetime, *, acted: bool = False) -> None:
    """Every live card that shows the item: its own and the book's digest. What a person did (`acted`) is not waited with."""
    showing = await work.cards_showing([account.book.id], [item])
    show_all(work, [(account.book, card) for card in showing], at, acted=acted)


async def redraw_all(work: UnitOfWork, books: Collection[BookId], items: Sequence[ItemId], at: datetime) -> None:
    """As `redraw`, for items of those books; a card that shows several of them is drawn once."""
    cards = await work.cards_showing(books, items)
    known = {book.id: book for book in await work.books()} if cards else {}
    show_all(work, [(known[card.book], card) for card in cards], at)


def show(work: UnitOfWork, book: Book, card: StaffCard, at: datetime, *, acted: bool = False) -> None:
    """Has a card posted or updated in the book's chat; without one it stands in the inbox only."""
    if card.channel is not None or book.chat_channel is not None:
        work.redraw(card.id, at, acted=acted)


def show_all(work: UnitOfWork, cards: Iterable[tuple[Book, StaffCard]], at: datetime, *, acted: bool = False) -> None:
    """As `show`, however many."""
    for book, card in cards:
        show(work, book, card, at, acted=acted)


async def stand(work: UnitOfWork, book: Book, card: StaffCard) -> bool:
    """Puts a card up and has it shown; one of that kind, subject and day that was done with stands again. False when it stands already."""
    if not await work.add_card(card):
        return False
    standing = next(one for one in await work.live_cards(book.id, card.subject) if (one.kind, one.day) == (card.kind, card.day))
    show(work, book, standing, card.at)
    return True


async def record(work: UnitOfWork, actor: str, at: datetime, kind: str, data: Mapping[str, object]) -> None:
    """One entry of the trail, as `entry` writes it."""
    await work.record(entry(actor, at, kind, data))


def entry(actor: str, at: datetime, kind: str, data: Mapping[str, object]) -> AuditEntry:
    """Money is written as its plain decimal beside its currency, and nothing in it names a customer."""
    return AuditEntry(actor, at, kind, {name: _plain(name, value) for name, value in data.items()})


def _plain(name: str, value: object) -> object:
    return {"amount": value.plain, "currency": value.currency} if isinstance(value, Money) else without_people(name, value)
