"""Whatever the bytes: a sentence or rows that add up, never a traceback."""

from __future__ import annotations

import gzip
from itertools import starmap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.accounting.ledger_file import read_ledger
from adapters.accounting.mapping import load_mapping
from adapters.accounting.words import shown
from tests.adapters.accounting.files import HEADER, LINE, plain
from workflows.errors import Refused
from workflows.import_ledger import Entry, Refusal

_CELLS = st.one_of(
    st.text(max_size=12),
    st.binary(max_size=8).map(lambda raw: raw.decode(errors="surrogateescape")),
    st.sampled_from(
        [
            "2026-01-31",
            "01/02/2026",
            "31.12.2026",
            "Feb 30 2026",
            "99999999",
            "1,234.56",
            "1.234",
            "(5)",
            "5-",
            "-",
            "nan",
            "EUR",
            "usd",
            "",
        ]
    ),
    st.sampled_from(['"', '""', "\r", "\x00", "=cmd()", "\u202e", "9" * 60, "1e999", "٣", "K W D"]),
)
_ROWS = st.builds(
    lambda number, changes: ",".join(starmap(changes.get, enumerate(LINE.replace("R-1", number).split(",")))),
    st.sampled_from(["R-1", "R-2", ""]),
    st.dictionaries(st.integers(0, 6), _CELLS, max_size=2),
)
_LINES = st.lists(_ROWS | st.lists(_CELLS, max_size=8).map(",".join), max_size=6).map("\n".join)
_BYTES = st.one_of(st.binary(max_size=200), _LINES.map(lambda text: f"{HEADER}\n{text}".encode(errors="surrogateescape")))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile") / "ledger.csv"


def _adds_up(path: Path, **how: object) -> None:
    try:
        read = read_ledger(path, **how)  # type: ignore[arg-type]
        rows = list(read.rows())
    except Refused as caught:
        sentence = str(caught)
    else:
        _rows_add_up(rows, read.count)
        return
    assert 0 < len(sentence) < 5_000


def _rows_add_up(rows: list[Entry | Refusal], count: int) -> None:
    assert sum(row.rows if isinstance(row, Entry) else 1 for row in rows) == count
    for row in rows:
        assert row.line > 1
        if isinstance(row, Refusal):
            assert row.reason.endswith(".")
            row.reason.encode()
        if isinstance(row, Entry):
            assert row.row.customer_number
            assert row.row.due_on is not None or row.row.total.minor <= 0
            repr(row.row).encode()


@settings(max_examples=100, deadline=None, database=None)
@given(data=_BYTES, packed=st.booleans())
def test_any_bytes_give_a_sentence_or_rows_that_add_up(place: Path, data: bytes, packed: bool) -> None:
    place.write_bytes(gzip.compress(data) if packed else data)
    _adds_up(place)
    _adds_up(place, mapping=plain(), currency="KWD")
    _adds_up(place, mapping=load_mapping("ordinary"), currency="EUR")


@settings(max_examples=60, deadline=None, database=None)
@given(data=st.binary(max_size=120))
def test_any_bytes_as_a_mapping_give_a_sentence(place: Path, data: bytes) -> None:
    path = place.with_suffix(".yaml")
    path.write_bytes(data)
    with pytest.raises(Refused):
        load_mapping(str(path))


def test_the_machine_above_reaches_rows_that_are_kept(place: Path) -> None:
    place.write_text(f'{HEADER}\nR,C,"=cmd()",2026-01-31,2026-01-31,5,EUR\n', encoding="utf-8")
    (entry,) = read_ledger(place).rows()
    assert isinstance(entry, Entry)
    assert shown(entry.row.customer_name or "") == '"=cmd()"'
