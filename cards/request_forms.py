"""Money by hand, what needs a second person, whose it is, tasks and contact: what a person fills in, and the names of the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256

from cards.actions import Name
from cards.claim_forms import item_form
from cards.elements import AmountField, ChoiceField, DateField, Field, Form, Option, TextField
from cards.format import day, days, locale_of, money, name, step_words
from workflows.domain.access import User
from workflows.domain.account import Account, Payment
from workflows.domain.charges import Fee
from workflows.domain.contact import EVERY
from workflows.domain.decision import ItemDecision
from workflows.domain.interest import Charge
from workflows.domain.money import Money

Answers = Mapping[str, str] | None

NOBODY = "nobody"
ON_ACCOUNT, THIS = "account", "item"
_LONG = 500
_WHY = TextField("why", "Why", hint="Whoever approves it reads it first", lines=2, max_length=_LONG)
_SECOND = "Somebody else has to approve it before it counts."


def handle(text: str) -> str:
    """A short word that stands for a long one where an option's value may not be long."""
    return sha256(text.encode()).hexdigest()[:16]


# Money -------------------------------------------------------------------------------------------------------------------


def payment_form(
    account: Account, decided: ItemDecision, today: date, values: Answers = None, errors: Answers = None, *, limit: str = ""
) -> Form:
    """Answers: `amount` (text), `paid_on` (ISO), `reference` (may be empty), `to` (item or account)."""
    fields: tuple[Field, ...] = (
        AmountField("amount", "Amount", decided.open.currency, decided.open.plain),
        DateField("paid_on", "Received on", today),
        TextField("reference", "Bank reference", hint="So that it is not noted twice", required=False, max_length=140),
        ChoiceField("to", "For", (Option(THIS, "This invoice"), Option(ON_ACCOUNT, "On account, for no invoice")), THIS),
    )
    more = f"What is too much for the invoice stays on account.{f' Above {limit} somebody else has to approve it.' if limit else ''}"
    return item_form("Record payment", "Record", Name.CONFIRM_PAYMENT, fields, more, account, decided, today, values, errors)


def bounced_form(
    account: Account,
    decided: ItemDecision,
    today: date,
    values: Answers = None,
    errors: Answers = None,
    *,
    payments: Sequence[Payment] = (),
) -> Form:
    """Answers: `payment` (the `handle` of its key) and `why`."""
    locale = locale_of(account.book)
    options = tuple(
        Option(handle(one.key), f"{money(one.amount, locale)} of {day(one.paid_on, today, locale)}{'' if one.item else ', on account'}")
        for one in payments
    )
    fields: tuple[Field, ...] = (
        ChoiceField("payment", "Which payment", options, options[0].value if len(options) == 1 else None),
        TextField("why", "What happened", hint="Charged back, debit returned, typed wrongly …", lines=2, max_length=_LONG),
    )
    more = "It counts for nothing from today; what it had paid is open again."
    return item_form("Take payment back", "Take back", Name.CONFIRM_BOUNCED, fields, more, account, decided, today, values, errors)


def write_off_form(account: Account, decided: ItemDecision, today: date, values: Answers = None, errors: Answers = None) -> Form:
    """Answers: `amount` (text) and `why`."""
    fields: tuple[Field, ...] = (AmountField("amount", "Amount", decided.open.currency, decided.open.plain), _WHY)
    return item_form("Write off", "Ask for it", Name.CONFIRM_WRITE_OFF, fields, _SECOND, account, decided, today, values, errors)


def fee_form(
    account: Account,
    decided: ItemDecision,
    today: date,
    values: Answers = None,
    errors: Answers = None,
    *,
    offered: Money | None = None,
    how: str = "",
) -> Form:
    """Answers: `amount` (text) and `why`. `offered` is the figure that may be charged, `how` what it is made of."""
    fields: tuple[Field, ...] = (AmountField("amount", "Fee", decided.open.currency, offered.plain if offered else "", how or None), _WHY)
    more = f"{_SECOND} One fee per invoice and step, for ever."
    return item_form("Charge a fee", "Ask for it", Name.CONFIRM_FEE, fields, more, account, decided, today, values, errors)


def worked_out(charge: Charge, charged: Money, locale: str) -> str:
    """`By law, 45 days late: interest of £181.08 and the fixed sum of £100.00, less £40.00 charged already.`"""
    fixed = f" and the fixed sum of {money(charge.fixed_sum, locale)}" if charge.fixed_sum else ""
    less = f", less {money(charged, locale)} charged already" if charged.minor else ""
    return f"By law, {days(charge.days)} late: interest of {money(charge.unpaid, locale)}{fixed}{less}."


