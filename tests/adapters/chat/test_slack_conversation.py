"""From a signed request to what stands in Slack, with the emulator as Slack."""

from __future__ import annotations

import asyncio
import json

import pytest
from structlog.testing import capture_logs

from adapters.chat.protocol import CardRef, Reply
from adapters.chat.slack.turns import AT_ONCE
from cards.actions import OPENS, Action, Name
from cards.choices import asking
from cards.elements import Actions, Button, Card, Form
from tests.adapters.chat.conftest import Desk
from tests.adapters.chat.slack_desk import ITEM, element, form, opened, press, submit, words
from tests.fakes.handler import line
from tests.peers.slack import Fault, Workspace, button, interactive


async def test_a_command_is_kept_acknowledged_and_answered_to_the_asker_only(desk: Desk, workspace: Workspace) -> None:
    desk.handler.replies["balance acme"] = Reply(line("Acme owes €12,400.00"))
    trigger, before = await workspace.trigger("ana"), await workspace.messages("credit")
    answer = await desk.post(workspace.command(" balance acme ", by="ana", trigger=trigger))
    assert (answer.status_code, answer.text) == (200, "")
    (kept,) = desk.inbound.rows.values()
    assert (kept.key, kept.text, kept.person.id, kept.person.team) == (
        f"slack:{trigger}",
        "balance acme",
        workspace.users["ana"],
        workspace.team,
    )
    (said,) = workspace.whispers()
    assert said["response_type"] == "ephemeral"
    assert "Acme owes €12,400.00" in words(said["blocks"])
    assert await workspace.messages("credit") == before


async def test_a_command_may_say_payload(desk: Desk, workspace: Workspace) -> None:
    await desk.post(workspace.command("balance payload=ltd", by="ana", trigger=await workspace.trigger("ana")))
    assert [one.text for one in desk.handler.handled] == ["balance payload=ltd"]


async def test_a_command_may_open_a_form(desk: Desk, workspace: Workspace) -> None:
    desk.handler.replies["snooze INV-1"] = Reply(form=form())
    await desk.post(workspace.command("snooze INV-1", by="ana", trigger=await workspace.trigger("ana")))
    assert [view["title"]["text"] for view in workspace.windows().values()] == ["Snooze"]


async def test_a_command_that_is_sure_to_mean_a_form_opens_its_window_before_the_handler_is_through(
    desk: Desk, workspace: Workspace
) -> None:
    desk.handler.gate, desk.handler.opening = asyncio.Event(), "snooze INV-1"
    trigger = await workspace.trigger("ana")
    answer = asyncio.ensure_future(desk.post(workspace.command("snooze INV-1", by="ana", trigger=trigger)))
    await workspace.until_asked("views.open")
    (view,) = workspace.windows().values()
    assert "Loading" in words(view["blocks"])
    desk.handler.replies["snooze INV-1"] = Reply(form=form())
    desk.handler.gate.set()
    await answer
    (view,) = workspace.windows().values()
    assert (view["title"]["text"], workspace.whispers()) == ("Snooze", [])


async def test_words_that_mean_a_form_are_answered_by_a_button_that_opens_it(desk: Desk, workspace: Workspace) -> None:
    """What is said to the app, and a command that took too long, bring nothing that could open a window."""
    typed = "snooze INV-1"
    desk.handler.replies[typed] = desk.handler.replies[Name.ASK] = Reply(form=form())
    await desk.post(json.dumps(workspace.mention(typed, by="ana", event_id="Ev1")).encode())
    await desk.post(workspace.command(typed, by="ana", trigger="1.2.gone"))
    for said in workspace.whispers():
        assert "try once more" not in words(said["blocks"])
        opening = workspace.press(button(said["blocks"], "Open the form"), by="ana", trigger=await workspace.trigger("ana"))
        await desk.interact(opening)
    assert [one.action for one in desk.handler.handled] == [None, None, asking(typed), asking(typed)]
    assert [view["title"]["text"] for view in workspace.windows().values()] == ["Snooze"] * 2


async def test_words_to_the_app_are_answered_where_they_were_said(desk: Desk, workspace: Workspace) -> None:
    body = workspace.mention(f"<@{workspace.users['duebot']}> overdue", by="ana", event_id="Ev1")
    await desk.post(json.dumps(body).encode())
    assert [one.text for one in desk.handler.handled] == ["overdue"]
    (said,) = workspace.whispers()
    assert (said["channel"], said["user"]) == (workspace.channels["credit"], workspace.users["ana"])


async def test_an_event_sent_again_is_handled_once(desk: Desk, workspace: Workspace) -> None:
    body = json.dumps(workspace.mention("overdue", by="ana", event_id="Ev1")).encode()
    assert [(await desk.post(body)).status_code for _ in range(3)] == [200, 200, 200]
    assert len(desk.handler.handled) == len(desk.inbound.rows) == 1


