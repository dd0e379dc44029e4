"""What a policy does beside telling staff and writing to the customer."""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from enum import StrEnum

from workflows.domain.access import Role
from workflows.domain.money import Money
from workflows.domain.values import value


@value
class Approve:
    """What stands after it waits until `people` of that role or a higher one have approved the step."""

    by: Role = Role.MANAGER
    people: int = 1


class FeeOf(StrEnum):
    """What a percentage is of: what is still open of the item, or its whole sum. Fees are never part of either."""

    OPEN = "open"
    ORIGINAL = "original"


@value
class Charge:
    """A fee: a fixed sum in the item's currency, a percentage, and simple interest at a yearly rate in percent, added and rounded once."""

    flat: dict[str, Money] = field(default_factory=dict)
    percent: Decimal = Decimal(0)
    of: FeeOf = FeeOf.OPEN
    interest: Decimal = Decimal(0)


@value
class MakeTask:
    """Something for a colleague to do: the customer's owner, or anybody."""

    what: str
    for_owner: bool = True


@value
class SendReceipt:
    """Thanks for money; it is no reminder and counts as none."""

    via: tuple[str, ...] = ("email",)
    template: str = "receipt"


@value
class Notify:
    """A word to the account owner, or to managers."""

    who: str = "owner"


@value
class UpdateRecords:
    """What other systems are told of it; while none is connected there is nobody to tell."""


@value
class OfferPlan:
    """Somebody is to offer the customer a payment plan."""


@value
class HandOver:
    """The debt leaves our hands; nothing more is asked here."""

    to: str = "collections"
