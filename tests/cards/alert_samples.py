"""The card of an overdue item, in every state."""

from __future__ import annotations

from dataclasses import replace

from cards import overdue
from cards.elements import Card
from tests.cards.samples import (
    ACTIVE,
    AMERICAN,
    BOUNCED,
    CREDITED,
    DISPUTED,
    ESCALATED,
    FIRST_TIME,
    FLAGGED,
    GERMAN,
    HELD,
    LATER,
    NOW,
    PEOPLE,
    PROMISED,
    PROPOSED,
    SAID_PAID,
    SETTLED,
    SNOOZED,
    STALE,
    UNKNOWN,
    account,
    decided,
    promised,
)
from workflows.domain.account import Account
from workflows.domain.decision import ItemDecision, State
from workflows.domain.promises import Fate


def alert(of: Account, item: ItemDecision | None = None) -> Card:
    return overdue.alert(of, item or decided(), NOW, PEOPLE)


def alert_cards() -> dict[str, Card]:
    plain = account()
    settled = decided(State.SETTLED, following=None, open_="0.00")
    return {
        "alert": alert(plain),
        "alert_kept": alert(plain, replace(decided(), kept=(3, 4))),
        "alert_first_time": alert(FIRST_TIME, decided(open_="14400.00")),
        "alert_snoozed": alert(SNOOZED, decided(State.SNOOZED, following=LATER)),
        "alert_flagged": alert(FLAGGED),
        "alert_older": overdue.alert(FLAGGED, decided(), NOW, PEOPLE, live=False),
        "alert_escalated": alert(ESCALATED, decided(State.ESCALATED)),
        "alert_promised": alert(PROMISED, promised()),
        "alert_promise_broken": alert(PROMISED, promised(Fate.BROKEN, State.CHASING)),
        "alert_disputed": alert(DISPUTED, decided(State.DISPUTED, following=None)),
        "alert_held": alert(HELD, decided(State.HELD, following=None)),
        "alert_said_paid": alert(SAID_PAID, decided(State.HELD, following=LATER)),
        "alert_plan_proposed": alert(PROPOSED, decided(State.ON_PLAN, following=None)),
        "alert_plan_unanswered": alert(PROPOSED),
        "alert_on_plan": alert(ACTIVE, decided(State.ON_PLAN, following=None)),
        "alert_bounced": alert(BOUNCED),
        "alert_unknown": alert(UNKNOWN),
        "alert_stale": alert(STALE),
        "alert_under_review": alert(
            replace(plain, released_at=None, notices=()),
            decided(State.OPEN, following=None, because="It was overdue before Duebot knew it and waits for its release."),
        ),
        "alert_paid": alert(SETTLED, settled),
        "alert_credited": alert(CREDITED, settled),
        "alert_german_book": alert(GERMAN),
        "alert_american_book": alert(AMERICAN),
    }
