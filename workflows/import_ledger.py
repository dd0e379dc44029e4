"""A file's rows become facts: counted, named where they have no number, stored in chunks, refused one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import blake2b

from workflows.acting import show
from workflows.domain.account import Book
from workflows.domain.freshness import fresh_until
from workflows.errors import Refused
from workflows.ports import Clock, UnitOfWork
from workflows.records import AuditEntry, CardState, LedgerRow, Stored


class NeedsAnswers(Refused):
    """The file can be read in more than one way; each question says how to answer it."""

    def __init__(self, questions: Sequence[str]) -> None:
        super().__init__("\n".join(questions))
        self.questions = tuple(questions)


@dataclass(frozen=True, slots=True)
class Entry:
    """An invoice that reads well, and where it stands. Its `number` is empty when the file gives none.

    Where a file has rows for the lines of an invoice, `rows` is how many this one was put together from, and `repeated` are the
    lines that say in every cell what one before them said. A total below zero is a credit note.
    """

    line: int
    row: LedgerRow
    rows: int = 1
    repeated: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was left out. `line` counts from 1; `column` is the header's own word, null when the whole line is at fault."""

    line: int
    column: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """A row equal to the one on line `first`, and the number it goes by."""

    line: int
    first: int
    number: str


@dataclass(frozen=True, slots=True)
class ImportLedger:
    """`as_of` is the day the file was exported; `number_column` is named when a number is refused; `by` goes into the audit trail.

    A `whole` file has every invoice that is open: one it lacks may be paid, so nothing is sent about it until a file has it again.
    """

    book: str
    entries: Iterable[Entry | Refusal]
    as_of: date
    number_column: str | None = None
    all_or_nothing: bool = False
    dry_run: bool = False
    by: str = "command line"
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """`imported + updated + unchanged + len(refused) == rows`; `invoices` are the distinct ones among the rows that were not refused.

    `unlisted` are open invoices that the file does not have, by their numbers.
    """

    rows: int
    invoices: int
    imported: int
    updated: int
    unchanged: int
    refused: tuple[Refusal, ...]
    repeats: tuple[Repeat, ...]
    unlisted: tuple[str, ...] = ()


class NothingKept(Exception):
    """A dry run, or a refused row under all-or-nothing. `result` is what the file would have done; raising it undoes the unit."""

    def __init__(self, result: Imported) -> None:
        super().__init__("nothing was kept")
        self.result = result


async def import_ledger(ask: ImportLedger, work: UnitOfWork, clock: Clock) -> Imported:
    """Raises `NothingKept` with the result when nothing shall stay, `Refused` for a file from a day to come."""
    now = clock.now()
    book = await work.book(ask.book)
    if ask.as_of > book.place.day(now):
        raise Refused(f"A file cannot be from a day to come ({ask.as_of.isoformat()}); give the day it was exported with --as-of.")
    tally = _Tally(ask.number_column, ask.as_of)
    tally.stored = await work.store_rows(book.id, tally.fresh(ask.entries), now, lock_book=True)
    result = tally.result()
    if ask.whole and tally.stored and (book.read_through is None or book.read_through <= ask.as_of):
        result = replace(result, unlisted=tuple(await work.hold_unlisted(book.id, tally.numbers, ask.as_of, now)))
    if ask.dry_run or (ask.all_or_nothing and result.refused):
        raise NothingKept(result)
    if tally.stored:
        await note_freshness(book, ask.as_of, now, work)
    await work.record(AuditEntry(ask.by, now, "ledger.imported", _audited(ask, result)))
    return result


async def note_freshness(book: Book, as_of: date, now: datetime, work: UnitOfWork) -> None:
    """A file that is new enough also answers the card that asked for one."""
    if book.read_through is not None and as_of < book.read_through:
        return
    read = replace(book, read_through=as_of, read_at=now)
    await work.change_book(read)
    until = fresh_until(read, has_items=True)
    if until is not None and until <= now:
        return
    for card in await work.live_cards(book.id, book.id):
        if card.data.get("what") == "stale_book":
            await work.set_card(replace(card, state=CardState.FROZEN, data={**card.data, "as_of": as_of.isoformat()}))
            show(work, book, card, now)


