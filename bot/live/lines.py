"""Lines of lists: what is overdue, a customer a line, and the messages of a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cards.digest import DigestLine, OutgoingLine
from cards.format import step_words
from workflows.answer_query import Seen, see_many
from workflows.domain.account import Account, Book, Notice
from workflows.domain.decision import ItemDecision, State
from workflows.domain.ids import ItemId
from workflows.domain.money import Money, totals
from workflows.domain.standing import Owed
from workflows.ports import Policies, UnitOfWork

MOST = 500  # lines a list is drawn from; a longer one says how many more there are


async def digest_lines(items: Sequence[ItemId], work: UnitOfWork, policies: Policies, now: datetime) -> list[DigestLine]:
    """One line per customer, in the order given."""
    owners = await work.owners(items[:MOST])
    seen = await see_many(owners.values(), work, policies, now)
    return [_line_by(item, seen[owners[item]]) for item in items[:MOST] if item in owners]


def _line_by(item: ItemId, seen: Seen) -> DigestLine:
    """The customer's line, by how that item stands."""
    if (late := next((one for one in seen.late if one.item.id == item), None)) is not None:
        return _line(seen, late, seen.silence(late.item))
    one = seen.of(item)
    return _line(seen, one, one.state)


def line_of(seen: Seen) -> DigestLine:
    """A customer's line in a list of what is overdue; its oldest item opens."""
    oldest = min(seen.late, key=lambda one: (one.item.due_on or date.max, one.item.number))
    return _line(seen, oldest, seen.silence(oldest.item))


def _line(seen: Seen, one: Owed | ItemDecision, state: State) -> DigestLine:
    account, late, item = seen.account, seen.late or (one,), one.item.id
    sums = totals(each.open for each in late)
    days = max((each.days_past_due or 0 for each in late), default=0)
    chased = state is State.OPEN or state is State.CHASING
    words = _last_said(account, item) if chased else state.value.replace("_", " ")
    return DigestLine(account.customer.name, sums, days, words, item, len(late), not chased, len(account.acts_on(item)))


def _last_said(account: Account, item: ItemId) -> str:
    last = max((n for n in account.notices if n.state.counts and _lists(n, item)), key=lambda notice: notice.at, default=None)
    return f"{step_words(last.step)} {last.state.value}" if last else "not yet written to"


def _lists(notice: Notice, item: ItemId) -> bool:
    return any(entry.item == item for entry in notice.items)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Messages of a day, in the order they leave. `more`: others may leave too, of customers who were not looked at."""

    lines: Sequence[OutgoingLine]
    more: bool


async def outgoing_lines(book: Book, work: UnitOfWork, policies: Policies, now: datetime, most: int = MOST) -> Outgoing:
    """Those of today that are queued or sent, and of `most` customers those whose step comes before the day is over."""
    day = book.place.day(now)
    tomorrow = book.place.start_of(day + timedelta(days=1))
    notices = [(notice, customer) for notice, customer in await work.notices_of(book.id, day) if notice.state.counts]
    asked = await work.looking_before(book.id, tomorrow, most + 1)
    soon = asked[:most]
    seen = await see_many([*(customer for _, customer in notices), *soon], work, policies, now)
    lines = [_leaving(notice, seen[customer]) for notice, customer in notices]
    planned = [_planned(seen[customer], None, tomorrow) for customer in soon]
    found = sorted([*lines, *(line for line in planned if line is not None)], key=lambda line: line.at)
    return Outgoing(found, len(asked) > most)


async def outgoing_on(day: date, book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> Outgoing:
    """Messages of a day to come, if nothing happens until then: those whose next step falls on it."""
    start, end = book.place.start_of(day), book.place.start_of(day + timedelta(days=1))
    soon = await work.looking_before(book.id, end, MOST + 1)
    planned = [_planned(one, start, end) for one in (await see_many(soon[:MOST], work, policies, now)).values()]
    return Outgoing(sorted((line for line in planned if line is not None), key=lambda line: line.at), len(soon) > MOST)


def _leaving(notice: Notice, seen: Seen) -> OutgoingLine:
    at = notice.sent_at or notice.at
    return OutgoingLine(
        seen.account.customer.name,
        _asked(list(_listed(notice, seen)), seen, at),
        notice.step,
        at,
        notice.items[0].item,
        state=notice.state,
        notice=notice.id,
    )


def _listed(notice: Notice, seen: Seen) -> Iterator[ItemDecision]:
    """But for what has gone to another customer since."""
    for entry in notice.items:
        with suppress(KeyError):
            yield seen.of(entry.item)


def _planned(seen: Seen, start: datetime | None, until: datetime) -> OutgoingLine | None:
    """The message an account will get from `start` and before `until` if nothing changes; the tick has not made it yet."""
    ahead = [one for one in seen.decision.items if one.next is not None and one.next.reminds]
    coming = [one for one in ahead if one.next is not None and one.next.at < until and (start is None or one.next.at >= start)]
    if not coming:
        return None
    first = min(coming, key=lambda one: (one.next.at if one.next else until, one.item.number))
    at = first.next.at if first.next else until
    step = first.next.step if first.next else ""
    return OutgoingLine(seen.account.customer.name, _asked(coming, seen, at), step, at, first.item.id)


def _asked(listed: Sequence[ItemDecision], seen: Seen, at: datetime) -> tuple[Money, ...]:
    """What is late by then; all of it where nothing is, for the message only announces. What else it lists is for the customer's planning."""
    day = seen.account.book.place.day(at)
    late = [one for one in listed if one.item.due_on is not None and one.item.due_on < day]
    return totals(one.open for one in late or listed)
