"""The lines of an item's card: which invoice, what happened, what comes next and who stopped it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import assert_never

from cards.claim_lines import dispute_words, hold_words, promise_words, unkept_words
from cards.format import count, day, locale_of, moment, money, name, over, remark, since, step_words, times
from cards.standing import STATE_WORDS, escalation_of, flag_on, notices_on, person, plan_on, snooze_on
from workflows.domain.account import Account, Notice, NoticeState, Plan, PlanState
from workflows.domain.allocation import balances
from workflows.domain.decision import ItemDecision, State
from workflows.domain.holds import dispute_on, holds_on
from workflows.domain.ids import UserId
from workflows.domain.money import total
from workflows.domain.standing import PLAN_OFFER_DAYS


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
    unkept = unkept_words(account, decided.promise, now)
    return _line(
        _reminded(account, decided, now), _kept(decided), unkept, _flagged(account, decided, now, people), _last_act(account, decided, now)
    )


def _kept(decided: ItemDecision) -> str:
    kept, due = decided.kept
    return f"kept {kept:,} of {count(due, 'promise')}" if due else ""


def _reminded(account: Account, decided: ItemDecision, now: datetime) -> str:
    notices = notices_on(account, decided.item.id)
    counting = [notice for notice in notices if _went(notice)]
    if not notices:
        return "Not reminded yet"
    last, today = notices[-1], account.book.place.day(now)
    on = f"{day(last.day, today, locale_of(account.book))} {over(last.channel)}, {STATE_WORDS[last.state]}"
    why = f" ({remark(last.because)})" if last.because and not _went(last) else ""
    if not counting:
        return f"Not reminded yet, last try {on}{why}"
    if len(counting) == 1 and _went(last):
        return f"Reminded once, {on}"
    return f"Reminded {times(len(counting))}, last{'' if _went(last) else ' try'} {on}{why}"


def _went(notice: Notice) -> bool:
    """It reached the customer, as far as anybody knows."""
    return notice.state.counts and notice.state is not NoticeState.UNKNOWN


def _flagged(account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str]) -> str:
    flag = flag_on(account, decided.item.id)
    if flag is None:
        return ""
    note = f": {remark(flag.note)}" if flag.note else ""
    return f"⚑ flagged by {name(person(people, flag.by))} ({_since(account, flag.at, now)}){note}"


def _last_act(account: Account, decided: ItemDecision, now: datetime) -> str:
    """What a colleague did last, unless the card says it in another line."""
    acts = account.acts_on(decided.item.id)
    if not acts:
        return ""
    last, item = acts[-1], decided.item.id
    told = {fact.at for fact in (snooze_on(account, item, now), flag_on(account, item), escalation_of(account, item)) if fact}
    told |= _claimed(account, decided, now)
    return "" if last.at in told else f"{remark(last.words)} ({_since(account, last.at, now)})"


def _claimed(account: Account, decided: ItemDecision, now: datetime) -> set[datetime]:
    """When what the card's other lines tell was said."""
    told = {decided.promise.promise.at} if decided.promise else set()
    match decided.state:
        case State.DISPUTED:
            return told | {fact.at for fact in [dispute_on(account, decided.item)] if fact}
        case State.HELD:
            return told | {hold.at for hold in holds_on(account, decided.item, account.book.place.day(now))[:1]}
        case _:
            return told


def following_line(account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str]) -> str:
    """What comes next, or who stopped it and until when; how current the balance is; whose customer it is."""
    owner = account.customer.owner
    return _line(
        _following(account, decided, now, people).rstrip("."), _checked(account, now), name(person(people, owner)) if owner else ""
    )


def _following(account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str]) -> str:
    match decided.state:
        case State.SNOOZED:
            return _snoozed(account, decided, now, people)
        case State.ESCALATED:
            return _escalated(account, decided, now, people)
        case State.PROMISED:
            following = next_words(account, decided, now)
            return f"{promise_words(account, decided, now, people)}{f'. Then, if it is not paid: {following}' if following else ''}"
        case State.DISPUTED:
            return dispute_words(account, decided, now, people)
        case State.HELD:
            return hold_words(account, decided, now, people)
        case State.ON_PLAN:
            return plan_words(account, decided, now)
        case State.OPEN | State.CHASING | State.SETTLED:
            return _coming(account, decided, now)
        case _:
            assert_never(decided.state)


