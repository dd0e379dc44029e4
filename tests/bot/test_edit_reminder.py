"""A person changes the words before sending: what they wrote is what leaves, and nothing a customer needs is lost unseen."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import pytest

from adapters.chat.protocol import Incoming, Person, Reply
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.handle import Desk
from cards.actions import Action, Name
from cards.elements import Form, TextField
from tests.conftest import SECRET_KEY
from tests.workflows.office import ANA, ANY_HOUR, Office, opened, policies

OWN = "Dear Ms Berg,\n\nas discussed: 100.00 EUR for INV-acme.\n<b>Ana</b> {{ 7*7 }}"


async def press(office: Office, action: Action, key: str, **values: str) -> Reply:
    incoming = Incoming(key, Person("inbox", "", str(ANA.id)), action, values=values)
    assert await office.store.inbound(office.clock).accept(incoming)
    return await Desk(office.store, office.policies, office.letters, office.clock, {}, lambda: None)(incoming)


async def editing(office: Office) -> Form:
    item = (await office.account("acme")).items[0].id
    shown = await press(office, Action(Name.SEND_REMINDER, item), "1")
    assert shown.form is not None
    assert shown.form.also is not None
    assert shown.form.also.label == "Edit"
    opened_form = (await press(office, shown.form.also.action, "2")).form
    assert opened_form is not None
    return opened_form


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[Office]:
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    yield await opened(store, "acme", policies=policies(ANY_HOUR))
    await store.close()


async def test_what_was_written_is_what_leaves_and_is_kept(office: Office) -> None:
    form = await editing(office)
    words = {field.name: field.value for field in form.fields if isinstance(field, TextField)}
    assert words["subject"].startswith("Invoice INV-acme from Northwind")
    done = await press(office, form.submit.action, "3", subject="About  INV-acme", text=OWN.replace("\n", "\r\n"))
    assert done.card is not None
    await office.deliver()
    (arrived,) = office.mail.mailbox
    assert (arrived.message.subject, arrived.message.text) == ("About INV-acme", f"{OWN}\n")
    assert "&lt;b&gt;Ana&lt;/b&gt; {{ 7*7 }}" in (arrived.message.html or "")
    digest = hashlib.sha256(f"{OWN}\n".encode()).hexdigest()
    trail = dict(await office.trail())
    assert trail["reminder.sent_by_hand"]["edited"] == digest
    assert trail["notice.sending"]["sha256"] == digest


@pytest.mark.parametrize(
    ("text", "missing"),
    [("Please pay 100.00 EUR.", "INV-acme"), ("Please pay INV-acme.", "the amount, 100.00 EUR"), ("INV-acme: 1.100,00", "the amount")],
)
async def test_a_number_or_amount_that_got_lost_needs_a_reason(office: Office, text: str, missing: str) -> None:
    form = await editing(office)
    again = (await press(office, form.submit.action, "3", subject="Open invoice", text=text)).form
    assert again is not None
    assert missing in "".join(str(part) for part in again.intro)
    typed = {field.name: field.value for field in again.fields if isinstance(field, TextField)}
    assert (typed["subject"], typed["text"]) == ("Open invoice", text)
    done = await press(office, again.submit.action, "4", subject="Open invoice", text=text, reason="They know it.")
    assert done.card is not None
    await office.deliver()
    assert [arrived.message.text for arrived in office.mail.mailbox] == [f"{text}\n"]


@pytest.mark.parametrize(
    ("subject", "text", "wrong"),
    [
        ("", OWN, {"subject": "A message needs a subject."}),
        ("S", " \n ", {"text": "A message needs a text."}),
        ("S", "x" * 10_001, {"text": "That is too long: a text has at most 10,000 characters."}),
    ],
)
async def test_words_that_say_nothing_or_too_much_come_back(office: Office, subject: str, text: str, wrong: dict[str, str]) -> None:
    form = await editing(office)
    again = await press(office, form.submit.action, "3", subject=subject, text=text)
    assert again.form is not None
    assert again.errors == wrong


async def test_unchanged_words_leave_as_the_letter_they_are(office: Office) -> None:
    form = await editing(office)
    words = {field.name: field.value for field in form.fields if isinstance(field, TextField)}
    await press(office, form.submit.action, "3", subject=words["subject"], text=words["text"])
    await office.deliver()
    (arrived,) = office.mail.mailbox
    assert "<table" in (arrived.message.html or "")
    assert "edited" not in dict(await office.trail())["reminder.sent_by_hand"]


async def test_edited_words_do_not_leave_once_the_balance_is_another(office: Office) -> None:
    form = await editing(office)
    await press(office, form.submit.action, "3", subject="About INV-acme", text=OWN)
    await office.pay("acme", "30.00")
    await office.deliver()
    assert office.mail.mailbox == []
    (notice,) = await office.notices("acme")
    assert notice.because.startswith("What it says changed after it was edited")


async def test_an_edited_form_of_yesterday_s_balance_is_shown_anew_with_what_was_typed(office: Office) -> None:
    form = await editing(office)
    await office.pay("acme", "30.00")
    again = (await press(office, form.submit.action, "3", subject="About INV-acme", text=OWN)).form
    assert again is not None
    said = "".join(str(part) for part in again.intro)
    assert "What it says has changed" in said
    assert "no longer names the amount, 70.00 EUR" in said
