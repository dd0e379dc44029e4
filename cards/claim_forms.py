"""Promise, dispute, hold and note: what a person fills in, and the names of the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from cards.actions import Name
from cards.buttons import about
from cards.elements import AmountField, Button, ChoiceField, DateField, Field, Form, Option, Style, Text, TextField
from cards.format import locale_of, money, name
from cards.forms import filled, general_error, subject_line
from workflows.domain.account import Account
from workflows.domain.decision import ItemDecision
from workflows.domain.money import total

Answers = Mapping[str, str] | None

WHOLE = "customer"
_LONG = 500


def promise_form(
    account: Account,
    decided: ItemDecision,
    today: date,
    values: Answers = None,
    errors: Answers = None,
    together: Sequence[ItemDecision] = (),
) -> Form:
    """Answers: `amount` (text) and `until` (ISO); with more than one invoice in `together` also `scope` (item or customer)."""
    locale = locale_of(account.book)
    whole = total((one.open for one in together), decided.open.currency) if together else decided.open
    several = len(together) > 1
    hint = f"Together {money(whole, locale)} are open, on this invoice {money(decided.open, locale)}" if several else None
    fields: tuple[Field, ...] = (
        AmountField("amount", "Amount", decided.open.currency, whole.plain, hint),
        DateField("until", "Paid by", today + timedelta(7), earliest=today),
    )
    if several:
        late = Option(WHOLE, f"Everything overdue, {len(together):,} invoices, {money(whole, locale)}")
        fields = (ChoiceField("scope", "What", (late, Option("item", f"Only {name(decided.item.number)}")), WHOLE), *fields)
    more = "Reminders wait for the money until that day and a few working days more. If it does not come, you are told and the next step goes out."
    return item_form("Promise to pay", "Note promise", Name.CONFIRM_PROMISE, fields, more, account, decided, today, values, errors)


def dispute_form(account: Account, decided: ItemDecision, today: date, values: Answers = None, errors: Answers = None) -> Form:
    """Answers: `reason`."""
    fields = (TextField("reason", "What does the customer object to?", lines=3, max_length=_LONG),)
    more = "Reminders wait until the dispute is settled. The amount stays in what is open."
    return item_form("Dispute", "Note dispute", Name.CONFIRM_DISPUTE, fields, more, account, decided, today, values, errors)


def settle_form(account: Account, decided: ItemDecision, today: date, values: Answers = None, errors: Answers = None) -> Form:
    """Answers: `outcome`."""
    fields = (TextField("outcome", "How was it settled?", hint="A credit note to come, the customer agrees …", lines=3, max_length=_LONG),)
    more = "Chasing goes on from here. A credit note still has to come from your books."
    return item_form("Settle dispute", "Settle", Name.CONFIRM_SETTLE, fields, more, account, decided, today, values, errors)


def hold_form(account: Account, decided: ItemDecision, today: date, values: Answers = None, errors: Answers = None) -> Form:
    """Answers: `scope` (item or customer), `why`, and `until` (ISO, may be empty)."""
    fields: tuple[Field, ...] = (
        ChoiceField("scope", "What", (Option("item", "This invoice"), Option(WHOLE, "Everything of this customer")), "item"),
        TextField("why", "Why", lines=2, max_length=_LONG),
        DateField("until", "Until", hint="Leave empty: until somebody releases it", required=False, earliest=today + timedelta(1)),
    )
    more = "Nothing is sent while it is on hold."
    return item_form("Hold", "Hold", Name.CONFIRM_HOLD, fields, more, account, decided, today, values, errors)


def note_form(account: Account, decided: ItemDecision, today: date, values: Answers = None, errors: Answers = None) -> Form:
    """Answers: `note`."""
    fields = (TextField("note", "Note", hint="For colleagues; the customer never sees it", lines=4, max_length=1_000),)
    return item_form("Note", "Keep note", Name.CONFIRM_NOTE, fields, "", account, decided, today, values, errors)


def item_form(
    title: str,
    press: str,
    action: Name,
    fields: tuple[Field, ...],
    more: str,
    account: Account,
    decided: ItemDecision,
    today: date,
    values: Answers,
    errors: Answers,
) -> Form:
    """A form about an item: the item's line above the fields, a quiet word below."""
    submit = Button(press, about(account, decided, action), Style.PRIMARY)
    intro = (*general_error(errors), subject_line(account, decided, today))
    return Form(title, submit, intro, filled(fields, values or {}), (Text(more, quiet=True),) if more else ())
