"""A chasing policy: which steps follow a due day, what each does, and the limits that hold it back."""

from __future__ import annotations

from dataclasses import field
from datetime import time, timedelta
from enum import StrEnum
from typing import Any

from workflows.domain.deeds import Approve, Charge, HandOver, MakeTask, Notify, OfferPlan, SendReceipt, UpdateRecords
from workflows.domain.events import Trigger
from workflows.domain.ids import ItemId
from workflows.domain.money import Money
from workflows.domain.values import value

_MOST = 4_096


class AgeFrom(StrEnum):
    DUE = "due"
    ISSUE = "issue"


class Sequence(StrEnum):
    CUSTOMER = "customer"
    INVOICE = "invoice"


class FirstContact(StrEnum):
    REVIEW = "review"
    HIGHEST_DUE = "highest_due"
    REPLAY = "replay"


class Advance(StrEnum):
    """`one_per_run`: an item goes up one step for each message that lists it, `highest_due`: as its days come."""

    HIGHEST_DUE = "highest_due"
    ONE_PER_RUN = "one_per_run"


class OnNewLeader(StrEnum):
    """What the item that leads after the one before is settled begins with."""

    BY_AGE = "by_age"
    RESTART = "restart"
    KEEP = "keep"


class CatchUp(StrEnum):
    CATCH_UP = "catch_up"
    SKIP = "skip"


class OnAccount(StrEnum):
    ASK = "ask"
    SEND = "send"


class Mode(StrEnum):
    """In draft nothing is sent or charged that nobody approved; off, nothing is done at all."""

    ACTIVE = "active"
    DRAFT = "draft"
    OFF = "off"


class Anchor(StrEnum):
    """What a step's days count from."""

    BEFORE_DUE = "before_due"
    AFTER_DUE = "after_due"
    AFTER_ISSUE = "after_issue"
    AFTER_PREVIOUS = "after_previous"
    NO_REPLY = "no_reply"
    MONTH_END_AFTER_DUE = "month_end_after_due"
    BEFORE_INSTALMENT = "before_instalment"
    AFTER_INSTALMENT = "after_instalment"


@value
class When:
    """`days` from the anchor; `repeat_every` days from the step's own day, for ever.

    `no_reply` counts as `after_previous` does, and comes only where the customer has not answered since.
    """

    anchor: Anchor
    days: int
    repeat_every: int | None = None


@value
class Alert:
    """Tell staff with a card."""


@value
class Remind:
    """Write to the customer over the first possible of `via`, or over `every` possible one, in the words of `template`.

    `attach`: the invoices' documents go along; where one is missing the message waits for it.
    """

    template: str
    via: tuple[str, ...] = ("email",)
    every: bool = False
    attach: bool = False


@value
class Escalate:
    """Bring the item to a person of that role."""

    to: str = "manager"


Do = Alert | Remind | Escalate | Approve | Charge | MakeTask | SendReceipt | Notify | UpdateRecords | OfferPlan | HandOver


@value
class Step:
    """`remind`, `alerts` and `escalates` are what is in `do`; `does_more` says whether anything else is."""

    name: str
    when: When
    do: tuple[Do, ...]
    remind: Remind | None = field(init=False, repr=False, compare=False)
    alerts: bool = field(init=False, repr=False, compare=False)
    escalates: bool = field(init=False, repr=False, compare=False)
    does_more: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "remind", next((act for act in self.do if isinstance(act, Remind)), None))
        object.__setattr__(self, "alerts", any(isinstance(act, Alert) for act in self.do))
        object.__setattr__(self, "escalates", any(isinstance(act, Escalate) for act in self.do))
        object.__setattr__(self, "does_more", any(not isinstance(act, Alert | Remind | Escalate) for act in self.do))


@value
class EventRule:
    """What is done each time something happens."""

    on: Trigger
    do: tuple[Do, ...]


@value
class Hours:
    """From `start` up to, not including, `end`, on the clocks of the place."""

    start: time
    end: time


@value
class AppliesTo:
    """Whom a policy is for; an empty tuple means all. Money in other `currencies` than those named is not asked for."""

    invoices: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    books: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()


@value
class Policy:
    """Limits that are null or empty do not apply. Days are calendar days; those of promises, of a plan's
    `grace_days` and of `freshness_file` are business days.

    `apart` are items of the account that another policy has (`workflows.domain.choosing`); it is for one account and never read from a file.
    """

    name: str
    steps: tuple[Step, ...]
    events: tuple[EventRule, ...] = ()
    version: int = 1
    mode: Mode = Mode.ACTIVE
    applies: AppliesTo = AppliesTo()
    age_from: AgeFrom = AgeFrom.DUE
    sequence: Sequence = Sequence.CUSTOMER
    advance: Advance = Advance.HIGHEST_DUE
    on_new_leader: OnNewLeader = OnNewLeader.BY_AGE
    first_contact: FirstContact = FirstContact.REVIEW
    after_outage: CatchUp = CatchUp.CATCH_UP
    after_pause: CatchUp = CatchUp.SKIP
    on_account: OnAccount = OnAccount.ASK
    net: bool = True
    minimum: dict[str, Money] = field(default_factory=dict)
    minimum_count: int = 1
    tolerance: dict[str, Money] = field(default_factory=dict)
    gap_days: int = 0
    messages_per_day: int = 1
    max_attempts: int | None = None
    hours: Hours | None = None
    business_days: bool = False
    weekdays: tuple[int, ...] = ()
    promise_grace_days: int = 2
    grace_days: int = 5
    cure_days: int = 10
    freshness: timedelta = timedelta(minutes=10)
    freshness_file: int = 1

    apart: dict[ItemId, Policy] = field(default_factory=dict)
    _memory: dict[object, dict[Any, Any]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def remembered(self, by: object) -> dict[Any, Any]:
        """What somebody worked out from this policy alone, and would for every account; they are forgotten when they grow many."""
        mine = self._memory.setdefault(by, {})
        if len(mine) > _MOST:
            mine.clear()
        return mine

    def for_item(self, item: ItemId) -> Policy:
        """The policy that has the item."""
        return self.apart.get(item, self)

    def step(self, name: str) -> Step:
        """Raises `KeyError` for a step the policy does not have."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    def rank(self, name: str | None) -> int:
        """A step's place on the ladder; below all of them for null or a step of another version."""
        return next((index for index, step in enumerate(self.steps) if step.name == name), -1)
