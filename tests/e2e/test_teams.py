"""A morning in Teams, from HTTP in to HTTP out."""

from __future__ import annotations

from tests.e2e.teams_service import TeamsHouse, words
from tests.peers.teams import CHANNEL, GROUP

BIRKENHOF, CALLOWAY = "Birkenhof Manufaktur GmbH", "Calloway Interiors Ltd"


async def test_a_press_changes_the_card_for_the_one_at_once_and_then_for_everybody(in_teams: TeamsHouse) -> None:
    alert = in_teams.card(BIRKENHOF)
    answer = await in_teams.press(alert, "Flag", by="ana")
    assert (answer["statusCode"], answer["type"]) == (200, "application/vnd.microsoft.card.adaptive")
    assert "flagged" in words(answer).lower()
    assert BIRKENHOF in words(answer)
    before = in_teams.shown(alert)
    await in_teams.run()
    assert in_teams.shown(alert) != before
    assert "Ana" in in_teams.shown(alert)


async def test_a_form_is_a_dialog_whose_mistakes_stand_at_the_field(in_teams: TeamsHouse) -> None:
    alert = in_teams.card(BIRKENHOF)
    dialog = await in_teams.press(alert, "Snooze", by="ana")
    assert dialog["task"]["type"] == "continue"
    wrong = await in_teams.submit(dialog, "Snooze", {"length": "date", "until": ""}, by="ana")
    assert wrong["task"]["type"] == "continue"
    assert not await in_teams.audit("item.snoozed")
    done = await in_teams.submit(wrong, "Snooze", {"length": "7"}, by="ana")
    assert "snoozed" in words(done).lower()
    assert len(await in_teams.audit("item.snoozed")) == 1


async def test_questions_are_answered_in_private_wherever_they_are_asked(in_teams: TeamsHouse) -> None:
    for at in ("", CHANNEL, GROUP):
        assert "€10,750.40 overdue" in await in_teams.said("balance birkenhof", by="vic", at=at)


# Who may what ----------------------------------------------------------------------------------------------------------


async def test_a_viewer_may_look_and_is_told_who_may_act(in_teams: TeamsHouse) -> None:
    alert = in_teams.card(BIRKENHOF)
    assert "AF-1031" in words(await in_teams.press(alert, "Why?", by="vic"))
    for label in ("Flag", "Snooze", "Send reminder", "Payment plan", "Escalate"):
        assert "Your role is viewer; this needs a collector." in words(await in_teams.press(alert, label, by="vic")), label
    refused = [(entry.actor, entry.data["what"]) for entry in await in_teams.audit("refused")]
    names = ["flag.set", "snooze.form", "reminder.preview", "plan.form", "escalate.form"]
    assert refused == [(in_teams.who("vic"), name) for name in names]
