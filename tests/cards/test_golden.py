"""Every card and form on every platform, as it was last looked at. `make cards` writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cards.html import render as html
from cards.plain import render as plain
from cards.slack import render as slack
from cards.teams import render as teams
from tests.cards.gallery import ERRORS, cards, linked, make_forms

GOLDEN = Path(__file__).parent / "golden"
CARDS, FORMS = cards(), make_forms()


def check(name: str, drawn: str) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(drawn, encoding="utf-8")
    assert path.exists(), f"{name} has not been looked at yet: make cards"
    assert drawn == path.read_text(encoding="utf-8")


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("name", CARDS)
def test_a_card_looks_as_it_did(name: str) -> None:
    card = CARDS[name]
    check(f"{name}.html", html.render(card) + "\n")
    check(f"{name}.txt", plain.render(card))
    drawn = slack.render(card)
    check(f"{name}.json", as_json({"text": drawn.text, "blocks": drawn.blocks}))
    check(f"{name}.teams.json", as_json(teams.render(card, link=linked)))


@pytest.mark.parametrize("name", FORMS)
def test_a_form_looks_as_it_did(name: str) -> None:
    form, errors = FORMS[name], ERRORS.get(name)
    check(f"{name}.html", html.render_form(form, errors=errors) + "\n")
    check(f"{name}.json", as_json(slack.render_form(form, errors=errors)))
    check(f"{name}.teams.json", as_json(teams.render_form(form, errors)))


def test_no_golden_file_is_left_over() -> None:
    known = {f"{name}.{kind}" for name in CARDS for kind in ("html", "txt", "json", "teams.json")} | {
        f"{name}.{kind}" for name in FORMS for kind in ("html", "json", "teams.json")
    }
    assert {path.name for path in GOLDEN.iterdir()} == known
