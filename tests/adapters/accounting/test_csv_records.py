from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from adapters.accounting.ledger_file import read_ledger
from adapters.accounting.records import Unreadable
from tests.adapters.accounting.files import HEADER, LINE, kept, reading, refused, written


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_usual_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    (row,) = kept(reading(tmp_path, HEADER.replace(",", delimiter), LINE.replace(",", delimiter)).rows())
    assert (row.number, row.customer_name, str(row.total)) == ("R-1", "Ada & Sons", "249.95 EUR")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_byte_order_mark_line_ends_and_packing_change_nothing(tmp_path: Path, mark: bytes, end: str, *, packed: bool) -> None:
    path = written(tmp_path, HEADER, LINE.replace("Ada", "Ádá"), end=end)
    data = mark + path.read_bytes()
    path.write_bytes(gzip.compress(data) if packed else data)
    parsed = list(read_ledger(path).rows())
    assert [row.customer_name for row in kept(parsed)] == ["Ádá & Sons"]
    assert parsed[0].line == 2


def test_banner_lines_before_the_header_are_skipped_and_lines_still_count_from_the_top(tmp_path: Path) -> None:
    parsed = list(reading(tmp_path, "Acme Ltd", "Open items, as of today", "", HEADER, LINE, "", LINE.replace("249.95", "many")).rows())
    assert len(kept(parsed)) == 1
    assert refused(parsed) == [(7, "Total", "Many is not an amount; write it as 1234.50.")]


def test_a_quoted_cell_may_hold_the_delimiter_and_a_line_end(tmp_path: Path) -> None:
    parsed = list(reading(tmp_path, HEADER, LINE.replace("Ada & Sons", '"Ada, Bea\nand ""Sons"""'), LINE.replace("EUR", "QQQ")).rows())
    assert [row.customer_name for row in kept(parsed)] == ['Ada, Bea and "Sons"']
    assert refused(parsed)[0][:2] == (4, "Currency")


def test_a_row_of_other_width_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    parsed = list(reading(tmp_path, HEADER, "R-0,C1,Ada", LINE + ",more", LINE + ",", LINE.replace("R-1", "R-2")).rows())
    assert [row.number for row in kept(parsed)] == ["R-1", "R-2"]
    assert [(line, column) for line, column, _ in refused(parsed)] == [(2, None), (3, None)]
    assert "3 cells and the header 7" in refused(parsed)[0][2]


def test_a_file_cut_off_within_quotes_loses_no_row_in_silence(tmp_path: Path) -> None:
    parsed = list(reading(tmp_path, HEADER, LINE, 'R-2,C1,"Ada,2026-01-02,2026-02-01,1.00,EUR', LINE.replace("R-1", "R-3")).rows())
    assert [row.number for row in kept(parsed)] == ["R-1"]
    assert [line for line, _, _ in refused(parsed)] == [3]
    assert "lines 3 to 4" in refused(parsed)[0][2]


@pytest.mark.parametrize("length", [10_001, 200_000, 10_000_000])
def test_an_endless_cell_is_refused_with_line_and_column_even_where_nobody_reads_it(tmp_path: Path, length: int) -> None:
    parsed = list(reading(tmp_path, HEADER + ",Memo", f"{LINE},{'x' * length}", LINE.replace("R-1", "R-2") + ",ok").rows())
    assert [row.number for row in kept(parsed)] == ["R-2"]
    assert refused(parsed) == [(2, "Memo", f"The cell holds {length:,} characters; 10,000 is the most.")]


def test_bytes_that_are_no_text_refuse_the_row_they_stand_in(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    path.write_bytes(
        f"{HEADER}\n{LINE.replace('Ada', 'Zoë')}\n".encode() + f"{LINE.replace('R-1', 'R-2').replace('Ada', 'Zoë')}\n".encode("latin-1")
    )
    parsed = list(read_ledger(path).rows())
    assert [row.customer_name for row in kept(parsed)] == ["Zoë & Sons"]
    assert refused(parsed) == [(3, "Customer", '"Zo? & Sons" holds characters that are not text; save the file as CSV UTF-8.')]


def test_a_control_character_that_no_database_takes_is_refused(tmp_path: Path) -> None:
    parsed = list(reading(tmp_path, HEADER, LINE.replace("R-1", "R\x00-1"), LINE.replace("Ada", "\x1b[31mAda")).rows())
    assert [(line, column) for line, column, _ in refused(parsed)] == [(2, "Invoice number"), (3, "Customer")]
    assert all(reason.isprintable() for _, _, reason in refused(parsed))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"PK\x03\x04rest", "damaged workbook"),
        (b"\xd0\xcf\x11\xe0rest", "workbook of the old kind"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "protected with a password"),
        (gzip.compress(b"PK\x03\x04rest"), "packed workbook"),
        (b"\x1f\x8bnot gzip", "damaged"),
        (gzip.compress(f"{HEADER}\n{LINE}\n".encode() * 999, mtime=0)[:-20], "damaged"),
        (HEADER.replace("Total", "Tot\xff").encode("latin-1"), "header, is not UTF-8"),
        (b"a,b\n" + b"x" * 32_000_001, "longer than"),
        (f'{HEADER}\nR-1,C1,"Ada'.encode() + b"\nx,y" * 300_000, "closing quote"),
    ],
    ids=["empty", "blank", "xlsx", "xls", "password", "packed", "no gzip", "half a gzip", "latin header", "long line", "open quote"],
)
def test_a_file_that_is_no_ledger_is_named_in_one_sentence(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "ledger.csv"
    path.write_bytes(data)
    with pytest.raises(Unreadable, match=words):
        read_ledger(path)


def test_a_path_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be read"):
        read_ledger(tmp_path / "none.csv")
    with pytest.raises(Unreadable, match="cannot be read"):
        read_ledger(tmp_path)
