"""What cards and answers say in the chats of what stands, and that each press on one is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.letters.template_letters import TemplateLetters
from bot.live.draw import draw
from bot.live.lines import digest_lines
from cards import problems
from cards.actions import Action, Name
from cards.plain.render import render
from tests.bot.chat_office import ChatOffice, in_both_chats
from tests.workflows.mail import answer
from tests.workflows.office import ANA, BEN, MAX
from workflows.acting import stand
from workflows.domain.access import User
from workflows.domain.account import ListedItem
from workflows.domain.contact import Meaning
from workflows.domain.ids import CardId, new_id
from workflows.domain.messages import Letter, Message
from workflows.errors import Refused
from workflows.records import CardKind, StaffCard
from workflows.take_reply import take_reply


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[ChatOffice]:
    """Acme owes; its card stands in both chats."""
    async with in_both_chats(one_url) as made:
        yield made


@pytest.mark.parametrize(("platform", "user", "before"), [("slack", ANA, "/due "), ("teams", BEN, ""), ("inbox", MAX, "")])
async def test_help_says_what_is_typed_where_it_is_asked(office: ChatOffice, platform: str, user: User, before: str) -> None:
    for asked, told in (
        ("help", "balance CUSTOMER: What a customer owes"),
        ("blance acme", f"Did you mean {before}balance acme?"),
        ("balance", f"Say the customer too: {before}balance CUSTOMER"),
        (
            "share home",
            f"Say which answer the channel is to see; your home, and what changes something, are not shared: {before}share QUESTION",
        ),
    ):
        reply = await office.type(user, asked, platform)
        assert reply.card is not None
        said = " ".join(render(reply.card).split())
        assert told in said
        assert ("/due" in said) is bool(before)


TOLD: dict[str, tuple[dict[str, Any], str]] = {
    "delivery_failed": ({}, "Acme: the reminder did not arrive"),
    "put_aside": ({"because": "an error of Duebot itself"}, "Acme: put aside"),
    "channel_refused": ({"channel": "C9", "because": "It is archived."}, "No card was posted to C9"),
    "broken_rule": ({"rule": "outbox", "found": ["1 of kind card should have left."], "more": 0}, "Messages or cards stand still"),
}


@pytest.mark.parametrize("what", TOLD)
async def test_a_problem_that_nothing_else_ends_goes_once_somebody_has_seen_it(office: ChatOffice, what: str) -> None:
    account, (data, title) = await office.account("acme"), TOLD[what]
    about = {"delivery_failed": account.notices[0].id, "put_aside": account.customer.id}.get(what, account.book.id)
    card = StaffCard(
        CardId(new_id()), CardKind.PROBLEM, account.book.id, about, office.today, office.clock.now(), data={"what": what, **data}
    )
    async with office.store() as work:
        await stand(work, account.book, card)
    await office.jobs.show_cards()
    (shown,) = [one for one in office.slack.standing.values() if one.summary.startswith(title)]
    assert "label='Seen'" in str(shown)
    reply = await office.press(MAX, "slack", Action(Name.SEEN, card.id))
    assert reply.card is not None
    assert render(reply.card).rstrip().endswith("Max has seen it.")
    assert not await office.cards(CardKind.PROBLEM)
    await office.jobs.show_cards()
    (shown,) = [one for one in office.slack.standing.values() if one.summary.startswith(title)]
    assert "label='Seen'" not in str(shown)


async def test_a_message_that_could_not_be_written_is_told_as_one_that_never_left(office: ChatOffice) -> None:
    class Unwritable(TemplateLetters):
        def write(self, letter: Letter) -> Message:
            raise Refused("The template “first” names a field that does not exist.")

    office.letters = Unwritable()
    await office.deliver()
    (card,) = await office.cards(CardKind.PROBLEM)
    async with office.store() as work:
        drawn = render(await draw(card, work, office.policies, office.clock.now()))
    assert "It was to leave by e-mail today 11:00" in " ".join(drawn.split())
    assert "Put right what the reason names, then send a reminder from the invoice." in " ".join(drawn.split())
    assert "[Open] [Seen]" in drawn


LONG_PLAN = {"first": "2026-12-01", "count": "7", "rhythm": "monthly", "deposit": "30"}


async def test_whoever_approves_a_plan_reads_when_its_first_instalment_is_due(office: ChatOffice) -> None:
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_PLAN, **LONG_PLAN), {"answer": "phone", "reason": "Flood"})
    (asked,) = (await office.account("acme")).approvals
    reply = await office.press(MAX, "slack", Action(Name.APPROVE, asked.id))
    assert reply.card is not None
    assert reply.card.summary.endswith("On a plan of 8 instalments, next €30.00 on Tue 1 Dec. Only instalments are chased.")


async def test_of_a_plan_the_card_names_the_next_instalment_that_is_still_open(office: ChatOffice) -> None:
    plan = LONG_PLAN | {"count": "3"}
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_PLAN, **plan), {"answer": "phone"})
    await office.pay("acme", "40.00")
    assert "next €13.34 on Fri 1 Jan" in await office.told(ANA, "invoice INV-acme")


async def test_of_a_plan_the_card_says_what_is_late(office: ChatOffice) -> None:
    plan = {"first": office.today.isoformat(), "count": "4", "rhythm": "weekly", "deposit": ""}
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_PLAN, **plan), {"answer": "phone"})
    office.clock.advance(timedelta(days=1))
    assert "On a plan of 4 instalments, €25.00 of it late, next €25.00 on Tue 1 Dec." in await office.told(ANA, "invoice INV-acme")


async def test_what_is_escalated_already_is_not_asked_about_again(office: ChatOffice) -> None:
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_ESCALATE), {"to": str(MAX.id), "why": "They are silent"})
    assert "INV-acme is escalated already, to Max." in await office.told(ANA, "escalate INV-acme")


async def test_what_stands_of_a_plan_that_was_cancelled_says_so_and_every_press_on_it_is_answered(office: ChatOffice) -> None:
    """Its instalment was told as late: the card, the digest and the task about it are still there."""
    terms = {"first": office.today.isoformat(), "count": "2", "rhythm": "weekly", "deposit": ""}
    await office.press(ANA, "slack", await office.button("acme", Name.CONFIRM_PLAN, **terms), {"answer": "phone"})
    (plan,) = (await office.account("acme")).plans
    instalment = plan.instalments[0].id
    for _ in range(3):
        office.clock.advance(timedelta(days=1))
        await office.tick()
    await office.jobs.show_cards()
    assert any(card.subject == instalment for card in await office.cards(CardKind.ALERT))
    await office.press(MAX, "slack", await office.button("acme", Name.CONFIRM_CANCEL_PLAN), {"why": "unpaid"})
    office.clock.advance(timedelta(days=1))
    await office.tick()
    with capture_logs() as logged:
        await office.jobs.show_cards()
        for name in Name:
            await office.press(
                MAX, "slack", Action(name, instalment, 9, {"as": "paid", **terms}), {"length": "1", "until": "2026-12-10", "amount": "1"}
            )
        async with office.store() as work:
            lines = await digest_lines([instalment], work, office.policies, office.clock.now())
    assert not [entry for entry in logged if entry["log_level"] == "error"]
    assert [line.words for line in lines] == ["settled"]
    assert any("its payment plan no longer runs" in card.summary for card in office.slack.standing.values())
    account = await office.account("acme")
    lost = replace(account.notices[0], items=(ListedItem(instalment, "late"),))
    for told in (problems.unknown_message, problems.delivery_failed):
        assert plan.instalments[0].number in told(account, lost, office.clock.now()).summary


@pytest.mark.parametrize(("words", "kind"), [("Hello there", CardKind.ANSWER), ("STOP", CardKind.PROBLEM)])
async def test_whoever_deals_with_a_letter_sees_its_card_change_at_once(office: ChatOffice, words: str, kind: CardKind) -> None:
    async with office.store() as work:
        await take_reply(answer(words), work, office.clock)
    await office.jobs.show_cards()
    (card,) = await office.cards(kind)
    assert card.message is not None
    before = office.slack.standing[card.message]
    if kind is CardKind.ANSWER:
        await office.press(ANA, "slack", Action(Name.CONFIRM_ANSWER, card.subject, data={"as": Meaning.OTHER.value}))
    else:
        await office.press(ANA, "slack", Action(Name.SEEN, card.id))
    await office.jobs.show_cards()
    assert office.slack.standing[card.message] != before
