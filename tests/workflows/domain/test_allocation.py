"""Money finds its item, and none of it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.domain.account import Account, Book, Credit, Customer, Item, ItemKind, Payment, Plan, PlanState
from workflows.domain.allocation import balances
from workflows.domain.calendar import Place
from workflows.domain.ids import BookId, CustomerId, ItemId, PlanId, UserId, new_id
from workflows.domain.money import Money

PLACE = Place("Europe/Berlin", "DE")
SEEN = datetime(2026, 1, 2, 9, tzinfo=UTC)
BOOK = Book(BookId(new_id()), "main", "Main", PLACE)
CUSTOMER = Customer(CustomerId(new_id()), BOOK.id, "C-1", "Lindgren Papier", PLACE)


def invoice(number: str, total: str, due_on: date = date(2026, 1, 31), currency: str = "EUR") -> Item:
    return Item(ItemId(new_id()), number, Money.of(total, currency), due_on, SEEN)


def paid(amount: str, item: Item | None = None, on: date = date(2026, 2, 5), currency: str = "EUR") -> Payment:
    return Payment(Money.of(amount, currency), on, item.id if item else None)


def account(*items: Item, payments: Sequence[Payment] = (), credits: Sequence[Credit] = (), plans: Sequence[Plan] = ()) -> Account:  # ruff: ignore[builtin-argument-shadowing] - the field's own name
    return Account(BOOK, CUSTOMER, items, tuple(payments), tuple(credits), plans=tuple(plans))


def plan_of(*covers: Item, parts: Sequence[str], state: PlanState = PlanState.ACTIVE) -> Plan:
    plan = PlanId(new_id())
    instalments = tuple(
        Item(ItemId(new_id()), f"P/{n}", Money.of(part, "EUR"), date(2026, 2 + n, 1), SEEN, kind=ItemKind.INSTALMENT, plan=plan)
        for n, part in enumerate(parts, 1)
    )
    return Plan(plan, tuple(item.id for item in covers), instalments, state, UserId(new_id()), SEEN)


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def test_an_invoice_without_money_is_wholly_open() -> None:
    one = invoice("1", "100.00")
    assert balances(account(one)).open_of(one.id) == eur("100.00")
    assert balances(account(one)).received_on(one.id) == eur("0.00")


def test_payments_and_credits_naming_an_invoice_settle_it() -> None:
    one, other = invoice("1", "100.00"), invoice("2", "50.00")
    told = balances(account(one, other, payments=[paid("30.00", one)], credits=[Credit(eur("20.00"), date(2026, 2, 1), one.id)]))
    assert told.open_of(one.id) == eur("50.00")
    assert told.received_on(one.id) == eur("50.00")
    assert told.open_of(other.id) == eur("50.00")
    assert told.on_account == {}


def test_the_rest_of_an_overpayment_is_on_account() -> None:
    one = invoice("1", "900.00")
    told = balances(account(one, payments=[paid("1000.00", one)]))
    assert told.open_of(one.id) == eur("0.00")
    assert told.on_account == {"EUR": eur("100.00")}


def test_money_without_an_invoice_stays_on_account_per_currency() -> None:
    one = invoice("1", "900.00")
    told = balances(account(one, payments=[paid("5.00"), paid("7.00", currency="USD")], credits=[Credit(eur("1.00"), date(2026, 2, 1))]))
    assert told.open_of(one.id) == eur("900.00")
    assert told.on_account == {"EUR": eur("6.00"), "USD": Money.of("7.00", "USD")}


def test_money_in_another_currency_never_settles_the_invoice_it_names() -> None:
    one = invoice("1", "900.00")
    told = balances(account(one, payments=[paid("900.00", one, currency="USD")]))
    assert told.open_of(one.id) == eur("900.00")
    assert told.on_account == {"USD": Money.of("900.00", "USD")}


def test_money_naming_an_invoice_that_is_gone_is_kept_on_account() -> None:
    gone = invoice("9", "10.00")
    assert balances(account(payments=[paid("10.00", gone)])).on_account == {"EUR": eur("10.00")}


@pytest.mark.parametrize(("up_to", "left"), [(date(2026, 2, 4), "100.00"), (date(2026, 2, 5), "60.00"), (None, "60.00")])
def test_money_dated_later_than_the_day_asked_for_is_left_out(up_to: date | None, left: str) -> None:
    one = invoice("1", "100.00")
    assert balances(account(one, payments=[paid("40.00", one, on=date(2026, 2, 5))]), up_to).open_of(one.id) == eur(left)


def test_credits_have_their_day_too() -> None:
    one = invoice("1", "100.00")
    told = account(one, credits=[Credit(eur("40.00"), date(2026, 2, 5), one.id)])
    assert balances(told, date(2026, 2, 4)).open_of(one.id) == eur("100.00")
    assert balances(told, date(2026, 2, 5)).open_of(one.id) == eur("60.00")


def test_an_item_of_another_account_is_an_error() -> None:
    with pytest.raises(KeyError):
        balances(account(invoice("1", "1.00"))).open_of(ItemId(new_id()))


def instalments_open(plan: Plan, told: Account) -> list[str]:
    return [balances(told).open_of(part.id).plain for part in plan.instalments]


def test_money_for_an_invoice_on_a_plan_fills_the_earliest_instalment_first() -> None:
    one = invoice("1", "300.00")
    plan = plan_of(one, parts=["100.00", "100.00", "100.00"])
    told = account(one, payments=[paid("150.00", one)], plans=[plan])
    assert instalments_open(plan, told) == ["0.00", "50.00", "100.00"]
    assert balances(told).open_of(one.id) == eur("150.00")


def test_money_that_came_before_the_plan_fills_no_instalment() -> None:
    one = invoice("1", "500.00")
    plan = plan_of(one, parts=["150.00", "150.00"])
    assert instalments_open(plan, account(one, payments=[paid("200.00", one)], plans=[plan])) == ["150.00", "150.00"]


def test_before_the_day_of_money_a_plan_took_as_given_its_earliest_instalment_asks_for_it_too() -> None:
    one = invoice("1", "500.00")
    plan = plan_of(one, parts=["150.00", "150.00"])
    told = balances(account(one, payments=[paid("200.00", one)], plans=[plan]), up_to=date(2026, 2, 4))
    assert [told.open_of(part.id).plain for part in plan.instalments] == ["350.00", "150.00"]


def test_money_taken_back_is_asked_for_with_the_earliest_instalment() -> None:
    one = invoice("1", "500.00")
    plan = plan_of(one, parts=["150.00", "150.00"])
    told = balances(account(one, payments=[paid("200.00", one), paid("-200.00", one)], plans=[plan]))
    assert [told.open_of(part.id).plain for part in plan.instalments] == ["350.00", "150.00"]
    assert told.on_account == {}


def test_a_plan_that_is_only_proposed_takes_no_money() -> None:
    one = invoice("1", "300.00")
    plan = plan_of(one, parts=["150.00", "150.00"], state=PlanState.PROPOSED)
    assert instalments_open(plan, account(one, payments=[paid("200.00", one)], plans=[plan])) == ["150.00", "150.00"]


def test_money_naming_an_instalment_goes_there_and_settles_the_oldest_invoice() -> None:
    newer, older = invoice("1", "100.00", date(2026, 1, 31)), invoice("2", "50.00", date(2026, 1, 15))
    plan = plan_of(newer, older, parts=["75.00", "75.00"])
    told = account(newer, older, payments=[paid("75.00", plan.instalments[1])], plans=[plan])
    assert instalments_open(plan, told) == ["75.00", "0.00"]
    assert balances(told).open_of(older.id) == eur("0.00")
    assert balances(told).open_of(newer.id) == eur("75.00")


def test_too_much_for_one_instalment_goes_on_to_the_earliest_other() -> None:
    one = invoice("1", "90.00")
    plan = plan_of(one, parts=["30.00", "30.00", "30.00"])
    assert instalments_open(plan, account(one, payments=[paid("45.00", plan.instalments[1])], plans=[plan])) == ["15.00", "0.00", "30.00"]


def test_too_much_for_the_whole_plan_is_on_account() -> None:
    one = invoice("1", "60.00")
    plan = plan_of(one, parts=["30.00", "30.00"])
    told = balances(account(one, payments=[paid("80.00", plan.instalments[0])], plans=[plan]))
    assert [told.open_of(part.id).plain for part in plan.instalments] == ["0.00", "0.00"]
    assert told.on_account == {"EUR": eur("20.00")}


def test_money_paid_on_a_plan_that_was_cancelled_still_settles_its_invoice() -> None:
    one = invoice("1", "60.00")
    plan = replace(plan_of(one, parts=["30.00", "30.00"]), state=PlanState.CANCELLED)
    assert balances(account(one, payments=[paid("30.00", plan.instalments[0])], plans=[plan])).open_of(one.id) == eur("30.00")


cents = st.integers(min_value=1, max_value=300)


@given(
    totals=st.lists(cents, min_size=1, max_size=3),
    parts=st.integers(1, 3),
    named=st.lists(st.tuples(st.integers(0, 6), cents), max_size=6),
    state=st.sampled_from(PlanState),
)
def test_no_cent_is_lost_or_made(totals: list[int], parts: int, named: list[tuple[int, int]], state: PlanState) -> None:
    invoices = [Item(ItemId(new_id()), str(n), Money(minor, "EUR"), date(2026, 1, 31), SEEN) for n, minor in enumerate(totals)]
    share = max(1, sum(totals) // parts)
    rest = sum(totals) - share * (parts - 1)
    sizes = [share] * (parts - 1) + [rest] if rest > 0 else [sum(totals)]
    plan = plan_of(*invoices, parts=[str(Money(size, "EUR").decimal) for size in sizes], state=state)
    targets = [None, *invoices, *plan.instalments]
    payments = [paid(str(Money(minor, "EUR").decimal), targets[index % len(targets)]) for index, minor in named]
    told = balances(account(*invoices, payments=payments, plans=[plan]))

    still = sum(told.open_of(item.id).minor for item in invoices)
    on_account = told.on_account.get("EUR", eur("0.00")).minor
    assert sum(totals) - still + on_account == sum(minor for _, minor in named)
    assert all(0 <= told.open_of(item.id).minor <= item.total.minor for item in (*invoices, *plan.instalments))
    if state is PlanState.ACTIVE:
        assert sum(told.open_of(part.id).minor for part in plan.instalments) == still
