"""Routes and quiet hours as the settings write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.live.routing import Routing
from workflows.domain.money import Money
from workflows.domain.routing import Route, channel, quiet_of


def money_of(text: str) -> Money:
    """Of `1000.00 EUR`; raises `ValueError`."""
    figure, _, currency = text.strip().partition(" ")
    try:
        return Money.of(figure, currency.strip().upper())
    except ValueError:
        raise ValueError("expected an amount and its currency, like 1000.00 EUR") from None


class RouteSettings(BaseModel):
    """Cards that fit all that is given go `to` these channels instead of the book's own; the first that fits wins."""

    model_config = ConfigDict(extra="forbid")

    to: tuple[str, ...] = Field(min_length=1, description="channels, by id; of a certain chat as teams:ID")
    book: str | None = None
    product: str | None = None
    least: str | None = Field(default=None, description="an amount and its currency, like 1000.00 EUR")
    days: int | None = Field(default=None, ge=1, description="days past due at least")
    owner: str | None = Field(default=None, description="the e-mail of the customer's owner")
    cards: Literal["alert", "digest", "problem", "answer", "review", "summary", "approval"] | None = Field(
        default=None, description="one kind of card, like summary for a managers' channel"
    )

    @field_validator("least")
    @classmethod
    def an_amount_and_a_currency(cls, value: str | None) -> str | None:
        if value is not None:
            _ = money_of(value)
        return value


def routing_of(rows: Sequence[RouteSettings], quiet: Mapping[str, str]) -> Routing:
    """The routes and quiet hours as cards follow them."""
    routes = tuple(
        Route(
            tuple(channel(one) for one in row.to),
            row.book,
            row.product,
            money_of(row.least) if row.least else None,
            row.days,
            row.owner,
            row.cards,
        )
        for row in rows
    )
    return Routing(routes, {channel(name): quiet_of(hours) for name, hours in quiet.items()})
