"""Money, days and names as finance staff read them: English words, figures and dates as in the book's language or the reader's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.languages import get_official_languages
from babel.numbers import NumberPattern, parse_pattern

from cards.clean import bare, isolated, shorten
from workflows.domain.account import Book
from workflows.domain.calendar import Place
from workflows.domain.money import Money, exponent
from workflows.domain.reach import OVER

NEAR_DAYS = 60  # within these a weekday tells more than a year
NAME_WIDTH = 60
CELL_WIDTH = 32
REMARK_WIDTH = 120
_PLAIN = "en"
_NBSP = "\u00a0"


def locale_of(book: Book) -> str:
    """The figures and dates of the book's language, as its country writes it where it is a language of that country; or those of who reads it."""
    if _known(book.read_in):
        return book.read_in
    country, language = book.place.country, book.language.replace("-", "_")
    spoken = get_official_languages(country, regional=True, de_facto=True) if country else ()
    wanted = f"{language}_{country}" if language in spoken else language
    return wanted if _known(wanted) else _PLAIN


@lru_cache(maxsize=64)
def _known(name: str) -> bool:
    if not name:
        return False
    try:
        Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return False
    return True


@lru_cache(maxsize=256)
def _pattern(locale: str, currency: str) -> tuple[NumberPattern, Locale, str]:
    """The locale's currency pattern with the currency's symbol in it, which comes beside it, and as many digits as ISO 4217 says, which is what
    storage follows.
    """
    parsed = Locale.parse(locale)
    symbol = str(parsed.currency_symbols.get(currency, currency))
    pattern: NumberPattern = parse_pattern(parsed.currency_formats["standard"].pattern)
    pattern.prefix, pattern.suffix = _with(symbol, *pattern.prefix), _with(symbol, *pattern.suffix)
    digits = exponent(currency)
    pattern.frac_prec = (digits, digits)
    return pattern, parsed, symbol


def _with(symbol: str, positive: str, negative: str) -> tuple[str, str]:
    return positive.replace("¤", symbol), negative.replace("¤", symbol)


@lru_cache(maxsize=1024)  # a letter says the same amount several times
def money(amount: Money, locale: str) -> str:
    """`€12,400.00`; `12.400,00 €` where the locale writes it so. Exact: nothing is rounded here."""
    pattern, parsed, symbol = _pattern(locale, amount.currency)
    text: str = pattern.apply(amount.decimal, parsed)
    if symbol[-1:].isalpha() and f"{symbol}{_NBSP}" not in text:  # KWD12 reads as one word
        text = text.replace(symbol, symbol + _NBSP, 1) if not text.endswith(symbol) else text
    return text


def amounts(sums: Iterable[Money], locale: str) -> str:
    """`€86,210.00 and $12,900.00`: one per currency, the largest number of digits never added to another."""
    return listing([money(amount, locale) for amount in sums])


def listing(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`; nothing for nothing."""
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1] if words else "") if part)


# A day that is near, one that is far, and one in a heading; written in English for readers of any other language.
_DAYS = {
    "en": ("EEE d MMM", "d MMM y", "EEEE d MMMM"),
    "en_US": ("EEE, MMM d", "MMM d, y", "EEEE, MMMM d"),
    "de": ("ccc d. LLL", "d. LLL y", "EEEE, d. MMMM"),
    "fr": ("ccc d LLL", "d LLL y", "EEEE d MMMM"),
    "es": ("ccc d LLL", "d LLL y", "EEEE d 'de' MMMM"),
    "nl": ("ccc d LLL", "d LLL y", "EEEE d MMMM"),
}


def _language(locale: str) -> str:
    return next((one for one in (locale, locale.partition("_")[0]) if one in _DAYS), _PLAIN)


@lru_cache(maxsize=1024)  # few days are due days of many
def day(on: date, today: date, locale: str = _PLAIN) -> str:
    """`Fri 30 Oct` near, `30 Oct 2024` far; the month first for readers in the United States. It does not end in a dot, as sentences do."""
    language = _language(locale)
    near, far, _ = _DAYS[language]
    return format_date(on, near if abs((on - today).days) <= NEAR_DAYS else far, locale=language).removesuffix(".")


def long_day(on: date, locale: str = _PLAIN) -> str:
    """`Tuesday 24 November`, for a heading about that day."""
    language = _language(locale)
    return format_date(on, _DAYS[language][-1], locale=language)


def clock(at: datetime, place: Place) -> str:
    """`09:14` on the clocks of the place."""
    return f"{place.local(at):%H:%M}"


def moment(at: datetime, now: datetime, place: Place, locale: str = _PLAIN) -> str:
    """`09:14` today, else `Mon 16 Nov 09:00`."""
    on, today = place.day(at), place.day(now)
    return clock(at, place) if on == today else f"{day(on, today, locale)} {clock(at, place)}"


def since(at: datetime, now: datetime, place: Place, locale: str = _PLAIN) -> str:
    """`today 09:14`, else `Mon 16 Nov 09:00`: when something was done."""
    said = moment(at, now, place, locale)
    return said if " " in said else f"today {said}"


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 reminder`, `9 reminders`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def days(number: int) -> str:
    """`1 day`, `25 days`."""
    return count(number, "day")


def lateness(days_past_due: int | None) -> str:
    """`25 days late`, `due today`, `due in 3 days`, `no due date`."""
    if days_past_due is None:
        return "no due date"
    if days_past_due > 0:
        return f"{days(days_past_due)} late"
    return f"due in {days(-days_past_due)}" if days_past_due else "due today"


def age(days_past_due: int | None) -> str:
    """`25 d` for a cell."""
    return "" if days_past_due is None else f"{days_past_due} d"


_TIMES = ("never", "once", "twice")


def times(number: int) -> str:
    return _TIMES[number] if number < len(_TIMES) else f"{number} times"


def name(words: str, width: int = NAME_WIDTH) -> str:
    """A name from outside, on one line, shortened, unable to reorder what stands beside it."""
    return isolated(shorten(bare(words), width)) or "(no name)"


def remark(words: str, width: int = REMARK_WIDTH) -> str:
    """A sentence or note from outside inside one of our lines; nothing for nothing."""
    return isolated(shorten(bare(words), width))


def cell(words: str) -> str:
    """A name short enough for a column."""
    return name(words, CELL_WIDTH)


_STEPS = {"upcoming": "notice before the due day", "final": "final notice", "handover": "hand-over"}


def step_words(step: str, *, reminds: bool = True) -> str:
    """What staff call a step: `second reminder`, `final notice`."""
    words = shorten(bare(step), CELL_WIDTH).replace("_", " ").replace("-", " ")
    if step in _STEPS:
        return _STEPS[step]
    return f"{words} reminder" if reminds else f"{words} step"


def over(channel: str) -> str:
    return OVER.get(channel, f"over {bare(channel)}")


_SERVICES = {"email": "E-mail", "sms": "SMS", "slack": "Slack", "teams": "Microsoft Teams"}


def service(vendor: str) -> str:
    """What staff call a channel or a chat."""
    return _SERVICES.get(vendor, bare(vendor).replace("_", " ").capitalize())
