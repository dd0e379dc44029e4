"""A form that cannot be kept comes back with what was typed, and says what is wrong at the field it is wrong with."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from cards.actions import Name
from cards.plain.render import render
from tests.bot.chat_office import ChatOffice
from tests.conftest import SECRET_KEY
from tests.workflows.office import ANA, VERA

YESTERDAY, LATER = "2026-11-23", "2026-12-03"
PLAN = {"first": LATER, "count": "3", "rhythm": "monthly", "deposit": ""}

WRONG = {
    "promise_of_nothing": (Name.CONFIRM_PROMISE, {"amount": "0", "until": LATER}, "amount"),
    "promise_of_too_much": (Name.CONFIRM_PROMISE, {"amount": "100.01", "until": LATER}, "amount"),
    "promise_for_yesterday": (Name.CONFIRM_PROMISE, {"amount": "100", "until": YESTERDAY}, "until"),
    "promise_far_away": (Name.CONFIRM_PROMISE, {"amount": "100", "until": "2027-12-01"}, "until"),
    "hold_until_yesterday": (Name.CONFIRM_HOLD, {"why": "Their audit", "until": YESTERDAY}, "until"),
    "payment_of_nothing": (Name.CONFIRM_PAYMENT, {"amount": "0", "paid_on": YESTERDAY}, "amount"),
    "payment_of_tomorrow": (Name.CONFIRM_PAYMENT, {"amount": "10", "paid_on": LATER}, "paid_on"),
    "payment_of_another_century": (Name.CONFIRM_PAYMENT, {"amount": "10", "paid_on": "1926-11-23"}, "paid_on"),
    "write_off_of_too_much": (Name.CONFIRM_WRITE_OFF, {"amount": "100.01", "why": "Bankrupt"}, "amount"),
    "fee_above_the_invoice": (Name.CONFIRM_FEE, {"amount": "100.01", "why": "Interest"}, "amount"),
    "task_for_yesterday": (Name.CONFIRM_TASK, {"what": "Call", "owner": "nobody", "due_on": YESTERDAY}, "due_on"),
    "task_of_a_novel": (Name.CONFIRM_TASK, {"what": "x" * 301, "owner": "nobody"}, "what"),
    "assigned_to_a_viewer": (Name.CONFIRM_ASSIGN, {"to": str(VERA.id)}, "to"),
    "escalated_to_a_collector": (Name.CONFIRM_ESCALATE, {"to": str(ANA.id), "why": "Look"}, "to"),
    "plan_from_yesterday": (Name.PREVIEW_PLAN, PLAN | {"first": YESTERDAY}, "first"),
    "plan_in_a_thousand_years": (Name.PREVIEW_PLAN, PLAN | {"first": "9999-12-01"}, "first"),
    "plan_of_too_many": (Name.PREVIEW_PLAN, PLAN | {"count": "61"}, "count"),
    "plan_of_less_than_a_cent_each": (Name.PREVIEW_PLAN, PLAN | {"deposit": "99.98"}, "count"),
    "plan_with_too_large_a_deposit": (Name.PREVIEW_PLAN, PLAN | {"deposit": "100"}, "deposit"),
}


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[ChatOffice]:
    made = ChatOffice(SqlStore(open_engine(one_url), [SECRET_KEY]))
    await made.open(ANA, VERA, chat=True)
    await made.link(ANA)
    await made.owe("acme")
    yield made
    await made.store.close()


@pytest.mark.parametrize(("answer", "typed", "field"), WRONG.values(), ids=WRONG)
async def test_it_is_said_at_the_field_and_what_was_typed_stays(
    office: ChatOffice, answer: Name, typed: dict[str, str], field: str
) -> None:
    reply = await office.press(ANA, "slack", await office.button("acme", answer), typed)
    assert list(reply.errors) == [field]
    assert reply.form is not None, "the form closed, and what was typed is gone"
    shown = {one.name: str(getattr(one, "value", "")) for one in reply.form.fields}
    kept = {name: words for name, words in typed.items() if name not in {"to", "owner"} and words}
    assert kept.items() <= (shown | {"deposit": shown.get("deposit") or ""}).items()


@pytest.mark.parametrize("opens", [Name.WRITE_OFF, Name.FEE])
async def test_of_an_old_card_of_what_is_paid_no_form_opens_that_could_only_be_refused(office: ChatOffice, opens: Name) -> None:
    old = await office.button("acme", opens)
    await office.pay("acme")
    reply = await office.press(ANA, "slack", old)
    assert reply.card is not None
    assert "INV-acme is paid; there is nothing left to do about it." in reply.card.summary


async def test_whoever_notes_more_than_is_open_reads_what_became_of_the_rest(office: ChatOffice) -> None:
    typed = {"amount": "250", "paid_on": YESTERDAY}
    reply = await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_PAYMENT), typed)
    assert reply.card is not None
    assert "€150.00 of their money is on account, set against no invoice." in " ".join(render(reply.card).split())


async def test_a_plan_beyond_the_limit_asks_for_its_reason_at_the_field(office: ChatOffice) -> None:
    keep = await office.button("acme", Name.CONFIRM_PLAN, **PLAN | {"count": "7"})
    reply = await office.press(ANA, "slack", keep, {"answer": "phone", "reason": " "})
    assert (list(reply.errors), (await office.account("acme")).approvals) == (["reason"], ())
    assert reply.form is not None
    assert "phone" in [getattr(one, "value", "") for one in reply.form.fields]
    assert (await office.press(ANA, "slack", keep, {"answer": "phone", "reason": "They lost a client"})).errors == {}
    (asked,) = (await office.account("acme")).approvals
    assert "They lost a client" in asked.terms


async def test_a_plan_that_lay_about_for_too_long_comes_back_with_its_terms(office: ChatOffice) -> None:
    keep = await office.button("acme", Name.CONFIRM_PLAN, **PLAN | {"first": YESTERDAY})
    reply = await office.press(ANA, "slack", keep, {"answer": "phone"})
    assert list(reply.errors) == ["first"]
    assert reply.form is not None
    assert {one.name for one in reply.form.fields} == set(PLAN)
