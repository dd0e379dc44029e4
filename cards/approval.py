"""A request that a second person has to approve: what is asked, by whom, how far it is, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from cards.actions import Action, Name
from cards.buttons import about
from cards.elements import Actions, Button, Card, Element, Form, Heading, Quote, Row, Rows, Style, Text, TextField, Tone
from cards.format import count, day, listing, locale_of, money, name, remark, since
from cards.forms import filled, subject_line
from cards.standing import person
from workflows.domain.account import Account
from workflows.domain.approvals import Approval, ApprovalEnd, ApprovalKind
from workflows.domain.approving import asked_words, limit_needed, terms_of, weight
from workflows.domain.decision import ItemDecision
from workflows.domain.ids import UserId
from workflows.domain.money import BadAmount, Money, UnknownCurrency

_ASKED = {
    ApprovalKind.STEP: "go on with a step",
    ApprovalKind.FEE: "charge a fee",
    ApprovalKind.WAIVER: "waive a fee",
    ApprovalKind.PLAN: "agree a payment plan",
    ApprovalKind.WRITE_OFF: "write off",
    ApprovalKind.PAYMENT: "note a payment",
}
_BECAME = {
    ApprovalEnd.DONE: "approved",
    ApprovalEnd.REFUSED: "refused",
    ApprovalEnd.VOID: "void, it was changed meanwhile",
    ApprovalEnd.EXPIRED: "expired, nobody answered in time",
}
MOST_PARTS = 12


def approval_card(account: Account, decided: ItemDecision, approval: Approval, now: datetime, people: Mapping[UserId, str]) -> Card:
    """Its buttons as long as it stands. `people` names colleagues by id."""
    locale, customer = locale_of(account.book), name(account.customer.name)
    amount = money(approval.amount, locale) if approval.amount else None
    asked = _ASKED[approval.kind]
    became = _became(account, approval, now, people)
    badge = asked if became is None else _BECAME[approval.ended_how or ApprovalEnd.VOID].partition(",")[0]
    tone = Tone.WARNING if became is None else Tone.GOOD if approval.ended_how is ApprovalEnd.DONE else Tone.QUIET
    what = f"{customer}: {asked}{f' {amount}' if amount else ''}, {name(decided.item.number)}"
    body: tuple[Element, ...] = (
        Heading(customer, amount, badge, tone),
        Text(_which(account, decided, now)),
        Text(_who(account, approval, now, people)),
        *_terms(account, approval, now),
        Text(became or _progress(account, approval, now, people)),
    )
    if became is None:
        return Card(f"{what}. {_progress(account, approval, now, people)}", (*body, _buttons(account, decided, approval)), tone)
    return Card(f"{what}. {became}", body, tone)


def _which(account: Account, decided: ItemDecision, now: datetime) -> str:
    """`INV-2041 · due Fri 30 Oct · €12,400.00 open`."""
    item, locale = decided.item, locale_of(account.book)
    due = f" · due {day(item.due_on, account.book.place.day(now), locale)}" if item.due_on else ""
    return f"{name(item.number)}{due} · {money(decided.open, locale)} open"


def _who(account: Account, approval: Approval, now: datetime, people: Mapping[UserId, str]) -> str:
    who = name(person(people, approval.by)) if approval.by else "The policy"
    step = approval.kind is ApprovalKind.STEP
    what = f"{_ASKED[approval.kind]} “{remark(approval.step)}”" if step else request_words(account, approval)
    return f"{who} asks to {what} ({since(approval.at, now, account.book.place, locale_of(account.book))})"


def request_words(account: Account, approval: Approval) -> str:
    """`write off €600.00`: what was asked for, the amount as the book writes it."""
    words = asked_words(approval)
    return words.replace(f"{approval.amount:,}", money(approval.amount, locale_of(account.book))) if approval.amount else words


def _terms(account: Account, approval: Approval, now: datetime) -> list[Element]:
    """The words and figures of the request; nothing of them is trusted, for they are what the seal is about."""
    terms, locale, today = terms_of(approval), locale_of(account.book), account.book.place.day(now)
    lines: list[Element] = []
    if why := str(terms.get("why", "")).strip():
        lines.append(Quote(remark(why, 500)))
    if paid_on := _day(terms.get("paid_on")):
        kept = f", reference {remark(str(terms['reference']))}" if terms.get("reference") else ""
        lines.append(Text(f"Received {day(paid_on, today, locale)}{kept}{', on account' if terms.get('on_account') else ''}"))
    if isinstance(parts := terms.get("parts"), list):
        lines.append(_schedule(parts, today, locale, approval))
    if (heavy := weight(approval)) is not None and approval.amount is not None and heavy > approval.amount:
        lines.append(Text(f"With what was asked for this customer in 30 days: {money(heavy, locale)}", quiet=True))
    return lines


def _schedule(parts: list[object], today: date, locale: str, approval: Approval) -> Rows:
    rows = []
    for number, part in enumerate(parts[:MOST_PARTS], 1):
        due, amount = (str(part[0]), str(part[1])) if isinstance(part, list) and len(part) == 2 else ("", "")
        on = _day(due)
        rows.append(Row((str(number), day(on, today, locale) if on else "", _amount(amount, approval, locale))))
    rest = f"{len(parts) - MOST_PARTS} more" if len(parts) > MOST_PARTS else None
    return Rows(("", "Date", "Amount"), tuple(rows), frozenset({2}), rest)


def _amount(text: str, approval: Approval, locale: str) -> str:
    try:
        return money(Money.of(text, approval.amount.currency), locale) if approval.amount else ""
    except (BadAmount, UnknownCurrency):
        return ""


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def _progress(account: Account, approval: Approval, now: datetime, people: Mapping[UserId, str]) -> str:
    """`Needs a manager other than Ana by Tue 1 Dec` and who has approved so far."""
    locale, today = locale_of(account.book), account.book.place.day(now)
    needed = f"a {approval.needs.word}" if approval.people == 1 else f"{count(approval.people, approval.needs.word)}"
    heavy = limit_needed(approval)
    other = f" other than {name(person(people, approval.by))}" if approval.by else ""
    other += f" whose limit reaches {money(heavy, locale)}" if heavy else ""
    until = f" by {day(account.book.place.day(approval.expires_at), today, locale)}" if approval.by else ""
    given = [f"{name(person(people, one.by))} ({since(one.at, now, account.book.place, locale)})" for one in approval.given]
    so_far = f" Approved so far: {listing(given)}." if given else ""
    return f"Needs {needed}{other}{until}.{so_far}"


def _became(account: Account, approval: Approval, now: datetime, people: Mapping[UserId, str]) -> str | None:
    """`Max approved, today 14:02`; null while it stands."""
    if approval.ended_at is None or approval.ended_how is None:
        return None
    at = since(approval.ended_at, now, account.book.place, locale_of(account.book))
    if approval.ended_how is ApprovalEnd.DONE and approval.given:
        return f"{listing([name(person(people, one.by)) for one in approval.given])} approved, {at}"
    act = next((act for act in reversed(account.acts) if act.at == approval.ended_at and act.name == "approval.refused"), None)
    if approval.ended_how is ApprovalEnd.REFUSED and act is not None:
        return f"{remark(act.words, 300)} ({at})"
    return f"{_BECAME[approval.ended_how].capitalize()} ({at})"


def _buttons(account: Account, decided: ItemDecision, approval: Approval) -> Actions:
    approve = Button("Approve", Action(Name.APPROVE, approval.id), Style.PRIMARY)
    return Actions((approve, Button("Refuse", Action(Name.REFUSE, approval.id)), Button("Open", about(account, decided, Name.OPEN))))


def refuse_form(account: Account, decided: ItemDecision, approval: Approval, today: date, values: Mapping[str, str] | None = None) -> Form:
    """Answers: `why` (may be empty)."""
    fields = filled((TextField("why", "Why", hint="The one who asked reads it", required=False, lines=2, max_length=300),), values or {})
    intro = (subject_line(account, decided, today), Text(f"Asked: {request_words(account, approval)}"))
    submit = Button("Refuse", Action(Name.CONFIRM_REFUSE, approval.id), Style.PRIMARY)
    return Form("Refuse", submit, intro, fields)
