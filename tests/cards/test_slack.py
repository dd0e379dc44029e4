"""Block Kit: never refused by Slack, never markup from outside, and what comes back is what went out."""

from __future__ import annotations

import html
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.actions import Action, Name, UnreadableAction
from cards.elements import (
    Actions,
    Button,
    Card,
    ChoiceField,
    DateField,
    Form,
    Heading,
    NumberField,
    Option,
    Quote,
    Row,
    Rows,
    Text,
    TextField,
)
from cards.linked import with_links
from cards.slack.render import form_errors, pressed, render, render_form, render_home, submitted
from cards.slack.text import EMPTY, summary
from tests.cards import any_card
from tests.cards.gallery import ERRORS, cards, linked, make_forms, way
from tests.cards.reminder_samples import LETTER, LINES
from tests.cards.samples import ITEM, ident
from tests.cards.slack_limits import check_home, check_message, check_view, limits, nodes

CARDS, FORMS = cards(), make_forms()
MANY = settings(max_examples=60, deadline=None)


@pytest.fixture(scope="module")
def most() -> dict[str, int]:
    return limits()


@pytest.mark.parametrize("name", CARDS)
def test_every_card_keeps_within_slacks_limits(name: str, most: dict[str, int]) -> None:
    drawn = render(CARDS[name])
    check_message(drawn.blocks, drawn.text, most)
    check_home(render_home(CARDS[name]), most)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_keeps_within_slacks_limits(name: str, most: dict[str, int]) -> None:
    check_view(render_form(FORMS[name], errors=ERRORS.get(name), metadata="C024BE91L 1700000000.000100"), most)


def quoted(view: dict[str, Any]) -> list[str]:
    """The letter's lines."""
    parts = [part["text"] for node in nodes(view) if node.get("type") == "rich_text_quote" for part in node["elements"]]
    return [line for part in parts for line in part.split("\n")]


def test_of_a_long_letter_every_line_is_shown() -> None:
    assert quoted(render_form(FORMS["form_reminder_long"])) == LETTER.split("\n")


def test_of_a_letter_that_no_window_holds_it_is_said_how_much_more_there_is(most: dict[str, int]) -> None:
    text = "\n".join(LINES * 12)
    view = render_form(Form("Send reminder", Button("Send now", Action(Name.CONFIRM_REMINDER, ITEM.id)), intro=(Quote(text),)))
    check_view(view, most)
    shown = "\n".join(quoted(view))
    assert text.startswith(shown)
    assert f"… {len(text) - len(shown) - 1:,} more characters" in str(view)


@given(card=any_card.cards)
@MANY
def test_any_card_keeps_within_slacks_limits(card: Card, most: dict[str, int]) -> None:
    drawn = render(card)
    check_message(drawn.blocks, drawn.text, most)
    check_home(render_home(card), most)
    drawn = render(with_links(card, way), linked, way)
    check_message(drawn.blocks, drawn.text, most)


@given(form=any_card.forms, typed=st.dictionaries(st.sampled_from(["one", "two", ""]), any_card.texts))
@MANY
def test_any_form_keeps_within_slacks_limits(form: Form, typed: dict[str, str], most: dict[str, int]) -> None:
    check_view(render_form(form, values=typed, errors=typed), most)


@given(any_card.texts)
def test_a_summary_reads_as_it_was_written(text: str) -> None:
    """Brackets are escaped and joiners keep formatting characters apart; a reader sees the same words."""
    said = summary(text)
    assert "<" not in said
    assert ">" not in said
    back, wanted = html.unescape(said.replace("\u2060", "")), any_card.said(text)
    if wanted and not back.endswith("…"):
        assert " ".join(back.split()) == wanted


@given(any_card.texts)
def test_words_in_a_block_are_the_words_that_were_given(text: str) -> None:
    shown = render(Card("s", (Text(text),))).blocks[0]["text"]["text"]
    wanted = any_card.said(text)
    assert shown == EMPTY if not wanted else shown.endswith("…") or " ".join(shown.split()) == wanted


def test_a_summary_of_nothing_but_brackets_can_still_be_updated(most: dict[str, int]) -> None:
    assert len(summary("&" * 5_000)) < most["update_text_chars"]


def test_a_mention_in_a_summary_calls_nobody() -> None:
    said = summary("<!channel> @here *late* https://evil.example :bomb:")
    assert said.startswith("&lt;!channel&gt;")
    assert "@here" not in said
    assert "://" not in said
    assert ":bomb:" not in said


def a_list(count: int) -> Card:
    rows = tuple(Row((f"Customer {n}", "€1.00"), open=Action(Name.OPEN, ident(n))) for n in range(count))
    return Card("s", (Heading("All"), Rows(("Customer", "Open"), rows, frozenset({1}))))


@pytest.mark.parametrize("count", [1, 50, 5_000])
def test_a_long_list_is_folded_and_says_how_much_is_left(count: int, most: dict[str, int]) -> None:
    drawn = render(a_list(count))
    check_message(drawn.blocks, drawn.text, most)
    shown = sum(1 for node in nodes(drawn.blocks) if node.get("type") == "button")
    told = f"{count - shown:,} more"
    assert shown == count or (shown >= 10 and any(told in str(node.get("text", "")) for node in nodes(drawn.blocks)))


def test_a_heading_gives_way_in_its_name_not_in_its_amount() -> None:
    drawn = render(Card("s", (Heading("N" * 500, "€12,400.00", "25 days late"),)))
    assert drawn.blocks[0]["text"]["text"].endswith("… · €12,400.00 · 25 days late")


