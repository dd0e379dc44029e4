"""What narrows the worklist: how late, how much, whose, in which state, in which currency. It stands in the address, so a list can be kept and shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from bot.actions import read_amount
from workflows.domain.decision import State
from workflows.domain.ids import UserId
from workflows.domain.money import BadAmount, Money, UnknownCurrency

STATES = tuple(state for state in State if state is not State.SETTLED)
_MOST_DAYS = 9_999


@dataclass(frozen=True, slots=True)
class Filters:
    """`age` is the least number of days late; `least` is kept as it was typed, and counts only beside a currency."""

    age: int = 0
    least: str = ""
    currency: str = ""
    owner: UserId | None = None
    state: State | None = None

    def __bool__(self) -> bool:
        return self != Filters()

    @property
    def wrong(self) -> str:
        """What of it cannot be used, in a sentence; empty when all can."""
        if self.currency and _sum("0", self.currency) is None:
            return f"“{self.currency}” is no currency; write three letters such as EUR."
        if self.least and not self.currency:
            return "An amount needs its currency beside it."
        if self.least and _sum(self.least, self.currency) is None:
            return f"“{self.least}” is no amount; write it like 1234.50."
        return ""

    @property
    def floor(self) -> Money | None:
        """At least so much is overdue in that currency; of a currency alone the smallest amount there is."""
        if not self.currency or self.wrong:
            return None
        given = _sum(self.least, self.currency) if self.least else None
        return given if given is not None and given.minor > 0 else Money(1, self.currency)

    @property
    def pairs(self) -> Mapping[str, object]:
        """As they stand in an address."""
        state = self.state.value if self.state else None
        return {"age": self.age, "least": self.least, "currency": self.currency, "owner": self.owner, "state": state}


def read_filters(query: Mapping[str, str]) -> Filters:
    """What cannot be read is left out; what is typed wrong is kept, so that it can be said."""
    age = query.get("age", "").strip()
    state = query.get("state", "")
    return Filters(
        int(age) if age.isascii() and age.isdigit() and len(age) < 5 and int(age) <= _MOST_DAYS else 0,
        query.get("least", "").strip()[:30],
        query.get("currency", "").strip().upper()[:3],
        _user(query.get("owner", "")),
        State(state) if state in {one.value for one in STATES} else None,
    )


def _user(text: str) -> UserId | None:
    try:
        return UserId(UUID(text))
    except ValueError:
        return None


def _sum(text: str, currency: str) -> Money | None:
    try:
        return read_amount(text, currency)
    except (BadAmount, UnknownCurrency):
        return None