def _audited(ask: ImportLedger, result: Imported) -> dict[str, str | int]:
    return {
        "book": ask.book,
        "as_of": ask.as_of.isoformat(),
        "rows": result.rows,
        "imported": result.imported,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "refused": len(result.refused),
        "unlisted": len(result.unlisted),
    }


@dataclass(slots=True)
class _Tally:
    """Counts what passes through. Per invoice it keeps a line and a digest, not the row."""

    number_column: str | None
    as_of: date
    rows: int = 0
    refused: list[Refusal] = field(default_factory=list)
    repeats: list[Repeat] = field(default_factory=list)
    stored: Sequence[Stored] = ()
    _weights: list[int] = field(default_factory=list)
    _repeated: int = 0
    _seen: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    _unnumbered: dict[str, int] = field(default_factory=dict)
    _equal: dict[bytes, int] = field(default_factory=dict)

    @property
    def numbers(self) -> Collection[str]:
        """Those of the rows that were not refused."""
        return self._seen.keys()

    def fresh(self, entries: Iterable[Entry | Refusal]) -> Iterator[LedgerRow]:
        """The rows to store, every invoice once."""
        for entry in entries:
            if isinstance(entry, Refusal):
                self.rows += 1
                self.refused.append(entry)
                continue
            self.rows += entry.rows
            if (row := self._numbered(entry) if entry.row.number else self._named(entry)) is not None:
                self._weights.append(entry.rows)
                self.repeats.extend(Repeat(line, entry.line, row.number) for line in entry.repeated)
                yield replace(row, paid_on=self.as_of) if row.paid and row.paid_on is None else row

    def _numbered(self, entry: Entry) -> LedgerRow | None:
        number, content = entry.row.number, _digest(repr(entry.row))
        first, known = self._seen.setdefault(number, (entry.line, content))
        if first == entry.line:
            return entry.row
        if known == content:
            self._repeated += 1
            self.repeats.append(Repeat(entry.line, first, number))
        else:
            self.refused.append(Refusal(entry.line, self.number_column, f"Line {first} has the same invoice number with other content."))
        return None

    def _named(self, entry: Entry) -> LedgerRow | None:
        """A row without a number goes by customer, due day and amount, and by how often those were said before.

        When it was paid is not part of the name: a row that is open today and paid in the next file is the same invoice.
        """
        row = entry.row
        key = _digest(repr((row.customer_number, row.due_on, str(row.total))), 6).hex()
        before = self._unnumbered.get(key, 0)
        self._unnumbered[key] = before + 1
        number = f"auto-{key}-{before + 1}"
        content = _digest(repr((key, row.paid_on)))
        first = self._equal.setdefault(content, entry.line)
        if first != entry.line:
            self.repeats.append(Repeat(entry.line, first, number))
        return self._numbered(Entry(entry.line, replace(row, number=number)))

    def result(self) -> Imported:
        return Imported(
            rows=self.rows,
            invoices=len(self._seen),
            imported=self._rows(Stored.IMPORTED),
            updated=self._rows(Stored.UPDATED),
            unchanged=self._rows(Stored.UNCHANGED) + self._repeated,
            refused=tuple(sorted(self.refused, key=lambda refusal: refusal.line)),
            repeats=tuple(sorted(self.repeats, key=lambda repeat: repeat.line)),
        )

    def _rows(self, answer: Stored) -> int:
        return sum(rows for rows, stored in zip(self._weights, self.stored, strict=True) if stored is answer)


def _digest(text: str, size: int = 16) -> bytes:
    return blake2b(text.encode(), digest_size=size).digest()