# What comes back -------------------------------------------------------------------------------------------------------


def as_pressed(element: Any, at: int = 0) -> dict[str, Any]:
    """What Slack sends of an element that was pressed, after the documented shape of block_actions."""
    if element["type"] == "button":
        return {"type": "button", "action_id": element["action_id"], "value": element["value"]}
    return {"type": "static_select", "action_id": element["action_id"], "selected_option": element["options"][at]}


@pytest.mark.parametrize("name", CARDS)
def test_every_button_comes_back_as_the_action_it_carries(name: str) -> None:
    wanted = {repr(button.action) for part in CARDS[name].body if isinstance(part, Actions) for button in (*part.buttons, *part.more)}
    drawn = render(CARDS[name]).blocks
    buttons = [as_pressed(node) for node in nodes(drawn) if node.get("type") == "button"]
    menus = [as_pressed(node, at) for node in nodes(drawn) if node.get("type") == "static_select" for at in range(len(node["options"]))]
    assert wanted <= {repr(pressed(press)) for press in buttons + menus}


@given(st.lists(any_card.buttons, min_size=1, max_size=5).map(tuple))
def test_whatever_stands_behind_more_comes_back_whole(more: tuple[Button, ...]) -> None:
    """Also an action that carries more than a menu's option holds."""
    drawn = render(Card("s", (Actions((), more),))).blocks
    buttons = [as_pressed(node) for node in nodes(drawn) if node.get("type") == "button"]
    menus = [as_pressed(node, at) for node in nodes(drawn) if node.get("type") == "static_select" for at in range(len(node["options"]))]
    assert sorted(repr(pressed(press)) for press in buttons + menus) == sorted(repr(button.action) for button in more)


@given(
    st.dictionaries(st.sampled_from(["action_id", "value"]), any_card.texts)
    | st.fixed_dictionaries({"selected_option": st.fixed_dictionaries({"value": any_card.texts})})
)
def test_a_press_nobody_drew_is_unreadable(press: dict[str, Any]) -> None:
    with pytest.raises(UnreadableAction):
        pressed(press)


FORM = Form(
    "Plan",
    Button("Go", Action(Name.CONFIRM_PLAN, ITEM.id, 3, {"count": "4"})),
    fields=(
        ChoiceField("rhythm", "Rhythm", (Option("weekly", "Weekly"), Option("monthly", "Monthly"))),
        DateField("first", "First", required=False),
        NumberField("count", "How many", least=1, most=36),
        TextField("why", "Why", required=False),
    ),
)


def test_a_form_comes_back_with_its_action_answers_and_metadata() -> None:
    view = render_form(FORM, metadata="C1 17.1")
    answers = {
        "rhythm": {"rhythm": {"type": "radio_buttons", "selected_option": {"value": "monthly", "text": {}}}},
        "first": {"first": {"type": "datepicker", "selected_date": "2026-12-01"}},
        "count": {"count": {"type": "number_input", "value": "4"}},
        "why": {"why": {"type": "plain_text_input", "value": None}},
    }
    back = submitted(view | {"state": {"values": answers}})
    assert back.action == FORM.submit.action
    assert back.values == {"rhythm": "monthly", "first": "2026-12-01", "count": "4", "why": ""}
    assert back.metadata == "C1 17.1"


@pytest.mark.parametrize("state", [None, {}, {"values": []}, {"values": {"a": 1}}, {"values": {"a": {"b": 1}}}])
def test_a_form_of_another_shape_is_unreadable(state: object) -> None:
    with pytest.raises(UnreadableAction):
        submitted(render_form(FORM) | {"state": state})


def test_what_was_typed_is_shown_again_where_slack_would_take_it() -> None:
    view = render_form(FORM, values={"first": "tomorrow", "count": "99", "why": "because", "rhythm": "daily"})
    elements = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    assert "initial_date" not in elements["first"]
    assert "initial_value" not in elements["count"]
    assert "initial_option" not in elements["rhythm"]
    assert elements["why"]["initial_value"] == "because"


def test_errors_stand_at_their_fields_and_the_general_one_at_the_first() -> None:
    said = form_errors({"": "Not now.", "count": "At most 36."}, FORM)
    assert said == {"count": "At most 36.", "rhythm": "Not now."}


def test_a_form_refuses_metadata_that_would_not_fit() -> None:
    with pytest.raises(ValueError, match="1001 characters"):
        render_form(FORM, metadata="x" * 1_001)


def test_a_menu_of_nothing_is_said_not_drawn() -> None:
    nobody = replace(FORM, fields=(ChoiceField("to", "To", ()),))
    assert "nothing to choose" in str(render_form(nobody)["blocks"])


@pytest.mark.parametrize("count", [100, 101, 250, 1_000])
def test_a_menu_of_many_leaves_nobody_out(count: int, most: dict[str, int]) -> None:
    options = tuple(Option(str(ident(n)), f"<!here> Colleague {n} {'x' * 80}") for n in range(count))
    drawn = render_form(
        Form("Assign", Button("Assign", Action(Name.CONFIRM_ASSIGN, ident(1))), (), (ChoiceField("to", "To", options, options[-1].value),))
    )
    check_view(drawn, most)
    (menu,) = [node for node in nodes(drawn) if node.get("type") == "static_select"]
    groups = [one["options"] for one in menu["option_groups"]] if count > 100 else [menu["options"]]
    assert [one["value"] for group in groups for one in group] == [option.value for option in options]
    assert menu["initial_option"] == groups[-1][-1]
