"""Amounts as people and programs write them, without guessing what a separator means."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from adapters.accounting.cells import FaultyCell, NumberCell
from adapters.accounting.currency_signs import currencies, given_by, without_sign
from workflows.domain.money import BadAmount, Money, exponent, rounded

_LARGEST = 10**15  # minor units; sums over a whole ledger still fit a database's integers
_POINT = re.compile(r"(?:[1-9][0-9]{0,2}(?:([ ',])[0-9]{3})(?:\1[0-9]{3})*|[0-9]+)(?:\.[0-9]+)?")
_COMMA = re.compile(r"(?:[1-9][0-9]{0,2}(?:([ '.])[0-9]{3})(?:\1[0-9]{3})*|[0-9]+)(?:,[0-9]+)?")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]{1,2})?")
_LONGEST = 40
_DUST = Decimal("1e-11")  # of the amount: what binary fractions leave behind, far below any currency's digits
_ONE_SPELLING = str.maketrans({"’": "'", "−": "-", "\u00a0": " ", "\u202f": " "})


@dataclass(slots=True)
class AmountColumn:
    """Which marks the amounts of one column use before their decimals: those that can be read one way only tell.

    `signed` says whether every amount so far names its own currency.
    """

    marks: set[str] = field(default_factory=set)
    signed: bool = True
    seen: bool = False

    def add(self, text: str) -> None:
        self.seen = True
        if isinstance(text, (NumberCell, FaultyCell)) or len(text) > _LONGEST:
            self.signed = False
            return
        if _PLAIN.fullmatch(text):
            self.signed = False
            if "." not in text or "." in self.marks:
                return
        else:
            text, sign = without_sign(text)
            self.signed = self.signed and given_by(sign) is not None
        digits, _ = _unsigned(text)
        point, comma = _POINT.fullmatch(digits), _COMMA.fullmatch(digits)
        if bool(point) != bool(comma):
            self.marks.add("." if point else ",")

    @property
    def mark(self) -> str | None:
        """The one mark of the column; null when nothing tells, or both are in use."""
        return next(iter(self.marks)) if len(self.marks) == 1 else None


def amount_of(text: str, currency: str, mark: str | None) -> Money:
    """Raises `BadAmount` with a sentence. `mark` settles what could be read both ways, as 1.234 can."""
    if isinstance(text, NumberCell):
        return _sane(_stored(Decimal(text), currency), text)
    if len(text) > _LONGEST:
        raise BadAmount(f"a cell of {len(text)} characters is not an amount")
    if _PLAIN.fullmatch(text):
        return _sane(Money.of(text, currency), text)
    text, sign = without_sign(text)
    if sign is not None and currency not in currencies(sign):
        raise BadAmount(f"the amount is in {sign} and its row in {currency}")
    digits, negative = _unsigned(text)
    number = digits if _PLAIN.fullmatch(digits) else _plain(digits, currency, mark)
    return _sane(Money.of(f"-{number}" if negative else number, currency), text)


def currency_in(text: str) -> str | None:
    """The currency that an amount names itself, null where it names none or may mean several."""
    return None if isinstance(text, (NumberCell, FaultyCell)) or len(text) > _LONGEST else given_by(without_sign(text)[1])


def _stored(number: Decimal, currency: str) -> Money:
    """A number of a sheet, without the dust of binary fractions; true digits beyond the currency's are no dust."""
    nearest = rounded(number, currency)
    if nearest.decimal != number and abs(nearest.decimal - number) <= _DUST * max(abs(number), Decimal(1)):
        return nearest
    return Money.of(number, currency)


def _sane(money: Money, text: str) -> Money:
    if abs(money.minor) >= _LARGEST:
        raise BadAmount(f"{text} is larger than any invoice")
    return money


def _plain(digits: str, currency: str, mark: str | None) -> str:
    point, comma = _POINT.fullmatch(digits), _COMMA.fullmatch(digits)
    if not point and not comma:
        raise BadAmount(f"{digits or 'a sign alone'} is not an amount; write it as 1234.50")
    as_point = re.sub(r"[ ',]", "", digits) if point else None
    as_comma = re.sub(r"[ '.]", "", digits).replace(",", ".") if comma else None
    if as_point is None or as_comma is None or as_point == as_comma:
        return as_point or as_comma or ""
    if mark:
        return as_point if mark == "." else as_comma
    if exponent(currency) >= 3:
        raise BadAmount(f"{digits} may mean thousands or {exponent(currency)} digits after the point; write it without separators")
    return max(as_point, as_comma, key=lambda number: "." not in number)


def _unsigned(text: str) -> tuple[str, bool]:
    """The digits and whether the amount is negative: -5, 5- or (5)."""
    digits = text.translate(_ONE_SPELLING).strip()
    if digits.startswith("(") and digits.endswith(")"):
        return digits[1:-1].strip(), True
    if digits.endswith("-"):
        return digits[:-1].strip(), True
    return digits.lstrip("+").strip() if not digits.startswith("-") else digits[1:].strip(), digits.startswith("-")
