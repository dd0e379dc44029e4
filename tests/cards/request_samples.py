"""Requests in every state, and the cards and forms of money by hand, owners, tasks and opt-outs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from cards import request_forms as forms
from cards import request_outcomes as outcome
from cards.approval import approval_card, refuse_form
from cards.elements import Card, Form
from cards.outcome import plan_ended
from tests.cards.samples import (
    ACTED,
    ANA,
    HOSTILE,
    ITEM,
    MANAGERS,
    MARIA,
    NOW,
    PAID,
    PARTS,
    PEOPLE,
    TODAY,
    account,
    act,
    decided,
    eur,
    ident,
)
from workflows.domain.account import Account
from workflows.domain.approvals import Approval, ApprovalEnd, ApprovalKind, Given
from workflows.domain.approving import sealed
from workflows.domain.charges import Fee
from workflows.domain.contact import EVERY
from workflows.domain.ids import ApprovalId, TaskId
from workflows.domain.tasks import Task

LATER = NOW + timedelta(hours=4)


def request(kind: ApprovalKind, amount: str = "600.00", *, people: int = 1, subject: UUID = ITEM.id, **terms: object) -> Approval:
    text, seal = sealed({"amount": amount, "currency": "EUR", "counted": amount, "why": "", **terms})
    return Approval(
        ApprovalId(ident(80)), kind, ITEM.id, subject, text, seal, ACTED, ACTED + timedelta(7), ANA, amount=eur(amount), people=people
    )


WRITE_OFF = request(ApprovalKind.WRITE_OFF, why="They are in liquidation; the administrator wrote that nothing is left.", counted="1200.00")
LARGE = replace(request(ApprovalKind.WRITE_OFF, "12400.00", people=2, why="Bankrupt"), given=(Given(MARIA, LATER - timedelta(hours=1)),))
PLAN = request(
    ApprovalKind.PLAN,
    "12400.00",
    why="They lost their largest client",
    parts=[[str(part.due_on), part.total.plain] for part in PARTS],
    how="by phone",
)
PAYMENT = request(ApprovalKind.PAYMENT, "6000.00", paid_on="2026-11-23", reference="TX 8812", on_account=True)
STEP = replace(request(ApprovalKind.STEP), by=None, step="handover", amount=None, terms="{}")
TASK = Task(TaskId(ident(90)), "hand:1", ITEM.id, "Call the new bookkeeper about the freight costs", ACTED, ANA, date(2026, 11, 26), ANA)
FEE = Fee(ITEM.id, "final", eur("40.00"), ACTED, ANA)


def ended(approval: Approval, how: ApprovalEnd) -> Approval:
    given = (Given(MARIA, LATER),) if how is ApprovalEnd.DONE else ()
    return replace(approval, ended_at=LATER, ended_how=how, given=given)


def drawn(approval: Approval, of: Account | None = None) -> Card:
    return approval_card(of or account(), decided(), approval, LATER, PEOPLE)


def request_cards() -> dict[str, Card]:
    plain = account()
    refused = account(
        acts=(act("approval.refused", "Maria Holt refused the request to write off 600.00 EUR: ask again in January", LATER),)
    )
    hostile = {
        f"hostile_{kind}_approval": drawn(request(ApprovalKind.WRITE_OFF, why=words), account(customer=replace(plain.customer, name=words)))
        for kind, words in HOSTILE.items()
    }
    return hostile | {
        "approval_write_off": drawn(WRITE_OFF),
        "approval_one_of_two": drawn(LARGE),
        "approval_plan": drawn(PLAN),
        "approval_payment": drawn(PAYMENT),
        "approval_step": drawn(STEP),
        "approval_done": drawn(ended(WRITE_OFF, ApprovalEnd.DONE)),
        "approval_refused": drawn(ended(WRITE_OFF, ApprovalEnd.REFUSED), refused),
        "approval_void": drawn(ended(WRITE_OFF, ApprovalEnd.VOID)),
        "approval_expired": drawn(ended(WRITE_OFF, ApprovalEnd.EXPIRED)),
        "outcome_requested": outcome.requested(plain, decided(), WRITE_OFF, ["Maria Holt", "Jo Lund"], NOW),
        "outcome_requested_nobody": outcome.requested(plain, decided(), LARGE, ["Maria Holt"], NOW),
        "outcome_approved": outcome.approval_answered(plain, decided(), ended(WRITE_OFF, ApprovalEnd.DONE), LATER),
        "outcome_approved_first": outcome.approval_answered(plain, decided(), LARGE, LATER),
        "outcome_void": outcome.approval_answered(plain, decided(), ended(PLAN, ApprovalEnd.VOID), LATER, "only €400.00 is open now"),
        "outcome_payment": outcome.payment_noted(plain, decided(open_="10400.00"), PAID, NOW),
        "outcome_payment_reversed": outcome.payment_reversed(plain, decided(), PAID, NOW),
        "outcome_assigned": outcome.assigned(plain, "Jo Lund"),
        "outcome_task": outcome.task_made(plain, decided(), TASK, "Ana Weiss", NOW),
        "outcome_task_done": outcome.task_done(plain, decided(), TASK),
        "outcome_opted_out": outcome.contact_changed(plain, decided(), EVERY, NOW, out=True),
        "outcome_opted_in": outcome.contact_changed(plain, decided(), "ap@acme.example", NOW, out=False),
        "outcome_plan_cancelled": plan_ended(plain, decided(), NOW, cancelled=True),
    }


def request_form_samples() -> dict[str, Form]:
    plain = account()
    return {
        "form_refuse": refuse_form(plain, decided(), WRITE_OFF, TODAY),
        "form_payment": forms.payment_form(plain, decided(), TODAY, limit="€5,000.00"),
        "form_bounced": forms.bounced_form(plain, decided(), TODAY, payments=(PAID,)),
        "form_write_off": forms.write_off_form(plain, decided(), TODAY),
        "form_write_off_again": forms.write_off_form(plain, decided(), TODAY, {"amount": "20000", "why": "x"}, WRITE_OFF_ERRORS),
        "form_fee": forms.fee_form(plain, decided(), TODAY),
        "form_fee_offered": forms.fee_form(plain, decided(), TODAY, offered=FEE.amount, how="By law, 25 days late: interest of €0.00."),
        "form_waive": forms.waive_form(plain, decided(), TODAY, fees=(FEE,)),
        "form_cancel_plan": forms.cancel_plan_form(plain, decided(), TODAY),
        "form_assign": forms.assign_form(plain, decided(), TODAY, people=MANAGERS),
        "form_task": forms.task_form(plain, decided(), TODAY, people=MANAGERS),
        "form_opt_out": forms.opt_out_form(plain, decided(), TODAY),
        "form_opt_in": forms.opt_in_form(plain, decided(), TODAY, addresses=(EVERY, "ap@acme.example")),
    }


WRITE_OFF_ERRORS: Mapping[str, str] = {"": "12,400.00 EUR is open on INV-2041; write off some of it, and no more than that."}
