"""What a cell of a workbook says: text as it stands; days, numbers and faults know what they are."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element  # ruff: ignore[suspicious-xml-etree-import] - a type; see xlsx_parts

from adapters.accounting.cells import DayCell, FaultyCell, NumberCell
from adapters.accounting.words import shown
from adapters.accounting.xlsx_parts import Workbook, local, text_of

_NO_VALUE = "The formula has no stored value; open the workbook, let it calculate, and save it."
_FAR = 40  # digits before or after the point; beyond them a number is no amount, day or code


class CellReader:
    """Reads the cells of one workbook."""

    def __init__(self, book: Workbook) -> None:
        self._texts = book.texts
        self._dated = book.date_styles
        self._first_day = date(1904, 1, 1) if book.from_1904 else date(1899, 12, 30)

    def read(self, cell: Element) -> str:
        value, formula = None, False
        for child in cell:
            match local(child):
                case "v":
                    value = child.text or ""
                case "f":
                    formula = True
                case "is":
                    return text_of(child)
        kind = cell.get("t", "n")
        if value is None or (not value and kind == "n"):
            return FaultyCell(_NO_VALUE) if formula else ""
        return self._meant(kind, value, cell.get("s", "0"))

    def _meant(self, kind: str, value: str, style: str) -> str:
        match kind:
            case "s":
                return self._shared(value)
            case "e":
                return FaultyCell(f"The sheet shows the fault {shown(value)} here.")
            case "b":
                return "TRUE" if value == "1" else "FALSE"
            case "d":
                return DayCell(value)
            case "n":
                return self._number(value.strip(), style)
            case _:
                return value

    def _shared(self, value: str) -> str:
        place = int(value) if value.isdecimal() and len(value) < 10 else len(self._texts)
        return self._texts[place] if place < len(self._texts) else FaultyCell("The cell refers to a text that the workbook does not hold.")

    def _number(self, value: str, style: str) -> str:
        try:
            exact = Decimal(value)
        except InvalidOperation:
            exact = Decimal("NaN")
        if not exact.is_finite() or abs(exact.adjusted()) > _FAR:
            return FaultyCell(f"The sheet holds {shown(value)} where a number should be.")
        if style.isdecimal() and int(style[:6]) in self._dated:
            return self._day(exact)
        return NumberCell(f"{exact:f}")

    def _day(self, serial: Decimal) -> str:
        """The day of a serial number; what comes after the point is the time of day, which no ledger needs."""
        if not 0 < serial < 2_900_000:
            return FaultyCell(f"The sheet holds {shown(str(serial))} as a date, and that is none.")
        return DayCell((self._first_day + timedelta(days=int(serial))).isoformat())
