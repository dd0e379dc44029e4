"""The shape of a policy file, and how it becomes a `workflows.domain.policy.Policy`."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Discriminator, Field, StringConstraints, Tag, model_validator
from pydantic_core import PydanticCustomError

from bot.policy.deeds import DoSection
from bot.policy.shapes import TAG, Amounts, Count, Currency, Days, Lax, Name, Names, Section
from workflows.domain.events import EventName, Trigger
from workflows.domain.money import Money
from workflows.domain.policy import (
    Advance,
    AgeFrom,
    Anchor,
    CatchUp,
    EventRule,
    FirstContact,
    Hours,
    Mode,
    OnAccount,
    OnNewLeader,
    Policy,
    Sequence,
    Step,
    When,
)
from workflows.domain.policy import AppliesTo as Applies

# Everything that may be left out takes the domain's own value, so that the two cannot drift apart.
_LEFT_OUT = Policy(name="", steps=())
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ANCHORS = tuple(anchor.value for anchor in Anchor)


class AppliesTo(Section):
    """Whom this policy is for. `[any]`, or leaving a line out, means all.

    Where several fit, one that names invoices wins over one that names customers, then products, segments, books, and the one for all.
    """

    invoice: Names = Field(default=["any"], description="Numbers of invoices, in quotes.")
    customer: Names = Field(default=["any"], description="Customers' numbers in your books, in quotes.")
    product: Names = Field(default=["any"], description="What was sold, as the invoice says it.")
    segment: Names = Field(default=["any"], description="Kinds of customers; where yours have none: business, sole_trader, consumer.")
    book: Names = Field(default=["any"], description="Short names of books, as `duebot import --book` takes them.")
    currency: list[Currency | Literal["any"]] = Field(
        default=["any"], min_length=1, description="It chooses no policy: what is open in another currency is not asked for."
    )

    def to_domain(self) -> Applies:
        named = (self.invoice, self.customer, self.product, self.segment, self.book, self.currency)
        return Applies(*(() if "any" in names else tuple(names) for names in named))


class WhenSection(Section):
    """One day to count from, and the last step may repeat."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": [name]} for name in ANCHORS]})

    before_due: Days = Field(default=0, description="Days before the due day.")
    after_due: Days = Field(default=0, description="Days after the due day.")
    after_issue: Days = Field(default=0, description="Days after the invoice's date.")
    after_previous: Days = Field(default=0, description="Days after the step before was sent to the customer.")
    no_reply: Days = Field(default=0, description="The same, where the customer has not answered since.")
    month_end_after_due: Days = Field(default=0, description="The last day of the month that holds the due day plus so many days.")
    before_instalment: Days = Field(default=0, description="Days before the due day of a plan's instalment.")
    after_instalment: Days = Field(default=0, description="Days after the due day of a plan's instalment.")
    repeat_every: Count = Field(default=1, description="Then again every so many days. The last step only.")

    @model_validator(mode="after")
    def _one_anchor(self) -> Self:
        if len(self.model_fields_set & set(ANCHORS)) != 1:
            raise PydanticCustomError("one_anchor", "expected exactly one day to count from: {names}", {"names": ", ".join(ANCHORS)})
        return self

    def to_domain(self) -> When:
        (anchor,) = self.model_fields_set & set(ANCHORS)
        repeat = self.repeat_every if "repeat_every" in self.model_fields_set else None
        return When(Anchor(anchor), getattr(self, anchor), repeat)


class StepSection(Section):
    """A rung of the ladder."""

    name: Name = Field(description="Stays the same for ever: what was sent is remembered by it.")
    when: WhenSection
    do: list[DoSection] = Field(min_length=1)

    def to_domain(self) -> Step:
        return Step(self.name, self.when.to_domain(), tuple(entry.to_domain() for entry in self.do))


PlainEvent = Literal[
    "overdue",
    "flagged",
    "promise_broken",
    "plan_late",
    "plan_defaulted",
    "instalment_created",
    "payment_received",
    "payment_failed",
    "reply_received",
    "end_of_sequence",
    "weekly",
    "fortnightly",
    "monthly",
]


class OverSection(Section):
    """More than these sums is open, by currency."""

    balance_over: Amounts = Field(min_length=1)


def _on_shape(value: Any) -> str:
    return f"{TAG}over" if isinstance(value, dict | OverSection) else f"{TAG}name"


class EventSection(Section):
    """What is done each time something happens."""

    on: Annotated[Annotated[PlainEvent, Tag(f"{TAG}name")] | Annotated[OverSection, Tag(f"{TAG}over")], Discriminator(_on_shape)] = Field(
        description='What happens; of a sum, as in {balance_over: {EUR: "5000.00"}}.'
    )
    do: list[DoSection] = Field(min_length=1)

    def to_domain(self) -> EventRule:
        done = tuple(entry.to_domain() for entry in self.do)
        if isinstance(self.on, OverSection):
            over = {code: Money.of(amount, code) for code, amount in self.on.balance_over.items()}
            return EventRule(Trigger(EventName.BALANCE_OVER, over), done)
        return EventRule(Trigger(EventName(self.on)), done)


