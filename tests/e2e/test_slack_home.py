"""The Home tab, from the event that somebody looks at it to what stands in it after others acted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cards.actions import Action, Name
from tests.e2e.service import Service, words

BIRKENHOF = "Birkenhof Manufaktur GmbH"


async def minute(duebot: Service) -> None:
    duebot.clock.advance(timedelta(minutes=1))
    await duebot.app.jobs.refresh_homes()
    await duebot.deliver()


async def test_a_home_shows_work_and_is_kept_fresh_while_others_act(duebot_on_both: Service) -> None:
    duebot = duebot_on_both
    home = await duebot.open_home(by="ana")
    shown = words(home["blocks"])
    assert home["type"] == "home"
    assert "Ana Ferreira · Tuesday 24 November" in shown
    assert f"{BIRKENHOF} · €10,750.40" in shown
    published = len(duebot.workspace.asked("views.publish"))
    await minute(duebot)
    assert len(duebot.workspace.asked("views.publish")) == published, "nothing changed"
    form = await duebot.open(await duebot.card(BIRKENHOF), "Promise", by="bo")
    await duebot.submit(form, {"until": "2026-11-27"}, by="bo")
    await minute(duebot)
    shown = words(duebot.workspace.home("ana")["blocks"])
    assert "Promises due · 1" in shown
    assert "by Fri 27 Nov" in shown


async def test_homes_are_looked_at_while_somebody_holds_accounts_they_show(duebot_on_both: Service) -> None:
    """Whoever acts or delivers holds several, and waits for none that a home would read in another order."""
    duebot = duebot_on_both
    await duebot.open_home(by="ana")
    async with duebot.app.store() as work:
        await work.lock_accounts([account.customer.id async for account in work.all_accounts()])
        assert await duebot.app.jobs.refresh_homes() == 0


async def test_an_approval_is_given_from_the_home_of_a_manager_and_not_offered_to_others(duebot_on_both: Service) -> None:
    duebot = duebot_on_both
    alert = await duebot.card(BIRKENHOF)
    form = await duebot.open(alert, "Write off", by="ana")
    await duebot.submit(form, {"amount": "100.00", "why": "goodwill"}, by="ana")
    assert "Waits for your approval" not in words((await duebot.open_home(by="ana"))["blocks"])
    assert "write off €100.00" in words((await duebot.open_home(by="maria"))["blocks"])
    answer = await duebot.press_at_home("Approve", by="maria")
    assert "approved" in words(answer["blocks"])
    await duebot.deliver()
    assert "Waits for your approval" not in words(duebot.workspace.home("maria")["blocks"])


async def test_more_requests_than_a_home_shows_are_all_reached_and_given_there(duebot: Service) -> None:
    async with duebot.app.store() as work:
        owing = [item.id async for one in work.all_accounts((await work.book("main")).id) for item in one.items if not one.payments]
    alert = await duebot.card(BIRKENHOF)
    for item in owing:  # a home shows five, a page eight
        press = {"action_id": Name.WRITE_OFF.value, "value": Action(Name.WRITE_OFF, item).encode()}
        button = {"type": "button", "text": {"text": "Write off"}, **press}
        card = {**alert, "blocks": [{"type": "actions", "elements": [button]}]}
        form = await duebot.open(card, "Write off", by="ana")
        await duebot.submit(form, {"amount": "1.00", "why": "goodwill"}, by="ana")
    assert "10 approvals wait" in words((await duebot.open_home(by="maria"))["blocks"])
    first = await duebot.press_at_home("Show all", by="maria")
    assert "1 to 8 of 10" in words(first["blocks"])
    second = await duebot.press_in(first, "Next", by="maria")
    assert "9 to 10 of 10" in words(second["blocks"])
    assert "approved" in words((await duebot.press_in(second, "Approve", by="maria", nth=1))["blocks"])
    await minute(duebot)
    assert "9 approvals wait" in words(duebot.workspace.home("maria")["blocks"])


async def test_a_message_of_today_is_stopped_from_the_home_and_never_leaves(duebot_on_both: Service) -> None:
    duebot = duebot_on_both
    duebot.clock.set(datetime(2026, 11, 25, 6, 0, tzinfo=UTC))  # seven in Berlin: the day's messages leave from nine on
    await duebot.run()
    sent = len(duebot.mail.mailbox)
    home = await duebot.open_home(by="ana")
    assert "Leaves today" in words(home["blocks"])
    form = await duebot.press_at_home("Stop", by="ana")
    assert (await duebot.submit(form, {"why": "  "}, by="ana"))["errors"]["why"].startswith("Say in a few words why")
    done = await duebot.submit(form, {"why": "they called"}, by="ana")
    assert "stopped" in words(done["view"]["blocks"])
    (entry,) = await duebot.audit("message.stopped")
    assert entry.actor == duebot.who("ana")
    before = words(home["blocks"]).count("Stop")
    await duebot.deliver()
    assert words(duebot.workspace.home("ana")["blocks"]).count("Stop") == before - 1
    duebot.clock.set(datetime(2026, 11, 25, 10, 0, tzinfo=UTC))
    await duebot.run()
    assert len(duebot.mail.mailbox) == sent + before - 1


async def test_settings_are_kept_and_used(duebot: Service) -> None:
    await duebot.open_home(by="ana")
    form = await duebot.press_at_home("Settings", by="ana")
    assert "18:00-08:00" in (await duebot.submit(form, {"quiet": "evenings"}, by="ana"))["errors"]["quiet"]
    done = await duebot.submit(form, {"quiet": "18:00-08:00", "language": "de"}, by="ana")
    assert "Your settings are kept" in words(done["view"]["blocks"])
    await duebot.deliver()
    shown = words(duebot.workspace.home("ana")["blocks"])
    assert "10.750,40\u00a0€" in shown
    assert "nothing 18:00-08:00" in shown


async def test_a_stranger_finds_an_explanation_and_no_data(duebot: Service) -> None:
    shown = words((await duebot.open_home(by="cy"))["blocks"])
    assert "duebot user add" in shown
    assert "€" not in shown
