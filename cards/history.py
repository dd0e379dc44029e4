"""What happened to an item, newest first: for the answer about an invoice and for the inbox's timeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from cards.format import cell, day, locale_of, moment, money, name, over, remark, step_words
from cards.standing import STATE_WORDS, notices_on, person
from workflows.domain.account import Account, Item, Notice
from workflows.domain.contact import EVERY, OptOut, Reply
from workflows.domain.ids import ItemId, NoticeId, ReplyId, UserId
from workflows.domain.telling import HOLD_OVER, PROMISE_BROKEN

_TOLD = {PROMISE_BROKEN: "The promise was not kept", HOLD_OVER: "The hold came to its end"}


@dataclass(frozen=True, slots=True)
class Event:
    """`words` is what happened, `when` the reader's date, `detail` a few words more; `at` orders.

    In a customer's history `number` is the invoice it was about, and `message` the notice or the answer whose text is kept.
    """

    at: datetime
    words: str
    when: str
    detail: str = ""
    number: str = ""
    message: NoticeId | ReplyId | None = None


def history(account: Account, item: ItemId, now: datetime, people: Mapping[UserId, str]) -> tuple[Event, ...]:
    """Newest first. `people` names colleagues by id."""
    told = _Telling(account, now, people)
    events = [*told.of_item(account.item(item)), *(told.notice(notice) for notice in notices_on(account, item))]
    return _newest_first(events)


def whole_history(account: Account, now: datetime, people: Mapping[UserId, str]) -> tuple[Event, ...]:
    """Of every invoice and plan of the customer; a message that lists several stands once."""
    told, events = _Telling(account, now, people), list[Event]()
    for item in account.all_items:
        events += [replace(event, number=cell(item.number)) for event in told.of_item(item)]
    events += [told.notice(notice) for notice in account.notices]
    events += [told.answer(reply) for reply in account.replies]
    events += [
        told.on(paid.paid_on, f"Paid {money(paid.amount, told.locale)} on account") for paid in account.payments if paid.item is None
    ]
    events += [told.opt_out(fact) for fact in account.opt_outs]
    return _newest_first(events)


def _newest_first(events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))


@dataclass(frozen=True, slots=True)
class _Telling:
    account: Account
    now: datetime
    people: Mapping[UserId, str]

    @property
    def locale(self) -> str:
        return locale_of(self.account.book)

    def on(self, what: date, words: str) -> Event:
        place = self.account.book.place
        return Event(place.at(what, time()), words, day(what, place.day(self.now), self.locale))

    def at(self, when: datetime, words: str, detail: str = "") -> Event:
        said = moment(when, self.now, self.account.book.place, self.locale)
        return Event(when, words, said if " " in said else f"Today {said}", detail)

    def of_item(self, item: Item) -> list[Event]:
        """Everything but the messages that listed it."""
        account, locale = self.account, self.locale
        events = [self.at(act.at, remark(act.words)) for act in reversed(account.acts_on(item.id))]
        by_policy = [fact for fact in account.escalations if fact.item == item.id and fact.by is None]
        events += [self.at(fact.at, f"Escalated to {name(person(self.people, fact.to))}", remark(fact.why)) for fact in by_policy]
        events += [self.at(told.at, _TOLD[told.step]) for told in account.raised if told.item == item.id and told.step in _TOLD]
        events += [self.on(paid.paid_on, f"Paid {money(paid.amount, locale)}") for paid in account.payments if paid.item == item.id]
        events += [self.on(note.credited_on, f"Credited {money(note.amount, locale)}") for note in account.credits if note.item == item.id]
        if item.due_on and item.due_on <= account.book.place.day(self.now):
            events.append(self.on(item.due_on, "Due"))
        if item.issued_on:
            events.append(self.on(item.issued_on, "Issued"))
        return events

    def notice(self, notice: Notice) -> Event:
        by = f", by {name(person(self.people, notice.by))}" if notice.by else ""
        why = f", {remark(notice.because)}" if notice.because else ""
        words = f"{step_words(notice.step).capitalize()} {STATE_WORDS[notice.state]}"
        return replace(self.at(notice.sent_at or notice.at, words, f"{over(notice.channel)}{by}{why}"), message=notice.id)

    def answer(self, reply: Reply) -> Event:
        seems = reply.meaning.value.replace("_", " ")
        dealt = f", settled by {name(person(self.people, reply.ended_by))}" if reply.ended_at else ", waits for somebody"
        words = f"The customer answered {over(reply.channel)}"
        return replace(self.at(reply.at, words, f"{seems}{dealt}"), message=reply.id)

    def opt_out(self, fact: OptOut) -> Event:
        where = "" if fact.address == EVERY else f" to {name(fact.address)}"
        return self.at(fact.at, f"Opted out: no more messages{where}", remark(fact.how))
