"""A form, or a card, as what stands in a dialog."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, assert_never

from cards.elements import AmountField, ChoiceField, DateField, Field, Form, Heading, NumberField, Text, TextField
from cards.teams.blocks import BUTTON, Pen
from cards.teams.presses import cancelled, carried
from cards.teams.text import Block, label, line, run

LABEL, TITLE, FEW, VALUE = 200, 60, 5, 4_000


def title_of(form: Form) -> str:
    return label(form.title, TITLE)


def blocks_of(form: Form, pen: Pen, errors: Mapping[str, str]) -> list[Block]:
    """Words of `errors` stand at their fields; those of no field at the top. A dialog shows the form's title itself."""
    title = [] if pen.dialog else pen.draw((Heading(form.title),))
    names = {field.name for field in form.fields}
    general = [_wrong(words) for name, words in errors.items() if name not in names and words]
    fields = [block for field in form.fields for block in _input(field, errors.get(field.name), pen)]
    return [*title, *general, *pen.draw(form.intro), *fields, *pen.draw(form.outro), {"type": "ActionSet", "actions": _ways_on(form, pen)}]


def _ways_on(form: Form, pen: Pen) -> list[Block]:
    submit = pen.press(form.submit, carried(form.submit.action, pen.card, [field.name for field in form.fields]))
    cancel = {"type": "Action.Submit", "title": label(form.cancel, BUTTON), "data": cancelled(), "associatedInputs": "none"}
    return [submit, *([pen.button(form.also)] if form.also else []), *([cancel] if pen.dialog else [])]


def _wrong(words: str) -> Block:
    return line([run(f"⚠ {words}", LABEL * 2, color="attention")], spacing="small")


def _input(field: Field, wrong: str | None, pen: Pen) -> list[Block]:
    if isinstance(field, ChoiceField) and not field.options:
        return pen.draw((Text(f"{field.label}: there is nothing to choose from."),))
    name = f"{field.label} ({field.currency})" if isinstance(field, AmountField) else field.label
    needed = {"isRequired": True, "errorMessage": "This is needed."} if field.required else {}
    block = {"id": field.name, "label": label(name, LABEL), **needed, **_element(field)}
    hint = [line([run(field.hint, LABEL * 2, isSubtle=True, size="small")], spacing="none")] if field.hint else []
    return [block, *hint, *([_wrong(wrong)] if wrong else [])]


def _element(field: Field) -> dict[str, Any]:
    match field:
        case ChoiceField():
            return _choice(field)
        case TextField():
            length = min(field.max_length, VALUE)
            return {"type": "Input.Text", "isMultiline": field.lines > 1, "maxLength": length} | _value(field.value[:length])
        case DateField():
            least = {"min": field.earliest.isoformat()} if field.earliest else {}
            return {"type": "Input.Date"} | least | _value(_day(field.value))
        case AmountField():
            return {"type": "Input.Text"} | _value(field.value[:LABEL])
        case NumberField():
            box: dict[str, Any] = {"type": "Input.Number", "min": field.least, "max": field.most}
            return box if field.value is None else box | {"value": field.value}
        case _:
            assert_never(field)


def _choice(field: ChoiceField) -> dict[str, Any]:
    options = [{"title": label(option.label, LABEL), "value": option.value} for option in field.options]
    chosen = field.value if field.value in {option.value for option in field.options} else None
    style = "expanded" if len(options) <= FEW else "compact"
    return {"type": "Input.ChoiceSet", "style": style, "wrap": True, "choices": options} | _value(chosen or "")


def _value(value: str) -> dict[str, str]:
    return {"value": value} if value else {}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
