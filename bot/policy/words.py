"""What is wrong in a policy file, in a sentence for the person who wrote it."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from adapters.core.yaml_lines import Path
from bot.policy.deeds import (
    AlertSection,
    ApproveSection,
    DoSection,
    EscalateSection,
    EveryChannel,
    FeeSection,
    HandOverSection,
    NotifySection,
    OfferPlanSection,
    ReceiptSection,
    RemindSection,
    TaskSection,
    UpdateRecordsSection,
)
from bot.policy.model import AppliesTo, EventSection, OverSection, PolicyFile, StepSection, WhenSection
from bot.policy.shapes import TAG

# By the word a section stands under: its keys.
_SECTIONS: dict[str, type[BaseModel]] = {
    "": PolicyFile,
    "applies_to": AppliesTo,
    "steps": StepSection,
    "events": EventSection,
    "on": OverSection,
    "when": WhenSection,
    "do": DoSection,
    "alert": AlertSection,
    "remind": RemindSection,
    "via": EveryChannel,
    "escalate": EscalateSection,
    "approve": ApproveSection,
    "fee": FeeSection,
    "task": TaskSection,
    "receipt": ReceiptSection,
    "notify": NotifySection,
    "update_records": UpdateRecordsSection,
    "offer_plan": OfferPlanSection,
    "hand_over": HandOverSection,
}
_EXPECTED = {
    "name": "a short name of small letters, digits, - and _",
    "hours": 'the opening and closing hour, such as "09:00-18:00"',
    "minimum": 'amounts in quotes by currency, such as {EUR: "25.00"}',
    "tolerance": 'amounts in quotes by currency, such as {EUR: "0.10"}',
    "invoice": 'a list of numbers in quotes, such as ["2041"]',
    "customer": 'a list of customers\' numbers in quotes, such as ["10023"]',
    "product": "a list of products, such as [hosting]",
    "segment": "a list of segments, such as [business]",
    "book": "a list of books, such as [main]",
    "currency": "a list of currencies, such as [EUR]",
    "via": "a list of channels, such as [email]",
    "weekdays": "a list of days, such as [tue, thu]",
    "when": "a day to count from, such as {after_due: 3}",
    "do": "a list of things to do, such as [{alert: {}}]",
    "alert": "`{}`: an alert takes no settings",
    "remind": "settings such as {via: [email], template: first}",
    "escalate": "settings such as {to: manager}",
    "approve": "settings such as {by: manager}",
    "fee": 'settings such as {flat: {EUR: "10.00"}}',
    "flat": 'amounts in quotes by currency, such as {EUR: "10.00"}',
    "percent": 'a percentage in quotes, such as "2.5"',
    "interest": 'percent a year in quotes, such as "10.0"',
    "task": "settings such as {what: call}",
    "receipt": "settings such as {via: [email]}",
    "notify": "settings such as {who: owner}",
    "update_records": "`{}`: it takes no settings",
    "offer_plan": "`{}`: it takes no settings",
    "hand_over": "settings such as {to: collections}",
    "all": "a list of channels, such as [email, sms]",
    "on": "the name of an event, such as payment_received",
    "balance_over": 'amounts in quotes by currency, such as {EUR: "5000.00"}',
    "freshness": "a time such as 90s, 10m or 2h",
    "events": "a list of events, each with `on` and `do`",
    "steps": "a list of steps, each with a name, `when` and `do`",
}
_ENTRIES = {
    "do": "one thing to do, such as `alert: {}`",
    "steps": "a step with a name, `when` and `do`",
    "events": "an event with `on` and `do`",
}
_TYPES = {
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
    "int_type": "a whole number",
    "bool_type": "true or false",
}


def place(path: Path) -> str:
    """`steps[2].when`."""
    words = ""
    for part in path:
        words += f"[{part}]" if isinstance(part, int) else f".{part}" if words else part
    return words or "the file"


def words_for(error: ErrorDetails) -> tuple[Path, str]:
    """Where it is wrong and what was expected there."""
    path = tuple(part for part in error["loc"] if part != "[key]" and not str(part).startswith(TAG))
    kind, found = error["type"], error["input"]
    if kind == "extra_forbidden":
        return path, _unknown_key(path)
    if kind == "missing":
        return path, f"`{path[-1]}` is missing"
    if kind in {"one_anchor", "one_thing"}:
        return path, error["msg"]
    return path, f"expected {_expected(path, error)}, found {_shown(found)}{_nearest(found, _choices(error))}"


def _under(path: Path) -> str:
    """The last word of a path, which says what stands there."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _unknown_key(path: Path) -> str:
    key, under = str(path[-1]), _under(path[:-1])
    known = [field.alias or name for name, field in _SECTIONS[under].model_fields.items()]
    if not known:
        return f"`{under}` takes no settings"
    return f"there is no `{key}` here{_nearest(key, known) or '; there are ' + ', '.join(known)}"


def _choices(error: ErrorDetails) -> list[str]:
    """What pydantic lists as `'due' or 'issue'`."""
    listed = str(error.get("ctx", {}).get("expected", ""))
    return [choice.strip(" '") for choice in listed.replace(" or ", ",").split(",")] if listed else []


def _expected(path: Path, error: ErrorDetails) -> str:
    kind, limits = error["type"], error.get("ctx", {})
    if choices := _choices(error):
        return " or ".join(choices)
    if len(path) > 1 and path[-2] in {"minimum", "tolerance", "flat", "balance_over"}:
        is_key = "[key]" in error["loc"]
        return "a currency of three capitals" if is_key else 'an amount in quotes such as "25.00"'
    if isinstance(path[-1] if path else "", int) and kind == "model_type":
        return _ENTRIES[_under(path)]
    if kind in _TYPES:
        return _TYPES[kind].format(**limits)
    return _EXPECTED.get(_under(path), "text" if kind == "string_type" else "keys and values")


def _shown(found: Any) -> str:
    if isinstance(found, bool):
        return "true" if found else "false"
    if found is None:
        return "nothing"
    if isinstance(found, dict):
        return "keys and values" if found else "{}"
    if isinstance(found, list):
        return "a list" if found else "an empty list"
    return f'"{found}"' if isinstance(found, str) else str(found)


def _nearest(found: Any, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(str(found)[:60], list(known), n=1)
    return f"; did you mean `{near[0]}`?" if near else ""


def choose(found: str, known: Collection[str]) -> str:
    """The end of a sentence about a name that is not known."""
    return _nearest(found, known) or f"; there are {', '.join(known)}"
