"""Which card answers which result: the short word to the person who acted."""

from __future__ import annotations

from datetime import datetime

from cards import outcome, problems, reminder
from cards.elements import Card
from workflows.answer_query import see
from workflows.domain.account import Account, PlanState
from workflows.domain.decision import ItemDecision
from workflows.escalate_item import Escalated, HandedBack
from workflows.flag_item import Flagged
from workflows.hold_item import Held, HoldReleased
from workflows.offer_plan import PlanSet
from workflows.open_dispute import Disputed, DisputeSettled
from workflows.ports import Policies, UnitOfWork
from workflows.record_promise import PromiseCancelled, Promised
from workflows.release_accounts import Released
from workflows.send_reminder import ReminderQueued
from workflows.settle_unknown import UnknownSettled
from workflows.snooze_item import Snoozed, Woken
from workflows.write_note import Noted

Claimed = Promised | PromiseCancelled | Disputed | DisputeSettled | Held | HoldReleased | Noted
OnItem = Claimed | Escalated | HandedBack | Flagged | PlanSet | ReminderQueued | Snoozed | Woken
Result = OnItem | Released | UnknownSettled


async def outcome_card(result: Result, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    """Reads the account anew, so that what comes next is said of the item as it is after the act."""
    match result:
        case Released():
            return outcome.released(result.accounts)
        case UnknownSettled():
            return problems.unknown_settled(result.account, result.said)
        case _:
            seen = await see(result.account.customer.id, work, policies, now)
            return _on_item(result, seen.account, seen.of(result.item.id), now)


def _on_item(result: OnItem, account: Account, decided: ItemDecision, now: datetime) -> Card:
    match result:
        case Snoozed():
            return outcome.snoozed(account, decided, result.until, result.silences, now)
        case Woken():
            return outcome.woken(account, decided, now)
        case Flagged():
            return outcome.flagged(account, decided) if result.on else outcome.unflagged(account, decided)
        case Escalated():
            return outcome.escalated(account, decided, result.to.name, now)
        case HandedBack():
            return outcome.handed_back(account, decided, now)
        case ReminderQueued():
            return reminder.reminder_queued(account, decided, now, by_name=result.by_name, to=result.message.to)
        case PlanSet():
            return _plan(account, decided, result, now)
        case _:
            return _claimed(result, account, decided, now)


def _claimed(result: Claimed, account: Account, decided: ItemDecision, now: datetime) -> Card:
    match result:
        case Promised():
            return outcome.promised(account, decided, result.promise, result.ends_on, now, again=result.again)
        case PromiseCancelled():
            return outcome.promise_cancelled(account, decided, now)
        case Disputed():
            return outcome.disputed(account, decided)
        case DisputeSettled():
            return outcome.dispute_settled(account, decided, now)
        case Held():
            return outcome.held(account, decided, result.hold, now)
        case HoldReleased():
            return outcome.hold_released(account, decided, now, whole=result.whole)
        case Noted():
            return outcome.noted(account, decided)


def _plan(account: Account, decided: ItemDecision, result: PlanSet, now: datetime) -> Card:
    match result.plan.state:
        case PlanState.ACTIVE:
            return outcome.plan_accepted(account, decided, result.plan, now)
        case PlanState.PROPOSED:
            return outcome.plan_proposed(account, decided, result.plan)
        case _:
            return outcome.plan_ended(account, decided, now)
