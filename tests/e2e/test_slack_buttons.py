"""From HTTP in to HTTP out: what stands in Slack, every button pressed, every form filled, the mail that arrives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tests.e2e.service import SAMPLE, Service, labels, words
from tests.peers.smtp import HangUp, Received
from workflows.domain.pseudonyms import without_people

BIRKENHOF, CALLOWAY, HARROW = "Birkenhof Manufaktur GmbH", "Calloway Interiors Ltd", "Harrow & Pike LLP"


async def test_after_the_morning_run_the_cards_and_the_digest_stand_in_the_private_channel(duebot_on_both: Service) -> None:
    messages = await duebot_on_both.messages()
    headings = [words(message["blocks"][:1]) for message in reversed(messages)]
    assert f"🔴 {BIRKENHOF} · €8,600.00 · 26 days late" in headings
    assert [heading for heading in headings if heading.startswith("🔴 Tuesday 24 November")]
    late = [heading for heading in headings if "late" in heading and "Tuesday" not in heading]
    assert len(late) == 6, "the five largest, and what the policy escalated"
    alert = await duebot_on_both.card(BIRKENHOF)
    more = ["Promise", "Says paid", "Record payment", "Dispute", "Assign", "Note", "Hold", "Write off", "Charge a fee"]
    more += ["I take it", "Take payment back", "Opt out", "Task", "Why?"]
    assert labels(alert) == ["Send reminder", "Snooze", "Payment plan", "Escalate", "Flag", *more]
    assert {message["user"] for message in messages} == {duebot_on_both.workspace.users["duebot"]}
    assert len(duebot_on_both.mail.mailbox) == 6


async def test_flag_acts_at_once_and_unflag_takes_it_back(duebot: Service) -> None:
    alert = await duebot.card(BIRKENHOF)
    assert "AF-1031: flagged | A mark for colleagues; reminders go on" in await duebot.press(alert, "Flag", by="ana")
    await duebot.deliver()
    assert "⚑ flagged by Ana Ferreira (today 11:00)" in await duebot.shown(alert)
    alert = await duebot.fresh(alert)
    assert "Unflag" in labels(alert)
    assert "flag removed" in await duebot.press(alert, "Unflag", by="bo")
    await duebot.deliver()
    assert "⚑" not in await duebot.shown(alert)
    assert "Bo Lindqvist took the flag away (today 11:00)" in await duebot.shown(alert)
    assert [entry.actor for entry in await duebot.audit("item.flagged")] == [duebot.who("ana")]
    assert [entry.actor for entry in await duebot.audit("item.unflagged")] == [duebot.who("bo")]


async def test_snooze_opens_a_form_changes_the_card_in_place_and_wakes(duebot_on_both: Service) -> None:
    duebot = duebot_on_both
    alert = await duebot.card(BIRKENHOF)
    form = await duebot.open(alert, "Snooze", by="ana")
    assert "Ahead: final notice of" in words(form["blocks"])
    assert (await duebot.submit(form, {"length": "date"}, by="ana"))["errors"] == {"until": "Choose the day it wakes."}
    assert "after today" in (await duebot.submit(form, {"length": "date", "until": "2026-11-24"}, by="ana"))["errors"]["until"]
    done = await duebot.submit(form, {"length": "date", "until": "2026-12-14"}, by="ana")
    assert "AF-1031: snoozed until Mon 14 Dec | Silences: final notice of" in words(done["view"]["blocks"])
    await duebot.deliver()
    assert "Ana Ferreira snoozed until Mon 14 Dec (today 11:00)" in await duebot.shown(alert)
    updates = [call.arguments for call in duebot.workspace.asked("chat.update") if call.arguments["ts"] == alert["ts"]]
    assert [update["channel"] for update in updates] == [duebot.workspace.channels["desk"]]
    assert len([message for message in await duebot.messages() if "AF-1031" in words(message["blocks"])]) == 1
    snoozed = await duebot.fresh(alert)
    assert labels(snoozed)[:2] == ["Wake", "Reschedule"]
    (entry,) = await duebot.audit("item.snoozed")
    assert (entry.actor, entry.data["number"], entry.data["until"]) == (duebot.who("ana"), "AF-1031", "2026-12-14")
    assert "awake" in await duebot.press(snoozed, "Wake", by="bo")
    await duebot.deliver()
    assert "Send reminder" in labels(await duebot.fresh(alert))
    assert len(await duebot.audit("item.woken")) == 1


async def test_a_snooze_that_ends_by_itself_brings_a_new_card_with_the_buttons(duebot: Service) -> None:
    alert = await duebot.card(CALLOWAY)
    form = await duebot.open(alert, "Snooze", by="ana")
    await duebot.submit(form, {"length": "1"}, by="ana")
    await duebot.run()
    assert "Wake" in labels(await duebot.fresh(alert))
    duebot.clock.set(datetime(2026, 11, 25, 9, 0, tzinfo=UTC))
    await duebot.run()
    assert labels(await duebot.card(CALLOWAY))[0] == "Send reminder"
    assert labels(await duebot.fresh(alert)) == []


async def test_a_plan_is_previewed_to_the_cent_agreed_and_chased_by_instalment(duebot: Service) -> None:
    alert = await duebot.card(HARROW)
    form = await duebot.open(alert, "Payment plan", by="ana")
    wrong = await duebot.submit(form, {"deposit": "1,234", "first": "", "count": "3"}, by="ana")
    assert "two ways" in wrong["errors"]["deposit"]
    assert "first" in wrong["errors"]
    preview = (await duebot.submit(form, {"deposit": "150,00", "count": "3", "first": "2026-12-01"}, by="ana"))["view"]
    table = words(preview["blocks"])
    for line in ("1  Tue 1 Dec", "$150.00", "$1,333.34", "$1,333.33", "Sum", "$4,150.00"):
        assert line in table
    done = await duebot.submit(preview, {"answer": "phone"}, by="ana")
    assert "plan of 4 instalments accepted" in words(done["view"]["blocks"])
    await duebot.deliver()
    assert "On a plan of 4 instalments, next $150.00 on Tue 1 Dec" in await duebot.shown(alert)
    (entry,) = await duebot.audit("plan.accepted")
    assert (entry.actor, entry.data["how"], entry.data["amount"]) == (
        duebot.who("ana"),
        without_people("how", "by phone"),
        {"amount": "4150.00", "currency": "USD"},
    )


async def test_a_plan_beyond_the_limit_waits_for_a_second_person_and_says_so(duebot: Service) -> None:
    alert = await duebot.card(CALLOWAY)
    form = await duebot.open(alert, "Payment plan", by="ana")
    preview = (await duebot.submit(form, {"count": "3"}, by="ana"))["view"]
    assert "Somebody else has to approve this plan" in words(preview["blocks"])
    asked = words((await duebot.submit(preview, {"answer": "phone", "reason": "They asked"}, by="ana"))["view"]["blocks"])
    assert "Waits for Maria Lindt or Ida Okafor" in asked
    assert not await duebot.audit("plan.accepted")
    await duebot.deliver()
    request = await duebot.card("agree a payment plan")
    assert labels(request) == ["Approve", "Refuse", "Open"]
    assert "Your role is collector; this needs a manager." in await duebot.press(request, "Approve", by="bo")
    assert "approved" in await duebot.press(request, "Approve", by="maria")
    await duebot.deliver()
    assert "approved, today" in await duebot.shown(request)
    assert labels(await duebot.fresh(request)) == []
    assert "On a plan of 3 instalments" in await duebot.shown(alert)


async def test_a_proposal_waits_for_the_customers_word_which_staff_note(duebot: Service) -> None:
    for customer, label, state, after in (
        (HARROW, "Customer accepts", "plan.active", "On a plan of 3"),
        (BIRKENHOF, "Customer declines", "plan.declined", "Next: "),
    ):
        alert = await duebot.card(customer)
        form = await duebot.open(alert, "Payment plan", by="ana")
        preview = (await duebot.submit(form, {"count": "3"}, by="ana"))["view"]
        reason = {"reason": "they lost a client"} if customer == BIRKENHOF else {}
        told = words((await duebot.submit(preview, reason, by="ana"))["view"]["blocks"])
        await duebot.deliver()
        if customer == BIRKENHOF:
            assert "Waits for Maria Lindt or Ida Okafor" in told
            await duebot.press(await duebot.card("agree a payment plan"), "Approve", by="maria")
            await duebot.deliver()
        else:
            assert "plan of 3 instalments proposed" in told
        assert "Proposed: 3 instalments" in await duebot.shown(alert)
        assert "Reminders wait until Tue 1 Dec" in await duebot.shown(alert)
        await duebot.press(await duebot.fresh(alert), label, by="maria")
        await duebot.deliver()
        assert after in await duebot.shown(alert)
        assert len(await duebot.audit(state)) == 1


async def test_escalate_hands_the_item_to_a_manager_and_back(duebot: Service) -> None:
    alert = await duebot.card(BIRKENHOF)
    form = await duebot.open(alert, "Escalate", by="ana")
    assert "Say in a few words why" in (await duebot.submit(form, {"to": duebot.who("maria")}, by="ana"))["errors"]["why"]
    done = await duebot.submit(form, {"to": duebot.who("maria"), "why": "Two <b>promises</b> broken"}, by="ana")
    assert "AF-1031: with Maria Lindt | Reminders wait until it is handed back." in words(done["view"]["blocks"])
    await duebot.deliver()
    assert "Ana Ferreira escalated to Maria Lindt (today 11:00): Two <b>promises</b> broken" in await duebot.shown(alert)
    (entry,) = [entry for entry in await duebot.audit("item.escalated") if entry.data["number"] == "AF-1031"]
    assert (entry.actor, entry.data["to"]) == (duebot.who("ana"), duebot.who("maria"))
    escalated = await duebot.fresh(alert)
    assert "handed back" in await duebot.press(escalated, "Hand back", by="maria")
    await duebot.deliver()
    assert "Maria Lindt handed it back to chasing" in await duebot.shown(alert)
    assert labels(await duebot.fresh(alert))[0] == "Send reminder"


async def test_a_reminder_leaves_as_it_was_previewed_and_once(duebot_on_both: Service) -> None:
    duebot = duebot_on_both
    duebot.clock.set(datetime(2026, 11, 30, 10, 0, tzinfo=UTC))
    await duebot.read_file(SAMPLE)
    await duebot.run()
    duebot.clock.set(datetime(2026, 12, 3, 10, 0, tzinfo=UTC))
    await duebot.read_file(SAMPLE)
    await duebot.run()
    duebot.mail.mailbox.clear()
    alert = await duebot.card(CALLOWAY)
    preview = await duebot.open(alert, "Send reminder", by="ana")
    shown = words(preview["blocks"])
    assert "Asks for:  | $9,300.00, AF-1058" in shown
    assert "⚠" not in shown
    done = await duebot.submit(preview, by="ana")
    told = words(done["view"]["blocks"])
    assert "Ana Ferreira sent Calloway Interiors Ltd a reminder for $9,300.00 · 11:00" in told
    assert "To ap@calloway.example. It leaves within a minute." in told
    await duebot.deliver()
    (mail,) = duebot.mail.mailbox
    await _is_what_was_shown(duebot, mail, shown)
    assert "Reminded 3 times, last Thu 3 Dec by e-mail, sent" in await duebot.shown(alert)
    assert "Ana Ferreira sent a reminder by e-mail" in await duebot.shown(alert)
    await duebot.run()
    await duebot.run()
    assert len(duebot.mail.mailbox) == 1


async def _is_what_was_shown(duebot: Service, mail: Received, shown: str) -> None:
    assert mail.recipients == ("ap@calloway.example",)
    assert f"Subject:  | {mail.message['Subject']}" in shown
    plain = [line for line in mail.part("plain").splitlines() if line.strip()]
    assert [line for line in plain if line.strip() not in shown] == []
    assert "US$9,300.00" in mail.part("html")
    (by_hand,) = await duebot.audit("reminder.sent_by_hand")
    (sent,) = [entry for entry in await duebot.audit("notice.sent") if entry.data["notice"] == by_hand.data["notice"]]
    assert by_hand.actor == duebot.who("ana")
    assert sent.data["reference"] == mail.message["Message-ID"]


async def test_a_reminder_over_the_policys_limits_needs_a_reason_which_is_kept(duebot: Service) -> None:
    alert = await duebot.card(CALLOWAY)
    preview = await duebot.open(alert, "Send reminder", by="ana")
    assert "the policy keeps 3 days between messages" in words(preview["blocks"])
    again = await duebot.submit(preview, {"reason": "  "}, by="ana")
    assert again["errors"] == {"reason": "Give a reason to send it all the same."}
    done = await duebot.submit(preview, {"reason": "They asked for a copy"}, by="ana")
    assert "sent Calloway Interiors Ltd a reminder" in words(done["view"]["blocks"])
    await duebot.deliver()
    assert [mail.recipients for mail in duebot.mail.mailbox].count(("ap@calloway.example",)) == 2
    (entry,) = await duebot.audit("reminder.sent_by_hand")
    assert entry.data["reason"] == without_people("reason", "They asked for a copy")
    assert "Ana Ferreira sent a reminder by e-mail: They asked for a copy" in await duebot.shown(alert)


async def test_a_preview_that_no_longer_holds_is_shown_anew_and_nothing_is_sent(duebot: Service, tmp_path: Path) -> None:
    alert = await duebot.card(CALLOWAY)
    preview = await duebot.open(alert, "Send reminder", by="ana")
    await duebot.read_file(_paid(tmp_path, "AF-1058,", "9300.00,USD,,", "9300.00,USD,2026-11-24,4300.00"))
    again = await duebot.submit(preview, {"reason": "asked for"}, by="ana")
    assert "What it says has changed since this preview was drawn." in words(again["view"]["blocks"])
    assert "Asks for:  | $5,000.00, AF-1058" in words(again["view"]["blocks"])
    assert not await duebot.audit("reminder.sent_by_hand")


async def test_why_and_open_and_the_lists_behind_the_digest(duebot: Service) -> None:
    alert = await duebot.card(BIRKENHOF)
    why = await duebot.open(alert, "Why?", by="vic")
    assert "Policy:  | standard, version 1" in words(why["blocks"])
    digest = await duebot.card("Tuesday 24 November")
    item = await duebot.open(digest, "Open", by="vic")
    assert "AF-0987 · due Mon 5 Oct" in words(item["blocks"])
    assert "What goes out today" in labels(digest)
    goes_out = await duebot.open(digest, "What goes out today", by="vic")
    assert BIRKENHOF in words(goes_out["blocks"])
    nested = await duebot.press_in(goes_out, "Open", by="vic")
    assert "AF-" in words(nested["blocks"])


async def test_all_of_a_long_digest_is_paged_in_one_window(duebot: Service, tmp_path: Path) -> None:
    head = SAMPLE.read_text(encoding="utf-8").splitlines()[0]
    lines = [f"L-{n},K-{n},Kunde {n:02},k{n}@kunde.example,en,DE,,2026-10-22,2026-11-24,{100 + n}.00,EUR,,," for n in range(25)]
    file = tmp_path / "long.csv"
    file.write_text("\n".join([head, *lines]), encoding="utf-8")
    await duebot.read_file(file)
    duebot.clock.set(datetime(2026, 11, 27, 10, 0, tzinfo=UTC))
    await duebot.read_file(file)
    await duebot.run()
    digest = await duebot.card("Friday 27 November")
    first = await duebot.open(digest, "Show all", by="ana")
    assert "1 to 20 of" in words(first["blocks"])
    second = await duebot.press_in(first, "Next", by="ana")
    assert second["id"] == first["id"]
    assert "21 to " in words(second["blocks"])
    assert "1 to 20" in words((await duebot.press_in(second, "Back", by="ana"))["blocks"])
    flagged = await duebot.press_in(await duebot.press_in(second, "Open", by="ana"), "Flag", by="ana")
    assert "flagged" in words(flagged["blocks"])


async def test_a_manager_releases_the_first_import_from_its_card_which_then_says_so(duebot: Service, tmp_path: Path) -> None:
    head = SAMPLE.read_text(encoding="utf-8").splitlines()[0]
    file = tmp_path / "second.csv"
    file.write_text(f"{head}\nZ-1,Z,Zander KG,z@zander.example,de,DE,,2026-10-01,2026-10-31,500.00,EUR,,,\n", encoding="utf-8")
    duebot.clock.set(datetime(2026, 11, 25, 10, 0, tzinfo=UTC))
    await duebot.read_file(file)
    await duebot.run()
    review = await duebot.card("1 customer of Alder & Finch GmbH already overdue")
    assert not [mail for mail in duebot.mail.mailbox if mail.recipients == ("z@zander.example",)]
    assert "this needs a manager" in await duebot.press(review, "Release", by="ana")
    assert "1 customer released" in await duebot.press(review, "Release", by="maria")
    await duebot.run()
    assert len([mail for mail in duebot.mail.mailbox if mail.recipients == ("z@zander.example",)]) == 1
    assert "Maria Lindt released them (today 11:00)" in await duebot.shown(review)
    assert labels(await duebot.fresh(review)) == []
    assert "Maria Lindt released them Wed 25 Nov 2026 at 11:00." in await duebot.press(review, "Release", by="maria")


async def test_a_payment_by_import_turns_the_card_green_and_ends_its_buttons(duebot: Service, tmp_path: Path) -> None:
    alert = await duebot.card(CALLOWAY)
    await duebot.read_file(_paid(tmp_path, "AF-1058,", "9300.00,USD,,", "9300.00,USD,2026-11-24,9300.00"))
    for label, told in (
        ("Flag", "AF-1058 is paid; there is nothing to flag."),
        ("Snooze", "AF-1058 is paid"),
        ("Send reminder", "AF-1058 cannot be reminded of: it is paid."),
        ("Payment plan", "AF-1058 is paid"),
        ("Escalate", "AF-1058 is paid"),
    ):
        assert told in await duebot.press(alert, label, by="ana"), label
    duebot.clock.advance(timedelta(minutes=1))  # what nobody waits for is drawn again after a while
    await duebot.run()
    assert "✅ Calloway Interiors Ltd paid $9,300.00 on Tue 24 Nov, AF-1058, 8 days late" in await duebot.shown(alert)
    assert labels(await duebot.fresh(alert)) == []
    assert not [entry for entry in await duebot.audit() if entry.actor == duebot.who("ana") and entry.type != "user.linked"]


def _paid(folder: Path, number: str, before: str, after: str) -> Path:
    """The sample book with one row changed."""
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    file = folder / "paid.csv"
    file.write_text("\n".join(line.replace(before, after) if line.startswith(number) else line for line in lines), encoding="utf-8")
    return file


async def test_a_second_card_of_an_invoice_takes_the_buttons_from_the_first(duebot: Service) -> None:
    first = await duebot.card(CALLOWAY)
    duebot.clock.set(datetime(2026, 11, 26, 10, 0, tzinfo=UTC))
    await duebot.read_file(SAMPLE)
    await duebot.run()
    second = await duebot.card(CALLOWAY)
    assert second["ts"] != first["ts"]
    assert labels(second)[0] == "Send reminder"
    assert labels(await duebot.fresh(first)) == []
    assert "As it stood on Thu 26 Nov. A newer card for this invoice has the buttons." in await duebot.shown(first)


async def test_a_card_that_looks_the_same_is_not_sent_again(duebot: Service) -> None:
    await duebot.run()
    before = len(duebot.workspace.asked("chat.update"))
    async with duebot.app.store() as work:
        customer = await work.account_of(next(iter([UUID(str(card.subject)) for card in await work.live_cards() if card.kind == "alert"])))  # type: ignore[arg-type]
        await work.looked(customer.customer.id, duebot.clock.now() - timedelta(seconds=1), customer.policy or ("standard", 1))
    await duebot.run()
    assert len(duebot.workspace.asked("chat.update")) == before


async def test_a_book_grown_too_old_asks_for_a_file_once_a_day_and_says_when_it_came(duebot: Service) -> None:
    duebot.clock.set(datetime(2026, 11, 30, 10, 0, tzinfo=UTC))
    await duebot.run()
    await duebot.run()
    asked = await duebot.card("balances are too old")
    assert len([message for message in await duebot.messages() if "balances are too old" in words(message["blocks"])]) == 1
    await duebot.read_file(SAMPLE, date(2026, 11, 30))
    duebot.clock.advance(timedelta(minutes=1))
    await duebot.run()
    assert "Alder & Finch GmbH: balances are current again" in await duebot.shown(asked)


@pytest.mark.parametrize(
    ("label", "said", "mails"),
    [("It was sent", "says it was sent", 1), ("Send again", "says it was not sent; what is still due goes out again", 2)],
)
async def test_a_mail_in_doubt_asks_on_a_card_which_then_says_what_was_answered(duebot: Service, label: str, said: str, mails: int) -> None:
    duebot.mail.mailbox.clear()
    duebot.mail.hang_up = HangUp.BEFORE_ANSWER
    preview = await duebot.open(await duebot.card(CALLOWAY), "Send reminder", by="ana")
    await duebot.submit(preview, {"reason": "asked for"}, by="ana")
    await duebot.run()
    duebot.mail.hang_up = None
    asked = await duebot.card("did the reminder leave?")
    assert said in await duebot.press(asked, label, by="bo")
    assert f"Bo Lindqvist {said} (Tue 24 Nov 2026 at" in await duebot.press(asked, label, by="ana")
    await duebot.run()
    assert f"Calloway Interiors Ltd: settled | Bo Lindqvist {said} (" in await duebot.shown(asked)
    assert labels(await duebot.fresh(asked)) == []
    assert len(duebot.mail.mailbox) == mails


async def test_a_buttons_card_loses_its_buttons_the_moment_it_is_pressed_and_gets_new_ones(duebot_on_both: Service) -> None:
    duebot = duebot_on_both
    alert = await duebot.card(BIRKENHOF)
    await duebot.press(alert, "Flag", by="ana")
    held = await duebot.fresh(alert)
    assert labels(held) == []
    assert words(held["blocks"]).endswith("Flag … one moment")
    assert words(alert["blocks"][:1]) == words(held["blocks"][:1])
    await duebot.deliver()
    assert "Unflag" in labels(await duebot.fresh(alert))


async def test_a_card_whose_press_came_to_nothing_gets_its_buttons_back(duebot: Service) -> None:
    alert = await duebot.card(BIRKENHOF)
    before = labels(alert)
    await duebot.press(alert, "Flag", by="vic")
    assert labels(await duebot.fresh(alert)) == []
    await duebot.deliver()
    assert labels(await duebot.fresh(alert)) == before


async def test_a_message_that_is_no_standing_card_is_given_back_as_it_was(duebot: Service) -> None:
    alert = await duebot.card(BIRKENHOF)
    channel = duebot.workspace.channels["desk"]
    copy = await duebot.workspace.ask("chat.postMessage", {"channel": channel, "text": "a copy", "blocks": alert["blocks"]})
    posted = await duebot.fresh({"ts": copy["ts"]})
    await duebot.press(posted, "Flag", by="ana")
    assert labels(await duebot.fresh(posted)) == labels(alert)
