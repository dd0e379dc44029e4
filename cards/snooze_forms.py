"""Snooze, of one invoice or of everything of a customer: what a person fills in, and what it silences before it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from cards.actions import Name
from cards.buttons import about
from cards.claim_forms import WHOLE
from cards.elements import Button, ChoiceField, DateField, Field, Form, Option, Row, Rows, Style, Text
from cards.format import clock, count, day, listing, locale_of, money, name, step_words
from cards.forms import date_of, filled, general_error, subject_line
from workflows.domain.account import Account, Item
from workflows.domain.decision import ItemDecision, NextStep
from workflows.domain.money import Money

OTHER = "date"
_LENGTHS = ((1, "1 day"), (3, "3 days"), (7, "1 week"))
_IN_A_LIST, _IN_A_ROW = 20, 4  # no chat draws much more of one list, or of one line


def snooze_form(
    account: Account,
    decided: ItemDecision,
    today: date,
    coming: Sequence[NextStep] = (),
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    *,
    invoices: int = 1,
) -> Form:
    """Answers: `length` (1, 3, 7 days or `date`) and, for `date`, `until`; read them with `snoozed_until`. And `scope` (item or customer).

    `coming` are the steps that lie ahead; without them the next one of the decision stands for them. `invoices` are the open ones of
    the customer: where there is but one, nothing is asked about the scope.
    """
    locale = locale_of(account.book)
    options = tuple(Option(str(n), f"{words}, wakes {day(today + timedelta(n), today, locale)}") for n, words in _LENGTHS)
    fields: tuple[Field, ...] = (
        ChoiceField("length", "How long", (*options, Option(OTHER, "Until a date")), "3"),
        DateField("until", "Date", hint="Only for “Until a date”", required=False, earliest=today + timedelta(1)),
    )
    if invoices > 1:
        whole = Option(WHOLE, f"Everything of this customer, {invoices:,} open; you see what that silences first")
        fields = (ChoiceField("scope", "What", (Option("item", "This invoice"), whole), "item"), *fields)
    submit = Button("Snooze", about(account, decided, Name.CONFIRM_SNOOZE), Style.PRIMARY)
    steps = coming or ((decided.next,) if decided.next else ())
    ahead = _ahead(account, steps, today, locale)
    return Form(
        "Snooze",
        submit,
        (*general_error(errors), subject_line(account, decided, today)),
        filled(fields, values or {}),
        (Text(ahead, quiet=True),),
    )


def _ahead(account: Account, coming: Sequence[NextStep], today: date, locale: str) -> str:
    if not coming:
        return "No step lies ahead. It wakes at the start of that day."
    steps = listing([_step_ahead(account, step, today, locale) for step in coming])
    return f"Ahead: {steps}. Those before the day it wakes are silenced and not caught up on."


def _step_ahead(account: Account, step: NextStep, today: date, locale: str) -> str:
    """`second reminder of Wed 25 Nov 09:00`; a step whose day is none for it leaves on a later one."""
    place = account.book.place
    leaves, at = place.day(step.at), clock(step.at, place)
    later = f"{day(step.day, today, locale)}, leaving {day(leaves, today, locale)} {at}"
    return f"{step_words(step.step, reminds=step.reminds)} of {f'{day(leaves, today, locale)} {at}' if leaves == step.day else later}"


def snoozed_until(values: Mapping[str, str], today: date) -> date | None:
    """The day the form's answers name; null when they name none."""
    length = values.get("length", "")
    if length in {str(n) for n, _ in _LENGTHS}:
        return today + timedelta(int(length))
    return date_of(values.get("until", ""))


# Everything of a customer ----------------------------------------------------------------------------------------------

Silenced = tuple[Item, Money, tuple[NextStep, ...]]  # an item, what is open on it, and its steps that will not happen


def snooze_preview(
    account: Account,
    decided: ItemDecision,
    today: date,
    until: date,
    silenced: Sequence[Silenced],
    shown: str,
    errors: Mapping[str, str] | None = None,
) -> Form:
    """Every open item and every step that falls into the time; nothing is kept before it is confirmed.

    `shown` binds the confirmation to this list; it and `until` come back in the submit's `data`.
    """
    locale = locale_of(account.book)
    rows = [row for one in silenced for row in _silenced_rows(account, one, today, locale)]
    lists = [Rows(("Invoice", "Open", "Silences"), tuple(rows[at : at + _IN_A_LIST])) for at in range(0, len(rows), _IN_A_LIST)]
    steps = sum(len(silences) for _, _, silences in silenced)
    what = f"{name(account.customer.name)}: {count(len(silenced), 'open invoice')} until {day(until, today, locale)}"
    submit = Button("Snooze all", about(account, decided, Name.CONFIRM_SNOOZE_ALL, until=until.isoformat(), shown=shown), Style.PRIMARY)
    more = f"It silences {count(steps, 'step')}, not caught up on. Invoices that come later are not snoozed. Nothing is changed yet."
    return Form("Snooze everything", submit, (*general_error(errors), Text(what), *lists), (), (Text(more, quiet=True),))


def _silenced_rows(account: Account, silenced: Silenced, today: date, locale: str) -> Iterator[Row]:
    item, left, silences = silenced
    steps = [_step_ahead(account, step, today, locale) for step in silences] or ["no step falls into that time"]
    for at in range(0, len(steps), _IN_A_ROW):
        yield Row((name(item.number), money(left, locale), listing(steps[at : at + _IN_A_ROW])))
