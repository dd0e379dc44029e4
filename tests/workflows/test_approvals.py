"""What needs a second person: who may approve it, what voids it, and what is done once it is approved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.fakes.room import FakeRoom
from tests.workflows.approving import KIM, ZOE, approves, asks, do, ended, euro, item_of, large_office, open_of
from tests.workflows.office import ANA, BEN, MAX, VERA, Office, opened
from workflows.approve_request import Answered, RefuseRequest, expire_requests, refuse_request
from workflows.domain.access import User
from workflows.domain.account import CreditKind
from workflows.domain.approvals import Approval, ApprovalEnd, ApprovalKind
from workflows.domain.approving import intact, sealed
from workflows.domain.ids import ApprovalId, new_id
from workflows.errors import AlreadyDone, NotAllowed, Refused
from workflows.records import CardKind


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[Office]:
    async with large_office(one_url) as made:
        yield made


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


async def test_both_databases_carry_out_what_was_approved(store: SqlStore) -> None:
    office = await opened(store, "acme")
    asked = await asks(office, "60.00")
    assert asked.expires_at.date() == date(2026, 12, 1)
    await approves(office, asked, MAX)
    assert await open_of(office) == "40.00"
