"""Who is asking: linking by a confirmed address, strangers, guests, viewers; and the answers to `/due`."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

import pytest
import typer

from adapters.chat.protocol import Incoming, Person
from bot.app import running
from bot.commands import parse
from bot.desk.answers import answer
from bot.desk.people import CHECKED
from bot.verbs import ledger
from cards.actions import Action, Name
from cards.plain.render import render
from cards.slack.render import render as blocks_of
from tests.e2e.service import CHANNEL, Service, words
from tests.peers.slack import TEAM, Fault, Workspace, button, interactive
from workflows.invite_person import VALID, invited

BIRKENHOF, CALLOWAY = "Birkenhof Manufaktur GmbH", "Calloway Interiors Ltd"
STRANGE = "I do not know you yet"
OUTSIDE = "This is for colleagues only"
GONE = "This account has no access any more"


async def test_the_first_press_links_a_colleague_by_their_confirmed_address(duebot: Service, workspace: Workspace) -> None:
    alert = await duebot.card(BIRKENHOF)
    await duebot.press(alert, "Why?", by="ana")
    await duebot.press(alert, "Why?", by="ana")
    assert len(workspace.asked("users.info")) == 1
    (entry,) = await duebot.audit("user.linked")
    assert (entry.actor, entry.data["person"]) == (duebot.who("ana"), workspace.users["ana"])


@pytest.mark.parametrize(
    ("profile", "told", "what"),
    [
        ({"is_email_confirmed": False}, STRANGE, "not linked"),
        ({"is_restricted": True}, OUTSIDE, "guest or of another company"),
        ({"is_ultra_restricted": True}, OUTSIDE, "guest or of another company"),
        ({"is_stranger": True}, OUTSIDE, "guest or of another company"),
        ({"is_bot": True}, OUTSIDE, "guest or of another company"),
        ({"deleted": True}, GONE, "deactivated"),
        ({"team_id": "T000000009"}, OUTSIDE, "guest or of another company"),
        ({"profile": {"email": "nobody@elsewhere.example"}}, STRANGE, "not linked"),
    ],
    ids=lambda part: next(iter(part)) if isinstance(part, dict) else "",
)
async def test_nobody_else_gets_more_than_a_private_explanation(
    empty: Service, workspace: Workspace, profile: dict[str, object], told: str, what: str
) -> None:
    workspace.changes["users.info"] = profile
    assert told in await empty.command("overdue", by="maria")
    (entry,) = await empty.audit("refused")
    assert (entry.actor, entry.data) == (f"slack:{workspace.users['maria']}", {"what": what})
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
    monkeypatch.setattr("bot.app.running", lambda settings, clock, **more: running(settings, clock or duebot.clock, **more))
    for text in ("balance birkenhof", "overdue", "invoice AF-1031", "balance gmbh"):
        async with duebot.app.store() as work:
            card = await answer(parse(text), work, duebot.app.policies, duebot.clock.now())
        assert words(blocks_of(card).blocks) == await duebot.command(text, by="ana")
        capsys.readouterr()
        with suppress(typer.Exit):  # its exit code says whether one thing was found
            await asyncio.to_thread(ledger.query, [text])
        assert capsys.readouterr().out.strip() == render(card).strip()


async def test_somebody_of_another_company_is_none_of_ours_though_the_request_names_their_own_workspace(
    duebot: Service, workspace: Workspace
) -> None:
    """In a channel shared with them; their address may be confirmed there, by whoever runs it."""
    workspace.changes["users.info"] = {"team_id": "T000000009", "profile": {"email": "ana@nordhafen.example"}}
    payload = await duebot.press_payload(await duebot.card(BIRKENHOF), "Flag", by="cy")
    payload["user"]["team_id"] = payload["team"]["id"] = "T000000009"
    await duebot.post(interactive(payload))
    assert OUTSIDE in words(workspace.whispers()[-1]["blocks"])
    assert not await duebot.audit("item.flagged")


@pytest.mark.parametrize(("change", "told"), [({"deleted": True}, GONE), ({"is_restricted": True}, OUTSIDE)])
async def test_who_is_deactivated_or_made_a_guest_loses_access_within_five_minutes(
    duebot_on_both: Service, workspace: Workspace, change: dict[str, object], told: str
) -> None:
    duebot = duebot_on_both
    assert "€10,750.40" in await duebot.command("balance birkenhof", by="ana")
    workspace.changes["users.info"] = change
    duebot.clock.advance(CHECKED)
    alert = await duebot.card(BIRKENHOF)
    said = await duebot.press(alert, "Flag", by="ana")
    assert (told in said, "8,600" in said) == (True, False)
    assert not await duebot.audit("item.flagged")
    (entry,) = await duebot.audit("user.unlinked")
    assert entry.data["person"] == workspace.users["ana"]
    workspace.changes.clear()
    assert "flagged" in await duebot.press(alert, "Flag", by="ana"), "back, and known by their address as before"


async def test_a_colleague_is_served_while_slack_does_not_say_who_they_are(duebot: Service, workspace: Workspace) -> None:
    await duebot.command("help", by="ana")
    duebot.clock.advance(CHECKED)
    workspace.fail("users.info", Fault(status=503))
    assert "AF-1031: flagged" in await duebot.press(await duebot.card(BIRKENHOF), "Flag", by="ana")


async def invitation(duebot: Service, name: str) -> str:
    async with duebot.app.store() as work:
        return (await invited(duebot.people[name], "command line", work, duebot.clock)).code


async def test_an_invitation_makes_an_account_a_colleagues_once(duebot_on_both: Service, workspace: Workspace) -> None:
    """Maria also writes from an account with an address of her own."""
    duebot = duebot_on_both
    workspace.changes["users.info"] = {"profile": {"email": "maria@home.example"}}
    assert STRANGE in await duebot.command("overdue", by="cy")
    code = await invitation(duebot, "maria")
    assert "This code does not work" in await duebot.command(f"link {code[:-1]}", by="cy")
    assert "You are Maria Lindt here from now on | Your role is manager" in await duebot.command(
        f"link {code.lower().replace('-', ' ')}", by="cy"
    )
    assert "€10,750.40" in await duebot.command("balance birkenhof", by="cy")
    assert "This chat account is a colleague's already" in await duebot.command(f"link {code}", by="cy")
    assert "This code does not work" in await duebot.command(f"link {code}", by="duebot")
    async with duebot.app.store() as work:
        assert await work.user_by_identity("slack", TEAM, workspace.users["cy"]) == duebot.people["maria"]
    assert [entry.data.get("invited") for entry in await duebot.audit("user.linked")] == [True]
    assert code not in str(await duebot.audit())


async def test_an_invitation_ends_with_its_week_with_a_newer_one_and_is_not_for_guests(duebot: Service, workspace: Workspace) -> None:
    old = await invitation(duebot, "maria")
    code = await invitation(duebot, "maria")
    workspace.changes["users.info"] = {"profile": {"email": "nobody@home.example"}}
    assert "This code does not work" in await duebot.command(f"link {old}", by="cy")
    workspace.changes["users.info"] = {"is_ultra_restricted": True}
    assert OUTSIDE in await duebot.command(f"link {code}", by="cy")
    workspace.changes["users.info"] = {"profile": {"email": "nobody@home.example"}}
    duebot.clock.advance(VALID)
    assert "This code does not work" in await duebot.command(f"link {code}", by="cy")
    assert not await duebot.audit("user.linked")


async def test_a_code_may_be_given_in_the_form_that_the_explanation_opens(duebot: Service, workspace: Workspace) -> None:
    workspace.changes["users.info"] = {"profile": {"email": "nobody@home.example"}}
    await duebot.command("overdue", by="cy")
    press = workspace.press(button(workspace.whispers()[-1]["blocks"], "I have a code"), by="cy", trigger=await workspace.trigger("cy"))
    await duebot.post(interactive(press))
    (form,) = workspace.windows().values()
    assert "This code does not work" in str((await duebot.submit(form, {"code": "AAAA"}, by="cy"))["errors"])
    code = await invitation(duebot, "vic")
    assert "You are Vic Tanaka here" in words((await duebot.submit(form, {"code": code}, by="cy"))["view"]["blocks"])


async def test_an_administrator_makes_a_code_from_chat_and_a_collector_does_not(duebot: Service, workspace: Workspace) -> None:
    async def asks(name: str) -> str:
        person = Person("slack", TEAM, workspace.users[name])
        action = Action(Name.CONFIRM_INVITE, duebot.people[name].id)
        incoming = Incoming(f"slack:invite {name}", person, action, values={"user": duebot.who("vic")})
        assert await duebot.app.inbound.accept(incoming)
        reply = await duebot.app.desk(incoming)
        return reply.card.summary if reply.card else ""

    assert "this needs an administrator" in await asks("ana")
    code = re.search(r"code: ([A-Z0-9-]+)", await asks("ida"))
    assert code is not None
    workspace.changes["users.info"] = {"profile": {"email": "nobody@home.example"}}
    assert "You are Vic Tanaka here" in await duebot.command(f"link {code[1]}", by="cy")
