"""What happened to an item, newest first: for the answer about an invoice and for the inbox's timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from cards.format import day, locale_of, moment, money, name, over, remark, step_words
from cards.standing import STATE_WORDS, notices_on, person
from workflows.domain.account import Account
from workflows.domain.telling import HOLD_OVER, PROMISE_BROKEN
from workflows.domain.ids import ItemId, UserId

_TOLD = {PROMISE_BROKEN: "The promise was not kept", HOLD_OVER: "The hold came to its end"}


@dataclass(frozen=True, slots=True)
class Event:
    """`words` is what happened, `when` the reader's date, `detail` a few words more; `at` orders."""

    at: datetime
    words: str
    when: str
    detail: str = ""


def history(account: Account, item: ItemId, now: datetime, people: Mapping[UserId, str]) -> tuple[Event, ...]:
    """Newest first. `people` names colleagues by id."""
    place, locale = account.book.place, locale_of(account.book)

    def on(what: date, words: str, detail: str = "") -> Event:
        return Event(place.at(what, time()), words, day(what, place.day(now), locale), detail)

    def at(when: datetime, words: str, detail: str = "") -> Event:
        said = moment(when, now, place, locale)
        return Event(when, words, said if " " in said else f"Today {said}", detail)

    fact = account.item(item)
    events = [at(act.at, remark(act.words)) for act in account.acts_on(item)]
    by_policy = [fact for fact in account.escalations if fact.item == item and fact.by is None]
    events += [at(fact.at, f"Escalated to {name(person(people, fact.to))}", remark(fact.why)) for fact in by_policy]
    for notice in notices_on(account, item):
        by = f", by {name(person(people, notice.by))}" if notice.by else ""
        words = f"{step_words(notice.step).capitalize()} {STATE_WORDS[notice.state]}"
        events.append(
            at(
                notice.sent_at or notice.at,
                words,
                f"{over(notice.channel)}{by}" + (f", {remark(notice.because)}" if notice.because else ""),
            )
        )
    events += [at(told.at, _TOLD[told.step]) for told in account.raised if told.item == item and told.step in _TOLD]
    events += [on(paid.paid_on, f"Paid {money(paid.amount, locale)}") for paid in account.payments if paid.item == item]
    events += [on(note.credited_on, f"Credited {money(note.amount, locale)}") for note in account.credits if note.item == item]
    if fact.due_on and fact.due_on <= place.day(now):
        events.append(on(fact.due_on, "Due"))
    if fact.issued_on:
        events.append(on(fact.issued_on, "Issued"))
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))
