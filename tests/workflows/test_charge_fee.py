"""Fees charged by hand, which a second person approves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workflows.approving import approves, do, euro, item_of, large_office
from tests.workflows.office import ANA, BEN, MAX, Office
from workflows.ask_approval import Requested
from workflows.charge_fee import ProposeFee, WaiveFee, propose_fee, waive_fee
from workflows.domain.account import Party
from workflows.domain.approvals import Approval
from workflows.domain.claims import Dispute
from workflows.errors import NotAllowed, Refused


@pytest.fixture
async def office(one_url: str) -> AsyncIterator[Office]:
    async with large_office(one_url) as made:
        yield made


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
