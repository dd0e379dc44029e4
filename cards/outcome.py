"""Short answers after an action: what changed, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from cards.clean import bare
from cards.elements import Card, Element, Heading, Text, Tone
from cards.format import count, day, days, listing, locale_of, money, name, step_words
from cards.lines import next_words, plan_words
from cards.overdue import evidence_link
from workflows.domain.account import Account, Plan
from workflows.domain.claims import Hold, HoldKind, Promise
from workflows.domain.decision import ItemDecision, NextStep, State
from workflows.domain.standing import PLAN_OFFER_DAYS


def answer(words: str, *more: str, tone: Tone = Tone.GOOD) -> Card:
    """What changed, and a line or two on what that means."""
    lines = tuple(line for line in more if line)
    body: tuple[Element, ...] = (Heading(words, tone=tone), *(Text(line) for line in lines))
    said = words.rstrip(".")
    return Card(" ".join((f"{said}.", *lines)) if lines else said, body, tone)


def subject(account: Account, decided: ItemDecision) -> str:
    return f"{name(account.customer.name)}, {name(decided.item.number)}"


def snoozed(account: Account, decided: ItemDecision, until: date, silenced: Sequence[NextStep], now: datetime) -> Card:
    """`Snoozed until Mon 30 Nov. Silences … Wakes …`."""
    book, today = account.book, account.book.place.day(now)
    locale = locale_of(book)
    steps = [f"{step_words(step.step, reminds=step.reminds)} of {day(step.day, today, locale)}" for step in silenced]
    silences = f"Silences: {listing(steps)}." if steps else "No step falls into that time."
    wakes = f"Wakes: {day(until, today, locale)}."
    return answer(f"{subject(account, decided)}: snoozed until {day(until, today, locale)}", silences, wakes)


def customer_snoozed(account: Account, items: int, until: date, steps: int, now: datetime) -> Card:
    today, locale = account.book.place.day(now), locale_of(account.book)
    words = f"{name(account.customer.name)}: {count(items, 'invoice')} snoozed until {day(until, today, locale)}"
    return answer(words, f"Silences {count(steps, 'step')}." if steps else "No step falls into that time.")


def woken(account: Account, decided: ItemDecision, now: datetime) -> Card:
    return answer(f"{subject(account, decided)}: awake", next_line(account, decided, now))


def flagged(account: Account, decided: ItemDecision) -> Card:
    return answer(f"{subject(account, decided)}: flagged", "A mark for colleagues; reminders go on as before.")


def unflagged(account: Account, decided: ItemDecision) -> Card:
    return answer(f"{subject(account, decided)}: flag removed")


def escalated(account: Account, decided: ItemDecision, to_name: str, now: datetime) -> Card:
    told = answer(f"{subject(account, decided)}: with {name(to_name)}", "Reminders wait until it is handed back.")
    return replace(told, body=(*told.body, *evidence_link(account, decided, now)))


def handed_back(account: Account, decided: ItemDecision, now: datetime) -> Card:
    """After its last step the policy has nothing left to do: whoever has it again hears what they can."""
    title = f"{subject(account, decided)}: handed back"
    if decided.next is not None or decided.state not in {State.OPEN, State.CHASING}:
        return answer(title, next_line(account, decided, now))
    could = "You can send a reminder, offer a payment plan, or escalate it again."
    return answer(title, f"It is chased again, but nothing more happens by itself. {bare(decided.because)}", could)


def promised(account: Account, decided: ItemDecision, promise: Promise, ends_on: date, now: datetime, *, again: bool = False) -> Card:
    """`Promised €400.00 for Thu 3 Dec. Reminders wait …`."""
    locale, today = locale_of(account.book), account.book.place.day(now)
    said = f"{money(promise.amount, locale)} promised for {day(promise.until, today, locale)}"
    before = "It takes the place of the promise before it." if again else ""
    whom = subject(account, decided) if len(promise.items) == 1 else f"{name(account.customer.name)}, {len(promise.items)} invoices"
    return answer(f"{whom}: {said}", f"Reminders wait until {day(ends_on, today, locale)}.", before)


def promise_cancelled(account: Account, decided: ItemDecision, now: datetime) -> Card:
    return answer(
        f"{subject(account, decided)}: promise cancelled", "It counts neither as kept nor as broken.", next_line(account, decided, now)
    )


def disputed(account: Account, decided: ItemDecision) -> Card:
    return answer(f"{subject(account, decided)}: disputed", "Reminders wait until the dispute is settled.")


def dispute_settled(account: Account, decided: ItemDecision, now: datetime) -> Card:
    return answer(f"{subject(account, decided)}: dispute settled", next_line(account, decided, now))


def held(account: Account, decided: ItemDecision, hold: Hold, now: datetime) -> Card:
    """A hold of staff, or one for money that is said to be paid."""
    until = day(hold.until, account.book.place.day(now), locale_of(account.book)) if hold.until else ""
    if hold.kind is HoldKind.SAYS_PAID:
        return answer(f"{subject(account, decided)}: said to be paid", f"Reminders wait until {until}; money that comes ends it sooner.")
    whom = subject(account, decided) if hold.item else name(account.customer.name)
    return answer(f"{whom}: on hold", f"Nothing is sent until {until or 'somebody releases it'}.")


def hold_released(account: Account, decided: ItemDecision, now: datetime, *, whole: bool) -> Card:
    whom = name(account.customer.name) if whole else subject(account, decided)
    return answer(f"{whom}: released", next_line(account, decided, now))


def noted(account: Account, decided: ItemDecision) -> Card:
    return answer(f"{subject(account, decided)}: note kept", "Colleagues see it with the invoice.")


def plan_proposed(account: Account, decided: ItemDecision, plan: Plan) -> Card:
    parts = count(len(plan.instalments), "instalment")
    return answer(
        f"{subject(account, decided)}: plan of {parts} proposed", f"Reminders wait {days(PLAN_OFFER_DAYS)} for the customer's answer."
    )


def plan_accepted(account: Account, decided: ItemDecision, plan: Plan, now: datetime) -> Card:
    """The plan runs; the invoice itself is no longer chased."""
    locale, today = locale_of(account.book), account.book.place.day(now)
    first = plan.instalments[0]
    due = f"First: {money(first.total, locale)} on {day(first.due_on, today, locale)}." if first.due_on else ""
    parts = count(len(plan.instalments), "instalment")
    return answer(f"{subject(account, decided)}: plan of {parts} accepted", due, "Only its instalments are chased now.")


def plan_ended(account: Account, decided: ItemDecision, now: datetime, *, cancelled: bool = False) -> Card:
    how = "cancelled" if cancelled else "declined"
    return answer(f"{subject(account, decided)}: plan {how}", next_line(account, decided, now), tone=Tone.QUIET)


def released(accounts: int) -> Card:
    return answer(f"{count(accounts, 'customer')} released", "Each gets one message at most, on the next working day and hour.")


def next_line(account: Account, decided: ItemDecision, now: datetime) -> str:
    coming = next_words(account, decided, now)
    if not coming and decided.state is State.ON_PLAN:
        return f"{plan_words(account, decided, now)}."
    return f"Next: {coming}." if coming else f"Next: nothing by itself. {bare(decided.because)}".strip()
