"""What the words of a reminder must not hold: promotion, and numbers of cards and accounts."""

from __future__ import annotations

import re

_PROMOTION = re.compile(
    r"""
    \d\s*%\s*(?:off|discount\ on|rabatt\ auf|de\ (?:descuento|réduction)\ (?:en|sur))
    | (?:off|discount\ on|rabatt\ auf|remise\ sur|descuento\ en)\s+(?:your\ |ihre?n?\ |votre\ |su\ )?(?:next|nächste|prochaine?|próxim[oa])
    | \b(?:special|limited[- ]time|exclusive)\ offers?\b | \bcoupon\b | \bpromo(?:tion)?\ ?code\b | \bvoucher\b | \bblack\ friday\b
    | \bsonderangebot | \bgutschein | \brabattcode | \boffre\ (?:spéciale|exclusive) | \bcode\ promo\b | \boferta\ (?:especial|exclusiva)
    | \b(?:buy|shop|order)\ now\b | \bjetzt\ (?:kaufen|bestellen)\b | \bachetez\ maintenant\b | \bcompr[ae]\ ahora\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
# A creditor reference (RF) has the same check digits and is no secret.
_IBAN = re.compile(r"\b(?!RF)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}\b")
_CARD = re.compile(r"(?<![A-Z\d])\d(?:[ -]?\d){12,18}(?!\d)")


def promotion_in(text: str) -> str | None:
    """The words that make a reminder an advertisement; null for none."""
    found = _PROMOTION.search(text)
    return None if found is None else found[0]


def holds_account_number(text: str) -> bool:
    """An IBAN or a card number whose check digits are right, so that invoice numbers and phone numbers are none."""
    ibans = (re.sub(r"[ -]", "", found[0]) for found in _IBAN.finditer(text))
    cards = (re.sub(r"[ -]", "", found[0]) for found in _CARD.finditer(text))
    return any(map(_begins_an_iban, ibans)) or any(map(_is_card, cards))


def _begins_an_iban(letters: str) -> bool:
    """Words in capitals may follow it, so every length an IBAN may have is tried."""
    return any(_is_iban(letters[:length]) for length in range(15, min(len(letters), 34) + 1))


def _is_iban(text: str) -> bool:
    """ISO 13616: the first four signs go to the end, letters become 10 to 35, and the rest modulo 97 is 1."""
    turned = text[4:] + text[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _is_card(digits: str) -> bool:
    """Luhn: every second digit from the right doubled, its digits added; the sum ends in 0."""
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0
