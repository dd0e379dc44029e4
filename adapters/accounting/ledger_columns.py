"""The columns of one ledger file: a cell read as what its column holds, or the reason why it cannot be used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import TypeVar

from adapters.accounting.cells import DayCell, FaultyCell, NumberCell
from adapters.accounting.emails import LONGEST_LIST, addresses
from adapters.accounting.ledger_amounts import amount_of, currency_in
from adapters.accounting.ledger_dates import day_of, stored_day
from adapters.accounting.mapping import StatusIn
from adapters.accounting.statuses import KNOWN, Status, status_of
from adapters.accounting.words import filled, shown, small
from workflows.domain.account import Party
from workflows.domain.calendar import UnknownZone, zone
from workflows.domain.money import BadAmount, Money, UnknownCurrency, exponent

T = TypeVar("T")
Cells = Sequence[str]
LONGEST_WORDS = 200
MOST_DIGITS = 15  # of a number that a sheet keeps exactly
MOST_DAYS = 3650
_REMEMBERED = 20_000  # cells of a column
_LONGEST_DATE = 40
_TERMS = re.compile(r"(?:net(?:to)? ?)?([0-9]{1,4})(?: ?(?:days?|d|tage?|jours?|d[ií]as?))?(?: ?net(?:to)?)?")
_AT_ONCE = frozenset(
    ["dueonreceipt", "uponreceipt", "immediately", "immediate", "sofort", "sofortfaellig", "areception", "comptant", "contado", "alcontado"]
)
_SHAPES = {
    "language": re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2,4})?"),
    "country": re.compile(r"[A-Z]{2}"),
}
_WANTED = {
    "language": "a language code such as en",
    "country": "a country code of two capital letters such as DE",
    "zone": "a time zone such as Europe/Berlin",
    "party": f"one of {', '.join(Party)}",
}


class Unfit(Exception):
    """A cell that cannot be used."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class Columns:
    """Where each field stands, and how its cells are read; what is asked of a column that the file does not have is null.

    Cells of which a file has few different ones, as days and currencies, are read once and remembered.
    """

    def __init__(
        self, places: Mapping[str, int], formats: Mapping[str, str | None], marks: Mapping[str, str | None], status: StatusIn | None
    ) -> None:
        self._places, self._formats, self._marks, self._status = places, formats, marks, status
        self.issued = self._remembered("issued", self._day)
        self.due = self._remembered("due", self._day)
        self.paid_on = self._remembered("paid_on", self._day)
        self.terms = self._remembered("terms", _terms)
        self.status = self._remembered("status", self._meant)
        self.emails = self._remembered("email", _emails)
        self.named_currency = self._remembered("currency", _currency)
        self.details = {field: self._remembered(field, _detail) for field in (*_WANTED, "product") if field in places}

    def _remembered(self, field: str, read: Callable[[str, str], T]) -> Callable[[Cells], T | None]:
        if field not in self._places:
            return lambda _: None
        place = self._places[field]

        @lru_cache(_REMEMBERED, typed=True)
        def value(cell: str) -> T | None:
            text = _text(field, cell)
            return None if text is None else read(field, text)

        return lambda cells: value(cells[place])

    def words(self, field: str, cells: Cells) -> str | None:
        place = self._places.get(field)
        text = None if place is None else _text(field, cells[place])
        return None if text is None else _short(field, text)

    def code(self, field: str, cells: Cells) -> str | None:
        """An identifier. A sheet keeps no more than fifteen digits of a number, so a longer one is no longer what it was."""
        text = self.words(field, cells) or self.words(f"{field}_fallback", cells)
        if isinstance(text, NumberCell) and len(text.strip("-0").replace(".", "")) > MOST_DIGITS:
            raise Unfit(field, "The sheet keeps this long number as a rounded figure; store it as text.")
        return text

    def amount(self, field: str, cells: Cells, currency: str) -> Money | None:
        place = self._places.get(field)
        text = None if place is None else _text(field, cells[place])
        try:
            return None if text is None else amount_of(text, currency, self._marks.get(field))
        except BadAmount as fault:
            sentence = str(fault)
            raise Unfit(field, f"{sentence[0].upper()}{sentence[1:]}.") from None

    def currency(self, cells: Cells, otherwise: str | None) -> str:
        code = self.named_currency(cells) or otherwise or currency_in(_text("total", cells[self._places["total"]]) or "")
        if code is None:
            raise Unfit("currency", "The currency is missing.")
        return code

    def _day(self, field: str, text: str) -> date:
        written = self._formats.get(field)
        day = stored_day(text) if isinstance(text, DayCell) else day_of(text, written) if len(text) <= _LONGEST_DATE else None
        if day is None:
            raise Unfit(field, f"{shown(text)} is not a date{f' written as {written}' if written else ''}.")
        return day

    def _meant(self, field: str, text: str) -> Status:
        word = _short(field, text)
        status = (self._status.means.get(word) if self._status else None) or status_of(small(word))
        if status is None:
            raise Unfit(field, f"{shown(word)} is not a status known here ({KNOWN}); say in a mapping what it means.")
        if status is Status.DRAFT:
            raise Unfit(field, f"The invoice is {shown(word)}; what is not final is not owed.")
        return status


