"""Small ledger files for tests, and reading one in a line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from adapters.accounting.ledger_file import Reading, read_ledger
from adapters.accounting.mapping import Mapping
from workflows.import_ledger import Entry, Refusal
from workflows.records import LedgerRow

HEADER = "Invoice number,Customer number,Customer,Invoice date,Due date,Total,Currency"
LINE = "R-1,C1,Ada & Sons,2026-01-02,2026-02-01,249.95,EUR"


def written(folder: Path, *lines: str, end: str = "\n", name: str = "ledger.csv") -> Path:
    path = folder / name
    path.write_bytes(end.join([*lines, ""]).encode())
    return path


def reading(folder: Path, *lines: str, mapping: Mapping | None = None, currency: str | None = None) -> Reading:
    return read_ledger(written(folder, *lines), mapping, currency)


def kept(parsed: Iterable[Entry | Refusal]) -> list[LedgerRow]:
    return [one.row for one in parsed if isinstance(one, Entry)]


def refused(parsed: Iterable[Entry | Refusal]) -> list[tuple[int, str | None, str]]:
    return [(one.line, one.column, one.reason) for one in parsed if isinstance(one, Refusal)]


def plain(**extra: object) -> Mapping:
    """A mapping of the short names number, customer, issued, due, total, currency, and what else a test adds."""
    columns: dict[str, object] = {name: name for name in ("number", "customer", "due", "total", "currency")}
    return Mapping.model_validate({name: value for name, value in (columns | extra).items() if value is not None})
