"""Everything a person starts in Slack, once each: every button of a card, every form, every command. From a signed request to what stands in
Slack and in the trail, on both databases. What each does in detail is told by the tests of that button.
"""

from __future__ import annotations

import json

import pytest

from bot.commands import VERBS
from tests.e2e.everything import ACTS, BIRKENHOF, COMMANDS, FORM_COMMANDS, HARROW
from tests.e2e.service import CHANNEL, Message, Service, labels, words


@pytest.mark.parametrize("group", ACTS)
async def test_every_act_is_done_from_its_button_and_kept_in_the_trail(duebot_on_both: Service, group: str) -> None:
    duebot, wrong = duebot_on_both, list[tuple[str, str]]()
    for card, label, typed, told, kind in ACTS[group]:
        before = len(await duebot.audit(kind))
        said = await act(duebot, await duebot.card(card), label, typed)
        wrong += [(label, said)] if told not in said else []
        wrong += [(label, kind)] if len(await duebot.audit(kind)) <= before else []
        await duebot.deliver()
    assert wrong == []


async def act(duebot: Service, message: Message, label: str, typed: dict[str, str] | None) -> str:
    """What the person is told in the end; names of colleagues stand for their ids, an empty choice for the first there is."""
    if typed is None:
        return await duebot.press(message, label, by="ana")
    form = await duebot.open(message, label, by="ana")
    offered = {block["block_id"]: block["element"].get("options") for block in form["blocks"] if block["type"] == "input"}
    filled = {name: duebot.who(value) if value in duebot.people else value for name, value in typed.items()}
    filled = {name: value or offered[name][0]["value"] for name, value in filled.items()}
    done = await duebot.submit(form, filled, by="ana")
    return words(done["view"]["blocks"]) if "view" in done else str(done)


async def test_a_request_is_approved_and_another_refused_by_a_manager(duebot_on_both: Service) -> None:
    duebot = duebot_on_both
    for card, label in ((BIRKENHOF, "Write off"), (HARROW, "Write off")):
        await act(duebot, await duebot.card(card), label, {"amount": "10.00", "why": "goodwill"})
        await duebot.deliver()
    waiting = [message for message in await duebot.messages() if "Approve" in labels(message)]
    assert len(waiting) == 2
    assert "approved" in await duebot.press(waiting[0], "Approve", by="maria")
    form = await duebot.open(waiting[1], "Refuse", by="maria")
    assert "refused" in words((await duebot.submit(form, {"why": "not yet"}, by="maria"))["view"]["blocks"])
    await duebot.deliver()
    assert [labels(await duebot.fresh(message)) for message in waiting] == [[], []]


async def test_every_command_is_answered_privately(duebot_on_both: Service) -> None:
    duebot = duebot_on_both
    for text, title in FORM_COMMANDS:
        assert (await duebot.command_form(text, by="ana"))["title"]["text"] == title, text
    for text, told in COMMANDS:
        assert told in await duebot.command(text, by="ana"), text


async def test_a_form_that_is_asked_for_in_words_to_the_app_is_a_press_away(duebot_on_both: Service) -> None:
    duebot = duebot_on_both
    for number, (text, title) in enumerate(FORM_COMMANDS):
        mention = duebot.workspace.mention(text, by="ana", event_id=f"Ev{number}", channel=CHANNEL)
        assert (await duebot.post(json.dumps(mention).encode())).status_code == 200
        said = duebot.workspace.whispers()[-1]
        form = await duebot.open({"ts": "1700000002.000100", "blocks": said["blocks"]}, "Open the form", by="ana")
        assert (form["title"]["text"], "submit" in form) == (title, True), text


def test_no_word_of_the_grammar_is_left_out() -> None:
    tried = {text.split()[0] for text, _ in (*COMMANDS, *FORM_COMMANDS)}
    assert set(VERBS) - tried == {"link"}, "a stranger's word, which test_slack_people tries"
