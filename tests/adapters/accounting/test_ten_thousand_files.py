"""Ten thousand hostile files: each is one sentence, or rows that add up, each kept or refused with line and reason."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random
from typing import cast

from adapters.accounting.ledger_file import read_ledger
from adapters.accounting.mapping import Mapping
from tests.adapters.accounting.files import HEADER, LINE, plain
from tests.adapters.accounting.workbooks import number, row, text, texts, workbook
from workflows.errors import Refused
from workflows.import_ledger import Entry, Refusal

_HEADERS = (
    *(HEADER, HEADER.replace(",Currency", ""), HEADER + ",Status", HEADER + ",Paid,Balance,E-Mail", "number,customer,due,total,currency"),
    "Client Name,Invoice #,Date Issued,Invoice Status,Date Paid,Line Total,Currency",
    "Invoice Date,Invoice Number,Invoice Status,Customer Name,Due Date,Currency Code,Total,Balance",
    "Transaction Date,Customer,Invoice Number,Bill Number,Amount (One column),Account Type",
    "Date,Due,Details,Client,Status,Total",
    "Client,Email,Invoice Number,Amount,Paid,PO Number,Status,Invoice Date,Due Date",
)
_CELLS = (
    *("", "R-1", "R-2", "0001", "C1", "Ada & Sons", "2026-01-31", "31/01/2026", "01/02/2026", "31.1.26", "Jan 28 2026", "2026-02-30", "0"),
    *(
        "249.95",
        "1.234,50",
        "1,234.50",
        "€ 5",
        "$5",
        "(5.00)",
        "-5",
        "5-",
        "9" * 50,
        "1e999",
        "nan",
        "-",
        "٣",
        "½",
        "EUR",
        "usd",
        "XXX",
        "KWD",
    ),
    *(
        "paid",
        "draft",
        "void",
        "sent",
        "partial",
        "Foo",
        "Total",
        "Summe:",
        "Accounts Receivable",
        "a@b.example; c@d.example",
        "a@b\nBcc: x",
    ),
    *(
        "=cmd|' /C calc'!A0",
        "@SUM(A1)",
        "+1",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "'; drop table items; --",
        "\u202egnp",
        "\x00",
        "\x1b[31m",
    ),
    *('"', '""', '"open', "\r", "\r\n", ",", ";;", "\t", "\ufeff", "x" * 300, "x" * 10_001, "\ud83d", "N/A", "#REF!", "K W D"),
)
_ENDS = ("\n", "\n", "\n", "\r\n", "\r", "\n\n")
_ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1252", "iso-8859-2", "mac-roman", "shift-jis")
_MAPPINGS: tuple[Mapping | None, ...] = (None, None, None, plain(), plain(lines="add"), plain(status="due", lines="repeat"))


def _csv(chance: Random) -> bytes:
    header = HEADER if chance.random() < 0.5 else chance.choice(_HEADERS)
    width = header.count(",") + 1
    lines = [chance.choice(_CELLS) for _ in range(chance.randrange(3))] if chance.random() < 0.2 else []
    lines.append(header)
    for _ in range(chance.randrange(6)):
        if header == HEADER and chance.random() < 0.8:
            cells = LINE.split(",")
            cells[chance.randrange(7)] = chance.choice(_CELLS)
        else:
            cells = [chance.choice(_CELLS) for _ in range(width + chance.choice((0, 0, 0, 0, 1, -1)))]
        lines.append(",".join(cells))
    written = chance.choice(_ENDS).join(lines).encode(chance.choice(_ENCODINGS), "replace")
    if chance.random() < 0.3:
        written = _broken(written, chance)
    return written


def _broken(written: bytes, chance: Random) -> bytes:
    """Cut off, or with a few bytes changed."""
    if chance.random() < 0.4:
        return written[: chance.randrange(len(written) + 1)]
    changed = bytearray(written)
    for _ in range(chance.randrange(1, 6)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


@dataclass(frozen=True, slots=True)
class _Held:
    """A file in memory, as much of a path as reading one takes."""

    data: bytes
    name: str = "ledger"

    def open(self, mode: str) -> BytesIO:
        assert mode == "rb"
        return BytesIO(self.data)


def _made(folder: Path, chance: Random) -> Path:
    cells = [
        *map(text, texts(HEADER)),
        number("46053", 1),
        number("0.30000000000000004"),
        number("nope", 9),
        "<c/>",
        "<c><f>1</f></c>",
        "<c t='s'><v>9</v></c>",
    ]
    rows = [row(*texts(HEADER)), *(row(*chance.choices([text("5"), text("2026-01-31"), text("EUR"), *cells], k=7)) for _ in range(3))]
    return workbook(folder / f"{chance.random()}.xlsx", {"S": [one for one in rows if one.isprintable()]})


def _xlsx(whole: bytes, chance: Random) -> bytes:
    if chance.random() < 0.5:
        return _broken(whole, chance)
    other = BytesIO()
    with zipfile.ZipFile(BytesIO(whole)) as packed, zipfile.ZipFile(other, "w") as again:
        victim = chance.choice(packed.namelist())
        for name in packed.namelist():
            content = packed.read(name)
            again.writestr(name, _broken(content, chance) if name == victim else content)
    return other.getvalue()


def _outcome(data: bytes, mapping: Mapping | None, currency: str | None, terms_days: int | None) -> Iterator[str]:
    try:
        read = read_ledger(cast(Path, _Held(data)), mapping, currency, terms_days=terms_days)
        rows = list(read.rows())
    except Refused as caught:
        yield "sentence" if 0 < len(str(caught)) < 5_000 else "no sentence"
        return
    assert sum(one.rows if isinstance(one, Entry) else 1 for one in rows) == read.count
    for one in rows:
        assert one.line > 1
        if isinstance(one, Refusal):
            assert one.reason.endswith(".")
            (one.reason + (one.column or "")).encode()
            yield "refused"
        else:
            assert one.row.customer_number
            repr(one.row).encode()
            yield "kept"


def test_ten_thousand_hostile_files_are_each_a_sentence_or_rows_that_add_up(tmp_path: Path) -> None:
    chance = Random(20260131)
    workbooks = [_made(tmp_path, chance).read_bytes() for _ in range(20)]
    seen: Counter[str] = Counter()
    for n in range(10_000):
        data = _xlsx(chance.choice(workbooks), chance) if n % 20 == 0 else _csv(chance)
        seen.update(_outcome(data, chance.choice(_MAPPINGS), chance.choice(("EUR", "KWD", None)), chance.choice((30, None))))
    assert "no sentence" not in seen
    assert min(seen[what] for what in ("sentence", "refused", "kept")) > 1_000, "the files reach every end"
