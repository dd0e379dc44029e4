"""The customer's page: what they owe, and everything that was ever said and done, with its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.web.listings import Line, Listing
from bot.web.place import Place
from cards.elements import Tone
from cards.format import amounts, cell, count, lateness, locale_of, money, name
from cards.history import Event, whole_history
from cards.lines import following_line
from workflows.answer_query import Seen
from workflows.domain.decision import State
from workflows.domain.ids import NoticeId, ReplyId, UserId
from workflows.domain.money import totals
from workflows.ports import UnitOfWork

EVENTS = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history; `text` are the words of a message or an answer, empty where there are none or erasure took them."""

    event: Event
    text: str = ""


@dataclass(frozen=True, slots=True)
class CustomerPage:
    name: str
    told: str
    items: Listing
    settled: str
    entries: Sequence[Entry]
    newer: str = ""
    older: str = ""


async def customer_page(seen: Seen, place: Place, people: Mapping[UserId, str], work: UnitOfWork) -> CustomerPage:
    """The open invoices, the oldest due first, and a stretch of the history, the newest first."""
    account, locale = seen.account, locale_of(seen.account.book)
    left = [seen.of(one.item.id) for one in seen.open]
    left.sort(key=lambda one: (one.item.due_on or date.max, one.item.number))
    lines = tuple(
        Line(
            cell(one.item.number),
            one.state.value.replace("_", " "),
            money(one.open, locale),
            lateness(one.days_past_due),
            following_line(account, one, seen.at, people),
            place.of_item(one.item.id),
            one.item.id,
            Tone.LATE if one.overdue else Tone.QUIET,
        )
        for one in left
    )
    events, first = whole_history(account, seen.at, people), place.page * EVENTS
    shown = [Entry(event, await _text(event, seen, work)) for event in events[first : first + EVENTS]]
    settled = len([one for one in seen.decision.items if one.state is State.SETTLED])
    return CustomerPage(
        name(account.customer.name),
        f"{amounts(totals(one.open for one in left), locale)} open, {count(len(left), 'item')}" if left else "Nothing open",
        Listing(("Invoice", "State", "Open", "Due", "How it stands"), lines),
        f"{count(settled, 'invoice')} settled" if settled else "",
        shown,
        place.url(page=place.page - 1, answer="") if place.page else "",
        place.url(page=place.page + 1, answer="") if len(events) > first + EVENTS else "",
    )


async def _text(event: Event, seen: Seen, work: UnitOfWork) -> str:
    if event.message is None:
        return ""
    if event.message in {reply.id for reply in seen.account.replies}:
        _, _, words = await work.reply(ReplyId(event.message))
        return words
    body = await work.body(NoticeId(event.message))
    return f"{body.subject}\n\n{body.text}" if body else ""
