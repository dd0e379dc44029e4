"""Who may do what with money by hand, requests, owners, tasks and opt-outs: every action, every role, small and large amounts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from uuid import UUID

import pytest

from adapters.chat.protocol import Incoming, Person, Reply
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.desk.request_forms import NAMES
from bot.handle import Desk
from cards.actions import Action, Name
from cards.plain.render import render
from cards.request_forms import NOBODY, handle
from tests.conftest import SECRET_KEY
from tests.workflows.office import Office
from workflows.ask_approval import Wish, ask_approval
from workflows.domain.access import Role, User
from workflows.domain.account import Item, ItemKind, Payment, Plan, PlanState
from workflows.domain.approvals import ApprovalKind
from workflows.domain.charges import Fee
from workflows.domain.contact import EVERY, OptOut
from workflows.domain.ids import ItemId, PlanId, TaskId, UserId, new_id
from workflows.domain.money import Money
from workflows.domain.tasks import Task

PEOPLE = {role: User(UserId(new_id()), f"{role.word}@seller.example", role.word.title(), role) for role in Role}
ASKER = User(UserId(new_id()), "asker@seller.example", "Asker", Role.MANAGER)
SMALL, LARGE = "400.00", "12000.00"
_KEYS = count(1)


class Gets(StrEnum):
    """What comes of a press."""

    DONE = "done"
    FORM = "a form"
    ASKS = "a request"
    REFUSED = "refused"


@dataclass(slots=True)
class Door:
    """A team over one book, with a customer for each role to press about."""

    office: Office
    desk: Desk

    async def item(self, role: Role, amount: str) -> ItemId:
        """The invoice of the role's customer, of that amount."""
        await self.office.owe(role.word, amount=amount)
        return (await self.office.account(role.word)).items[0].id

    async def press(self, who: User, action: Action, values: dict[str, str] | None = None, person: Person | None = None) -> Reply:
        person = person or Person("inbox", "", str(who.id))
        incoming = Incoming(f"rights:{next(_KEYS)}", person, action, None, values or {})
        assert await self.office.store.inbound(self.office.clock).accept(incoming)
        return await self.desk(incoming)

    async def refusals(self) -> int:
        return len([kind for kind, _ in await self.office.trail() if kind == "refused"])


@pytest.fixture
async def door(one_url: str) -> AsyncIterator[Door]:
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    office = Office(store)
    await office.open(*PEOPLE.values(), ASKER)
    await office.owe(*(role.word for role in Role), amount=SMALL)
    desk = Desk(store, office.policies, office.letters, office.clock, {}, lambda: None)
    yield Door(office, desk)
    await store.close()


Before = Callable[[Door, ItemId, str], Awaitable[UUID | None]]


async def _nothing(door: Door, item: ItemId, amount: str) -> None:
    pass


async def _asked(door: Door, item: ItemId, amount: str) -> UUID:
    async with door.office.store() as work:
        account = await work.account_of(item)
        wish = Wish(ApprovalKind.WRITE_OFF, Money.of(amount, "EUR"), "bankrupt")
        return (await ask_approval(wish, account, account.item(item), ASKER, work, door.office.clock)).approval.id


async def _charged(door: Door, item: ItemId, amount: str) -> None:
    async with door.office.store() as work:
        await work.add_fee(Fee(item, "final", Money.of("40.00", "EUR"), door.office.clock.now()))


async def _paid(door: Door, item: ItemId, amount: str) -> None:
    async with door.office.store() as work:
        account = await work.account_of(item)
        await work.add_payment(
            Payment(Money.of("5.00", "EUR"), door.office.today, item, "bank:1"), account.customer.id, door.office.clock.now()
        )


async def _owned(door: Door, item: ItemId, amount: str) -> None:
    async with door.office.store() as work:
        await work.assign((await work.account_of(item)).customer.id, ASKER.id, door.office.clock.now())


async def _to_do(door: Door, item: ItemId, amount: str) -> UUID:
    task = TaskId(new_id())
    async with door.office.store() as work:
        await work.add_task(Task(task, f"hand:{item}", item, "call them", door.office.clock.now()))
    return task


