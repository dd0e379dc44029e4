"""The alert card: one overdue item, what happened, what comes next, and the buttons that fit its state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import assert_never

from cards.actions import Action, Name
from cards.clean import bare, shorten
from cards.elements import Actions, Button, Card, Element, Heading, Style, Text, Tone
from cards.format import count, day, lateness, locale_of, moment, money, name, over, step_words, times
from cards.standing import STATE_WORDS, escalation_of, flag_on, notices_on, person, plan_on, snooze_on
from workflows.domain.account import Account, PlanState
from workflows.domain.decision import ItemDecision, State
from workflows.domain.ids import UserId
from workflows.domain.money import Money, total

NOTE_WIDTH = 120


def alert(account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str]) -> Card:
    """The live card of an item. `people` names colleagues by id."""
    if decided.state is State.SETTLED:
        return settled(account, decided, now)
    locale = locale_of(account.book)
    customer, amount, late = name(account.customer.name), money(decided.open, locale), lateness(decided.days_past_due)
    tone = Tone.LATE if decided.overdue else Tone.QUIET
    following = following_line(account, decided, now, people)
    body: tuple[Element, ...] = (
        Heading(customer, amount, late, tone),
        Text(which_line(account, decided, now)),
        Text(past_line(account, decided, now, people), quiet=True),
        Text(following),
        buttons(account, decided),
    )
    return Card(f"{customer} · {amount} · {late} · {bare(decided.item.number)}. {following}", body, tone)


def which_line(account: Account, decided: ItemDecision, now: datetime) -> str:
    """`INV-2041 · due Fri 30 Oct · paid €2,000.00 of €14,400.00 · PO 8841`."""
    item, locale, today = decided.item, locale_of(account.book), account.book.place.day(now)
    due = f"due {day(item.due_on, today, locale)}" if item.due_on else "no due date"
    received = item.total - decided.open
    credited = total((fact.amount for fact in account.credits if fact.item == item.id), item.total.currency)
    paid = ""
    if received.minor > 0:
        word = "paid or credited" if credited else "paid"
        paid = f"{word} {money(received, locale)} of {money(item.total, locale)}"
    return _line(name(item.number), due, paid, name(item.reference) if item.reference else "")


def past_line(account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str]) -> str:
    """How often and how the customer was reminded, a flag with its note, and what a colleague did last."""
    return _line(_reminded(account, decided, now), _flagged(account, decided, now, people), _last_act(account, decided, now))


def _reminded(account: Account, decided: ItemDecision, now: datetime) -> str:
    notices = notices_on(account, decided.item.id)
    counting = [notice for notice in notices if notice.state.counts]
    if not notices:
        return "Not reminded yet"
    last, today = notices[-1], account.book.place.day(now)
    on = f"{day(last.day, today, locale_of(account.book))} {over(last.channel)}, {STATE_WORDS[last.state]}"
    why = f" ({shorten(bare(last.because), NOTE_WIDTH)})" if last.because and not last.state.counts else ""
    if not counting:
        return f"Not reminded yet, last try {on}{why}"
    if len(counting) == 1 and last.state.counts:
        return f"Reminded once, {on}"
    return f"Reminded {times(len(counting))}, last{'' if last.state.counts else ' try'} {on}{why}"


def _flagged(account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str]) -> str:
    flag = flag_on(account, decided.item.id)
    if flag is None:
        return ""
    note = f": {shorten(bare(flag.note), NOTE_WIDTH)}" if flag.note else ""
    return f"⚑ flagged by {name(person(people, flag.by))}, {_moment(account, flag.at, now)}{note}"


def _last_act(account: Account, decided: ItemDecision, now: datetime) -> str:
    """What a colleague did last, unless the card says it in another line."""
    acts = account.acts_on(decided.item.id)
    if not acts:
        return ""
    last, item = acts[-1], decided.item.id
    told = {fact.at for fact in (snooze_on(account, item, now), flag_on(account, item), escalation_of(account, item)) if fact}
    return "" if last.at in told else f"{shorten(bare(last.words), NOTE_WIDTH)}, {_moment(account, last.at, now)}"


def following_line(account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str]) -> str:
    """What comes next, or who stopped it and until when; how current the balance is; whose customer it is."""
    owner = account.customer.owner
    return _line(_following(account, decided, now, people), _checked(account, now), name(person(people, owner)) if owner else "")


def _following(account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str]) -> str:
    match decided.state:
        case State.SNOOZED:
            return _snoozed(account, decided, now, people)
        case State.ESCALATED:
            return _escalated(account, decided, now, people)
        case State.ON_PLAN:
            return _on_plan(account, decided, now)
        case State.OPEN | State.CHASING | State.SETTLED:
            return _coming(account, decided, now)
        case _:
            assert_never(decided.state)


def _coming(account: Account, decided: ItemDecision, now: datetime) -> str:
    proposed = plan_on(account, decided.item.id, PlanState.PROPOSED)
    plan = f"A plan of {count(len(proposed.instalments), 'instalment')} waits for the customer's answer. " if proposed else ""
    if decided.next is None:
        return f"{plan}Next: nothing by itself. {bare(decided.because)}".strip()
    stale = account.fresh_until is not None and account.fresh_until < now and decided.next.reminds
    wait = ", once the balance has been read again" if stale else ""
    return f"{plan}Next: {next_words(account, decided, now)}{wait}"


def next_words(account: Account, decided: ItemDecision, now: datetime) -> str:
    """`second reminder Wed 25 Nov 09:00`, in the book's time; empty when nothing comes."""
    if decided.next is None:
        return ""
    at = moment(decided.next.at, now, account.book.place, locale_of(account.book))
    return f"{step_words(decided.next.step, reminds=decided.next.reminds)} {'today ' if ' ' not in at else ''}{at}"


