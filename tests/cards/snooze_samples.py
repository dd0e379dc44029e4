"""Forms that are for one invoice or for several of the customer: snoozes and promises."""

from __future__ import annotations

from datetime import date

from cards.claim_forms import promise_form
from cards.elements import Form
from cards.snooze_forms import snooze_form, snooze_preview
from workflows.domain.account import Account
from workflows.domain.decision import ItemDecision, NextStep

TODAY = date(2026, 11, 24)


def snooze_samples(
    plain: Account, snoozed: Account, first: ItemDecision, again: ItemDecision, second: ItemDecision, steps: tuple[NextStep, ...]
) -> dict[str, Form]:
    typed = {"length": "date", "until": "2026-12-04", "scope": "customer"}
    silenced = [(first.item, first.open, steps), (second.item, second.open, ())]
    return {
        "form_snooze": snooze_form(plain, first, TODAY, steps),
        "form_snooze_again": snooze_form(snoozed, again, TODAY, values=typed, invoices=2),
        "form_snooze_all": snooze_preview(plain, first, TODAY, date(2026, 12, 24), silenced, "f00d"),
        "form_promise": promise_form(plain, first, TODAY),
        "form_promise_several": promise_form(plain, first, TODAY, together=(first, second)),
    }
