"""How the dates of a column are written, decided from all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from adapters.accounting.cells import DayCell

FIRST_YEAR, LAST_YEAR = 1970, 2199
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?(?: ?Z| ?[+-]\d{2}:?\d{2})?)?"
_MONTHS = (
    ("jan", "january", "januar", "jän", "janv", "janvier", "ene", "enero"),
    ("feb", "february", "februar", "févr", "fév", "février", "febrero"),
    ("mar", "march", "mär", "märz", "mrz", "mars", "marzo"),
    ("apr", "april", "avr", "avril", "abr", "abril"),
    ("may", "mai", "mayo"),
    ("jun", "june", "juni", "juin", "junio"),
    ("jul", "july", "juli", "juil", "juillet", "julio"),
    ("aug", "august", "août", "ago", "agosto"),
    ("sep", "sept", "september", "septembre", "septiembre"),
    ("oct", "october", "okt", "oktober", "octobre", "octubre"),
    ("nov", "november", "novembre", "noviembre"),
    ("dec", "december", "dez", "dezember", "déc", "décembre", "dic", "diciembre"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_WORD = r"([^\W\d_]{3,10})\.?"
# A shape and the ways to read it. Two ways are what makes a column ambiguous. Dots are read day first: nobody writes them otherwise.
_SHAPES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (r"(\d{4})-(\d{1,2})-(\d{1,2})", (("YYYY-MM-DD", "ymd"),)),
    (r"(\d{4})/(\d{1,2})/(\d{1,2})", (("YYYY/MM/DD", "ymd"),)),
    (r"(\d{4})\.(\d{1,2})\.(\d{1,2})", (("YYYY.MM.DD", "ymd"),)),
    (r"(\d{4})(\d{2})(\d{2})(?:\.0)?", (("YYYYMMDD", "ymd"),)),
    (r"(\d{1,2})/(\d{1,2})/(\d{4})", (("DD/MM/YYYY", "dmy"), ("MM/DD/YYYY", "mdy"))),
    (r"(\d{1,2})-(\d{1,2})-(\d{4})", (("DD-MM-YYYY", "dmy"), ("MM-DD-YYYY", "mdy"))),
    (r"(\d{1,2})/(\d{1,2})/(\d{2})", (("DD/MM/YY", "dmy"), ("MM/DD/YY", "mdy"))),
    (r"(\d{1,2})\.(\d{1,2})\.(\d{4})", (("DD.MM.YYYY", "dmy"),)),
    (r"(\d{1,2})\.(\d{1,2})\.(\d{2})", (("DD.MM.YY", "dmy"),)),
    (rf"(\d{{1,2}})\.?[ -]{_WORD}[ -](\d{{4}})", (("DD MMM YYYY", "dmy"),)),
    (rf"{_WORD} (\d{{1,2}}),? (\d{{4}})", (("MMM DD YYYY", "mdy"),)),
)
_READERS = tuple((re.compile(shape + _TIME, re.ASCII if _WORD not in shape else 0), ways) for shape, ways in _SHAPES)
FORMATS = tuple(name for _, ways in _SHAPES for name, _ in ways)


def ways_to_read(text: str) -> dict[str, date]:
    """Every format the text fits, and the day it then is."""
    for pattern, ways in _READERS:
        if match := pattern.fullmatch(text):
            read = {name: _day(match.groups(), order) for name, order in ways}
            return {name: day for name, day in read.items() if day is not None}
    return {}


def stored_day(cell: DayCell) -> date | None:
    """A day of a sheet, within the years of a ledger."""
    try:
        day = date.fromisoformat(cell[:10])
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def day_of(text: str, written: str | None) -> date | None:
    """The day, or null when the text is not a date of that format; without a format, of any that reads one way only."""
    read = ways_to_read(text)
    if written is not None:
        return read.get(written)
    days = set(read.values())
    return days.pop() if len(days) == 1 else None


def known_format(name: str) -> str:
    """The format as it is called here: `M/D/YYYY` and `mm/dd/yyyy` are the same. Raises `ValueError`."""
    canonical = re.sub(r"(?<!D)D(?!D)", "DD", re.sub(r"(?<!M)M(?!M)", "MM", name.strip().upper()))
    if canonical not in FORMATS:
        raise ValueError(f"{name!r} is not a date format; known are {', '.join(FORMATS)}")
    return canonical


def _day(parts: tuple[str, ...], order: str) -> date | None:
    by = dict(zip(order, parts, strict=True))
    year = int(by["y"]) + (2000 if len(by["y"]) == 2 else 0)
    month = int(by["m"]) if by["m"].isdigit() else _MONTH.get(by["m"].casefold(), 0)
    try:
        return date(year, month, int(by["d"])) if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


@dataclass(slots=True)
class DateColumn:
    """What the dates of one column say about how they are written."""

    name: str
    _fits: dict[str, int] = field(default_factory=dict)
    _only: dict[str, str] = field(default_factory=dict)
    _open: dict[str, str] = field(default_factory=dict)

    def add(self, text: str) -> None:
        if isinstance(text, DayCell):
            return
        read = ways_to_read(text)
        for name, day in read.items():
            self._fits[name] = self._fits.get(name, 0) + 1
            if len(read) == 1:
                self._only.setdefault(name, text)
            elif any(other != day for other in read.values()):
                self._open.setdefault(name, text)

    def decided(self) -> tuple[str | None, str | None]:
        """The format, or null where no cell is a date; and the question, where the dates leave one."""
        if not self._fits:
            return None, None
        best = max(self._fits, key=lambda name: self._fits[name])
        ways = next(names for names in _FAMILIES if best in names)
        proven = [name for name in ways if name in self._only]
        if len(ways) > 1 and len(proven) > 1:
            first, second = (f'"{self._only[name]}" is {name}' for name in proven)
            return best, f'Column "{self.name}" mixes two ways to write a date ({first}, {second}). {self._how(ways)}'
        if len(ways) > 1 and not proven and best in self._open:
            return best, f'Column "{self.name}" can be read in two ways: is "{self._open[best]}" {" or ".join(ways)}? {self._how(ways)}'
        return best, None

    def _how(self, ways: tuple[str, ...]) -> str:
        return f"Say which in a mapping, e.g. {{column: {self.name}, format: {ways[0]}}}."


_FAMILIES = tuple(tuple(name for name, _ in ways) for _, ways in _SHAPES)