async def _out(door: Door, item: ItemId, amount: str) -> None:
    async with door.office.store() as work:
        account = await work.account_of(item)
        await work.opt_out(OptOut(EVERY, EVERY, "reply", door.office.clock.now()), account.customer.id)


async def _planned(door: Door, item: ItemId, amount: str) -> None:
    now, plan = door.office.clock.now(), PlanId(new_id())
    async with door.office.store() as work:
        account = await work.account_of(item)
        part = Item(ItemId(new_id()), "x/1", Money.of(amount, "EUR"), now.date(), now, now.date(), ItemKind.INSTALMENT, plan)
        await work.add_plan(Plan(plan, (item,), (part,), PlanState.ACTIVE, ASKER.id, now, ASKER.id, now, "by phone"), account.customer.id)


WHY = {"why": "bankrupt", "how": "by phone", "what": "call them", "owner": NOBODY, "to": str(PEOPLE[Role.COLLECTOR].id)}
TERMS = {"count": "2", "rhythm": "monthly", "first": "2026-12-01", "deposit": ""}

# action, what comes of it for a small and for a large amount when a collector presses, what is typed, what stands before it
COLLECTORS: list[tuple[Name, Gets, Gets, dict[str, str], Before]] = [
    *(
        (name, Gets.FORM, Gets.FORM, {}, _nothing)
        for name in (Name.PAYMENT, Name.WRITE_OFF, Name.FEE, Name.ASSIGN, Name.TASK, Name.OPT_OUT)
    ),
    (Name.BOUNCED, Gets.FORM, Gets.FORM, {}, _paid),
    (Name.WAIVE, Gets.FORM, Gets.FORM, {}, _charged),
    (Name.CANCEL_PLAN, Gets.FORM, Gets.FORM, {}, _planned),
    (Name.OPT_IN, Gets.FORM, Gets.FORM, {}, _out),
    (Name.REFUSE, Gets.FORM, Gets.FORM, {}, _asked),
    (Name.CONFIRM_PAYMENT, Gets.DONE, Gets.ASKS, {}, _nothing),
    (Name.CONFIRM_BOUNCED, Gets.DONE, Gets.DONE, {"payment": handle("bank:1")}, _paid),
    (Name.CONFIRM_WRITE_OFF, Gets.ASKS, Gets.ASKS, {}, _nothing),
    (Name.CONFIRM_FEE, Gets.ASKS, Gets.ASKS, {"amount": "40.00"}, _nothing),
    (Name.CONFIRM_WAIVE, Gets.ASKS, Gets.ASKS, {"fee": handle("final")}, _charged),
    (Name.CONFIRM_PLAN, Gets.DONE, Gets.ASKS, {"answer": "phone", "reason": "they asked"}, _nothing),
    (Name.CONFIRM_CANCEL_PLAN, Gets.DONE, Gets.DONE, {}, _planned),
    (Name.CLAIM, Gets.DONE, Gets.DONE, {}, _nothing),
    (Name.UNCLAIM, Gets.DONE, Gets.DONE, {}, _owned),
    (Name.CONFIRM_ASSIGN, Gets.DONE, Gets.DONE, {}, _nothing),
    (Name.CONFIRM_TASK, Gets.DONE, Gets.DONE, {}, _nothing),
    (Name.COMPLETE_TASK, Gets.DONE, Gets.DONE, {}, _to_do),
    (Name.CONFIRM_OPT_OUT, Gets.DONE, Gets.DONE, {"address": handle(EVERY)}, _nothing),
    (Name.CONFIRM_OPT_IN, Gets.DONE, Gets.DONE, {"address": handle(EVERY)}, _out),
    (Name.APPROVE, Gets.REFUSED, Gets.REFUSED, {}, _asked),
    (Name.CONFIRM_REFUSE, Gets.REFUSED, Gets.REFUSED, {}, _asked),
]
# What those above a collector get otherwise: small, large. Nobody here has a limit, so nobody approves the large one.
MANAGERS = {Name.APPROVE: (Gets.DONE, Gets.REFUSED), Name.CONFIRM_REFUSE: (Gets.DONE, Gets.DONE)}


