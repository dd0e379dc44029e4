"""What a colleague's home says at this moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter, itemgetter

from bot.desk.reader import read_by
from bot.live.lines import line_of, outgoing_lines
from cards import home as cards
from cards.digest import OutgoingLine
from cards.elements import Card
from cards.home import Asked, Home, Promised
from workflows.answer_query import Bounds, Overdue, overdue, see_many, tasks
from workflows.domain.access import User
from workflows.domain.account import Account, Book
from workflows.domain.approvals import Approval
from workflows.domain.approving import expired, why_not
from workflows.domain.claims import Promise
from workflows.domain.decide import decide
from workflows.domain.decision import ItemDecision
from workflows.domain.ids import CustomerId, PromiseId, UserId
from workflows.domain.preferences import Preferences
from workflows.domain.promises import Fate
from workflows.domain.tasks import Task
from workflows.errors import NotKnown
from workflows.ports import Policies, UnitOfWork

SOON = timedelta(days=7)  # a promise for a day within these is due
LATELY = timedelta(days=14)  # one of an earlier day within these may still be waited for
MOST = 50  # customers of a book whose messages of today are foreseen: a home is no report


async def home_card(reader: UserId, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    """Over all books, the first of which gives the day; in the reader's own way of writing figures."""
    user = await work.user(reader)
    return await _Drawing(read_by(user, work), policies, now).of(user)


async def approvals_card(reader: User, page: int, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    """All requests the reader may approve."""
    return await _Drawing(work, policies, now).approvals(reader, page)


class _Drawing:
    def __init__(self, work: UnitOfWork, policies: Policies, now: datetime) -> None:
        self._work, self._policies, self._now = work, policies, now

    async def of(self, reader: User) -> Card:
        books = await self._work.books()
        if not books:
            raise NotKnown("There is no book yet.")
        wanted = (await self._work.preferences()).get(reader.id, Preferences())
        mine = await self._late(books, Bounds(owner=reader.id))
        late = mine if mine.accounts else await self._late(books, Bounds())
        waiting = await self._waiting(books, reader)
        told = Home(
            reader,
            books[0],
            self._now,
            wanted,
            [line_of(seen) for seen in late.accounts],
            late.more,
            bool(mine.accounts),
            await self._asked(waiting[: cards.FEW]),
            len(waiting),
            await self._promised(books, reader),
            await self._tasks(reader),
            *await self._leaving(books),
        )
        return cards.home(told)

    async def approvals(self, reader: User, page: int) -> Card:
        waiting = await self._waiting(await self._work.books(), reader)
        shown = cards.page_of_approvals(len(waiting), page)
        return cards.approvals(reader, await self._asked([waiting[at] for at in shown]), shown, len(waiting))

    async def _late(self, books: Sequence[Book], bounds: Bounds) -> Overdue:
        days = {book.id: book.place.day(self._now) for book in books}
        return await overdue(self._work, self._policies, self._now, days, bounds, cards.SHOWN)

    async def _waiting(self, books: Sequence[Book], reader: User) -> list[tuple[CustomerId, Approval]]:
        """What the reader may approve."""
        open_ = [one for book in books for one in await self._work.open_approvals(book.id)]
        return [one for one in open_ if why_not(one[1], reader) is None and not expired(one[1], self._now)]

    async def _asked(self, waiting: Sequence[tuple[CustomerId, Approval]]) -> list[Asked]:
        seen = await see_many((customer for customer, _ in waiting), self._work, self._policies, self._now)
        return [Asked(seen[customer].account, seen[customer].of(one.item), one) for customer, one in waiting]

    async def _promised(self, books: Sequence[Book], reader: User) -> list[Promised]:
        """Of the reader's customers and of those that are nobody's, the soonest first."""
        found: dict[PromiseId, tuple[date, Promised]] = {}  # one that covers several invoices is one
        for book in books:
            today = book.place.day(self._now)
            async for account in self._work.promising_accounts(book.id, today - LATELY, today + SOON):
                if account.customer.owner in {reader.id, None}:
                    for promise, decided in self._due(account, today):
                        found.setdefault(promise.id, (promise.until, Promised(account, decided)))
        return [one for _, one in sorted(found.values(), key=itemgetter(0))]

    def _due(self, account: Account, today: date) -> Iterator[tuple[Promise, ItemDecision]]:
        for decided in decide(self._policies.of(account), account, self._now).items:
            said = decided.promise
            if said and said.fate is Fate.RUNNING and said.promise.until <= today + SOON and decided.open.minor > 0:
                yield said.promise, decided

    async def _tasks(self, reader: User) -> list[tuple[Task, Account]]:
        found = await tasks(await self._work.books(), self._work, self._policies, self._now)
        return [(one.task, one.seen.account) for one in found if one.task.owner in {reader.id, None}]

    async def _leaving(self, books: Sequence[Book]) -> tuple[list[OutgoingLine], bool]:
        found = [await outgoing_lines(book, self._work, self._policies, self._now, MOST) for book in books]
        lines = sorted((line for one in found for line in one.lines if line.waits), key=attrgetter("at"))
        return lines, any(one.more for one in found)