class PolicyFile(Section):
    """When customers who owe are written to, and when staff are told."""

    name: Name
    applies_to: AppliesTo = AppliesTo()
    mode: Annotated[Mode, Lax] = Field(
        default=_LEFT_OUT.mode, description="draft: every message waits for a manager's approval. off: nothing is done."
    )
    age_from: Annotated[AgeFrom, Lax] = Field(
        default=_LEFT_OUT.age_from, description="Count `after_due` from the due day or the invoice's date."
    )
    sequence: Annotated[Sequence, Lax] = Field(
        default=_LEFT_OUT.sequence, description="customer: the oldest open item leads, the others are listed. invoice: each its own."
    )
    advance: Annotated[Advance, Lax] = Field(
        default=_LEFT_OUT.advance, description="highest_due: the highest step reached. one_per_run: one step for each message."
    )
    on_new_leader: Annotated[OnNewLeader, Lax] = Field(
        default=_LEFT_OUT.on_new_leader,
        description="The leader is settled, another takes over: by_age takes its own step, restart the first, keep goes on after the last sent.",
    )
    first_contact: Annotated[FirstContact, Lax] = Field(
        default=_LEFT_OUT.first_contact, description="What happens to accounts that are overdue already when first read."
    )
    after_outage: Annotated[CatchUp, Lax] = Field(
        default=_LEFT_OUT.after_outage, description="catch_up: the highest step reached, once. skip: nothing that was missed."
    )
    after_pause: Annotated[CatchUp, Lax] = Field(
        default=_LEFT_OUT.after_pause, description="Steps whose day passed during a snooze, a plan or in a manager's hands."
    )
    net: bool = Field(default=_LEFT_OUT.net, description="Money on account counts against limits and totals.")
    on_account: Annotated[OnAccount, Lax] = Field(
        default=_LEFT_OUT.on_account, description="Money on account covers a part: ask a person first, or send the net sum."
    )
    minimum: Amounts = Field(default={}, description="Below it nothing happens. A currency missing from it is not chased at all.")
    minimum_count: Count = Field(default=_LEFT_OUT.minimum_count, description="Overdue items an account needs.")
    tolerance: Amounts = Field(default={}, description="An item with less than this open counts as settled.")
    gap_days: Days = Field(default=_LEFT_OUT.gap_days, description="Days between two messages to one customer.")
    messages_per_day: Literal[1, 2] = Field(
        default=1, description="2: what falls due and what is overdue are messages of their own on one day."
    )
    max_attempts: Count | None = Field(default=_LEFT_OUT.max_attempts, description="Messages per currency until money arrives.")
    hours: Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = Field(
        default=None, description="On the customer's clocks, from up to but not including: 09:00-18:00."
    )
    business_days: bool = Field(default=_LEFT_OUT.business_days, description="No message on weekends and public holidays.")
    weekdays: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(default=[], description="Messages on these days only.")
    promise_grace_days: Days = Field(
        default=_LEFT_OUT.promise_grace_days, description="Business days the money of a promise may still take to arrive."
    )
    grace_days: Days = Field(default=_LEFT_OUT.grace_days, description="Business days an instalment may be late before its plan is.")
    cure_days: Days = Field(default=_LEFT_OUT.cure_days, description="Calendar days a late plan has to catch up before all of it is due.")
    freshness: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,3}[smh]$")] = Field(
        default="10m", description="How old a balance may be when a message leaves: 90s, 10m, 2h."
    )
    freshness_file: Annotated[int, Field(ge=0, le=30)] = Field(
        default=_LEFT_OUT.freshness_file, description="The same for books fed by files: business days after the day of the file."
    )
    steps: list[StepSection] = Field(min_length=1, max_length=50)
    events: list[EventSection] = Field(default=[], max_length=50, description="What is done when something happens, whatever the step.")

    def to_domain(self, version: int) -> Policy:
        return Policy(
            name=self.name,
            version=version,
            steps=tuple(step.to_domain() for step in self.steps),
            events=tuple(event.to_domain() for event in self.events),
            mode=self.mode,
            applies=self.applies_to.to_domain(),
            age_from=self.age_from,
            sequence=self.sequence,
            advance=self.advance,
            on_new_leader=self.on_new_leader,
            first_contact=self.first_contact,
            after_outage=self.after_outage,
            after_pause=self.after_pause,
            on_account=self.on_account,
            net=self.net,
            minimum={code: Money.of(amount, code) for code, amount in self.minimum.items()},
            minimum_count=self.minimum_count,
            tolerance={code: Money.of(amount, code) for code, amount in self.tolerance.items()},
            gap_days=self.gap_days,
            messages_per_day=self.messages_per_day,
            max_attempts=self.max_attempts,
            hours=read_hours(self.hours) if self.hours else None,
            business_days=self.business_days,
            weekdays=tuple(sorted({WEEKDAYS.index(day) for day in self.weekdays})),
            promise_grace_days=self.promise_grace_days,
            grace_days=self.grace_days,
            cure_days=self.cure_days,
            freshness=read_span(self.freshness),
            freshness_file=self.freshness_file,
        )


def read_hours(text: str) -> Hours:
    """`09:00-18:00`."""
    start, end = text.split("-")
    return Hours(time.fromisoformat(start), time.fromisoformat(end))


def read_span(text: str) -> timedelta:
    """`90s`, `10m` or `2h`."""
    return int(text[:-1]) * {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}[text[-1]]
