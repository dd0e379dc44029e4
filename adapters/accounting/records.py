"""A file as a header and records, whichever kind of file it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from workflows.errors import Refused
from workflows.import_ledger import Refusal

LONGEST_CELL = 10_000
BANNER_LINES = 40

Fit = Callable[[Sequence[str]], int]  # how well the cells of a line are a header


class Unreadable(Refused):
    """The file as a whole is no ledger; the sentence says what it is or how to save it."""


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one row, as many as the header has, and the line it begins on."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Raw:
    """A row as it stands in the file, from line `line` to line `last`."""

    line: int
    last: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose header was found. `header_line` counts from 1; lines before it are banners. `rows` reads the file once more."""

    header: tuple[str, ...]
    header_line: int
    rows: Callable[[], Iterator[Raw | Refusal]]
    doubts: tuple[str, ...] = ()

    def records(self) -> Iterator[Record | Refusal]:
        """Every row below the header; blank rows are none. Raises `Unreadable` when the file breaks off."""
        for row in self.rows():
            if isinstance(row, Refusal):
                yield row
            elif any(map(str.strip, row.cells)):
                yield self._whole(row)

    def _whole(self, row: Raw) -> Record | Refusal:
        width, cells = len(self.header), row.cells
        if len(cells) > width and not any(map(str.strip, cells[width:])):
            cells = cells[:width]
        if len(cells) != width:
            span = f" (the row runs on to line {row.last}; a closing quote may be missing)" if row.last > row.line else ""
            return Refusal(row.line, None, f"The row has {len(cells)} cells and the header {width}{span}.")
        if max(map(len, cells)) <= LONGEST_CELL:
            return Record(row.line, cells)
        name, cell = next((name, cell) for name, cell in zip(self.header, cells, strict=True) if len(cell) > LONGEST_CELL)
        return Refusal(row.line, name or None, f"The cell holds {len(cell):,} characters; {LONGEST_CELL:,} is the most.")


@dataclass(frozen=True, slots=True)
class Header:
    """A line that may be the header. What fits best goes first; where nothing fits at all, the line with the most cells."""

    fits: int
    names: tuple[str, ...]
    line: int

    @property
    def score(self) -> tuple[int, int]:
        return self.fits, len(self.names)


def best(candidates: Iterable[Header]) -> Header | None:
    """The first of the best."""
    return max((one for one in candidates if one.names), key=lambda one: one.score, default=None)
