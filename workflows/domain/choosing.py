"""Which policy has which item: invoice before customer, product, segment, book and default; the first that fits wins whole.

Most accounts have one policy. Where one names invoices or products, the items it names are set apart: each policy decides about its own
items by its own steps and limits, while all that is the customer's (money on account, holds, opt-outs, the gap between messages, one
message a day) counts for all of them together. What several policies would write at one time is one message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from workflows.domain.account import Account, Item, ItemKind
from workflows.domain.ids import ItemId
from workflows.domain.policy import AppliesTo, FirstContact, Policy

NOBODY = Policy("none", (), version=0, first_contact=FirstContact.HIGHEST_DUE)
"""For whom no policy is: nothing is asked of them by itself."""

Rank = tuple[bool, ...]


def rank(applies: AppliesTo) -> Rank:
    """How closely a policy names what it is for; the greater wins. Naming a customer and a book is closer than the customer alone."""
    return tuple(bool(named) for named in (applies.invoices, applies.customers, applies.products, applies.segments, applies.books))


def is_for_items(policy: Policy) -> bool:
    """Whether it has single items of an account: those of an invoice or a product. Any other has whole accounts."""
    return bool(policy.applies.invoices or policy.applies.products)


def choose(policies: Iterable[Policy], account: Account, item: Item | None = None) -> Policy | None:
    """The policy of an item, or without one that of the account itself; null where none fits.

    Currency does not choose: what is open in one that the chosen policy does not name is not asked for, and falls back to no other.
    """
    fitting = (policy for policy in policies if _fits(policy.applies, account, item))
    return max(fitting, key=lambda policy: rank(policy.applies), default=None)


def _fits(applies: AppliesTo, account: Account, item: Item | None) -> bool:
    customer = account.customer
    pairs = (
        (applies.invoices, (item.number, item.number.rpartition("/")[0]) if item else ()),  # I1 is also its instalment I1/2
        (applies.products, (item.product,) if item and item.product else ()),
        (applies.customers, (customer.number,)),
        (applies.segments, (customer.segment or customer.party.value,)),
        (applies.books, (account.book.slug,)),
    )
    return all(not named or _folded(named) & _folded(found) for named, found in pairs)


def _folded(named: Iterable[str]) -> frozenset[str]:
    return frozenset(one.casefold() for one in named)


def could_both_win(one: AppliesTo, other: AppliesTo) -> bool:
    """Whether neither could win where both fit: they name the same kinds of things, and in each of them something in common."""
    pairs = (
        (one.invoices, other.invoices),
        (one.customers, other.customers),
        (one.products, other.products),
        (one.segments, other.segments),
        (one.books, other.books),
    )
    return rank(one) == rank(other) and all(not mine or _folded(mine) & _folded(theirs) for mine, theirs in pairs)


def with_apart(main: Policy, account: Account, of_item: Callable[[Item], Policy]) -> Policy:
    """The account's own policy, knowing the items that another one has.

    An instalment belongs to the policy of the first invoice its plan covers, one an invoice was issued with to its invoice's.
    """
    covered = {plan.id: plan.covers[0] for plan in account.plans if plan.covers}
    apart: dict[ItemId, Policy] = {item.id: of_item(item) for item in account.items}
    for item in account.all_items:
        if item.kind is ItemKind.INSTALMENT and item.plan is not None and item.plan in covered:
            apart[item.id] = apart.get(covered[item.plan], main)
    others = {item: policy for item, policy in apart.items() if policy is not main}
    return replace(main, apart=others) if others else main


def parts(policy: Policy, account: Account) -> Sequence[tuple[Policy, frozenset[ItemId] | None]]:
    """Every policy that has items of the account, with them; with null where there is but one, which has them all.

    The policy that has the item due first comes first: in a message that several have a part in, it chooses the words.
    """
    if not policy.apart:
        return [(policy, None)]
    groups: dict[tuple[str, int], tuple[Policy, set[ItemId]]] = {}
    for item in sorted(account.all_items, key=lambda one: (one.due_on or date.max, one.number)):
        mine = policy.for_item(item.id)
        groups.setdefault((mine.name, mine.version), (mine, set()))[1].add(item.id)
    return [(mine, frozenset(items)) for mine, items in groups.values()]
