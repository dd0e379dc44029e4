"""Elements to blocks, each within its own limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, assert_never

from cards.actions import Action
from cards.clean import clean, pieces, shorten
from cards.elements import Actions, Bars, Button, Element, Facts, Heading, Links, Quote, Row, Rows, Style, Text, Tone
from cards.linked import Link, Way, address_of
from cards.plain.render import aligned, drawn
from cards.slack.presses import short
from cards.slack.text import EMPTY, TEXT, plain, words

Block = dict[str, Any]
SIGNS = {Tone.LATE: "🔴 ", Tone.WARNING: "🟠 ", Tone.GOOD: "✅ ", Tone.QUIET: ""}
HEADER, BUTTON, IN_A_ROW, OPTIONS, CELL, FACTS, ALT = 150, 75, 25, 100, 48, 20, 2_000


@dataclass(slots=True)
class Pen:
    """Draws one message or view: gives every press an `action_id` of its own, and keeps lists and texts within a budget.

    A quote may take so many `quotes`, each a block with a text's characters. Without a `link` files are left out, as they are in the thread.
    With a `way` nothing is pressed: buttons lead there.
    """

    rows: int = 40
    chars: int = TEXT
    quotes: int = 1
    link: Link | None = None
    way: Way | None = None
    _used: dict[str, int] = field(default_factory=dict, init=False)

    def _action_id(self, name: str) -> str:
        before = self._used.get(name, 0)
        self._used[name] = before + 1
        return f"{name}:{before}" if before else name

    def draw(self, elements: tuple[Element, ...]) -> Iterator[Block]:
        """Lines that follow one another share a block, so that they stand close."""
        texts: list[Text] = []
        for element in elements:
            if isinstance(element, Text) and (not texts or texts[-1].quiet is element.quiet):
                texts.append(element)
                continue
            yield from self._lines(texts)
            texts = [element] if isinstance(element, Text) else []
            if not isinstance(element, Text):
                yield from self._blocks(element)
        yield from self._lines(texts)

    def _lines(self, texts: list[Text]) -> Iterator[Block]:
        if not texts:
            return
        text = plain("\n".join(words(line.text, self.chars) for line in texts), self.chars, lines=True)
        yield {"type": "context", "elements": [text]} if texts[0].quiet else {"type": "section", "text": text}

    def _blocks(self, element: Element) -> Iterator[Block]:
        match element:
            case Heading():
                yield {"type": "header", "text": plain(heading(element), HEADER)}
            case Text():
                yield from self._lines([element])
            case Quote():
                yield from self._quote(element)
            case Facts():
                yield from self._facts(element)
            case Rows():
                yield from self._rows(element)
            case Bars():
                yield picture(element)
            case Links():
                yield from self._links(element)
            case Actions():
                yield from self._actions(element)
            case _:
                assert_never(element)

    def _quote(self, quote: Quote) -> Iterator[Block]:
        caption = [{"type": "rich_text_section", "elements": [bold(words(quote.caption, self.chars))]}] if quote.caption else []
        parts = [*pieces(clean(quote.text, lines=True), self.chars)]
        for part in parts[: self.quotes]:
            said = {"type": "text", "text": words(part.removesuffix("\n"), self.chars, lines=True)}
            yield {"type": "rich_text", "elements": [*caption, {"type": "rich_text_quote", "elements": [said]}]}
            caption = []
        if left := sum(map(len, parts[self.quotes :])):
            yield {"type": "context", "elements": [plain(quote.further(left))]}

    def _facts(self, facts: Facts) -> Iterator[Block]:
        parts: list[Block] = []
        for key, value in facts.pairs[:FACTS]:
            parts += [bold(f"{words(key, BUTTON)}: "), {"type": "text", "text": words(value, self.chars // 2) + "\n"}]
        if parts:
            parts[-1]["text"] = parts[-1]["text"].rstrip("\n")
            yield {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]}

    def _rows(self, rows: Rows) -> Iterator[Block]:
        shown, left = rows.rows[: self.rows], len(rows.rows) - self.rows
        if any(row.open for row in shown):
            yield from map(self._row, shown)
        elif rows.right and shown:
            yield preformatted(rows, shown)
        elif shown:
            yield bullets(shown)
        rest = rows.further(left)
        if rest:
            yield self._rest(f"… {rest}", rows.all)

    def _rest(self, said: str, every: Action | None) -> Block:
        if every is None:
            return {"type": "context", "elements": [plain(said, self.chars)]}
        return {"type": "section", "text": plain(said, self.chars), "accessory": self.button(Button("Show all", every))}

    def _row(self, row: Row) -> Block:
        block: Block = {"type": "section", "text": plain(line(row))}
        if row.open:
            block["accessory"] = self.button(Button(row.label, row.open))
        return block

    def _actions(self, actions: Actions) -> Iterator[Block]:
        menu = [button for button in actions.more if short(button.action)][:OPTIONS]
        large = [button for button in actions.more if not short(button.action)]  # these carry more than an option holds
        elements = [self.button(button) for button in (*actions.buttons, *large)]
        if menu:
            elements.append(self._menu(menu))
        for first in range(0, len(elements), IN_A_ROW):
            yield {"type": "actions", "elements": elements[first : first + IN_A_ROW]}

    def _links(self, links: Links) -> Iterator[Block]:
        known = [(called, self.link(file)) for called, file in links.files] if self.link else []
        if opening := [self._opening(called, "file", to) for called, to in known if to]:
            yield {"type": "actions", "elements": opening}

    def _menu(self, buttons: list[Button]) -> Block:
        options = [{"text": plain(button.label, BUTTON), "value": short(button.action)} for button in buttons]
        return {"type": "static_select", "action_id": self._action_id("more"), "placeholder": plain("More"), "options": options}

    def _opening(self, label: str, name: str, to: str) -> Block:
        return {"type": "button", "text": plain(label, BUTTON), "action_id": self._action_id(name), "url": to}

    def button(self, button: Button) -> Block:
        if self.way is not None:
            return self._opening(button.label, button.action.name, address_of(button.action, self.way))
        drawn: Block = {
            "type": "button",
            "text": plain(button.label, BUTTON),
            "action_id": self._action_id(button.action.name),
            "value": button.action.encode(),
        }
        return drawn if button.style is Style.PLAIN else drawn | {"style": str(button.style)}


def bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}


def heading(element: Heading) -> str:
    """`🔴 Acme GmbH · €12,400.00 · 25 days late`; a long name gives way, the amount and the lateness stay."""
    tail = "".join(f" · {part}" for part in (element.amount, element.badge) if part)
    room = max(HEADER - len(SIGNS[element.tone]) - len(tail), 20)
    return f"{SIGNS[element.tone]}{shorten(words(element.text), room)}{tail}"


def line(row: Row, width: int = CELL) -> str:
    shown = map(clean, row.cells)
    return SIGNS[row.tone] + (" · ".join(shorten(text, width) for text in shown if text.strip()) or EMPTY)


def bullets(rows: tuple[Row, ...]) -> Block:
    """A list without figures."""
    items = [{"type": "rich_text_section", "elements": [{"type": "text", "text": line(row, 240)}]} for row in rows]
    return {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": items}]}


def preformatted(rows: Rows, shown: tuple[Row, ...]) -> Block:
    """Figures under one another, in letters of one width."""
    head = [rows.columns] if any(rows.columns) else []
    return {"type": "rich_text", "elements": [_monospaced(aligned([*head, *(row.cells for row in shown)], rows.right, 64))]}


def picture(bars: Bars) -> Block:
    """The image Slack holds of it; before that bars of characters under their title."""
    if bars.hosted:
        return {
            "type": "image",
            "slack_file": {"id": bars.hosted},
            "alt_text": words(bars.alt, ALT) or words(bars.title, ALT),
            "title": plain(words(bars.title, ALT)),
        }
    title = {"type": "rich_text_section", "elements": [bold(words(bars.title))]}
    return {"type": "rich_text", "elements": [title, _monospaced(drawn(bars, 20))]}


def _monospaced(lines: list[str]) -> Block:
    text = "\n".join(line.rstrip() for line in lines)
    return {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": words(text, TEXT, lines=True)}]}
