"""What Teams draws and takes, as checks over a card: the vendor's model of cards, the documented sizes, and nothing that formats."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from cards.teams.render import CARD, MESSAGE, size
from tests.paths import shared

JSON = Mapping[str, Any]
PLAIN = frozenset({"TextRun"})  # of the elements that show text, the one that reads no Markdown


@cache
def limits() -> dict[str, float]:
    """By name, from the pages beside the project."""
    page = json.loads(shared("specs/teams/limits.json").read_text(encoding="utf-8"))
    return {row["name"]: row["value"] for row in page["limits"]}


@cache
def _model() -> dict[str, Any]:
    """The vendor's model, its choices told apart by type at once: trying each of them takes a hundred times as long."""
    found: dict[str, Any] = json.loads(shared("specs/teams/teams_cards_model.schema.json").read_text(encoding="utf-8"))
    for one in found["$defs"].values():
        kinds = [_kind(ref, found["$defs"]) for ref in one.get("anyOf", ())]
        if kinds and all(kinds):
            refs = one.pop("anyOf")
            one["properties"] = {"type": {"enum": kinds}}
            one["required"] = ["type"]
            pairs = zip(kinds, refs, strict=True)
            one["allOf"] = [{"if": {"properties": {"type": {"const": kind}}}, "then": ref} for kind, ref in pairs]
    return found


def _kind(ref: JSON, defs: JSON) -> str | None:
    named = defs.get(str(ref.get("$ref", "")).rpartition("/")[2], {})
    kind: str | None = named.get("properties", {}).get("type", {}).get("const")
    return kind


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(_model())


@cache
def _properties(kind: str) -> frozenset[str]:
    """What the model knows of an element or action of that type; it lets unknown names pass, and we do not."""
    for one in _model()["$defs"].values():
        if one.get("properties", {}).get("type", {}).get("const") == kind:
            return frozenset(one["properties"])
    raise AssertionError(f"Teams knows no {kind}")


def nodes(value: Any) -> Iterator[JSON]:
    if isinstance(value, Mapping):
        yield value
        for part in value.values():
            yield from nodes(part)
    elif isinstance(value, list):
        for part in value:
            yield from nodes(part)


def check_card(card: JSON, *, dialog: bool = False) -> None:
    assert size(dict(card)) <= CARD < MESSAGE <= limits()["card_webhook_bytes"]
    assert (card["version"], card["msteams"]) == ("1.5", {"width": "full"})
    assert 0 < len(card["fallbackText"]) <= 300
    wrong = [f"{list(error.absolute_path)}: {error.message[:200]}" for error in _validator().iter_errors(card)]
    assert wrong == []
    for block in card["body"]:
        for node in nodes(block):
            _check_node(node, dialog=dialog)


def _check_node(node: JSON, *, dialog: bool) -> None:
    kind = node.get("type")
    if "text" in node and kind is not None:
        assert kind in PLAIN, f"{kind} would read Markdown"
        assert node["text"].strip()
        assert "{{" not in node["text"]
    if kind is None or kind == "task/fetch":
        return
    assert set(node) - {"$schema"} <= _properties(kind), f"Teams knows no such thing of {kind}"
    match kind:
        case "ActionSet":
            assert 1 <= len(node["actions"]) <= limits()["hero_card_buttons"]
        case "Action.Execute":
            assert not dialog
            assert node["fallback"] == {name: value for name, value in node.items() if name not in {"verb", "fallback", "mode"}} | {
                "type": "Action.Submit"
            }
        case "Input.ChoiceSet":
            assert node["choices"]
            assert "value" not in node or node["value"] in {choice["value"] for choice in node["choices"]}
        case "Input.Text":
            assert len(node.get("value", "")) <= node.get("maxLength", 10_000)
        case "ColumnSet":
            assert node["columns"]
        case "Action.Submit":
            assert node["title"].strip()
            if "msteams" in node["data"]:
                assert not dialog
