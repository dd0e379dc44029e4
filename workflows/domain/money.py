"""Exact money: integer minor units and an ISO 4217 code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from workflows.domain.values import value

# ISO 4217 minor units. Display libraries follow other data (CLDR); storage follows ISO.
_TWO = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK "
    "DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD "
    "KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH "
    "USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
_EXPONENTS = (
    dict.fromkeys(_TWO.split(), 2)
    | dict.fromkeys(
        ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"], 0
    )
    | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)
    | dict.fromkeys(["CLF", "UYW"], 4)
)

_PLAIN = re.compile(r"(-?[0-9]{1,16})(?:\.([0-9]+))?")


class UnknownCurrency(ValueError):
    """A code that is not a circulating ISO 4217 currency."""


class MixedCurrencies(ValueError):
    """Two currencies met in one sum."""


class BadAmount(ValueError):
    """A text that is not an amount of its currency."""


def exponent(currency: str) -> int:
    """Digits after the point of a currency's minor unit; raises `UnknownCurrency`."""
    try:
        return _EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrency(f"{currency!r} is not an ISO 4217 currency code") from None


@value
class Money:
    """An amount in minor units (cents, fils, yen). Sums and comparisons of two currencies raise `MixedCurrencies`."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: str | Decimal, currency: str) -> Money:
        """From a plain decimal such as `1234.50`; raises `BadAmount` when it is none or has more digits than the currency."""
        plain = _PLAIN.fullmatch(f"{amount:f}" if isinstance(amount, Decimal) else amount)
        if plain is None:
            raise BadAmount(f"{amount!r} is not an amount")
        whole, digits = plain.groups("")
        most = exponent(currency)
        if len(digits) > most and len(digits := digits.rstrip("0")) > most:
            raise BadAmount(f"{amount} has {len(digits)} digits after the point, and {currency} has {most}")
        return cls(int(whole + digits.ljust(most, "0")), currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    @property
    def plain(self) -> str:
        """The decimal with all the digits of the currency, as JSON and the audit trail carry it."""
        return f"{self.decimal:.{exponent(self.currency)}f}"

    def __str__(self) -> str:
        return f"{self.plain} {self.currency}"

    def __format__(self, how: str) -> str:
        """`,` is how people read it: 12,000.00 EUR."""
        return f"{self.decimal:,.{exponent(self.currency)}f} {self.currency}" if how == "," else format(str(self), how)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency} cannot be set against one another")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts that all are in `currency`."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result


def totals(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """One sum per currency, in the order of their codes; currencies are never added."""
    sums: dict[str, int] = {}
    for amount in amounts:
        sums[amount.currency] = sums.get(amount.currency, 0) + amount.minor
    return tuple(Money(sums[code], code) for code in sorted(sums))


def rounded(amount: Decimal | Fraction, currency: str) -> Money:
    """Half up (away from zero) to the currency's minor unit: the one rounding at the end of a calculation."""
    scaled = Fraction(amount) * 10 ** exponent(currency)
    sign = -1 if scaled < 0 else 1
    return Money(sign * int(abs(scaled) + Fraction(1, 2)), currency)


class CannotSplit(ValueError):
    """A split would leave a part of nothing."""


def split(whole: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """Parts in the proportion of `weights` that add up to `whole` to the unit.

    Largest remainder: every share is rounded down, the units left over go to the largest remainders, the earliest first
    among equals. Raises `CannotSplit` when a part would be zero.
    """
    if not weights or any(weight <= 0 for weight in weights):
        raise CannotSplit("every part needs a share above zero")
    whole_weight = sum(weights)
    floors = [whole.minor * weight // whole_weight for weight in weights]
    remainders = [whole.minor * weight % whole_weight for weight in weights]
    left = whole.minor - sum(floors)
    for index in sorted(range(len(weights)), key=lambda i: (-remainders[i], i))[:left]:
        floors[index] += 1
    if any(part <= 0 for part in floors):
        raise CannotSplit(f"{whole} cannot be split into {len(weights)} parts above zero")
    return tuple(Money(part, whole.currency) for part in floors)


def down_payment_and_rest(whole: Money, percent: Decimal, parts: int) -> tuple[Money, ...]:
    """A first part of `percent` of the whole, rounded once, and the rest split evenly."""
    first = rounded(whole.decimal * percent / 100, whole.currency)
    return (first, *split(whole - first, [1] * parts))
