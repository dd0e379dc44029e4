"""Forms that answer while they are filled in: Slack tells of each change, and the window shows what it comes to."""

from __future__ import annotations

import asyncio

from tests.e2e.service import Service, words
from tests.peers.slack import Fault, interactive

CALLOWAY, HARROW = "Calloway Interiors Ltd", "Harrow & Pike LLP"


async def test_the_schedule_of_a_plan_follows_what_is_typed_to_the_cent(duebot_on_both: Service) -> None:
    duebot = duebot_on_both
    form = await duebot.open(await duebot.card(HARROW), "Payment plan", by="ana")
    terms = {"deposit": "150,00", "count": "3", "first": "2026-12-01"}
    shown = words((await duebot.change(form, "count", terms, by="ana"))["blocks"])
    for line in ("1  Tue 1 Dec", "$150.00", "$1,333.34", "$1,333.33", "Sum", "$4,150.00"):
        assert line in shown
    shown = words((await duebot.change(form, "count", terms | {"count": "0"}, by="ana"))["blocks"])
    assert "Give a whole number of instalments" in shown
    assert "Sum" not in shown
    assert "two ways" in words((await duebot.change(form, "deposit", terms | {"deposit": "1,234"}, by="ana"))["blocks"])
    assert not await duebot.audit("plan.proposed")
    done = await duebot.submit((await duebot.submit(form, terms, by="ana"))["view"], {"answer": "phone"}, by="ana")
    assert "plan of 4 instalments accepted" in words(done["view"]["blocks"])


async def test_a_plan_that_needs_approval_says_so_while_it_is_typed(duebot: Service) -> None:
    form = await duebot.open(await duebot.card("Birkenhof Manufaktur GmbH"), "Payment plan", by="ana")
    shown = words((await duebot.change(form, "count", {"count": "12"}, by="ana"))["blocks"])
    assert "⚠" in shown


async def test_of_changes_that_overtake_one_another_the_newest_is_shown(duebot: Service) -> None:
    form = await duebot.open(await duebot.card(HARROW), "Payment plan", by="ana")
    changes = [
        interactive(duebot.workspace.change(form, "count", {"count": count}, by="ana", trigger=await duebot.workspace.trigger("ana")))
        for count in ("2", "4", "5")
    ]
    await asyncio.gather(*map(duebot.send, changes[:2]))
    await duebot.post(changes[2])
    assert "5  " in words(duebot.workspace.windows()[form["id"]]["blocks"])
    duebot.workspace.fail("views.update", Fault(body='{"ok": false, "error": "hash_conflict"}'))
    assert "6  " in words((await duebot.change(form, "count", {"count": "6"}, by="ana"))["blocks"])


async def test_a_reminder_is_seen_in_the_language_that_is_chosen_and_sent_in_it(duebot_on_both: Service) -> None:
    duebot = duebot_on_both
    preview = await duebot.open(await duebot.card(CALLOWAY), "Send reminder", by="ana")
    unseen = await duebot.submit(preview, {"language": "fr", "reason": "asked"}, by="ana")
    assert "What it says has changed" in words(unseen["view"]["blocks"])
    french = await duebot.change(preview, "language", {"language": "fr"}, by="ana")
    text = words(french["blocks"])
    assert "facture" in text
    done = await duebot.submit(french, {"language": "fr", "reason": "asked for French"}, by="ana")
    assert "sent Calloway Interiors Ltd a reminder" in words(done["view"]["blocks"])
    before = len(duebot.mail.mailbox)
    await duebot.app.jobs.deliver()
    assert len(duebot.mail.mailbox) == before + 1
    assert "facture" in duebot.mail.mailbox[-1].part("plain")
