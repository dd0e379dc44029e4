"""Adaptive Cards: as Teams' model wants them, within its sizes, never markup from outside, and what comes back is what went out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.actions import OPENS, Action, Name, UnreadableAction
from cards.elements import Actions, Button, Card, Form, Heading, Quote, Row, Rows, Text
from cards.linked import with_links
from cards.teams.presses import OURS, carried, pressed
from cards.teams.render import FLOW, SMALL, in_dialog, render, render_form, size
from cards.teams.text import EMPTY, JOINER
from tests.cards import any_card
from tests.cards.gallery import ERRORS, cards, linked, make_forms, way
from tests.cards.reminder_samples import LETTER, LINES
from tests.cards.samples import ident
from tests.cards.teams_limits import check_card, limits, nodes

CARDS, FORMS = cards(), make_forms()
MANY = settings(max_examples=60, deadline=None)
REF = "19:credit0a1b@thread.tacv2 1700000000000"


@pytest.mark.parametrize("name", CARDS)
def test_every_card_is_one_teams_draws(name: str) -> None:
    check_card(render(CARDS[name], link=linked))


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_one_teams_draws(name: str) -> None:
    check_card(render_form(FORMS[name], ERRORS.get(name), REF), dialog=True)
    check_card(render_form(FORMS[name], ERRORS.get(name), dialog=False))


def quoted(card: Mapping[str, Any]) -> list[str]:
    """The letter's lines; an empty one is a gap."""
    (letter,) = [node for node in nodes(card) if node.get("style") == "emphasis"]
    return [one["text"].replace(JOINER, "") for line in letter["items"] for one in line["inlines"] if not {"weight", "isSubtle"} & set(one)]


@pytest.mark.parametrize("dialog", [True, False])
def test_of_a_long_letter_every_line_is_shown(*, dialog: bool) -> None:
    shown = quoted(render_form(FORMS["form_reminder_long"], dialog=dialog))
    assert shown == [line for line in LETTER.split("\n") if line]


def test_a_letters_links_and_addresses_are_shown_to_their_ends() -> None:
    lines = ["Pay at https://pay.example.com/i/12345", "or write to ap@acme.example and bo@acme.example", "{{x}} ${y} www.acme.example"]
    form = Form("Send reminder", Button("Send now", Action(Name.CONFIRM_REMINDER, ident(1))), intro=(Quote("\n".join(lines)),))
    assert quoted(render_form(form)) == lines


def test_of_a_letter_that_no_card_holds_it_is_said_how_much_more_there_is() -> None:
    text = "\n".join(LINES * 5)
    form = Form("Send reminder", Button("Send now", Action(Name.CONFIRM_REMINDER, ident(1))), intro=(Quote(text),))
    card = render_form(form)
    check_card(card, dialog=True)
    shown = "\n".join(quoted(card))
    assert text.startswith(shown)
    assert f"… {len(text) - len(shown) - 1:,} more characters" in str(card)


@given(card=any_card.cards, dialog=st.booleans())
@MANY
def test_any_card_is_one_teams_draws(card: Card, *, dialog: bool) -> None:
    check_card(in_dialog(card, REF, linked) if dialog else render(card, link=linked), dialog=dialog)
    assert size(render(card, SMALL)) <= SMALL


def test_a_chart_is_a_picture_with_its_words_below_and_without_an_address_words_alone() -> None:
    pictured, alone = render(CARDS["summary"], link=linked), render(CARDS["summary"])
    images = [node for node in nodes(pictured) if node.get("type") == "Image"]
    told = [str(node["text"]) for node in nodes(pictured) if node.get("type") == "TextRun"]
    assert images
    assert all(one["url"].startswith("https://") and any(one["altText"] == words for words in told) for one in images)
    assert [node["title"] for node in nodes(pictured) if node.get("type") == "Action.OpenUrl"] == ["Spreadsheet"]
    assert not [node for node in nodes(alone) if node.get("type") in {"Image", "Action.OpenUrl"}]
    assert "Open by age" in str(alone)


def test_where_nothing_can_be_pressed_pictures_and_files_still_open() -> None:
    drawn = render(with_links(CARDS["summary"], way), FLOW, linked, way)
    check_card(drawn)
    assert [node for node in nodes(drawn) if node.get("type") == "Image"]
    assert [node["title"] for node in nodes(drawn) if str(node.get("type", "")).startswith("Action.")] == ["Spreadsheet", "Open in Duebot"]


@given(form=any_card.forms, typed=st.dictionaries(st.sampled_from(["one", "two", ""]), any_card.texts))
@MANY
def test_any_form_is_one_teams_draws(form: Form, typed: dict[str, str]) -> None:
    check_card(render_form(form, typed, REF), dialog=True)


