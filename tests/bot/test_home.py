"""A colleague's home: its numbers are true however much there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from adapters.store.unit_of_work import SqlStore
from bot.live.home import approvals_card, home_card
from cards.elements import Actions, Card, Text
from cards.home import REQUESTS
from tests.workflows.office import ANA, MAX, Office, opened
from workflows.domain.access import User
from workflows.domain.approvals import Approval, ApprovalKind
from workflows.domain.claims import Promise
from workflows.domain.ids import ApprovalId, PromiseId, new_id
from workflows.domain.money import Money


async def ask(office: Office, by: User, times: int, amount: str = "5.00") -> None:
    """So many write-offs of acme's invoice are asked for, one after the other."""
    item, now = (await office.account("acme")).items[0].id, office.clock.now()
    asked = Approval(
        ApprovalId(new_id()),
        ApprovalKind.WRITE_OFF,
        item,
        item,
        "{}",
        "ab",
        now,
        now + timedelta(days=7),
        by.id,
        amount=Money.of(amount, "EUR"),
    )
    async with office.store() as work:
        for n in range(times):
            await work.add_approval(replace(asked, id=ApprovalId(new_id()), at=now + timedelta(seconds=n)))


async def home(office: Office, of: User) -> Card:
    async with office.store() as work:
        return await home_card(of.id, work, office.policies, office.clock.now())


async def page_of_approvals(office: Office, of: User, page: int) -> Card:
    async with office.store() as work:
        return await approvals_card(of, page, work, office.policies, office.clock.now())


def words(card: Card) -> list[str]:
    return [part.text for part in card.body if isinstance(part, Text)]


async def test_the_heading_counts_every_request_and_the_list_says_how_many_more(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await ask(office, ANA, 63)
    drawn = await home(office, MAX)
    assert "63 approvals wait for you" in drawn.summary
    assert "… 58 more" in words(drawn)


async def test_requests_of_others_stand_in_nobody_s_way(store: SqlStore) -> None:
    """What somebody asked for themselves is not theirs to approve, however much of it came first."""
    office = await opened(store, "acme")
    await ask(office, MAX, 60)
    office.clock.advance(timedelta(hours=1))
    await ask(office, ANA, 1)
    assert "1 approval waits for you" in (await home(office, MAX)).summary


async def test_a_page_of_requests_beyond_the_last_is_the_last(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await ask(office, ANA, 2 * REQUESTS + 1)
    for page in (2, 3, 99):
        drawn = await page_of_approvals(office, MAX, page)
        assert words(drawn)[-1] == f"{2 * REQUESTS + 1} to {2 * REQUESTS + 1} of {2 * REQUESTS + 1}"
        last = drawn.body[-1]
        assert isinstance(last, Actions)
        assert [button.label for button in last.buttons] == ["Back"]


async def test_promises_due_are_found_behind_any_number_of_later_ones(store: SqlStore) -> None:
    """Sixty customers owe longer and promised a later day than the one who pays this week."""
    office = await opened(store, "soon")
    await office.owe(*(f"c{n:02}" for n in range(60)), late=9)
    async with store() as work:
        for name, days in [("soon", 2), *((f"c{n:02}", 30) for n in range(60))]:
            (found,) = await work.find_items(f"INV-{name}")
            until = office.today + timedelta(days=days)
            said = Promise(PromiseId(new_id()), (found.item.id,), Money.of("100.00", "EUR"), until, ANA.id, office.clock.now())
            await work.promise(said, found.customer.id)
    assert "1 promise due" in (await home(office, ANA)).summary


async def test_of_a_crowd_at_least_so_many_messages_leave(store: SqlStore) -> None:
    office = await opened(store, *(f"c{n:02}" for n in range(60)))
    assert "at least 50 messages to leave today" in (await home(office, ANA)).summary
    await office.tick()  # now all are queued
    assert "60 messages to leave today" in (await home(office, ANA)).summary


async def test_a_promise_whose_day_is_over_is_due_while_its_money_is_waited_for(store: SqlStore) -> None:
    office = await opened(store, "acme")
    async with store() as work:
        (found,) = await work.find_items("INV-acme")
        said = Promise(PromiseId(new_id()), (found.item.id,), Money.of("100.00", "EUR"), office.today, ANA.id, office.clock.now())
        await work.promise(said, found.customer.id)
    due = []
    for _ in range(4):  # from Tuesday on, with two business days of grace
        due.append("1 promise due" in (await home(office, ANA)).summary)
        office.clock.advance(timedelta(days=1))
    assert due == [True, True, True, False]
