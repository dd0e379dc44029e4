"""Presses about money by hand, requests, owners, tasks and opt-outs: the form, the use case, the card that answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from adapters.chat.protocol import Reply
from bot.desk.request_actions import REQUESTS, Requesting, request_of
from bot.desk.request_outcomes import RequestResult, request_card
from cards import request_forms as cards
from cards.actions import Action, Name
from cards.approval import refuse_form
from cards.elements import Form
from cards.format import locale_of, money
from workflows.acting import item_to_act_on, require
from workflows.answer_query import Seen, see, see_item
from workflows.approve_request import ApproveRequest, RefuseRequest, approve_request, refuse_request, standing_request
from workflows.assign_customer import AssignCustomer, ClaimCustomer, assign_customer, claim_customer
from workflows.charge_fee import ProposeFee, WaiveFee, fees_on, propose_fee, waive_fee
from workflows.complete_task import CompleteTask, complete_task
from workflows.create_task import CreateTask, create_task
from workflows.domain.access import Right, Role, User
from workflows.domain.account import Account
from workflows.domain.allocation import balances
from workflows.domain.approving import Limits
from workflows.domain.decision import ItemDecision
from workflows.domain.ids import ApprovalId, ItemId
from workflows.domain.money import Money, total
from workflows.domain.regimes import Rate
from workflows.errors import AlreadyDone, BadEntry, NotAllowed, NotKnown, Refused
from workflows.offer_plan import CancelPlan, cancel_plan
from workflows.opt_out_customer import OptInCustomer, OptOutCustomer, opt_in_customer, opt_out_customer, opted_out
from workflows.ports import Clock, Policies, UnitOfWork
from workflows.record_payment import RecordPayment, ReversePayment, record_payment, reverse_payment, reversible
from workflows.work_out_interest import WorkOutInterest, offered_fee, work_out_interest
from workflows.write_off import WriteOff, write_off

# What each form's answer carries, by what opens it.
FORMS = {
    Name.PAYMENT: Name.CONFIRM_PAYMENT,
    Name.BOUNCED: Name.CONFIRM_BOUNCED,
    Name.WRITE_OFF: Name.CONFIRM_WRITE_OFF,
    Name.FEE: Name.CONFIRM_FEE,
    Name.WAIVE: Name.CONFIRM_WAIVE,
    Name.CANCEL_PLAN: Name.CONFIRM_CANCEL_PLAN,
    Name.ASSIGN: Name.CONFIRM_ASSIGN,
    Name.TASK: Name.CONFIRM_TASK,
    Name.OPT_OUT: Name.CONFIRM_OPT_OUT,
    Name.OPT_IN: Name.CONFIRM_OPT_IN,
    Name.REFUSE: Name.CONFIRM_REFUSE,
}
NAMES = REQUESTS | frozenset(FORMS)
_ANSWERS = frozenset(FORMS.values())
_OF_WHAT_IS_OPEN = frozenset({Name.WRITE_OFF, Name.FEE})
_ABOUT_NO_ITEM = frozenset({Name.APPROVE, Name.REFUSE, Name.CONFIRM_REFUSE, Name.COMPLETE_TASK})
Typed = Mapping[str, str]
T = TypeVar("T")
OfPeople = AssignCustomer | ClaimCustomer | CreateTask | CompleteTask | OptOutCustomer | OptInCustomer


@dataclass(frozen=True, slots=True)
class RequestDesk:
    user: User
    work: UnitOfWork
    policies: Policies
    clock: Clock
    limits: Limits
    rates: Sequence[Rate]

    async def press(self, action: Action, values: Typed) -> Reply:
        """What cannot be comes back as the form, with what was typed and what is wrong with it. Raises `Refused` where there is no form."""
        if action.name in FORMS:
            await self._may_open(action)
            return Reply(form=await self._form(action, FORMS[action.name], {}, {}))
        try:
            return Reply(card=await request_card(await self._do(await self._command(action, values)), self.work, self.policies, self.clock))
        except BadEntry as wrong:
            return await self._again(action, values, wrong.fields)
        except (NotAllowed, AlreadyDone, NotKnown):
            raise
        except Refused as refused:
            if action.name not in _ANSWERS:
                raise
            return await self._again(action, values, {"": str(refused)})

    async def _command(self, action: Action, values: Typed) -> Requesting:
        account = None if action.name in _ABOUT_NO_ITEM else (await item_to_act_on(self.work, ItemId(action.id), self.user, action.seen))[0]
        return request_of(action, values, self.user, account)

    async def _may_open(self, action: Action) -> None:
        """A form that could only be refused is not opened."""
        if action.name is Name.REFUSE:
            require(self.user, Right.CHASE)
            return
        account, item = await item_to_act_on(self.work, ItemId(action.id), self.user, action.seen)
        if action.name in _OF_WHAT_IS_OPEN and balances(account).open_of(item.id).minor <= 0:
            raise Refused(f"{item.number} is paid; there is nothing left to do about it.")

    async def _again(self, action: Action, values: Typed, errors: Typed) -> Reply:
        form = await self._form(action, action.name, values, errors)
        return Reply(form=form, errors={name: words for name, words in errors.items() if name})

    async def _form(self, action: Action, answer: Name, values: Typed, errors: Typed) -> Form:
        if answer is Name.CONFIRM_REFUSE:
            return await self._refuse_form(ApprovalId(action.id), values)
        seen, item = await see_item(ItemId(action.id), self.work, self.policies, self.clock.now()), ItemId(action.id)
        about = (seen.account, seen.of(item), seen.account.book.place.day(seen.at), values, errors)
        match answer:
            case Name.CONFIRM_PAYMENT:
                limit = Money.of(str(self.limits.payment), about[1].open.currency)
                return cards.payment_form(*about, limit=money(limit, locale_of(seen.account.book)))
            case Name.CONFIRM_BOUNCED:
                return cards.bounced_form(*about, payments=_some(reversible(seen.account, item), "There is no payment to take back."))
            case Name.CONFIRM_WRITE_OFF:
                return cards.write_off_form(*about)
            case Name.CONFIRM_FEE:
                offered, how = self._offered(seen.account, about[1], about[2])
                return cards.fee_form(*about, offered=offered, how=how)
            case Name.CONFIRM_WAIVE:
                return cards.waive_form(*about, fees=_some(fees_on(seen.account, about[1].item), "There is no fee to waive."))
            case Name.CONFIRM_CANCEL_PLAN:
                return cards.cancel_plan_form(*about)
            case Name.CONFIRM_OPT_OUT:
                return cards.opt_out_form(*about)
            case Name.CONFIRM_OPT_IN:
                return cards.opt_in_form(*about, addresses=_some(opted_out(seen.account), "They are not opted out."))
            case _:
                return await self._people_form(answer, seen, item, values, errors)

    def _offered(self, account: Account, decided: ItemDecision, today: date) -> tuple[Money | None, str]:
        """What may be charged as of today, less the fees there are, and how it was worked out; or why no figure is offered."""
        try:
            charge = work_out_interest(WorkOutInterest(today), account, decided.item, self.rates)
        except Refused as why:
            return None, f"No figure is offered: {why}"
        charged = total((fee.amount for fee in fees_on(account, decided.item)), charge.unpaid.currency)
        return offered_fee(charge, charged), cards.worked_out(charge, charged, locale_of(account.book))

    async def _people_form(self, answer: Name, seen: Seen, item: ItemId, values: Typed, errors: Typed) -> Form:
        people = [user for user in await self.work.users() if user.role >= Role.COLLECTOR]
        draw = cards.assign_form if answer is Name.CONFIRM_ASSIGN else cards.task_form
        return draw(seen.account, seen.of(item), seen.account.book.place.day(seen.at), values, errors, people=people)

    async def _refuse_form(self, approval: ApprovalId, values: Typed) -> Form:
        asked, account, _ = await standing_request(approval, self.work)
        seen = await see(account.customer.id, self.work, self.policies, self.clock.now())
        return refuse_form(seen.account, seen.of(asked.item), asked, seen.account.book.place.day(seen.at), values)

    async def _do(self, asked: Requesting) -> RequestResult:
        match asked:
            case ApproveRequest():
                return await approve_request(asked, self.work, self.clock)
            case RefuseRequest():
                return await refuse_request(asked, self.work, self.clock)
            case RecordPayment():
                return await record_payment(asked, self.work, self.clock, self.limits)
            case ReversePayment():
                return await reverse_payment(asked, self.work, self.clock)
            case WriteOff():
                return await write_off(asked, self.work, self.clock)
            case ProposeFee():
                return await propose_fee(asked, self.work, self.policies, self.clock)
            case WaiveFee():
                return await waive_fee(asked, self.work, self.clock)
            case CancelPlan():
                return await cancel_plan(asked, self.work, self.clock)
            case _:
                return await self._do_of_people(asked)

    async def _do_of_people(self, asked: OfPeople) -> RequestResult:
        match asked:
            case AssignCustomer():
                return await assign_customer(asked, self.work, self.clock)
            case ClaimCustomer():
                return await claim_customer(asked, self.work, self.clock)
            case CreateTask():
                return await create_task(asked, self.work, self.clock)
            case CompleteTask():
                return await complete_task(asked, self.work, self.clock)
            case OptOutCustomer():
                return await opt_out_customer(asked, self.work, self.clock)
            case OptInCustomer():
                return await opt_in_customer(asked, self.work, self.clock)


def _some(found: tuple[T, ...], otherwise: str) -> tuple[T, ...]:
    """Raises `Refused` when there is nothing to choose from."""
    if not found:
        raise Refused(otherwise)
    return found
