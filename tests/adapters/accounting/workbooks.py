"""Workbooks written part by part, so that a test decides what stands in every cell."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
# Style 0 is general, 1 a built-in date, 2 a date format of the workbook's own, 3 an amount whose words in quotes hold a d and a y.
_STYLES = (
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="dd\\-mmm\\-yyyy"/><numFmt numFmtId="165" formatCode="0.00 &quot;yard&quot;"/>'
    '</numFmts><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>'
)

Cell = str  # XML of one cell


def text(said: str) -> Cell:
    return f'<c t="inlineStr"><is><t>{escape(said)}</t></is></c>'


def number(said: object, style: int = 0) -> Cell:
    return f'<c s="{style}"><v>{said}</v></c>'


def shared(place: int) -> Cell:
    return f'<c t="s"><v>{place}</v></c>'


def texts(line: str) -> list[Cell]:
    return [text(cell) for cell in line.split(",")]


def row(*cells: Cell, at: int | None = None) -> str:
    said = "" if at is None else f' r="{at}"'
    return f"<row{said}>{''.join(cells)}</row>"


def workbook(
    path: Path,
    sheets: Mapping[str, Sequence[str]],
    *,
    strings: Sequence[str] = (),
    hidden: Sequence[str] = (),
    extra: str = "",
    pr: str = "",
) -> Path:
    """`sheets` are names and the XML of their rows; `extra` follows the rows of each."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for part, content in _parts(sheets, strings, hidden, extra, pr).items():
            packed.writestr(part, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return path


def _parts(sheets: Mapping[str, Sequence[str]], strings: Sequence[str], hidden: Sequence[str], extra: str, pr: str) -> dict[str, str]:
    listed, relations, parts = "", "", {}
    for n, (name, rows) in enumerate(sheets.items(), 1):
        state = ' state="hidden"' if name in hidden else ""
        listed += f'<sheet name="{escape(name)}" sheetId="{n}"{state} r:id="rId{n}"/>'
        relations += f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        parts[f"xl/worksheets/sheet{n}.xml"] = f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData>{extra}</worksheet>'
    return parts | {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{pr}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{relations}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{_STYLES}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{"".join(strings)}</sst>',
    }
