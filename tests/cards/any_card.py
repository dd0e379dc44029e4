"""Hypothesis: cards and forms holding any text at all."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from cards.actions import Action, Name
from cards.clean import clean
from cards.elements import (
    Actions,
    AmountField,
    Bar,
    Bars,
    Button,
    Card,
    ChoiceField,
    DateField,
    Facts,
    FileKind,
    FileRef,
    Form,
    Heading,
    Links,
    NumberField,
    Option,
    Quote,
    Row,
    Rows,
    Style,
    Text,
    TextField,
    Tone,
)

NASTY = (
    "<!channel>",
    "@here",
    "*bold*",
    "_it_",
    "~no~",
    "`code`",
    ":moneybag:",
    "<script>",
    "</textarea><img src=x onerror=alert(1)>",
    "&amp;",
    '" onclick="x',
    "https://evil.example",
    "\u202e",
    "\u2068",
    "\x1b[31m",
    "\x00",
    "\r\n",
    "👩\u200d🚀",
    "e\u0301",
    "שלום",
    "ｗｉｄｅ",
    "x" * 500,
)
texts = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(NASTY), min_size=1, max_size=3).map(" ".join),
    st.sampled_from(["y " * 2_500, "🔴" * 2_000]),
)
short = st.one_of(st.text(max_size=20), st.sampled_from(NASTY))
maybe = st.none() | texts
ids = st.uuids()
data = st.dictionaries(st.sampled_from(["day", "page"]), st.text(max_size=60), max_size=2)
actions = st.builds(Action, st.sampled_from(Name), ids, st.integers(0, 999), data)
buttons = st.builds(Button, texts, actions, st.sampled_from(Style))
tones = st.sampled_from(Tone)


@st.composite
def some_rows(draw: st.DrawFn, *, opens: bool = True) -> Rows:
    """A few different rows, repeated up to 400 times."""
    columns = draw(st.integers(1, 4))
    cells = st.lists(short, min_size=columns, max_size=columns).map(tuple)
    row = st.builds(Row, cells, tones, st.none() | actions if opens else st.none())
    rows = draw(st.lists(row, max_size=4)) * draw(st.sampled_from([1, 1, 1, 12, 100]))
    right = draw(st.frozensets(st.integers(0, columns - 1)))
    return Rows(draw(cells), tuple(rows), right, draw(maybe), draw(st.none() | actions) if opens else None)


prose = st.one_of(
    st.builds(Text, texts, st.booleans()),
    st.builds(Quote, texts, maybe),
    st.builds(Facts, st.lists(st.tuples(texts, texts), max_size=4).map(tuple)),
    some_rows(opens=False),
)
rows_of_buttons = st.builds(Actions, st.lists(buttons, max_size=6).map(tuple), st.lists(buttons, max_size=8).map(tuple))
files = st.builds(FileRef, st.sampled_from(FileKind), ids, st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.text(max_size=20))
bars = st.builds(
    Bars, texts, texts, st.lists(st.builds(Bar, texts, texts, st.integers(0, 1000)), max_size=14).map(tuple), st.none() | files
)
links = st.builds(Links, st.lists(st.tuples(texts, files), max_size=8).map(tuple))
elements = st.one_of(prose, st.builds(Heading, texts, maybe, maybe, tones), some_rows(), bars, links, rows_of_buttons)
cards = st.builds(Card, texts, st.lists(elements, min_size=1, max_size=7).map(tuple), tones)

options = st.lists(st.builds(Option, st.uuids().map(str), texts), max_size=12, unique_by=lambda option: option.value).map(tuple)
days = st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))


def _fields(name: str) -> st.SearchStrategy[Any]:
    named: dict[str, Any] = {"name": st.just(name), "label": texts, "hint": maybe, "required": st.booleans()}
    return st.one_of(
        st.builds(ChoiceField, options=options, value=maybe, **named),
        st.builds(TextField, value=texts, lines=st.integers(1, 4), max_length=st.sampled_from([1, 300, 9_000]), **named),
        st.builds(DateField, value=days, earliest=days, **named),
        st.builds(AmountField, currency=st.sampled_from(["EUR", "KWD"]), value=texts, **named),
        st.builds(NumberField, value=st.none() | st.integers(1, 36), least=st.just(1), most=st.just(36), **named),
    )


forms = st.builds(
    Form,
    texts,
    buttons,
    st.lists(prose, max_size=4).map(tuple),
    st.tuples(_fields("one"), _fields("two")),
    st.lists(prose, max_size=2).map(tuple),
    texts,
)


def neutral(tree: Any) -> Any:
    """The same tree with every shown text replaced by an `x`: what is drawn of it shows the structure alone."""
    if isinstance(tree, (Action, FileRef, UUID, date)) or tree is None:
        return tree
    if isinstance(tree, (Tone, Style)):
        return tree
    if isinstance(tree, str):
        return "x" if tree else ""
    if isinstance(tree, tuple):
        return tuple(map(neutral, tree))
    if is_dataclass(tree) and not isinstance(tree, type):
        kept = {"name", "value", "tone", "style", "currency"} if not isinstance(tree, Form | Card | Button) else {"tone", "style"}
        return replace(tree, **{one.name: neutral(getattr(tree, one.name)) for one in fields(tree) if one.init and one.name not in kept})
    return tree


def said(text: str) -> str:
    """The words of a text, as a reader gets them: what `clean` leaves, without regard to spaces."""
    return " ".join(clean(text, lines=True).split())