def waive_form(
    account: Account, decided: ItemDecision, today: date, values: Answers = None, errors: Answers = None, *, fees: Sequence[Fee] = ()
) -> Form:
    """Answers: `fee` (the `handle` of its step) and `why`."""
    options = tuple(Option(handle(fee.step), f"{money(fee.amount, locale_of(account.book))}, {step_words(fee.step)}") for fee in fees)
    fields: tuple[Field, ...] = (ChoiceField("fee", "Which fee", options, options[0].value if len(options) == 1 else None), _WHY)
    return item_form("Waive a fee", "Ask for it", Name.CONFIRM_WAIVE, fields, _SECOND, account, decided, today, values, errors)


def cancel_plan_form(account: Account, decided: ItemDecision, today: date, values: Answers = None, errors: Answers = None) -> Form:
    """Answers: `why`."""
    fields = (TextField("why", "Why", lines=2, max_length=_LONG),)
    more = "The invoice is chased again by its own due day; what was paid counts."
    return item_form("Cancel the plan", "Cancel plan", Name.CONFIRM_CANCEL_PLAN, fields, more, account, decided, today, values, errors)


# People ------------------------------------------------------------------------------------------------------------------


def assign_form(
    account: Account, decided: ItemDecision, today: date, values: Answers = None, errors: Answers = None, *, people: Sequence[User] = ()
) -> Form:
    """Answers: `to` (a user's id, or nobody)."""
    owner = str(account.customer.owner) if account.customer.owner else None
    options = (*(Option(str(user.id), name(user.name)) for user in people), Option(NOBODY, "Nobody"))
    fields = (ChoiceField("to", "Who looks after this customer", options, owner),)
    more = "They are told of what happens to this customer."
    return item_form("Assign", "Assign", Name.CONFIRM_ASSIGN, fields, more, account, decided, today, values, errors)


def task_form(
    account: Account, decided: ItemDecision, today: date, values: Answers = None, errors: Answers = None, *, people: Sequence[User] = ()
) -> Form:
    """Answers: `what`, `owner` (a user's id, or nobody), `due_on` (ISO, may be empty)."""
    owner = str(account.customer.owner) if account.customer.owner else NOBODY
    options = (*(Option(str(user.id), name(user.name)) for user in people), Option(NOBODY, "Anybody"))
    fields: tuple[Field, ...] = (
        TextField("what", "What is to be done", lines=2, max_length=300),
        ChoiceField("owner", "Who", options, owner if owner in {option.value for option in options} else NOBODY),
        DateField("due_on", "By", today + timedelta(1), required=False, earliest=today),
    )
    return item_form("Task", "Make task", Name.CONFIRM_TASK, fields, "", account, decided, today, values, errors)


def opt_out_form(account: Account, decided: ItemDecision, today: date, values: Answers = None, errors: Answers = None) -> Form:
    """Answers: `address` (the `handle` of one, or of `*`) and `how`."""
    options = (*(_address(address) for address in account.customer.emails[:20]), _address(EVERY))
    fields: tuple[Field, ...] = (ChoiceField("address", "No more messages to", options, handle(EVERY)), _HOW)
    more = "It takes effect at once. What is owed stays owed: call them, or write another way."
    return item_form("Opt out", "Opt out", Name.CONFIRM_OPT_OUT, fields, more, account, decided, today, values, errors)


def opt_in_form(
    account: Account,
    decided: ItemDecision,
    today: date,
    values: Answers = None,
    errors: Answers = None,
    *,
    addresses: Sequence[str] = (),
) -> Form:
    """Answers: `address` (the `handle` of one, or of `*`) and `how`."""
    options = tuple(_address(address) for address in addresses)
    fields: tuple[Field, ...] = (
        ChoiceField("address", "Messages again to", options, options[0].value if len(options) == 1 else None),
        _HOW,
    )
    more = "Only on the customer's own word. Both are kept."
    return item_form("Opt in", "Opt in", Name.CONFIRM_OPT_IN, fields, more, account, decided, today, values, errors)


_HOW = TextField("how", "How did they say so?", hint="By phone to Ana, in a letter of Monday …", max_length=300)


def _address(address: str) -> Option:
    return Option(handle(address), "Every address and channel" if address == EVERY else name(address))
