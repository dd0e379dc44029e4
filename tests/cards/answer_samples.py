"""Answers to questions, and what a change of policy would do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cards import answers, choices, policy
from cards.elements import Card
from cards.help import help_card
from cards.history import history
from tests.cards.digest_samples import lines
from tests.cards.samples import BOOK, ITEM, NOW, PEOPLE, SECOND_DECIDED, SETTLED, account, decided, stood
from workflows.domain.decision import State
from workflows.domain.money import Money

POLICY_MOVE = policy.PolicyMove(
    "strict",
    running=214,
    changed=31,
    items=45,
    was_today=(),
    becomes_today=(Money.of("18420.00", "EUR"), Money.of("900.00", "USD")),
    lines=(
        policy.PolicyChange(
            "Acme GmbH", "INV-2041", "€12,400.00", ("second", "second"), ("final, Wed 25 Nov", "final, Tue 24 Nov"), ("–", "final")
        ),
        policy.PolicyChange(
            "مؤسسة <b>النور</b>", "*7*", "€6,020.00", ("–", "first"), ("first, Thu 26 Nov", "first, Tue 24 Nov"), ("–", "first")
        ),
    ),
)


def answer_cards() -> dict[str, Card]:
    plain = account()
    settled = decided(State.SETTLED, following=None, open_="0.00")
    events = history(plain, ITEM.id, NOW, PEOPLE)
    items = (stood(decided()), stood(SECOND_DECIDED))
    return {
        "balance": answers.balance(plain, items, NOW),
        "balance_nothing": answers.balance(plain, (), NOW),
        "overdue_list": answers.overdue_list(BOOK, lines(20)),
        "overdue_nothing": answers.overdue_list(BOOK, ()),
        "invoice": answers.invoice(plain, decided(), events, NOW, PEOPLE),
        "invoice_settled": answers.invoice(
            SETTLED, settled, history(SETTLED, ITEM.id, NOW + timedelta(3), PEOPLE), NOW + timedelta(3), PEOPLE
        ),
        "why": answers.why(plain, decided(), events, NOW),
        "several": choices.several(
            "acme", (choices.Choice("Acme GmbH", "C-1, €12,400.00 open"), choices.Choice("Acme Holding AG", "C-7, nothing open"))
        ),
        "policy_move": policy.policy_move(POLICY_MOVE),
        "policy_move_nobody": policy.policy_move(replace(POLICY_MOVE, running=0)),
        "help": help_card(),
        "help_unknown": help_card(unknown="balnce acme", near=("balance acme",)),
        "help_lacks": help_card(lacks="balance"),
    }
