"""The shape of a policy file, and how it becomes a `workflows.domain.policy.Policy`."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from workflows.domain.money import Money
from workflows.domain.policy import (
    Advance,
    AgeFrom,
    Alert,
    Anchor,
    CatchUp,
    Do,
    Escalate,
    FirstContact,
    Hours,
    OnAccount,
    OnNewLeader,
    Policy,
    Remind,
    Sequence,
    Step,
    When,
)
from workflows.domain.policy import AppliesTo as Applies

# Everything that may be left out takes the domain's own value, so that the two cannot drift apart.
_LEFT_OUT = Policy(name="", steps=())
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ANCHORS = tuple(anchor.value for anchor in Anchor)

Lax = Strict(strict=False)
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Days = Annotated[int, Field(ge=0, le=3650)]
Count = Annotated[int, Field(ge=1, le=3650)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?$")]
Amounts = Annotated[dict[Currency, Amount], Field(json_schema_extra={"additionalProperties": False})]
Names = Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=200)]], Field(min_length=1, max_length=10_000)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


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


class AlertSection(Section):
    """A card for staff. It takes no settings: `alert: {}`."""

    def to_domain(self) -> Alert:
        return Alert()


class RemindSection(Section):
    """A message to the customer."""

    via: list[Literal["email"]] = Field(default=["email"], min_length=1, description="Channels, the first possible one is used.")
    template: str = Field(description="Which letter is sent.")

    def to_domain(self) -> Remind:
        return Remind(self.template, tuple(self.via))


class EscalateSection(Section):
    """The item goes to a manager; reminders wait until it is handed back."""

    to: Literal["manager"] = "manager"

    def to_domain(self) -> Escalate:
        return Escalate(self.to)


class DoSection(Section):
    """One thing to do."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    alert: AlertSection = AlertSection()
    remind: RemindSection = RemindSection(template="")
    escalate: EscalateSection = EscalateSection()

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise PydanticCustomError("one_thing", "expected exactly one of alert, remind and escalate in each entry of `do`")
        return self

    @property
    def what(self) -> str:
        (name,) = self.model_fields_set
        return name

    def to_domain(self) -> Do:
        section: AlertSection | RemindSection | EscalateSection = getattr(self, self.what)
        return section.to_domain()


class StepSection(Section):
    """A rung of the ladder."""

    name: Name = Field(description="Stays the same for ever: what was sent is remembered by it.")
    when: WhenSection
    do: list[DoSection] = Field(min_length=1)

    def to_domain(self) -> Step:
        return Step(self.name, self.when.to_domain(), tuple(entry.to_domain() for entry in self.do))


class PolicyFile(Section):
    """When customers who owe are written to, and when staff are told."""

    name: Name
    applies_to: AppliesTo = AppliesTo()
    mode: Literal["active"] = "active"
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
    messages_per_day: Literal[1] = 1
    max_attempts: Count | None = Field(default=_LEFT_OUT.max_attempts, description="Messages per currency until money arrives.")
    hours: Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = Field(
        default=None, description="On the customer's clocks, from up to but not including: 09:00-18:00."
    )
    business_days: bool = Field(default=_LEFT_OUT.business_days, description="No message on weekends and public holidays.")
    weekdays: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(default=[], description="Messages on these days only.")
    promise_grace_days: Days = Field(
        default=_LEFT_OUT.promise_grace_days, description="Business days the money of a promise may still take to arrive."
    )
    grace_days: Literal[5] = Field(default=5, description="Business days an instalment may be late before its plan is.")
    cure_days: Literal[10] = Field(default=10, description="Calendar days a late plan has to catch up.")
    freshness: Literal["10m"] = Field(default="10m", description="How old a balance may be when a message leaves.")
    freshness_file: Literal[1] = Field(default=1, description="The same for books fed by files: business days after the day of the file.")
    steps: list[StepSection] = Field(min_length=1, max_length=50)

    def to_domain(self, version: int) -> Policy:
        return Policy(
            name=self.name,
            version=version,
            steps=tuple(step.to_domain() for step in self.steps),
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
            max_attempts=self.max_attempts,
            hours=read_hours(self.hours) if self.hours else None,
            business_days=self.business_days,
            weekdays=tuple(sorted({WEEKDAYS.index(day) for day in self.weekdays})),
            promise_grace_days=self.promise_grace_days,
        )


def read_hours(text: str) -> Hours:
    """`09:00-18:00`."""
    start, end = text.split("-")
    return Hours(time.fromisoformat(start), time.fromisoformat(end))