async def test_what_a_bot_wrote_is_left_alone(desk: Desk, workspace: Workspace) -> None:
    body = workspace.mention("overdue", by="ana", event_id="Ev1")
    for change in ({"bot_id": "B1"}, {"subtype": "message_changed"}, {"type": "reaction_added"}):
        assert (await desk.post(json.dumps({**body, "event": {**body["event"], **change}}).encode())).status_code == 200
    assert not desk.inbound.rows


async def test_a_button_that_acts_is_answered_privately_and_leaves_the_card_alone(desk: Desk, workspace: Workspace) -> None:
    desk.handler.replies[Name.FLAG] = Reply(line("Flagged for Bo."))
    payload = await press(desk, workspace, Name.FLAG)
    (one,) = desk.handler.handled
    assert one.action == Action(Name.FLAG, ITEM, seen=3)
    assert one.card == CardRef("slack", workspace.channels["credit"], payload["message"]["ts"])
    (said,) = workspace.whispers()
    assert (said["response_type"], said["replace_original"]) == ("ephemeral", False)
    assert "Flagged for Bo." in words(said["blocks"])


async def test_what_stands_in_slack_can_be_pressed_and_carries_what_was_drawn(desk: Desk, workspace: Workspace) -> None:
    snooze, flag, wake = Action(Name.SNOOZE, ITEM, seen=3), Action(Name.FLAG, ITEM, seen=3), Action(Name.WAKE, ITEM, seen=4)
    card = Card("Acme", (Actions((Button("Snooze", snooze), Button("Flag", flag)), more=(Button("Wake", wake),)),))
    ref = await desk.chat.room.post(workspace.channels["credit"], card)
    blocks = (await workspace.messages("credit"))[0]["blocks"]
    for label in ("Snooze", "Flag", "Wake"):
        trigger = await workspace.trigger("ana")
        await desk.interact(workspace.press(button(blocks, label), by="ana", trigger=trigger, message=ref.message))
    assert [one.action for one in desk.handler.handled] == [snooze, flag, wake]
    assert {one.card for one in desk.handler.handled} == {ref}


async def test_an_answer_leaves_the_card_that_was_pressed_where_it_stands(desk: Desk, workspace: Workspace) -> None:
    desk.handler.replies[Name.WAKE] = Reply(line("Awake."))
    await press(desk, workspace, Name.WAKE)
    assert [said["replace_original"] for said in workspace.whispers()] == [False]


async def test_an_answer_finds_another_way_when_its_address_is_used_up(desk: Desk, workspace: Workspace) -> None:
    payload = workspace.press(element(Name.FLAG), by="ana", trigger=await workspace.trigger("ana"))
    await desk.interact({**payload, "response_url": f"{workspace.base}/respond/used-up"})
    (said,) = workspace.whispers()
    assert said["user"] == workspace.users["ana"]


async def test_an_answer_goes_to_slack_and_nowhere_else(desk: Desk, workspace: Workspace) -> None:
    payload = workspace.press(element(Name.FLAG), by="ana", trigger=await workspace.trigger("ana"))
    await desk.interact({**payload, "response_url": "http://169.254.169.254/latest"})
    assert [call.method for call in workspace.calls] == ["chat.postEphemeral"]


async def test_somebody_who_left_the_channel_is_answered_directly(desk: Desk, workspace: Workspace) -> None:
    workspace.fail("chat.postEphemeral", Fault(body='{"ok": false, "error": "user_not_in_channel"}'))
    payload = workspace.press(element(Name.FLAG), by="ana", trigger=await workspace.trigger("ana"))
    await desk.interact({**payload, "response_url": ""})
    (call,) = workspace.asked("chat.postMessage")
    assert call.arguments["channel"] == workspace.users["ana"]


@pytest.mark.parametrize("name", sorted(OPENS))
async def test_a_window_opens_before_the_handler_is_through(desk: Desk, workspace: Workspace, name: Name) -> None:
    desk.handler.gate = asyncio.Event()
    trigger = await workspace.trigger("ana")
    answer = asyncio.ensure_future(desk.interact(workspace.press(element(name), by="ana", trigger=trigger)))
    await workspace.until_asked("views.open")
    (view,) = workspace.windows().values()
    assert "Loading" in words(view["blocks"])
    desk.handler.replies[name] = Reply(form=form())
    desk.handler.gate.set()
    await answer
    (view,) = workspace.windows().values()
    assert (view["title"]["text"], view["submit"]["text"]) == ("Snooze", "Save")


