"""Late fees and interest that were charged on top of an item."""

from __future__ import annotations

from datetime import datetime

from workflows.domain.ids import ItemId, UserId
from workflows.domain.money import Money
from workflows.domain.values import value


@value
class Fee:
    """It raises what is open on its item and is the base of no other fee; `step` is what charged it: one per item and step, for ever.

    Without `by` the policy charged it. A waived fee counts for nothing from `waived_at` on.
    """

    item: ItemId
    step: str
    amount: Money
    at: datetime
    by: UserId | None = None
    waived_at: datetime | None = None
