"""The parts of an XLSX workbook: its sheets, shared texts and which number formats are dates.

Read here and not by a library, because a ledger must be read in bounded memory and to the digit: python-calamine holds a whole
sheet as a dense grid (two cells in far corners end the process) and cannot tell a formula without a value from an empty cell;
openpyxl leaves out rows that stand out of order and walks through billions of rows that a file only claims to have.
"""

from __future__ import annotations

import posixpath
import re
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from lzma import LZMAError
from pathlib import Path
from struct import error as StructError  # ruff: ignore[lowercase-imported-as-non-lowercase] - an exception
from typing import IO, Any
from xml.etree.ElementTree import (  # ruff: ignore[suspicious-xml-etree-import] - expat limits what entities grow to, and fetches nothing
    Element,
    ParseError,
    XMLPullParser,
)
from zipfile import BadZipFile, ZipFile

from adapters.accounting.records import Unreadable
from adapters.accounting.words import shown

MOST_BYTES = 500_000_000  # of all parts, unpacked
LARGEST_ELEMENT = 64_000_000  # bytes of one row or text
_CHUNK = 1 << 16
_BUILT_IN_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')  # of a number format: words, colours, fillers
_DAMAGE = (  # what unpacking and parsing raise on bytes that were changed
    *(BadZipFile, NotImplementedError, OSError, EOFError, zlib.error, LZMAError, StructError),
    *(ParseError, LookupError, ValueError, OverflowError),
)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    part: str
    hidden: bool


class Workbook:
    """An open workbook. Whatever is wrong with it raises `Unreadable`."""

    def __init__(self, packed: ZipFile, name: str) -> None:
        self._packed = packed
        self._name = name
        if sum(part.file_size for part in packed.infolist()) > MOST_BYTES:
            raise Unreadable(f"{name} unpacks to more than {MOST_BYTES // 1_000_000:,} MB; save the sheet as CSV.")
        self._parts = {part.lower(): part for part in packed.namelist()}
        if "xl/workbook.xml" not in self._parts:
            kind = "a binary workbook (XLSB)" if "xl/workbook.bin" in self._parts else "an archive and no XLSX workbook"
            raise Unreadable(f"{name} is {kind}; save it as XLSX or as CSV UTF-8.")

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        targets = {one.get("Id", ""): one.get("Target", "") for one in self.elements("xl/_rels/workbook.xml.rels", "Relationship")}
        found = []
        for one in self.elements("xl/workbook.xml", "sheet"):
            target = targets.get(one.get(_RELATION) or one.get(_STRICT_RELATION) or "", "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            if part.lower() in self._parts:
                found.append(Sheet(one.get("name", ""), part, one.get("state", "visible") != "visible"))
        return tuple(found)

    @cached_property
    def from_1904(self) -> bool:
        """Whether days count from 1904, as on old Macintosh computers."""
        return any(one.get("date1904") in {"1", "true"} for one in self.elements("xl/workbook.xml", "workbookPr"))

    @cached_property
    def texts(self) -> list[str]:
        """What cells refer to by number."""
        if "xl/sharedstrings.xml" not in self._parts:
            return []
        return [text_of(one) for one in self.elements("xl/sharedStrings.xml", "si")]

    @cached_property
    def date_styles(self) -> frozenset[int]:
        """The styles under which a number is a date."""
        if "xl/styles.xml" not in self._parts:
            return frozenset()
        own: dict[str, bool] = {}
        styles: list[bool] = []
        for one in self.elements("xl/styles.xml", "numFmt", "cellXfs"):
            if local(one) == "numFmt":
                own[one.get("numFmtId", "")] = _is_date(one.get("formatCode", ""))
            else:
                styles = [_dated(xf.get("numFmtId", ""), own) for xf in one if local(xf) == "xf"]
        return frozenset(place for place, dated in enumerate(styles) if dated)

    def elements(self, part: str, *wanted: str) -> Iterator[Element]:
        """Each wanted element once it is whole; it is let go afterwards, so that a part of any length takes little memory."""
        parser: Any = XMLPullParser(("start", "end"))  # typed for events of every kind; of these two each is an element
        around: list[Element] = []
        waiting = 0
        with self._reading(part) as stream:
            while raw := stream.read(_CHUNK):
                parser.feed(raw)
                waiting += len(raw)
                for event, one in parser.read_events():
                    if event == "start":
                        around.append(one)
                        continue
                    around.pop()
                    if local(one) in wanted:
                        waiting = 0
                        yield one
                        if around:
                            around[-1].remove(one)
                if waiting > LARGEST_ELEMENT:
                    raise Unreadable(f"{self._name} holds a row or text of more than {LARGEST_ELEMENT:,} bytes; this is no ledger.")
            parser.close()

    @contextmanager
    def _reading(self, part: str) -> Generator[IO[bytes]]:
        try:
            with self._packed.open(self._parts[part.lower()]) as stream:
                yield stream
        except RuntimeError:  # so zipfile says that a part is encrypted
            raise Unreadable(f"{self._name} is protected with a password; save it without.") from None
        except _DAMAGE as fault:
            raise Unreadable(f"{self._name} is a damaged workbook ({shown(str(fault))}).") from None


@contextmanager
def open_workbook(path: Path) -> Generator[Workbook]:
    with path.open("rb") as stream:
        try:
            packed = ZipFile(stream)
        except _DAMAGE as fault:
            raise Unreadable(f"{path.name} is a damaged workbook ({shown(str(fault))}).") from None
        with packed:
            yield Workbook(packed, path.name)


def local(one: Element) -> str:
    """Its name without the name space: there are two in use for the same."""
    return one.tag.rpartition("}")[2]


def text_of(one: Element) -> str:
    """Its text, in one run or several, without the reading aids of Japanese."""
    parts = []
    for child in one:
        match local(child):
            case "t":
                parts.append(child.text or "")
            case "r":
                parts += [run.text or "" for run in child if local(run) == "t"]
    return "".join(parts)


def _dated(number: str, own: dict[str, bool]) -> bool:
    return own[number] if number in own else number.isdecimal() and int(number[:6]) in _BUILT_IN_DATES


def _is_date(code: str) -> bool:
    return any(letter in "dy" for letter in _QUOTED.sub("", code.partition(";")[0]).casefold())
