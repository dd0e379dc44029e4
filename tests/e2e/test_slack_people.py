"""Who is asking: linking by a confirmed address, strangers, guests, viewers; and the answers to `/due`."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
import typer

from bot.app import running
from bot.commands import parse
from bot.desk.answers import answer
from bot.verbs import ledger, terminal
from cards.plain.render import render
from cards.slack.render import render as blocks_of
from tests.e2e.service import CHANNEL, Service, words
from tests.peers.slack import Fault, Workspace, button, interactive

BIRKENHOF, CALLOWAY = "Birkenhof Manufaktur GmbH", "Calloway Interiors Ltd"
STRANGE = "I do not know you yet"


async def test_the_first_press_links_a_colleague_by_their_confirmed_address(duebot: Service, workspace: Workspace) -> None:
    alert = await duebot.card(BIRKENHOF)
    await duebot.press(alert, "Why?", by="ana")
    await duebot.press(alert, "Why?", by="ana")
    assert len(workspace.asked("users.info")) == 1
    (entry,) = await duebot.audit("user.linked")
    assert (entry.actor, entry.data["person"]) == (duebot.who("ana"), workspace.users["ana"])


@pytest.mark.parametrize(
    "profile",
    [
        {"is_email_confirmed": False},
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"is_stranger": True},
        {"is_bot": True},
        {"deleted": True},
        {"team_id": "T000000009"},
        {"profile": {"email": "nobody@elsewhere.example"}},
    ],
    ids=lambda profile: next(iter(profile)),
)
async def test_nobody_else_gets_more_than_a_private_explanation(empty: Service, workspace: Workspace, profile: dict[str, object]) -> None:
    workspace.changes["users.info"] = profile
    assert STRANGE in await empty.command("overdue", by="maria")
    (entry,) = await empty.audit("refused")
    assert (entry.actor, entry.data) == (f"slack:{workspace.users['maria']}", {"what": "not linked"})
    assert await empty.messages() == []


async def test_a_stranger_can_press_everything_and_nothing_happens(duebot: Service, workspace: Workspace) -> None:
    alert = await duebot.card(BIRKENHOF)
    before = await duebot.shown(alert)
    for label in ("Flag", "Snooze", "Send reminder", "Payment plan", "Escalate", "Why?"):
        told = await duebot.press(alert, label, by="cy")
        assert STRANGE in told, label
        assert "8,600" not in told, label
    await duebot.run()
    assert await duebot.shown(alert) == before
    assert [entry.actor for entry in await duebot.audit("refused")] == [f"slack:{workspace.users['cy']}"] * 6


async def test_a_viewer_may_look_and_is_told_who_may_act(duebot: Service) -> None:
    alert = await duebot.card(BIRKENHOF)
    assert "AF-1031" in await duebot.press(alert, "Why?", by="vic")
    assert "€10,750.40" in await duebot.command("balance birkenhof", by="vic")
    for label in ("Flag", "Snooze", "Send reminder", "Payment plan", "Escalate"):
        assert "Your role is viewer; this needs a collector." in await duebot.press(alert, label, by="vic"), label
    refused = [(entry.actor, entry.data["what"]) for entry in await duebot.audit("refused")]
    names = ["flag.set", "snooze.form", "reminder.preview", "plan.form", "escalate.form"]
    assert refused == [(duebot.who("vic"), name) for name in names]


async def test_a_viewer_cannot_send_off_a_form_a_colleague_opened(duebot: Service, workspace: Workspace) -> None:
    form = await duebot.open(await duebot.card(BIRKENHOF), "Snooze", by="ana")
    told = words((await duebot.submit(form, {"length": "7"}, by="vic"))["view"]["blocks"])
    assert "Your role is viewer" in told
    assert not await duebot.audit("item.snoozed")


async def test_a_chat_that_does_not_say_who_it_is_gets_another_try(empty: Service, workspace: Workspace) -> None:
    workspace.fail("users.info", Fault(status=500))
    assert "did not say who you are" in await empty.command("help", by="ana")
    assert "What you can ask" in await empty.command("help", by="ana")


async def test_what_due_answers(duebot: Service) -> None:
    for text, told in (
        ("balance birkenhof", "€10,750.40 overdue"),
        ("BALANCE  C-102", "Calloway Interiors Ltd"),
        ("balance gmbh", "3 matches for “gmbh”"),
        ("balance zeppelin", "Nothing found | No customer is called or numbered like “zeppelin”."),
        ("overdue", "Eisenwerk Halden GmbH · €18,250.00 · 50 d"),
        ("invoice af-1031", "paid €1,240.00 of €9,840.00"),
        ("invoice XX-1", "Nothing found | No invoice has the number “XX-1”."),
        ("help", "What you can ask"),
        ("", "What you can ask"),
        ("balance", "Say the customer too: /due balance CUSTOMER"),
        ("invoice", "Say the number too: /due invoice NUMBER"),
        ("overdu", "I do not know “overdu”. Did you mean /due overdue?"),
        ("balanse birkenhof", "Did you mean /due balance birkenhof?"),
        ("<!channel> *now*", "No customer is called or numbered like “<!channel> *now*”."),
        ("x" * 5_000, "Nothing found | No customer is called or numbered like “xxx"),
    ):
        assert told in await duebot.command(text, by="vic"), text
    assert [message for message in await duebot.messages() if "channel" in words(message["blocks"])] == []


async def test_the_buttons_of_an_answer_work_like_those_of_a_card(duebot: Service, workspace: Workspace) -> None:
    await duebot.command("invoice AF-1058", by="ana")
    element = button(workspace.whispers()[-1]["blocks"], "Flag")
    payload = workspace.press(element, by="ana", trigger=await workspace.trigger("ana"), channel=CHANNEL)
    await duebot.post(interactive(payload))
    assert "AF-1058: flagged" in words(workspace.whispers()[-1]["blocks"])


async def test_the_command_line_answers_what_slack_answers(
    duebot: Service, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`duebot query` on the same database and at the same moment."""
    settings = duebot.app.settings
    assert settings.secret_key is not None
    monkeypatch.setenv("DUEBOT_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("DUEBOT_SECRET_KEY", settings.secret_key.get_secret_value())
    monkeypatch.setattr(terminal, "running", lambda settings, clock, **more: running(settings, clock or duebot.clock, **more))
    for text in ("balance birkenhof", "overdue", "invoice AF-1031", "balance gmbh"):
        async with duebot.app.store() as work:
            card = await answer(parse(text), work, duebot.app.policies, duebot.clock.now())
        assert words(blocks_of(card).blocks) == await duebot.command(text, by="ana")
        capsys.readouterr()
        with suppress(typer.Exit):  # its exit code says whether one thing was found
            await asyncio.to_thread(ledger.query, [text])
        assert capsys.readouterr().out.strip() == render(card).strip()