def _coming(account: Account, decided: ItemDecision, now: datetime) -> str:
    proposed = plan_on(account, decided.item.id, PlanState.PROPOSED)
    plan = f"{_proposal(account, proposed, now)}. " if proposed else ""
    if decided.next is None:
        return f"{plan}Next: nothing by itself. {remark(decided.because, 300)}".strip()
    stale = account.fresh_until is not None and account.fresh_until < now and decided.next.reminds
    wait = ", once the balance has been read again" if stale else ""
    return f"{plan}Next: {next_words(account, decided, now)}{wait}"


def _proposal(account: Account, plan: Plan, now: datetime) -> str:
    """The last act names who proposed it; this names what is still open."""
    first = plan.instalments[0]
    on = f" on {day(first.due_on, account.book.place.day(now), locale_of(account.book))}" if first.due_on else ""
    terms = f"{count(len(plan.instalments), 'instalment')}, the first {money(first.total, locale_of(account.book))}{on}"
    return f"Proposed: {terms}; the customer's answer is open"


def _holds_until(account: Account, plan: Plan) -> date:
    return account.book.place.day(plan.at + timedelta(PLAN_OFFER_DAYS))


def next_words(account: Account, decided: ItemDecision, now: datetime) -> str:
    """`second reminder Wed 25 Nov 09:00`, in the book's time; empty when nothing comes."""
    if decided.next is None:
        return ""
    return f"{step_words(decided.next.step, reminds=decided.next.reminds)} {_since(account, decided.next.at, now)}"


def _snoozed(account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str]) -> str:
    snooze = snooze_on(account, decided.item.id, now)
    if snooze is None:
        return remark(decided.because, 300)
    until = day(snooze.until, account.book.place.day(now), locale_of(account.book))
    return f"{name(person(people, snooze.by))} snoozed until {until} ({_since(account, snooze.at, now)}). {_after(account, decided, now)}"


def _after(account: Account, decided: ItemDecision, now: datetime) -> str:
    following = next_words(account, decided, now)
    return f"Then: {following}" if following else "Nothing is sent until then"


def _escalated(account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str]) -> str:
    fact = escalation_of(account, decided.item.id)
    if fact is None:
        return remark(decided.because, 300)
    why = f": {remark(fact.why)}" if fact.why else ""
    who = f"{name(person(people, fact.by))} escalated to {name(person(people, fact.to))} ({_since(account, fact.at, now)}){why}"
    return f"{who.rstrip('.')}. Reminders wait until it is handed back"


def plan_words(account: Account, decided: ItemDecision, now: datetime) -> str:
    """Of an item that a plan stands for: how long the customer has to answer, or what is late of it and which instalment comes next."""
    plan, locale, today = plan_on(account, decided.item.id, PlanState.ACTIVE), locale_of(account.book), account.book.place.day(now)
    proposed = plan_on(account, decided.item.id, PlanState.PROPOSED)
    if plan is None and proposed is not None:
        return f"{_proposal(account, proposed, now)}. Reminders wait until {day(_holds_until(account, proposed), today, locale)}"
    if plan is None:
        return remark(decided.because, 300)
    left = balances(account)
    waited = [(part.due_on, left.open_of(part.id)) for part in plan.instalments if part.due_on and left.open_of(part.id).minor > 0]
    late = total((amount for due_on, amount in waited if due_on < today), decided.item.total.currency)
    behind = f", {money(late, locale)} of it late" if late.minor > 0 else ""
    coming = next(((due_on, amount) for due_on, amount in waited if due_on >= today), None)
    following = f", next {money(coming[1], locale)} on {day(coming[0], today, locale)}" if coming else ""
    return f"On a plan of {count(len(plan.instalments), 'instalment')}{behind}{following}. Only instalments are chased"


def _checked(account: Account, now: datetime) -> str:
    book = account.book
    if book.fed_by_files and book.read_through is not None:
        return f"balance as of {day(book.read_through, book.place.day(now), locale_of(book))}"
    return f"balance checked {moment(book.read_at, now, book.place, locale_of(book))}" if book.read_at else ""


def _since(account: Account, at: datetime, now: datetime) -> str:
    return since(at, now, account.book.place, locale_of(account.book))


def _line(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
