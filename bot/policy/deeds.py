"""The shape of `do` in a policy file: each thing a step or an event can do."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from bot.policy.shapes import TAG, Amounts, Lax, Percent, Section, Words
from workflows.domain.access import Role
from workflows.domain.deeds import Approve, Charge, FeeOf, HandOver, MakeTask, Notify, OfferPlan, SendReceipt, UpdateRecords
from workflows.domain.money import Money
from workflows.domain.policy import Alert, Do, Escalate, Remind

Channel = Literal["email", "sms", "phone", "voice", "whatsapp", "telegram", "intercom", "push", "letter"]
_BY_EMAIL: list[Channel] = ["email"]
_ROLES = {"collector": Role.COLLECTOR, "manager": Role.MANAGER, "administrator": Role.ADMINISTRATOR}


class AlertSection(Section):
    """A card for staff. It takes no settings: `alert: {}`."""

    def to_domain(self) -> Alert:
        return Alert()


class EveryChannel(Section):
    """Over every possible one of them, as one message."""

    all: list[Channel] = Field(min_length=1)


def _via_shape(value: Any) -> str:
    return f"{TAG}all" if isinstance(value, dict | EveryChannel) else f"{TAG}list"


class RemindSection(Section):
    """A message to the customer."""

    via: Annotated[
        Annotated[Annotated[list[Channel], Field(min_length=1)], Tag(f"{TAG}list")] | Annotated[EveryChannel, Tag(f"{TAG}all")],
        Discriminator(_via_shape),
    ] = Field(default=_BY_EMAIL, description="Channels, the first possible one is used; {all: [...]} uses every possible one.")
    template: str = Field(description="Which letter is sent.")
    attach: Literal["invoice"] | None = Field(
        default=None, description="invoice: its document goes along; where it is missing the letter waits."
    )

    def to_domain(self) -> Remind:
        if isinstance(self.via, EveryChannel):
            return Remind(self.template, tuple(self.via.all), every=True, attach=self.attach is not None)
        return Remind(self.template, tuple(self.via), attach=self.attach is not None)


class ReceiptSection(Section):
    """Thanks for money that came in. It is no reminder and counts as none."""

    via: list[Channel] = Field(default=["email"], min_length=1, description="Channels, the first possible one is used.")
    template: str = Field(default="receipt", description="Which letter is sent.")

    def to_domain(self) -> SendReceipt:
        return SendReceipt(tuple(self.via), self.template)


class EscalateSection(Section):
    """The item goes to a manager; reminders wait until it is handed back."""

    to: Literal["manager"] = "manager"

    def to_domain(self) -> Escalate:
        return Escalate(self.to)


class ApproveSection(Section):
    """What stands after it waits for an approval, once for each item and step."""

    by: Literal["collector", "manager", "administrator"] = Field(default="manager", description="The least role that may approve.")
    people: Annotated[int, Field(ge=1, le=5)] = Field(default=1, description="How many people have to.")

    def to_domain(self) -> Approve:
        return Approve(_ROLES[self.by], self.people)


class FeeSection(Section):
    """A late fee: its parts are added and rounded once. Each step charges an item once, for ever."""

    flat: Amounts = Field(default={}, description="A fixed sum by currency.")
    percent: Percent = Field(default="0", description="Percent of the item, in quotes.")
    of: Annotated[FeeOf, Lax] = Field(default=FeeOf.OPEN, description="The percentage is of what is open, or of the original sum.")
    interest: Percent = Field(default="0", description="Simple interest: percent a year on what is open, by days past due / 365.")

    def to_domain(self) -> Charge:
        flat = {code: Money.of(amount, code) for code, amount in self.flat.items()}
        return Charge(flat, Decimal(self.percent), self.of, Decimal(self.interest))


class TaskSection(Section):
    """Something for a colleague to do."""

    model_config = ConfigDict(populate_by_name=True)

    what: Words = Field(description="In a few words: call, watch the plan.")
    for_: Literal["owner", "anyone"] = Field(default="owner", alias="for", description="The customer's owner, or anyone.")

    def to_domain(self) -> MakeTask:
        return MakeTask(self.what, for_owner=self.for_ == "owner")


class NotifySection(Section):
    """A word to the account owner."""

    who: Literal["owner", "manager"] = "owner"

    def to_domain(self) -> Notify:
        return Notify(self.who)


class UpdateRecordsSection(Section):
    """Connected systems are told. It takes no settings: `update_records: {}`."""

    def to_domain(self) -> UpdateRecords:
        return UpdateRecords()


class OfferPlanSection(Section):
    """A colleague is to offer a payment plan. It takes no settings: `offer_plan: {}`."""

    def to_domain(self) -> OfferPlan:
        return OfferPlan()


class HandOverSection(Section):
    """The debt goes to somebody else; nothing more is asked of the customer."""

    to: Words = Field(default="collections", description="Whom it goes to.")

    def to_domain(self) -> HandOver:
        return HandOver(self.to)


class DoSection(Section):
    """One thing to do."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    alert: AlertSection = AlertSection()
    remind: RemindSection = RemindSection(template="")
    escalate: EscalateSection = EscalateSection()
    approve: ApproveSection = ApproveSection()
    fee: FeeSection = FeeSection()
    task: TaskSection = TaskSection(what="call")
    receipt: ReceiptSection = ReceiptSection()
    notify: NotifySection = NotifySection()
    update_records: UpdateRecordsSection = UpdateRecordsSection()
    offer_plan: OfferPlanSection = OfferPlanSection()
    hand_over: HandOverSection = HandOverSection()

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if len(self.model_fields_set) != 1:
            names = ", ".join(type(self).model_fields)
            raise PydanticCustomError("one_thing", "expected exactly one thing in each entry of `do`: {known}", {"known": names})
        return self

    @property
    def what(self) -> str:
        (name,) = self.model_fields_set
        return name

    def to_domain(self) -> Do:
        done: Do = getattr(self, self.what).to_domain()
        return done
