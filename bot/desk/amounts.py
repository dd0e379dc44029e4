"""An amount somebody typed into a question, in the currency they mean."""

from __future__ import annotations

from collections.abc import Sequence

from bot.actions import read_amount
from workflows.domain.account import Book
from workflows.domain.money import BadAmount, Money, UnknownCurrency
from workflows.errors import Refused


def amount_of(figure: str, currency: str, books: Sequence[Book]) -> Money:
    """Without a currency it is in the one that all books have. Raises `Refused`."""
    own = {book.currency for book in books if book.currency}
    if not currency and len(own) != 1:
        raise Refused(f"Say in which currency {figure} is, like >{figure} EUR.")
    try:
        amount = read_amount(figure, currency or own.pop())
    except BadAmount as wrong:
        raise Refused(f"{wrong}.") from None
    except UnknownCurrency:
        raise Refused(f"“{currency}” is no currency.") from None
    if amount is None:
        raise Refused("Say an amount, like >1000.00 EUR.")
    return amount
