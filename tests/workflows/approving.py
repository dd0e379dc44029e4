"""An office in which much needs a second person, and what is asked and approved there."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.workflows.office import ANA, BEN, MAX, VERA, Office
from workflows.approve_request import Answered, ApproveRequest, approve_request
from workflows.ask_approval import Requested
from workflows.domain.access import Role, User
from workflows.domain.allocation import balances
from workflows.domain.approvals import Approval, ApprovalEnd
from workflows.domain.approving import Limits
from workflows.domain.ids import ItemId, UserId, new_id
from workflows.domain.money import Money
from workflows.record_payment import PaymentNoted, RecordPayment, record_payment
from workflows.write_off import WriteOff, write_off

ZOE = User(UserId(new_id()), "zoe@seller.example", "Zoe", Role.MANAGER, limit=50_000)
KIM = User(UserId(new_id()), "kim@seller.example", "Kim", Role.MANAGER, limit=5_000)
LIMITS = Limits()


def euro(amount: str) -> Money:
    return Money.of(amount, "EUR")


@asynccontextmanager
async def large_office(url: str) -> AsyncGenerator[Office, None]:
    """One whose customer owes two invoices of 20,000."""
    store = SqlStore(open_engine(url), [SECRET_KEY])
    try:
        made = Office(store)
        await made.open(ANA, BEN, MAX, VERA, ZOE, KIM)
        await made.owe("acme", "acme/2", amount="20000.00")
        yield made
    finally:
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


async def record_payment_small(ask: RecordPayment, work: Any, clock: Any) -> PaymentNoted | Requested:
    return await record_payment(ask, work, clock, LIMITS)


async def pays(office: Office, amount: str, by: User = ANA, **more: Any) -> PaymentNoted | Requested:
    ask = RecordPayment(await item_of(office), euro(amount), more.pop("paid_on", office.today), by, **more)
    done: PaymentNoted | Requested = await do(office, record_payment_small, ask)
    return done
