"""A ledger file, read: its mapping, what is open about it, and its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from adapters.accounting.guess import Guess, guess, header_score, unread
from adapters.accounting.invoice_lines import together
from adapters.accounting.ledger_amounts import AmountColumn
from adapters.accounting.ledger_columns import Columns, fits
from adapters.accounting.ledger_dates import DateColumn
from adapters.accounting.ledger_row import RowReader
from adapters.accounting.mapping import Currency, DateIn, Mapping
from adapters.accounting.records import Record, Table, Unreadable
from adapters.accounting.statuses import status_of
from adapters.accounting.tables import find_table
from adapters.accounting.words import filled, listed, small
from workflows.domain.money import UnknownCurrency, exponent
from workflows.errors import Refused
from workflows.import_ledger import Entry, NeedsAnswers, Refusal

_DETAILS = ("terms", "product", "language", "country", "zone", "party")
_AMOUNTS = ("total", "paid", "balance")
_SEEN = 20_000  # cells of a column


@dataclass(frozen=True, slots=True)
class Reading:
    """`questions` must be answered before a row is read; a person at a terminal may wave `doubts` through.

    `mapping` is what is used, with the date formats found; null while a column of it is asked for, and then there is a `draft`. `count` are
    the rows.
    """

    table: Table
    mapping: Mapping | None
    questions: tuple[str, ...]
    doubts: tuple[str, ...]
    count: int
    guessed: bool
    _reader: RowReader | None
    draft: str = ""

    @property
    def left_out(self) -> Sequence[str]:
        """Columns that the mapping does not read, and that say something."""
        used = set(self.mapping.columns.values()) if self.mapping else ()
        return [name for name in self.table.header if name and name not in used]

    @property
    def certain(self) -> bool:
        return not self.questions and not self.doubts

    @property
    def number_column(self) -> str | None:
        return self.mapping.columns.get("number") if self.mapping else None

    def rows(self) -> Iterator[Entry | Refusal]:
        """Streams the file once more. Raises `NeedsAnswers` while questions stand, `Unreadable` when the file breaks off."""
        if self._reader is None or self.questions:
            raise NeedsAnswers(self.questions)
        reader, records = self._reader, self.table.records()
        if reader.mapping.lines is not None:
            return together(records, reader, reader.mapping.lines)
        return (reader.read(record) if isinstance(record, Record) else record for record in records)


@dataclass(slots=True)
class _Detail:
    """A column that was guessed from its header alone, and whether its cells bear that out: `Country` may hold names, not codes."""

    name: str
    fits: bool = True

    def add(self, text: str) -> None:
        self.fits = self.fits and fits(self.name, text)


@dataclass(slots=True)
class _Statuses:
    """A guessed column of statuses, and whether most of its words are such; those that are not will be refused."""

    known: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)

    def add(self, text: str) -> None:
        words = self.unknown if status_of(small(text[:40])) is None else self.known
        if len(words) < 1_000:
            words.add(text[:40])

    @property
    def fits(self) -> bool:
        return not self.unknown or len(self.known) >= len(self.unknown)


def read_ledger(
    path: Path, mapping: Mapping | None = None, currency: str | None = None, *, sheet: str | None = None, terms_days: int | None = None
) -> Reading:
    """Finds the header, takes or guesses the mapping, and reads every date and amount once to learn how they are written.

    `currency` is for rows that name none, `terms_days` for files without a due date; `sheet` is one of a workbook's. Raises `Unreadable` for a file that is no ledger, `Refused` for a currency that is none.
    """
    _must_be_currency(currency)
    table = (
        find_table(path, header_score, sheet=sheet)
        if mapping is None
        else find_table(path, lambda header: _matched(mapping, header), sheet=sheet or mapping.sheet, encoding=mapping.encoding)
    )
    said = guess(table.header) if mapping is None else Guess(mapping)
    doubts = table.doubts + said.doubts
    if said.mapping is None:
        return Reading(table, None, said.questions, doubts, 0, guessed=True, _reader=None, draft=said.draft)
    used = said.mapping if terms_days is None else said.mapping.model_copy(update={"terms_days": terms_days})
    return _studied(table, used, currency, doubts, guessed=mapping is None)


def _studied(table: Table, mapping: Mapping, currency: str | None, doubts: tuple[str, ...], *, guessed: bool) -> Reading:
    places = _places(mapping, table.header)
    doubtful = guessed and mapping.name is None
    details: dict[str, _Detail | _Statuses] = {name: _Detail(name) for name in _DETAILS if doubtful and name in places}
    if doubtful and "status" in places:
        details["status"] = _Statuses()
    dates = {name: DateColumn(part.column) for name, part in mapping.dates().items()}
    amounts = {name: AmountColumn() for name in _AMOUNTS if name in places}
    count = _study(table, [(places[name], column) for name, column in (dates | amounts | details).items()])
    unfit = {name for name, column in details.items() if not column.fits}
    found = {name: _format(part, dates[name]) for name, part in mapping.dates().items()}
    constant = currency or (mapping.currency.always if mapping.currency else None)
    questions = tuple(question for _, question in found.values() if question)
    if "status" in unfit and not {"paid", "paid_on", "balance"} & places.keys():
        doubts += (unread(table.header[places["status"]]),)
    if mapping.due is None and mapping.terms_days is None and ("terms" not in places or "terms" in unfit):
        questions += (_WHEN_DUE,)
    if "currency" not in places and constant is None and not (amounts["total"].seen and amounts["total"].signed):
        questions += ("Which currency are the amounts in? The file names none; give it with --currency, e.g. --currency EUR.",)
    formats = {name: written for name, (written, _) in found.items()}
    settled = _settled(mapping, formats, constant).model_copy(update=dict.fromkeys(unfit))
    marks = {name: column.mark for name, column in amounts.items()}
    places = {name: place for name, place in places.items() if name not in unfit}
    reader = RowReader(settled, table.header, places, Columns(places, formats, marks, settled.status), constant)
    return Reading(table, settled, questions, doubts, count, guessed, reader)


def _study(table: Table, columns: Sequence[tuple[int, DateColumn | AmountColumn | _Detail | _Statuses]]) -> int:
    """Shows every column its cells, those that say the same once; returns how many rows there are."""
    count = 0
    studied: list[tuple[int, set[str], Callable[[str], None]]] = [(place, set(), column.add) for place, column in columns]
    for record in table.records():
        count += 1
        if isinstance(record, Record):
            for place, seen, add in studied:
                cell = record.cells[place]
                if cell not in seen:
                    if len(seen) < _SEEN and type(cell) is str:
                        seen.add(cell)
                    if text := filled(cell):
                        add(text)
    return count


def _format(part: DateIn, column: DateColumn) -> tuple[str | None, str | None]:
    return (part.format, None) if part.format else column.decided()


def _settled(mapping: Mapping, formats: dict[str, str | None], constant: str | None) -> Mapping:
    """The mapping with everything in it that was found out."""
    dates = {name: part.model_copy(update={"format": formats[name]}) for name, part in mapping.dates().items()}
    column = mapping.currency.column if mapping.currency else None
    said = Currency(column=column, always=constant) if column or constant else None
    return mapping.model_copy(update={**dates, "currency": said})


def _matched(mapping: Mapping, header: Sequence[str]) -> int:
    known = set(map(str.casefold, header))
    return sum(column.casefold() in known for column in mapping.columns.values())


def _places(mapping: Mapping, header: Sequence[str]) -> dict[str, int]:
    """Where each field stands; exact names go before those of other case. Raises `Unreadable` for one that is missing or stands twice."""
    places: dict[str, int] = {}
    columns = mapping.columns
    for part, name in columns.items():
        wanted = " ".join(name.split())
        at = [place for place, column in enumerate(header) if column == wanted]
        at = at or [place for place, column in enumerate(header) if column.casefold() == wanted.casefold()]
        if not at and (f"{part}_fallback" in columns or part.removesuffix("_fallback") in places):
            continue  # one of the two is enough
        if len(at) != 1:
            problem = "has no column" if not at else "has more than one column"
            raise Unreadable(f'The file {problem} "{name}" ({part} of the mapping). Its columns are {listed(header)}.')
        places[part] = at[0]
    return places


_WHEN_DUE = "When are the invoices due? The file has no due date; give the days after the invoice date with --terms-days, or as `terms_days` in a mapping."


def _must_be_currency(currency: str | None) -> None:
    try:
        exponent(currency or "EUR")
    except UnknownCurrency as fault:
        raise Refused(f"{fault}; give one such as EUR.") from None