def fits(field: str, text: str) -> bool:
    """Whether the cell is what a column of that name holds."""
    match field:
        case "terms":
            return days_of(text) is not None
        case "party":
            return _party(text) in set(Party)
        case "zone":
            return _is_zone(text)
        case "product":
            return len(text) <= LONGEST_WORDS
        case _:
            return _SHAPES[field].fullmatch(text) is not None


def days_of(text: str) -> int | None:
    """Days of payment terms: `30`, `Net 30`, `30 Tage`, `Due on receipt`; null when it is something else."""
    if small(text) in _AT_ONCE:
        return 0
    said = _TERMS.fullmatch(text.casefold())
    return int(said[1]) if said and int(said[1]) <= MOST_DAYS else None


def _text(field: str, cell: str) -> str | None:
    text = filled(cell)
    if text is None:
        return None
    if isinstance(text, FaultyCell):
        raise Unfit(field, str(text))
    if not text.isprintable() and any(_unstorable(letter) for letter in text):
        raise Unfit(field, f"{shown(text)} holds characters that are not text; save the file as CSV UTF-8.")
    return text


def _unstorable(letter: str) -> bool:
    """Control characters, and bytes that were no UTF-8."""
    return letter < " " or "\x7f" <= letter <= "\x9f" or "\ud800" <= letter <= "\udfff"


def _short(field: str, text: str, longest: int = LONGEST_WORDS) -> str:
    if len(text) > longest:
        raise Unfit(field, f"The cell holds {len(text):,} characters; {longest} is the most here.")
    return text


def _currency(field: str, text: str) -> str:
    code = text.upper()
    try:
        exponent(code)
    except UnknownCurrency:
        raise Unfit(field, f"{shown(text)} is not a currency code such as EUR.") from None
    return code


def _terms(field: str, text: str) -> int:
    days = days_of(_short(field, text))
    if days is None:
        raise Unfit(field, f"{shown(text)} is not a number of days.")
    return days


def _emails(field: str, text: str) -> tuple[str, ...]:
    found = addresses(_short(field, text, LONGEST_LIST))
    if not found:
        raise Unfit(field, f"{shown(text)} is not an e-mail address, or several.")
    return found


def _detail(field: str, text: str) -> str:
    if field == "product":  # it chooses where a card goes, and no invoice is refused for it
        return " ".join(text.split())[:LONGEST_WORDS]
    if not fits(field, _short(field, text)):
        raise Unfit(field, f"{shown(text)} is not {_WANTED[field]}.")
    return _party(text) if field == "party" else text


def _party(text: str) -> str:
    return text.casefold().replace(" ", "_")


def _is_zone(name: str) -> bool:
    try:
        zone(name)
    except UnknownZone:
        return False
    return True
