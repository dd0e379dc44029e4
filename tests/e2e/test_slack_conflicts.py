"""One action each, whatever is pressed twice, at once, late, again, or out of date."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

from adapters.chat.slack.reading import Ended, read
from bot.jobs import PATIENCE
from cards.actions import Action, Name
from tests.e2e.service import CHANNEL, Service, words
from tests.peers.slack import Fault, Workspace, interactive, signed

BIRKENHOF, CALLOWAY, HARROW = "Birkenhof Manufaktur GmbH", "Calloway Interiors Ltd", "Harrow & Pike LLP"


async def test_a_double_press_flags_once_and_the_second_says_so(duebot: Service) -> None:
    alert = await duebot.card(BIRKENHOF)
    presses = [await duebot.press_payload(alert, "Flag", by="ana") for _ in range(2)]
    answers = await asyncio.gather(*(duebot.send(interactive(press)) for press in presses))
    await duebot.settled()
    assert [answer.status_code for answer in answers] == [200, 200]
    said = sorted(words(one["blocks"]) for one in duebot.workspace.whispers())
    assert "You were first, Tue 24 Nov 2026 at 11:00: flagged it." in said[1]
    assert "AF-1031: flagged" in said[0]
    assert len(await duebot.audit("item.flagged")) == 1


async def test_of_ten_people_at_once_one_acts_and_all_others_are_told_who_and_when(duebot_on_both: Service) -> None:
    duebot = duebot_on_both
    alert = await duebot.card(BIRKENHOF)
    presses = [await duebot.press_payload(alert, "Flag", by=by) for by in ("ana", "bo", "maria", "ida") * 3]
    await asyncio.gather(*(duebot.send(interactive(press)) for press in presses))
    await duebot.settled()
    (flagged,) = await duebot.audit("item.flagged")
    first = next(user for user in duebot.people.values() if str(user.id) == flagged.actor)
    said = [words(one["blocks"]) for one in duebot.workspace.whispers()]
    assert len([one for one in said if "AF-1031: flagged" in one]) == 1
    others = [one for one in said if f"{first.name} was first, Tue 24 Nov 2026 at 11:00: flagged it." in one]
    own = [one for one in said if "You were first" in one]
    assert (len(others), len(own)) == (9, 2)


async def test_two_different_actions_at_once_are_one_action(duebot: Service) -> None:
    alert = await duebot.card(HARROW)
    flag = await duebot.press_payload(alert, "Flag", by="ana")
    form = await duebot.open(alert, "Snooze", by="bo")
    snooze = duebot.workspace.submission(form, {"length": "3"}, by="bo", trigger=await duebot.workspace.trigger("bo"))
    flagged, snoozed = await asyncio.gather(duebot.send(interactive(flag)), duebot.send(interactive(snooze)))
    await duebot.settled()
    said = f"{words(snoozed.json()['view']['blocks'])} {words([one['blocks'] for one in duebot.workspace.whispers()])}"
    assert flagged.status_code == 200
    assert ("Ana Ferreira was first" in said) is not ("Bo Lindqvist was first" in said)
    assert len([*await duebot.audit("item.flagged"), *await duebot.audit("item.snoozed")]) == 1


async def test_two_send_the_same_reminder_and_one_mail_leaves(duebot_on_both: Service) -> None:
    duebot = duebot_on_both
    before = len(duebot.mail.mailbox)
    alert = await duebot.card(CALLOWAY)
    previews = [(by, await duebot.open(alert, "Send reminder", by=by)) for by in ("ana", "bo")]
    orders = await asyncio.gather(*(duebot.submit(view, {"reason": "asked for"}, by=by) for by, view in previews))
    said = sorted(words(order["view"]["blocks"]) for order in orders)
    assert len([one for one in said if "a reminder for $9,300.00" in one]) == 1
    assert len([one for one in said if "went out first, Tue 24 Nov 2026 at 11:00. Nothing more was sent." in one]) == 1
    await duebot.run()
    assert len(duebot.mail.mailbox) == before + 1
    assert len(await duebot.audit("reminder.sent_by_hand")) == 1


async def test_a_stale_card_acts_on_nothing_and_tells_who_was_first(duebot: Service) -> None:
    """Bo's Slack still shows the card as it was before Ana acted."""
    stale = await duebot.card(CALLOWAY)
    await duebot.press(stale, "Flag", by="ana")
    duebot.clock.advance(timedelta(minutes=4))
    for label in ("Flag", "Snooze", "Payment plan", "Escalate", "Send reminder"):
        told = await duebot.press(stale, label, by="bo")
        assert "Somebody was first" in told, label
        assert "Ana Ferreira was first, Tue 24 Nov 2026 at 11:00: flagged it." in told, label
    assert "AF-1058" in await duebot.press(stale, "Why?", by="bo")
    await duebot.app.jobs.deliver()
    assert "form" not in await duebot.press(await duebot.fresh(stale), "Snooze", by="bo")
    assert {entry.actor for entry in await duebot.audit("item.flagged")} == {duebot.who("ana")}


async def test_a_form_opened_before_somebody_acted_changes_nothing(duebot: Service) -> None:
    alert = await duebot.card(CALLOWAY)
    form = await duebot.open(alert, "Snooze", by="bo")
    await duebot.press(alert, "Flag", by="ana")
    told = words((await duebot.submit(form, {"length": "7"}, by="bo"))["view"]["blocks"])
    assert "Ana Ferreira was first" in told
    assert not await duebot.audit("item.snoozed")