def _snoozed(account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str]) -> str:
    snooze = snooze_on(account, decided.item.id, now)
    if snooze is None:
        return bare(decided.because)
    until = day(snooze.until, account.book.place.day(now), locale_of(account.book))
    return f"{name(person(people, snooze.by))} snoozed until {until}, {_moment(account, snooze.at, now)}. {_after(account, decided, now)}"


def _after(account: Account, decided: ItemDecision, now: datetime) -> str:
    following = next_words(account, decided, now)
    return f"Then: {following}" if following else "Nothing is sent until then"


def _escalated(account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str]) -> str:
    fact = escalation_of(account, decided.item.id)
    if fact is None:
        return bare(decided.because)
    why = f": {shorten(bare(fact.why), NOTE_WIDTH)}" if fact.why else ""
    who = f"{name(person(people, fact.by))} escalated to {name(person(people, fact.to))}, {_moment(account, fact.at, now)}{why}"
    return f"{who}. Reminders wait until it is handed back"


def _on_plan(account: Account, decided: ItemDecision, now: datetime) -> str:
    plan, locale, today = plan_on(account, decided.item.id, PlanState.ACTIVE), locale_of(account.book), account.book.place.day(now)
    if plan is None:
        return bare(decided.because)
    coming = next((part for part in plan.instalments if part.due_on is not None and part.due_on >= today), None)
    following = f", next {money(coming.total, locale)} on {day(coming.due_on, today, locale)}" if coming and coming.due_on else ""
    return f"On a plan of {count(len(plan.instalments), 'instalment')}{following}. Only instalments are chased"


def _checked(account: Account, now: datetime) -> str:
    book = account.book
    if book.fed_by_files and book.read_through is not None:
        return f"balance as of {day(book.read_through, book.place.day(now), locale_of(book))}"
    return f"balance checked {_moment(account, book.read_at, now)}" if book.read_at else ""


def _moment(account: Account, at: datetime, now: datetime) -> str:
    return moment(at, now, account.book.place, locale_of(account.book))


def _line(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


# Buttons ---------------------------------------------------------------------------------------------------------------


def about(account: Account, decided: ItemDecision, action: Name, **data: str) -> Action:
    """An action on the item, carrying the version of it that the card shows."""
    return Action(action, decided.item.id, len(account.acts_on(decided.item.id)), data)


def buttons(account: Account, decided: ItemDecision) -> Actions:
    """What can be done now, the most likely first; the rarer behind More."""

    def button(label: str, action: Name, style: Style = Style.PLAIN, **data: str) -> Button:
        return Button(label, about(account, decided, action, **data), style)

    send = button("Send reminder", Name.SEND_REMINDER)
    plan, escalate, why = button("Payment plan", Name.PLAN), button("Escalate", Name.ESCALATE), button("Why?", Name.WHY)
    flag = button("Unflag", Name.UNFLAG) if flag_on(account, decided.item.id) else button("Flag", Name.FLAG)
    match decided.state:
        case State.SNOOZED:
            wake = button("Wake", Name.WAKE, Style.PRIMARY)
            return Actions((wake, button("Reschedule", Name.SNOOZE), flag), (send, plan, escalate, why))
        case State.ESCALATED:
            return Actions((button("Hand back", Name.HAND_BACK, Style.PRIMARY), flag), (plan, why))
        case State.ON_PLAN:
            return Actions((flag,), (why,))
        case State.OPEN | State.CHASING:
            snooze = button("Snooze", Name.SNOOZE)
            proposed = plan_on(account, decided.item.id, PlanState.PROPOSED)
            if proposed is None:
                return Actions((button("Send reminder", Name.SEND_REMINDER, Style.PRIMARY), snooze, plan, escalate, flag), (why,))
            accept = button("Customer accepts", Name.ACCEPT_PLAN, Style.PRIMARY, plan=str(proposed.id))
            decline = button("Customer declines", Name.DECLINE_PLAN, plan=str(proposed.id))
            return Actions((accept, decline, snooze, escalate, flag), (send, why))
        case State.SETTLED:
            return Actions(())
        case _:
            assert_never(decided.state)


# Paid ------------------------------------------------------------------------------------------------------------------


def settled(account: Account, decided: ItemDecision, now: datetime) -> Card:
    """`✅ Acme GmbH paid €12,400.00 on Thu 26 Nov, INV-2041, 27 days late`, and nothing else."""
    words = _paid_words(account, decided, account.book.place.day(now))
    return Card(words, (Heading(words, tone=Tone.GOOD),), Tone.GOOD)


def _paid_words(account: Account, decided: ItemDecision, today: date) -> str:
    item, customer, number = decided.item, name(account.customer.name), name(decided.item.number)
    payments = [fact for fact in account.payments if fact.item == item.id]
    credit_days = [fact.credited_on for fact in account.credits if fact.item == item.id]
    if not payments or (credit_days and max(credit_days) > max(fact.paid_on for fact in payments)):
        how = "settled by credit note" if credit_days else "settled"
        return f"{customer} · {number} is {how}"
    on = max(fact.paid_on for fact in payments)
    last: Money = total((fact.amount for fact in payments if fact.paid_on == on), item.total.currency)
    locale = locale_of(account.book)
    late = (on - item.due_on).days if item.due_on else 0
    rest = f", {lateness(late)}" if late > 0 else ", on time" if item.due_on else ""
    return f"{customer} paid {money(last, locale)} on {day(on, today, locale)}, {number}{rest}"
