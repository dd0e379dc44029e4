"""From the bytes of a text file to its header and records, whatever the bytes are."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from adapters.accounting.csv_bytes import LONGEST_LINE, encoding_of, lines
from adapters.accounting.records import BANNER_LINES, Fit, Header, Raw, Table, Unreadable, best
from adapters.accounting.words import names, shown
from workflows.import_ledger import Refusal

LONGEST_ROW = 1_000_000  # characters of a row that runs over several lines; more is a quote nobody closed
_DELIMITERS = (",", ";", "\t", "|")


def find_csv(path: Path, fit: Fit, encoding: str | None = None) -> Table:
    """The first line among the banners whose cells `fit` best, with the delimiter that makes them do so. Raises `Unreadable`."""
    said = encoding or encoding_of(path)
    top = list(islice(lines(path, said), BANNER_LINES))
    candidates = {
        delimiter: best(Header(fit(header), header, number) for number, header in _headers(top, delimiter)) for delimiter in _DELIMITERS
    }
    found = {delimiter: header for delimiter, header in candidates.items() if header}
    if not found:
        raise Unreadable(f"{path.name} is empty.")
    delimiter, header = max(found.items(), key=lambda one: (one[1].score, -one[1].line))
    _must_be_text(top[header.line - 1], header.line)
    return Table(header.names, header.line, lambda: _rows(path, said, delimiter, header.line))


def _headers(top: list[str], delimiter: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    for number, line in enumerate(top, 1):
        try:
            yield number, names(next(csv.reader([line[:LONGEST_ROW]], delimiter=delimiter, skipinitialspace=True), []))
        except csv.Error:
            continue


def _must_be_text(line: str, number: int) -> None:
    if any("\ud800" <= letter <= "\udfff" for letter in line):
        raise Unreadable(
            f"Line {number}, the header, is not UTF-8 text; save the file as CSV UTF-8, or say `encoding: windows-1252` in a mapping (--map)."
        )


def _rows(path: Path, encoding: str, delimiter: str, header_line: int) -> Iterator[Raw | Refusal]:
    csv.field_size_limit(LONGEST_LINE)
    watched = _Watched(islice(lines(path, encoding), header_line, None), header_line)
    reader = csv.reader(watched, delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        first = watched.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            yield _broken(fault, first, watched.line)
            continue
        yield Raw(first, watched.line, cells)


class _Watched:
    """The lines on their way to the reader of rows: where it is, and that no open quote swallows the file."""

    def __init__(self, lines: Iterator[str], line: int) -> None:
        self._lines = lines
        self.line = line
        self._first = line + 1
        self._length = 0

    def begin(self) -> int:
        """A row begins; returns its line."""
        self._first, self._length = self.line + 1, 0
        return self._first

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._length > LONGEST_ROW:
            raise Unreadable(
                f"The text that begins on line {self._first} does not end within {LONGEST_ROW:,} characters; a closing quote is missing."
            )
        line = next(self._lines)
        self.line += 1
        self._length += len(line)
        return line


def _broken(fault: csv.Error, first: int, last: int) -> Refusal:
    where = f" on lines {first} to {last}" if last > first else ""
    return Refusal(first, None, f"The quotes{where} do not pair, or the line ends in its middle ({shown(str(fault))}).")