async def test_a_form_sent_off_twice_is_one_snooze(duebot: Service) -> None:
    form = await duebot.open(await duebot.card(CALLOWAY), "Snooze", by="ana")
    assert "snoozed until" in words((await duebot.submit(form, {"length": "7"}, by="ana"))["view"]["blocks"])
    assert "You were first, Tue 24 Nov 2026 at 11:00: snoozed until Tue 1 Dec" in words(
        (await duebot.submit(form, {"length": "3"}, by="ana"))["view"]["blocks"]
    )
    assert len(await duebot.audit("item.snoozed")) == 1


async def test_a_request_that_comes_again_is_acknowledged_and_does_nothing(duebot: Service, workspace: Workspace) -> None:
    """Replayed within its window, and sent again by Slack with its retry headers."""
    body = interactive(await duebot.press_payload(await duebot.card(BIRKENHOF), "Flag", by="ana"))
    genuine = signed(body, timestamp=int(duebot.clock.now().timestamp()))
    await duebot.post(body, genuine)
    heard = len(workspace.whispers())
    for headers in (genuine, {**genuine, "X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}):
        assert (await duebot.post(body, headers)).status_code == 200
    duebot.clock.advance(timedelta(minutes=6))
    assert (await duebot.post(body, genuine)).status_code == 401
    assert len(workspace.whispers()) == heard
    assert len(await duebot.audit("item.flagged")) == 1


async def test_a_retried_mention_is_answered_once(duebot: Service, workspace: Workspace) -> None:
    mention = workspace.mention(f"<@{workspace.users['duebot']}> balance calloway", by="ana", event_id="Ev-once", channel=CHANNEL)
    for _ in range(3):
        assert (await duebot.post(json.dumps(mention).encode())).status_code == 200
    (said,) = workspace.whispers()
    assert (said["user"], said["channel"]) == (workspace.users["ana"], workspace.channels[CHANNEL])
    assert "$9,300.00" in words(said["blocks"])


async def test_a_click_accepted_before_a_crash_is_finished_once_by_the_next_start(duebot_on_both: Service) -> None:
    """The row is committed and acknowledged, and the process stops before it is handled."""
    duebot = duebot_on_both
    alert = await duebot.card(BIRKENHOF)
    payload = await duebot.press_payload(alert, "Flag", by="ana")
    pressed = read(payload)
    assert not isinstance(pressed, Ended)
    assert await duebot.app.inbound.accept(pressed.incoming)
    assert await duebot.app.jobs.catch_up() == 0  # it may still be at work
    duebot.clock.advance(PATIENCE + timedelta(seconds=1))
    counts = await asyncio.gather(*(duebot.app.jobs.catch_up() for _ in range(2)))
    assert max(counts) == 1
    assert await duebot.app.jobs.catch_up() == 0
    (entry,) = await duebot.audit("item.flagged")
    assert entry.actor == duebot.who("ana")
    await duebot.app.jobs.deliver()
    assert "⚑ flagged by Ana Ferreira" in await duebot.shown(alert)
    assert (await duebot.post(interactive(payload))).status_code == 200
    assert len(await duebot.audit("item.flagged")) == 1


async def test_slack_out_of_order_holds_the_cards_and_shows_the_newest_when_it_is_back(duebot: Service, workspace: Workspace) -> None:
    alert = await duebot.card(BIRKENHOF)
    workspace.fail("chat.update", *(Fault(status=503) for _ in range(2)))
    await duebot.press(alert, "Flag", by="ana")
    await duebot.app.jobs.deliver()
    assert "⚑" not in await duebot.shown(alert)
    duebot.clock.set(datetime(2026, 11, 24, 10, 30, tzinfo=UTC))
    await duebot.run()
    assert "⚑ flagged by Ana Ferreira" in await duebot.shown(alert)


PAIRS = 500  # on each database


async def test_two_people_press_at_the_same_moment_again_and_again_and_each_time_one_acts_and_the_other_is_told(
    duebot_on_both: Service,
) -> None:
    """On every invoice at once, round after round, on the card as it stands then."""
    duebot, pairs = duebot_on_both, 0
    async with duebot.app.store() as work:
        accounts = [account async for account in work.all_accounts()]
    open_ones = [item.id for account in accounts for item in account.items if not any(one.item == item.id for one in account.payments)]
    while pairs < PAIRS:
        seen, name = pairs // len(open_ones), (Name.FLAG, Name.UNFLAG)[pairs // len(open_ones) % 2]
        before = len(duebot.workspace.whispers())
        presses = [_press(duebot, Action(name, item, seen), f"{pairs}.{item}.{by}", by) for item in open_ones for by in ("ana", "bo")]
        answers = await asyncio.gather(*map(duebot.send, presses))
        await duebot.settled()
        assert {answer.status_code for answer in answers} == {200}
        said = [words(one["blocks"]) for one in duebot.workspace.whispers()[before:]]
        assert sum("was first" in one for one in said) == len(open_ones), said
        assert len(said) == 2 * len(open_ones)
        pairs += len(open_ones)
    acted = [entry for entry in await duebot.audit() if entry.type in {"item.flagged", "item.unflagged"}]
    assert len(acted) == pairs


def _press(duebot: Service, action: Action, trigger: str, by: str) -> bytes:
    element = {"type": "button", "action_id": action.name.value, "value": action.encode()}
    return interactive(duebot.workspace.press(element, by=by, trigger=trigger, channel=CHANNEL))
