"""From an account to what its letter says: money that came and credit notes are two things."""

from __future__ import annotations

import pytest

from tests.fakes.clock import FixedClock
from tests.workflows.domain.accounts import account, at, credited, euro, invoice, item_id, paid, plan, policy
from workflows.domain.account import Account, ListedItem, Plan
from workflows.domain.messages import LetterLine
from workflows.domain.money import Money
from workflows.write_letter import letter


def lines(of: Account, *numbers: str) -> tuple[LetterLine, ...]:
    listed = [ListedItem(item_id(number), None, 0) for number in numbers]
    return letter(policy(), of, "first", listed, (), FixedClock(at(20))).overdue


def settled(of: Account, number: str = "A") -> tuple[Money, Money, Money]:
    """What was paid, credited and is open."""
    (line,) = lines(of, number)
    return line.paid, line.credited, line.open


@pytest.mark.parametrize(
    ("money", "note", "expected"),
    [
        (None, None, ("0.00", "0.00", "100.00")),
        ("30.00", None, ("30.00", "0.00", "70.00")),
        (None, "20.00", ("0.00", "20.00", "80.00")),
        ("30.00", "20.00", ("30.00", "20.00", "50.00")),
    ],
)
def test_a_line_tells_money_from_credit_notes(money: str | None, note: str | None, expected: tuple[str, str, str]) -> None:
    of = account(invoice(), payments=(paid(money),) if money else (), credits=(credited(note),) if note else ())
    assert settled(of) == tuple(map(euro, expected))


def test_a_credit_note_for_another_invoice_is_none_for_this_one() -> None:
    of = account(invoice(), invoice("B"), payments=(paid("30.00"),), credits=(credited("20.00", "B"), credited("10.00", None)))
    assert settled(of) == (euro("30.00"), euro("0.00"), euro("70.00"))
    assert settled(of, "B") == (euro("0.00"), euro("20.00"), euro("80.00"))


def test_a_credit_note_before_a_plan_takes_nothing_off_its_instalments() -> None:
    of = account(
        invoice(), invoice("B"), payments=(paid("30.00", on=8),), credits=(credited("20.00"), credited("5.00", "B")), plans=(_plan(),)
    )
    assert settled(of, "A/1") == (euro("30.00"), euro("0.00"), euro("10.00"))
    assert settled(of, "B") == (euro("0.00"), euro("5.00"), euro("95.00"))


def test_a_credit_note_during_a_plan_takes_something_off_its_instalments() -> None:
    of = account(invoice(), payments=(paid("20.00"),), credits=(credited("15.00", on=8),), plans=(_plan(),))
    assert settled(of, "A/1") == (euro("0.00"), euro("15.00"), euro("25.00"))


def _plan() -> Plan:
    """What is left of invoice A, 80.00, in two parts from day 5 on."""
    return plan((10, "40.00"), (40, "40.00"), since=5)
