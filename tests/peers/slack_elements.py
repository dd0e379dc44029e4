"""What a person does to what stands in Slack: elements as they are pressed, and the answers a window holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def chosen(menu: Mapping[str, Any], label: str) -> dict[str, Any]:
    """The element that is sent when a person takes the option of that label from a menu."""
    option = next(one for one in menu["options"] if one["text"]["text"] == label)
    return {"type": menu["type"], "action_id": menu["action_id"], "selected_option": option}


def button(blocks: list[dict[str, Any]], label: str) -> dict[str, Any]:
    """The element that is sent when a person presses the button of that label, or chooses it from the menu of rarer ones."""
    for element in elements(blocks):
        if element["type"] == "button" and element["text"]["text"] == label:
            return {"type": "button", "action_id": element["action_id"], "value": element.get("value", ""), "text": element["text"]}
        if any(option["text"]["text"] == label for option in element.get("options", ())):
            return chosen(element, label)
    raise AssertionError(f"no button {label!r} among {[element.get('text', {}).get('text') for element in elements(blocks)]}")


def elements(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        element
        for block in blocks
        for element in [*(block.get("elements") or ()), *([block["accessory"]] if block.get("accessory") else ())]
        if "action_id" in element
    ]


def state_of(view: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What Slack holds of every field: what was given in `values`, else what the field started with."""
    state: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            given = values.get(element["action_id"])
            state[block["block_id"]] = {element["action_id"]: held(element, given)}
    return state


def held(element: Mapping[str, Any], given: Any) -> dict[str, Any]:
    kind = element["type"]
    if kind in {"static_select", "radio_buttons"}:
        option = next((one for one in element["options"] if one["value"] == given), element.get("initial_option"))
        return {"type": kind, "selected_option": option}
    if kind == "datepicker":
        return {"type": kind, "selected_date": given if given is not None else element.get("initial_date")}
    return {"type": kind, "value": given if given is not None else element.get("initial_value")}
