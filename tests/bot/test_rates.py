"""The file of interest rates is read whole or refused with its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.config import BadSetting
from bot.rates import read_rates
from workflows.domain.regimes import Rate

HEAD = "regime,valid_from,percent\n"


def file(folder: Path, text: str) -> Path:
    made = folder / "rates.csv"
    made.write_text(text, encoding="utf-8")
    return made


def test_rates_are_read_with_their_first_day(tmp_path: Path) -> None:
    found = read_rates(file(tmp_path, HEAD + "uk,2025-12-18,3.75\n\nde, 2016-07-01 ,-0.88\n"))
    assert found == (Rate("uk", date(2025, 12, 18), Decimal("3.75")), Rate("de", date(2016, 7, 1), Decimal("-0.88")))


def test_without_a_file_there_are_no_rates() -> None:
    assert read_rates(None) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "csv:1: the first line"),
        ("uk,2025-12-18,3.75\n", "csv:1: the first line"),
        (HEAD + "uk,2025-12-18\n", "csv:2: expected"),
        (HEAD + "uk,18.12.2025,3.75\n", "csv:2: expected"),
        (HEAD + "uk,2025-12-18,3;75\n", "csv:2: expected"),
        (HEAD + "uk,2025-12-18,3.75\nmars,2025-12-18,3\n", "csv:3: “mars” is no regime; choose one of de, eu"),
        (HEAD + "uk,2025-12-18,NaN\n", "csv:2: “NaN” is no rate"),
        (HEAD + "uk,2025-12-18,375\n", "csv:2: “375” is no rate"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadSetting, match=words):
        read_rates(file(tmp_path, text))


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="cannot be read: No such file"):
        read_rates(tmp_path / "rates.csv")
