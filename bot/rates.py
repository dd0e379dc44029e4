"""The operator's file of published interest rates: one line each of regime, first day, and percent a year."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from bot.config import BadSetting
from workflows.domain.regimes import REGIMES, Rate

COLUMNS = ["regime", "valid_from", "percent"]
_MOST_PERCENT = 100


def read_rates(file: Path | None) -> tuple[Rate, ...]:
    """Without a file there are none, and statutory interest is not charged. Raises `BadSetting` naming the line."""
    if file is None:
        return ()
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"DUEBOT_RATES: {file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}.") from None
    return tuple(_rates(file, lines))


def _rates(file: Path, lines: list[str]) -> Iterator[Rate]:
    rows = csv.reader(lines)
    if next(rows, None) != COLUMNS:
        raise BadSetting(f"{file}:1: the first line has to be {','.join(COLUMNS)}.")
    for row in rows:
        if row:
            yield _rate(row, f"{file}:{rows.line_num}")


def _rate(row: list[str], where: str) -> Rate:
    known = sorted({one.id for one in REGIMES})
    try:
        name, day, percent = (cell.strip() for cell in row)
        rate = Rate(name, date.fromisoformat(day), Decimal(percent))
    except (ValueError, InvalidOperation):
        raise BadSetting(f"{where}: expected a regime, a day and a percentage, as in uk,2025-12-18,3.75.") from None
    if name not in known:
        raise BadSetting(f"{where}: “{name}” is no regime; choose one of {', '.join(known)}.")
    if not rate.percent.is_finite() or abs(rate.percent) > _MOST_PERCENT:
        raise BadSetting(f"{where}: “{percent}” is no rate in percent a year.")
    return rate
