"""Everything a person starts in Teams, once each, from the invoke to what stands in Teams and in the trail; a wrong value is refused at its field."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from tests.e2e.everything import ACTS, BIRKENHOF, COMMANDS, HARROW
from tests.e2e.service import filled
from tests.e2e.teams_service import Body, TeamsHouse, button, nodes, serving_teams, titles, words
from tests.fakes.clock import FixedClock
from tests.peers.teams import CHANNEL, GROUP, Activity, teams

# On Birkenhof's card, the button, what is typed, and the words at the field.
WRONG = (
    ("Snooze", {"length": "date", "until": ""}, "until", "Choose the day"),
    ("Promise", {"until": ""}, "until", ""),
    ("Record payment", {"amount": "much", "paid_on": "2026-11-23"}, "amount", ""),
    ("Payment plan", {"deposit": "1,234", "first": "", "count": "3"}, "deposit", "two ways"),
    ("Note", {"note": " "}, "note", ""),
)


@pytest.fixture
async def duebot(one_url: str, clock: FixedClock) -> AsyncGenerator[TeamsHouse]:
    async with teams() as tenant, serving_teams(tenant, one_url, clock) as house:
        await house.meet("ana", "maria")
        await filled(house)
        yield house


async def act(duebot: TeamsHouse, message: Activity, label: str, typed: dict[str, str] | None, by: str = "ana") -> Body:
    """What the person gets in the end; names of colleagues stand for their ids, an empty choice for the first there is."""
    answer = await duebot.press(message, label, by=by)
    if typed is None:
        return answer
    offered = {node["id"]: node["choices"] for node in nodes(answer) if node.get("type") == "Input.ChoiceSet"}
    given = {name: duebot.who(value) if value in duebot.people else value for name, value in typed.items()}
    given = {name: value or (offered[name][0]["value"] if name in offered else "") for name, value in given.items()}
    return await duebot.submit(answer, sends_off(answer), given, by=by)


def sends_off(dialog: Body) -> str:
    """The button that takes a form's answers along."""
    title: str = next(node["title"] for node in nodes(dialog) if "fields" in node.get("data", {}).get("duebot", {}))
    return title


@pytest.mark.parametrize("group", ACTS)
async def test_every_act_is_done_from_its_button_and_kept_in_the_trail(duebot: TeamsHouse, group: str) -> None:
    wrong = list[tuple[str, str]]()
    for card, label, typed, told, kind in ACTS[group]:
        before = len(await duebot.audit(kind))
        said = words(await act(duebot, duebot.card(card), label, typed))
        wrong += [(label, said)] if told not in said else []
        wrong += [(label, kind)] if len(await duebot.audit(kind)) <= before else []
        await duebot.deliver()
    assert wrong == []


async def test_a_plan_is_previewed_to_the_cent_before_it_is_agreed(duebot: TeamsHouse) -> None:
    """Teams changes no form while it is filled in, so the schedule is a step of its own."""
    preview = await act(duebot, duebot.card(HARROW), "Payment plan", {"deposit": "150,00", "count": "3", "first": "2026-12-01"})
    for part in ("Tue 1 Dec", "$150.00", "$1,333.34", "$1,333.33", "$4,150.00"):
        assert part in words(preview)
    assert not await duebot.audit("plan.accepted")
    done = await duebot.submit(preview, sends_off(preview), {"answer": "phone"}, by="ana")
    assert "plan of 4 instalments accepted" in words(done)
    await duebot.deliver()
    assert "On a plan of 4 instalments, next $150.00 on Tue 1 Dec" in duebot.shown(duebot.card(HARROW))


async def test_a_wrong_value_is_refused_at_its_field_and_changes_nothing(duebot: TeamsHouse) -> None:
    await duebot.said("help", by="ana")
    before = [entry.type for entry in await duebot.audit()]
    for label, typed, field, told in WRONG:
        again = await act(duebot, duebot.card(BIRKENHOF), label, typed)
        body = next(node for node in nodes(again) if node.get("type") == "AdaptiveCard")["body"]
        (at,) = [place for place, block in enumerate(body) if block.get("id") == field]
        under = words(body[at + 1 : at + 3])
        assert "⚠" in under, (label, words(again))
        assert told in under
    assert [entry.type for entry in await duebot.audit()] == before


async def test_a_request_is_approved_and_another_refused_by_a_manager(duebot: TeamsHouse) -> None:
    for card in (BIRKENHOF, HARROW):
        await act(duebot, duebot.card(card), "Write off", {"amount": "10.00", "why": "goodwill"})
        await duebot.deliver()
    waiting = [message for message in duebot.tenant.cards(CHANNEL) if "Approve" in titles(message)]
    assert len(waiting) == 2
    assert "approved" in words(await duebot.press(waiting[0], "Approve", by="maria"))
    assert "refused" in words(await act(duebot, waiting[1], "Refuse", {"why": "not yet"}, by="maria"))
    await duebot.deliver()
    assert [titles(duebot.tenant.standing[CHANNEL, message["id"]]) for message in waiting] == [[], []]


async def test_every_command_is_answered_privately_wherever_it_is_typed(duebot: TeamsHouse) -> None:
    for turn, (text, told) in enumerate(COMMANDS):
        assert told in await duebot.said(text, by="ana", at=(CHANNEL, GROUP, "")[turn % 3]), text
    assert button(duebot.card(BIRKENHOF), "Flag")
