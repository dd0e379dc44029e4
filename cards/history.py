"""What happened to an item, newest first: for the answer about an invoice and for the inbox's timeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from cards.format import cell, day, locale_of, moment, money, name, over, remark, step_words
from cards.standing import STATE_WORDS, notices_on, person
from workflows.domain.account import NOTED, Account, Credit, Item, Notice, NoticeState, Payment
from workflows.domain.contact import EVERY, OptOut, Reply
from workflows.domain.ids import ItemId, NoticeId, ReplyId, UserId
from workflows.domain.money import Money
from workflows.domain.telling import HOLD_OVER, PROMISE_BROKEN

_ENDS = frozenset({NoticeState.DELIVERED, NoticeState.FAILED})
_TOLD = {PROMISE_BROKEN: "The promise was not kept", HOLD_OVER: "The hold came to its end"}


@dataclass(frozen=True, slots=True)
class Event:
    """`words` is what happened, `when` the reader's date, `detail` a few words more; `at` orders.

    In a customer's history `number` is the invoice it was about, and `message` the notice or the answer whose text is kept. Of what comes
    to an item `key` is what it is known by, whatever becomes of its words; where it is not `timed` nobody kept the moment.
    """

    at: datetime
    words: str
    when: str
    detail: str = ""
    number: str = ""
    message: NoticeId | ReplyId | None = None
    key: str = ""
    timed: bool = True


def history(account: Account, item: ItemId, now: datetime, people: Mapping[UserId, str]) -> tuple[Event, ...]:
    """Newest first. `people` names colleagues by id."""
    told = _Telling(account, now, people)
    events = [*told.of_item(account.item(item)), *(told.notice(notice) for notice in notices_on(account, item))]
    return _newest_first(events)


def happenings(account: Account, item: ItemId, now: datetime, people: Mapping[UserId, str]) -> tuple[Event, ...]:
    """What comes to the item, oldest first, each for itself: that a message left, and then what became of it."""
    told = _Telling(account, now, people)
    events = [event for notice in notices_on(account, item) for event in told.course(notice)]
    events += [*told.done(item), *(replace(event, words=f"{event.words} on {event.when}") for event in told.money(item, noted=False))]
    events += [replace(told.answer(reply), detail="") for reply in account.replies if item in reply.items or not reply.items]
    return _newest_first(events)[::-1]


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

    def on(self, what: date, words: str, key: str = "") -> Event:
        place = self.account.book.place
        return Event(place.at(what, time()), words, day(what, place.day(self.now), self.locale), key=key, timed=False)

    def at(self, when: datetime, words: str, detail: str = "", key: str = "") -> Event:
        said = moment(when, self.now, self.account.book.place, self.locale)
        return Event(when, words, said if " " in said else f"Today {said}", detail, key=key)

    def of_item(self, item: Item) -> list[Event]:
        """Everything but the messages that listed it."""
        events = [*self.done(item.id), *self.money(item.id)]
        if item.due_on and item.due_on <= self.account.book.place.day(self.now):
            events.append(self.on(item.due_on, "Due"))
        if item.issued_on:
            events.append(self.on(item.issued_on, "Issued"))
        return events

    def done(self, item: ItemId) -> list[Event]:
        """What people and the policy did about it, and what ended by itself."""
        account, people = self.account, self.people
        events = [self.at(act.at, remark(act.words), key=f"{act.name}:{act.at.isoformat()}") for act in reversed(account.acts_on(item))]
        by_policy = [fact for fact in account.escalations if fact.item == item and fact.by is None]
        events += [
            self.at(fact.at, f"Escalated to {name(person(people, fact.to))}", remark(fact.why), f"escalated:{fact.at.isoformat()}")
            for fact in by_policy
        ]
        ended = [fact for fact in account.raised if fact.item == item and fact.step in _TOLD]
        return events + [self.at(fact.at, _TOLD[fact.step], key=f"{fact.step}:{fact.occurrence}") for fact in ended]

    def money(self, item: ItemId, *, noted: bool = True) -> list[Event]:
        """With what colleagues `noted`, which their acts tell, too."""

        def told(fact: Payment | Credit) -> bool:
            return fact.item == item and (noted or not fact.key.startswith(NOTED))

        events = [self.on(fact.paid_on, self.paid(fact.amount), f"paid:{fact.key}") for fact in self.account.payments if told(fact)]
        credited = ((fact, money(fact.amount, self.locale)) for fact in self.account.credits if told(fact))
        return events + [self.on(fact.credited_on, f"Credited {amount}", f"credited:{fact.key}") for fact, amount in credited]

    def paid(self, amount: Money) -> str:
        """What is below zero corrects what was said before."""
        return f"Payment of {money(-amount, self.locale)} taken back" if amount.minor < 0 else f"Paid {money(amount, self.locale)}"

    def notice(self, notice: Notice) -> Event:
        by = f", by {name(person(self.people, notice.by))}" if notice.by else ""
        why = f", {remark(notice.because)}" if notice.because else ""
        words = _became(notice, notice.state)
        return replace(self.at(notice.sent_at or notice.at, words, f"{over(notice.channel)}{by}{why}"), message=notice.id)

    def course(self, notice: Notice) -> list[Event]:
        """What became of it, and before that, that it left."""
        events = []
        if notice.state in _ENDS:
            why = f" ({remark(notice.because)})" if notice.because else ""
            words = f"{_became(notice, notice.state)} {over(notice.channel)}{why}"
            end = self.at(notice.sent_at or notice.at, words, key=f"{notice.state.value}:{notice.id}")
            events.append(replace(end, timed=False))
        if notice.sent_at is not None:
            by = f", by {name(person(self.people, notice.by))}" if notice.by else ""
            words = f"{_became(notice, NoticeState.SENT)} {over(notice.channel)}{by}"
            events.append(self.at(notice.sent_at, words, key=f"sent:{notice.id}"))
        return events

    def answer(self, reply: Reply) -> Event:
        seems = reply.meaning.value.replace("_", " ")
        dealt = f", settled by {name(person(self.people, reply.ended_by))}" if reply.ended_at else ", waits for somebody"
        words = f"The customer answered {over(reply.channel)}"
        return replace(self.at(reply.at, words, f"{seems}{dealt}", f"answered:{reply.id}"), message=reply.id)

    def opt_out(self, fact: OptOut) -> Event:
        where = "" if fact.address == EVERY else f" to {name(fact.address)}"
        return self.at(fact.at, f"Opted out: no more messages{where}", remark(fact.how))


def _became(notice: Notice, state: NoticeState) -> str:
    return f"{step_words(notice.step).capitalize()} {STATE_WORDS[state]}"
