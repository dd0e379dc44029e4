"""What a press about money by hand, a request, an owner, a task or an opt-out asks for; pure, and the same for every chat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from bot.actions import read_amount
from cards.actions import Action, Name
from cards.request_forms import NOBODY, ON_ACCOUNT, handle
from workflows.approve_request import ApproveRequest, RefuseRequest
from workflows.assign_customer import AssignCustomer, ClaimCustomer
from workflows.charge_fee import ProposeFee, WaiveFee
from workflows.complete_task import CompleteTask
from workflows.create_task import CreateTask
from workflows.domain.access import User
from workflows.domain.account import Account
from workflows.domain.contact import EVERY
from workflows.domain.ids import ApprovalId, ItemId, TaskId, UserId
from workflows.domain.money import BadAmount, Money
from workflows.errors import BadEntry
from workflows.offer_plan import CancelPlan
from workflows.opt_out_customer import OptInCustomer, OptOutCustomer, opted_out
from workflows.record_payment import RecordPayment, ReversePayment, reversible
from workflows.write_off import WriteOff

Requesting = (
    ApproveRequest
    | RefuseRequest
    | AssignCustomer
    | ClaimCustomer
    | CreateTask
    | CompleteTask
    | OptOutCustomer
    | OptInCustomer
    | CancelPlan
    | RecordPayment
    | ReversePayment
    | WriteOff
    | ProposeFee
    | WaiveFee
)
Values = Mapping[str, str]


def request_of(action: Action, values: Values, by: User, account: Account | None) -> Requesting:
    """`account` is null only for what is about no item: a request, a task. Raises `BadEntry`."""
    if (build := _ALONE.get(action.name)) is not None:
        return build(action, values, by)
    if account is None or (of := _WITH_ACCOUNT.get(action.name)) is None:
        raise KeyError(action.name)
    return of(action, values, by, account)


def _claim(action: Action, _: Values, by: User) -> Requesting:
    return ClaimCustomer(ItemId(action.id), by, action.seen)


def _let_go(action: Action, _: Values, by: User) -> Requesting:
    return AssignCustomer(ItemId(action.id), None, by, action.seen)


def _assign(action: Action, values: Values, by: User) -> Requesting:
    return AssignCustomer(ItemId(action.id), _colleague(values, "to"), by, action.seen)


def _task(action: Action, values: Values, by: User) -> Requesting:
    what = _words(values, "what", "Say what is to be done.")
    return CreateTask(ItemId(action.id), what, _colleague(values, "owner"), _day(values, "due_on", needed=False), by)


def _cancel_plan(action: Action, values: Values, by: User) -> Requesting:
    return CancelPlan(ItemId(action.id), _words(values, "why", "Say in a few words why; colleagues read it on the card."), by, action.seen)


_ALONE: Mapping[Name, Callable[[Action, Values, User], Requesting]] = {
    Name.APPROVE: lambda action, _, by: ApproveRequest(ApprovalId(action.id), by),
    Name.CONFIRM_REFUSE: lambda action, values, by: RefuseRequest(ApprovalId(action.id), by, values.get("why", "").strip()),
    Name.COMPLETE_TASK: lambda action, _, by: CompleteTask(TaskId(action.id), by),
    Name.CLAIM: _claim,
    Name.UNCLAIM: _let_go,
    Name.CONFIRM_ASSIGN: _assign,
    Name.CONFIRM_TASK: _task,
    Name.CONFIRM_CANCEL_PLAN: _cancel_plan,
}


def _payment(action: Action, values: Values, by: User, account: Account) -> Requesting:
    amount, errors = _amount(values, action, account)
    paid_on = None
    try:
        paid_on = _day(values, "paid_on", needed=True)
    except BadEntry as wrong:
        errors |= wrong.fields
    if amount is None or paid_on is None:
        raise BadEntry(errors)
    on_account = values.get("to") == ON_ACCOUNT
    return RecordPayment(ItemId(action.id), amount, paid_on, by, values.get("reference", "").strip(), on_account, action.seen)


def _write_off(action: Action, values: Values, by: User, account: Account) -> Requesting:
    amount, why = _amount_and_why(values, action, account)
    return WriteOff(ItemId(action.id), amount, why, by, action.seen)


def _fee(action: Action, values: Values, by: User, account: Account) -> Requesting:
    amount, why = _amount_and_why(values, action, account)
    return ProposeFee(ItemId(action.id), amount, why, by, action.seen)


def _bounced(action: Action, values: Values, by: User, account: Account) -> Requesting:
    why = _words(values, "why", "Say in a few words what happened to it.")
    keys = [one.key for one in reversible(account, ItemId(action.id))]
    return ReversePayment(ItemId(action.id), _chosen(values, "payment", keys, "Choose the payment."), why, by, action.seen)


def _waive(action: Action, values: Values, by: User, account: Account) -> Requesting:
    why = _words(values, "why", "Say in a few words why; whoever approves it reads it first.")
    steps = [fee.step for fee in account.fees if fee.item == action.id]
    return WaiveFee(ItemId(action.id), _chosen(values, "fee", steps, "Choose the fee."), why, by, action.seen)


def _opt_out(action: Action, values: Values, by: User, account: Account) -> Requesting:
    how = _words(values, "how", "Say how the customer told you, by phone or in writing.")
    address = _chosen(values, "address", [*account.customer.emails, EVERY], "Choose where.")
    return OptOutCustomer(ItemId(action.id), address, how, by, action.seen)


def _opt_in(action: Action, values: Values, by: User, account: Account) -> Requesting:
    how = _words(values, "how", "Say how the customer told you, by phone or in writing.")
    return OptInCustomer(ItemId(action.id), _chosen(values, "address", opted_out(account), "Choose where."), how, by, action.seen)


_WITH_ACCOUNT: Mapping[Name, Callable[[Action, Values, User, Account], Requesting]] = {
    Name.CONFIRM_PAYMENT: _payment,
    Name.CONFIRM_BOUNCED: _bounced,
    Name.CONFIRM_WRITE_OFF: _write_off,
    Name.CONFIRM_FEE: _fee,
    Name.CONFIRM_WAIVE: _waive,
    Name.CONFIRM_OPT_OUT: _opt_out,
    Name.CONFIRM_OPT_IN: _opt_in,
}
REQUESTS = frozenset({*_ALONE, *_WITH_ACCOUNT})


def _words(values: Values, field: str, asked: str) -> str:
    words = values.get(field, "").strip()
    if not words:
        raise BadEntry({field: asked})
    return words


def _colleague(values: Values, field: str) -> UserId | None:
    chosen = values.get(field, "")
    if chosen == NOBODY:
        return None
    try:
        return UserId(UUID(chosen))
    except ValueError:
        raise BadEntry({field: "Choose a colleague, or nobody."}) from None


def _chosen(values: Values, field: str, known: list[str] | tuple[str, ...], asked: str) -> str:
    """The long word behind the short one of an option."""
    chosen = next((one for one in known if handle(one) == values.get(field)), None)
    if chosen is None:
        raise BadEntry({field: asked})
    return chosen


def _day(values: Values, field: str, *, needed: bool) -> date | None:
    typed = values.get(field, "").strip()
    if not typed and not needed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise BadEntry({field: "Choose a day." if needed else "Choose a day, or leave it empty."}) from None


def _amount(values: Values, action: Action, account: Account) -> tuple[Money | None, dict[str, str]]:
    currency = next((item.total.currency for item in account.all_items if item.id == action.id), "")
    try:
        amount = read_amount(values.get("amount", ""), currency)
    except BadAmount as error:
        return None, {"amount": f"{error}."}
    return amount, {} if amount is not None else {"amount": "Say how much."}


def _amount_and_why(values: Values, action: Action, account: Account) -> tuple[Money, str]:
    amount, errors = _amount(values, action, account)
    why = values.get("why", "").strip()
    if not why:
        errors |= {"why": "Say in a few words why; whoever approves it reads it first."}
    if amount is None or errors:
        raise BadEntry(errors)
    return amount, why
