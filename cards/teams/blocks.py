"""Elements to Adaptive Card elements. Only what clients of version 1.2 draw too, so that a phone shows the same card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import starmap
from typing import assert_never

from cards.actions import OPENS
from cards.clean import clean, pieces
from cards.elements import Actions, Bar, Bars, Button, Element, Facts, FileRef, Heading, Links, Quote, Row, Rows, Style, Text, Tone
from cards.linked import Link, Way, address_of
from cards.teams.presses import carried
from cards.teams.text import EMPTY, Block, label, line, run, words

SIGNS = {Tone.LATE: "🔴 ", Tone.WARNING: "🟠 ", Tone.GOOD: "✅ ", Tone.QUIET: ""}
COLOURS = {Tone.LATE: "attention", Tone.WARNING: "warning", Tone.GOOD: "good", Tone.QUIET: "default"}
BUTTON, CELL, FACTS, LINES, COLUMN = 60, 80, 20, 40, 30
VERB = "duebot"  # what is asked for stands in the data, the same for every way of sending it
WIDEST, FIGURE = 10, 18  # characters a column of words or of figures has room for beside others; more take more lines
GAP = 2  # characters between two columns
PRESS = "84px"  # the column of the rows' buttons
BESIDE = 14  # characters of an amount beside a name
IN_A_ROW = 6  # buttons; clients hide what is more
VERSION = "1.5"
LONGEST_BAR = 20  # blocks
ALT = 1_000


@dataclass(frozen=True, slots=True)
class Pen:
    """Draws one card. `rows` of a list and `chars` of a text keep it within its budget; in a dialog every press is a plain submit.

    Up to `letter` characters of a quote are shown, every line by itself. Without a `link` charts are drawn in words, and files are left out.
    With a `way` nothing is pressed: buttons lead there.
    """

    rows: int = 40
    chars: int = 3_000
    letter: int = 0
    dialog: bool = False
    card: str = ""
    link: Link | None = None
    way: Way | None = None

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
            case Links():
                yield from self._links(element)
            case Actions():
                yield from self._actions(element)
            case _:
                assert_never(element)

    def _heading(self, heading: Heading) -> Block:
        """The amount stands at the right; one of several currencies, which would leave the name no room, below it."""
        bold = {"weight": "bolder", "size": "medium"}
        told = [line([run(SIGNS[heading.tone] + heading.text, CELL * 2, **bold)])]
        amount = [line([run(heading.amount, CELL, **bold)])] if heading.amount else []
        beside = bool(heading.amount) and len(heading.amount or "") <= BESIDE
        under = [] if beside else amount
        badge = [line([run(heading.badge, CELL, weight="bolder", color=COLOURS[heading.tone])], spacing="none")] if heading.badge else []
        parts = [column("stretch", *told, *under, *badge), *([column("auto", *amount)] if beside else [])]
        return row_of(parts) | {"spacing": "medium"}

    def _quote(self, quote: Quote) -> Block:
        """A run keeps no line breaks, so each line is its own; an empty one is a wider gap."""
        whole = clean(quote.text, lines=True)
        shown = next(pieces(whole, self.letter or self.chars))
        lines = shown.split("\n")
        if len(lines) > LINES and not self.letter:
            lines = [*lines[: LINES - 1], " ".join(lines[LINES - 1 :])]
        gaps = ["none" if at and lines[at - 1].strip() else "medium" for at in range(len(lines))]
        said = [
            line([run(one, 2 * len(one))], spacing=gap)  # with the marks that make it inert, all of it
            for one, gap in zip(lines, gaps, strict=True)
            if one.strip()
        ]
        caption = [line([run(quote.caption, self.chars, weight="bolder")])] if quote.caption else []
        left = len(whole) - len(shown)
        rest = [line([run(quote.further(left), self.chars, isSubtle=True)])] if left else []
        return {"type": "Container", "style": "emphasis", "items": [*caption, *said, *rest]}

    def _rows(self, rows: Rows) -> Iterator[Block]:
        shown, left = rows.rows[: self.rows], len(rows.rows) - self.rows
        if any(row.open for row in shown):
            yield from (self._item(row, rows) for row in shown)
        elif shown:
            yield from _table(rows, shown)
        rest = rows.further(left)
        if rest:
            yield line([run(f"… {rest}", self.chars, isSubtle=True)])
        if rest and rows.all:
            yield self._set([self.button(Button("Show all", rows.all))])

    def _item(self, row: Row, rows: Rows) -> Block:
        """Two lines that fit a phone: the first cell and the first figure, below them what else there is; at the right its button."""
        figure = min((at for at in rows.right if 0 < at < len(row.cells)), default=0)
        first = SIGNS[row.tone] + (words(row.cells[0], CELL) if row.cells else EMPTY)
        others = " · ".join(cell for at, cell in enumerate(row.cells) if at not in {0, figure} and clean(cell).strip())
        below = [line([run(others, CELL * 3, isSubtle=True, size="small")], spacing="none")] if others else []
        parts = [column("stretch", line([run(first, CELL * 2)]), *below)]
        if figure and clean(row.cells[figure]).strip():
            parts.append(column("auto", line([run(row.cells[figure], CELL)], horizontalAlignment="right")))
        press = [self._set([self.button(Button(row.label, row.open))])] if row.open else []
        return row_of([*parts, column(PRESS, *press)])

    def _address(self, file: FileRef | None) -> str | None:
        return None if file is None or self.link is None else self.link(file)

    def _links(self, links: Links) -> Iterator[Block]:
        known = [(called, self._address(file)) for called, file in links.files]
        yield from self._sets([{"type": "Action.OpenUrl", "title": label(called, BUTTON), "url": to} for called, to in known if to])

    def _bars(self, bars: Bars) -> Iterator[Block]:
        """As a picture, its figures below it for whoever cannot see it; else drawn in blocks."""
        if (address := self._address(bars.picture)) is not None:
            yield {"type": "Image", "url": address, "altText": words(bars.alt, ALT), "size": "stretch"}
            yield line([run(bars.alt, self.chars, isSubtle=True, size="small")], spacing="small")
            return
        yield line([run(bars.title, self.chars, weight="bolder")])
        for bar in bars.bars[: self.rows]:
            yield columns([("2", line([run(bar.label, COLUMN)])), ("3", line([_drawn(bar)])), ("2", _figure(bar))])

    def _actions(self, actions: Actions) -> Iterator[Block]:
        """What stands behind More unfolds below, as every client can and no limit of one row cuts short."""
        shown = [*map(self.button, actions.buttons)]
        if actions.more:
            folded = [*self._sets([*map(self.button, actions.more)])]
            shown.append({"type": "Action.ShowCard", "title": "More", "card": {"type": "AdaptiveCard", "version": VERSION, "body": folded}})
        yield from self._sets(shown)

    def _sets(self, actions: list[Block]) -> Iterator[Block]:
        for first in range(0, len(actions), IN_A_ROW):
            yield self._set(actions[first : first + IN_A_ROW])

    def _set(self, actions: list[Block]) -> Block:
        return {"type": "ActionSet", "actions": actions}

    def button(self, button: Button) -> Block:
        """What opens a window is a submit that asks for a dialog; everything else is executed, with a submit for clients that cannot."""
        if self.way is not None:
            return {"type": "Action.OpenUrl", "title": label(button.label, BUTTON), "url": address_of(button.action, self.way)}
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
    return row_of(list(starmap(column, parts)))


def row_of(parts: list[Block]) -> Block:
    return {"type": "ColumnSet", "spacing": "small", "columns": parts}


def column(width: str, *items: Block) -> Block:
    return {"type": "Column", "width": width, "items": list(items)}


def _table(rows: Rows, shown: tuple[Row, ...]) -> Iterator[Block]:
    """A column has room by the longest in it, the same in every row: figures stand under one another, each on one line of a phone."""
    lines = [tuple((SIGNS[row.tone] if at == 0 else "") + cell for at, cell in enumerate(row.cells)) for row in shown]
    longest = [max(map(len, cells)) for cells in zip(rows.columns, *lines, strict=True)]
    widths = [str(min(most, FIGURE if at in rows.right else WIDEST) + GAP) for at, most in enumerate(longest)]
    if any(rows.columns):
        yield row_of([_cell(head, at, rows, widths[at], isSubtle=True, size="small") for at, head in enumerate(rows.columns)])
    for cells in lines:
        yield row_of([_cell(cell, at, rows, widths[at]) for at, cell in enumerate(cells)])


def _cell(text: str, at: int, rows: Rows, width: str, **look: object) -> Block:
    """An empty cell holds its place."""
    drawn = line([run(text, CELL, **look)], **({"horizontalAlignment": "right"} if at in rows.right else {}))
    return column(width, *([drawn] if clean(text).strip() else []))


def _drawn(bar: Bar) -> Block:
    return run("█" * max(round(bar.share * LONGEST_BAR / 1000), 1 if bar.share else 0) or " ", LONGEST_BAR, color="accent")


def _figure(bar: Bar) -> Block:
    return line([run(bar.words, COLUMN)], horizontalAlignment="right")
