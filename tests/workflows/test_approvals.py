"""What needs a second person: who may approve it, what voids it, and what is done once it is approved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.fakes.room import FakeRoom
from tests.workflows.office import ANA, BEN, MAX, VERA, Office, opened
from workflows.approve_request import Answered, ApproveRequest, RefuseRequest, approve_request, expire_requests, refuse_request
from workflows.ask_approval import Requested
from workflows.charge_fee import ProposeFee, WaiveFee, propose_fee, waive_fee
from workflows.domain.access import Role, User
from workflows.domain.account import CreditKind, Party, PlanState
from workflows.domain.allocation import balances
from workflows.domain.approvals import Approval, ApprovalEnd, ApprovalKind
from workflows.domain.approving import Limits, intact, sealed
from workflows.domain.claims import Dispute
from workflows.domain.ids import ApprovalId, ItemId, UserId, new_id
from workflows.domain.money import Money
from workflows.domain.plans import Rhythm
from workflows.errors import AlreadyDone, NotAllowed, Refused
from workflows.offer_plan import CancelPlan, PlanSet, ProposePlan, Terms, cancel_plan, propose_plan
from workflows.record_payment import PaymentNoted, RecordPayment, ReversePayment, record_payment, reverse_payment
from workflows.records import CardKind
from workflows.write_off import WriteOff, write_off

ZOE = User(UserId(new_id()), "zoe@seller.example", "Zoe", Role.MANAGER, limit=50_000)
KIM = User(UserId(new_id()), "kim@seller.example", "Kim", Role.MANAGER, limit=5_000)
LIMITS = Limits()


def euro(amount: str) -> Money:
    return Money.of(amount, "EUR")


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[Office]:
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    made = Office(store)
    await made.open(ANA, BEN, MAX, VERA, ZOE, KIM)
    await made.owe("acme", "acme/2", amount="20000.00")
    yield made
    await store.close()


async def item_of(office: Office, name: str = "acme") -> ItemId:
    return next(item.id for item in (await office.account("acme")).items if item.number == f"INV-{name}")


async def do(office: Office, use_case: Any, ask: Any, *rest: Any) -> Any:
    async with office.store() as work:
        return await use_case(ask, work, *rest, office.clock)


async def asks(office: Office, amount: str, name: str = "acme", by: User = ANA, why: str = "bankrupt") -> Approval:
    done: Requested = await do(office, write_off, WriteOff(await item_of(office, name), euro(amount), why, by))
    return done.approval


async def approves(office: Office, asked: Approval, by: User) -> Answered:
    done: Answered = await do(office, approve_request, ApproveRequest(asked.id, by))
    return done


async def open_of(office: Office, name: str = "acme") -> str:
    return balances(await office.account("acme")).open_of(await item_of(office, name)).plain


async def ended(office: Office) -> list[ApprovalEnd | None]:
    return [one.ended_how for one in sorted((await office.account("acme")).approvals, key=lambda one: one.at)]


# Who ---------------------------------------------------------------------------------------------------------------------

WHO = [
    # amount, needs people, who may
    ("0.01", 1, {MAX, ZOE, KIM}),
    ("1000.00", 1, {MAX, ZOE, KIM}),
    ("1000.01", 1, {ZOE, KIM}),
    ("5000.01", 1, {ZOE}),
    ("10000.00", 1, {ZOE}),
    ("10000.01", 2, {ZOE}),
]


@pytest.mark.parametrize(("amount", "people", "may"), WHO, ids=[row[0] for row in WHO])
async def test_any_write_off_needs_another_a_large_one_a_limit_and_the_largest_two(
    office: Office, amount: str, people: int, may: set[User]
) -> None:
    asked = await asks(office, amount)
    assert asked.people == people
    for user in (ANA, BEN, VERA, *({MAX, ZOE, KIM} - may)):
        with pytest.raises(NotAllowed):
            await approves(office, asked, user)
    assert await open_of(office) == "20000.00"
    assert (await approves(office, asked, ZOE)).approval.ended_how is (ApprovalEnd.DONE if people == 1 else None)
    assert (await open_of(office) == "20000.00") is (people == 2)


async def test_two_write_offs_of_600_in_ten_days_need_the_controller_for_the_second_and_not_after_thirty(office: Office) -> None:
    first = await asks(office, "600.00")
    await approves(office, first, MAX)
    office.clock.advance(timedelta(days=10))
    second = await asks(office, "600.00", "acme/2")
    with pytest.raises(NotAllowed, match=r"it comes to 1,200\.00 EUR"):
        await approves(office, second, MAX)
    await approves(office, second, KIM)
    office.clock.advance(timedelta(days=30, seconds=1))
    third = await asks(office, "600.00", "acme/2")
    assert (await approves(office, third, MAX)).approval.ended_how is ApprovalEnd.DONE


async def test_what_was_refused_adds_up_to_nothing(office: Office) -> None:
    first = await asks(office, "600.00")
    await do(office, refuse_request, RefuseRequest(first.id, MAX, "not yet"))
    assert (await approves(office, await asks(office, "600.00"), MAX)).approval.ended_how is ApprovalEnd.DONE


async def test_a_manager_who_asks_is_no_exception(office: Office) -> None:
    asked = await asks(office, "50.00", by=MAX)
    with pytest.raises(NotAllowed, match="You asked for this yourself"):
        await approves(office, asked, MAX)
    await approves(office, asked, KIM)
    assert await open_of(office) == "19950.00"


# What becomes of it ------------------------------------------------------------------------------------------------------


async def test_pressed_twice_it_is_approved_once_and_the_second_is_told_who_was_first(office: Office) -> None:
    asked = await asks(office, "600.00")
    await approves(office, asked, MAX)
    for user in (MAX, KIM):
        with pytest.raises(AlreadyDone, match=r"Max approved this, Tue 24 Nov 2026 at 11:00"):
            await approves(office, asked, user)
    (credit,) = (await office.account("acme")).credits
    assert (credit.amount, credit.kind) == (euro("600.00"), CreditKind.WRITE_OFF)
    kinds = [kind for kind, _ in await office.trail()]
    assert [kind for kind in kinds if kind.startswith("approval")] == ["approval.asked", "approval.done"]


async def test_two_people_are_two_people(office: Office) -> None:
    asked = await asks(office, "12000.00")
    first = await approves(office, asked, ZOE)
    assert first.approval.ended_at is None
    with pytest.raises(AlreadyDone, match="You approved this already"):
        await approves(office, asked, ZOE)
    async with office.store() as work:
        await work.set_limit(KIM.id, 12_000)
    await approves(office, asked, replace(KIM, limit=12_000))
    assert await open_of(office) == "8000.00"
    assert [one.by for one in (await office.account("acme")).approvals[0].given] == [ZOE.id, KIM.id]


async def test_asked_for_anew_with_another_amount_what_was_approved_of_it_is_void(office: Office) -> None:
    asked = await asks(office, "12000.00")
    await approves(office, asked, ZOE)
    office.clock.advance(timedelta(minutes=1))
    changed = await asks(office, "11000.00")
    assert await ended(office) == [ApprovalEnd.VOID, None]
    with pytest.raises(AlreadyDone, match="was changed after it was asked for"):
        await approves(office, asked, ZOE)
    assert changed.given == ()
    with pytest.raises(AlreadyDone, match="waits for approval already"):
        await asks(office, "11000.00")


@pytest.mark.parametrize(
    "edit",
    ["terms = replace(terms, '600.00', '900.00')", "amount = 90000", "terms = replace(terms, 'bankrupt', 'kind man')"],
    ids=["terms", "amount", "reason"],
)
async def test_terms_edited_behind_its_back_void_it_and_nothing_is_written_off(office: Office, one_url: str, edit: str) -> None:
    asked = await asks(office, "600.00")
    engine = open_engine(one_url)
    async with engine.begin() as connection:
        await connection.execute(text(f"UPDATE approvals SET {edit}"))
    await engine.dispose()
    done = await approves(office, asked, ZOE)
    assert done.approval.ended_how is ApprovalEnd.VOID
    assert "not those that were sealed" in done.because
    assert await open_of(office) == "20000.00"


async def test_money_that_came_meanwhile_voids_a_write_off_of_more_than_is_left(office: Office) -> None:
    asked = await asks(office, "600.00")
    await office.pay("acme", "19500.00", of="20000.00")
    done = await approves(office, asked, KIM)
    assert (done.approval.ended_how, done.because) == (ApprovalEnd.VOID, "only 500.00 EUR is open now")


async def record_payment_small(ask: RecordPayment, work: Any, clock: Any) -> PaymentNoted | Requested:
    return await record_payment(ask, work, clock, LIMITS)


@pytest.mark.parametrize(("days", "seconds", "how"), [(7, -1, ApprovalEnd.DONE), (7, 0, ApprovalEnd.EXPIRED), (8, 0, ApprovalEnd.EXPIRED)])
async def test_after_seven_days_it_has_expired_pressed_or_not(office: Office, days: int, seconds: int, how: ApprovalEnd) -> None:
    asked, left = await asks(office, "600.00"), await asks(office, "50.00", "acme/2")
    office.clock.advance(timedelta(days=days, seconds=seconds))
    assert (await approves(office, asked, MAX)).approval.ended_how is how
    async with office.store() as work:
        assert await expire_requests(work, office.clock) == (how is ApprovalEnd.EXPIRED)
        assert (await work.approval(left.id))[0].ended_how is (how if how is ApprovalEnd.EXPIRED else None)
    assert (await open_of(office) == "20000.00") is (how is ApprovalEnd.EXPIRED)


async def test_only_a_manager_refuses_but_the_one_who_asked_may_take_it_back(office: Office) -> None:
    asked = await asks(office, "600.00")
    with pytest.raises(NotAllowed):
        await do(office, refuse_request, RefuseRequest(asked.id, BEN))
    done: Answered = await do(office, refuse_request, RefuseRequest(asked.id, ANA, "typed wrongly"))
    assert done.approval.ended_how is ApprovalEnd.REFUSED
    assert "Ana took back the request to write off 600.00 EUR: typed wrongly" in [act.words for act in (await office.account("acme")).acts]
    with pytest.raises(AlreadyDone, match="Ana took back"):
        await approves(office, asked, MAX)


async def test_a_policys_own_step_is_let_go_on_and_does_not_expire(office: Office) -> None:
    terms, seal = sealed({"step": "handover"})
    now, item = office.clock.now(), await item_of(office)
    asked = Approval(ApprovalId(new_id()), ApprovalKind.STEP, item, item, terms, seal, now, now + timedelta(days=7), step="handover")
    async with office.store() as work:
        await work.add_approval(asked)
    office.clock.advance(timedelta(days=20))
    async with office.store() as work:
        assert await expire_requests(work, office.clock) == 0
    assert (await approves(office, asked, MAX)).approval.ended_how is ApprovalEnd.DONE


@pytest.mark.parametrize(
    ("amount", "why", "words"),
    [("0.00", "x", "write off some"), ("20000.01", "x", "no more than that"), ("5.00", " ", "Say in a few words")],
)
async def test_a_write_off_that_cannot_be_is_refused_before_anybody_is_asked(office: Office, amount: str, why: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        await asks(office, amount, why=why)
    assert (await office.account("acme")).approvals == ()


async def test_the_seal_covers_every_byte_of_the_terms(office: Office) -> None:
    asked = await asks(office, "600.00", why="Überschuldet – 破産")
    assert intact(asked)
    assert not intact(replace(asked, terms=asked.terms.replace("Ü", "U")))
    assert not intact(replace(asked, amount=euro("600.01")))
    assert sealed({"b": "1", "a": "2"}) == sealed({"a": "2", "b": "1"})


# Its card ----------------------------------------------------------------------------------------------------------------


async def test_the_request_stands_in_the_chat_and_says_who_approved_it(one_url: str) -> None:
    room = FakeRoom()
    office = Office(SqlStore(open_engine(one_url), [SECRET_KEY]), room=room)
    await office.open(ANA, MAX, ZOE, chat=True)
    await office.owe("acme", amount="20000.00")
    asked = await asks(office, "12000.00")
    await office.deliver()
    assert len(room.standing) == 1
    assert "Needs 2 managers other than Ana whose limit reaches €12,000.00 by" in str(room.standing)
    await approves(office, asked, ZOE)
    await office.deliver()
    assert "Approved so far: Zoe" in str(room.standing)
    await do(office, refuse_request, RefuseRequest(asked.id, MAX, "they pay in January"))
    await office.deliver()
    assert len(room.standing) == 1
    assert "Max refused the request to write off 12,000.00 EUR: they pay in January" in str(room.standing)
    assert "approval.give" not in str(room.standing)
    assert await office.cards(CardKind.APPROVAL) == []
    await office.store.close()


# Money by hand -----------------------------------------------------------------------------------------------------------


async def pays(office: Office, amount: str, by: User = ANA, **more: Any) -> PaymentNoted | Requested:
    ask = RecordPayment(await item_of(office), euro(amount), more.pop("paid_on", office.today), by, **more)
    done: PaymentNoted | Requested = await do(office, record_payment_small, ask)
    return done


async def test_money_by_hand_counts_at_once_and_above_the_limit_once_it_is_approved(office: Office) -> None:
    assert isinstance(await pays(office, "5000.00"), PaymentNoted)
    assert await open_of(office) == "15000.00"
    asked = await pays(office, "0.01", reference="TX 1")
    assert isinstance(asked, Requested), "what one person noted in thirty days adds up"
    assert await open_of(office) == "15000.00"
    await approves(office, asked.approval, MAX)
    assert await open_of(office) == "14999.99"
    office.clock.advance(timedelta(days=31))
    assert isinstance(await pays(office, "100.00", paid_on=office.today - timedelta(days=60)), PaymentNoted)


async def test_the_same_reference_is_taken_once_and_reported(office: Office) -> None:
    await pays(office, "40.00", reference=" TX  1 ")
    with pytest.raises(AlreadyDone, match=r"TX 1 is known: 40\.00 EUR"):
        await pays(office, "40.00", reference="TX 1")
    await pays(office, "6000.00", reference="TX 2")
    with pytest.raises(AlreadyDone, match="TX 2 waits for approval"):
        await pays(office, "6000.00", reference="TX 2")
    assert await open_of(office) == "19960.00"


async def test_money_on_account_settles_no_invoice(office: Office) -> None:
    await pays(office, "40.00", on_account=True)
    account = await office.account("acme")
    assert balances(account).on_account == {"EUR": euro("40.00")}
    assert await open_of(office) == "20000.00"


@pytest.mark.parametrize(
    ("amount", "days", "words"),
    [("0.00", 0, "of some amount"), ("-1.00", 0, "of some amount"), ("1.00", 1, "has not come"), ("1.00", -1096, "check the year")],
)
async def test_money_that_cannot_have_come_is_refused(office: Office, amount: str, days: int, words: str) -> None:
    with pytest.raises(Refused, match=words):
        await pays(office, amount, paid_on=office.today + timedelta(days=days))


async def test_a_payment_that_bounced_counts_for_nothing_and_stays_in_the_history(office: Office) -> None:
    done = await pays(office, "40.00")
    assert isinstance(done, PaymentNoted)
    for why, key, words in (("", done.payment.key, "Say in a few words"), ("charged back", "other", "no such payment")):
        with pytest.raises(Refused, match=words):
            await do(office, reverse_payment, ReversePayment(await item_of(office), key, why, BEN))
    await do(office, reverse_payment, ReversePayment(await item_of(office), done.payment.key, "charged back", BEN))
    (payment,) = (await office.account("acme")).payments
    assert payment.reversed_on == office.today
    with pytest.raises(Refused, match="no such payment"):
        await do(office, reverse_payment, ReversePayment(await item_of(office), done.payment.key, "charged back", BEN))


# Fees --------------------------------------------------------------------------------------------------------------------


async def charges(office: Office, amount: str = "40.00", why: str = "as agreed") -> Approval:
    done: Requested = await do(office, propose_fee, ProposeFee(await item_of(office), euro(amount), why, ANA), office.policies)
    return done.approval


async def test_a_fee_is_charged_once_for_each_step_and_its_waiving_is_approved_too(office: Office) -> None:
    asked = await charges(office)
    assert (await office.account("acme")).fees == ()
    await approves(office, asked, MAX)
    (fee,) = (await office.account("acme")).fees
    assert (fee.amount, fee.step, fee.by) == (euro("40.00"), "first", ANA.id)
    with pytest.raises(Refused, match="has had its fee for the step “first”"):
        await charges(office)
    waiver: Requested = await do(office, waive_fee, WaiveFee(fee.item, fee.step, "goodwill", BEN))
    assert (await office.account("acme")).fees[0].waived_at is None
    with pytest.raises(NotAllowed):
        await approves(office, waiver.approval, BEN)
    await approves(office, waiver.approval, MAX)
    assert (await office.account("acme")).fees[0].waived_at == office.clock.now()
    with pytest.raises(Refused, match="no such fee"):
        await do(office, waive_fee, WaiveFee(fee.item, fee.step, "goodwill", BEN))


async def test_a_fee_that_the_policy_charged_meanwhile_or_on_what_is_disputed_is_void(office: Office) -> None:
    asked = await charges(office)
    async with office.store() as work:
        await work.dispute(Dispute(asked.item, "wrong price", ANA.id, office.clock.now()))
    assert "disputed meanwhile" in (await approves(office, asked, MAX)).because
    with pytest.raises(Refused, match="settle the dispute first"):
        await charges(office)
    assert (await office.account("acme")).fees == ()


async def test_no_fee_by_hand_for_a_consumer_or_what_is_not_late(office: Office) -> None:
    await office.owe("brill", late=-5)
    item = (await office.account("brill")).items[0].id
    with pytest.raises(Refused, match="is not late"):
        await do(office, propose_fee, ProposeFee(item, euro("5.00"), "x", ANA), office.policies)
    async with office.store() as work:
        row = replace(office.row("cleo", office.today - timedelta(3), "100.00"), party=Party.CONSUMER.value)
        await work.store_rows((await work.book("main")).id, [row], office.clock.now() - timedelta(60))
    item = (await office.account("cleo")).items[0].id
    with pytest.raises(Refused, match="is a consumer"):
        await do(office, propose_fee, ProposeFee(item, euro("5.00"), "x", ANA), office.policies)


# Plans -------------------------------------------------------------------------------------------------------------------


async def offers(office: Office, name: str = "acme", count: int = 3, how: str = "by phone", by: User = ANA) -> PlanSet | Requested:
    terms = Terms(count, Rhythm.WEEKLY, office.today + timedelta(days=7))
    ask = ProposePlan(await item_of(office, name), terms, by, how, "they lost a client")
    async with office.store() as work:
        return await propose_plan(ask, work, office.clock, LIMITS)


@pytest.mark.parametrize(("how", "state"), [("by phone", PlanState.ACTIVE), ("", PlanState.PROPOSED)])
async def test_a_large_plan_is_set_up_to_the_cent_as_it_was_approved(office: Office, how: str, state: PlanState) -> None:
    asked = await offers(office, how=how, by=MAX)
    assert isinstance(asked, Requested)
    assert (await office.account("acme")).plans == ()
    with pytest.raises(NotAllowed):
        await approves(office, asked.approval, MAX)
    await approves(office, asked.approval, KIM)
    (plan,) = (await office.account("acme")).plans
    assert (plan.state, plan.id, plan.by) == (state, asked.approval.subject, MAX.id)
    assert [part.total.plain for part in plan.instalments] == ["6666.67", "6666.67", "6666.66"]


async def test_a_plan_drawn_up_for_another_amount_or_begun_too_late_is_void(office: Office) -> None:
    asked = await offers(office)
    assert isinstance(asked, Requested)
    await pays(office, "5.00")
    assert "drawn up for another amount" in (await approves(office, asked.approval, MAX)).because
    again = await offers(office)
    assert isinstance(again, Requested)
    terms = {"plan": str(new_id()), "parts": [["2026-11-23", "19995.00"]], "how": "", "amount": "19995.00", "currency": "EUR"}
    text_, seal = sealed(terms)
    old = replace(again.approval, id=ApprovalId(new_id()), subject=new_id(), terms=text_, seal=seal)
    async with office.store() as work:
        await work.add_approval(old)
    assert "first instalment is past due" in (await approves(office, old, MAX)).because
    assert (await office.account("acme")).plans == ()


async def test_plans_of_thirty_days_add_up_and_a_cancelled_one_does_not_count(office: Office) -> None:
    for name in ("acme", "acme/2"):
        await office.pay(name, "17000.00", of="20000.00")
    assert isinstance(await offers(office), PlanSet)
    assert isinstance(await offers(office, "acme/2"), Requested), "3,000 and 3,000 are above 5,000"
    item = await item_of(office)
    with pytest.raises(Refused, match="Say in a few words why"):
        await do(office, cancel_plan, CancelPlan(item, " ", BEN))
    done: PlanSet = await do(office, cancel_plan, CancelPlan(item, "they pay at once", BEN))
    assert done.plan.state is PlanState.CANCELLED
    with pytest.raises(Refused, match="no plan that could be cancelled"):
        await do(office, cancel_plan, CancelPlan(item, "again", BEN))
    assert isinstance(await offers(office, "acme/2", how=""), PlanSet)


async def test_both_databases_carry_out_what_was_approved(store: SqlStore) -> None:
    office = await opened(store, "acme")
    asked = await asks(office, "60.00")
    assert asked.expires_at.date() == date(2026, 12, 1)
    await approves(office, asked, MAX)
    assert await open_of(office) == "40.00"
