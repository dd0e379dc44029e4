"""Opens a ledger file by what its first bytes are, not by its name."""

from __future__ import annotations

from pathlib import Path

from adapters.accounting.csv_bytes import GZIP, OLD_OFFICE, ZIP, opened
from adapters.accounting.csv_records import find_csv
from adapters.accounting.records import Fit, Table, Unreadable
from adapters.accounting.xlsx_records import find_sheet

_SEARCHED = 4_000_000
_PROTECTED = "EncryptedPackage".encode("utf-16-le")


def find_table(path: Path, fit: Fit, *, sheet: str | None = None, encoding: str | None = None) -> Table:
    """The header and rows of a CSV file, a gzip of one, or an XLSX workbook. Raises `Unreadable`."""
    with opened(path) as stream:
        start = stream.read(4)
        if start == OLD_OFFICE:
            protected = _PROTECTED in stream.read(_SEARCHED)
            what = "protected with a password; save it without" if protected else "a workbook of the old kind; save it as XLSX or CSV UTF-8"
            raise Unreadable(f"{path.name} is {what}.")
    if start == ZIP:
        if _is_packed(path):
            raise Unreadable(f"{path.name} is a packed workbook or archive; unpack it first.")
        return find_sheet(path, fit, sheet)
    return find_csv(path, fit, encoding)


def _is_packed(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == GZIP
