"""From the bytes of a file to its header and records, whatever the bytes are."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, cast

from adapters.accounting.words import names, shown
from workflows.errors import Refused
from workflows.import_ledger import Refusal

LONGEST_CELL = 10_000
LONGEST_LINE = 1_000_000
BANNER_LINES = 40
_DELIMITERS = (",", ";", "\t", "|")
_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Unreadable(Refused):
    """The file as a whole is no ledger; the sentence says what it is or how to save it."""


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one row, as many as the header has, and the line it begins on."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose header was found. `header_line` counts from 1; lines before it are banners."""

    path: Path
    delimiter: str
    header: tuple[str, ...]
    header_line: int

    def records(self) -> Iterator[Record | Refusal]:
        """Every row below the header; blank rows are none. Raises `Unreadable` when the file breaks off."""
        csv.field_size_limit(LONGEST_LINE)
        with _opened(self.path) as stream:
            lines = islice(_lines(stream), self.header_line, None)
            reader = csv.reader(lines, delimiter=self.delimiter, skipinitialspace=True, strict=True)
            while True:
                first = self.header_line + reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as fault:
                    yield _broken(fault, first, self.header_line + reader.line_num)
                    continue
                if any(map(str.strip, cells)):
                    yield self._whole(cells, first, self.header_line + reader.line_num)

    def _whole(self, cells: list[str], first: int, last: int) -> Record | Refusal:
        width = len(self.header)
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        if len(cells) != width:
            span = f" (the row runs on to line {last}; a closing quote may be missing)" if last > first else ""
            return Refusal(first, None, f"The row has {len(cells)} cells and the header {width}{span}.")
        for name, cell in zip(self.header, cells, strict=True):
            if len(cell) > LONGEST_CELL:
                return Refusal(first, name, f"The cell holds {len(cell):,} characters; {LONGEST_CELL:,} is the most.")
        return Record(first, cells)


def find_table(path: Path, fit: Callable[[Sequence[str]], int]) -> Table:
    """The first line among the banners whose cells `fit` best, with the delimiter that makes them do so.

    Where nothing fits at all, the line with the most cells. Raises `Unreadable`.
    """
    with _opened(path) as stream:
        top = list(islice(_lines(stream), BANNER_LINES))
    best: tuple[tuple[int, int], Table] | None = None
    for index, line in enumerate(top):
        for delimiter in _DELIMITERS:
            header = _header(line, delimiter)
            score = (fit(header), len(header))
            if header and (best is None or score > best[0]):
                best = score, Table(path, delimiter, header, index + 1)
    if best is None:
        raise Unreadable(f"{path.name} is empty.")
    _must_be_text(top[best[1].header_line - 1], best[1].header_line)
    return best[1]


def _header(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return ()
    return names(cells)


def _must_be_text(line: str, number: int) -> None:
    if any("\ud800" <= letter <= "\udfff" for letter in line):
        raise Unreadable(f"Line {number}, the header, is not UTF-8 text; save the file as CSV UTF-8.")


def _broken(fault: csv.Error, first: int, last: int) -> Refusal:
    if "field limit" in str(fault):
        raise Unreadable(
            f"The text that begins on line {first} does not end within {LONGEST_LINE:,} characters; a closing quote is missing."
        )
    where = f" on lines {first} to {last}" if last > first else ""
    return Refusal(first, None, f"The quotes{where} do not pair, or the line ends in its middle ({shown(str(fault))}).")


@contextmanager
def _opened(path: Path) -> Generator[IO[bytes]]:
    """The file, unpacked if it is packed, past its byte order mark."""
    with ExitStack() as closing:
        try:
            stream: IO[bytes] = closing.enter_context(path.open("rb"))
        except OSError as fault:
            raise Unreadable(f"{path} cannot be read: {fault.strerror or fault}.") from None
        if _start(stream).startswith(_GZIP):
            stream = cast(IO[bytes], closing.enter_context(gzip.GzipFile(fileobj=stream)))
        start = _start(stream)
        _must_not_be_known(path.name, start)
        stream.seek(len(_BOM) if start.startswith(_BOM) else 0)
        yield stream


def _start(stream: IO[bytes]) -> bytes:
    """Its first bytes; the stream stays at its beginning."""
    start = _guarded(lambda: stream.read(4))
    stream.seek(0)
    return start


def _must_not_be_known(name: str, start: bytes) -> None:
    if start.startswith(_SPREADSHEETS):
        raise Unreadable(f"{name} is a workbook or archive; save its sheet as CSV UTF-8, workbooks are read by a later release.")
    if start.startswith(_UTF16):
        raise Unreadable(f"{name} is UTF-16 text; save it as CSV UTF-8.")


def _lines(stream: IO[bytes]) -> Iterator[str]:
    """Lines with their ends; bytes that are no UTF-8 come as lone surrogates, so that the cell they stand in can be named."""
    number = 0
    while raw := _guarded(lambda: stream.readline(LONGEST_LINE + 1)):
        number += 1
        if len(raw) > LONGEST_LINE:
            raise Unreadable(f"Line {number} is longer than {LONGEST_LINE:,} bytes; this is no ledger of one row a line.")
        yield raw.decode(errors="surrogateescape")


def _guarded(read: Callable[[], bytes]) -> bytes:
    try:
        return read()
    except (OSError, EOFError, zlib.error) as fault:
        raise Unreadable(f"The file breaks off or is damaged ({shown(str(fault))}).") from None
