"""The summary of a period: each figure beside that of the period before, counts of what was promised, sent and answered, what lies ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from adapters.store.unit_of_work import SqlStore
from tests.store.samples import plan
from tests.workflows.office import ANA, Office, opened
from workflows.domain.account import Credit, CreditKind, Payment, PlanState
from workflows.domain.claims import Promise, PromiseEnd
from workflows.domain.contact import Meaning, Reply
from workflows.domain.ids import CustomerId, ItemId, PromiseId, ReplyId, new_id
from workflows.domain.metrics import Figures, PromisesDue
from workflows.domain.money import Money
from workflows.domain.summary import Ahead, CurrencySummary, Period, Plans, Summary
from workflows.measure_book import measure_book
from workflows.summarise_book import summarise_book

SUNDAY = date(2026, 11, 22)  # the office's clock shows Tuesday, 24 November


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


async def summarised(office: Office, last: date = SUNDAY, period: Period = Period.WEEKLY) -> Summary:
    async with office.store() as work:
        return await summarise_book(await work.book("main"), period, last, work, office.policies, office.clock.now())


async def measured(office: Office, day: date, window: int = 30) -> Figures:
    async with office.store() as work:
        (one,) = await measure_book(await work.book("main"), day, window, work, office.policies)
    return one


def only(told: Summary) -> CurrencySummary:
    (one,) = told.currencies
    return one


async def of(office: Office, name: str) -> tuple[CustomerId, ItemId]:
    account = await office.account(name)
    return account.customer.id, account.items[0].id


async def receive(office: Office, name: str, amount: str, on: date, *, reversed_on: date | None = None) -> None:
    customer, item = await of(office, name)
    async with office.store() as work:
        await work.add_payment(Payment(eur(amount), on, item, str(new_id()), reversed_on), customer, office.clock.now())


async def promise(office: Office, name: str, amount: str, until: date) -> PromiseId:
    customer, item = await of(office, name)
    made = Promise(PromiseId(new_id()), (item,), eur(amount), until, ANA.id, datetime.combine(until - timedelta(days=5), time(9), UTC))
    async with office.store() as work:
        await work.promise(made, customer)
    return made.id


@pytest.mark.parametrize(
    ("period", "last", "first", "following"),
    [
        (Period.WEEKLY, date(2026, 11, 22), date(2026, 11, 16), date(2026, 11, 29)),
        (Period.FORTNIGHTLY, date(2026, 11, 22), date(2026, 11, 9), date(2026, 12, 6)),
        (Period.MONTHLY, date(2026, 2, 28), date(2026, 2, 1), date(2026, 3, 31)),
        (Period.MONTHLY, date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 31)),
        (Period.MONTHLY, date(2026, 11, 24), date(2026, 10, 25), date(2026, 12, 24)),
    ],
)
def test_a_period_ends_with_its_day_and_the_next_one_follows(period: Period, last: date, first: date, following: date) -> None:
    assert period.first_day(last) == first
    assert period.next_last_day(last) == following
    assert period.first_day(following) == last + timedelta(days=1)
    assert period.last_day(first) == last


async def test_every_figure_stands_beside_that_of_the_period_before(store: SqlStore) -> None:
    office = await opened(store)
    await office.owe("acme", late=30, amount="300.00")
    await office.owe("brill", late=5, amount="200.00")
    await receive(office, "acme", "120.00", date(2026, 11, 18))
    await receive(office, "acme", "30.00", date(2026, 11, 10))
    one = only(await summarised(office))
    assert (one.now.open, one.now.overdue, one.now.collected) == (eur("350.00"), eur("350.00"), eur("120.00"))
    assert (one.before.open, one.before.overdue, one.before.collected) == (eur("470.00"), eur("270.00"), eur("30.00"))
    assert [debtor.name for debtor in one.debtors] == ["Brill", "Acme"]
    assert one.now.dso is not None


async def test_money_taken_back_is_collected_when_it_came_and_lost_when_it_went(store: SqlStore) -> None:
    office = await opened(store, "acme")
    await receive(office, "acme", "40.00", date(2026, 11, 10), reversed_on=date(2026, 11, 18))
    one = only(await summarised(office))
    assert (one.before.collected, one.now.collected) == (eur("40.00"), eur("-40.00"))
    assert (await measured(office, date(2026, 11, 17))).days_late == -11
    assert (await measured(office, date(2026, 11, 18))).days_late is None, "it counts for nothing from that day"


async def test_promises_count_in_the_period_in_which_their_grace_ends(store: SqlStore) -> None:
    office = await opened(store, "kept", "part", "none", "later", "gone")
    for name in ("kept", "part", "none", "gone"):
        await promise(office, name, "100.00", date(2026, 11, 12))  # with two business days of grace: Monday the 16th
    await promise(office, "later", "100.00", date(2026, 11, 19))  # Monday the 23rd
    await receive(office, "kept", "100.00", date(2026, 11, 16))
    await receive(office, "part", "40.00", date(2026, 11, 13))
    await receive(office, "none", "100.00", date(2026, 11, 17))
    told = await summarised(office)
    assert told.promises == PromisesDue(kept=1, partly=1, broken=2)
    assert {(one.customer, one.amount) for one in told.broken} == {("None", eur("100.00")), ("Gone", eur("100.00"))}
    assert (await summarised(office, SUNDAY - timedelta(days=7))).promises == PromisesDue()
    one = await measured(office, SUNDAY)
    assert (one.promised, one.received) == (eur("400.00"), eur("140.00"))


async def test_a_cancelled_promise_counts_only_while_it_was_not_cancelled(store: SqlStore) -> None:
    office = await opened(store, "acme")
    made = await promise(office, "acme", "100.00", date(2026, 11, 12))
    async with store() as work:
        await work.end_promise(made, PromiseEnd.CANCELLED, office.clock.now())
    assert (await summarised(office)).promises == PromisesDue(broken=1), "as it was known on that Sunday"
    assert (await summarised(office, office.today)).promises == PromisesDue()


async def test_a_plan_with_an_instalment_past_its_day_is_late(store: SqlStore) -> None:
    office = await opened(store, "acme")
    customer, item = await of(office, "acme")
    parts = ((office.today, "50.00"), (office.today + timedelta(days=7), "50.00"))
    agreed = replace(plan(item, ANA.id, *parts, state=PlanState.ACTIVE), accepted_by=ANA.id, accepted_at=office.clock.now())
    async with store() as work:
        await work.add_plan(agreed, customer)
    assert (await summarised(office, office.today)).plans == Plans(running=1, late=0)
    assert (await summarised(office, office.today + timedelta(days=1))).plans == Plans(running=1, late=1)
    assert (await summarised(office, office.today - timedelta(days=1))).plans == Plans(), "before it was agreed"


async def test_what_was_sent_and_answered_is_counted(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill")
    await office.tick()
    await office.deliver()
    customer, item = await of(office, "acme")
    async with store() as work:
        await work.add_reply(
            Reply(ReplyId(new_id()), "r1", "email", "pay@acme.example", office.clock.now(), Meaning.OTHER, (item,)), customer, "Why?"
        )
    told = (await summarised(office, office.today)).said
    assert (told.sent, told.failed, told.answers, told.waiting) == (2, 0, 1, 1)
    before = (await summarised(office)).said
    assert (before.sent, before.answers, before.waiting) == (0, 0, 0)


async def test_what_goes_out_next_is_what_the_accounts_are_decided_to_get(store: SqlStore) -> None:
    office = await opened(store, "acme", "brill")
    await office.owe("soon", late=-2)
    await office.tick()
    ahead = (await summarised(office, office.today)).ahead
    assert isinstance(ahead, Ahead)
    assert (ahead.first, ahead.last, ahead.at_least) == (date(2026, 11, 25), date(2026, 12, 1), False)
    assert sum(ahead.steps.values()) >= 2


async def test_a_loss_reserve_is_what_was_written_off_of_each_age_before(store: SqlStore) -> None:
    office = await opened(store)
    await office.owe("paid", late=130, amount="900.00")
    await office.owe("lost", late=130, amount="100.00")
    await office.owe("acme", late=-5, amount="500.00")
    await receive(office, "paid", "900.00", date(2026, 7, 10))
    customer, item = await of(office, "lost")
    async with store() as work:
        await work.add_credit(Credit(eur("100.00"), date(2026, 11, 1), item, "w1", CreditKind.WRITE_OFF), customer, office.clock.now())
    one = await measured(office, office.today)
    assert one.reserve == eur("50.00"), "a tenth of what is current: 100 of 1,000 was never paid"


async def test_an_empty_book_has_no_currency_and_no_figure(store: SqlStore) -> None:
    told = await summarised(await opened(store))
    expected: Sequence[object] = (), PromisesDue(), Plans()
    assert (told.currencies, told.promises, told.plans) == expected
