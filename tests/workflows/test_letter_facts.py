"""What a letter about something that happened says is found in the account: the plan, the money, the promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.letters.template_letters import TemplateLetters
from tests.fakes.clock import FixedClock
from tests.workflows.domain.accounts import account, at, credited, day, euro, invoice, item_id, notice, paid, plan, policy, promise
from workflows.domain.account import Account, ListedItem, NoticeState, Payment, PlanState
from workflows.domain.charges import Fee
from workflows.domain.messages import Letter, Received
from workflows.domain.policy import Policy, Remind, Step
from workflows.errors import Refused
from workflows.preview_letter import preview_letter
from workflows.write_letter import letter


def written(template: str, of: Account, *late: str, soon: tuple[str, ...] = (), on: int = 20, by: Policy | None = None) -> Letter:
    listed, coming = ([ListedItem(item_id(number), None) for number in numbers] for numbers in (late, soon))
    return letter(by or policy(), of, template, listed, coming, FixedClock(at(on)))


def test_a_receipt_thanks_for_the_money_of_the_newest_day_and_names_the_rest() -> None:
    of = account(invoice(), payments=(paid("10.00", on=3), paid("20.00", on=9), paid("5.00", on=9)))
    asked = written("receipt", of, "A")
    assert asked.received == (Received(euro("20.00"), day(9), "A"), Received(euro("5.00"), day(9), "A"))
    assert asked.settled == ()
    assert [line.open for line in asked.overdue] == [euro("65.00")]


def test_a_receipt_for_the_whole_says_so_and_asks_for_nothing() -> None:
    asked = written("receipt", account(invoice(), payments=(paid("100.00", on=9),)), "A")
    assert (asked.settled, asked.overdue, asked.upcoming, asked.amounts) == (("A",), (), (), ())


def test_money_that_was_taken_back_is_thanked_for_by_nobody() -> None:
    of = account(invoice(), payments=(paid("10.00", on=3), replace(paid("20.00", on=9), reversed_on=day(12))))
    assert written("receipt", of, "A").received == (Received(euro("10.00"), day(3), "A"),)


def test_money_for_nothing_that_is_named_gets_its_own_receipt() -> None:
    of = account(invoice(), payments=(paid("10.00", on=3), paid("20.00", None, on=9)))
    assert written("receipt", of).received == (Received(euro("20.00"), day(9)),)


def test_a_correction_names_the_day_of_the_message_that_crossed_the_money() -> None:
    failed = notice(15, "second", state=NoticeState.FAILED, sent=at(15))
    of = account(invoice(), payments=(paid("100.00", on=9),), notices=(notice(8, sent=at(8)), failed))
    assert written("correction", of, "A").crossed_on == day(8)


def test_a_promise_is_the_newest_that_stands() -> None:
    of = account(invoice(), promises=(promise(25, "30.00", since=10), promise(30, "70.00", since=12)))
    noted = written("promise_noted", of, "A").promised
    assert noted is not None
    assert (noted.amount, noted.until, noted.numbers) == (euro("70.00"), day(30), ("A",))


@pytest.mark.parametrize("listed", ["A", "A/2"])
def test_a_confirmed_plan_shows_every_instalment_and_what_is_left_of_it(listed: str) -> None:
    of = account(invoice(), plans=(plan((10, "60.00"), (40, "40.00"), since=5),), payments=(paid("25.00", on=9),))
    letter = written("plan_confirmed", of, listed)
    agreed = letter.plan
    assert agreed is not None
    assert (letter.overdue, letter.upcoming) == ((), ()), "the schedule says what is to be paid, and nothing else is asked for"
    assert [(line.number, line.total, line.open) for line in agreed.schedule] == [
        ("A/1", euro("60.00"), euro("35.00")),
        ("A/2", euro("40.00"), euro("40.00")),
    ]
    assert (agreed.covers, agreed.answer_by) == (("A",), None)


@pytest.mark.parametrize(("paid_so_far", "on", "said"), [((), 20, ("A/1", "60.00")), ((paid("60.00", on=9),), 20, ("A/2", "40.00"))])
@pytest.mark.parametrize("template", ["instalment_late", "instalment_upcoming"])
def test_words_about_an_instalment_are_previewed_with_the_one_whose_turn_it_is(
    template: str, paid_so_far: tuple[Payment, ...], on: int, said: tuple[str, str]
) -> None:
    of = account(invoice(), plans=(plan((10, "60.00"), (40, "40.00"), since=5),), payments=paid_so_far)
    shown = preview_letter(policy(), of, item_id("A"), TemplateLetters(), FixedClock(at(on)), template)
    assert said[0] in shown.subject
    assert said[1] in shown.text
    assert "100.00" not in shown.text


def test_without_a_plan_there_are_no_words_about_an_instalment() -> None:
    with pytest.raises(Refused, match="no payment plan runs"):
        preview_letter(policy(), account(invoice()), item_id("A"), TemplateLetters(), FixedClock(at(20)), "instalment_late")


def test_an_offered_plan_says_until_when_it_stands() -> None:
    offered = replace(plan((10, "60.00"), (40, "40.00"), since=5), state=PlanState.PROPOSED, accepted_at=None, accepted_by=None)
    agreed = written("plan_offered", account(invoice(), plans=(offered,)), "A").plan
    assert agreed is not None
    assert [line.open for line in agreed.schedule] == [euro("60.00"), euro("40.00")]
    assert agreed.answer_by == day(12)


def test_a_statement_lists_everything_once_whatever_was_asked_about() -> None:
    of = account(
        invoice(), invoice("B", due=30), invoice("C", due=-5), invoice("D"),
        plans=(plan((10, "60.00"), (40, "40.00"), since=5),), payments=(paid("100.00", "D"), paid("15.00", None)),
    )  # fmt: skip
    asked = written("statement", of, "A")
    assert [line.number for line in asked.overdue] == ["C", "A/1"]
    assert [line.number for line in asked.upcoming] == ["B", "A/2"]
    assert asked.on_account == (euro("15.00"),)


def test_a_late_charge_stands_beside_what_it_was_charged_on() -> None:
    of = account(invoice(), payments=(paid("30.00"),), credits=(credited("20.00"),))
    of = replace(of, fees=(Fee(item_id("A"), "second", euro("4.00"), datetime(2020, 1, 1, tzinfo=UTC)),))
    (line,) = written("second", of, "A").overdue
    assert (line.total, line.charged, line.paid, line.credited, line.open) == tuple(
        map(euro, ("100.00", "4.00", "30.00", "20.00", "54.00"))
    )


@pytest.mark.parametrize(("template", "documents"), [("first", ("A", "B")), ("second", ())])
def test_documents_go_along_where_the_policy_says_so(template: str, documents: tuple[str, ...]) -> None:
    steps = tuple(replace(one, do=(Remind(one.name, attach=one.name == "first"),)) for one in policy().steps)
    assert _names(steps) >= {"first", "second"}
    asked = written(
        template, account(invoice(), invoice("B"), invoice("C", due=30)), "A", "B", soon=("C",), by=replace(policy(), steps=steps)
    )
    assert asked.documents == documents


def test_an_instalment_carries_the_invoices_of_its_plan() -> None:
    steps = tuple(replace(one, do=(Remind(one.name, attach=True),)) for one in policy().steps)
    of = account(invoice(), plans=(plan((10, "60.00"), (40, "40.00"), since=5),))
    assert written("first", of, "A/1", "A/2", by=replace(policy(), steps=steps)).documents == ("A",)


def _names(steps: tuple[Step, ...]) -> set[str]:
    return {one.name for one in steps}
