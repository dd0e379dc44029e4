"""What a press and a word are answered, in time whatever happens behind."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from adapters.chat.protocol import CardRef, Reply
from adapters.core.pauses import TRIES
from cards.actions import Action, Name
from cards.elements import Button, Form, TextField
from cards.teams.presses import carried
from tests.adapters.chat.teams_desk import FLAG, ITEM, TeamsDesk
from tests.e2e.teams_service import words
from tests.fakes.handler import line
from tests.peers.teams import APP, BLOCKED, CHANNEL, GROUP, Activity, Fault


def key_of(activity: Activity) -> str:
    return f"teams:{activity['conversation']['id']}:{activity['id']}"


def flag(one: TeamsDesk) -> dict[str, Any]:
    return one.tenant.execute({"verb": "duebot", "data": carried(FLAG)}, by="ana", at=CHANNEL, message="m1")


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("@Duebot overdue", "overdue"),
        ("overdue @Duebot", "overdue"),
        ("hey @Duebot overdue", "hey overdue"),
        ("balance birkenhof @Duebot", "balance birkenhof"),
        ("@Duebot, overdue", "overdue"),
        ("@Duebot: overdue", "overdue"),
        ("@Duebot&nbsp;: flag AF-1031", "flag AF-1031"),
        ("@Duebot /due overdue @Duebot", "overdue"),
        ("@Ana @Duebot overdue", "Ana overdue"),
        ("@Duebot balance @Ana", "balance Ana"),
        ("@Duebot balance &lt;at&gt;x&lt;/at&gt; &amp; Co", "balance <at>x</at> & Co"),
        ("@Duebot\n overdue", "overdue"),
    ],
)
async def test_the_app_s_mention_is_no_word_wherever_it_stands_and_other_people_s_are_their_names(
    met: TeamsDesk, typed: str, heard: str
) -> None:
    assert await heard_of(met, met.tenant.message(typed, by="bo", at=GROUP)) == heard


@pytest.mark.parametrize(
    "odd",
    [None, {}, {"mentioned": None}, {"mentioned": {"id": 7}}, {"mentioned": {"id": f"28:{APP}"}}, {"mentioned": {}, "text": 7}],
    ids=str,
)
async def test_a_mention_of_another_shape_takes_no_words_away(met: TeamsDesk, odd: dict[str, Any] | None) -> None:
    said = met.tenant.message("overdue", by="bo", at=GROUP)
    said["entities"].insert(0, odd and {"type": "mention", **odd})
    assert await heard_of(met, said) == "overdue"


async def test_who_is_meant_is_said_by_the_mention_and_not_by_a_name(met: TeamsDesk) -> None:
    said = met.tenant.message("overdue", by="bo", at=GROUP)
    said["recipient"]["id"] = "28:another"
    assert await heard_of(met, said) == "Duebot overdue"


async def heard_of(one: TeamsDesk, said: Activity) -> str:
    """What the product was asked, blanks counted once as it does."""
    assert (await one.post(said)).status_code == 200
    await one.chat.settled(20)
    return " ".join((one.handler.handled[-1].text or "").split())


async def test_the_pressed_card_comes_back_as_it_is_now_with_what_came_of_it(met: TeamsDesk) -> None:
    met.handler.replies[Name.FLAG] = Reply(line("Flagged."), redrawn=True, standing=line("The card as it is now."))
    answer = (await met.post(flag(met))).json()
    assert (answer["statusCode"], answer["type"]) == (200, "application/vnd.microsoft.card.adaptive")
    assert words(answer) == "Flagged. | The card as it is now."
    assert met.handler.handled[-1].card == CardRef("teams", CHANNEL, "m1")
    assert met.handler.handled[-1].in_place
    met.handler.replies[Name.FLAG] = Reply(line("I do not know you."))
    assert words((await met.post(flag(met))).json()) == "I do not know you."


async def test_a_slow_press_is_answered_in_time_and_told_in_private_when_it_is_done(met: TeamsDesk) -> None:
    met.handler.gate = asyncio.Event()
    met.handler.replies[Name.FLAG] = Reply(line("Flagged at last."))
    press = flag(met)
    answer = (await met.post(press)).json()
    assert "takes a little longer" in answer["value"]
    assert key_of(press) in met.inbound.rows  # so that the promise is kept whatever becomes of this process
    met.handler.gate.set()
    await met.chat.settled(20)
    (told,) = met.tenant.cards(met.tenant.own_chat("ana"))
    assert "Flagged at last." in words(told)


async def test_a_slow_dialog_says_so_in_its_window(met: TeamsDesk) -> None:
    met.handler.gate = asyncio.Event()
    fetch = met.tenant.task("task/fetch", carried(Action(Name.SNOOZE, ITEM)), by="ana", at=CHANNEL, message="m1")
    assert "takes a little longer" in words((await met.post(fetch)).json())
    met.handler.gate.set()


async def test_a_database_that_takes_too_long_is_told_at_once_and_loses_nothing(met: TeamsDesk) -> None:
    met.handler.gate = met.inbound.gate = asyncio.Event()
    press = flag(met)
    async with asyncio.timeout(10):
        assert (await met.post(press)).status_code == 503
    met.inbound.gate.set()
    assert (await met.post(press)).status_code == 200
    assert key_of(press) in met.inbound.rows


async def test_what_failed_is_given_up_once_the_person_was_told(met: TeamsDesk) -> None:
    met.handler.replies["overdue"] = met.handler.replies[Name.FLAG] = Reply(line("It failed."), failed=True)
    said = met.tenant.message("overdue", by="ana", at="")
    press, slow = flag(met), flag(met)
    for one in (said, press):
        await met.post(one)
        await met.chat.settled(20)
    met.handler.gate = asyncio.Event()
    await met.post(slow)
    assert met.inbound.given_up == [key_of(said)]  # what is answered at once was not kept
    met.handler.gate.set()
    await met.chat.settled(20)
    assert met.inbound.given_up == [key_of(said), key_of(slow)]


async def test_an_answer_that_is_ready_while_it_is_kept_is_given_and_what_failed_given_up_after_that(met: TeamsDesk) -> None:
    met.handler.gate, met.inbound.gate, met.inbound.asked = asyncio.Event(), asyncio.Event(), asyncio.Event()
    met.handler.replies[Name.FLAG] = Reply(line("It failed."), failed=True)
    press = flag(met)
    answering = asyncio.create_task(met.post(press))
    await met.inbound.asked.wait()
    met.handler.gate.set()
    assert "It failed." in words((await answering).json())
    assert met.inbound.given_up == []
    met.inbound.gate.set()
    await met.chat.settled(20)
    assert met.inbound.given_up == [key_of(press)]


@pytest.mark.parametrize("at", ["", CHANNEL])
async def test_what_failed_and_could_not_be_told_stays_unless_they_were_asked_to_ask_again(met: TeamsDesk, at: str) -> None:
    met.handler.replies["overdue"] = Reply(line("It failed."), failed=True)
    met.tenant.faults.append(Fault(403, BLOCKED))
    said = met.tenant.message("overdue", by="ana", at=at)
    await met.post(said)
    await met.chat.settled(20)
    assert met.inbound.given_up == ([key_of(said)] if at else [])


async def test_of_a_press_that_takes_long_and_cannot_be_kept_the_person_reads_what_came_of_it(met: TeamsDesk) -> None:
    met.handler.gate, met.inbound.refuse = asyncio.Event(), True
    met.handler.replies[Name.FLAG] = Reply(line("Flagged at last."))
    assert (await met.post(flag(met))).status_code == 503
    met.handler.gate.set()
    await met.chat.settled(20)
    (told,) = met.tenant.cards(met.tenant.own_chat("ana"))
    assert "Flagged at last." in words(told)


async def test_what_is_answered_at_once_is_kept_by_whoever_does_it(met: TeamsDesk) -> None:
    said = len(met.inbound.rows)
    await met.post(flag(met))
    assert met.handler.handled[-1].at_once
    assert len(met.inbound.rows) == said


async def test_a_press_on_a_client_that_only_submits_is_the_same_press(met: TeamsDesk) -> None:
    said = met.tenant.activity("message", by="ana", at=CHANNEL, value=carried(FLAG), replyToId="m1")
    assert (await met.post(said)).content == b""
    await met.chat.settled(20)
    handled = met.handler.handled[-1]
    assert (handled.action, handled.card) == (FLAG, CardRef("teams", CHANNEL, "m1"))
    assert len(met.tenant.cards(met.tenant.own_chat("ana"))) == 1


async def test_a_form_that_was_typed_for_stands_in_the_message_and_is_executed(met: TeamsDesk) -> None:
    met.handler.replies["note AF-1"] = Reply(
        form=Form("Note", Button("Keep", Action(Name.CONFIRM_NOTE, ITEM)), fields=(TextField("note", "Note"),))
    )
    await met.post(met.tenant.message("note AF-1", by="ana", at=GROUP))
    await met.chat.settled(20)
    (form,) = met.tenant.cards(met.tenant.own_chat("ana"))
    (keep,) = form["attachments"][0]["content"]["body"][-1]["actions"]
    sent = met.tenant.execute(keep, by="ana", at=met.tenant.own_chat("ana"), message=form["id"], inputs={"note": "called"})
    await met.post(sent)
    assert met.handler.handled[-1].values == {"note": "called"}


async def test_who_cannot_be_written_to_is_told_so_where_they_asked(met: TeamsDesk) -> None:
    met.tenant.faults.append(Fault(403, BLOCKED))
    await met.post(met.tenant.message("overdue", by="ana", at=CHANNEL))
    await met.chat.settled(20)
    (said,) = met.tenant.cards(CHANNEL)
    assert "could not write to you" in words(said)


async def test_old_and_odd_buttons_are_answered_and_do_nothing(met: TeamsDesk) -> None:
    before = len(met.handler.handled)
    for data in ({}, {"duebot": 1}, {"duebot": {"name": "no.such", "payload": "{}"}}, None):
        execute = met.tenant.execute({"data": data or {}}, by="ana", at=CHANNEL, message="m1")
        assert "older card" in (await met.post(execute)).json()["value"]
        assert "older card" in words((await met.post(met.tenant.task("task/fetch", data or {}, by="ana", at=CHANNEL))).json())
    assert len(met.handler.handled) == before


async def test_cancel_closes_the_dialog_and_nobody_is_asked(met: TeamsDesk) -> None:
    before = len(met.handler.handled)
    answer = await met.post(met.tenant.task("task/submit", {"duebot": {"cancel": True}}, by="ana", at=CHANNEL))
    assert (answer.status_code, answer.content, len(met.handler.handled)) == (200, b"", before)


@pytest.mark.parametrize("at", ["", CHANNEL])
@pytest.mark.parametrize("status", [412, 429, 500, 502, 504])
async def test_an_answer_that_teams_did_not_take_or_may_have_is_said_again(met: TeamsDesk, status: int, at: str) -> None:
    """Whoever reads it twice is better off than whoever waits for it in vain."""
    met.tenant.faults.append(Fault(status, times=TRIES - 1))
    await met.post(met.tenant.message("overdue", by="ana", at=at))
    await met.chat.settled(20)
    (said,) = met.tenant.cards(met.tenant.own_chat("ana"))
    assert "Did overdue." in words(said)
    assert not met.tenant.cards(CHANNEL)
    assert all(2**n <= rest <= 2 * 2**n for n, rest in enumerate(met.rested))
    assert len(met.rested) == TRIES - 1


async def test_somebody_whose_own_chat_cannot_be_opened_yet_is_answered_all_the_same(met: TeamsDesk) -> None:
    met.tenant.faults.append(Fault(502, times=2))
    await met.post(met.tenant.message("overdue", by="bo", at=CHANNEL))
    await met.chat.settled(20)
    assert len(met.tenant.cards(met.tenant.own_chat("bo"))) == 1


async def test_an_answer_waits_as_long_as_teams_asks_but_not_for_ever(met: TeamsDesk) -> None:
    met.tenant.faults.append(Fault(429, headers={"Retry-After": "9"}))
    await met.post(met.tenant.message("overdue", by="ana"))
    await met.chat.settled(20)
    (rest,) = met.rested
    assert 9 <= rest <= 18
    met.tenant.faults.append(Fault(429, headers={"Retry-After": "600"}))
    await met.post(met.tenant.message("overdue", by="ana"))
    await met.chat.settled(20)
    assert (met.rested, len(met.tenant.cards(met.tenant.own_chat("ana")))) == ([rest], 1)


async def test_while_teams_has_trouble_nobody_is_asked_to_add_the_app(met: TeamsDesk) -> None:
    met.tenant.faults.append(Fault(504, times=TRIES))
    await met.post(met.tenant.message("overdue", by="ana", at=CHANNEL))
    await met.chat.settled(20)
    assert not met.tenant.standing
