"""The line under a card in its thread: what people did and what was sent, those of ten minutes together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cards.elements import Actions, Card, Quote, Text
from cards.format import clock, locale_of, moment, name, over, remark, step_words
from cards.standing import STATE_WORDS, notices_on, person
from workflows.domain.account import Account, Book, NoticeState
from workflows.domain.calendar import Place
from workflows.domain.ids import ItemId, UserId

MOST_KEPT = 6  # lines of a card's history; older ones are in the customer's timeline
_TOLD = frozenset({NoticeState.SENT, NoticeState.DELIVERED, NoticeState.FAILED})


@dataclass(frozen=True, slots=True)
class Told:
    at: datetime
    words: str


def happened(account: Account, item: ItemId, since: datetime, people: Mapping[UserId, str]) -> tuple[Told, ...]:
    """After `since`, oldest first."""
    told = [Told(act.at, remark(act.words)) for act in account.acts_on(item)]
    for notice in notices_on(account, item):
        by = f", by {name(person(people, notice.by))}" if notice.by else ""
        if notice.state in _TOLD:
            words = f"{step_words(notice.step).capitalize()} {STATE_WORDS[notice.state]} {over(notice.channel)}{by}"
            told.append(Told(notice.sent_at or notice.at, words))
    return tuple(sorted((one for one in told if one.at > since), key=lambda one: one.at))


def thread_line(told: Sequence[Told], place: Place) -> Card:
    """`10:02 Ana snoozed until Mon 30 Nov`, a line each."""
    lines = [f"{clock(one.at, place)} {one.words}" for one in told]
    return Card(" · ".join(lines), tuple(Text(line) for line in lines))


def with_history(card: Card, told: Sequence[Told], book: Book, now: datetime) -> Card:
    """For where no thread stands below: the newest lines above the buttons."""
    if not told:
        return card
    lines = [f"{moment(one.at, now, book.place, locale_of(book))} {one.words}" for one in told[-MOST_KEPT:]]
    at = next((number for number, part in enumerate(card.body) if isinstance(part, Actions)), len(card.body))
    return replace(card, body=(*card.body[:at], Quote("\n".join(lines), "What happened"), *card.body[at:]))
