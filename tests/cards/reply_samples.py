"""Answers of customers in every state, the history they stand in, and the forms that ask what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from cards import reply as cards
from cards.elements import Card, Form
from cards.history import Event, happenings
from cards.problems import until_seen
from cards.thread import quoting, thread_line, with_history
from tests.cards.alert_samples import alert
from tests.cards.samples import ANA, BOOK, HOSTILE, ITEM, NOW, PEOPLE, SECOND, TODAY, account, eur, ident, notice
from workflows.domain.account import NoticeState
from workflows.domain.contact import Meaning, Reply
from workflows.domain.ids import CardId, ReplyId

AT = NOW - timedelta(minutes=40)
WORDS = "Hello Ana,\n\nwe pay 4.000 € on 3 December, the rest in January.\n\nKind regards\nJo Pay"
REPLY = Reply(ReplyId(ident(90)), "mail:1", "email", "pay@acme.example", AT, Meaning.OTHER, (ITEM.id,))
PROMISE = replace(REPLY, meaning=Meaning.PROMISE, until=date(2026, 12, 3), amount=eur("4000.00"))
BOTH = replace(PROMISE, items=(ITEM.id, SECOND.id))
CARD = CardId(ident(91))
LONG = "\n".join(f"Line {n} of a long letter" for n in range(1, 30))


RETURNED = account(replies=(REPLY,), notices=(notice(1, TODAY, "first", NoticeState.FAILED, "It came back: the mailbox is full"),))


def told(words: str) -> list[Event]:
    """What happened to an item, its last event the answer with those words."""
    *before, answered = happenings(RETURNED, ITEM.id, NOW, PEOPLE)[-3:]
    return [*before, quoting(answered, words)]


def reply_cards() -> dict[str, Card]:
    def card(reply: Reply, words: str = WORDS) -> Card:
        return cards.answer_card(account(), reply, words, NOW, PEOPLE)

    hostile = " ".join(HOSTILE.values())
    return {
        "answer": card(REPLY),
        "answer_promise": card(PROMISE),
        "answer_paid": card(replace(REPLY, meaning=Meaning.PAID), "Bereits bezahlt"),
        "answer_stop": card(replace(REPLY, meaning=Meaning.STOP, items=()), "please write no more"),
        "answer_help": card(replace(REPLY, meaning=Meaning.HELP), ""),
        "answer_long": card(REPLY, LONG),
        "answer_hostile": card(replace(REPLY, sender=f"{hostile}@x.example"), "\n".join(HOSTILE.values())),
        "answer_dealt_with": card(replace(PROMISE, ended_at=NOW, ended_by=ANA)),
        "answer_confirmed": cards.confirmed(account(), PROMISE, Meaning.PROMISE),
        "answer_wrong_person": cards.confirmed(account(), REPLY, Meaning.WRONG_PERSON),
        "problem_stray_answer": until_seen(cards.stray_answer("x@y.example", f"About {hostile}"), CARD),
        "problem_opted_out": until_seen(
            cards.opted_out(account(), "pay@acme.example", "The mail server there takes none: 5.1.1 no such user."), CARD
        ),
        "problem_opted_out_seen": until_seen(
            cards.opted_out(account(), "pay@acme.example", "They wrote a word that means stop."), "Ana Weiss"
        ),
        "thread": thread_line(told(WORDS), BOOK.place),
        "thread_hostile": thread_line(told(hostile), BOOK.place),
        "alert_with_history": with_history(alert(RETURNED), told(LONG), BOOK, NOW),
        "problem_unread_letter": until_seen(cards.unread("The log says more (ValueError)."), CARD),
    }


def reply_form_samples() -> dict[str, Form]:
    def form(reply: Reply, meaning: Meaning, words: str = WORDS, values: Mapping[str, str] | None = None) -> Form:
        return cards.answer_form(account(), reply, words, meaning, TODAY, values, REPLY_ERRORS["form_answer_again"] if values else None)

    return {
        "form_answer_promise": form(PROMISE, Meaning.PROMISE),
        "form_answer_promise_several": form(BOTH, Meaning.PROMISE),
        "form_answer_dispute": form(REPLY, Meaning.DISPUTE, "\n".join(HOSTILE.values())),
        "form_answer_again": form(PROMISE, Meaning.PROMISE, values={"amount": "40000", "until": "2026-12-03"}),
    }


REPLY_ERRORS: Mapping[str, Mapping[str, str]] = {
    "form_answer_again": {"": "Only €12,400.00 is open on INV-2041; a promise cannot be of more."}
}
