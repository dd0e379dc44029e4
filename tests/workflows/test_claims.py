"""Promises, disputes, holds and notes as colleagues record them, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from adapters.store.unit_of_work import SqlStore
from tests.workflows.office import ANA, BEN, VERA, Office, opened
from workflows.domain.access import User
from workflows.domain.claims import HoldKind, PromiseEnd
from workflows.domain.decide import decide
from workflows.domain.ids import ItemId
from workflows.domain.money import Money
from workflows.errors import AlreadyDone, NotAllowed, Refused
from workflows.hold_item import HoldItem, HoldReleased, ReleaseHold, SaysPaid, hold_item, release_hold, says_paid
from workflows.open_dispute import OpenDispute, SettleDispute, open_dispute, settle_dispute
from workflows.record_promise import CancelPromise, Promised, RecordPromise, cancel_promise, record_promise
from workflows.records import CardKind
from workflows.write_note import WriteNote, write_note


def euro(amount: str) -> Money:
    return Money.of(amount, "EUR")


async def item_of(office: Office, name: str = "acme") -> ItemId:
    return (await office.account(name)).items[0].id


async def state_of(office: Office, name: str = "acme") -> str:
    account = await office.account(name)
    return decide(office.policies.of(account), account, office.clock.now()).items[0].state.value


async def promise(office: Office, amount: str = "100.00", days: int = 3, by: User = ANA, seen: int | None = None) -> Promised:
    ask = RecordPromise(await item_of(office), euro(amount), office.today + timedelta(days), by, seen)
    async with office.store() as work:
        return await record_promise(ask, work, office.policies, office.clock)


async def do(office: Office, use_case: Any, ask: Any) -> Any:
    async with office.store() as work:
        return await use_case(ask, work, office.clock)


async def told(office: Office) -> list[str]:
    return [act.words for act in (await office.account("acme")).acts]


# Promises ------------------------------------------------------------------------------------------------------------------


async def test_a_promise_keeps_the_item_silent_and_is_remembered_and_audited(store: SqlStore) -> None:
    office = await opened(store, "acme")
    done = await promise(office)
    assert not done.again
    assert await state_of(office) == "promised"
    (words,) = await told(office)
    assert words.startswith("Ana noted a promise of 100.00 EUR for ")
    kind, data = (await office.trail())[-1]
    assert (kind, data["amount"]) == ("promise.recorded", {"amount": "100.00", "currency": "EUR"})
    await office.tick()
    assert await office.notices("acme") == []


@pytest.mark.parametrize(
    ("amount", "days", "words"),
    [
        ("0.00", 3, "say how much"),
        ("-5.00", 3, "say how much"),
        ("100.01", 3, "Only 100.00 EUR is open"),
        ("50.00", -1, "That day is past"),
        ("50.00", 91, "at most 90 days ahead"),
    ],
)
async def test_a_promise_that_cannot_be_is_refused_with_a_sentence(store: SqlStore, amount: str, days: int, words: str) -> None:
    office = await opened(store, "acme")
    with pytest.raises(Refused, match=words):
        await promise(office, amount, days)
    assert (await office.account("acme")).promises == ()


@pytest.mark.parametrize(("amount", "days"), [("0.01", 0), ("100.00", 90)])
async def test_the_smallest_and_the_farthest_promise_are_taken(store: SqlStore, amount: str, days: int) -> None:
    office = await opened(store, "acme")
    assert (await promise(office, amount, days)).promise.amount == euro(amount)


async def test_a_newer_promise_takes_the_place_of_one_that_waits_but_not_of_one_that_was_kept(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await promise(office, "40.00")
    office.clock.advance(timedelta(hours=1))
    assert (await promise(office, "30.00")).again
    assert [one.ended_how for one in (await office.account("acme")).promises] == [PromiseEnd.REPLACED, None]
    await office.pay("acme", "30.00")
    office.clock.advance(timedelta(hours=1))
    assert not (await promise(office, "70.00")).again
    assert [one.ended_how for one in (await office.account("acme")).promises] == [PromiseEnd.REPLACED, None, None]


async def test_a_cancelled_promise_lets_chasing_go_on_and_cannot_be_cancelled_twice(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await promise(office)
    ask = CancelPromise(await item_of(office), BEN)
    async with store() as work:
        await cancel_promise(ask, work, office.policies, office.clock)
    assert await state_of(office) == "chasing"
    assert (await told(office))[-1] == "Ben cancelled the promise"
    with pytest.raises(Refused, match="Nothing is promised"):
        async with store() as work:
            await cancel_promise(ask, work, office.policies, office.clock)


async def test_a_broken_promise_is_told_once_on_a_card_and_chased_on(store: SqlStore) -> None:
    office = await opened(store, "acme")
    done = await promise(office, days=1)
    place = (await office.book()).place
    await office.at(place.start_of(place.add_business_days(done.ends_on - timedelta(days=1), 1)) + timedelta(hours=10))
    await office.pass_minutes(2)
    raised = [one.step for one in (await office.account("acme")).raised if one.step == "promise_broken"]
    assert raised == ["promise_broken"]
    assert len(await office.cards(CardKind.ALERT)) == 1
    assert len(await office.notices("acme")) == 1


# Disputes ------------------------------------------------------------------------------------------------------------------


async def test_a_dispute_holds_reminders_until_it_is_settled(store: SqlStore) -> None:
    office = await opened(store, "acme")
    item = await item_of(office)
    await do(office, open_dispute, OpenDispute(item, " wrong price ", ANA))
    assert await state_of(office) == "disputed"
    with pytest.raises(Refused, match="disputed already"):
        await do(office, open_dispute, OpenDispute(item, "again", ANA))
    await do(office, settle_dispute, SettleDispute(item, "credit note to come", BEN))
    assert await state_of(office) == "chasing"
    assert await told(office) == ["Ana noted a dispute: wrong price", "Ben settled the dispute: credit note to come"]
    assert [kind for kind, _ in await office.trail()][-2:] == ["dispute.opened", "dispute.settled"]
    with pytest.raises(Refused, match="is not disputed"):
        await do(office, settle_dispute, SettleDispute(item, "again", ANA))


# Holds ---------------------------------------------------------------------------------------------------------------------


async def test_a_hold_on_the_whole_customer_covers_what_comes_later_and_ends_for_all(store: SqlStore) -> None:
    office = await opened(store, "acme")
    item = await item_of(office)
    await do(office, hold_item, HoldItem(item, "audit", None, ANA, whole=True))
    await office.owe("acme/2")
    account = await office.account("acme")
    assert {one.state.value for one in decide(office.policies.of(account), account, office.clock.now()).items} == {"held"}
    with pytest.raises(Refused, match="on hold already"):
        await do(office, hold_item, HoldItem(await item_of(office, "acme/2"), "audit", None, ANA))
    released = await do(office, release_hold, ReleaseHold(await item_of(office, "acme/2"), BEN))
    assert isinstance(released, HoldReleased)
    assert released.whole
    assert await state_of(office) == "chasing"
    with pytest.raises(Refused, match="is not on hold"):
        await do(office, release_hold, ReleaseHold(item, BEN))


@pytest.mark.parametrize(("days", "taken"), [(0, False), (1, True), (-3, False)])
async def test_a_hold_ends_on_a_day_to_come(store: SqlStore, days: int, taken: bool) -> None:
    office = await opened(store, "acme")
    ask = HoldItem(await item_of(office), "audit", office.today + timedelta(days), ANA)
    if taken:
        assert (await do(office, hold_item, ask)).hold.until == ask.until
    else:
        with pytest.raises(Refused, match="a day after today"):
            await do(office, hold_item, ask)


async def test_what_is_said_to_be_paid_waits_five_whole_business_days_or_for_the_money(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill")
    place = (await office.book()).place
    done, _ = [await do(office, says_paid, SaysPaid(await item_of(office, name), ANA)) for name in ("acme", "brill")]
    assert done.hold.kind is HoldKind.SAYS_PAID
    last = place.add_business_days(office.today, 5)
    assert done.hold.until == last + timedelta(days=1)
    await office.pay("acme", "60.00")
    assert [await state_of(office, name) for name in ("acme", "brill")] == ["chasing", "held"]
    await office.at(place.start_of(done.hold.until) + timedelta(hours=10))
    assert [one.step for one in (await office.account("brill")).raised if one.step == "hold_over"] == ["hold_over"]
    assert not [one for one in (await office.account("acme")).raised if one.step == "hold_over"]


# Notes, and what all of them share -----------------------------------------------------------------------------------------


async def test_a_note_is_kept_in_words_and_the_trail_does_not_repeat_them(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await do(office, write_note, WriteNote(await item_of(office), " They moved house ", ANA))
    assert await told(office) == ["Ana noted: They moved house"]
    kind, data = (await office.trail())[-1]
    assert kind == "item.noted"
    assert "moved" not in str(data)
    for words in ("  ", "x" * 1_001):
        with pytest.raises(Refused):
            await do(office, write_note, WriteNote(await item_of(office), words, ANA))


async def test_a_viewer_may_do_none_of_it(store: SqlStore) -> None:
    office = await opened(store, "acme")
    item = await item_of(office)
    asks: list[tuple[Any, Any]] = [
        (open_dispute, OpenDispute(item, "why", VERA)),
        (settle_dispute, SettleDispute(item, "how", VERA)),
        (hold_item, HoldItem(item, "why", None, VERA)),
        (says_paid, SaysPaid(item, VERA)),
        (release_hold, ReleaseHold(item, VERA)),
        (write_note, WriteNote(item, "words", VERA)),
    ]
    for use_case, ask in asks:
        with pytest.raises(NotAllowed):
            await do(office, use_case, ask)
    with pytest.raises(NotAllowed):
        await promise(office, by=VERA)
    assert await told(office) == []


async def test_of_a_paid_invoice_nothing_is_promised_disputed_or_held(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await office.pay("acme")
    item = await item_of(office)
    asks: list[tuple[Any, Any]] = [
        (open_dispute, OpenDispute(item, "why", ANA)),
        (hold_item, HoldItem(item, "why", None, ANA)),
        (says_paid, SaysPaid(item, ANA)),
    ]
    for use_case, ask in asks:
        with pytest.raises(Refused, match="is paid"):
            await do(office, use_case, ask)
    with pytest.raises(Refused, match="is paid"):
        await promise(office, "1.00")


async def test_a_press_on_a_stale_card_is_told_who_was_first(store: SqlStore) -> None:
    office = await opened(store, "acme")
    item = await item_of(office)
    await do(office, write_note, WriteNote(item, "rang them", ANA))
    asks: list[tuple[Any, Any]] = [
        (open_dispute, OpenDispute(item, "why", BEN, 0)),
        (hold_item, HoldItem(item, "why", None, BEN, seen=0)),
        (says_paid, SaysPaid(item, BEN, 0)),
    ]
    for use_case, ask in asks:
        with pytest.raises(AlreadyDone, match="Ana was first"):
            await do(office, use_case, ask)
    with pytest.raises(AlreadyDone, match="noted: rang them"):
        await promise(office, by=BEN, seen=0)
    await do(office, write_note, WriteNote(item, "and I wrote", BEN))


@pytest.mark.parametrize(("use_case", "kind"), [(open_dispute, OpenDispute), (settle_dispute, SettleDispute)], ids=["opened", "settled"])
async def test_a_dispute_needs_words(store: SqlStore, use_case: Any, kind: Any) -> None:
    office = await opened(store, "acme")
    item = await item_of(office)
    if use_case is settle_dispute:
        await do(office, open_dispute, OpenDispute(item, "why", ANA))
    with pytest.raises(Refused, match="Say "):
        await do(office, use_case, kind(item, "  ", ANA))