async def test_a_refusal_stands_in_the_window(desk: Desk, workspace: Workspace) -> None:
    desk.handler.replies[Name.PLAN] = Reply(line("INV-2041 was paid this morning."))
    await press(desk, workspace, Name.PLAN)
    (view,) = workspace.windows().values()
    assert "paid this morning" in words(view["blocks"])
    assert view["submit"] is None


async def test_a_window_opens_although_the_database_is_slow_but_nothing_happens_before_it_is_kept(desk: Desk, workspace: Workspace) -> None:
    desk.inbound.gate = asyncio.Event()
    trigger = await workspace.trigger("ana")
    answer = asyncio.ensure_future(desk.interact(workspace.press(element(Name.SNOOZE), by="ana", trigger=trigger)))
    await workspace.until_asked("views.open")
    assert not desk.handler.handled
    desk.inbound.gate.set()
    await answer
    assert len(desk.handler.handled) == 1


async def test_a_window_says_so_when_the_press_could_not_be_kept_in_time(desk: Desk, workspace: Workspace) -> None:
    desk.inbound.gate, desk.inbound.refuse = asyncio.Event(), True
    payload = workspace.press(element(Name.SNOOZE), by="ana", trigger=await workspace.trigger("ana"))
    assert (await desk.acknowledged(interactive(payload))).status_code == 200
    desk.inbound.gate.set()
    await desk.chat.settled()
    (view,) = workspace.windows().values()
    assert "went wrong" in words(view["blocks"])
    assert not desk.handler.handled


async def test_a_trigger_that_ran_out_still_gets_an_answer(desk: Desk, workspace: Workspace) -> None:
    desk.handler.replies[Name.SNOOZE] = Reply(form=form())
    payload = workspace.press(element(Name.SNOOZE), by="ana", trigger="1.2.gone")
    await desk.interact(payload)
    (said,) = workspace.whispers()
    assert "try once more" in words(said["blocks"])


async def test_a_press_sent_twice_opens_one_window(desk: Desk, workspace: Workspace) -> None:
    payload = workspace.press(element(Name.SNOOZE), by="ana", trigger=await workspace.trigger("ana"))
    await desk.interact(payload)
    await desk.interact(payload)
    assert len(workspace.asked("views.open")) == len(desk.handler.handled) == 1


async def test_a_form_comes_back_with_its_answers_and_the_card_it_came_from(desk: Desk, workspace: Workspace) -> None:
    view = await opened(desk, workspace)
    await submit(desk, workspace, view, until="2026-11-30", why="asked by phone")
    sent = desk.handler.handled[-1]
    assert sent.action == Action(Name.CONFIRM_SNOOZE, ITEM)
    assert sent.values == {"span": "1", "until": "2026-11-30", "why": "asked by phone"}
    assert sent.card == CardRef("slack", workspace.channels["credit"], "1700000000.000100")


async def test_wrong_answers_are_said_at_their_fields(desk: Desk, workspace: Workspace) -> None:
    view = await opened(desk, workspace)
    desk.handler.replies[Name.CONFIRM_SNOOZE] = Reply(errors={"until": "That day is past.", "elsewhere": "Too long."})
    answer = await submit(desk, workspace, view, until="2020-01-01")
    assert answer == {"response_action": "errors", "errors": {"until": "That day is past.", "span": "Too long."}}


async def test_a_form_leads_to_the_next_which_remembers_the_card(desk: Desk, workspace: Workspace) -> None:
    view = await opened(desk, workspace)
    desk.handler.replies[Name.CONFIRM_SNOOZE] = Reply(form=form("Sure?", Name.CONFIRM_PLAN))
    answer = await submit(desk, workspace, view)
    assert (answer["response_action"], answer["view"]["title"]["text"]) == ("update", "Sure?")
    await submit(desk, workspace, {**answer["view"], "id": view["id"]})
    assert desk.handler.handled[-1].action == Action(Name.CONFIRM_PLAN, ITEM)
    assert desk.handler.handled[-1].card == CardRef("slack", workspace.channels["credit"], "1700000000.000100")


async def test_a_form_ends_with_a_card(desk: Desk, workspace: Workspace) -> None:
    view = await opened(desk, workspace)
    desk.handler.replies[Name.CONFIRM_SNOOZE] = Reply(line("Silent until Mon 30 Nov."))
    answer = await submit(desk, workspace, view)
    assert answer["response_action"] == "update"
    assert "Silent until Mon 30 Nov." in words(answer["view"]["blocks"])
    assert "submit" not in answer["view"]


async def test_a_form_with_nothing_to_say_closes(desk: Desk, workspace: Workspace) -> None:
    view = await opened(desk, workspace)
    desk.handler.replies[Name.CONFIRM_SNOOZE] = Reply()
    assert await submit(desk, workspace, view) == {"response_action": "clear"}