def expected(role: Role, name: Name, amount: str, small: Gets, large: Gets) -> Gets:
    if role is Role.VIEWER:
        return Gets.REFUSED
    if role >= Role.MANAGER and name in MANAGERS:
        small, large = MANAGERS[name]
    return small if amount == SMALL else large


def came_of(reply: Reply) -> Gets:
    if reply.form is not None:
        assert not reply.errors, reply.errors
        assert "⚠" not in str(reply.form.intro)
        return Gets.FORM
    assert reply.card is not None
    told = render(reply.card)
    if "Nothing was changed" in told:
        assert "Your role is" in told or "whose limit reaches" in told, told
        return Gets.REFUSED
    return Gets.ASKS if "Nothing has changed yet" in told or "may approve this" in told else Gets.DONE


@pytest.mark.parametrize("amount", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize(("name", "small", "large", "typed", "before"), COLLECTORS, ids=[row[0].value for row in COLLECTORS])
async def test_each_role_does_asks_for_or_is_refused_what_the_table_says(
    door: Door, name: Name, small: Gets, large: Gets, typed: dict[str, str], before: Before, amount: str
) -> None:
    values = {**WHY, "amount": amount, "paid_on": door.office.today.isoformat(), **({"to": "item"} if "payment" in name else {}), **typed}
    wanted = {role: expected(role, name, amount, small, large) for role in Role}
    came = {}
    for role in Role:
        item = await door.item(role, amount)
        thing = await before(door, item, amount) or item
        seen = len((await door.office.account(role.word)).acts)
        came[role] = came_of(await door.press(PEOPLE[role], Action(name, thing, seen, dict(TERMS)), values))
    assert came == wanted
    assert await door.refusals() == list(wanted.values()).count(Gets.REFUSED)


def test_the_table_leaves_no_action_out() -> None:
    assert {row[0] for row in COLLECTORS} - {Name.CONFIRM_PLAN} == NAMES


async def test_nobody_approves_what_they_asked_for_whatever_their_role_and_it_is_audited(door: Door) -> None:
    asked = await _asked(door, await door.item(Role.VIEWER, SMALL), SMALL)
    reply = await door.press(ASKER, Action(Name.APPROVE, asked))
    assert reply.card is not None
    assert "You asked for this yourself" in render(reply.card)
    assert await door.refusals() == 1


async def test_one_person_under_two_chat_accounts_is_one_person(door: Door) -> None:
    asked = await _asked(door, await door.item(Role.VIEWER, SMALL), SMALL)
    async with door.office.store() as work:
        await work.link(ASKER.id, "slack", "T1", "U1")
        await work.link(ASKER.id, "slack", "T2", "U9")
    for person in (Person("slack", "T1", "U1"), Person("slack", "T2", "U9")):
        reply = await door.press(ASKER, Action(Name.APPROVE, asked), person=person)
        assert reply.card is not None
        assert "You asked for this yourself" in render(reply.card)
    assert (await door.office.account(Role.VIEWER.word)).approvals[0].given == ()


async def test_a_limit_lets_a_manager_approve_above_a_thousand_and_two_are_needed_above_ten(door: Door) -> None:
    for role, limit in ((Role.MANAGER, 20_000), (Role.ADMINISTRATOR, 11_000)):
        async with door.office.store() as work:
            await work.set_limit(PEOPLE[role].id, limit)
    asked = await _asked(door, await door.item(Role.VIEWER, LARGE), LARGE)
    told = [await door.press(PEOPLE[role], Action(Name.APPROVE, asked)) for role in (Role.ADMINISTRATOR, Role.MANAGER, Role.MANAGER)]
    words = [render(reply.card) for reply in told if reply.card]
    assert "yours is 11,000" in words[0]
    assert "1 of 2 have approved" in words[1]
    assert "You approved this already" in words[2]
    async with door.office.store() as work:
        await work.set_limit(PEOPLE[Role.ADMINISTRATOR].id, 12_000)
    reply = await door.press(replace(PEOPLE[Role.ADMINISTRATOR]), Action(Name.APPROVE, asked))
    assert reply.card is not None
    assert "approved" in render(reply.card)
    (credit,) = (await door.office.account(Role.VIEWER.word)).credits
    assert credit.amount == Money.of(LARGE, "EUR")
