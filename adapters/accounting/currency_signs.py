"""Currency signs beside amounts: which currencies a sign may stand for, and the one that it gives where none is named."""

from __future__ import annotations

import re
from functools import lru_cache

from workflows.domain.money import UnknownCurrency, exponent

# A sign and its currencies. One currency, or `=` before the first: the sign alone says which.
_SIGNS = {
    "€": "EUR",
    "$": "USD CAD AUD NZD HKD SGD MXN ARS CLP COP BBD BMD BND BSD BZD DOP FJD GYD JMD KYD LRD NAD SBD SRD TTD TWD UYU XCD",
    "US$": "USD",
    "CA$": "CAD",
    "C$": "CAD",
    "A$": "AUD",
    "AU$": "AUD",
    "NZ$": "NZD",
    "HK$": "HKD",
    "S$": "SGD",
    "MX$": "MXN",
    "R$": "BRL",
    "£": "=GBP EGP FKP GIP LBP SDG SHP SSP SYP",
    "¥": "JPY CNY",
    "円": "JPY",
    "元": "CNY",
    "₹": "INR",
    "₽": "RUB",
    "₩": "KRW",
    "₪": "ILS",
    "₫": "VND",
    "₱": "PHP",
    "₺": "TRY",
    "₴": "UAH",
    "₦": "NGN",
    "฿": "THB",
    "zł": "PLN",
    "kč": "CZK",
    "ft": "HUF",
    "lei": "RON",
    "kr": "SEK NOK DKK ISK",
    "kr.": "DKK SEK NOK ISK",
    "fr.": "CHF",
    "sfr.": "CHF",
    "euro": "EUR",
    "euros": "EUR",
}
_MEANT = {sign: tuple(codes.removeprefix("=").split()) for sign, codes in _SIGNS.items()}
_DIGITS = re.compile(r"[0-9](?:.*[0-9])?", re.DOTALL)
_OF_NUMBERS = re.compile(r"[\s()+−-]")


def without_sign(text: str) -> tuple[str, str | None]:
    """The amount alone, and the sign or code that stood beside it: `€ 1.234,50` is (`1.234,50`, `€`)."""
    digits = _DIGITS.search(text)
    if digits is None or len(digits[0]) == len(text):
        return text, None
    before, after = text[: digits.start()], text[digits.end() :]
    sign = _OF_NUMBERS.sub("", before), _OF_NUMBERS.sub("", after)
    if all(sign) or not currencies("".join(sign)):
        return text, None
    return _marks(before) + digits[0] + _marks(after), "".join(sign)


def _marks(around: str) -> str:
    """Minus and brackets, which stay with the amount."""
    return "".join(mark for mark in around if mark in "()+-−")


@lru_cache(maxsize=1_000)
def currencies(sign: str) -> tuple[str, ...]:
    """What it may stand for, the likeliest first; nothing when it is no sign of a currency."""
    meant = _MEANT.get(sign) or _MEANT.get(sign.upper()) or _MEANT.get(sign.casefold())
    return meant or ((sign.upper(),) if _is_code(sign.upper()) else ())


def given_by(sign: str | None) -> str | None:
    """The currency a sign names all by itself; `$` names none."""
    meant = currencies(sign) if sign else ()
    return meant[0] if meant and (len(meant) == 1 or _SIGNS.get(sign or "", "").startswith("=")) else None


def _is_code(text: str) -> bool:
    try:
        exponent(text)
    except UnknownCurrency:
        return False
    return True
