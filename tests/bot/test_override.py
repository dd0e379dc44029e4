"""A person's reminder over a snooze, a promise or a plan: a warning that needs a reason. What is paid, disputed or held stays refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.chat.protocol import Reply
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from cards.actions import Action, Name
from cards.elements import Form, TextField
from cards.plain.render import render
from cards.request_forms import handle
from tests.bot.chat_office import ChatOffice
from tests.conftest import SECRET_KEY
from tests.workflows.office import ANA, ANY_HOUR, BEN, policies
from workflows.domain.account import NoticeState
from workflows.domain.contact import EVERY

BOTH = pytest.mark.parametrize("platform", ["slack", "inbox"])
# what is pressed and typed first, and the warning that a reminder then carries
SILENCES: dict[str, tuple[Name, dict[str, str], dict[str, str], str]] = {
    "snooze": (Name.CONFIRM_SNOOZE, {}, {"length": "7"}, "It is snoozed until Tue 1 Dec 2026."),
    "promise": (Name.CONFIRM_PROMISE, {}, {"amount": "100", "until": "2026-12-03"}, "It is promised; reminders wait for the money until"),
    "proposal": (Name.CONFIRM_PLAN, {"count": "2", "rhythm": "monthly", "first": "2026-12-01"}, {"answer": "proposed"}, "A plan is proposed;"),
    "plan": (Name.CONFIRM_PLAN, {"count": "2", "rhythm": "monthly", "first": "2026-12-01"}, {"answer": "phone"}, "A payment plan covers it."),
}  # fmt: skip
# what no reason goes over
WALLS: dict[str, tuple[Name, dict[str, str], str]] = {
    "dispute": (Name.CONFIRM_DISPUTE, {"reason": "wrong price"}, "cannot be reminded of: it is disputed"),
    "hold": (Name.CONFIRM_HOLD, {"why": "audit"}, "cannot be reminded of: it is on hold"),
    "opt-out": (Name.CONFIRM_OPT_OUT, {"address": handle(EVERY), "how": "by phone"}, "wants no more messages"),
}


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[ChatOffice]:
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    made = ChatOffice(store, policies=policies(ANY_HOUR))
    await made.open()
    for user in (ANA, BEN):
        await made.link(user)
    await made.owe("acme", late=5)
    await made.owe("acme/2", late=4, amount="250.00")
    yield made
    await store.close()


async def silence(office: ChatOffice, kind: str, platform: str = "slack") -> str:
    name, data, values, warning = SILENCES[kind]
    await office.press(BEN, platform, await office.button("acme", name, **data), values)
    office.clock.advance(timedelta(minutes=1))
    return warning


async def preview(office: ChatOffice, platform: str = "slack") -> Form:
    form = (await office.press(ANA, platform, await office.button("acme", Name.SEND_REMINDER))).form
    assert form is not None
    return form


async def send(office: ChatOffice, form: Form, reason: str, platform: str = "slack") -> Reply:
    return await office.press(ANA, platform, form.submit.action, {"reason": reason} if reason else {})


@BOTH
@pytest.mark.parametrize("kind", SILENCES)
async def test_a_silence_is_a_warning_and_the_message_leaves_with_a_reason_only(office: ChatOffice, kind: str, platform: str) -> None:
    warning = await silence(office, kind, platform)
    form = await preview(office, platform)
    assert f"⚠ {warning}" in str(form.intro)
    assert [field.name for field in form.fields if isinstance(field, TextField) and field.required] == ["reason"]
    again = await send(office, form, "", platform)
    assert again.form is not None
    assert "Give a reason to send it all the same." in str(again.form.intro)
    await office.deliver()
    assert office.mail.mailbox == []
    await send(office, again.form, "their clerk asked for a copy", platform)
    await office.deliver()
    (arrived,) = office.mail.mailbox
    assert "INV-acme" in arrived.message.text
    facts = dict(await office.trail())["reminder.sent_by_hand"]
    assert str(facts["reason"]).startswith("sha256:")  # the words may name a person
    assert str(facts["warnings"]).count(warning) == 1


async def test_what_is_silent_is_listed_only_where_it_was_chosen(office: ChatOffice) -> None:
    await silence(office, "snooze")
    office.clock.advance(timedelta(minutes=1))
    second = next(item.id for item in (await office.account("acme")).items if item.number == "INV-acme/2")
    form = (await office.press(ANA, "slack", Action(Name.SEND_REMINDER, second))).form
    assert form is not None
    assert "INV-acme/2" in str(form.intro)
    assert "€350.00" not in str(form.intro)
    assert "⚠" not in str(form.intro)


async def test_an_invoice_on_a_plan_is_not_asked_for_together_with_its_instalments(office: ChatOffice) -> None:
    await silence(office, "plan")
    office.clock.advance(timedelta(days=10))  # the first instalment is late
    form = await preview(office)
    assert "/1" not in str(form.intro)
    assert "€350.00" in str(form.intro)


@pytest.mark.parametrize("kind", SILENCES)
async def test_a_silence_that_comes_after_the_press_still_wins(office: ChatOffice, kind: str) -> None:
    await send(office, await preview(office), "")
    office.clock.advance(timedelta(minutes=1))
    warning = await silence(office, kind)
    await office.deliver()
    assert office.mail.mailbox == []
    (notice,) = await office.notices("acme")
    assert notice.state is NoticeState.SUPPRESSED
    assert notice.because.startswith(warning)


async def test_a_longer_snooze_after_a_reason_was_given_wins_too(office: ChatOffice) -> None:
    await silence(office, "snooze")
    await send(office, await preview(office), "they asked")
    office.clock.advance(timedelta(minutes=1))
    await silence(office, "snooze")
    await office.deliver()
    assert (office.mail.mailbox, await office.states("acme")) == ([], ["suppressed"])


@BOTH
@pytest.mark.parametrize("kind", WALLS)
async def test_no_reason_goes_over_what_is_not_ours_to_judge(office: ChatOffice, kind: str, platform: str) -> None:
    form = await preview(office, platform)
    name, values, words = WALLS[kind]
    await office.press(BEN, platform, await office.button("acme", name), values)
    for press in (await office.button("acme", Name.SEND_REMINDER), form.submit.action):
        refused = await office.press(ANA, platform, press, {"reason": "the boss says so"})
        assert refused.card is not None
        assert words in render(refused.card)
    await office.deliver()
    assert office.mail.mailbox == []


@BOTH
async def test_no_reason_goes_over_what_is_paid(office: ChatOffice, platform: str) -> None:
    form = await preview(office, platform)
    await office.pay("acme", late=5)
    refused = await send(office, form, "the boss says so", platform)
    assert refused.card is not None
    assert "cannot be reminded of: it is paid" in render(refused.card)
    assert office.mail.mailbox == []