@given(any_card.texts)
def test_words_in_a_run_are_the_words_that_were_given(text: str) -> None:
    shown = render(Card("s", (Text(text),)))["body"][0]["inlines"][0]["text"].replace(JOINER, "")
    wanted = any_card.said(text)
    assert shown == EMPTY if not wanted else shown.endswith("…") or " ".join(shown.split()) == wanted


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("due {{DATE(2026-11-24T09:00:00Z,SHORT)}}", "{{"),
        ("${name}", "${"),
        ("https://evil.example/pay", "://"),
        ("www.evil.example", "www."),
        ("<at>Maria</at>", "<at"),
        ("@everyone", "@e"),
    ],
)
def test_text_from_outside_is_no_function_link_or_mention(text: str, gone: str) -> None:
    card = Card(text, (Heading(text, text, text), Text(text), Rows((text,), (Row((text,)),)), Actions((Button(text, FLAG),))))
    for node in nodes(render(card)):
        for shown in (node.get(name) for name in ("text", "title", "fallbackText")):
            assert not isinstance(shown, str) or gone not in shown


def a_list(count: int) -> Card:
    rows = tuple(Row((f"Customer {n}", "€1.00"), open=Action(Name.OPEN, ident(n))) for n in range(count))
    return Card("s", (Heading("All"), Rows(("Customer", "Open"), rows, frozenset({1})), Actions((Button("Flag", FLAG),))))


FLAG = Action(Name.FLAG, ident(1))


@pytest.mark.parametrize("count", [1, 50, 5_000])
def test_a_long_list_is_folded_and_says_how_much_is_left(count: int) -> None:
    drawn = render(a_list(count))
    check_card(drawn)
    shown = sum(1 for node in nodes(drawn) if node.get("title") == "Open")
    told = f"{count - shown:,} more"
    assert shown == count or (shown >= 10 and any(told in str(node.get("text", "")) for node in nodes(drawn)))
    assert size({"type": "message", "summary": "s" * 300, "attachments": [drawn]}) <= limits()["card_webhook_bytes"]


def test_what_is_too_large_keeps_its_buttons() -> None:
    texts = tuple(Text("word " * 500) for _ in range(400))
    drawn = render(Card("s", (*texts, Actions((Button("Flag", FLAG),)))))
    check_card(drawn)
    assert drawn["body"][-1]["actions"][0]["title"] == "Flag"
    assert "the rest is in the inbox" in str(drawn["body"][-2])


# What comes back -------------------------------------------------------------------------------------------------------


def presses(drawn: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        node
        for node in nodes(drawn["body"])
        if str(node.get("type", "")).startswith("Action.") and not node.get("data", {OURS: {"cancel": True}})[OURS].get("cancel")
    ]


@pytest.mark.parametrize("name", CARDS)
def test_every_button_comes_back_as_the_action_it_carries(name: str) -> None:
    wanted = {repr(button.action) for part in CARDS[name].body if isinstance(part, Actions) for button in (*part.buttons, *part.more)}
    for drawn in (render(CARDS[name]), in_dialog(CARDS[name], REF)):
        back = [pressed(press["data"]) for press in presses(drawn)]
        assert wanted <= {repr(press.action) for press in back}


@pytest.mark.parametrize("name", CARDS)
def test_what_opens_asks_for_a_dialog_and_what_acts_is_executed(name: str) -> None:
    for press in presses(render(CARDS[name])):
        action = pressed(press["data"]).action
        assert action is not None
        opens = press["type"] == "Action.Submit" and press["data"].get("msteams") == {"type": "task/fetch"}
        assert opens is (action.name in OPENS)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_comes_back_with_its_action_its_answers_and_the_card_it_is_about(name: str) -> None:
    form = FORMS[name]
    submit = presses(render_form(form, opened_from=REF))
    sent = next(press for press in submit if press["title"].replace(JOINER, "") == form.submit.label)
    filled = {field.name: f"typed {field.name}" for field in form.fields[1:]}
    back = pressed({**sent["data"], **filled, "somebody else's": "x"})
    assert back.action == form.submit.action
    assert back.values == {field.name: filled.get(field.name, "") for field in form.fields}
    assert back.card == REF


_odd = st.recursive(
    st.none() | st.booleans() | st.integers() | any_card.texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "payload", "card", "fields", "cancel"]), inner),
    max_leaves=5,
)


@given(_odd | st.dictionaries(st.sampled_from([OURS, "one"]), _odd))
def test_a_press_nobody_drew_is_unreadable(data: Any) -> None:
    try:
        assert pressed(data).action is None
    except UnreadableAction:
        return
    assert data[OURS]["cancel"] is True


def test_figures_come_back_as_text_and_nothing_else_does() -> None:
    data = carried(FLAG, fields=["count"])
    assert pressed({**data, "count": 4}).values == {"count": "4"}
    for odd in (True, [4], {"a": 1}):
        with pytest.raises(UnreadableAction):
            pressed({**data, "count": odd})
