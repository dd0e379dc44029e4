"""The alert card: one overdue item, what happened, what comes next, and the buttons that fit its state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from cards.buttons import buttons
from cards.elements import Card, Element, Heading, Links, Text, Tone
from cards.format import day, lateness, locale_of, money, name
from cards.lines import following_line, past_line, which_line
from cards.standing import pack_of
from workflows.domain.account import Account
from workflows.domain.decision import ItemDecision, State
from workflows.domain.ids import UserId
from workflows.domain.money import Money, total


def alert(account: Account, decided: ItemDecision, now: datetime, people: Mapping[UserId, str], *, live: bool = True) -> Card:
    """The card of an item, its buttons on the live one only. `people` names colleagues by id."""
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
        *evidence_link(account, decided, now),
        buttons(account, decided) if live else Text(_frozen(account, now), quiet=True),
    )
    return Card(f"{customer} · {amount} · {late} · {name(decided.item.number)}. {following}", body, tone)


def evidence_link(account: Account, decided: ItemDecision, now: datetime) -> tuple[Element, ...]:
    """While the item is escalated."""
    pack = pack_of(account, decided.item.id, now)
    return () if pack is None else (Links((("Evidence pack", pack),)),)


def _frozen(account: Account, now: datetime) -> str:
    today = account.book.place.day(now)
    return f"As it stood on {day(today, today, locale_of(account.book))}. A newer card for this invoice has the buttons."


def settled(account: Account, decided: ItemDecision, now: datetime) -> Card:
    """`✅ Acme GmbH paid €12,400.00 on Thu 26 Nov, INV-2041, 27 days late`, and nothing else."""
    words = _paid_words(account, decided, account.book.place.day(now))
    return Card(words, (Heading(words, tone=Tone.GOOD),), Tone.GOOD)


def _paid_words(account: Account, decided: ItemDecision, today: date) -> str:
    item, customer, number = decided.item, name(account.customer.name), name(decided.item.number)
    if item.plan is not None and item not in account.all_items:
        return f"{customer} · {number}: its payment plan no longer runs"
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
