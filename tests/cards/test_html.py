"""HTML: nothing from outside is markup, and every press carries its action."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.actions import decode
from cards.elements import Actions, Card, Form, Row, Rows
from cards.html.render import render, render_form
from tests.cards import any_card
from tests.cards.gallery import cards, make_forms

CARDS, FORMS = cards(), make_forms()
VOID = {"input"}


class Outline(HTMLParser):
    """The tags with the names of their attributes, the text between them, and the presses."""

    def __init__(self, fragment: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.words: list[str] = []
        self.presses: list[str] = []
        self._open: list[str] = []
        self.feed(fragment)
        self.close()
        assert not self._open, "a tag is left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if ("name", "press") in attrs:
            self.presses.append(dict(attrs)["value"] or "")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError("a declaration")

    def handle_pi(self, data: str) -> None:
        raise AssertionError("an instruction")


@given(any_card.cards)
@settings(max_examples=60, deadline=None)
def test_no_tag_and_no_attribute_of_a_card_comes_from_its_words(card: Card) -> None:
    assert Outline(render(card)).tags == Outline(render(any_card.neutral(card))).tags


@given(any_card.forms, st.dictionaries(st.sampled_from(["one", "two", ""]), any_card.texts.filter(bool)))
@settings(max_examples=60, deadline=None)
def test_no_tag_and_no_attribute_of_a_form_comes_from_its_words(form: Form, typed: dict[str, str]) -> None:
    plain = dict.fromkeys(typed, "x")
    drawn = Outline(render_form(form, errors=typed)).tags
    assert drawn == Outline(render_form(any_card.neutral(form), errors=plain)).tags


@given(any_card.cards)
@settings(max_examples=30, deadline=None)
def test_a_card_says_the_words_it_was_given(card: Card) -> None:
    shown = any_card.said("".join(Outline(render(card)).words)).replace(" ", "")
    for part in card.body:
        if not isinstance(part, (Rows, Actions)):
            for text in (getattr(part, "text", ""), getattr(part, "badge", "")):
                assert any_card.said(text or "").replace(" ", "") in shown


@pytest.mark.parametrize("name", CARDS)
def test_every_press_carries_the_name_and_the_payload(name: str) -> None:
    wanted = [button.action for part in CARDS[name].body if isinstance(part, Actions) for button in (*part.buttons, *part.more)]
    drawn = [decode(*press.split(" ", 1)) for press in Outline(render(CARDS[name])).presses]
    assert [action for action in drawn if action in wanted] == wanted


@pytest.mark.parametrize("name", FORMS)
def test_every_form_has_its_submit_and_a_name_and_label_for_each_field(name: str) -> None:
    form, drawn = FORMS[name], render_form(FORMS[name])
    assert decode(*Outline(drawn).presses[0].split(" ", 1)) == form.submit.action
    for field in form.fields:
        assert f'name="{field.name}"' in drawn
        assert f'<label for="{field.name}">' in drawn or "<legend>" in drawn


def test_what_was_typed_stands_in_the_field_again_and_the_error_beside_it() -> None:
    drawn = render_form(FORMS["form_plan"], {"deposit": '12"<b>', "rhythm": "weekly"}, {"deposit": "Not an amount.", "": "Look below."})
    assert 'value="12&quot;&lt;b&gt;"' in drawn
    assert 'value="weekly" checked' in drawn
    assert 'aria-describedby="deposit-hint deposit-error" aria-invalid="true"' in drawn
    assert 'role="alert">⚠ Look below.' in drawn


@pytest.mark.parametrize("count", [1, 50, 5_000])
def test_a_page_takes_lists_of_any_length(count: int) -> None:
    drawn = render(Card("s", (Rows(("Customer",), tuple(Row((f"Customer {n}",)) for n in range(count))),)))
    assert drawn.count("<tr>") == count + 1
