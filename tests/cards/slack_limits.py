"""Slack's hard limits, written down as checks over blocks and views."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk.models.blocks import Block, RichTextBlock
from slack_sdk.models.views import View

from tests.paths import shared

JSON = Mapping[str, Any]


def limits() -> dict[str, int]:
    """By name, from the pages beside the project."""
    page = json.loads(shared("specs/slack/limits.json").read_text(encoding="utf-8"))
    return {row["name"]: int(row["value"]) for row in page["limits"]}


def nodes(value: Any) -> Iterator[JSON]:
    if isinstance(value, Mapping):
        yield value
        for part in value.values():
            yield from nodes(part)
    elif isinstance(value, list):
        for part in value:
            yield from nodes(part)


def check_message(blocks: list[dict[str, Any]], text: str, most: Mapping[str, int]) -> None:
    assert 0 < len(text) < most["update_text_chars"]
    assert len(blocks) <= most["blocks_per_message"]
    assert len(json.dumps(blocks, ensure_ascii=False)) <= 12_000 < most["message_blocks_total_chars_observed"]
    check_blocks(blocks, most)


def check_view(view: dict[str, Any], most: Mapping[str, int]) -> None:
    assert len(view["blocks"]) <= most["blocks_per_view"]
    assert len(json.dumps(view).encode()) <= most["view_bytes"]
    assert len(view["private_metadata"]) <= most["view_private_metadata_chars"]
    assert len(view["title"]["text"]) <= most["view_title_chars"]
    assert max(len(view["submit"]["text"]), len(view["close"]["text"])) <= most["view_submit_close_chars"]
    check_blocks(view["blocks"], most)
    View(**view).validate_json()


def check_home(view: dict[str, Any], most: Mapping[str, int]) -> None:
    assert len(view["blocks"]) <= most["blocks_per_view"]
    assert len(json.dumps(view).encode()) <= most["view_bytes"]
    check_blocks(view["blocks"], most)
    View(**view).validate_json()


def check_blocks(blocks: list[dict[str, Any]], most: Mapping[str, int]) -> None:
    ids = [node["action_id"] for block in blocks for node in nodes(block) if "action_id" in node]
    assert len(ids) == len(set(ids)), "an action_id twice"
    for block in blocks:
        _check_block(block, most)
        for node in nodes(block):
            _check_node(node, most)
        parsed = Block.parse(block)
        assert parsed is not None
        if not isinstance(parsed, RichTextBlock):
            parsed.validate_json()


def _check_block(block: JSON, most: Mapping[str, int]) -> None:
    match block["type"]:
        case "header":
            assert len(block["text"]["text"]) <= most["header_chars"]
        case "section":
            assert len(block["text"]["text"]) <= most["section_text_chars"]
        case "context":
            assert 1 <= len(block["elements"]) <= most["context_elements"]
        case "actions":
            assert 1 <= len(block["elements"]) <= most["actions_elements"]
        case "input":
            assert len(block["label"]["text"]) <= most["input_label_chars"]
            assert len(block.get("hint", {"text": ""})["text"]) <= most["input_hint_chars"]
            assert len(block["block_id"]) <= most["block_id_chars"]
        case "rich_text":
            assert block["elements"]
        case "image":
            assert 1 <= len(block["alt_text"]) <= most["image_alt_chars"]
            assert len(block["title"]["text"]) <= most["image_title_chars"]
            assert set(block["slack_file"]) == {"id"}, "an address too would be refused"
        case other:
            raise AssertionError(f"a block nobody looked at: {other}")


def _check_node(node: JSON, most: Mapping[str, int]) -> None:
    kind = node.get("type")
    assert kind != "mrkdwn", "markup where plain text is meant"
    if kind in {"plain_text", "text"}:
        assert 1 <= len(node["text"]) <= most["text_object_chars"]
        assert kind == "text" or node["emoji"] is False
    if "action_id" in node:
        assert len(node["action_id"]) <= most["action_id_chars"]
    if kind == "button":
        assert len(node["text"]["text"]) <= most["button_text_chars"]
        assert len(node.get("value", "")) <= most["button_value_chars"]
        assert ("url" in node) is not ("value" in node)
    if "option_groups" in node:
        assert 1 <= len(node["option_groups"]) <= most["select_option_groups"]
        assert "initial_option" not in node or any(node["initial_option"] in one["options"] for one in node["option_groups"])
        assert all(1 <= len(one["label"]["text"]) <= most["option_group_label_chars"] for one in node["option_groups"])
    if "options" in node:
        assert 1 <= len(node["options"]) <= most["radio_checkbox_options" if kind == "radio_buttons" else "select_options"]
        assert "initial_option" not in node or node["initial_option"] in node["options"]
        for option in node["options"]:
            assert len(option["text"]["text"]) <= most["option_text_chars"]
            assert len(option["value"]) <= most["option_value_chars"]
    if kind == "plain_text_input":
        assert node.get("max_length", 1) <= most["plain_text_input_max_length"]
        assert len(node.get("initial_value", "")) <= node.get("max_length", 3_000)
