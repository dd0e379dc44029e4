"""What steps and events of a policy file can do, and what is said of a mistake in it."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest

from bot.policies import read_policy
from bot.policy.model import PlainEvent
from tests.bot.test_policies import SHORT, by_schema, errors_of, step
from workflows.domain.access import Role
from workflows.domain.deeds import Approve, Charge, FeeOf, HandOver, MakeTask, Notify, OfferPlan, SendReceipt, UpdateRecords
from workflows.domain.events import EventName, Trigger
from workflows.domain.money import Money
from workflows.domain.policy import Do, EventRule, Remind

CHARGE = Charge({"EUR": Money.of("10.00", "EUR")}, Decimal("2.5"), FeeOf.ORIGINAL, Decimal("10.0"))


@pytest.mark.parametrize(
    ("do", "done"),
    [
        ("{remind: {via: {all: [email, sms]}, template: first}}", Remind("first", ("email", "sms"), every=True)),
        ("{approve: {by: manager, people: 2}}", Approve(Role.MANAGER, 2)),
        ("{fee: {flat: {EUR: '10.00'}, percent: '2.5', of: original, interest: '10.0'}}", CHARGE),
        ("{task: {what: call, for: anyone}}", MakeTask("call", for_owner=False)),
        ("{receipt: {via: [sms]}}", SendReceipt(("sms",))),
        ("{notify: {who: owner}}", Notify("owner")),
        ("{update_records: {}}", UpdateRecords()),
        ("{offer_plan: {}}", OfferPlan()),
        ("{hand_over: {to: collections}}", HandOver("collections")),
    ],
)
def test_a_step_and_an_event_can_do_it(do: str, done: Do) -> None:
    in_step, in_event = step(do=f"[{do}]"), SHORT + f"events:\n  - {{on: payment_received, do: [{do}]}}\n"
    assert read_policy(in_step, "p").steps[0].do == (done,)
    assert read_policy(in_event, "p").events == (EventRule(Trigger(EventName.PAYMENT_RECEIVED), (done,)),)
    assert by_schema(in_step)
    assert by_schema(in_event)


@pytest.mark.parametrize(
    ("event", "where", "words"),
    [
        ("{on: payment_recieved, do: [{alert: {}}]}", "events[0].on", "did you mean `payment_received`?"),
        ("{on: {balance_over: {EUR: 5}}, do: [{alert: {}}]}", "events[0].on.balance_over.EUR", "an amount in quotes"),
        ("{on: {balance_over: {EUX: '5.00'}}, do: [{alert: {}}]}", "events[0].on.balance_over.EUX", "EUX"),
        ("{on: overdue, do: [{fee: {}}]}", "events[0].do[0].fee", "a fee of nothing"),
        ("{on: overdue, do: [{fee: {percent: 2.5}}]}", "events[0].do[0].fee.percent", "a percentage in quotes"),
        ("{on: overdue, do: [{alert: {}}, {alert: {}}]}", "events[0].do[1]", "`alert` stands twice in one event"),
        ("{on: overdue, do: [{remind: {template: frist}}]}", "events[0].do[0].remind.template", "did you mean `first`?"),
    ],
)
def test_a_mistake_in_an_event_is_named(event: str, where: str, words: str) -> None:
    (error,) = errors_of(SHORT + f"events:\n  - {event}\n")
    assert (error.line, error.where) == (5, where)
    assert words in error.words


def test_the_name_of_an_event_is_no_name_of_a_step() -> None:
    (error,) = errors_of(step(name="overdue"))
    assert "the name of an event" in error.words


def test_every_event_is_one_the_schema_knows() -> None:
    plain = set(get_args(PlainEvent))
    assert plain | {"balance_over"} == {event.value for event in EventName}
