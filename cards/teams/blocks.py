"""Elements to Adaptive Card elements. Only what clients of version 1.2 draw too, so that a phone shows the same card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import starmap
from typing import assert_never

from cards.actions import OPENS
from cards.clean import clean
from cards.elements import Actions, Bar, Bars, Button, Element, Facts, Heading, Quote, Row, Rows, Style, Text, Tone
from cards.teams.presses import carried
from cards.teams.text import Block, label, line, run

SIGNS = {Tone.LATE: "🔴 ", Tone.WARNING: "🟠 ", Tone.GOOD: "✅ ", Tone.QUIET: ""}
COLOURS = {Tone.LATE: "attention", Tone.WARNING: "warning", Tone.GOOD: "good", Tone.QUIET: "default"}
BUTTON, CELL, FACTS, LINES, COLUMN = 60, 80, 20, 40, 30
VERB = "duebot"  # what is asked for stands in the data, the same for every way of sending it
LONGEST_BAR = 20  # blocks


@dataclass(frozen=True, slots=True)
class Pen:
    """Draws one card. `rows` of a list and `chars` of a text keep it within its budget; in a dialog every press is a plain submit."""

    rows: int
    chars: int
    dialog: bool = False
    card: str = ""

    def draw(self, elements: tuple[Element, ...]) -> list[Block]:
        return [block for element in elements for block in self._blocks(element)]

    def _blocks(self, element: Element) -> Iterator[Block]:
        match element:
            case Heading():
                yield self._heading(element)
            case Text():
                look = {"isSubtle": True, "size": "small"} if element.quiet else {}
                yield line([run(element.text, self.chars, **look)], spacing="small")
            case Quote():
                yield self._quote(element)
            case Facts():
                for key, value in element.pairs[:FACTS]:
                    told = [run(key, CELL, isSubtle=True)], [run(value, self.chars)]
                    yield columns([("1", line(told[0])), ("2", line(told[1]))])
            case Rows():
                yield from self._rows(element)
            case Bars():
                yield from self._bars(element)
            case Actions():
                yield from self._actions(element)
            case _:
                assert_never(element)

    def _heading(self, heading: Heading) -> Block:
        """The name gives way by wrapping, the amount stays at the right; the badge stands under both."""
        bold = {"weight": "bolder", "size": "medium"}
        told = [line([run(SIGNS[heading.tone] + heading.text, CELL * 2, **bold)])]
        if heading.badge:
            told.append(line([run(heading.badge, CELL, weight="bolder", color=COLOURS[heading.tone])], spacing="none"))
        left = column("stretch", *told)
        if not heading.amount:
            return {"type": "ColumnSet", "columns": [left]}
        amount = line([run(heading.amount, CELL, **bold)], horizontalAlignment="right")
        return {"type": "ColumnSet", "columns": [left, column("auto", amount)]}

    def _quote(self, quote: Quote) -> Block:
        """A run keeps no line breaks, so each line is its own."""
        lines = clean(quote.text, lines=True).split("\n")
        if len(lines) > LINES:
            lines = [*lines[: LINES - 1], " ".join(lines[LINES - 1 :])]
        said = [line([run(one, self.chars)], spacing="none") for one in _within(lines, self.chars)]
        caption = [line([run(quote.caption, self.chars, weight="bolder")])] if quote.caption else []
        return {"type": "Container", "style": "emphasis", "items": [*caption, *said]}

    def _rows(self, rows: Rows) -> Iterator[Block]:
        shown, left = rows.rows[: self.rows], len(rows.rows) - self.rows
        opens = any(row.open for row in shown)
        if shown and any(rows.columns):
            heads = [line([run(head, COLUMN, isSubtle=True, size="small")], **_aligned(at, rows)) for at, head in enumerate(rows.columns)]
            yield columns([*zip(_widths(rows), heads, strict=False), *([("auto", line([run(" ", 1)]))] if opens else [])])
        for row in shown:
            yield self._row(row, rows)
        rest = " and ".join(part for part in (f"{left:,} more" if left > 0 else "", rows.rest or "") if part)
        if rest:
            yield line([run(f"… {rest}", self.chars, isSubtle=True)])
        if rest and rows.all:
            yield self._set([self.button(Button("Show all", rows.all))])

    def _row(self, row: Row, rows: Rows) -> Block:
        cells = [line([run((SIGNS[row.tone] if at == 0 else "") + cell, CELL)], **_aligned(at, rows)) for at, cell in enumerate(row.cells)]
        drawn = columns([*zip(_widths(rows), cells, strict=False)])
        if row.open:
            drawn["columns"].append(column("auto", self._set([self.button(Button("Open", row.open))])))
        return drawn

    def _bars(self, bars: Bars) -> Iterator[Block]:
        yield line([run(bars.title, self.chars, weight="bolder")])
        for bar in bars.bars[: self.rows]:
            yield columns([("2", line([run(bar.label, COLUMN)])), ("3", line([_drawn(bar)])), ("2", _figure(bar))])

    def _actions(self, actions: Actions) -> Iterator[Block]:
        shown = [*map(self.button, actions.buttons), *({**self.button(button), "mode": "secondary"} for button in actions.more)]
        if shown:
            yield self._set(shown)

    def _set(self, actions: list[Block]) -> Block:
        return {"type": "ActionSet", "actions": actions}

    def button(self, button: Button) -> Block:
        """What opens a window is a submit that asks for a dialog; everything else is executed, with a submit for clients that cannot."""
        data = carried(button.action, self.card)
        if not self.dialog and button.action.name in OPENS:
            return _titled(button) | {"type": "Action.Submit", "data": data | {"msteams": {"type": "task/fetch"}}}
        return self.press(button, data) | ({"associatedInputs": "none"} if self.dialog else {})

    def press(self, button: Button, data: Block) -> Block:
        """One that sends `data`."""
        submit = _titled(button) | {"type": "Action.Submit", "data": data}
        return submit if self.dialog else _titled(button) | {"type": "Action.Execute", "verb": VERB, "data": data, "fallback": submit}


def _titled(button: Button) -> Block:
    return {"title": label(button.label, BUTTON)} | ({"style": "positive"} if button.style is Style.PRIMARY else {})


def columns(parts: list[tuple[str, Block]]) -> Block:
    return {"type": "ColumnSet", "spacing": "small", "columns": list(starmap(column, parts))}


def column(width: str, *items: Block) -> Block:
    return {"type": "Column", "width": width, "items": list(items)}


def _widths(rows: Rows) -> list[str]:
    """Names get more room than figures, the same in every row, so that figures stand under one another."""
    return ["2" if at in rows.right else "3" for at in range(max(len(rows.columns), *(len(row.cells) for row in rows.rows), 1))]


def _aligned(at: int, rows: Rows) -> dict[str, str]:
    return {"horizontalAlignment": "right"} if at in rows.right else {}


def _drawn(bar: Bar) -> Block:
    return run("█" * max(round(bar.share * LONGEST_BAR / 1000), 1 if bar.share else 0) or " ", LONGEST_BAR, color="accent")


def _figure(bar: Bar) -> Block:
    return line([run(bar.words, COLUMN)], horizontalAlignment="right")


def _within(lines: list[str], chars: int) -> Iterator[str]:
    """All lines together have at most `chars` characters; the last one that fits ends in an ellipsis."""
    left = chars
    for text in lines:
        if left <= 0:
            return
        yield text if len(text) <= left else text[: max(left - 1, 0)] + "…"
        left -= max(len(text), 1)
