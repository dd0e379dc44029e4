"""Which policy has which item, and what several policies of one account come to together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflows.domain.accounts import account, at, dispute, euro, invoice, message, minimum, notice, numbers, paid, plan, policy, step
from workflows.domain.account import Account, Item, Party
from workflows.domain.choosing import choose, could_both_win, with_apart
from workflows.domain.decide import decide, open_items, owed_items, silence, views_of
from workflows.domain.decision import ActionKind, Decision, State
from workflows.domain.policy import AppliesTo, OnAccount, Policy


def named(name: str, **applies: tuple[str, ...]) -> Policy:
    return replace(policy(), name=name, applies=AppliesTo(**applies))


EVERYONE = named("default")
BY_KIND = {
    "invoice": named("invoice", invoices=("A",)),
    "customer": named("customer", customers=("C1",)),
    "product": named("product", products=("Hosting",)),
    "segment": named("segment", segments=("vip",)),
    "book": named("book", books=("main",)),
    "default": EVERYONE,
}


def vip(*items: Item) -> Account:
    made = account(*items)
    return replace(made, customer=replace(made.customer, segment="VIP"))


def test_the_closest_policy_wins_whatever_their_order() -> None:
    one = replace(invoice("A"), product="hosting")
    left = list(BY_KIND.values())
    while left:
        assert choose(left, vip(one), one) is choose(reversed(left), vip(one), one) is left[0]
        del left[0]


def test_what_names_invoices_or_products_is_for_items_and_not_for_the_account_itself() -> None:
    assert choose([BY_KIND["invoice"], BY_KIND["product"]], vip(invoice())) is None


@pytest.mark.parametrize(
    ("applies", "fits"),
    [
        (AppliesTo(segments=("consumer",)), True),
        (AppliesTo(segments=("business",)), False),
        (AppliesTo(customers=("c1",), books=("main",)), True),
        (AppliesTo(customers=("C1",), books=("uk",)), False),
        (AppliesTo(invoices=("A",), customers=("C2",)), False),
        (AppliesTo(currencies=("USD",)), True),
    ],
)
def test_everything_a_policy_names_has_to_fit_and_currency_chooses_nothing(applies: AppliesTo, fits: bool) -> None:
    """A customer without a segment of the seller's own counts by what they are."""
    owing = account(invoice())
    owing = replace(owing, customer=replace(owing.customer, party=Party.CONSUMER))
    assert (choose([replace(EVERYONE, applies=applies)], owing, owing.items[0]) is not None) is fits


def test_a_customer_in_a_book_is_closer_than_the_customer_alone() -> None:
    both = named("both", customers=("C1",), books=("main",))
    assert choose([BY_KIND["customer"], both], account()) is both


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (AppliesTo(), AppliesTo(), True),
        (AppliesTo(), AppliesTo(books=("main",)), False),
        (AppliesTo(books=("main", "uk")), AppliesTo(books=("UK",)), True),
        (AppliesTo(books=("main",)), AppliesTo(books=("uk",)), False),
        (AppliesTo(customers=("C1",), books=("main",)), AppliesTo(customers=("C1",), books=("uk",)), False),
        (AppliesTo(segments=("vip",)), AppliesTo(products=("vip",)), False),
        (AppliesTo(currencies=("EUR",)), AppliesTo(currencies=("USD",)), True),
    ],
)
def test_two_policies_could_both_win_where_they_are_as_close_and_share_something(one: AppliesTo, other: AppliesTo, both: bool) -> None:
    assert could_both_win(one, other) is could_both_win(other, one) is both


# One account, several policies -----------------------------------------------------------------------------------------

SLOW = replace(
    policy(step("gentle", "after_due", 10), step("firm", "after_due", 30)), name="slow", applies=AppliesTo(products=("hosting",))
)
FAST = replace(policy(step("now", "after_due", 1), step("again", "after_due", 8)), name="fast")


def hosting(number: str, due: int = 0, amount: str = "100.00") -> Item:
    return replace(invoice(number, amount, due), product="hosting")


def both(owing: Account, main: Policy = FAST, other: Policy = SLOW) -> Policy:
    return with_apart(main, owing, lambda item: choose([main, other], owing, item) or main)


