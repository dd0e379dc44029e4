"""What an act has come to, and what went wrong."""

from __future__ import annotations

from datetime import date, timedelta

from cards import outcome, problems
from cards.elements import Card
from cards.reminder import reminder_queued
from tests.cards.reminder_samples import TO
from tests.cards.samples import BOOK, BOUNCED, HELD, NEXT, NOW, PLAN, PROMISE, SAID_PAID, STALE, TODAY, UNKNOWN, account, at, decided, ident
from workflows.domain.ids import CardId


def outcome_cards() -> dict[str, Card]:
    plain = account()
    return {
        "reminder_queued": reminder_queued(plain, decided(), NOW, by_name="Ana Weiss", to=("ap@acme.example",)),
        "reminder_queued_later": reminder_queued(plain, decided(), NOW, by_name="Ana Weiss", to=TO, at=at(date(2026, 11, 25))),
        "outcome_customer_snoozed": outcome.customer_snoozed(plain, 2, date(2026, 11, 30), 3, NOW),
        "outcome_snoozed": outcome.snoozed(plain, decided(), date(2026, 11, 30), (NEXT,), NOW),
        "outcome_woken": outcome.woken(plain, decided(), NOW),
        "outcome_flagged": outcome.flagged(plain, decided()),
        "outcome_unflagged": outcome.unflagged(plain, decided()),
        "outcome_escalated": outcome.escalated(plain, decided(), "Maria Holt", NOW),
        "outcome_handed_back": outcome.handed_back(plain, decided(), NOW),
        "outcome_handed_back_at_the_end": outcome.handed_back(plain, decided(following=None), NOW),
        "outcome_promised": outcome.promised(plain, decided(), PROMISE, date(2026, 12, 8), NOW, again=True),
        "outcome_promise_cancelled": outcome.promise_cancelled(plain, decided(), NOW),
        "outcome_disputed": outcome.disputed(plain, decided()),
        "outcome_dispute_settled": outcome.dispute_settled(plain, decided(), NOW),
        "outcome_held": outcome.held(plain, decided(), HELD.holds[0], NOW),
        "outcome_said_paid": outcome.held(plain, decided(), SAID_PAID.holds[0], NOW),
        "outcome_hold_released": outcome.hold_released(plain, decided(), NOW, whole=False),
        "outcome_noted": outcome.noted(plain, decided()),
        "outcome_plan_proposed": outcome.plan_proposed(plain, decided(), PLAN),
        "outcome_plan_accepted": outcome.plan_accepted(plain, decided(), PLAN, NOW),
        "outcome_plan_declined": outcome.plan_ended(plain, decided(), NOW),
        "outcome_released": outcome.released(24),
        "problem_apology": problems.apology("7f3a-21"),
        "problem_first": problems.somebody_first("Ana Weiss was first, Tue 24 Nov 2026 at 11:00: snoozed until Mon 30 Nov 2026."),
        "problem_not_found": problems.not_found("No invoice has the number “INV-9”."),
        "problem_book_read": problems.book_read(BOOK, TODAY, TODAY),
        "problem_refused": problems.refused("Acme GmbH paid INV-2041 this morning, so there is nothing to remind of."),
        "problem_form_lost": problems.form_lost(),
        "problem_person_refused": problems.person_refused(
            "Ana Ferreira", "teams", "Duebot was blocked or removed there, and writes no more: add the app again, or unblock it."
        ),
        "problem_not_linked": problems.not_linked(),
        "problem_unknown_message": problems.unknown_message(UNKNOWN, UNKNOWN.notices[-1], NOW, to=("ap@acme.example",)),
        "problem_unknown_settled": problems.unknown_settled(UNKNOWN, "Ana Weiss said it was sent"),
        "problem_stale_book": problems.stale_book(STALE.book, TODAY, 9),
        "problem_outage": problems.outage("email", "no connection to the mail server", NOW - timedelta(minutes=6), NOW, BOOK),
        "problem_outage_over": problems.outage_over("sms", NOW - timedelta(hours=20), NOW, BOOK),
        "problem_document_missing": problems.document_missing(plain, "INV-2041", "the folder of documents holds no main/INV-2041.pdf"),
        "problem_delivery_failed": problems.until_seen(problems.delivery_failed(BOUNCED, BOUNCED.notices[-1], NOW), CardId(ident(92))),
    }
