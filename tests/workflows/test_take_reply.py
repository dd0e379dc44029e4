"""A customer's answer: whose it is, what it stops at once, and what a person makes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.live.draw import draw
from cards.plain.render import render
from tests.conftest import SECRET_KEY
from tests.workflows.mail import answer
from tests.workflows.office import ANA, ANY_HOUR, BEN, VERA, Office, opened, policies
from workflows.confirm_reply import ConfirmReply, confirm_reply
from workflows.domain.account import Account, NoticeState
from workflows.domain.arrivals import Answer, Bounce
from workflows.domain.claims import HoldKind
from workflows.domain.contact import Meaning, Reply
from workflows.domain.money import Money
from workflows.errors import AlreadyDone, NotAllowed, Refused
from workflows.records import CardKind
from workflows.take_bounce import take_bounce
from workflows.take_reply import Fate, take_reply


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[Office]:
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    yield await opened(store, "acme", "brill", policies=policies(ANY_HOUR))
    await store.close()


async def take(office: Office, letter: Answer) -> Fate:
    async with office.store() as work:
        return await take_reply(letter, work, office.clock)


async def bounced(office: Office, bounce: Bounce) -> Fate:
    async with office.store() as work:
        return await take_bounce(bounce, work, office.clock)


async def sent(office: Office) -> str:
    """The policy's own reminders left; what the vendor calls acme's."""
    await office.tick()
    await office.deliver()
    (arrived,) = [one for one in office.mail.mailbox if one.message.to == ("pay@acme.example",)]
    return f"<{arrived.key}>"


async def the_reply(office: Office, name: str = "acme") -> Reply:
    (reply,) = (await office.account(name)).replies
    return reply


async def shown(office: Office, kind: CardKind) -> str:
    (card,) = await office.cards(kind)
    async with office.store() as work:
        return " ".join(render(await draw(card, work, office.policies, office.clock.now())).split())


def out(account: Account) -> list[str]:
    return [one.address for one in account.opt_outs if one.ended_at is None]


# Whose it is -----------------------------------------------------------------------------------------------------------


async def test_an_answer_is_about_what_the_message_it_answers_listed(office: Office) -> None:
    reference = await sent(office)
    assert await take(office, answer("We look into it.", sender="someone@else.example", refers=("<other@x>", reference))) is Fate.TAKEN
    reply = await the_reply(office)
    assert reply.items == ((await office.account("acme")).items[0].id,)
    assert reply.meaning is Meaning.OTHER
    assert reply.ended_at is None


async def test_without_a_message_it_belongs_to_who_wrote_it(office: Office) -> None:
    assert await take(office, answer("Hello", sender="PAY@acme.example")) is Fate.TAKEN
    assert (await the_reply(office)).items == ()


async def test_without_both_the_number_in_the_subject_says_whose_it_is(office: Office) -> None:
    assert await take(office, answer("Hello", sender="x@y.example", subject="Invoice INV-brill, again")) is Fate.STRAY
    assert await take(office, answer("Hello", sender="x@y.example", subject="Invoice INV-acme2")) is Fate.STRAY
    await office.owe("c77")
    assert await take(office, answer("Hello", sender="x@y.example", subject="Invoice INV-c77.")) is Fate.TAKEN
    assert (await the_reply(office, "c77")).items


async def test_an_answer_of_nobody_known_is_told_and_holds_back_nothing(office: Office) -> None:
    assert await take(office, answer("secret words", sender="x@y.example", subject="Hi <b>@here</b>")) is Fate.STRAY
    told = await shown(office, CardKind.PROBLEM)
    assert "An answer that belongs to nobody known" in told
    assert "x@y.example" in told
    assert "secret words" not in told


async def test_a_colleague_s_own_letter_is_no_answer(office: Office) -> None:
    assert await take(office, answer("Please pay", sender=ANA.email)) is Fate.OURS
    assert not (await office.account("acme")).replies


async def test_the_same_letter_is_taken_once(office: Office) -> None:
    letter = answer("Hello")
    assert [await take(office, letter) for _ in range(2)] == [Fate.TAKEN, Fate.AGAIN]
    assert len((await office.account("acme")).replies) == 1


# Stop ------------------------------------------------------------------------------------------------------------------


async def test_a_stop_word_takes_effect_at_once_and_is_told(office: Office) -> None:
    assert await take(office, answer(" Stop. ")) is Fate.TAKEN
    assert out(await office.account("acme")) == ["pay@acme.example"]
    assert (await the_reply(office)).ended_at is not None
    assert "Acme: no more mail to pay@acme.example" in await shown(office, CardKind.PROBLEM)
    assert not await office.cards(CardKind.ANSWER)
    await office.pass_minutes(1)
    assert [to for to, _ in office.mail.letters] == ["pay@brill.example"]


async def test_a_second_stop_adds_nothing_and_start_allows_again_with_both_kept(office: Office) -> None:
    for words in ("STOP", "stop!", "START"):
        await take(office, answer(words))
    account = await office.account("acme")
    assert out(account) == []
    assert len(account.opt_outs) == 1
    assert len(await office.cards(CardKind.PROBLEM)) == 1
    await office.pass_minutes(1)
    assert [to for to, _ in office.mail.letters] == ["pay@acme.example", "pay@brill.example"]


async def test_a_stop_in_free_words_takes_effect_and_a_person_is_asked(office: Office) -> None:
    await take(office, answer("please don't mail us any more"))
    assert out(await office.account("acme")) == ["pay@acme.example"]
    assert "They want no more messages" in await shown(office, CardKind.ANSWER)
    await confirm(office, Meaning.OTHER)
    account = await office.account("acme")
    assert out(account) == []
    assert len(account.opt_outs) == 1


async def test_a_stop_from_elsewhere_stops_what_they_get_from_us(office: Office) -> None:
    reference = await sent(office)
    await take(office, answer("UNSUBSCRIBE", sender="boss@elsewhere.example", refers=(reference,)))
    assert out(await office.account("acme")) == ["pay@acme.example"]


async def test_an_empty_letter_speaks_by_its_subject(office: Office) -> None:
    await take(office, answer("", subject="unsubscribe"))
    assert out(await office.account("acme")) == ["pay@acme.example"]


async def test_words_about_a_delivery_are_for_a_person(office: Office) -> None:
    await take(office, answer("don't stop the delivery"))
    assert out(await office.account("acme")) == []
    assert "It seems: not clear; please read it" in await shown(office, CardKind.ANSWER)


# What a person makes of it ---------------------------------------------------------------------------------------------


async def confirm(office: Office, meaning: Meaning, by: object = ANA, **more: object) -> None:
    account = await office.account("acme")
    items = tuple(item.id for item in account.items)
    ask = ConfirmReply(account.replies[0].id, meaning, by, **({"items": items} | more))  # type: ignore[arg-type]
    async with office.store() as work:
        await confirm_reply(ask, work, office.policies, office.clock)


async def test_a_promise_is_suggested_with_its_values_and_nothing_comes_of_it_unconfirmed(office: Office) -> None:
    await take(office, answer("We will pay 40,00 € on 3.12."))
    reply, account = await the_reply(office), await office.account("acme")
    assert (reply.meaning, reply.amount) == (Meaning.PROMISE, Money.of("40.00", "EUR"))
    assert not account.promises
    assert "It seems: they promise to pay, €40.00 by Thu 3 Dec" in await shown(office, CardKind.ANSWER)
    await confirm(office, Meaning.PROMISE, amount=reply.amount, until=reply.until)
    (promise,) = (await office.account("acme")).promises
    assert (promise.amount, promise.until, promise.by) == (reply.amount, reply.until, ANA.id)
    assert not await office.cards(CardKind.ANSWER)


async def test_each_meaning_becomes_its_fact(office: Office) -> None:
    await take(office, answer("Bereits bezahlt"))
    await confirm(office, Meaning.PAID)
    assert [hold.kind for hold in (await office.account("acme")).holds] == [HoldKind.SAYS_PAID]


async def test_a_dispute_is_opened_with_its_reason(office: Office) -> None:
    await take(office, answer("The price is wrong"))
    await confirm(office, Meaning.DISPUTE, reason="The price is wrong")
    assert [one.reason for one in (await office.account("acme")).disputes] == ["The price is wrong"]


async def test_nothing_more_goes_to_the_wrong_person(office: Office) -> None:
    await take(office, answer("You have the wrong person"))
    await confirm(office, Meaning.WRONG_PERSON)
    assert out(await office.account("acme")) == ["pay@acme.example"]


async def test_the_second_is_told_who_was_first(office: Office) -> None:
    await take(office, answer("Hello"))
    await confirm(office, Meaning.OTHER, by=BEN)
    with pytest.raises(AlreadyDone, match="Ben dealt with this answer Tue 24 Nov 2026 at 11:00"):
        await confirm(office, Meaning.PAID)
    assert not (await office.account("acme")).holds


async def test_what_is_refused_leaves_the_answer_open(office: Office) -> None:
    await take(office, answer("We will pay"))
    for more in ({}, {"until": office.today.replace(year=2025)}, {"until": office.today, "items": ()}):
        with pytest.raises(Refused):
            await confirm(office, Meaning.PROMISE, **more)
    with pytest.raises(NotAllowed):
        await confirm(office, Meaning.OTHER, by=VERA)
    assert (await the_reply(office)).ended_at is None


# Bounces ---------------------------------------------------------------------------------------------------------------


def returned(reference: str, *, hard: bool = True, address: str = "Pay@Acme.example", **more: bool) -> Bounce:
    return Bounce("mail:b", (reference,), (address,), "5.1.1 no such user" if hard else "5.2.2 full", hard, **more)


async def test_a_hard_bounce_opts_the_address_out_and_the_message_counts_as_not_arrived(office: Office) -> None:
    reference = await sent(office)
    assert [await bounced(office, returned(reference)) for _ in range(2)] == [Fate.TAKEN, Fate.AGAIN]
    assert out(await office.account("acme")) == ["pay@acme.example"]
    assert await office.states("acme") == [NoticeState.FAILED.value]
    assert "The mail server there takes none: 5.1.1 no such user." in await shown(office, CardKind.PROBLEM)
    before = len(office.mail.mailbox)
    await office.pass_minutes(3)
    assert len(office.mail.mailbox) == before


async def test_a_full_mailbox_is_told_and_stays_an_address(office: Office) -> None:
    await bounced(office, returned(await sent(office), hard=False))
    assert out(await office.account("acme")) == []
    assert "the reminder did not arrive" in await shown(office, CardKind.PROBLEM)


async def test_a_complaint_opts_out_and_the_message_did_arrive(office: Office) -> None:
    await bounced(office, returned(await sent(office), complaint=True))
    assert out(await office.account("acme")) == ["pay@acme.example"]
    assert await office.states("acme") == [NoticeState.SENT.value]


async def test_a_forged_report_stops_nothing(office: Office) -> None:
    reference = await sent(office)
    assert await bounced(office, returned("<guess@x>")) is Fate.PASSED
    async with office.store() as work:
        other = Bounce("mail:c", (reference,), ("pay@brill.example",), "5.1.1", hard=True)
        await take_bounce(other, work, office.clock)
    assert out(await office.account("acme")) == out(await office.account("brill")) == []
    assert await office.states("acme") == [NoticeState.SENT.value]
