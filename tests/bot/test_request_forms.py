"""Forms about money by hand and requests through the door: what is wrong stands at its field, what cannot be comes back with the reason."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.request_actions import REQUESTS, request_of
from bot.desk.request_forms import FORMS
from cards.actions import OPENS, Action, Name
from cards.plain.render import render
from cards.request_forms import NOBODY, handle
from tests.bot.test_rights import ASKER, PEOPLE, SMALL, Door, door
from tests.cards.samples import ITEM, account
from workflows.domain.access import Role
from workflows.domain.contact import EVERY
from workflows.errors import BadEntry

__all__ = ["door"]
COLLECTOR = PEOPLE[Role.COLLECTOR]


@pytest.mark.parametrize(
    ("name", "typed", "wrong"),
    [
        (Name.CONFIRM_PAYMENT, {"amount": "much", "paid_on": "Friday"}, ["amount", "paid_on"]),
        (Name.CONFIRM_PAYMENT, {"amount": "", "paid_on": "2026-11-24"}, ["amount"]),
        (Name.CONFIRM_WRITE_OFF, {"amount": "1,234"}, ["amount", "why"]),
        (Name.CONFIRM_FEE, {"amount": "40"}, ["why"]),
        (Name.CONFIRM_ASSIGN, {"to": "somebody"}, ["to"]),
        (Name.CONFIRM_TASK, {"what": " ", "owner": NOBODY}, ["what"]),
        (Name.CONFIRM_TASK, {"what": "call", "owner": NOBODY, "due_on": "soon"}, ["due_on"]),
        (Name.CONFIRM_OPT_OUT, {"address": handle("other@acme.example"), "how": "by phone"}, ["address"]),
        (Name.CONFIRM_OPT_OUT, {"address": handle(EVERY), "how": ""}, ["how"]),
    ],
)
async def test_what_is_wrong_stands_at_its_field(door: Door, name: Name, typed: dict[str, str], wrong: list[str]) -> None:
    reply = await door.press(COLLECTOR, Action(name, await door.item(Role.VIEWER, SMALL)), typed)
    assert sorted(reply.errors) == sorted(wrong)
    assert reply.form is not None


async def test_what_cannot_be_comes_back_as_the_form_with_the_reason_and_nothing_is_asked(door: Door) -> None:
    item = await door.item(Role.VIEWER, SMALL)
    reply = await door.press(COLLECTOR, Action(Name.CONFIRM_WRITE_OFF, item), {"amount": "4000", "why": "bankrupt"})
    assert reply.form is not None
    assert "400.00 EUR is open" in reply.errors["amount"]
    assert "4000" in str(reply.form.fields)
    assert (await door.office.account(Role.VIEWER.word)).approvals == ()


async def test_a_request_is_refused_in_a_form_and_the_one_who_asked_reads_why(door: Door) -> None:
    item = await door.item(Role.VIEWER, SMALL)
    asked = await door.press(COLLECTOR, Action(Name.CONFIRM_WRITE_OFF, item), {"amount": "40", "why": "bankrupt"})
    assert asked.card is not None
    assert "Waits for Asker or Manager or Administrator" in render(asked.card)
    (request,) = (await door.office.account(Role.VIEWER.word)).approvals
    form = (await door.press(ASKER, Action(Name.REFUSE, request.id))).form
    assert form is not None
    assert "Asked: write off €40.00" in str(form.intro)
    await door.press(ASKER, form.submit.action, {"why": "they pay in January"})
    shown = await door.press(COLLECTOR, Action(Name.OPEN, item))
    assert shown.card is not None
    assert "Asker refused the request to write off 40.00 EUR: they pay in January" in render(shown.card)
    late = await door.press(ASKER, Action(Name.REFUSE, request.id))
    assert late.card is not None
    assert "Asker refused the request to write off 40.00 EUR: they pay in January, Tue 24 Nov 2026 at 11:00." in " ".join(
        render(late.card).split()
    )


@pytest.mark.parametrize("name", [Name.BOUNCED, Name.WAIVE, Name.OPT_IN])
async def test_a_form_with_nothing_to_choose_from_is_not_opened(door: Door, name: Name) -> None:
    reply = await door.press(COLLECTOR, Action(name, await door.item(Role.VIEWER, SMALL)))
    assert reply.form is None
    assert reply.card is not None
    assert "Nothing was changed" in render(reply.card)


def test_what_opens_a_form_changes_nothing_and_what_it_answers_does() -> None:
    assert set(FORMS) <= OPENS
    assert set(FORMS.values()) <= REQUESTS
    assert not REQUESTS & OPENS


_NAMES = ("amount", "paid_on", "to", "why", "what", "owner", "due_on", "address", "how", "fee", "payment", "reference")


@given(st.sampled_from(sorted(REQUESTS)), st.dictionaries(st.sampled_from(_NAMES), st.text(max_size=30)))
def test_no_answers_break_the_reading(name: Name, values: dict[str, str]) -> None:
    with suppress(BadEntry):
        request_of(Action(name, UUID(str(ITEM.id))), values, COLLECTOR, account())
