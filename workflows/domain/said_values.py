"""A day and an amount in a customer's sentence. The text is folded as `inbound_words.plain` does it; what is found is a suggestion."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from workflows.domain.money import BadAmount, Money

_MONTHS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "january jan januar janner janvier janv enero ene",
        "february feb februar fevrier fevr febrero",
        "march mar marz mars marzo",
        "april apr avril avr abril abr",
        "may mai mayo",
        "june jun juni juin junio",
        "july jul juli juillet juil julio",
        "august aug aout agosto ago",
        "september sep sept septembre septiembre setiembre",
        "october oct oktober okt octobre octubre",
        "november nov novembre noviembre",
        "december dec dezember dez decembre diciembre dic",
    ),
    start=1,
):
    _MONTHS.update(dict.fromkeys(_names.split(), _number))
_WEEKDAYS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "monday mon montag lundi lunes",
        "tuesday tue tues dienstag mardi martes",
        "wednesday wed mittwoch mercredi miercoles",
        "thursday thu thur thurs donnerstag jeudi jueves",
        "friday fri freitag vendredi viernes",
        "saturday sat samstag sonnabend samedi sabado",
        "sunday sonntag dimanche domingo",
    )
):
    _WEEKDAYS.update(dict.fromkeys(_names.split(), _number))
_COUNTS = {
    word: number
    for number, words in enumerate(
        (
            "a an one ein eine einem einer un une uno una",
            "two zwei deux dos",
            "three drei trois tres",
            "four vier quatre cuatro",
            "five funf cinq cinco",
            "six sechs seis",
            "seven sieben sept siete",
            "ten zehn dix diez",
        ),
        start=1,
    )
    for word in words.split()
} | {"ten": 10, "zehn": 10, "dix": 10, "diez": 10}

_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"\b(20\d\d)-(\d{1,2})-(\d{1,2})\b")
_NUMERIC = re.compile(r"(?<![\d.,/])(\d{1,2})([./-])(\d{1,2})(?:\2(20\d\d|\d\d)?)?(?![\d/]|[.,]\d)")
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th|er|\.)? ?(?:of |de |del )?({_MONTH})\b\.?,?(?: (?:de |del )?(20\d\d))?")
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?\b(?!:),?(?: (20\d\d))?")
_WEEKDAY = re.compile(rf"\b({'|'.join(sorted(_WEEKDAYS, key=len, reverse=True))})\b")
_IN = re.compile(
    rf"\b(?:in|within|innerhalb von|dans|sous|en|dentro de) (\d{{1,3}}|{'|'.join(_COUNTS)}) "
    r"(?:(day|business day|working day|tag|werktag|jour|dia)|(week|woche|semaine|semana))(?:s|e|en|n)?\b"
)


def _month_end(today: date) -> date:
    return (today.replace(day=1) + timedelta(32)).replace(day=1) - timedelta(1)


_NAMED: tuple[tuple[re.Pattern[str], Callable[[date], date]], ...] = (
    (
        re.compile(r"\b(?:day after tomorrow|ubermorgen|apres-demain|apres demain|pasado manana)\b"),
        lambda today: today + timedelta(2),
    ),
    (re.compile(r"\b(?:tomorrow|demain)\b|(?<!guten )\bmorgen\b|(?<!la )(?<!esta )\bmanana\b"), lambda today: today + timedelta(1)),
    (re.compile(r"\b(?:today|heute|aujourd'hui|hoy|this afternoon|tonight)\b"), lambda today: today),
    (
        re.compile(
            r"\b(?:end of (?:the |this )?month|month end|ende des monats|monatsende|fin (?:du|de) mois|fin de(?:l)? mes|final(?:es)? de(?:l)? mes)\b"
        ),
        _month_end,
    ),
    (
        re.compile(
            r"\b(?:next week|nachste woche|nachster woche|kommende woche|kommender woche|la semaine prochaine|semaine prochaine|proxima semana|semana que viene)\b"
        ),
        lambda today: today + timedelta(11 - today.weekday()),
    ),
    (
        re.compile(
            r"\b(?:end of (?:the |this )?week|this week|ende der woche|diese woche|dieser woche|fin de (?:la )?semaine|cette semaine|fin de(?: la)? semana|esta semana)\b"
        ),
        lambda today: today + timedelta((4 - today.weekday()) % 7),
    ),
)


def said_day(text: str, today: date, *, month_first: bool = False) -> date | None:
    """The day a sentence names, today or later; of several the first kind in the order exact, named, weekday. Null for none."""
    for reads in (_exact, _counted, _by_name, _by_weekday):
        found = reads(text, today) if reads is not _exact else _exact(text, today, month_first=month_first)
        if found is not None and found >= today:
            return found
    return None


def _exact(text: str, today: date, *, month_first: bool = False) -> date | None:
    for match in _ISO.finditer(text):
        if (day := _date(int(match[1]), int(match[2]), int(match[3]))) is not None:
            return day
    for match in _DAY_FIRST.finditer(text):
        if (day := _coming(today, match[3], _MONTHS[match[2]], int(match[1]))) is not None:
            return day
    for match in _MONTH_FIRST.finditer(text):
        if (day := _coming(today, match[3], _MONTHS[match[1]], int(match[2]))) is not None:
            return day
    for match in _NUMERIC.finditer(text):
        first, second = int(match[1]), int(match[3])
        month, number = (first, second) if month_first and match[2] != "." else (second, first)
        if (day := _coming(today, match[4], month, number)) is not None:
            return day
    return None


def _coming(today: date, year: str | None, month: int, day: int) -> date | None:
    """Without a year the next such day."""
    if year is not None:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this = _date(today.year, month, day)
    return this if this is None or this >= today else _date(today.year + 1, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _counted(text: str, today: date) -> date | None:
    match = _IN.search(text)
    if match is None:
        return None
    number = _COUNTS.get(match[1]) or int(match[1])
    return today + timedelta(number if match[2] else 7 * number)


def _by_name(text: str, today: date) -> date | None:
    return next((day_of(today) for pattern, day_of in _NAMED if pattern.search(text)), None)


def _by_weekday(text: str, today: date) -> date | None:
    """The next such day after today."""
    match = _WEEKDAY.search(text)
    return today + timedelta((_WEEKDAYS[match[1]] - today.weekday() - 1) % 7 + 1) if match else None


_SIGNS = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR",
    "$": "USD", "usd": "USD", "us$": "USD", "dollar": "USD", "dollars": "USD", "dolares": "USD",
    "£": "GBP", "gbp": "GBP", "pounds": "GBP", "pfund": "GBP", "livres": "GBP",
    "chf": "CHF", "franken": "CHF", "cad": "CAD", "aud": "AUD", "jpy": "JPY", "¥": "JPY",
}  # fmt: skip
_SIGN = r"us\$|[€$£¥]|(?:eur|usd|gbp|chf|cad|aud|jpy)\b"
_NUMBER = r"\d{1,3}(?:[.,' ]\d{3}){1,4}(?:[.,]\d{1,2})?(?!\d)|\d{1,12}(?:[.,]\d{1,2})?(?!\d)"
_WORD = r"[€$£¥]|(?:eur|usd|gbp|chf|cad|aud|jpy|euros?|dollars?|dolares|pounds|pfund|livres|franken)\b"
_NO_DIGIT = re.compile(r"\D")
_AMOUNT = re.compile(rf"(?:({_SIGN}) ?({_NUMBER})|(?<![\d.,])({_NUMBER}) ?({_WORD}))")


def said_amount(text: str) -> Money | None:
    """The first amount that stands with its currency; of `1.234` and `1,234` three digits behind the mark are thousands."""
    match = _AMOUNT.search(text)
    if match is None:
        return None
    sign, number = (match[1], match[2]) if match[1] else (match[4], match[3])
    whole, mark, fraction = number, "", ""
    if (last := max(number.rfind("."), number.rfind(","))) >= 0 and len(number) - last - 1 < 3:
        whole, mark, fraction = number[:last], ".", number[last + 1 :]
    try:
        return Money.of(f"{_NO_DIGIT.sub('', whole)}{mark}{fraction}", _SIGNS[sign])
    except BadAmount:
        return None
