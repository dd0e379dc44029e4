"""What the shared cases are played with: a policy, a ledger, what must come out, and short words for ledger lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.workflows.ledgers import Row, invoice, remind, simulated


class CannotExpress(Exception):
    """No shape of case that a policy and a ledger can say."""


@dataclass
class Play:
    """`expect` is compared with what `read` makes of the answer's lines."""

    policy: str | list[str]
    rows: list[Row]
    first: date
    last: date
    expect: Any
    read: Callable[[list[Row]], Any]
    lines: list[Row] = field(default_factory=list)

    def outcome(self) -> Any:
        self.lines = simulated(self.policy, self.rows, self.first.isoformat(), self.last.isoformat(), states=True)
        return self.read(self.lines)


def at(day: date, clock: str = "12:00") -> str:
    return f"{day.isoformat()}T{clock}:00Z"


def tick(on: str | date) -> Row:
    return {"on": str(on), "fact": "tick"}


def money(fact: str, on: str | date, amount: str, **rest: Any) -> Row:
    return {"on": str(on), "fact": fact, "amount": amount, "currency": "EUR", **rest}


def bill(number: str, due: date | None, amount: str = "100.00", **rest: Any) -> Row:
    return invoice(number, None if due is None else due.isoformat(), amount, **{key: str(value) for key, value in rest.items()})


def sent(lines: list[Row]) -> list[Row]:
    return [line for line in lines if line.get("action") == "remind"]


def sent_on(lines: list[Row]) -> list[date]:
    return [date.fromisoformat(day) for day in dict.fromkeys(line["on"] for line in sent(lines))]


def steps_of(days: list[int], anchor: str = "after_due") -> list[Row]:
    return [remind(f"s{n}", anchor, each) for n, each in enumerate(days, 1)]


def amounts_of(lines: list[Row]) -> list[str]:
    return [line["amount"] for line in sent(lines)]
