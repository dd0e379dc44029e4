"""Cells of a sheet that are more than their text: days, numbers and what could not be worked out. A cell of a CSV file is plain text."""

from __future__ import annotations


class DayCell(str):  # ruff: ignore[subclass-builtin] - wherever a cell's text is enough, it is that
    """A day as the sheet stores it, in ISO form: it reads one way only, however the column's other dates are written."""

    __slots__ = ()


class NumberCell(str):  # ruff: ignore[subclass-builtin] - wherever a cell's text is enough, it is that
    """A number as the sheet stores it, its decimal point a point: never a thousands mark, possibly with float dust."""

    __slots__ = ()


class FaultyCell(str):  # ruff: ignore[subclass-builtin] - wherever a cell's text is enough, it is that
    """A cell without a usable value; its text is the sentence that says why."""

    __slots__ = ()
