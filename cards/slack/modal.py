"""A form as a modal view."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, assert_never

from cards.clean import shorten
from cards.elements import Actions, AmountField, ChoiceField, DateField, Field, Form, NumberField, Option, Text, TextField
from cards.slack.blocks import BUTTON, OPTIONS, Block, Pen
from cards.slack.presses import metadata as carried
from cards.slack.text import TEXT, plain

CALLBACK = "duebot.form"  # every view of ours; what it is about stands in its metadata
TITLE, LABEL, BLOCKS, FEW, ROWS = 24, 2_000, 100, 5, 40
QUOTES = 16  # of 3,000 characters: a view may have 250,000 bytes, and a character up to four
MOST_OPTIONS = 1_000  # a window of more would be too large


def render_form(
    form: Form, *, metadata: str = "", values: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> Block:
    """A modal view. `metadata` (up to 1,000 characters) comes back with it; `values` are what was typed before.

    A field's name is its input's `block_id` and `action_id`.
    """
    typed, wrong, pen = values or {}, errors or {}, Pen(ROWS, TEXT, QUOTES)
    general = [_error(wrong[""])] if wrong.get("") else []
    fields = [
        block for field in form.fields for block in _input(field, typed.get(field.name), wrong.get(field.name), live=form.live is not None)
    ]
    also = (Actions((form.also,)),) if form.also else ()
    intro, outro = list(pen.draw(form.intro)), list(pen.draw((*also, *form.outro)))
    room = max(BLOCKS - len(fields) - len(general), 0)
    intro = intro[:room]
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": carried(form.submit.action, metadata, form.live),
        "title": plain(form.title, TITLE),
        "submit": plain(form.submit.label, TITLE),
        "close": plain(form.cancel, TITLE),
        "blocks": [*general, *intro, *fields, *outro[: room - len(intro)]],
    }


def form_errors(errors: Mapping[str, str], form: Form) -> dict[str, str]:
    """Words at fields as `response_action: errors` wants them, by block id. What belongs to no field stands at the first."""
    names = [field.name for field in form.fields]
    at_fields = {name: errors[name] for name in names if name in errors}
    general = " ".join(words for name, words in errors.items() if name not in names)
    if general and names:
        at_fields[names[0]] = " ".join(part for part in (at_fields.get(names[0]), general) if part)
    return {name: plain(words, LABEL)["text"] for name, words in at_fields.items()}


def _error(words: str) -> Block:
    return {"type": "section", "text": plain(f"⚠ {words}")}


def _input(field: Field, typed: str | None, wrong: str | None, *, live: bool = False) -> list[Block]:
    errors = [_error(wrong)] if wrong else []
    if isinstance(field, ChoiceField) and not field.options:  # Slack refuses a menu of nothing
        return [*errors, *Pen(ROWS, TEXT).draw((Text(f"{field.label}: there is nothing to choose from."),))]
    label = f"{field.label} ({field.currency})" if isinstance(field, AmountField) else field.label
    block: Block = {
        "type": "input",
        "block_id": field.name,
        "label": plain(label, LABEL),
        "optional": not field.required,
        "element": {"action_id": field.name} | _element(field, typed),
    }
    if live:
        block |= {"dispatch_action": True, "element": block["element"] | _told(block["element"]["type"])}
    return [*errors, block | ({"hint": plain(field.hint, LABEL)} if field.hint else {})]


def _told(kind: str) -> dict[str, Any]:
    """When what is typed is told of; a choice and a day are told of once they are made."""
    if kind not in {"plain_text_input", "number_input"}:
        return {}
    return {"dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed", "on_character_entered"]}}


def _element(field: Field, typed: str | None) -> dict[str, Any]:
    match field:
        case ChoiceField():
            return _choice(field, typed)
        case TextField():
            length = min(field.max_length, TEXT)
            box = {"type": "plain_text_input", "multiline": field.lines > 1, "max_length": length}
            return box | _initial("initial_value", (field.value if typed is None else typed)[:length])
        case DateField():
            day = field.value.isoformat() if field.value else ""
            return {"type": "datepicker"} | _initial("initial_date", day if typed is None else _day(typed))
        case AmountField():
            return {"type": "plain_text_input"} | _initial("initial_value", (field.value if typed is None else typed)[:TEXT])
        case NumberField():
            value = "" if field.value is None else str(field.value)
            box = {"type": "number_input", "is_decimal_allowed": False, "min_value": str(field.least), "max_value": str(field.most)}
            return box | _initial("initial_value", value if typed is None else _number(field, typed))
        case _:
            assert_never(field)


def _day(typed: str) -> str:
    """Slack refuses a whole view for one initial value of another shape."""
    try:
        return date.fromisoformat(typed).isoformat()
    except ValueError:
        return ""


def _number(field: NumberField, typed: str) -> str:
    return typed if typed in {str(number) for number in range(field.least, field.most + 1)} else ""


def _initial(key: str, value: str) -> dict[str, str]:
    return {key: value} if value else {}


def _choice(field: ChoiceField, typed: str | None) -> dict[str, Any]:
    """What no menu holds stands in groups of one, each named after the first and the last of it."""
    options = field.options[:MOST_OPTIONS]
    drawn = [_option(option) for option in options]
    chosen = field.value if typed is None else typed
    initial = next((shown for option, shown in zip(options, drawn, strict=True) if option.value == chosen), None)
    kind = "radio_buttons" if len(options) <= FEW else "static_select"
    groups = [drawn[first : first + OPTIONS] for first in range(0, len(drawn), OPTIONS)]
    menu = {"options": drawn} if len(groups) == 1 else {"option_groups": [_group(one) for one in groups]}
    return {"type": kind, **menu} | ({"initial_option": initial} if initial else {})


def _group(options: list[Block]) -> Block:
    first, last = (shorten(one["text"]["text"], BUTTON // 2 - 2) for one in (options[0], options[-1]))
    return {"label": plain(f"{first} – {last}", BUTTON), "options": options}


def _option(option: Option) -> Block:
    return {"text": plain(option.label, BUTTON), "value": option.value}
