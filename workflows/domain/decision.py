"""What `decide` answers: the state of every item, what to do now, and when to look again."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from workflows.domain.account import Item, ListedItem
from workflows.domain.claims import Promise
from workflows.domain.deeds import Approve
from workflows.domain.ids import ItemId
from workflows.domain.lateness import PlanTurn
from workflows.domain.money import Money
from workflows.domain.promises import Fate
from workflows.domain.values import value


class State(StrEnum):
    OPEN = "open"
    CHASING = "chasing"
    SNOOZED = "snoozed"
    PROMISED = "promised"
    ESCALATED = "escalated"
    ON_PLAN = "on_plan"
    DISPUTED = "disputed"
    HELD = "held"
    SETTLED = "settled"


@value
class NextStep:
    """The next thing that will happen to an item by itself. `day` is the local day at the customer's place."""

    step: str
    day: date
    at: datetime
    reminds: bool


@value
class PromiseNow:
    """An item's newest promise and what has become of it by now. `ends_on` is the first day on which it no longer stands."""

    promise: Promise
    fate: Fate
    ends_on: date


@value
class ItemDecision:
    """One item now. `days_past_due` is null without a due day; negative before it. `occurrence` counts the
    level's repeats. `because` is a sentence for staff. `kept` says how many of the customer's promises that came due were kept, and of how many.
    """

    item: Item
    state: State
    level: str | None
    open: Money
    days_past_due: int | None
    because: str
    next: NextStep | None = None
    occurrence: int = 0
    promise: PromiseNow | None = None
    kept: tuple[int, int] = (0, 0)

    @property
    def overdue(self) -> bool:
        return self.state is not State.SETTLED and self.days_past_due is not None and self.days_past_due > 0


class ActionKind(StrEnum):
    ALERT = "alert"
    REMIND = "remind"
    ESCALATE = "escalate"
    TASK = "task"
    NOTIFY = "notify"
    FEE = "fee"
    APPROVAL = "approval"
    OFFER_PLAN = "offer_plan"
    HAND_OVER = "hand_over"
    RECEIPT = "receipt"
    FINISHED = "finished"
    REVIEW = "review"
    NONE = "none"


@value
class Action:
    """One thing to do now, or (kind none) a step that was reached and withheld.

    `items` are the overdue items it lists, leader first; `upcoming` those whose step before the due day falls now.
    `key` is unique for ever: doing it twice is noticed by its key alone. `amounts` is one open sum per currency over `items`, net.
    Of a fee `amounts` is the fee. `what` is what a task is about, `to` whom it goes to, `ask` what approval is needed.
    `policy` is the version that decided it.
    """

    kind: ActionKind
    step: str
    items: tuple[ListedItem, ...]
    key: str
    because: str
    upcoming: tuple[ListedItem, ...] = ()
    amounts: tuple[Money, ...] = ()
    template: str | None = None
    via: tuple[str, ...] = ()
    day: date | None = None
    to: str | None = None
    what: str = ""
    ask: Approve | None = None
    policy: tuple[str, int] = ("none", 0)


@value
class Decision:
    """`next_look_at` is a hint for the tick: null when nothing will change by the passing of time alone.

    `oldest_due_on` is the due day of the oldest debt that is not settled, null without one. `turns` are plans that have come to another state than is kept of them. `next_change_at` is when the first state or level changes by time alone, also in hours in which nothing may be done about it.
    """

    items: tuple[ItemDecision, ...]
    actions: tuple[Action, ...]
    next_look_at: datetime | None
    next_change_at: datetime | None = None
    turns: tuple[PlanTurn, ...] = ()
    oldest_due_on: date | None = None

    def of(self, item: ItemId) -> ItemDecision:
        """Raises `KeyError` for an item of another account."""
        for decided in self.items:
            if decided.item.id == item:
                return decided
        raise KeyError(item)

    @property
    def moves_money(self) -> bool:
        """Carrying it out changes what is owed on which item."""
        return bool(self.turns) or any(action.kind is ActionKind.FEE for action in self.actions)