@pytest.mark.parametrize("reply", [Reply(line("Silent.")), Reply(errors={"until": "Silent already."}), Reply(form=form("Silent"))])
async def test_a_slow_form_says_that_it_works_and_is_filled_when_done(desk: Desk, workspace: Workspace, reply: Reply) -> None:
    view = await opened(desk, workspace)
    desk.handler.gate = asyncio.Event()
    desk.handler.replies[Name.CONFIRM_SNOOZE] = reply
    payload = workspace.submission(view, {}, by="ana", trigger=await workspace.trigger("ana"))
    answer = (await desk.acknowledged(interactive(payload))).json()
    desk.handler.gate.set()
    await desk.chat.settled()
    assert (answer["response_action"], "Working" in words(answer["view"]["blocks"])) == ("update", True)
    assert "Silent" in words(workspace.windows()[view["id"]])


async def test_a_slow_answer_for_a_closed_window_arrives_in_the_channel(desk: Desk, workspace: Workspace) -> None:
    view = await opened(desk, workspace)
    desk.handler.gate = asyncio.Event()
    payload = workspace.submission(view, {}, by="ana", trigger=await workspace.trigger("ana"))
    await desk.acknowledged(interactive({**payload, "view": {**payload["view"], "id": "VCLOSED"}}))
    desk.handler.gate.set()
    await desk.chat.settled()
    (said,) = workspace.whispers()
    assert said["channel"] == workspace.channels["credit"]
    assert "Did snooze.set." in words(said["blocks"])


async def test_a_form_that_carries_too_much_is_apologised_for(desk: Desk, workspace: Workspace) -> None:
    heavy = Button("Save", Action(Name.CONFIRM_SNOOZE, ITEM, data={"why": "x" * 3_000}))
    desk.handler.replies[Name.SNOOZE] = Reply(form=Form("Snooze", heavy))
    await press(desk, workspace, Name.SNOOZE)
    (view,) = workspace.windows().values()
    assert "went wrong" in words(view["blocks"])


async def test_a_button_in_a_window_changes_that_window(desk: Desk, workspace: Workspace) -> None:
    view = await opened(desk, workspace)
    desk.handler.replies[Name.ESCALATE] = Reply(form=form("Escalate", Name.CONFIRM_ESCALATE))
    await desk.interact(workspace.press_in_window(element(Name.ESCALATE), view, by="ana", trigger=await workspace.trigger("ana")))
    assert [one["title"]["text"] for one in workspace.windows().values()] == ["Escalate"]


async def test_a_handler_that_breaks_is_apologised_for_with_the_reference_of_the_log(desk: Desk, workspace: Workspace) -> None:
    desk.handler.replies[Name.FLAG] = RuntimeError("a bug")
    with capture_logs() as logged:
        await press(desk, workspace, Name.FLAG)
    (said,) = workspace.whispers()
    assert logged[-1]["reference"] in words(said["blocks"])
    assert "a bug" not in words(said["blocks"])


async def test_a_burst_is_kept_and_acknowledged_before_a_few_at_a_time_are_handled(desk: Desk, workspace: Workspace) -> None:
    desk.handler.gate = asyncio.Event()
    presses = [workspace.press(element(Name.FLAG), by="ana", trigger=f"{n}.2.burst") for n in range(3 * AT_ONCE)]
    answers = await asyncio.gather(*(desk.acknowledged(interactive(press)) for press in presses))
    assert {answer.status_code for answer in answers} == {200}
    assert len(desk.inbound.rows) == 3 * AT_ONCE
    await desk.handler.called.wait()
    await asyncio.gather(*(asyncio.sleep(0) for _ in presses))
    assert len(desk.handler.handled) <= AT_ONCE
    desk.handler.gate.set()
    await desk.chat.settled()
    assert len(desk.handler.handled) == 3 * AT_ONCE


async def test_nothing_is_acknowledged_that_could_not_be_kept(desk: Desk, workspace: Workspace) -> None:
    desk.inbound.refuse = True
    body = json.dumps(workspace.mention("overdue", by="ana", event_id="Ev1")).encode()
    assert (await desk.post(body)).status_code == 503
    assert not desk.handler.handled
    desk.inbound.refuse = False
    assert (await desk.post(body)).status_code == 200
    assert len(desk.handler.handled) == 1


async def test_a_button_of_an_unknown_kind_is_acknowledged_and_does_nothing(desk: Desk, workspace: Workspace) -> None:
    for odd in ({"action_id": "link", "type": "button", "url": "https://example.org"}, {"action_id": Name.FLAG.value, "value": "{}"}):
        payload = workspace.press(odd, by="ana", trigger=await workspace.trigger("ana"))
        assert (await desk.interact(payload)).status_code == 200
    assert not desk.inbound.rows
