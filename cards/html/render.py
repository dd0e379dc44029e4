"""The neutral tree as a semantic HTML fragment.

The page owns `<form method="post">` around cards and forms, its hidden fields and the variables of `cards.css`. A press comes back as
the field `press`: the action's name, a space, its payload. Class names: `card tone-{late,warning,good,quiet}`, `card-head`, `sign`,
`badge`, `amount`, `line`, `quiet`, `quote`, `facts`, `rows`, `bars`, `opens`, `right`, `rest`, `actions`, `button`, `primary`, `link`, `hidden`, `more`,
`more-menu`, `form`, `field`, `choices`, `choice`, `hint`, `error`, `currency`.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import assert_never

from cards.actions import Action
from cards.clean import clean
from cards.elements import (
    Actions,
    AmountField,
    Bars,
    Button,
    Card,
    ChoiceField,
    DateField,
    Element,
    Facts,
    Field,
    Form,
    Heading,
    Links,
    NumberField,
    Quote,
    Row,
    Rows,
    Style,
    Text,
    TextField,
    Tone,
)

SIGNS = {Tone.LATE: "●", Tone.WARNING: "◐", Tone.GOOD: "✓", Tone.QUIET: ""}  # told apart by shape too, in every font
WORDS = {Tone.LATE: "late", Tone.WARNING: "waits", Tone.GOOD: "good", Tone.QUIET: ""}
FEW = 5  # choices up to here stand side by side


def render(card: Card) -> str:
    body = "".join(_element(element) for element in card.body)
    return f'<article class="card tone-{card.tone}" aria-label="{_attribute(card.summary)}">{body}</article>'


def _text(text: str) -> str:
    return escape(clean(text), quote=False)


def _attribute(text: str) -> str:
    return escape(clean(text), quote=True)


def _element(element: Element) -> str:
    match element:
        case Heading():
            return _heading(element)
        case Text():
            return f'<p class="line{" quiet" if element.quiet else ""}">{_text(element.text)}</p>'
        case Quote():
            return _quote(element)
        case Facts():
            pairs = "".join(f"<div><dt>{_text(key)}</dt><dd>{_text(value)}</dd></div>" for key, value in element.pairs)
            return f'<dl class="facts">{pairs}</dl>' if pairs else ""
        case Rows():
            return _rows(element)
        case Bars():
            return _bars(element)
        case Links():
            return ""  # the inbox has its own downloads
        case Actions():
            return _actions(element)
        case _:
            assert_never(element)


def _bars(bars: Bars) -> str:
    """Every bar a picture of its own in a row of a table, so that the figures can be read and copied."""
    lines = "".join(
        f'<tr><th scope="row">{_text(bar.label)}</th><td><svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{bar.share}" height="10"/></svg></td><td class="right">{_text(bar.words)}</td></tr>'
        for bar in bars.bars
    )
    return f'<figure class="bars"><figcaption>{_text(bars.title)}</figcaption><table aria-label="{_attribute(bars.alt)}"><tbody>{lines}</tbody></table></figure>'


def _sign(tone: Tone, words: str) -> str:
    return f'<span class="sign tone-{tone}" role="img" aria-label="{words}">{SIGNS[tone]}</span> ' if SIGNS[tone] else ""


def _heading(heading: Heading) -> str:
    badge = f' <span class="badge tone-{heading.tone}">{_text(heading.badge)}</span>' if heading.badge else ""
    amount = f'<span class="amount">{_text(heading.amount)}</span>' if heading.amount else ""
    sign = "" if heading.badge else _sign(heading.tone, WORDS[heading.tone])
    return f'<header class="card-head"><h2>{sign}{_text(heading.text)}{badge}</h2>{amount}</header>'


def _quote(quote: Quote) -> str:
    caption = f"<figcaption>{_text(quote.caption)}</figcaption>" if quote.caption else ""
    words = escape(clean(quote.text, lines=True), quote=False)
    return f'<figure class="quote">{caption}<blockquote>{words}</blockquote></figure>'


def _rows(rows: Rows) -> str:
    opens = any(row.open for row in rows.rows)
    last = '<th class="right"><span class="hidden">Open</span></th>' if opens else ""
    head = "".join(f'<th scope="col"{_right(rows, at)}>{_text(column)}</th>' for at, column in enumerate(rows.columns))
    body = "".join(f"<tr>{_row(rows, row, opens=opens)}</tr>" for row in rows.rows)
    shown = f"<thead><tr>{head}{last}</tr></thead>" if any(rows.columns) or opens else ""
    return f'<table class="rows{" opens" if opens else ""}">{shown}<tbody>{body}</tbody></table>{_rest(rows)}'


def _right(rows: Rows, at: int) -> str:
    return ' class="right"' if at in rows.right else ""


def _row(rows: Rows, row: Row, *, opens: bool) -> str:
    cells = [
        f"<td{_right(rows, at)}>{_sign(row.tone, WORDS[row.tone]) if at == 0 else ''}{_text(text)}</td>"
        for at, text in enumerate(row.cells)
    ]
    if opens:
        cells.append(f'<td class="right">{_press(row.label, row.open, "link", row.cells[0] if row.cells else "") if row.open else ""}</td>')
    return "".join(cells)


def _rest(rows: Rows) -> str:
    if not (rest := rows.further()):
        return ""
    every = " " + _press("Show all", rows.all, "link") if rows.all else ""
    return f'<p class="rest quiet">… {_text(rest)}{every}</p>'


def _press(label: str, action: Action, classes: str = "button", about: str = "") -> str:
    """`about` tells one of many alike from the others, for those who hear the page."""
    spoken = f' aria-label="{_attribute(f"{label} {about}")}"' if about else ""
    value = escape(f"{action.name} {action.encode()}", quote=True)
    return f'<button type="submit" name="press" value="{value}" class="{classes}"{spoken}>{_text(label)}</button>'


def _button(button: Button) -> str:
    style = "" if button.style is Style.PLAIN else f" {button.style}"
    return _press(button.label, button.action, f"button{style}")


def _actions(actions: Actions) -> str:
    shown = "".join(_button(button) for button in actions.buttons)
    more = "".join(_button(button) for button in actions.more)
    menu = f'<details class="more"><summary class="button">More</summary><div class="more-menu">{more}</div></details>' if more else ""
    return f'<div class="actions">{shown}{menu}</div>' if shown or menu else ""


# Forms -----------------------------------------------------------------------------------------------------------------


def render_form(form: Form, values: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None) -> str:
    """`values` are what was typed, put back as it was; `errors` stand at their fields, the one under the empty name at the top.

    Cancel comes back as the field `cancel`.
    """
    typed, wrong = values or {}, errors or {}
    general = f'<p class="error" role="alert">⚠ {_text(wrong[""])}</p>' if wrong.get("") else ""
    intro, outro = "".join(_element(part) for part in form.intro), "".join(_element(part) for part in form.outro)
    fields = "".join(_field(field, typed.get(field.name), wrong.get(field.name)) for field in form.fields)
    cancel = f'<button type="submit" name="cancel" value="1" class="button" formnovalidate>{_text(form.cancel)}</button>'
    also = _press(form.also.label, form.also.action).replace(" class=", " formnovalidate class=", 1) if form.also else ""
    head = f'<header class="card-head"><h2>{_text(form.title)}</h2></header>'
    return f'<section class="card form">{head}{general}{intro}{fields}{outro}<div class="actions">{_button(form.submit)}{also}{cancel}</div></section>'


def _field(field: Field, typed: str | None, wrong: str | None) -> str:
    name = _attribute(field.name)
    hint = f'<span class="hint" id="{name}-hint">{_text(field.hint)}</span>' if field.hint else ""
    error = f'<span class="error" id="{name}-error">⚠ {_text(wrong)}</span>' if wrong else ""
    about = " ".join(f"{name}-{part}" for part, there in (("hint", hint), ("error", error)) if there)
    marks = (f' aria-describedby="{about}"' if about else "") + (' aria-invalid="true"' if wrong else "")
    if isinstance(field, ChoiceField) and 0 < len(field.options) <= FEW:
        legend = f"<legend>{_label(field)}</legend>"
        return f'<fieldset class="field"{marks}>{legend}{hint}<div class="choices">{_radios(field, typed)}</div>{error}</fieldset>'
    return f'<div class="field"><label for="{name}">{_label(field)}</label>{hint}{_input(field, typed, marks)}{error}</div>'


def _label(field: Field) -> str:
    return _text(field.label) + ("" if field.required else ' <span class="quiet">(optional)</span>')


def _radios(field: ChoiceField, typed: str | None) -> str:
    chosen = field.value if typed is None else typed
    return "".join(
        f'<label class="choice"><input type="radio" name="{_attribute(field.name)}" value="{_attribute(option.value)}"'
        f"{' checked' if option.value == chosen else ''}{_required(field)}> {_text(option.label)}</label>"
        for option in field.options
    )


def _required(field: Field) -> str:
    return " required" if field.required else ""


def _input(field: Field, typed: str | None, marks: str) -> str:
    name = f'id="{_attribute(field.name)}" name="{_attribute(field.name)}"{_required(field)}{marks}'
    match field:
        case ChoiceField():
            return _menu(field, typed, name)
        case TextField():
            return _words(field, typed, name)
        case DateField():
            value = typed if typed is not None else field.value.isoformat() if field.value else ""
            earliest = f' min="{field.earliest.isoformat()}"' if field.earliest else ""
            return f'<input type="date" {name} value="{_attribute(value)}"{earliest}>'
        case AmountField():
            value = typed if typed is not None else field.value
            box = f'<input type="text" inputmode="decimal" autocomplete="off" {name} value="{_attribute(value)}">'
            return f'<span class="currency"><span>{_text(field.currency)}</span>{box}</span>'
        case NumberField():
            value = typed if typed is not None else "" if field.value is None else str(field.value)
            return f'<input type="number" {name} value="{_attribute(value)}" min="{field.least}" max="{field.most}">'
        case _:
            assert_never(field)


def _menu(field: ChoiceField, typed: str | None, name: str) -> str:
    chosen = field.value if typed is None else typed
    empty = "" if chosen else '<option value="">Choose</option>'
    options = "".join(
        f'<option value="{_attribute(option.value)}"{" selected" if option.value == chosen else ""}>{_text(option.label)}</option>'
        for option in field.options
    )
    return f"<select {name}>{empty}{options}</select>"


def _words(field: TextField, typed: str | None, name: str) -> str:
    value = field.value if typed is None else typed
    if field.lines > 1:  # a line break right after the tag is not part of the value
        words = escape(clean(value, lines=True), quote=False)
        return f'<textarea {name} rows="{field.lines}" maxlength="{field.max_length}">\n{words}</textarea>'
    return f'<input type="text" {name} value="{_attribute(value)}" maxlength="{field.max_length}">'
