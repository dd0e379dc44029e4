"""The use case of each thing a person does at one press, or with a form that needs nothing but its answers."""

from __future__ import annotations

from bot.actions import Acting, Claiming
from bot.desk.outcomes import Result
from workflows.escalate_item import EscalateItem, HandBackItem, escalate_item, hand_back_item
from workflows.flag_item import FlagItem, flag_item
from workflows.hold_item import HoldItem, ReleaseHold, SaysPaid, hold_item, release_hold, says_paid
from workflows.offer_plan import AnswerPlan, answer_plan
from workflows.open_dispute import OpenDispute, SettleDispute, open_dispute, settle_dispute
from workflows.ports import Clock, Policies, UnitOfWork
from workflows.record_promise import CancelPromise, cancel_promise
from workflows.release_accounts import ReleaseAccounts, release_accounts
from workflows.settle_unknown import SettleUnknown, settle_unknown
from workflows.snooze_item import WakeItem, wake_item
from workflows.write_note import WriteNote, write_note


async def carry_out(asked: Acting, work: UnitOfWork, policies: Policies, clock: Clock) -> Result:
    """Raises `Refused`."""
    match asked:
        case FlagItem():
            return await flag_item(asked, work, clock)
        case WakeItem():
            return await wake_item(asked, work, clock)
        case HandBackItem():
            return await hand_back_item(asked, work, clock)
        case EscalateItem():
            return await escalate_item(asked, work, clock)
        case AnswerPlan():
            return await answer_plan(asked, work, clock)
        case ReleaseAccounts():
            return await release_accounts(asked, work, clock)
        case SettleUnknown():
            return await settle_unknown(asked, work, clock)
        case _:
            return await _claim(asked, work, policies, clock)


async def _claim(asked: Claiming, work: UnitOfWork, policies: Policies, clock: Clock) -> Result:
    match asked:
        case CancelPromise():
            return await cancel_promise(asked, work, policies, clock)
        case OpenDispute():
            return await open_dispute(asked, work, clock)
        case SettleDispute():
            return await settle_dispute(asked, work, clock)
        case HoldItem():
            return await hold_item(asked, work, clock)
        case SaysPaid():
            return await says_paid(asked, work, clock)
        case ReleaseHold():
            return await release_hold(asked, work, clock)
        case WriteNote():
            return await write_note(asked, work, clock)
