"""The lines of a letter as its templates see them; the only objects whose parts a template may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from adapters.letters.locales import full_day, long_day
from cards.format import money, name
from workflows.domain.messages import LetterLine, Promised, Received

WEEKDAY_WITHIN = 14  # days; nearer than that people think in weekdays
NUMBER_WIDTH = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One invoice or instalment. `due` names the weekday when it is near, `due_on` never; what there is none of is empty.

    `partly`: something of it was paid or credited, so that `open` is a part of it. `charges` are late fees and interest in `open`.
    """

    number: str
    due: str
    due_on: str
    days: int
    open: str
    total: str
    paid: str
    credited: str
    partly: bool
    reference: str
    issued: str
    charges: str


@dataclass(frozen=True, slots=True)
class Sum:
    """One currency. `on_account` is empty when nothing is deducted; then `asked` is `open`."""

    currency: str
    open: str
    on_account: str
    asked: str


@dataclass(frozen=True, slots=True)
class Paid:
    """Money that came. `number` is empty when it names no invoice."""

    amount: str
    on: str
    number: str


@dataclass(frozen=True, slots=True)
class Word:
    """A promise. `until` never names the weekday, `until_day` does when it is near; `for_what` are the invoices' numbers."""

    amount: str
    until: str
    until_day: str
    for_what: str


def line_of(line: LetterLine, locale: str) -> Line:
    paid, credited, charges = (money(part, locale) if part.minor > 0 else "" for part in (line.paid, line.credited, line.charged))
    near = abs(line.days_past_due) <= WEEKDAY_WITHIN
    return Line(
        number=name(line.number, NUMBER_WIDTH),
        due=full_day(line.due_on, locale) if near else long_day(line.due_on, locale),
        due_on=long_day(line.due_on, locale),
        days=line.days_past_due,
        open=money(line.open, locale),
        total=money(line.total, locale),
        paid=paid,
        credited=credited,
        partly=bool(paid or credited),
        reference=name(line.reference) if line.reference else "",
        issued=long_day(line.issued_on, locale) if line.issued_on else "",
        charges=charges,
    )


def money_of(came: Received, locale: str) -> Paid:
    return Paid(money(came.amount, locale), long_day(came.on, locale), name(came.number, NUMBER_WIDTH) if came.number else "")


def promise_of(promised: Promised, today: date, for_what: str, locale: str) -> Word:
    near = abs((promised.until - today).days) <= WEEKDAY_WITHIN
    until = long_day(promised.until, locale)
    return Word(money(promised.amount, locale), until, full_day(promised.until, locale) if near else until, for_what)
