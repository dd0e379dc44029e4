"""The neutral card: a small tree that every renderer draws with `match` and `assert_never`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from cards.actions import Action


class Tone(StrEnum):
    """How urgent a thing is. A renderer shows it with a sign as well as a colour."""

    LATE = "late"
    WARNING = "warning"
    GOOD = "good"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Heading:
    """The line read first. `badge` is a short word beside it, `amount` stands at the right where there is room."""

    text: str
    amount: str | None = None
    badge: str | None = None
    tone: Tone = Tone.QUIET


@dataclass(frozen=True, slots=True)
class Text:
    """A line or paragraph. `quiet` is secondary."""

    text: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of somebody else, or a message as its reader will get it: kept apart, line breaks kept."""

    text: str
    caption: str | None = None

    def further(self, left: int) -> str:
        """What is said of the `left` characters that are not shown."""
        return f"… {left:,} more characters; the inbox shows all of them"


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of a name and a value."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: cells under the list's columns, and what its button does; `label` stands on it."""

    cells: tuple[str, ...]
    tone: Tone = Tone.QUIET
    open: Action | None = None
    label: str = "Open"


@dataclass(frozen=True, slots=True)
class Rows:
    """A list with columns; `right` names the columns (from 0) that are figures. `left` more there are, or what `rest` says; `all` shows them.

    Where these are only the page that was asked for, `of` is how many there are.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    right: frozenset[int] = frozenset()
    rest: str | None = None
    all: Action | None = None
    of: int | None = None
    left: int = 0

    def further(self, dropped: int = 0) -> str:
        """What is not listed, in words: those left out before, and those `dropped` where it is drawn."""
        more = self.left + max(dropped, 0)
        return " and ".join(part for part in (f"{more:,} more" if more else "", self.rest or "") if part)


@dataclass(frozen=True, slots=True)
class Bar:
    """`words` is the figure it stands for, `share` its length in thousandths of the longest one's."""

    label: str
    words: str
    share: int


class FileKind(StrEnum):
    CHART = "chart"
    SHEET = "sheet"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file that is made when it is asked for, up to and including the day `until`: `of` a book or an item, `about` says which one of theirs."""

    kind: FileKind
    of: UUID
    until: date
    about: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """A picture of figures that belong together; `alt` says in words what it shows. `picture` is the same for a chat that draws none itself,
    and `hosted` what the chat the card stands in calls it, once it holds it.
    """

    title: str
    alt: str
    bars: tuple[Bar, ...]
    picture: FileRef | None = None
    hosted: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """Files by what their links are called. A chat that holds files itself has them under the card, and draws nothing here."""

    files: tuple[tuple[str, FileRef], ...]


class Style(StrEnum):
    PLAIN = "plain"
    PRIMARY = "primary"


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    action: Action
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Actions:
    """One row of buttons, and a select menu of the rarer ones behind `more`."""

    buttons: tuple[Button, ...]
    more: tuple[Button, ...] = ()


Element = Heading | Text | Quote | Facts | Rows | Bars | Links | Actions


@dataclass(frozen=True, slots=True)
class Card:
    """`summary` is the whole card in one plain sentence, for notifications, logs and screen readers."""

    summary: str
    body: tuple[Element, ...]
    tone: Tone = Tone.QUIET


def files_of(card: Card) -> tuple[FileRef, ...]:
    """Pictures first, as they come."""
    pictures = tuple(part.picture for part in card.body if isinstance(part, Bars) and part.picture)
    return pictures + tuple(file for part in card.body if isinstance(part, Links) for _, file in part.files)


def pictured(card: Card, hosted: Mapping[str, str]) -> Card:
    """With what a chat calls the pictures it holds, by what they are about; bars of others are drawn by hand."""
    body = (
        replace(part, hosted=hosted.get(part.picture.about, "")) if isinstance(part, Bars) and part.picture else part for part in card.body
    )
    return replace(card, body=tuple(body))


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """One of `options`; few are shown side by side, many as a menu."""

    name: str
    label: str
    options: tuple[Option, ...]
    value: str | None = None
    hint: str | None = None
    required: bool = True


@dataclass(frozen=True, slots=True)
class TextField:
    name: str
    label: str
    value: str = ""
    hint: str | None = None
    required: bool = True
    lines: int = 1
    max_length: int = 500


@dataclass(frozen=True, slots=True)
class DateField:
    """A day; the form's answer is ISO (`2026-11-30`)."""

    name: str
    label: str
    value: date | None = None
    hint: str | None = None
    required: bool = True
    earliest: date | None = None


@dataclass(frozen=True, slots=True)
class AmountField:
    """An amount in `currency`; the answer is text, read by the handler with the reader's separators."""

    name: str
    label: str
    currency: str
    value: str = ""
    hint: str | None = None
    required: bool = True


@dataclass(frozen=True, slots=True)
class NumberField:
    name: str
    label: str
    value: int | None = None
    hint: str | None = None
    required: bool = True
    least: int = 0
    most: int = 1000


Field = ChoiceField | TextField | DateField | AmountField | NumberField
Prose = Text | Quote | Facts | Rows


@dataclass(frozen=True, slots=True)
class Form:
    """What a person fills in. `submit` carries the payload the answers come back with; `intro` stands above the fields, `outro` below.

    `also` is another way on from here, which leaves the fields as they are. `live` is asked for again, with what was typed, whenever a
    field changes, and answered by the form as it is then; a chat that cannot say so leaves it out, or offers it as a button.
    """

    title: str
    submit: Button
    intro: tuple[Prose, ...] = ()
    fields: tuple[Field, ...] = ()
    outro: tuple[Prose, ...] = ()
    cancel: str = "Cancel"
    also: Button | None = None
    live: Action | None = None
