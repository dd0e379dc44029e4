"""Payment plan and escalation: what a person fills in, and the names of the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from cards.actions import Name
from cards.buttons import about
from cards.clean import bare
from cards.elements import (
    AmountField,
    Button,
    ChoiceField,
    DateField,
    Facts,
    Field,
    Form,
    NumberField,
    Option,
    Prose,
    Row,
    Rows,
    Style,
    Text,
    TextField,
)
from cards.format import day, days, listing, locale_of, money, name
from workflows.domain.access import User
from workflows.domain.account import Account
from workflows.domain.decision import ItemDecision
from workflows.domain.money import Money, total
from workflows.domain.plans import MOST_INSTALMENTS
from workflows.domain.standing import PLAN_OFFER_DAYS


def filled(fields: tuple[Field, ...], values: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields holding what was typed before; what a field cannot hold is left out."""
    return tuple(_filled(field, values[field.name]) if field.name in values else field for field in fields)


def _filled(field: Field, value: str) -> Field:
    match field:
        case ChoiceField():
            return replace(field, value=value) if value in {option.value for option in field.options} else field
        case DateField():
            return replace(field, value=date_of(value))
        case NumberField():
            return replace(field, value=int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None)
        case TextField() | AmountField():
            return replace(field, value=value)


def date_of(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def general_error(errors: Mapping[str, str] | None) -> tuple[Prose, ...]:
    """A problem of the whole form, kept under the empty name; those of fields are shown at the fields by the renderers."""
    return (Text(f"⚠ {errors['']}"),) if errors and "" in errors else ()


def subject_line(account: Account, decided: ItemDecision, today: date) -> Text:
    locale, item = locale_of(account.book), decided.item
    due = f", due {day(item.due_on, today, locale)}" if item.due_on else ""
    return Text(f"{name(account.customer.name)} · {money(decided.open, locale)} · {name(item.number)}{due}")


# Payment plan ----------------------------------------------------------------------------------------------------------

RHYTHMS = (Option("weekly", "Every week"), Option("fortnightly", "Every two weeks"), Option("monthly", "Every month"))
ANSWERS = (
    Option("proposed", "Not yet, it is a proposal"),
    Option("phone", "Accepted by phone"),
    Option("writing", "Accepted in writing"),
)


def plan_form(
    account: Account,
    decided: ItemDecision,
    today: date,
    covers: Sequence[ItemDecision] = (),
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    schedule: Sequence[Prose] = (),
) -> Form:
    """Answers: `deposit` (text, may be empty), `count`, `rhythm`, `first` (ISO). `covers` are the items the plan stands for.

    `schedule` is what the terms come to, or why they come to nothing, for those who see it while they type.
    """
    items = covers or (decided,)
    currency = decided.open.currency
    fields: tuple[Field, ...] = (
        AmountField("deposit", "Deposit", currency, hint="Paid on the first date; leave empty for none", required=False),
        NumberField("count", "Instalments", 3, hint="Without the deposit", least=1, most=MOST_INSTALMENTS),
        ChoiceField("rhythm", "Rhythm", RHYTHMS, "monthly"),
        DateField("first", "First date", today + timedelta(7), earliest=today),
    )
    intro = (*general_error(errors), Facts((("Customer", name(account.customer.name)), *_covered(account, items))))
    submit = Button("Preview", about(account, decided, Name.PREVIEW_PLAN), Style.PRIMARY)
    live = about(account, decided, Name.PLAN)
    return Form("Payment plan", submit, intro, filled(fields, values or {}), tuple(schedule), live=live)


def plan_table(account: Account, instalments: Sequence[tuple[date, Money]], today: date) -> Rows:
    """Every date with its amount to the cent, and their sum."""
    locale = locale_of(account.book)
    rows = tuple(Row((str(n), day(on, today, locale), money(amount, locale))) for n, (on, amount) in enumerate(instalments, 1))
    whole = total((amount for _, amount in instalments), instalments[0][1].currency)
    return Rows(("", "Date", "Amount"), (*rows, Row(("", "Sum", money(whole, locale)))), frozenset({2}))


def _covered(account: Account, items: Sequence[ItemDecision]) -> tuple[tuple[str, str], ...]:
    whole = total((item.open for item in items), items[0].open.currency)
    numbers = listing([name(item.item.number) for item in items[:5]] + ([f"{len(items) - 5} more"] if len(items) > 5 else []))
    return (("Amount", money(whole, locale_of(account.book))), ("Covers", numbers))


def plan_preview(
    account: Account,
    decided: ItemDecision,
    today: date,
    instalments: Sequence[tuple[date, Money]],
    terms: Mapping[str, str],
    covers: Sequence[ItemDecision] = (),
    warning: str | None = None,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Form:
    """The table to the cent and how the customer answered. Answers: `answer` (proposed, phone, writing) and, with a `warning`, `reason`.

    `terms` come back in the submit's `data`.
    """
    items = covers or (decided,)
    intro: tuple[Prose, ...] = (
        *general_error(errors),
        Facts((("Customer", name(account.customer.name)), *_covered(account, items))),
        plan_table(account, instalments, today),
    )
    fields: tuple[Field, ...] = (ChoiceField("answer", "Has the customer agreed?", ANSWERS, "proposed"),)
    if warning:
        intro, fields = (*intro, Text(f"⚠ {bare(warning)}")), (*fields, reason_field())
    submit = Button("Keep plan", about(account, decided, Name.CONFIRM_PLAN, **terms), Style.PRIMARY)
    outro = (
        Text(f"A proposal holds reminders for {days(PLAN_OFFER_DAYS)}; an accepted plan is chased instalment by instalment.", quiet=True),
    )
    return Form("Payment plan", submit, intro, filled(fields, values or {}), outro)


def reason_field() -> TextField:
    """Asked for where a limit stands against what a person wants; its answer overrides the limit."""
    return TextField("reason", "Reason", hint="Kept with your name in the audit trail", max_length=300)


# Escalation ------------------------------------------------------------------------------------------------------------


def escalate_form(
    account: Account,
    decided: ItemDecision,
    managers: Sequence[User],
    today: date,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Form:
    """Answers: `to` (a user's id) and `why`."""
    options = tuple(Option(str(user.id), name(user.name)) for user in managers)
    fields: tuple[Field, ...] = (
        ChoiceField("to", "To", options, options[0].value if len(options) == 1 else None),
        TextField("why", "Why", hint="What the manager should know or decide", lines=3, max_length=500),
    )
    submit = Button("Escalate", about(account, decided, Name.CONFIRM_ESCALATE), Style.PRIMARY)
    nobody = "Nobody has the role manager yet; an administrator gives it to a colleague first."
    outro = (Text("Reminders wait until the item is handed back." if managers else nobody, quiet=bool(managers)),)
    return Form("Escalate", submit, (*general_error(errors), subject_line(account, decided, today)), filled(fields, values or {}), outro)