def decided(owing: Account, offset: int, main: Policy = FAST, other: Policy = SLOW) -> Decision:
    return decide(both(owing, main, other), owing, at(offset))


def test_each_item_climbs_the_ladder_of_its_own_policy() -> None:
    owing = account(invoice("A"), hosting("H"))
    levels = [[one.level for one in decided(owing, offset).items] for offset in (0, 1, 8, 10, 30)]
    assert levels == [[None, None], ["now", None], ["again", None], ["again", "gentle"], ["again", "firm"]]


def test_lists_show_the_items_of_every_policy_in_the_accounts_order_as_they_are_decided() -> None:
    owing = account(
        invoice("A"), hosting("H", due=-2), invoice("B", due=1), invoice("P"), disputes=(dispute(1, "H"),), payments=(paid("100.00", "P"),)
    )
    views, left = views_of(both(owing), owing, at(6)), [one for one in decided(owing, 6).items if one.state is not State.SETTLED]
    assert [one.item.number for one in left] == ["A", "H", "B"]
    assert [(one.item, one.open, one.days_past_due, one.state) for one in open_items(views)] == [
        (one.item, one.open, one.days_past_due, one.state) for one in left
    ]
    assert [one.item for one in owed_items(views)] == [one.item for one in left]
    assert [silence(views, one.item) for one in left] == [State.OPEN, State.DISPUTED, State.OPEN]


def test_a_message_lists_what_falls_to_its_policy_and_says_which_that_is() -> None:
    owing = account(invoice("A"), hosting("H"))
    found = message(decided(owing, 1))
    assert found is not None
    assert (numbers(owing, found.items), found.policy, found.amounts) == (["A"], ("fast", 1), (euro("100.00"),))


def test_what_two_policies_would_write_at_one_time_is_one_message_led_by_the_oldest() -> None:
    owing = account(invoice("A", due=2), hosting("H", due=0))
    remind = [action for action in decided(owing, 10).actions if action.kind is ActionKind.REMIND]
    assert [(action.step, action.policy[0], numbers(owing, action.items)) for action in remind] == [("gentle", "slow", ["H", "A"])]
    assert [(listed.step, listed.leads) for listed in remind[0].items] == [("gentle", True), ("again", True)]


def test_a_message_of_one_policy_puts_the_others_off_to_another_day() -> None:
    owing = account(invoice("A", due=2), hosting("H", due=0), notices=(notice(10, "again", "A"),))
    assert message(decided(owing, 10)) is None
    found = message(decided(owing, 11))
    assert found is not None
    assert numbers(owing, found.items) == ["H"]


def test_money_on_account_is_taken_off_a_common_message_once() -> None:
    send = {"on_account": OnAccount.SEND}
    owing = account(invoice("A", due=2), hosting("H", due=0), payments=(paid("30.00", None),))
    found = message(decided(owing, 10, replace(FAST, **send), replace(SLOW, **send)))  # type: ignore[arg-type]
    assert found is not None
    assert found.amounts == (euro("170.00"),)


def test_each_policys_minimum_counts_its_own_items() -> None:
    owing = account(invoice("A", "20.00"), hosting("H", 0, "90.00"))
    assert message(decided(owing, 1, replace(FAST, minimum=minimum(EUR="25.00")))) is None
    assert message(decided(owing, 10)) is not None


def test_an_instalment_falls_to_the_policy_of_the_first_invoice_its_plan_covers() -> None:
    owing = account(hosting("H"), invoice("A"), plans=(plan((20, "200.00"), covers=("H", "A")),))
    chosen = both(owing)
    assert [chosen.for_item(item.id).name for item in owing.all_items] == ["slow", "fast", "slow"]


def test_a_policy_in_another_currency_falls_back_to_none() -> None:
    own = replace(FAST, applies=AppliesTo(customers=("C1",), currencies=("GBP",)))
    owing = account(invoice("A"))
    assert choose([EVERYONE, own], owing, owing.items[0]) is own
    decision = decide(own, owing, at(3))
    assert message(decision) is None
    assert decision.items[0].because == "The policy is not for EUR, so nothing is asked in it."
