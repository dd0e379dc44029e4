"""What the middle of the inbox shows: standing cards, or a list with a line per customer or invoice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.live.lines import MOST, line_of, outgoing_lines, outgoing_on
from bot.web.place import Place, View
from cards.digest import OutgoingLine
from cards.elements import Tone
from cards.format import amounts, cell, clock, count, lateness, locale_of, money, step_words
from cards.lines import following_line
from cards.standing import STATE_WORDS
from workflows.answer_query import Seen
from workflows.domain.account import Account, Book
from workflows.domain.ids import ItemId, UserId
from workflows.ports import Policies, UnitOfWork
from workflows.records import CardKind, Mark, StaffCard

PAGE = 20

MARKS = {
    View.ON_PLAN: Mark.ON_PLAN,
    View.SNOOZED: Mark.SNOOZED,
    View.PROMISED: Mark.PROMISED,
    View.DISPUTED: Mark.DISPUTED,
    View.HELD: Mark.HELD,
    View.ESCALATED: Mark.ESCALATED,
    View.FLAGGED: Mark.FLAGGED,
}
KINDS = {
    View.NEEDS_ME: (CardKind.ANSWER, CardKind.PROBLEM, CardKind.APPROVAL, CardKind.REVIEW, CardKind.ALERT, CardKind.DIGEST),
    View.APPROVALS: (CardKind.APPROVAL,),
    View.FIRST_CONTACT: (CardKind.REVIEW,),
    View.ANSWERS: (CardKind.ANSWER,),
    View.PROBLEMS: (CardKind.PROBLEM,),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: who, one or two amounts or words, how late or when (`aside`, with its tone), and where it stands."""

    name: str
    what: str
    amount: str
    aside: str
    words: str
    url: str
    item: ItemId
    tone: Tone = Tone.QUIET


@dataclass(frozen=True, slots=True)
class Listing:
    """`heads` names the columns of the lines. `more` says that another page follows."""

    heads: tuple[str, str, str, str, str]
    lines: tuple[Line, ...]
    more: bool = False


def standing(cards: Sequence[StaffCard], view: View) -> list[StaffCard]:
    """The live cards of a view: what needs a decision first, then single customers, then the digest; newest first within each."""
    kinds = KINDS[view]
    return sorted((card for card in cards if card.kind in kinds), key=lambda card: kinds.index(card.kind))


async def listing(place: Place, book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> Listing:
    if place.view is View.TODAY:
        later = place.on is not None and place.on > book.place.day(now)
        leaving = await (
            outgoing_on(place.on, book, work, policies, now) if place.on and later else outgoing_lines(book, work, policies, now)
        )
        return _outgoing(place, book, leaving.lines)
    if place.view is View.OVERDUE:
        return await _overdue(place, book, work, policies, now)
    return await _marked(place, book, work, policies, now)


def _outgoing(place: Place, book: Book, lines: Sequence[OutgoingLine]) -> Listing:
    locale, first = locale_of(book), place.page * PAGE
    shown = tuple(
        Line(
            cell(line.customer),
            step_words(line.step).capitalize(),
            amounts(line.amounts, locale),
            clock(line.at, book.place),
            STATE_WORDS[line.state] if line.state else "planned",
            place.of_item(line.item),
            line.item,
        )
        for line in lines[first : first + PAGE]
    )
    return Listing(("Customer", "Message", "Asks for", "At", "State"), shown, len(lines) > first + PAGE)


async def _overdue(place: Place, book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> Listing:
    """The state is worked out account by account, so of a filter for one only the first of the rest are looked at."""
    first, only, day = place.page * PAGE, place.only, book.place.day(now) - timedelta(max(place.only.age - 1, 0))
    reach = MOST if only.state else first + PAGE + 1
    late, _ = await work.overdue_accounts(day, reach, book.id, only.owner, only.floor)
    found = [customer for _, customer in late]
    if only.state:
        seen = [_see(account, policies, now) for account in await work.accounts(found)]
        fit = [one for one in seen if any(item.overdue and item.state is only.state for item in one.open)]
        shown, more = fit[first : first + PAGE], len(fit) > first + PAGE
    else:
        shown = [_see(account, policies, now) for account in await work.accounts(found[first : first + PAGE])]
        more = len(found) > first + PAGE
    lines = tuple(_late(place, one) for one in shown if one.late)
    return Listing(("Customer", "Invoices", "Overdue", "Oldest", "State"), lines, more)


def _late(place: Place, one: Seen) -> Line:
    line = line_of(one)
    items, sums = count(line.items, "invoice"), amounts(line.amounts, locale_of(one.account.book))
    tone = Tone.WARNING if line.waits else Tone.LATE
    return Line(cell(line.customer), items, sums, lateness(line.days), line.words, place.of_item(line.item), line.item, tone)


async def _marked(place: Place, book: Book, work: UnitOfWork, policies: Policies, now: datetime) -> Listing:
    found = await work.marked(book.id, MARKS[place.view], book.place.day(now), PAGE + 1, place.page * PAGE)
    accounts = await work.accounts(list(dict.fromkeys(customer for customer, _ in found[:PAGE])))
    seen = {account.customer.id: _see(account, policies, now) for account in accounts}
    people = {user.id: user.name for user in await work.users()}
    lines = tuple(_line(place, seen[customer], item, people) for customer, item in found[:PAGE] if customer in seen)
    return Listing(("Customer", "Invoice", "Open", "Due", "State"), lines, len(found) > PAGE)


def _line(place: Place, seen: Seen, item: ItemId, people: Mapping[UserId, str]) -> Line:
    decided, account = seen.of(item), seen.account
    return Line(
        cell(account.customer.name),
        cell(decided.item.number),
        money(decided.open, locale_of(account.book)),
        lateness(decided.days_past_due),
        following_line(account, decided, seen.at, people),
        place.of_item(item),
        item,
        Tone.LATE if decided.overdue else Tone.QUIET,
    )


def _see(account: Account, policies: Policies, now: datetime) -> Seen:
    return Seen(account, policies.of(account), now)
