"""The forms of plans, promises, disputes, holds, notes and escalations, of reminders and snoozes."""

from __future__ import annotations

from collections.abc import Mapping

from cards import claim_forms, forms
from cards.elements import Form
from tests.cards.reminder_samples import reminder_forms
from tests.cards.samples import DISPUTED, LATER, MANAGERS, NEXT, PARTS, SECOND_DECIDED, SNOOZED, TODAY, account, decided
from tests.cards.snooze_samples import snooze_samples
from workflows.domain.decision import State

LETTER = """Dear Acme GmbH,

€12,400.00 of invoice INV-2041 has been open since 30 October. Thank you for the €2,000.00 of 12 November.

Please pay to DE00 0000 0000 0000 0000 00, or tell us if something is wrong with the invoice.

Ana Weiss
Northwind GmbH"""

ERRORS: Mapping[str, Mapping[str, str]] = {
    "form_plan_again": {"deposit": "The deposit is more than the €12,400.00 that are open."},
    "form_plan_preview_again": {"reason": "Say in a few words why; whoever approves it reads it first."},
    "form_promise_again": {"": "Only €12,400.00 is open on INV-2041; a promise cannot be of more."},
}


def form_samples() -> dict[str, Form]:
    plain, both = account(), (decided(), SECOND_DECIDED)
    table = tuple((part.due_on, part.total) for part in PARTS if part.due_on)
    terms = {"count": "3", "rhythm": "monthly", "first": "2026-12-01"}
    snoozes = snooze_samples(plain, SNOOZED, decided(), decided(State.SNOOZED), SECOND_DECIDED, (NEXT, LATER))
    return (
        reminder_forms(plain, decided(), SECOND_DECIDED, TODAY, LETTER)
        | snoozes
        | {
            "form_plan": forms.plan_form(plain, decided(), TODAY, both),
            "form_plan_again": forms.plan_form(
                plain, decided(), TODAY, values={"deposit": "20000", "count": "4", "rhythm": "weekly", "first": "2026-12-01"}
            ),
            "form_plan_preview": forms.plan_preview(plain, decided(), TODAY, table, terms),
            "form_plan_preview_warning": forms.plan_preview(
                plain, decided(), TODAY, table, terms, warning="Plans above €5,000.00 need a manager; your reason is kept."
            ),
            "form_plan_preview_again": forms.plan_preview(
                plain,
                decided(),
                TODAY,
                table,
                terms,
                (),
                "Plans above €5,000.00 need a manager; your reason is kept.",
                {"answer": "phone", "reason": ""},
                ERRORS["form_plan_preview_again"],
            ),
            "form_promise_again": claim_forms.promise_form(plain, decided(), TODAY, {"amount": "20000", "until": "2026-12-01"}),
            "form_dispute": claim_forms.dispute_form(plain, decided(), TODAY),
            "form_settle_dispute": claim_forms.settle_form(DISPUTED, decided(State.DISPUTED), TODAY),
            "form_hold": claim_forms.hold_form(plain, decided(), TODAY),
            "form_note": claim_forms.note_form(plain, decided(), TODAY),
            "form_escalate": forms.escalate_form(plain, decided(), MANAGERS, TODAY),
            "form_escalate_nobody": forms.escalate_form(plain, decided(), (), TODAY),
        }
    )
